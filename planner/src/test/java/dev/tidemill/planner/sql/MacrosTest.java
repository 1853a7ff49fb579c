package dev.tidemill.planner.sql;

import static org.junit.jupiter.api.Assertions.assertDoesNotThrow;

import dev.tidemill.sql.parser.StatementParser;
import java.util.List;
import org.junit.jupiter.api.Test;

/** The texts of the definitions, which are read only where they are called. */
class MacrosTest {
  @Test
  void allDefinitionsCanBeRead() {
    for (String[][] definitions : List.of(MacroDefinitions.ALL, MacroDefinitions.PARTS)) {
      for (String[] definition : definitions) {
        assertDoesNotThrow(() -> StatementParser.parseExpression(definition[2]), definition[0]);
      }
    }
  }
}
