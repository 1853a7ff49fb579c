package dev.tidemill.sql.parser;

import static org.junit.jupiter.api.Assertions.assertEquals;

import dev.tidemill.sql.parser.statement.Keywords;
import dev.tidemill.sql.parser.statement.Statement;
import java.io.IOException;
import java.util.List;
import java.util.Locale;
import java.util.Random;
import java.util.regex.Pattern;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.MethodSource;

/** Statements and their canonical text; {@code statements.txt} is the table. */
class StatementTextTest {
  private static final Pattern PIECE =
      Pattern.compile(
          "'(?:[^']|'')*'|\"(?:[^\"]|\"\")*\"|[A-Za-z_$][A-Za-z0-9_$]*|.", Pattern.DOTALL);
  private static final String[] BLANKS = {" ", "\r\n\t", " /* ; ' \" */ ", " -- it's; \"\n"};

  static List<Examples.Example> examples() throws IOException {
    return Examples.read("statements.txt");
  }

  @ParameterizedTest
  @MethodSource("examples")
  void hasThisCanonicalText(Examples.Example example) {
    assertEquals(example.expected(), StatementParser.parse(example.source()).statement().unparse());
  }

  @ParameterizedTest
  @MethodSource("examples")
  void canonicalTextIsAnEqualStatement(Examples.Example example) {
    Statement statement = StatementParser.parse(example.source()).statement();
    Statement again = StatementParser.parse(statement.unparse()).statement();
    assertEquals(statement, again);
    assertEquals(statement.hashCode(), again.hashCode());
    assertEquals(statement.unparse(), again.unparse());
  }

  @Test
  void blanksCommentsAndTheCaseOfKeywordsDoNotCount() throws IOException {
    long seed = Long.getLong("tidemill.test.seed", System.nanoTime());
    Random random = new Random(seed);
    for (Examples.Example example : examples()) {
      String disguised = disguise(example.expected(), random);
      assertEquals(
          example.expected(),
          StatementParser.parse(disguised).statement().unparse(),
          () -> "seed " + seed + ": " + disguised);
    }
  }

  @Test
  void aStringInTwoPiecesKeepsItsLineBreak() {
    Statement statement = StatementParser.parse("SELECT 'a' -- first\n  'b'").statement();
    assertEquals("SELECT 'a'\n'b'", statement.unparse());
    assertEquals(statement, StatementParser.parse(statement.unparse()).statement());
  }

  @Test
  void differentStatementsHaveDifferentTexts() throws IOException {
    List<String> texts = examples().stream().map(Examples.Example::expected).distinct().toList();
    assertEquals(
        texts.size(),
        texts.stream().map(text -> StatementParser.parse(text).statement()).distinct().count());
  }

  /** The same tokens with other blanks, with comments, and with reserved words in any case. */
  private static String disguise(String text, Random random) {
    StringBuilder disguised = new StringBuilder("/* ; */ -- '\n");
    boolean inHint = false;
    for (String piece : PIECE.matcher(text).results().map(match -> match.group()).toList()) {
      if (piece.equals(" ")) {
        disguised.append(inHint ? "  " : BLANKS[random.nextInt(BLANKS.length)]);
      } else if (Keywords.isReserved(piece)) {
        disguised.append(random.nextBoolean() ? piece.toLowerCase(Locale.ROOT) : piece);
      } else {
        disguised.append(piece);
      }
      inHint =
          disguised.toString().endsWith("/*+") || (inHint && !disguised.toString().endsWith("*/"));
    }
    return disguised.append(random.nextBoolean() ? " ; -- end" : "").toString();
  }
}
