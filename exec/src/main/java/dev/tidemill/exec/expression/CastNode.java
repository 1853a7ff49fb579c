package dev.tidemill.exec.expression;

import dev.tidemill.foundation.error.SourcePosition;
import dev.tidemill.foundation.error.TidemillException;
import dev.tidemill.foundation.type.Type;
import org.jspecify.annotations.Nullable;

/** A value as another type. */
final class CastNode extends Node {
  private final Node operand;
  private final Casts.Implementation implementation;
  private final @Nullable SourcePosition position;

  /**
   * @param position where the cast stands in the text, for its errors
   */
  CastNode(
      int id,
      Type type,
      Node operand,
      Casts.Implementation implementation,
      @Nullable SourcePosition position) {
    super(id, type);
    this.position = position;
    this.operand = operand;
    this.implementation = implementation;
  }

  @Override
  Value compute(Evaluation evaluation, Rows rows) {
    Value value = operand.value(evaluation, rows);
    if (value instanceof Scalar scalar && scalar.isNull()) {
      return Evaluation.nullOf(type);
    }
    try {
      return implementation.cast(evaluation, rows, evaluation.fullColumn(value));
    } catch (TidemillException failure) {
      throw ExpressionErrors.placed(failure, position);
    }
  }

  @Override
  boolean isCheap() {
    return false;
  }
}
