package dev.tidemill.exec.expression;

import dev.tidemill.foundation.batch.Column;
import org.jspecify.annotations.Nullable;

/**
 * An expression without columns: computed for one row and kept for ever, or where it depends on the
 * context, for the evaluation. Its errors are raised when a row needs it.
 */
final class FoldedNode extends Node {
  private static final Rows ONE = Rows.all(1);

  private final Node inner;
  private final boolean dependsOnContext;
  private volatile @Nullable Scalar folded;

  FoldedNode(int id, Node inner, boolean dependsOnContext) {
    super(id, inner.type);
    this.inner = inner;
    this.dependsOnContext = dependsOnContext;
  }

  @Override
  Value compute(Evaluation evaluation, Rows rows) {
    Scalar known = folded;
    if (known != null) {
      return known;
    }
    if (rows.isEmpty()) {
      return Evaluation.nullOf(type);
    }
    Scalar computed = fold(evaluation);
    if (!dependsOnContext) {
      folded = computed;
    }
    return computed;
  }

  private Scalar fold(Evaluation evaluation) {
    try (Evaluation one =
        new Evaluation(evaluation.context, new Column[0], 1, evaluation.nodes())) {
      return switch (inner.value(one, ONE)) {
        case Scalar scalar -> scalar;
        case Vector vector -> new Scalar(type, vector.column().value(0));
      };
    }
  }

  @Override
  boolean isCheap() {
    return folded != null;
  }
}
