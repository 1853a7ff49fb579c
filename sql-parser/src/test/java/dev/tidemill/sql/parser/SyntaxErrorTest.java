package dev.tidemill.sql.parser;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertThrows;

import dev.tidemill.foundation.error.SourcePosition;
import dev.tidemill.foundation.error.TidemillException;
import dev.tidemill.sql.parser.error.ParserErrors;
import java.io.IOException;
import java.util.List;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.MethodSource;

/** Errors with their text; {@code errors.txt} is the table. */
class SyntaxErrorTest {
  static List<Examples.Example> examples() throws IOException {
    return Examples.read("errors.txt");
  }

  @ParameterizedTest
  @MethodSource("examples")
  void says(Examples.Example example) {
    TidemillException error =
        assertThrows(TidemillException.class, () -> StatementParser.parse(example.source()));
    assertEquals(example.expected(), error.getMessage());
    boolean unsupported = example.expected().contains("not supported");
    assertEquals(unsupported ? "0A000" : "42601", error.code().sqlState());
  }

  @Test
  void countsFromTheBeginningOfTheScript() {
    StatementReader reader =
        new StatementReader("SELECT 1;\r\n-- two\r\n  SELECT 2; SELECT\n\t a FORM t;\nSELECT 3");
    reader.next();
    reader.next();
    TidemillException error = assertThrows(TidemillException.class, reader::next);
    assertEquals(new SourcePosition(4, 10), error.position());
    ParsedStatement last = reader.next();
    assertEquals("SELECT 3", last == null ? "" : last.text());
  }

  @Test
  void deepNestingIsAnErrorToo() {
    String deep = "SELECT " + "(".repeat(100_000) + "1" + ")".repeat(100_000);
    TidemillException error =
        assertThrows(TidemillException.class, () -> StatementParser.parse(deep));
    assertEquals(ParserErrors.SYNTAX_ERROR, error.code());
  }

  @Test
  void anEmptyTextIsNoStatement() {
    for (String text : List.of("", " ;; ", "-- nothing", "/* nothing */ ;")) {
      assertThrows(TidemillException.class, () -> StatementParser.parse(text));
      assertThrows(TidemillException.class, () -> StatementParser.parseQuery(text));
      assertThrows(TidemillException.class, () -> StatementParser.parseExpression(text));
    }
  }
}
