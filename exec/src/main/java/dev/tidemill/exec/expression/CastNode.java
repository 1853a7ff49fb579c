package dev.tidemill.exec.expression;

import dev.tidemill.foundation.type.Type;

/** A value as another type. */
final class CastNode extends Node {
  private final Node operand;
  private final Casts.Implementation implementation;

  CastNode(int id, Type type, Node operand, Casts.Implementation implementation) {
    super(id, type);
    this.operand = operand;
    this.implementation = implementation;
  }

  @Override
  Value compute(Evaluation evaluation, Rows rows) {
    Value value = operand.value(evaluation, rows);
    if (value instanceof Scalar scalar && scalar.isNull()) {
      return Evaluation.nullOf(type);
    }
    return implementation.cast(evaluation, rows, evaluation.fullColumn(value));
  }

  @Override
  boolean isCheap() {
    return false;
  }
}
