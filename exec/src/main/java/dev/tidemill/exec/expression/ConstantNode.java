package dev.tidemill.exec.expression;

/** A literal. */
final class ConstantNode extends Node {
  final Scalar scalar;

  ConstantNode(int id, Scalar scalar) {
    super(id, scalar.type());
    this.scalar = scalar;
  }

  @Override
  Value compute(Evaluation evaluation, Rows rows) {
    return scalar;
  }

  @Override
  boolean isCheap() {
    return true;
  }
}
