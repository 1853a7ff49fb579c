package dev.tidemill.exec.expression;

import dev.tidemill.foundation.batch.Bits;
import dev.tidemill.foundation.batch.Column;
import dev.tidemill.foundation.batch.FixedColumn;
import dev.tidemill.foundation.memory.Buffer;
import dev.tidemill.foundation.memory.Memory;
import dev.tidemill.foundation.type.Type;
import org.jspecify.annotations.Nullable;

/**
 * GREATEST and LEAST of what is not NULL, which take what they choose as it is: whole columns of
 * integers, decimals of eight bytes, dates and times, everything else row by row.
 */
final class Extremes {
  private Extremes() {}

  static Kernel kernel(Type type, boolean greatest) {
    Kernel rowByRow = rowByRow(type, greatest);
    if (type instanceof Type.Real || type instanceof Type.DoubleType) {
      return rowByRow;
    }
    return (evaluation, rows, values) -> {
      Value known = fold(evaluation, type, values, greatest);
      return known == null ? rowByRow.apply(evaluation, rows, values) : known;
    };
  }

  /** Null where one of the columns is not of 4 or 8 bytes, or they differ. */
  private static @Nullable Value fold(
      Evaluation evaluation, Type type, Value[] values, boolean greatest) {
    FixedColumn[] columns = new FixedColumn[values.length];
    for (int i = 0; i < values.length; i++) {
      if (!values[i].type().equals(type)
          || !(evaluation.fullColumn(values[i]) instanceof FixedColumn column)
          || (column.width() != 4 && column.width() != 8)
          || (i > 0 && column.width() != columns[0].width())) {
        return null;
      }
      columns[i] = column;
    }
    Value best = new Vector(columns[0]);
    for (int i = 1; i < columns.length; i++) {
      best = greater(evaluation, type, (FixedColumn) column(best), columns[i], greatest);
    }
    return best;
  }

  private static Column column(Value value) {
    return ((Vector) value).column();
  }

  private static Value greater(
      Evaluation evaluation, Type type, FixedColumn a, FixedColumn b, boolean greatest) {
    int width = a.width();
    int length = evaluation.length;
    Buffer results = evaluation.allocate(Math.max(1, length) * (long) width);
    if (width == 4) {
      chooseInts(a.address(), b.address(), results.address(), length, greatest);
    } else {
      chooseLongs(a.address(), b.address(), results.address(), length, greatest);
    }
    if (!a.mayHaveNulls() && !b.mayHaveNulls()) {
      return evaluation.fixed(type, width, results, null);
    }
    takeTheOther(a, b, results.address(), length);
    takeTheOther(b, a, results.address(), length);
    return evaluation.fixed(type, width, results, either(evaluation, a, b));
  }

  private static void chooseInts(long a, long b, long out, int length, boolean greatest) {
    for (int i = 0; i < length; i++) {
      long at = (long) i << 2;
      int x = Memory.getInt(a + at);
      int y = Memory.getInt(b + at);
      Memory.putInt(out + at, greatest ? Math.max(x, y) : Math.min(x, y));
    }
  }

  private static void chooseLongs(long a, long b, long out, int length, boolean greatest) {
    for (int i = 0; i < length; i++) {
      long at = (long) i << 3;
      long x = Memory.getLong(a + at);
      long y = Memory.getLong(b + at);
      Memory.putLong(out + at, greatest ? Math.max(x, y) : Math.min(x, y));
    }
  }

  /** Where {@code a} is NULL the result is what {@code b} says. */
  private static void takeTheOther(FixedColumn a, FixedColumn b, long out, int length) {
    if (!a.mayHaveNulls()) {
      return;
    }
    int width = a.width();
    for (int w = 0; w << 6 < length; w++) {
      long nulls = ~Bits.word(a.validityAddress(), w) & Bits.mask(length, w);
      for (; nulls != 0; nulls &= nulls - 1) {
        long at = (long) width * ((w << 6) + Long.numberOfTrailingZeros(nulls));
        if (width == 4) {
          Memory.putInt(out + at, Memory.getInt(b.address() + at));
        } else {
          Memory.putLong(out + at, Memory.getLong(b.address() + at));
        }
      }
    }
  }

  /** The rows where one of the columns is not NULL. */
  private static @Nullable Buffer either(Evaluation evaluation, FixedColumn a, FixedColumn b) {
    if (!a.mayHaveNulls() || !b.mayHaveNulls()) {
      return null;
    }
    long bytes = Bits.bytes(evaluation.length);
    Buffer validity = evaluation.allocate(bytes);
    for (long at = 0; at < bytes; at += 8) {
      Memory.putLong(
          validity.address() + at,
          Memory.getLong(a.validityAddress() + at) | Memory.getLong(b.validityAddress() + at));
    }
    return validity;
  }

  private static Kernel rowByRow(Type type, boolean greatest) {
    return (evaluation, rows, values) -> {
      RowArguments arguments = new RowArguments(evaluation, values);
      return RowByRow.build(
          evaluation,
          rows,
          type,
          (builder, row) -> {
            arguments.moveTo(row);
            int best = best(arguments, greatest);
            if (best >= 0) {
              builder.appendFrom(arguments.column(best), arguments.row(best));
            }
          });
    };
  }

  /** Which argument it is, -1 where all are NULL. */
  private static int best(RowArguments arguments, boolean greatest) {
    int best = -1;
    for (int i = 0; i < arguments.count(); i++) {
      if (arguments.isNull(i)) {
        continue;
      }
      if (best < 0) {
        best = i;
        continue;
      }
      int order =
          NestedOrder.compare(
              arguments.column(i), arguments.row(i), arguments.column(best), arguments.row(best));
      if (greatest ? order > 0 : order < 0) {
        best = i;
      }
    }
    return best;
  }
}
