package dev.tidemill.sql.parser.grammar;

import dev.tidemill.foundation.error.SourcePosition;
import org.apache.calcite.sql.parser.SqlParserPos;

/** Where tokens and nodes begin. */
final class Positions {
  private Positions() {}

  static SourcePosition of(Token token) {
    return new SourcePosition(Math.max(1, token.beginLine), Math.max(1, token.beginColumn));
  }

  static SourcePosition of(SqlParserPos position) {
    return new SourcePosition(position.getLineNum(), position.getColumnNum());
  }
}
