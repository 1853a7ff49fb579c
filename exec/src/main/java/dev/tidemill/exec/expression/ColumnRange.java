package dev.tidemill.exec.expression;

import dev.tidemill.foundation.type.Type;
import dev.tidemill.plan.expression.And;
import dev.tidemill.plan.expression.Call;
import dev.tidemill.plan.expression.ColumnReference;
import dev.tidemill.plan.expression.Expression;
import dev.tidemill.plan.expression.Literal;
import dev.tidemill.plan.function.ScalarFunction;
import java.util.ArrayList;
import java.util.List;
import org.jspecify.annotations.Nullable;

/**
 * Comparisons of a column with constants that bound it: {@code low <= column AND column <= high},
 * as the integers that the column holds.
 */
public record ColumnRange(ColumnReference column, long low, long high) {
  /** One comparison, the bound included. */
  private record Bound(ColumnReference column, boolean isLower, long value) {}

  /** The range that the operands of an AND of two are, or null. */
  static @Nullable ColumnRange of(And and) {
    return and.operands().size() == 2 ? of(and.operands().get(0), and.operands().get(1)) : null;
  }

  /** The range that a condition is: two bounds, or one, or a value; null for any other. */
  public static @Nullable ColumnRange within(Expression condition) {
    if (condition instanceof And and) {
      return of(and);
    }
    if (condition instanceof Call call && call.function() == ScalarFunction.EQUAL) {
      Bound one = bound(with(ScalarFunction.GREATER_OR_EQUAL, call));
      return one == null ? null : new ColumnRange(one.column, one.value, one.value);
    }
    Bound bound = bound(condition);
    if (bound == null) {
      return null;
    }
    return bound.isLower
        ? new ColumnRange(bound.column, bound.value, Long.MAX_VALUE)
        : new ColumnRange(bound.column, Long.MIN_VALUE, bound.value);
  }

  private static Call with(ScalarFunction function, Call call) {
    return new Call(function, call.arguments(), call.type());
  }

  private static @Nullable ColumnRange of(Expression first, Expression second) {
    Bound a = bound(first);
    Bound b = a == null ? null : bound(second);
    if (a == null || b == null || !a.column.equals(b.column) || a.isLower == b.isLower) {
      return null;
    }
    long low = a.isLower ? a.value : b.value;
    long high = a.isLower ? b.value : a.value;
    return low <= high && high - low >= 0 ? new ColumnRange(a.column, low, high) : null;
  }

  /**
   * The same conditions, those that are a range of one column as an AND of two; such comparisons
   * never fail, so that their place does not matter.
   */
  public static List<Expression> paired(List<Expression> conditions) {
    List<Expression> left = new ArrayList<>(conditions);
    List<Expression> paired = new ArrayList<>();
    while (!left.isEmpty()) {
      Expression next = left.removeFirst();
      for (Expression other : left) {
        if (of(next, other) != null) {
          left.remove(other);
          next = new And(List.of(next, other));
          break;
        }
      }
      paired.add(next);
    }
    return paired;
  }

  private static @Nullable Bound bound(Expression expression) {
    if (!(expression instanceof Call call) || call.operands().size() != 2) {
      return null;
    }
    Expression left = call.operands().get(0);
    Expression right = call.operands().get(1);
    if (left instanceof ColumnReference column && right instanceof Literal constant) {
      return bound(call.function(), column, constant);
    }
    if (right instanceof ColumnReference column && left instanceof Literal constant) {
      return switch (call.function()) {
        case LESS -> bound(ScalarFunction.GREATER, column, constant);
        case LESS_OR_EQUAL -> bound(ScalarFunction.GREATER_OR_EQUAL, column, constant);
        case GREATER -> bound(ScalarFunction.LESS, column, constant);
        case GREATER_OR_EQUAL -> bound(ScalarFunction.LESS_OR_EQUAL, column, constant);
        default -> null;
      };
    }
    return null;
  }

  private static @Nullable Bound bound(
      ScalarFunction function, ColumnReference column, Literal constant) {
    Scalar scalar = new Scalar(constant.type(), constant.value());
    if (!isInteger(column.type())
        || !isSameUnit(column.type(), constant.type())
        || scalar.isNull()
        || !scalar.isNarrow()) {
      return null;
    }
    long value = scalar.low();
    return switch (function) {
      case LESS -> value == Long.MIN_VALUE ? null : new Bound(column, false, value - 1);
      case LESS_OR_EQUAL -> new Bound(column, false, value);
      case GREATER -> value == Long.MAX_VALUE ? null : new Bound(column, true, value + 1);
      case GREATER_OR_EQUAL -> new Bound(column, true, value);
      default -> null;
    };
  }

  /** Whether equal values of both types are equal integers. */
  private static boolean isSameUnit(Type a, Type b) {
    return a instanceof Type.Decimal x && b instanceof Type.Decimal y
        ? x.scale() == y.scale()
        : a.equals(b);
  }

  private static boolean isInteger(Type type) {
    return switch (type) {
      case Type.Int t -> t.bits() >= 32;
      case Type.Date t -> true;
      case Type.Time t -> true;
      case Type.Timestamp t -> true;
      case Type.ZonedTimestamp t -> true;
      case Type.MonthInterval t -> true;
      case Type.TimeInterval t -> true;
      case Type.Decimal t -> true;
      case Type.Bool t -> false;
      case Type.Real t -> false;
      case Type.DoubleType t -> false;
      case Type.Varchar t -> false;
      case Type.Varbinary t -> false;
      case Type.Null t -> false;
      case Type.Array t -> false;
      case Type.MapType t -> false;
      case Type.Row t -> false;
    };
  }
}
