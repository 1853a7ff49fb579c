package dev.tidemill.sql.parser.statement;

import java.math.BigDecimal;
import org.apache.calcite.sql.SqlLiteral;
import org.apache.calcite.sql.SqlNode;
import org.apache.calcite.sql.SqlNumericLiteral;
import org.jspecify.annotations.Nullable;

/**
 * {@code LIMIT 10%} in a syntax tree that has a number of rows only: as the number of percent below
 * zero, less one, since no LIMIT that counts rows is negative.
 */
public final class LimitShare {
  private LimitShare() {}

  /** The LIMIT for so many percent of the rows. */
  public static SqlNode of(SqlNode percent) {
    BigDecimal value = ((SqlNumericLiteral) percent).bigDecimalValue();
    return value == null
        ? percent
        : SqlLiteral.createExactNumeric(
            BigDecimal.ONE.negate().subtract(value).toPlainString(), percent.getParserPosition());
  }

  /** The percent that a LIMIT means, or null where it counts rows. */
  public static @Nullable BigDecimal percent(@Nullable BigDecimal limit) {
    return limit == null || limit.signum() >= 0 ? null : BigDecimal.ONE.negate().subtract(limit);
  }
}
