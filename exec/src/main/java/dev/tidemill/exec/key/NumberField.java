package dev.tidemill.exec.key;

import dev.tidemill.foundation.batch.Bits;
import dev.tidemill.foundation.batch.Column;
import dev.tidemill.foundation.batch.ColumnBuilder;
import dev.tidemill.foundation.memory.MemoryScope;
import dev.tidemill.foundation.type.Type;

/** Numbers, times and truth: the distance from a base that lies below all of them, and 1. */
final class NumberField extends KeyField {
  /** What lies further from 0 gets no code, so that distances do not overflow. */
  private static final long FURTHEST = 1L << 60;

  private final Type type;
  private final MemoryScope memory;
  private long least = Long.MAX_VALUE;
  private long greatest = Long.MIN_VALUE;
  private long base;
  private boolean hasBase;

  NumberField(Type type, MemoryScope memory) {
    this.type = type;
    this.memory = memory;
  }

  static boolean fits(Type type) {
    return KeyWords.fits(type)
        && !(type instanceof Type.DoubleType)
        && !(type instanceof Type.Real);
  }

  @Override
  boolean take(Column column, int[] rows, int count) {
    reserve(count);
    KeyWords.read(column, rows, count, values);
    long low = least;
    long high = greatest;
    if (column.mayHaveNulls()) {
      long validity = column.validityAddress();
      for (int i = 0; i < count; i++) {
        if (Bits.get(validity, rows[i])) {
          low = Math.min(low, values[i]);
          high = Math.max(high, values[i]);
        }
      }
    } else {
      for (int i = 0; i < count; i++) {
        low = Math.min(low, values[i]);
        high = Math.max(high, values[i]);
      }
    }
    if (low <= high && (low < -FURTHEST || high > FURTHEST)) {
      return false;
    }
    least = low;
    greatest = high;
    return true;
  }

  @Override
  boolean isOutgrown() {
    return bits() == 0
        || (least <= greatest && (least < base || bitsFor(greatest - base + 1) > bits()));
  }

  @Override
  int neededBits() {
    return least > greatest ? 1 : bitsFor(greatest - least + 1);
  }

  /** What room there is lies where the values have grown. */
  @Override
  long move() {
    if (least > greatest) {
      return 0;
    }
    long old = base;
    long room = (1L << bits()) - 1 - (greatest - least + 1);
    base = hasBase && least < base ? least - room : least;
    hasBase = true;
    return old - base;
  }

  @Override
  void append(Column column, int[] rows, int count, long[] words) {
    int shift = bits();
    long below = base - 1;
    if (column.mayHaveNulls()) {
      long validity = column.validityAddress();
      for (int i = 0; i < count; i++) {
        long code = Bits.get(validity, rows[i]) ? values[i] - below : 0;
        words[i] = words[i] << shift | code;
      }
    } else {
      for (int i = 0; i < count; i++) {
        words[i] = words[i] << shift | values[i] - below;
      }
    }
  }

  @Override
  void find(Column column, int[] rows, int count, long[] words, GroupTable.Lookup lookup) {
    long[] sought = lookup.values(count);
    KeyWords.read(column, rows, count, sought);
    int shift = bits();
    for (int i = 0; i < count; i++) {
      if (words[i] >= 0) {
        long code = 0;
        if (!column.isNull(rows[i])) {
          code = sought[i] < least || sought[i] > greatest ? -1 : sought[i] - base + 1;
        }
        words[i] = code < 0 ? -1 : words[i] << shift | code;
      }
    }
  }

  @Override
  Column column(long[] codes, int count) {
    try (ColumnBuilder builder = ColumnBuilder.of(type, memory, Math.max(1, count))) {
      for (int i = 0; i < count; i++) {
        if (codes[i] == 0) {
          builder.appendNull();
        } else if (type instanceof Type.Bool) {
          builder.appendBoolean(codes[i] + base - 1 != 0);
        } else {
          builder.appendLong(codes[i] + base - 1);
        }
      }
      return builder.build();
    }
  }

  @Override
  void close() {}
}
