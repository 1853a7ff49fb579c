package dev.tidemill.sql.parser;

import static dev.tidemill.sql.parser.StatementReader.Completeness.COMPLETE;
import static dev.tidemill.sql.parser.StatementReader.Completeness.EMPTY;
import static dev.tidemill.sql.parser.StatementReader.Completeness.IN_COMMENT;
import static dev.tidemill.sql.parser.StatementReader.Completeness.IN_PARENTHESES;
import static dev.tidemill.sql.parser.StatementReader.Completeness.IN_QUOTED_NAME;
import static dev.tidemill.sql.parser.StatementReader.Completeness.IN_STRING;
import static dev.tidemill.sql.parser.StatementReader.Completeness.NEEDS_SEMICOLON;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertNull;
import static org.junit.jupiter.api.Assertions.assertThrows;

import dev.tidemill.foundation.error.SourcePosition;
import dev.tidemill.foundation.error.TidemillException;
import dev.tidemill.sql.parser.StatementReader.Completeness;
import java.util.List;
import java.util.Objects;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.Test;

/** Scripts cut into statements, and what a prompt is told. */
class StatementReaderTest {
  @Test
  void cutsAtSemicolonsOutsideOfStringsNamesAndComments() {
    String script =
        """
        -- first; comment
        SELECT ';', "a;b", E'\\';' /* ; */ ; ;;
          /***/ SHOW TABLES -- no; end
          ; /** ; **/
        select /*+ BROADCAST(t) */ 1 -- the last
        """;
    List<ParsedStatement> statements = StatementParser.parseScript(script);
    assertEquals(
        List.of("SELECT ';', \"a;b\", E'\\';'", "SHOW TABLES", "select /*+ BROADCAST(t) */ 1"),
        statements.stream().map(ParsedStatement::text).toList());
    assertEquals(
        List.of(new SourcePosition(2, 1), new SourcePosition(3, 9), new SourcePosition(5, 1)),
        statements.stream().map(ParsedStatement::position).toList());
  }

  @Test
  void givesWhatStandsBeforeAnErrorAndGoesOnBehindIt() {
    StatementReader reader = new StatementReader("SHOW TABLES; SHOW ME; SHOW STATE");
    assertEquals("SHOW TABLES", text(reader.next()));
    assertThrows(TidemillException.class, reader::next);
    assertEquals(new SourcePosition(1, 23), reader.peek());
    assertEquals("SHOW STATE", text(reader.next()));
    assertNull(reader.next());
    assertNull(reader.peek());
  }

  @Test
  void whatIsNeverClosedEndsTheScript() {
    StatementReader reader = new StatementReader("SHOW TABLES;\n/* SHOW STATE;");
    assertEquals("SHOW TABLES", text(reader.next()));
    TidemillException error = assertThrows(TidemillException.class, reader::next);
    assertEquals(
        "a comment that begins here is never closed; */ is missing (line 2, column 1)",
        error.getMessage());
    assertNull(reader.next());
  }

  @Test
  void oneStatementIsOne() {
    assertEquals("SHOW TABLES", StatementParser.parse(" SHOW TABLES ; ").text());
    TidemillException error =
        assertThrows(
            TidemillException.class, () -> StatementParser.parse("SHOW TABLES;\nSHOW STATE"));
    assertEquals(
        "expected one statement but a second one begins here (line 2, column 1)",
        error.getMessage());
  }

  @Test
  void countsParameters() {
    assertEquals(
        2,
        StatementParser.parse("INSERT INTO t SELECT ?, a FROM t WHERE b = ? AND c = '?'")
            .parameterCount());
    assertEquals(0, StatementParser.parse("SHOW TABLES").parameterCount());
  }

  @Test
  void tellsThePromptWhatIsMissing() {
    assertCompleteness(EMPTY, "", "  \n", "-- nothing", ";", "/* */;;");
    assertCompleteness(
        COMPLETE, "SELECT 1;", "SELECT 1; -- done", "SELEKT;", "SELECT ';' ; ", "SELECT (;");
    assertCompleteness(
        NEEDS_SEMICOLON, "SELECT 1", "SELECT 1; SELECT 2", "SELECT 1 -- ;", "SELECT ')' ");
    assertCompleteness(
        IN_PARENTHESES, "SELECT (1", "CREATE TABLE t (\n a INT,", "SELECT (1; SELECT (2");
    assertCompleteness(IN_STRING, "SELECT 'a", "SELECT 'a;", "SELECT 'it''s", "SELECT E'\\'");
    assertCompleteness(IN_QUOTED_NAME, "SELECT \"a", "SELECT \"a;");
    assertCompleteness(IN_COMMENT, "SELECT /* ;", "/*", "SELECT 1; /* more");
  }

  private static void assertCompleteness(Completeness expected, String... texts) {
    for (String text : texts) {
      assertEquals(expected, StatementReader.completeness(text), text);
      assertEquals(
          expected == COMPLETE || expected == EMPTY,
          StatementReader.completeness(text).isComplete(),
          text);
    }
  }

  private static String text(@Nullable ParsedStatement statement) {
    return Objects.requireNonNull(statement).text();
  }
}
