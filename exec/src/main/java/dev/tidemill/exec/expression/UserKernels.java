package dev.tidemill.exec.expression;

import dev.tidemill.exec.user.ArgumentRow;
import dev.tidemill.exec.user.ScalarFunctionCall;
import dev.tidemill.foundation.batch.Bits;
import dev.tidemill.foundation.batch.Column;
import dev.tidemill.foundation.memory.Buffer;
import dev.tidemill.foundation.memory.Memory;
import dev.tidemill.foundation.type.Type;
import dev.tidemill.plan.expression.UserCall;
import java.util.ArrayList;
import java.util.List;
import java.util.stream.IntStream;

/**
 * Kernels of user functions: a loop over the rows for each kind of result, and an object of the
 * function for each worker.
 */
final class UserKernels {
  private UserKernels() {}

  /** What calls a function's method. */
  static Kernels.Implementation of(UserCall call) {
    ScalarFunctionCall.Pool pool = new ScalarFunctionCall.Pool(call.method(), call.type());
    boolean strict =
        IntStream.range(0, call.arguments().size()).allMatch(i -> call.method().requires(i));
    Kernel kernel =
        (evaluation, rows, values) -> {
          ScalarFunctionCall function = pool.take();
          Value result = apply(function, evaluation, rows, values, call.type());
          pool.giveBack(function);
          return result;
        };
    return new Kernels.Implementation(kernel, strict, false, false);
  }

  private static Value apply(
      ScalarFunctionCall function, Evaluation evaluation, Rows rows, Value[] values, Type type) {
    ArgumentRow arguments = arguments(evaluation, values);
    return switch (function.result()) {
      case BOOLEAN -> booleans(function, arguments, evaluation, rows);
      case LONG -> integers(function, arguments, evaluation, rows, (Type.Int) type);
      case DOUBLE ->
          type instanceof Type.Real
              ? reals(function, arguments, evaluation, rows)
              : doubles(function, arguments, evaluation, rows);
      case OBJECT -> objects(function, arguments, evaluation, rows, type);
    };
  }

  private static ArgumentRow arguments(Evaluation evaluation, Value[] values) {
    List<Column> columns = new ArrayList<>(values.length);
    int[] strides = new int[values.length];
    for (int i = 0; i < values.length; i++) {
      columns.add(evaluation.column(values[i]));
      strides[i] = values[i] instanceof Scalar ? 0 : 1;
    }
    return new ArgumentRow(columns, strides);
  }

  /** A validity of ones, to be cleared where the result is NULL. */
  private static Buffer valid(Evaluation evaluation) {
    Buffer valid = evaluation.allocate(Bits.bytes(evaluation.length));
    Memory.fill(valid.address(), Bits.bytes(evaluation.length), (byte) 0xff);
    return valid;
  }

  private static Value integers(
      ScalarFunctionCall function,
      ArgumentRow arguments,
      Evaluation evaluation,
      Rows rows,
      Type.Int type) {
    int width = type.bits() / 8;
    Buffer results = evaluation.allocateZeroed((long) Math.max(1, evaluation.length) * width);
    Buffer valid = valid(evaluation);
    boolean nullable = function.mayBeNull(arguments);
    long address = results.address();
    for (int i = 0; i < rows.count; i++) {
      int row = rows.row(i);
      arguments.moveTo(row);
      if (nullable && function.isNull(arguments)) {
        Bits.clear(valid.address(), row);
        continue;
      }
      long value = function.callLong(arguments);
      switch (width) {
        case 1 -> Memory.putByte(address + row, (byte) value);
        case 2 -> Memory.putShort(address + ((long) row << 1), (short) value);
        case 4 -> Memory.putInt(address + ((long) row << 2), (int) value);
        default -> Memory.putLong(address + ((long) row << 3), value);
      }
    }
    return evaluation.fixed(type, width, results, valid);
  }

  private static Value doubles(
      ScalarFunctionCall function, ArgumentRow arguments, Evaluation evaluation, Rows rows) {
    Buffer results = evaluation.allocateZeroed(Math.max(1, evaluation.length) * 8L);
    Buffer valid = valid(evaluation);
    boolean nullable = function.mayBeNull(arguments);
    for (int i = 0; i < rows.count; i++) {
      int row = rows.row(i);
      arguments.moveTo(row);
      if (nullable && function.isNull(arguments)) {
        Bits.clear(valid.address(), row);
      } else {
        Memory.putDouble(results.address() + ((long) row << 3), function.callDouble(arguments));
      }
    }
    return evaluation.fixed(Type.DOUBLE, 8, results, valid);
  }

  private static Value reals(
      ScalarFunctionCall function, ArgumentRow arguments, Evaluation evaluation, Rows rows) {
    Buffer results = evaluation.allocateZeroed(Math.max(1, evaluation.length) * 4L);
    Buffer valid = valid(evaluation);
    boolean nullable = function.mayBeNull(arguments);
    for (int i = 0; i < rows.count; i++) {
      int row = rows.row(i);
      arguments.moveTo(row);
      if (nullable && function.isNull(arguments)) {
        Bits.clear(valid.address(), row);
      } else {
        Memory.putInt(
            results.address() + ((long) row << 2),
            Float.floatToRawIntBits((float) function.callDouble(arguments)));
      }
    }
    return evaluation.fixed(Type.REAL, 4, results, valid);
  }

  private static Value booleans(
      ScalarFunctionCall function, ArgumentRow arguments, Evaluation evaluation, Rows rows) {
    Buffer results = evaluation.allocateZeroed(Bits.bytes(Math.max(1, evaluation.length)));
    Buffer valid = valid(evaluation);
    boolean nullable = function.mayBeNull(arguments);
    for (int i = 0; i < rows.count; i++) {
      int row = rows.row(i);
      arguments.moveTo(row);
      if (nullable && function.isNull(arguments)) {
        Bits.clear(valid.address(), row);
      } else if (function.callBoolean(arguments)) {
        Bits.set(results.address(), row);
      }
    }
    return evaluation.bool(results, valid);
  }

  private static Value objects(
      ScalarFunctionCall function,
      ArgumentRow arguments,
      Evaluation evaluation,
      Rows rows,
      Type type) {
    return RowByRow.build(
        evaluation,
        rows,
        type,
        (builder, row) -> {
          arguments.moveTo(row);
          if (!function.isNull(arguments)) {
            function.append(arguments, builder);
          }
        });
  }
}
