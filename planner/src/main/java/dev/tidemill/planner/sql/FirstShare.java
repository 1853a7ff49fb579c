package dev.tidemill.planner.sql;

import static dev.tidemill.planner.logical.Expressions.call;

import dev.tidemill.foundation.type.Type;
import dev.tidemill.plan.batch.WindowFrame;
import dev.tidemill.plan.expression.Expression;
import dev.tidemill.plan.expression.Literal;
import dev.tidemill.plan.function.AggregateFunction;
import dev.tidemill.plan.function.ScalarFunction;
import dev.tidemill.plan.function.WindowFunction;
import dev.tidemill.planner.logical.Casts;
import dev.tidemill.planner.logical.Field;
import dev.tidemill.planner.logical.FieldNumbers;
import dev.tidemill.planner.logical.Node;
import java.math.BigDecimal;
import java.math.RoundingMode;
import java.util.List;
import org.jspecify.annotations.Nullable;

/**
 * {@code LIMIT 10%}: the rows whose number in the order is at most so many hundredths of how many
 * there are, cut down to a whole number, behind those that OFFSET leaves out.
 *
 * <pre>
 *   … ORDER BY a LIMIT 12.5% OFFSET 3
 *     number = ROW_NUMBER() OVER (ORDER BY a), count = COUNT(*) OVER ()
 *     (number - 3) * 1000000 &lt;= count * 125000 AND number &gt; 3
 * </pre>
 */
final class FirstShare {
  /** Shares of so many digits behind the point are compared as BIGINT, others as DECIMAL. */
  private static final int DIGITS = 4;

  /** With these and two more a row's number fits DECIMAL(38). */
  private static final int MOST_DIGITS = 17;

  private static final Type.Decimal WIDE = new Type.Decimal(38, 0);

  private static final BigDecimal ALL = BigDecimal.valueOf(100);

  private FirstShare() {}

  static Node of(
      Node input, List<Node.Order> keys, BigDecimal percent, long offset, FieldNumbers numbers) {
    Field number = numbers.field("number", Type.BIGINT, false);
    Field count = numbers.field("count", Type.BIGINT, false);
    Node numbered = window(input, keys, over(number, null, WindowFunction.ROW_NUMBER));
    Node counted = window(numbered, List.of(), over(count, AggregateFunction.COUNT, null));
    int digits = Math.clamp(percent.stripTrailingZeros().scale(), DIGITS, MOST_DIGITS);
    Type type = digits == DIGITS ? Type.BIGINT : WIDE;
    Expression behind = call(ScalarFunction.SUBTRACT, Type.BIGINT, number.reference(), of(offset));
    Expression reached =
        call(ScalarFunction.MULTIPLY, type, Casts.to(type, behind), scaled(ALL, digits, type));
    Expression most =
        call(
            ScalarFunction.MULTIPLY,
            type,
            Casts.to(type, count.reference()),
            scaled(percent.min(ALL).max(BigDecimal.ZERO), digits, type));
    return new Node.Filter(
        counted,
        List.of(
            call(ScalarFunction.LESS_OR_EQUAL, Type.BOOLEAN, reached, most),
            call(ScalarFunction.GREATER, Type.BOOLEAN, number.reference(), of(offset))));
  }

  private static Literal scaled(BigDecimal percent, int digits, Type type) {
    BigDecimal whole = percent.movePointRight(digits).setScale(0, RoundingMode.DOWN);
    return type.equals(Type.BIGINT) ? of(whole.longValueExact()) : new Literal(type, whole);
  }

  private static Literal of(long value) {
    return new Literal(Type.BIGINT, value);
  }

  private static Node window(Node input, List<Node.Order> keys, Node.Over call) {
    return new Node.Window(input, List.of(), keys, List.of(call));
  }

  private static Node.Over over(
      Field field, @Nullable AggregateFunction aggregate, @Nullable WindowFunction function) {
    return new Node.Over(
        field, aggregate, function, List.of(), false, WindowFrame.WHOLE_PARTITION, List.of(), null);
  }
}
