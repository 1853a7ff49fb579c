package dev.tidemill.exec.expression;

import dev.tidemill.foundation.batch.Batch;
import dev.tidemill.foundation.batch.Column;
import dev.tidemill.foundation.batch.Selection;
import org.jspecify.annotations.Nullable;

/** A compiled BOOLEAN expression that selects rows. Immutable; any thread. */
public final class Predicate {
  private final Node root;
  private final int nodes;

  Predicate(Node root, int nodes) {
    this.root = root;
    this.nodes = nodes;
  }

  /**
   * The selected rows of {@code batch} for which the condition is TRUE, or null where these are all
   * rows that stand in it, as in {@link Batch#selection()}. May share the array of the batch's
   * selection.
   *
   * @throws dev.tidemill.foundation.error.TidemillException as {@link CompiledExpressions#evaluate}
   */
  public @Nullable Selection filter(Batch batch, EvaluationContext context) {
    return filter(CompiledExpressions.columns(batch), batch.length(), batch.selection(), context);
  }

  /**
   * As {@link #filter(Batch, EvaluationContext)} over {@code columns} of {@code length} rows each;
   * those that the condition does not name may be missing.
   */
  public @Nullable Selection filter(
      @Nullable Column[] columns,
      int length,
      @Nullable Selection selection,
      EvaluationContext context) {
    try (Evaluation evaluation = new Evaluation(context, columns, length, nodes)) {
      return root.filter(evaluation, Rows.of(length, selection)).toSelection();
    }
  }
}
