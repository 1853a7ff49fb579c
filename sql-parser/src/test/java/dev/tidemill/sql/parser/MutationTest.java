package dev.tidemill.sql.parser;

import static org.junit.jupiter.api.Assertions.assertEquals;

import dev.tidemill.foundation.error.TidemillException;
import dev.tidemill.sql.parser.statement.Statement;
import java.io.IOException;
import java.util.List;
import java.util.Random;
import org.junit.jupiter.api.Test;

/**
 * Broken statements: whatever they are, they are statements or a {@link TidemillException} with a
 * position.
 */
class MutationTest {
  private static final int MUTATIONS = 2_000;

  private static final String[] SNIPPETS = {
    "'",
    "\"",
    "(",
    ")",
    "/*",
    "*/",
    "/*+",
    "--",
    ";",
    ",",
    ".",
    "::",
    "?",
    "[",
    "]",
    "{",
    "}",
    "\\",
    "`",
    "#",
    "@",
    "\u0007",
    "\u0000",
    "\ud83d",
    "\u2603",
    "\n",
    "\r",
    "$",
    "1e999999999",
    "1e99999999999",
    "99999999999999999999999",
    "x'1'",
    "E'",
    "U&'\\1'",
    "N'",
    "_latin9'x'",
    "INTERVAL '1' ",
    " SELECT ",
    " AS ",
    " NULL ",
    " EMIT ",
    " FROM ",
    " OVER ",
    " ROWS ",
    " EVERY ",
    " QUERY ",
    "=>",
    "->",
    "<=>",
    "DATE '2020-99-99'",
    "{d 'x'}",
    " UESCAPE '+'",
    " MATCH_RECOGNIZE (",
    " LATERAL "
  };

  @Test
  void truncations() throws IOException {
    long seed = Long.getLong("tidemill.test.seed", System.nanoTime());
    Random random = new Random(seed);
    for (Examples.Example example : Examples.read("statements.txt")) {
      String source = example.source();
      for (int cut = random.nextInt(16); cut < source.length(); cut += 16) {
        check(source.substring(0, cut), seed);
        check(source.substring(cut), seed);
      }
    }
  }

  @Test
  void mutations() throws IOException {
    long seed = Long.getLong("tidemill.test.seed", System.nanoTime());
    Random random = new Random(seed);
    List<Examples.Example> examples = Examples.read("statements.txt");
    for (int i = 0; i < MUTATIONS; i++) {
      StringBuilder text =
          new StringBuilder(examples.get(random.nextInt(examples.size())).source());
      for (int mutation = random.nextInt(3); mutation >= 0; mutation--) {
        mutate(text, examples, random);
      }
      check(text.toString(), seed);
    }
  }

  private static void mutate(StringBuilder text, List<Examples.Example> examples, Random random) {
    int from = random.nextInt(text.length() + 1);
    int to = Math.min(text.length(), from + random.nextInt(12));
    switch (random.nextInt(5)) {
      case 0 -> text.delete(from, to);
      case 1 -> text.insert(from, SNIPPETS[random.nextInt(SNIPPETS.length)]);
      case 2 -> text.insert(from, text.substring(from, to));
      case 3 -> text.replace(from, to, SNIPPETS[random.nextInt(SNIPPETS.length)]);
      default -> {
        String other = examples.get(random.nextInt(examples.size())).source();
        text.replace(from, text.length(), other.substring(random.nextInt(other.length())));
      }
    }
  }

  private static void check(String text, long seed) {
    StatementReader.completeness(text);
    try {
      for (ParsedStatement parsed : StatementParser.parseScript(text)) {
        Statement statement = parsed.statement();
        String canonical = statement.unparse();
        assertEquals(canonical, StatementParser.parse(canonical).statement().unparse());
      }
    } catch (TidemillException expected) {
      if (expected.position() == null || expected.text().isBlank()) {
        throw new AssertionError("seed " + seed + ": no position for " + text, expected);
      }
    } catch (RuntimeException | Error unexpected) {
      throw new AssertionError("seed " + seed + ": " + text, unexpected);
    }
  }
}
