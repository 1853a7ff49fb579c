package dev.tidemill.exec.expression;

import dev.tidemill.foundation.type.Type;

/** An input column, in whatever layout it came. */
final class ColumnNode extends Node {
  private final int index;

  ColumnNode(int id, int index, Type type) {
    super(id, type);
    this.index = index;
  }

  @Override
  Value compute(Evaluation evaluation, Rows rows) {
    return new Vector(evaluation.input(index));
  }

  @Override
  boolean isCheap() {
    return true;
  }
}
