package dev.tidemill.streaming.rows;

import dev.tidemill.foundation.batch.Bits;
import dev.tidemill.foundation.batch.BooleanColumn;
import dev.tidemill.foundation.batch.BytesColumn;
import dev.tidemill.foundation.batch.Column;
import dev.tidemill.foundation.batch.Columns;
import dev.tidemill.foundation.batch.FixedColumn;
import dev.tidemill.foundation.memory.Buffer;
import dev.tidemill.foundation.memory.Memory;
import dev.tidemill.foundation.memory.MemoryScope;
import dev.tidemill.foundation.row.RowCodec;
import dev.tidemill.foundation.type.Type;
import java.util.Arrays;
import java.util.List;
import org.jspecify.annotations.Nullable;

/**
 * The values of one column by row number, which only grows. One thread.
 *
 * <p>{@link #values} is a column over the store's own buffers: what is taken from it is copied, so
 * that no batch keeps the store's memory.
 */
abstract sealed class ColumnStore implements AutoCloseable
    permits FixedStore, BooleanStore, BytesStore, EncodedStore {
  static final int FIRST_ROWS = 64;

  final Type type;
  final MemoryScope memory;
  private int length;
  private @Nullable Buffer validity;
  private @Nullable Column values;

  ColumnStore(Type type, MemoryScope memory) {
    this.type = type;
    this.memory = memory;
  }

  static ColumnStore of(Type type, MemoryScope memory) {
    return switch (type) {
      case Type.Bool t -> new BooleanStore(memory);
      case Type.Varchar t -> new BytesStore(type, memory);
      case Type.Varbinary t -> new BytesStore(type, memory);
      case Type.Array t -> new EncodedStore(type, memory);
      case Type.MapType t -> new EncodedStore(type, memory);
      case Type.Row t -> new EncodedStore(type, memory);
      default -> new FixedStore(type, memory);
    };
  }

  final int length() {
    return length;
  }

  /**
   * Appends rows of a column of the same type.
   *
   * @throws dev.tidemill.foundation.error.TidemillException MEMORY_LIMIT_EXCEEDED; {@link
   *     #truncate} then takes back what was begun
   */
  final void append(Column column, int[] rows, int count) {
    closeValues();
    try (Column plain = Columns.decode(column, memory)) {
      appendValidity(plain, rows, count);
      appendValues(plain, rows, count);
    }
    length += count;
  }

  /** The values of rows of a column without a dictionary, behind {@link #length}. */
  abstract void appendValues(Column column, int[] rows, int count);

  private void appendValidity(Column column, int[] rows, int count) {
    if (validity == null && !column.mayHaveNulls()) {
      return;
    }
    Buffer bits = validity;
    long bytes = Bits.bytes(Math.max(FIRST_ROWS, length + count));
    if (bits == null) {
      bits = memory.allocate(bytes);
      Memory.fill(bits.address(), bits.capacity(), (byte) 0xff);
    } else if (bits.capacity() < bytes) {
      long before = bits.capacity();
      bits = memory.grown(bits, before, Math.max(bytes, before * 2));
      Memory.fill(bits.address() + before, bits.capacity() - before, (byte) 0xff);
    }
    validity = bits;
    for (int i = 0; i < count; i++) {
      Bits.put(bits.address(), length + i, !column.isNull(rows[i]));
    }
  }

  /** All values, borrowed until the next {@link #append}. */
  final Column values() {
    Column known = values;
    if (known == null) {
      known = made(length, validity == null ? null : validity.retain());
      values = known;
    }
    return known;
  }

  /** Reads a little of each row, so that all are on their way into the cache together. */
  abstract long touch(int[] rows, int count);

  /** Reads a byte of each of values of {@code width} bytes. */
  static long touch(@Nullable Buffer buffer, int width, int[] rows, int count) {
    long sum = 0;
    if (buffer != null) {
      long address = buffer.address();
      for (int i = 0; i < count; i++) {
        sum += Memory.getByte(address + (long) rows[i] * width);
      }
    }
    return sum;
  }

  /** A column over the store's buffers. */
  abstract Column made(int rows, @Nullable Buffer nulls);

  /** Rows by number, -1 for NULL, copied; the caller's to close. */
  Column take(int[] rows, int from, int count, MemoryScope scope) {
    return Columns.copy(values(), rows, from, count, scope);
  }

  /**
   * Whether a row is the same as one of a column without a dictionary; NULLs and NaNs are equal.
   */
  boolean equal(int row, Column other, int otherRow) {
    return equal(values(), row, other, otherRow);
  }

  /** Whether rows of two columns of one type, without dictionaries, are the same. */
  static boolean equal(Column own, int row, Column other, int otherRow) {
    if (own.isNull(row) || other.isNull(otherRow)) {
      return own.isNull(row) == other.isNull(otherRow);
    }
    if (own instanceof FixedColumn a && other instanceof FixedColumn b) {
      if (own.type() instanceof Type.DoubleType || own.type() instanceof Type.Real) {
        double x = a.doubleAt(row);
        double y = b.doubleAt(otherRow);
        return x == y || Double.isNaN(x) && Double.isNaN(y);
      }
      return a.longAt(row) == b.longAt(otherRow) && a.highAt(row) == b.highAt(otherRow);
    }
    if (own instanceof BytesColumn a && other instanceof BytesColumn b) {
      return a.equalAt(row, b, otherRow);
    }
    if (own instanceof BooleanColumn a && other instanceof BooleanColumn b) {
      return a.booleanAt(row) == b.booleanAt(otherRow);
    }
    RowCodec codec = RowCodec.of(List.of(own.type()));
    return Arrays.equals(
        codec.encodeRow(List.of(own), row), codec.encodeRow(List.of(other), otherRow));
  }

  final boolean isNull(int row) {
    Buffer bits = validity;
    return bits != null && !Bits.get(bits.address(), row);
  }

  /** Which of two rows, neither NULL, comes first, ascending, in {@code RowCodec}'s order. */
  final int compare(int row, int other) {
    return switch (this instanceof EncodedStore ? null : values()) {
      case FixedColumn fixed when type instanceof Type.Real || type instanceof Type.DoubleType ->
          Double.compare(fixed.doubleAt(row) + 0.0, fixed.doubleAt(other) + 0.0);
      case FixedColumn fixed -> {
        int byHigh = Long.compare(fixed.highAt(row), fixed.highAt(other));
        if (byHigh != 0) {
          yield byHigh;
        }
        yield fixed.width() <= 8
            ? Long.compare(fixed.longAt(row), fixed.longAt(other))
            : Long.compareUnsigned(fixed.longAt(row), fixed.longAt(other));
      }
      case BytesColumn bytes ->
          Memory.compare(
              bytes.addressAt(row),
              bytes.lengthAt(row),
              bytes.addressAt(other),
              bytes.lengthAt(other));
      case BooleanColumn bools -> Boolean.compare(bools.booleanAt(row), bools.booleanAt(other));
      case null, default -> {
        RowCodec codec = RowCodec.of(List.of(type));
        try (Column both = take(new int[] {row, other}, 0, 2, memory)) {
          yield Arrays.compareUnsigned(
              codec.encodeRow(List.of(both), 0), codec.encodeRow(List.of(both), 1));
        }
      }
    };
  }

  /** Takes back the rows from {@code rows} on. */
  void truncate(int rows) {
    closeValues();
    length = rows;
  }

  /**
   * The same buffer if it has {@code bytes}, else a longer one in its place that begins with its
   * {@code used} bytes.
   */
  final Buffer grown(@Nullable Buffer buffer, long used, long bytes) {
    if (buffer != null && buffer.capacity() >= bytes) {
      return buffer;
    }
    return memory.grown(buffer, used, buffer == null ? bytes : Math.max(bytes, used * 2));
  }

  private void closeValues() {
    if (values != null) {
      values.close();
      values = null;
    }
  }

  abstract void closeBuffers();

  @Override
  public final void close() {
    closeValues();
    closeBuffers();
    if (validity != null) {
      validity.close();
      validity = null;
    }
  }
}
