package dev.tidemill.exec.join;

import dev.tidemill.exec.expression.ExpressionCompiler;
import dev.tidemill.exec.expression.Predicate;
import dev.tidemill.foundation.type.Type;
import dev.tidemill.plan.batch.BatchPlan;
import dev.tidemill.plan.batch.JoinKind;
import dev.tidemill.plan.batch.OutputColumn;
import dev.tidemill.plan.expression.Expression;
import java.util.ArrayList;
import java.util.List;
import org.jspecify.annotations.Nullable;

/**
 * What a join makes of pairs of rows.
 *
 * @param condition over left and right columns, right behind left; null for all pairs
 */
record JoinShape(
    JoinKind kind, List<Type> leftTypes, List<Type> rightTypes, @Nullable Predicate condition) {
  static JoinShape of(
      JoinKind kind, BatchPlan left, BatchPlan right, @Nullable Expression condition) {
    List<Type> leftTypes = left.columns().stream().map(OutputColumn::type).toList();
    List<Type> rightTypes = right.columns().stream().map(OutputColumn::type).toList();
    List<Type> both = new ArrayList<>(leftTypes);
    both.addAll(rightTypes);
    return new JoinShape(
        kind,
        leftTypes,
        rightTypes,
        condition == null ? null : ExpressionCompiler.compilePredicate(condition, both));
  }

  /** Whether the pairs themselves are the result. */
  boolean givesPairs() {
    return kind.givesRight();
  }

  /** Whether left rows without a match are part of the result, with NULLs on the right. */
  boolean keepsLeft() {
    return kind == JoinKind.LEFT || kind == JoinKind.FULL;
  }

  /** Whether right rows without a match are part of the result, with NULLs on the left. */
  boolean keepsRight() {
    return kind == JoinKind.RIGHT || kind == JoinKind.FULL;
  }
}
