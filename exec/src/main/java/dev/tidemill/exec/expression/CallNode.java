package dev.tidemill.exec.expression;

import dev.tidemill.foundation.error.SourcePosition;
import dev.tidemill.foundation.error.TidemillException;
import dev.tidemill.foundation.type.Type;
import java.util.List;
import org.jspecify.annotations.Nullable;

/** A function of its arguments, by its kernel. */
final class CallNode extends Node {
  private final Kernels.Implementation implementation;
  private final List<Node> arguments;
  private final @Nullable SourcePosition position;

  /**
   * @param position where the call stands in the text, for its errors
   */
  CallNode(
      int id,
      Type type,
      Kernels.Implementation implementation,
      List<Node> arguments,
      @Nullable SourcePosition position) {
    super(id, type);
    this.position = position;
    this.implementation = implementation;
    this.arguments = arguments;
  }

  @Override
  Value compute(Evaluation evaluation, Rows rows) {
    Value[] values = new Value[arguments.size()];
    boolean allScalar = true;
    boolean anyNull = false;
    for (int i = 0; i < values.length; i++) {
      Value value = arguments.get(i).value(evaluation, rows);
      if (value instanceof Vector) {
        allScalar = false;
        if (!implementation.takesCodes() && !(implementation.takesListCodes() && isList(value))) {
          value = new Vector(evaluation.column(value));
        }
      } else if (((Scalar) value).isNull()) {
        anyNull = true;
      }
      values[i] = value;
    }
    if (anyNull && implementation.isStrict()) {
      return Evaluation.nullOf(type);
    }
    if (allScalar && values.length > 0) {
      values[0] = new Vector(evaluation.fullColumn(values[0]));
    }
    try {
      return implementation.kernel().apply(evaluation, rows, values);
    } catch (TidemillException failure) {
      throw ExpressionErrors.placed(failure, position);
    }
  }

  private static boolean isList(Value value) {
    return value.type() instanceof Type.Array || value.type() instanceof Type.MapType;
  }

  /** A comparison of integers looks at the rows that are left only, and makes no bitmap. */
  @Override
  Rows filter(Evaluation evaluation, Rows rows) {
    Comparison.Test test = implementation.test();
    if (test != null && evaluation.found(id, rows) == null) {
      Value left = arguments.get(0).value(evaluation, rows);
      Value right = arguments.get(1).value(evaluation, rows);
      Rows kept = Comparison.filter(test, left, right, rows);
      if (kept != null) {
        return kept;
      }
    }
    return super.filter(evaluation, rows);
  }

  @Override
  boolean isCheap() {
    return implementation.isCheap() && arguments.stream().allMatch(Node::isCheap);
  }
}
