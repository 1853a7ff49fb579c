package dev.tidemill.sql.parser.grammar;

import java.util.Arrays;
import org.apache.calcite.sql.SqlBinaryOperator;
import org.apache.calcite.sql.SqlCall;
import org.apache.calcite.sql.SqlFunctionCategory;
import org.apache.calcite.sql.SqlIdentifier;
import org.apache.calcite.sql.SqlKind;
import org.apache.calcite.sql.SqlLiteral;
import org.apache.calcite.sql.SqlNode;
import org.apache.calcite.sql.SqlUnresolvedFunction;
import org.apache.calcite.sql.parser.SqlParserPos;
import org.apache.calcite.sql.type.InferTypes;
import org.jspecify.annotations.Nullable;

/**
 * {@code time AT TIME ZONE zone} while it is parsed, for its precedence; the call it makes is
 * TIMEZONE(zone, time).
 */
final class AtTimeZoneOperator extends SqlBinaryOperator {
  static final AtTimeZoneOperator INSTANCE = new AtTimeZoneOperator();

  static final int BINDS_BEFORE_TIMES = 64;

  private AtTimeZoneOperator() {
    super(
        "AT TIME ZONE",
        SqlKind.OTHER,
        BINDS_BEFORE_TIMES,
        true,
        null,
        InferTypes.FIRST_KNOWN,
        null);
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
        .createCall(position, Arrays.asList(operands[1], operands[0]));
  }
}
