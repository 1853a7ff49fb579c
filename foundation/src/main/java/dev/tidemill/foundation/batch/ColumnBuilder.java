package dev.tidemill.foundation.batch;

import dev.tidemill.foundation.memory.Buffer;
import dev.tidemill.foundation.memory.Memory;
import dev.tidemill.foundation.memory.MemoryScope;
import dev.tidemill.foundation.type.Type;
import org.jspecify.annotations.Nullable;

/**
 * Collects values row by row into a {@link Column}. For sources, borders and tests; kernels write
 * whole columns through addresses. Which append methods a builder takes follows from its type; the
 * others throw. One thread.
 */
public abstract sealed class ColumnBuilder implements AutoCloseable
    permits FixedColumnBuilder,
        BooleanColumnBuilder,
        BytesColumnBuilder,
        ListColumnBuilder,
        RowColumnBuilder {
  final Type type;
  final MemoryScope scope;
  int length;
  private @Nullable Buffer validity;

  ColumnBuilder(Type type, MemoryScope scope) {
    this.type = type;
    this.scope = scope;
  }

  /**
   * A builder for {@code type}, charged to {@code scope}, with room for {@code expectedRows} before
   * it grows.
   */
  public static ColumnBuilder of(Type type, MemoryScope scope, int expectedRows) {
    return switch (type) {
      case Type.Bool t -> new BooleanColumnBuilder(scope, expectedRows);
      case Type.Varchar t -> new BytesColumnBuilder(type, scope, expectedRows);
      case Type.Varbinary t -> new BytesColumnBuilder(type, scope, expectedRows);
      case Type.Array t -> new ListColumnBuilder(type, t.element(), scope, expectedRows);
      case Type.MapType t -> new ListColumnBuilder(type, t.entries(), scope, expectedRows);
      case Type.Row t -> new RowColumnBuilder(t, scope, expectedRows);
      case Type.Int t -> new FixedColumnBuilder(type, t.bits() / 8, scope, expectedRows);
      case Type.Real t -> new FixedColumnBuilder(type, 4, scope, expectedRows);
      case Type.Date t -> new FixedColumnBuilder(type, 4, scope, expectedRows);
      case Type.MonthInterval t -> new FixedColumnBuilder(type, 4, scope, expectedRows);
      case Type.Null t -> new FixedColumnBuilder(type, 1, scope, expectedRows);
      case Type.DoubleType t -> new FixedColumnBuilder(type, 8, scope, expectedRows);
      case Type.Decimal t -> new FixedColumnBuilder(type, 8, scope, expectedRows);
      case Type.Time t -> new FixedColumnBuilder(type, 8, scope, expectedRows);
      case Type.Timestamp t -> new FixedColumnBuilder(type, 8, scope, expectedRows);
      case Type.ZonedTimestamp t -> new FixedColumnBuilder(type, 8, scope, expectedRows);
      case Type.TimeInterval t -> new FixedColumnBuilder(type, 8, scope, expectedRows);
    };
  }

  public final Type type() {
    return type;
  }

  /** Rows appended since the last {@link #build()}. */
  public final int length() {
    return length;
  }

  /**
   * About how many bytes values since the last {@link #build()} take that are not the same for each
   * row: long texts, elements.
   */
  public long variableBytes() {
    return 0;
  }

  public final void appendNull() {
    if (validity == null) {
      validity = scope.allocate(Bits.bytes(Math.max(length + 1, 1024)));
      Memory.fill(validity.address(), validity.capacity(), (byte) 0xff);
    }
    appendAnything();
    ensureValidity();
    Bits.clear(validity.address(), length);
    length++;
  }

  /**
   * An integer, date, time, timestamp or interval in the column's unit, or a DECIMAL's unscaled
   * value.
   */
  public void appendLong(long value) {
    throw wrong("a long");
  }

  /** A REAL or DOUBLE. */
  public void appendDouble(double value) {
    throw wrong("a double");
  }

  /** The unscaled value of a DECIMAL as 128-bit two's complement. */
  public void appendDecimal(long low, long high) {
    throw wrong("a decimal");
  }

  public void appendBoolean(boolean value) {
    throw wrong("a boolean");
  }

  /** VARCHAR (UTF-8) or VARBINARY. */
  public void appendBytes(byte[] bytes, int offset, int count) {
    throw wrong("bytes");
  }

  /** VARCHAR (UTF-8) or VARBINARY, copied from memory. */
  public void appendBytes(long address, int count) {
    throw wrong("bytes");
  }

  /**
   * The builder of what is nested: of an ARRAY's elements (0), a ROW's fields, or a MAP's keys (0)
   * and values (1). What is appended there since the last row becomes this column's next row by
   * {@link #endNested()}.
   */
  public ColumnBuilder child(int index) {
    throw wrong("nested values");
  }

  /**
   * Ends a row of an ARRAY or MAP (any number of elements) or ROW (one value in each field) built
   * through children.
   */
  public void endNested() {
    throw wrong("nested values");
  }

  /** An object of the class that {@link Type} names for the type, or null for NULL. */
  public final void appendValue(@Nullable Object value) {
    if (value == null) {
      appendNull();
    } else {
      appendObject(value);
    }
  }

  /** The value of a row of a column of the same type, whatever its layout. */
  public final void appendFrom(Column column, int row) {
    if (column.isNull(row)) {
      appendNull();
    } else if (column instanceof DictionaryColumn codes) {
      appendValid(codes.dictionary(), codes.codeAt(row));
    } else {
      appendValid(column, row);
    }
  }

  /**
   * The column of all rows appended; the builder is empty again and may go on. After an error it
   * can only be closed.
   */
  public final Column build() {
    Column built = buildValues(validity);
    validity = null;
    length = 0;
    return built;
  }

  /** Advances the values by one slot of any content; {@link #length} is not touched. */
  abstract void appendAnything();

  abstract void appendObject(Object value);

  abstract void appendValid(Column column, int row);

  abstract Column buildValues(@Nullable Buffer nulls);

  abstract void closeValues();

  /** Ends the append of a valid value. */
  final void appended() {
    if (validity != null) {
      ensureValidity();
      Bits.set(validity.address(), length);
    }
    length++;
  }

  private void ensureValidity() {
    Buffer current = validity;
    if (current != null && length >= current.capacity() * 8) {
      Buffer grown = grow(scope, current, current.capacity(), current.capacity() * 2);
      Memory.fill(
          grown.address() + current.capacity(), grown.capacity() - current.capacity(), (byte) 0xff);
      current.close();
      validity = grown;
    }
  }

  /**
   * A bigger buffer with the first {@code used} bytes of {@code old}, which stays the caller's to
   * close.
   */
  static Buffer grow(MemoryScope scope, Buffer old, long used, long bytes) {
    Buffer grown = scope.allocate(bytes);
    Memory.copy(old.address(), grown.address(), used);
    return grown;
  }

  final IllegalArgumentException wrong(String what) {
    return new IllegalArgumentException(what + " for a column of " + type);
  }

  @Override
  public final void close() {
    if (validity != null) {
      validity.close();
      validity = null;
    }
    closeValues();
  }
}
