package dev.tidemill.exec.expression;

import dev.tidemill.foundation.batch.Bits;
import dev.tidemill.foundation.memory.Buffer;
import dev.tidemill.foundation.memory.Memory;
import dev.tidemill.foundation.type.Type;
import java.nio.charset.StandardCharsets;
import java.util.Arrays;
import org.jspecify.annotations.Nullable;

/**
 * Kernels of functions that are rare enough to go row by row through an object: one adapter per
 * kind of result. They see only rows that count and, but for {@link #textOfNulls}, rows without a
 * NULL argument.
 */
final class RowKernels {
  private RowKernels() {}

  /** A VARCHAR, or null. */
  interface ToText {
    @Nullable String apply(RowArguments arguments);
  }

  /** A VARBINARY. */
  interface ToBytes {
    byte[] apply(RowArguments arguments);
  }

  /** An integer, date, time, timestamp or interval in its column's unit. */
  interface ToLong {
    long apply(RowArguments arguments);
  }

  interface ToDouble {
    double apply(RowArguments arguments);
  }

  interface ToBoolean {
    boolean apply(RowArguments arguments);
  }

  static Kernel text(Type type, ToText function) {
    return text(type, function, true);
  }

  /** As {@link #text}, for functions that take NULLs. */
  static Kernel textOfNulls(Type type, ToText function) {
    return text(type, function, false);
  }

  private static Kernel text(Type type, ToText function, boolean strict) {
    return (evaluation, rows, values) -> {
      RowArguments arguments = new RowArguments(evaluation, values);
      boolean nullable = strict && anyNullable(values);
      BytesWriter writer = new BytesWriter(evaluation);
      int[] nulls = new int[16];
      int nullCount = 0;
      for (int i = 0; i < rows.count; i++) {
        int row = rows.row(i);
        arguments.moveTo(row);
        if (nullable && arguments.anyNull()) {
          continue;
        }
        String result = function.apply(arguments);
        if (result == null) {
          if (nullCount == nulls.length) {
            nulls = Arrays.copyOf(nulls, nullCount * 2);
          }
          nulls[nullCount++] = row;
        } else {
          byte[] bytes = result.getBytes(StandardCharsets.UTF_8);
          writer.put(row, bytes, bytes.length);
        }
      }
      Buffer validity = strict ? evaluation.validity(values) : null;
      return writer.done(type, withNulls(evaluation, validity, nulls, nullCount));
    };
  }

  private static @Nullable Buffer withNulls(
      Evaluation evaluation, @Nullable Buffer validity, int[] nulls, int nullCount) {
    if (nullCount == 0) {
      return validity;
    }
    long bytes = Bits.bytes(evaluation.length);
    Buffer own = evaluation.allocate(bytes);
    if (validity == null) {
      Memory.fill(own.address(), bytes, (byte) 0xff);
    } else {
      Memory.copy(validity.address(), own.address(), bytes);
      evaluation.discard(validity);
    }
    for (int i = 0; i < nullCount; i++) {
      Bits.clear(own.address(), nulls[i]);
    }
    return own;
  }

  private static boolean anyNullable(Value[] values) {
    for (Value value : values) {
      if (value instanceof Vector vector && vector.column().mayHaveNulls()) {
        return true;
      }
    }
    return false;
  }

  static Kernel bytes(Type type, ToBytes function) {
    return (evaluation, rows, values) -> {
      RowArguments arguments = new RowArguments(evaluation, values);
      boolean nullable = anyNullable(values);
      BytesWriter writer = new BytesWriter(evaluation);
      for (int i = 0; i < rows.count; i++) {
        int row = rows.row(i);
        arguments.moveTo(row);
        if (!nullable || !arguments.anyNull()) {
          byte[] result = function.apply(arguments);
          writer.put(row, result, result.length);
        }
      }
      return writer.done(type, evaluation.validity(values));
    };
  }

  /** {@code width} is the column's: 1, 2, 4 or 8. */
  static Kernel integer(Type type, int width, ToLong function) {
    return (evaluation, rows, values) -> {
      RowArguments arguments = new RowArguments(evaluation, values);
      boolean nullable = anyNullable(values);
      Buffer results = evaluation.allocateZeroed((long) evaluation.length * width);
      for (int i = 0; i < rows.count; i++) {
        int row = rows.row(i);
        arguments.moveTo(row);
        if (!nullable || !arguments.anyNull()) {
          put(results.address(), width, row, function.apply(arguments));
        }
      }
      return evaluation.fixed(type, width, results, evaluation.validity(values));
    };
  }

  private static void put(long address, int width, int row, long value) {
    switch (width) {
      case 1 -> Memory.putByte(address + row, (byte) value);
      case 2 -> Memory.putShort(address + ((long) row << 1), (short) value);
      case 4 -> Memory.putInt(address + ((long) row << 2), (int) value);
      default -> Memory.putLong(address + ((long) row << 3), value);
    }
  }

  static Kernel real(ToDouble function) {
    return (evaluation, rows, values) -> {
      RowArguments arguments = new RowArguments(evaluation, values);
      boolean nullable = anyNullable(values);
      Buffer results = evaluation.allocateZeroed(evaluation.length * 8L);
      for (int i = 0; i < rows.count; i++) {
        int row = rows.row(i);
        arguments.moveTo(row);
        if (!nullable || !arguments.anyNull()) {
          Memory.putDouble(results.address() + ((long) row << 3), function.apply(arguments));
        }
      }
      return evaluation.fixed(Type.DOUBLE, 8, results, evaluation.validity(values));
    };
  }

  static Kernel truth(ToBoolean function) {
    return (evaluation, rows, values) -> {
      RowArguments arguments = new RowArguments(evaluation, values);
      boolean nullable = anyNullable(values);
      Buffer results = evaluation.allocateZeroed(Bits.bytes(evaluation.length));
      for (int i = 0; i < rows.count; i++) {
        int row = rows.row(i);
        arguments.moveTo(row);
        if ((!nullable || !arguments.anyNull()) && function.apply(arguments)) {
          Bits.set(results.address(), row);
        }
      }
      return evaluation.bool(results, evaluation.validity(values));
    };
  }
}
