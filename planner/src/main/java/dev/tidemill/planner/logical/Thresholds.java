package dev.tidemill.planner.logical;

import dev.tidemill.foundation.type.Type;
import dev.tidemill.plan.delta.DynamicFilterPlan.Threshold;
import dev.tidemill.plan.expression.And;
import dev.tidemill.plan.expression.Call;
import dev.tidemill.plan.expression.ColumnReference;
import dev.tidemill.plan.expression.Expression;
import dev.tidemill.plan.expression.Or;
import dev.tidemill.plan.function.ScalarFunction;
import java.util.ArrayList;
import java.util.List;
import java.util.function.IntPredicate;
import org.jspecify.annotations.Nullable;

/**
 * A condition on rows and the values of one other row, as comparisons of something of the former
 * with something of the latter.
 */
public final class Thresholds {
  private final IntPredicate isOfOne;
  private final List<Threshold> found = new ArrayList<>();

  private Thresholds(IntPredicate isOfOne) {
    this.isOfOne = isOfOne;
  }

  /**
   * The comparisons, or null where the condition is made of something else, too.
   *
   * @param isOfOne by number whether a column is one of the other row
   */
  public static @Nullable List<Threshold> of(Expression condition, IntPredicate isOfOne) {
    Thresholds thresholds = new Thresholds(isOfOne);
    return thresholds.collect(condition, /* isAll= */ true) && !thresholds.found.isEmpty()
        ? thresholds.found
        : null;
  }

  /**
   * @param isAll whether it is the whole condition: it is evaluated for each row then
   */
  private boolean collect(Expression condition, boolean isAll) {
    return switch (condition) {
      case And and -> and.operands().stream().allMatch(part -> collect(part, false));
      case Or or -> or.operands().stream().allMatch(part -> collect(part, false));
      case Call call when call.function() == ScalarFunction.NOT ->
          collect(call.arguments().get(0), isAll);
      case Call call when turned(call.function()) != null && !isOfRows(call) ->
          addComparison(call, isAll);
      // Whether it is evaluated may go by the other row.
      default -> isOfRows(condition) && !condition.mayFail();
    };
  }

  private boolean addComparison(Call call, boolean isAll) {
    Expression left = call.arguments().get(0);
    Expression right = call.arguments().get(1);
    ScalarFunction comparison = call.function();
    if (isOfRows(left) && isOfOne(right)) {
      return add(left, comparison, right, isAll);
    }
    ScalarFunction turned = turned(comparison);
    return turned != null && isOfRows(right) && isOfOne(left) && add(right, turned, left, isAll);
  }

  private boolean add(
      Expression value, ScalarFunction comparison, Expression threshold, boolean isAll) {
    boolean canBe =
        isOrdered(value.type(), threshold.type())
            && !Expressions.isVolatile(value)
            && !Expressions.isVolatile(threshold)
            && (isAll || !value.mayFail());
    if (canBe) {
      found.add(new Threshold(value, comparison, threshold));
    }
    return canBe;
  }

  /** The comparison of the sides changed about, null of what is none. */
  private static @Nullable ScalarFunction turned(ScalarFunction comparison) {
    return switch (comparison) {
      case LESS -> ScalarFunction.GREATER;
      case LESS_OR_EQUAL -> ScalarFunction.GREATER_OR_EQUAL;
      case GREATER -> ScalarFunction.LESS;
      case GREATER_OR_EQUAL -> ScalarFunction.LESS_OR_EQUAL;
      case EQUAL, NOT_EQUAL -> comparison;
      default -> null;
    };
  }

  private static boolean isOrdered(Type value, Type threshold) {
    return switch (value) {
      case Type.Decimal decimal ->
          threshold instanceof Type.Decimal other && other.scale() == decimal.scale();
      case Type.Varchar text -> threshold instanceof Type.Varchar;
      case Type.Int t -> value.equals(threshold);
      case Type.Real t -> value.equals(threshold);
      case Type.DoubleType t -> value.equals(threshold);
      case Type.Date t -> value.equals(threshold);
      case Type.Time t -> value.equals(threshold);
      case Type.Timestamp t -> value.equals(threshold);
      case Type.ZonedTimestamp t -> value.equals(threshold);
      default -> false;
    };
  }

  private boolean isOfRows(Expression expression) {
    return expression instanceof ColumnReference column
        ? !isOfOne.test(column.index())
        : expression.operands().stream().allMatch(this::isOfRows);
  }

  private boolean isOfOne(Expression expression) {
    return expression instanceof ColumnReference column
        ? isOfOne.test(column.index())
        : expression.operands().stream().allMatch(this::isOfOne);
  }
}
