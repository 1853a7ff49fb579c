package dev.tidemill.planner.sql;

import dev.tidemill.foundation.type.Type;
import dev.tidemill.plan.expression.Cast;
import dev.tidemill.plan.expression.Expression;
import dev.tidemill.plan.expression.Literal;
import dev.tidemill.plan.function.ScalarFunction;
import dev.tidemill.planner.error.PlannerErrors;
import dev.tidemill.planner.logical.Casts;
import dev.tidemill.planner.logical.Expressions;
import java.math.BigDecimal;
import java.time.Duration;
import java.time.Period;
import java.util.Objects;
import org.apache.calcite.avatica.util.TimeUnit;
import org.apache.calcite.rel.type.RelDataType;
import org.apache.calcite.rex.RexCall;
import org.apache.calcite.runtime.CalciteContextException;
import org.apache.calcite.sql.SqlIntervalLiteral;
import org.apache.calcite.sql.SqlIntervalQualifier;
import org.apache.calcite.sql.SqlLiteral;
import org.apache.calcite.sql.SqlNode;
import org.apache.calcite.sql.fun.SqlStdOperatorTable;
import org.apache.calcite.sql.parser.SqlParserPos;
import org.apache.calcite.sql.parser.SqlParserUtil;
import org.jspecify.annotations.Nullable;

/**
 * Intervals whose fields say something: a value knows its family only, months or microseconds, but
 * a CAST to INTERVAL DAY cuts off hours, and CAST(5 AS INTERVAL DAY) are five days.
 */
final class Intervals {
  /** So large literals are, and no larger. */
  private static final int MOST_OF_LITERALS = 10_000;

  private Intervals() {}

  /** A CAST to or from an interval. */
  static Expression cast(Expression operand, RexCall call, Type type, boolean nullOnFailure) {
    Type from = operand.type();
    if (RexTranslator.isInterval(type) && from.equals(type)) {
      return truncated(operand, call.getType());
    }
    if (from instanceof Type.Null) {
      return Literal.nullOf(type);
    }
    boolean written = type instanceof Type.Varchar || from instanceof Type.Varchar;
    if (written) {
      Literal folded = operand instanceof Literal literal ? Casts.fold(literal, type) : null;
      Expression cast = folded == null ? new Cast(operand, type, nullOnFailure) : folded;
      return RexTranslator.isInterval(type) ? truncated(cast, call.getType()) : cast;
    }
    SqlIntervalQualifier qualifier = call.getType().getIntervalQualifier();
    if (qualifier != null && from instanceof Type.Int && isOneField(qualifier)) {
      return of(qualifier.getUnit(), operand);
    }
    throw PlannerErrors.unsupported(
        "INTERVAL_CAST",
        "CAST of " + from + " to " + type + hint(from, type),
        Positions.of(call.getParserPosition()));
  }

  private static String hint(Type from, Type type) {
    if (RexTranslator.isInterval(from) && RexTranslator.isInterval(type)) {
      return " (months have no fixed number of days)";
    }
    return RexTranslator.isInterval(from)
        ? " (EXTRACT(EPOCH FROM …) gives seconds, EXTRACT(MONTH FROM …) months)"
        : " (a whole number is so many of the one field that the type names, as INTERVAL DAY)";
  }

  private static boolean isOneField(SqlIntervalQualifier qualifier) {
    return qualifier.timeUnitRange.endUnit == null
        || qualifier.timeUnitRange.endUnit == qualifier.timeUnitRange.startUnit;
  }

  /** So many of a unit. */
  static Expression of(TimeUnit unit, Expression count) {
    Literal one = one(unit);
    return times(one, count);
  }

  /** An interval so many times: a literal of small ones, as INTERVAL 3 DAY. */
  static Expression times(Expression interval, Expression count) {
    if (interval instanceof Literal one
        && count instanceof Literal literal
        && literal.type() instanceof Type.Int
        && literal.value() instanceof Number number
        && number.longValue() >= -MOST_OF_LITERALS
        && number.longValue() <= MOST_OF_LITERALS) {
      int factor = number.intValue();
      if (one.value() instanceof Period months
          && Math.abs(months.toTotalMonths()) <= MOST_OF_LITERALS / 10) {
        return new Literal(one.type(), Period.ofMonths((int) months.toTotalMonths() * factor));
      }
      if (one.value() instanceof Duration time && time.abs().toDays() <= MOST_OF_LITERALS) {
        return new Literal(one.type(), time.multipliedBy(factor));
      }
    }
    Type factor = count.type() instanceof Type.Int ? Type.BIGINT : Type.DOUBLE;
    return Expressions.call(
        ScalarFunction.MULTIPLY, interval.type(), interval, Casts.to(factor, count));
  }

  private static Literal one(TimeUnit unit) {
    return unit.yearMonth
        ? new Literal(new Type.MonthInterval(), Period.ofMonths(unit.multiplier.intValueExact()))
        : new Literal(
            new Type.TimeInterval(),
            Duration.ofNanos(
                unit.multiplier.multiply(BigDecimal.valueOf(1_000_000)).longValueExact()));
  }

  /** Without the fields that the type has not, towards zero. */
  static Expression truncated(Expression interval, RelDataType type) {
    SqlIntervalQualifier qualifier = type.getIntervalQualifier();
    TimeUnit last = qualifier == null ? TimeUnit.SECOND : qualifier.getUnit();
    return last == TimeUnit.SECOND || last == TimeUnit.MONTH
        ? interval
        : Expressions.call(
            ScalarFunction.DATE_TRUNC,
            interval.type(),
            new Literal(Type.VARCHAR, last.name()),
            interval);
  }

  /** {@code (to - from) MONTH} and its like: whole months, or those of whole years. */
  static Expression months(Expression to, Expression from, RelDataType type) {
    TimeUnit unit = Objects.requireNonNull(type.getIntervalQualifier()).getUnit();
    return of(
        unit,
        Expressions.call(
            ScalarFunction.DATE_DIFF,
            Type.BIGINT,
            new Literal(Type.VARCHAR, unit.name()),
            from,
            to));
  }

  /**
   * A literal with more than three digits of a second's fraction, which Calcite would round, as the
   * CAST of a text; null for all others. Digits behind the sixth are cut off.
   */
  static @Nullable SqlNode exact(SqlLiteral literal) {
    if (!(literal instanceof SqlIntervalLiteral)
        || !(literal.getValue() instanceof SqlIntervalLiteral.IntervalValue value)) {
      return null;
    }
    String text = value.getIntervalLiteral();
    int point = text.lastIndexOf('.');
    int digits = text.length() - point - 1;
    int precision = value.getIntervalQualifier().getFractionalSecondPrecisionPreservingDefault();
    if (point < 0 || digits <= 3 || digits > Math.max(6, precision)) {
      return null;
    }
    SqlParserPos position = literal.getParserPosition();
    long micros;
    try {
      long millis =
          SqlParserUtil.intervalToMillis(text.substring(0, point), value.getIntervalQualifier());
      String fraction = (text.substring(point + 1) + "00").substring(0, 6);
      micros = Math.multiplyExact(Math.abs(millis), 1000L) + Integer.parseInt(fraction);
    } catch (CalciteContextException | ArithmeticException | NumberFormatException malformed) {
      // Left to the validator, which says what is wrong.
      return null;
    }
    boolean negative = value.getSign() < 0 ^ text.strip().startsWith("-");
    String exact = (negative ? "-" : "") + micros + " microseconds";
    return SqlStdOperatorTable.CAST.createCall(
        position, SqlLiteral.createCharString(exact, position), value.getIntervalQualifier());
  }
}
