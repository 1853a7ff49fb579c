package dev.tidemill.sql.parser.grammar;

import static org.junit.jupiter.api.Assertions.assertEquals;

import dev.tidemill.sql.parser.statement.Keywords;
import java.util.Set;
import java.util.TreeSet;
import java.util.stream.Collectors;
import org.junit.jupiter.api.Test;

/** The list of words is that of the grammar. */
class KeywordsTest {
  @Test
  void theListIsTheGrammars() {
    assertEquals(new TreeSet<>(Vocabulary.KEYWORDS), new TreeSet<>(Keywords.all()));
    Set<String> reserved =
        Vocabulary.KEYWORDS.stream().filter(Vocabulary::isReserved).collect(Collectors.toSet());
    assertEquals(
        reserved, Keywords.all().stream().filter(Keywords::isReserved).collect(Collectors.toSet()));
  }
}
