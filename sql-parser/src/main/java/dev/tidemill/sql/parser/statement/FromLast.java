package dev.tidemill.sql.parser.statement;

import dev.tidemill.foundation.error.SourcePosition;
import dev.tidemill.sql.parser.error.ParserErrors;
import org.apache.calcite.sql.SqlCall;
import org.apache.calcite.sql.SqlFunctionCategory;
import org.apache.calcite.sql.SqlIdentifier;
import org.apache.calcite.sql.SqlUnresolvedFunction;
import org.apache.calcite.sql.parser.SqlParserPos;

/** {@code NTH_VALUE(x, n) FROM LAST}, which is a function of its own. */
public final class FromLast {
  /** What it is called. */
  public static final String NAME = "NTH_VALUE_FROM_LAST";

  private FromLast() {}

  public static SqlCall of(SqlCall call) {
    SqlParserPos position = call.getParserPosition();
    String name = call.getOperator().getName();
    if (!name.equalsIgnoreCase("NTH_VALUE")) {
      throw ParserErrors.unsupported(
          "FROM LAST behind " + name,
          "it goes with NTH_VALUE",
          new SourcePosition(position.getLineNum(), position.getColumnNum()));
    }
    return new SqlUnresolvedFunction(
            new SqlIdentifier(NAME, position),
            null,
            null,
            null,
            null,
            SqlFunctionCategory.USER_DEFINED_FUNCTION)
        .createCall(position, call.getOperandList());
  }
}
