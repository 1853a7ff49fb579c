package dev.tidemill.exec.key;

import dev.tidemill.foundation.batch.Bits;
import dev.tidemill.foundation.batch.Column;
import dev.tidemill.foundation.batch.ColumnBuilder;
import dev.tidemill.foundation.hash.Hash;
import dev.tidemill.foundation.memory.MemoryScope;
import dev.tidemill.foundation.type.Type;

/**
 * Numbers, times and truth: the distance from a base that lies below all of them, and 1. Where such
 * distances could overflow, and for floating point, the {@link KeyWords} themselves; there NULL has
 * no code.
 */
final class NumberField extends KeyField {
  /** Distances between values no further from 0 do not overflow. */
  private static final long FURTHEST = 1L << 60;

  private final Type type;
  private final MemoryScope memory;
  private long least = Long.MAX_VALUE;
  private long greatest = Long.MIN_VALUE;
  private long base;
  private boolean hasBase;
  private boolean hasNulls;

  /** Whether the codes are to be the words themselves, which they are with all bits. */
  private boolean isOfWords;

  NumberField(Type type, MemoryScope memory) {
    this.type = type;
    this.memory = memory;
    this.isOfWords = type instanceof Type.DoubleType || type instanceof Type.Real;
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
        } else {
          hasNulls = true;
        }
      }
    } else {
      for (int i = 0; i < count; i++) {
        low = Math.min(low, values[i]);
        high = Math.max(high, values[i]);
      }
    }
    least = low;
    greatest = high;
    isOfWords |= low <= high && (low < -FURTHEST || high > FURTHEST);
    return !(isOfWords && hasNulls);
  }

  @Override
  boolean take(KeyField other, long[] codes, int count, int expected) {
    NumberField that = (NumberField) other;
    reserve(count);
    long below = that.base - 1;
    boolean mayHaveNulls = that.knowsNull();
    long low = least;
    long high = greatest;
    for (int i = 0; i < count; i++) {
      if (mayHaveNulls && codes[i] == 0) {
        hasNulls = true;
      } else {
        values[i] = codes[i] + below;
        low = Math.min(low, values[i]);
        high = Math.max(high, values[i]);
      }
    }
    least = low;
    greatest = high;
    isOfWords |= low <= high && (low < -FURTHEST || high > FURTHEST);
    return !(isOfWords && hasNulls);
  }

  @Override
  void hash(long[] codes, int count, long[] hashes) {
    long below = base - 1;
    boolean mayHaveNulls = knowsNull();
    for (int i = 0; i < count; i++) {
      hashes[i] = mayHaveNulls && codes[i] == 0 ? Hash.NULL : Hash.mix(codes[i] + below);
    }
  }

  @Override
  boolean knowsNull() {
    return bits() < Long.SIZE;
  }

  @Override
  boolean isOutgrown() {
    if (isOfWords) {
      return bits() < Long.SIZE;
    }
    return bits() == 0
        || (least <= greatest && (least < base || bitsFor(greatest - base + 1) > bits()));
  }

  @Override
  int neededBits() {
    if (isOfWords) {
      return Long.SIZE;
    }
    return least > greatest ? 1 : bitsFor(greatest - least + 1);
  }

  @Override
  Runnable undo() {
    Runnable ofBits = super.undo();
    long baseNow = base;
    boolean hasBaseNow = hasBase;
    return () -> {
      ofBits.run();
      base = baseNow;
      hasBase = hasBaseNow;
    };
  }

  /** What room there is lies where the values have grown. */
  @Override
  long move() {
    long old = base;
    if (isOfWords) {
      base = 1;
      return old - base;
    }
    if (least > greatest) {
      return 0;
    }
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
  void append(long[] codes, boolean mayHaveNulls, int count, long[] words) {
    int shift = bits();
    long below = base - 1;
    for (int i = 0; i < count; i++) {
      long code = mayHaveNulls && codes[i] == 0 ? 0 : values[i] - below;
      words[i] = words[i] << shift | code;
    }
  }

  @Override
  void find(Column column, int[] rows, int count, long[] words, GroupTable.Lookup lookup) {
    if (bits() == Long.SIZE) {
      KeyWords.read(column, rows, count, words);
      return;
    }
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
    if (bits() == Long.SIZE) {
      return KeyWords.column(type, codes, count, -1, memory);
    }
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
