package dev.tidemill.storage.parquet;

import dev.tidemill.foundation.batch.Column;
import dev.tidemill.foundation.batch.FixedColumn;
import dev.tidemill.foundation.hash.Hash;
import dev.tidemill.foundation.memory.Memory;
import dev.tidemill.foundation.memory.MemoryScope;
import dev.tidemill.foundation.type.Type;
import java.math.BigInteger;
import java.util.Arrays;
import org.apache.parquet.format.Encoding;
import org.apache.parquet.format.Statistics;
import org.jspecify.annotations.Nullable;

/**
 * INT32, INT64, FLOAT, DOUBLE and decimals of 16 bytes. All but the last begin with a dictionary:
 * an open-addressing table from the value's bits to its code. Integers without one are deltas where
 * that is smaller: they are unpacked in less time than a codec takes to find what they have in
 * common.
 */
final class FixedChunkWriter extends ChunkWriter {
  private static final int MAX_ENTRIES = 1 << 17;
  private static final int FIRST_SLOTS = 1 << 10;

  private final int width;
  private final Kind kind;
  private final DeltaEncoder delta = new DeltaEncoder();

  private boolean coded;
  private long[] entries = new long[FIRST_SLOTS / 2];
  private int size;

  /** Per slot a code + 1, or 0. */
  private int[] slots = new int[FIRST_SLOTS];

  private final Bounds page = new Bounds();
  private final Bounds chunk = new Bounds();

  /** The least and the greatest value, of whichever kind the column is. */
  private static final class Bounds {
    private boolean any;
    private long leastLong;
    private long greatestLong;
    private double leastDouble;
    private double greatestDouble;
    private BigInteger leastWide = BigInteger.ZERO;
    private BigInteger greatestWide = BigInteger.ZERO;

    private void take(long value) {
      if (any) {
        leastLong = Math.min(leastLong, value);
        greatestLong = Math.max(greatestLong, value);
      } else {
        any = true;
        leastLong = value;
        greatestLong = value;
      }
    }

    private void take(double value) {
      if (Double.isNaN(value)) {
        return;
      }
      if (any) {
        leastDouble = Math.min(leastDouble, value);
        greatestDouble = Math.max(greatestDouble, value);
      } else {
        any = true;
        leastDouble = value;
        greatestDouble = value;
      }
    }

    private void take(BigInteger value) {
      leastWide = any ? leastWide.min(value) : value;
      greatestWide = any ? greatestWide.max(value) : value;
      any = true;
    }

    private void take(Bounds other, Kind kind) {
      if (!other.any) {
        return;
      }
      switch (kind) {
        case INTEGER -> {
          take(other.leastLong);
          take(other.greatestLong);
        }
        case FLOAT, DOUBLE -> {
          take(other.leastDouble);
          take(other.greatestDouble);
        }
        case WIDE -> {
          take(other.leastWide);
          take(other.greatestWide);
        }
      }
    }
  }

  private enum Kind {
    INTEGER,
    FLOAT,
    DOUBLE,
    WIDE
  }

  FixedChunkWriter(
      WrittenColumn column,
      ParquetPlace place,
      ParquetWriteOptions options,
      PageCompressor compressor,
      MemoryScope scope) {
    super(column, place, options, compressor, scope);
    this.width = column.width();
    this.kind =
        switch (column.type()) {
          case Type.Real t -> Kind.FLOAT;
          case Type.DoubleType t -> Kind.DOUBLE;
          default -> width == 16 ? Kind.WIDE : Kind.INTEGER;
        };
    this.coded = kind != Kind.WIDE;
  }

  @Override
  void append(Column values, int @Nullable [] selected, int from, int to, int at) {
    FixedColumn fixed = (FixedColumn) values;
    for (int i = from; i < to; i++) {
      int row = selected == null ? i : selected[i];
      if (fixed.isNull(row)) {
        continue;
      }
      if (kind == Kind.WIDE) {
        appendWide(fixed, row);
        continue;
      }
      long bits = bits(fixed, row);
      if (coded) {
        codes[at++] = code(bits);
      } else {
        putPlain(bits);
      }
    }
  }

  /** The value as it stands in a page, as a long; takes it into the bounds. */
  private long bits(FixedColumn values, int row) {
    switch (kind) {
      case FLOAT -> {
        float value = (float) values.doubleAt(row);
        page.take(value);
        return Float.floatToRawIntBits(value);
      }
      case DOUBLE -> {
        double value = values.doubleAt(row);
        page.take(value);
        return Double.doubleToRawLongBits(value);
      }
      default -> {
        long value = values.longAt(row);
        if (values.width() == 16 && values.highAt(row) != value >> 63
            || width == 4 && (int) value != value) {
          throw ParquetErrors.outOfRange(place, String.valueOf(values.value(row)), column.type());
        }
        if (column.factor() != 1) {
          long multiplied = value * column.factor();
          if (Math.multiplyHigh(value, column.factor()) != multiplied >> 63) {
            throw ParquetErrors.outOfRange(
                place, String.valueOf(values.value(row)), new Type.Timestamp(3));
          }
          value = multiplied;
        }
        page.take(value);
        return value;
      }
    }
  }

  private void appendWide(FixedColumn values, int row) {
    long low = values.longAt(row);
    long high = values.highAt(row);
    long at = plain.extend(16);
    Memory.putLong(at, Long.reverseBytes(high));
    Memory.putLong(at + 8, Long.reverseBytes(low));
    page.take(values.unscaledAt(row));
  }

  private void putPlain(long bits) {
    distinct.add(Hash.mix(bits));
    if (width == 4) {
      Memory.putInt(plain.extend(4), (int) bits);
    } else {
      Memory.putLong(plain.extend(8), bits);
    }
  }

  private int code(long bits) {
    int mask = slots.length - 1;
    int slot = slot(bits, mask);
    while (slots[slot] != 0) {
      int code = slots[slot] - 1;
      if (entries[code] == bits) {
        return code;
      }
      slot = (slot + 1) & mask;
    }
    if (size == entries.length) {
      charge(24L * size);
      entries = Arrays.copyOf(entries, size * 2);
      slots = new int[slots.length * 2];
      mask = slots.length - 1;
      for (int code = 0; code < size; code++) {
        slots[free(entries[code], mask)] = code + 1;
      }
      slot = free(bits, mask);
    }
    slots[slot] = size + 1;
    entries[size] = bits;
    return size++;
  }

  private int free(long bits, int mask) {
    int slot = slot(bits, mask);
    while (slots[slot] != 0) {
      slot = (slot + 1) & mask;
    }
    return slot;
  }

  private static int slot(long bits, int mask) {
    return (int) ((bits * 0x9E37_79B9_7F4A_7C15L) >>> 32) & mask;
  }

  @Override
  boolean isCoded() {
    return coded;
  }

  @Override
  int entries() {
    return size;
  }

  @Override
  int dictionaryBytes() {
    return size * width;
  }

  @Override
  long plainBytes(int count) {
    return (long) count * width;
  }

  @Override
  void giveUpDictionary(int count) {
    for (int i = 0; i < count; i++) {
      putPlain(entries[codes[i]]);
    }
    coded = false;
    size = 0;
  }

  @Override
  void freezeDictionary() {
    coded = false;
    for (int i = 0; i < size; i++) {
      distinct.add(Hash.mix(entries[i]));
    }
  }

  @Override
  boolean isCounted() {
    return kind != Kind.WIDE;
  }

  @Override
  boolean isDictionaryFull() {
    return size > MAX_ENTRIES;
  }

  @Override
  void putDictionary(GrowingBuffer to) {
    long at = to.extend(size * width);
    for (int i = 0; i < size; i++) {
      if (width == 4) {
        Memory.putInt(at + 4L * i, (int) entries[i]);
      } else {
        Memory.putLong(at + 8L * i, entries[i]);
      }
    }
  }

  @Override
  Encoding putValues(GrowingBuffer to, int count) {
    if (kind != Kind.INTEGER || count == 0) {
      return putPlain(to);
    }
    int before = to.size();
    delta.encode(plain.address(), count, width, to);
    if (to.size() - before < plain.size()) {
      return Encoding.DELTA_BINARY_PACKED;
    }
    to.truncate(before);
    return putPlain(to);
  }

  @Override
  void takePageBounds(int count, Statistics statistics) {
    put(page, statistics);
    chunk.take(page, kind);
    page.any = false;
  }

  @Override
  void putBounds(Statistics statistics) {
    put(chunk, statistics);
  }

  private void put(Bounds bounds, Statistics statistics) {
    if (!bounds.any) {
      return;
    }
    switch (kind) {
      case INTEGER -> {
        statistics.setMin_value(littleEndian(bounds.leastLong, width));
        statistics.setMax_value(littleEndian(bounds.greatestLong, width));
      }
      case FLOAT -> {
        statistics.setMin_value(
            littleEndian(Float.floatToRawIntBits((float) lowZero(bounds.leastDouble)), width));
        statistics.setMax_value(
            littleEndian(Float.floatToRawIntBits((float) highZero(bounds.greatestDouble)), width));
      }
      case DOUBLE -> {
        statistics.setMin_value(
            littleEndian(Double.doubleToRawLongBits(lowZero(bounds.leastDouble)), width));
        statistics.setMax_value(
            littleEndian(Double.doubleToRawLongBits(highZero(bounds.greatestDouble)), width));
      }
      case WIDE -> {
        statistics.setMin_value(bigEndian(bounds.leastWide));
        statistics.setMax_value(bigEndian(bounds.greatestWide));
      }
    }
  }

  /** The zeros are equal, so that a bound of zero is the one that stands for both. */
  private static double lowZero(double value) {
    return value == 0 ? -0.0 : value;
  }

  private static double highZero(double value) {
    return value == 0 ? 0.0 : value;
  }

  private static byte[] littleEndian(long value, int bytes) {
    byte[] result = new byte[bytes];
    for (int i = 0; i < bytes; i++) {
      result[i] = (byte) (value >>> (8 * i));
    }
    return result;
  }

  private static byte[] bigEndian(BigInteger value) {
    byte[] result = new byte[16];
    byte[] digits = value.toByteArray();
    Arrays.fill(result, (byte) (value.signum() < 0 ? -1 : 0));
    System.arraycopy(digits, 0, result, 16 - digits.length, digits.length);
    return result;
  }

  @Override
  void reset() {
    page.any = false;
    chunk.any = false;
    size = 0;
    coded = kind != Kind.WIDE;
    Arrays.fill(slots, 0);
  }
}
