package dev.tidemill.sql.parser.grammar;

import java.util.List;
import org.apache.calcite.sql.SqlCall;
import org.apache.calcite.sql.SqlFunctionCategory;
import org.apache.calcite.sql.SqlIdentifier;
import org.apache.calcite.sql.SqlKind;
import org.apache.calcite.sql.SqlLiteral;
import org.apache.calcite.sql.SqlNode;
import org.apache.calcite.sql.SqlPostfixOperator;
import org.apache.calcite.sql.SqlUnresolvedFunction;
import org.apache.calcite.sql.parser.SqlParserPos;
import org.jspecify.annotations.Nullable;

/**
 * {@code time AT LOCAL} while it is parsed, for its precedence; the call it makes is
 * TIMEZONE(time).
 */
final class AtLocalOperator extends SqlPostfixOperator {
  static final AtLocalOperator INSTANCE = new AtLocalOperator();

  private AtLocalOperator() {
    super("AT LOCAL", SqlKind.OTHER, AtTimeZoneOperator.BINDS_BEFORE_TIMES, null, null, null);
  }

  @Override
  public SqlCall createCall(
      @Nullable SqlLiteral qualifier, SqlParserPos position, @Nullable SqlNode... operands) {
    return new SqlUnresolvedFunction(
            new SqlIdentifier("TIMEZONE", position),
            null,
            null,
            null,
            null,
            SqlFunctionCategory.USER_DEFINED_FUNCTION)
        .createCall(position, List.of(operands));
  }
}
