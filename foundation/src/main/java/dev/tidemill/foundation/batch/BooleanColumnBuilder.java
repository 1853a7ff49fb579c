package dev.tidemill.foundation.batch;

import dev.tidemill.foundation.memory.Buffer;
import dev.tidemill.foundation.memory.MemoryScope;
import dev.tidemill.foundation.type.Type;
import org.jspecify.annotations.Nullable;

/** Builds a {@link BooleanColumn}. */
final class BooleanColumnBuilder extends ColumnBuilder {
  private final int expectedRows;
  private @Nullable Buffer values;

  BooleanColumnBuilder(MemoryScope scope, int expectedRows) {
    super(Type.BOOLEAN, scope);
    this.expectedRows = expectedRows;
  }

  @Override
  public void appendBoolean(boolean value) {
    Bits.put(room(), length, value);
    appended();
  }

  private long room() {
    Buffer current = values;
    if (current == null) {
      current = scope.allocateZeroed(Bits.bytes(Math.max(expectedRows, 1)));
    } else if (length >= current.capacity() * 8) {
      Buffer grown = grow(scope, current, current.capacity(), current.capacity() * 2);
      current.close();
      current = grown;
    }
    values = current;
    return current.address();
  }

  @Override
  void appendAnything() {
    Bits.clear(room(), length);
  }

  @Override
  void appendObject(Object value) {
    appendBoolean((Boolean) value);
  }

  @Override
  void appendValid(Column column, int row) {
    appendBoolean(((BooleanColumn) column).booleanAt(row));
  }

  @Override
  Column buildValues(@Nullable Buffer nulls) {
    Buffer built = values == null ? scope.allocateZeroed(8) : values;
    values = null;
    return new BooleanColumn(length, built, nulls);
  }

  @Override
  void closeValues() {
    if (values != null) {
      values.close();
      values = null;
    }
  }
}
