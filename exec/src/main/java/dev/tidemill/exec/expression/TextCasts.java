package dev.tidemill.exec.expression;

import dev.tidemill.foundation.batch.FixedColumn;
import dev.tidemill.foundation.type.Type;
import org.jspecify.annotations.Nullable;

/** Whole numbers, decimals of eight bytes and dates as text, digit by digit, without objects. */
final class TextCasts {
  private static final int MOST_BYTES = 48;

  private TextCasts() {}

  /** Whether there is a loop for columns of the type. */
  static boolean has(Type from, Type.Varchar to) {
    boolean hasDigits =
        switch (from) {
          case Type.Int t -> true;
          case Type.Decimal t -> t.scale() <= 18;
          case Type.Date t -> true;
          default -> false;
        };
    return hasDigits && to.maxLength() == Type.Varchar.UNBOUNDED;
  }

  /** The text of the rows, or null where a value needs another way. */
  static @Nullable Value cast(Evaluation evaluation, Rows rows, FixedColumn column, Type to) {
    if (column.width() > 8) {
      return null;
    }
    BytesWriter writer = new BytesWriter(evaluation);
    byte[] text = new byte[MOST_BYTES];
    boolean isDate = column.type() instanceof Type.Date;
    int scale = column.type() instanceof Type.Decimal decimal ? decimal.scale() : 0;
    boolean fits = true;
    for (int i = 0; i < rows.count; i++) {
      int row = rows.row(i);
      if (column.isNull(row)) {
        continue;
      }
      int length =
          isDate ? date(column.longAt(row), text) : number(column.longAt(row), scale, text);
      fits &= length > 0;
      writer.put(row, text, Math.max(0, length));
    }
    Vector done = writer.done(to, evaluation.validity(column));
    return fits ? done : null;
  }

  /** Writes the digits at the front of {@code out}; says how many bytes. */
  private static int number(long value, int scale, byte[] out) {
    int at = MOST_BYTES;
    // Below zero all longs have a counterpart.
    long left = value < 0 ? value : -value;
    int digits = 0;
    while (left != 0 || digits <= scale) {
      if (digits == scale && scale > 0) {
        out[--at] = '.';
      }
      long rest = left / 10;
      out[--at] = (byte) ('0' - (left - rest * 10));
      left = rest;
      digits++;
    }
    if (value < 0) {
      out[--at] = '-';
    }
    System.arraycopy(out, at, out, 0, MOST_BYTES - at);
    return MOST_BYTES - at;
  }

  /** As {@link #number}, of the years 1 to 9999; else 0. */
  private static int date(long days, byte[] out) {
    long packed = Calendar.packedDate(days);
    long year = Calendar.year(packed);
    if (year < 1 || year > 9999) {
      return 0;
    }
    put((int) year / 100, out, 0);
    put((int) year % 100, out, 2);
    out[4] = '-';
    put(Calendar.month(packed), out, 5);
    out[7] = '-';
    put(Calendar.day(packed), out, 8);
    return 10;
  }

  private static void put(int number, byte[] out, int at) {
    out[at] = (byte) ('0' + number / 10);
    out[at + 1] = (byte) ('0' + number % 10);
  }
}
