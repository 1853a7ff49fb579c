package dev.tidemill.exec.expression;

import dev.tidemill.foundation.batch.BytesColumn;
import dev.tidemill.foundation.memory.Memory;
import dev.tidemill.foundation.type.Type;
import dev.tidemill.plan.function.ScalarFunction;
import java.nio.charset.StandardCharsets;
import java.util.Locale;

/** UPPER, LOWER and CONCAT: from memory to memory, without an object per row. */
final class TextKernels {
  private static final long ONES = 0x0101_0101_0101_0101L;
  private static final long HIGH_BITS = 0x8080_8080_8080_8080L;

  private TextKernels() {}

  /** UPPER or LOWER: eight bytes at a time where all of a value is ASCII. */
  static Kernel changeCase(Type type, boolean upper) {
    return (evaluation, rows, values) -> {
      BytesColumn column = (BytesColumn) evaluation.fullColumn(values[0]);
      BytesWriter writer = new BytesWriter(evaluation);
      char first = upper ? 'a' : 'A';
      long fromFirst = ONES * (0x80 - first);
      long behindLast = ONES * (0x80 - (first + 26));
      for (int i = 0; i < rows.count; i++) {
        int row = rows.row(i);
        if (column.isNull(row)) {
          continue;
        }
        long from = column.addressAt(row);
        int length = column.lengthAt(row);
        if (CodePoints.isAscii(from, length)) {
          long to = writer.begin(row, length);
          swap(from, to, length, fromFirst, behindLast);
          writer.end(row, to, length);
        } else {
          byte[] bytes = changeCase(column.stringAt(row), upper);
          writer.put(row, bytes, bytes.length);
        }
      }
      return writer.done(type, evaluation.validity(column));
    };
  }

  private static byte[] changeCase(String text, boolean upper) {
    return (upper ? text.toUpperCase(Locale.ROOT) : text.toLowerCase(Locale.ROOT))
        .getBytes(StandardCharsets.UTF_8);
  }

  /**
   * Copies ASCII bytes, those between two letters in the other case. A word's last bytes may be
   * written twice, each time from the source.
   */
  private static void swap(long from, long to, int length, long fromFirst, long behindLast) {
    if (length < 8) {
      for (int at = 0; at < length; at++) {
        long swapped = swapped(Memory.getByte(from + at), fromFirst, behindLast);
        Memory.putByte(to + at, (byte) swapped);
      }
      return;
    }
    for (int at = 0; at < length - 8; at += 8) {
      Memory.putLong(to + at, swapped(Memory.getLong(from + at), fromFirst, behindLast));
    }
    int last = length - 8;
    Memory.putLong(to + last, swapped(Memory.getLong(from + last), fromFirst, behindLast));
  }

  /** A byte's high bit becomes 1 in the sum where the byte is the letter or above it. */
  private static long swapped(long word, long fromFirst, long behindLast) {
    long letters = (word + fromFirst) & ~(word + behindLast) & HIGH_BITS;
    return word ^ letters >>> 2;
  }

  /** {@code CONCAT(value, …)} */
  static Kernel concat(Type type) {
    return (evaluation, rows, values) -> {
      BytesColumn[] columns = new BytesColumn[values.length];
      int[] strides = new int[values.length];
      boolean nullable = false;
      for (int i = 0; i < values.length; i++) {
        columns[i] = (BytesColumn) evaluation.column(values[i]);
        strides[i] = values[i] instanceof Scalar ? 0 : 1;
        nullable |= columns[i].mayHaveNulls();
      }
      BytesWriter writer = new BytesWriter(evaluation);
      for (int i = 0; i < rows.count; i++) {
        int row = rows.row(i);
        if (!nullable || !anyNull(columns, strides, row)) {
          join(columns, strides, row, writer);
        }
      }
      return writer.done(type, evaluation.validity(values));
    };
  }

  private static boolean anyNull(BytesColumn[] columns, int[] strides, int row) {
    boolean any = false;
    for (int i = 0; i < columns.length; i++) {
      any |= columns[i].isNull(row * strides[i]);
    }
    return any;
  }

  private static void join(BytesColumn[] columns, int[] strides, int row, BytesWriter writer) {
    long total = 0;
    for (int i = 0; i < columns.length; i++) {
      total += columns[i].lengthAt(row * strides[i]);
    }
    int length = TextFunctions.checkedLength(ScalarFunction.CONCAT, total);
    long start = writer.begin(row, length);
    long to = start;
    for (int i = 0; i < columns.length; i++) {
      int part = columns[i].lengthAt(row * strides[i]);
      Memory.copy(columns[i].addressAt(row * strides[i]), to, part);
      to += part;
    }
    writer.end(row, start, length);
  }
}
