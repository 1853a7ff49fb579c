package dev.tidemill.exec.expression;

import dev.tidemill.foundation.batch.BooleanColumn;
import dev.tidemill.foundation.memory.Buffer;
import dev.tidemill.foundation.batch.Bits;
import dev.tidemill.foundation.memory.Memory;
import dev.tidemill.foundation.type.Type;
import dev.tidemill.plan.expression.Call;
import dev.tidemill.plan.expression.Expression;
import dev.tidemill.plan.function.ScalarFunction;
import java.util.List;

/** Which kernel a call gets, by its function and the types of its arguments. */
final class Kernels {
  private Kernels() {}

  /**
   * A kernel and how it is called.
   *
   * @param isStrict whether the call is NULL for all rows if a scalar argument is
   * @param isCheap whether it raises no errors and costs little for rows that do not count
   * @param takesCodes whether arguments may be dictionary columns
   */
  record Implementation(Kernel kernel, boolean isStrict, boolean isCheap, boolean takesCodes) {}

  private static Implementation strict(Kernel kernel) {
    return new Implementation(kernel, true, false, false);
  }

  private static Implementation cheap(Kernel kernel) {
    return new Implementation(kernel, true, true, false);
  }

  private static Implementation withNulls(Kernel kernel) {
    return new Implementation(kernel, false, false, false);
  }

  /** @throws dev.tidemill.foundation.error.TidemillException UNSUPPORTED_FUNCTION for types it is not there for */
  static Implementation of(Call call) {
    List<Type> types = call.arguments().stream().map(Expression::type).toList();
    return switch (call.function()) {
      case EQUAL -> cheap(Comparison.kernel(Comparison.Operator.EQUAL, false));
      case NOT_EQUAL -> cheap(Comparison.kernel(Comparison.Operator.EQUAL, true));
      case LESS -> cheap(Comparison.kernel(Comparison.Operator.LESS, false));
      case LESS_OR_EQUAL -> cheap(Comparison.kernel(Comparison.Operator.GREATER, true));
      case GREATER -> cheap(Comparison.kernel(Comparison.Operator.GREATER, false));
      case GREATER_OR_EQUAL -> cheap(Comparison.kernel(Comparison.Operator.LESS, true));
      case IS_DISTINCT -> new Implementation(Comparison.distinct(true), false, true, false);
      case IS_NOT_DISTINCT -> new Implementation(Comparison.distinct(false), false, true, false);
      case IS_NULL -> new Implementation(nulls(true), false, true, true);
      case IS_NOT_NULL -> new Implementation(nulls(false), false, true, true);
      case IS_TRUE -> new Implementation(truth(true, false), false, true, false);
      case IS_NOT_TRUE -> new Implementation(truth(true, true), false, true, false);
      case IS_FALSE -> new Implementation(truth(false, false), false, true, false);
      case IS_NOT_FALSE -> new Implementation(truth(false, true), false, true, false);
      case NOT -> cheap(Kernels::not);
      case ADD, SUBTRACT, MULTIPLY, DIVIDE, MODULO -> strict(arithmetic(call.function(), types, call.type()));
      default -> throw ExpressionErrors.unsupported(call.function(), types);
    };
  }

  private static Kernel arithmetic(ScalarFunction function, List<Type> types, Type result) {
    Type left = types.get(0);
    Type right = types.get(1);
    if (left instanceof Type.Decimal a && right instanceof Type.Decimal b && result instanceof Type.Decimal r) {
      return DecimalArithmetic.kernel(function, a, b, r);
    }
    if (left.equals(right)) {
      switch (left) {
        case Type.Int t:
          return Arithmetic.integers(function, t);
        case Type.Real t:
          return Arithmetic.reals(function);
        case Type.DoubleType t:
          return Arithmetic.doubles(function);
        default:
          break;
      }
    }
    throw ExpressionErrors.unsupported(function, types);
  }

  private static Kernel nulls(boolean wanted) {
    return (evaluation, rows, arguments) ->
        arguments[0] instanceof Scalar scalar
            ? new Scalar(Type.BOOLEAN, scalar.isNull() == wanted)
            : Comparison.nulls(evaluation, ((Vector) arguments[0]).column(), wanted);
  }

  private static Value not(Evaluation evaluation, Rows rows, Value[] arguments) {
    BooleanColumn column = (BooleanColumn) evaluation.fullColumn(arguments[0]);
    Buffer bits = evaluation.allocate(Bits.bytes(evaluation.length));
    for (long at = 0; at < Bits.bytes(evaluation.length); at += 8) {
      Memory.putLong(bits.address() + at, ~Memory.getLong(column.address() + at));
    }
    return evaluation.bool(bits, evaluation.validity(column));
  }

  /** Whether a BOOLEAN is {@code wanted}, or is not. */
  private static Kernel truth(boolean wanted, boolean negated) {
    return (evaluation, rows, arguments) -> {
      BooleanColumn column = (BooleanColumn) evaluation.fullColumn(arguments[0]);
      Buffer bits = evaluation.allocate(Bits.bytes(evaluation.length));
      for (int w = 0; w < (evaluation.length + 63) >>> 6; w++) {
        long word = Bits.word(column.address(), w);
        long holds = (wanted ? word : ~word) & (column.mayHaveNulls() ? Bits.word(column.validityAddress(), w) : -1L);
        Memory.putLong(bits.address() + ((long) w << 3), negated ? ~holds : holds);
      }
      return evaluation.bool(bits, null);
    };
  }
}
