package dev.tidemill.exec.expression;

import dev.tidemill.foundation.type.Type;

/** The value of a question mark, which the context has. */
final class ParameterNode extends Node {
  private final int index;

  ParameterNode(int id, int index, Type type) {
    super(id, type);
    this.index = index;
  }

  @Override
  Value compute(Evaluation evaluation, Rows rows) {
    if (index >= evaluation.context.parameters().size()) {
      throw ExpressionErrors.parameterNotBound(index);
    }
    return new Scalar(type, evaluation.context.parameters().get(index));
  }

  @Override
  boolean isCheap() {
    return true;
  }
}
