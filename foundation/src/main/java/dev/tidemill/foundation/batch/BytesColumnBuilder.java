package dev.tidemill.foundation.batch;

import dev.tidemill.foundation.memory.Buffer;
import dev.tidemill.foundation.memory.Memory;
import dev.tidemill.foundation.memory.MemoryScope;
import dev.tidemill.foundation.type.Type;
import java.nio.charset.StandardCharsets;
import java.util.ArrayList;
import java.util.List;
import org.jspecify.annotations.Nullable;

/**
 * Builds a {@link BytesColumn}; long values are copied into data buffers, a new one where the last
 * is full.
 */
final class BytesColumnBuilder extends ColumnBuilder {
  private static final int FIRST_DATA_BYTES = 4 << 10;
  private static final int MAX_DATA_BYTES = 1 << 20;

  private final int expectedRows;
  private @Nullable Buffer views;
  private final List<Buffer> data = new ArrayList<>();
  private long used;

  /** Of the buffers before the last. */
  private long bytesBefore;

  BytesColumnBuilder(Type type, MemoryScope scope, int expectedRows) {
    super(type, scope);
    this.expectedRows = expectedRows;
  }

  @Override
  public void appendBytes(byte[] bytes, int offset, int count) {
    long view = slot();
    if (count <= BytesColumn.INLINE) {
      Memory.putLong(view, count);
      Memory.putLong(view + 8, 0);
      Memory.copyFromArray(bytes, offset, view + 4, count);
    } else {
      Buffer target = room(count);
      long at = target.address() + used;
      Memory.copyFromArray(bytes, offset, at, count);
      BytesColumn.putView(view, at, count, data.size() - 1, (int) used);
      used += count;
    }
    appended();
  }

  @Override
  public void appendBytes(long address, int count) {
    long view = slot();
    if (count <= BytesColumn.INLINE) {
      BytesColumn.putView(view, address, count, 0, 0);
    } else {
      Buffer target = room(count);
      long at = target.address() + used;
      Memory.copy(address, at, count);
      BytesColumn.putView(view, at, count, data.size() - 1, (int) used);
      used += count;
    }
    appended();
  }

  private Buffer room(int count) {
    if (!data.isEmpty()) {
      Buffer last = data.get(data.size() - 1);
      if (used + count <= last.capacity()) {
        return last;
      }
    }
    long grown = Math.min((long) FIRST_DATA_BYTES << Math.min(data.size() * 2, 8), MAX_DATA_BYTES);
    Buffer added = scope.allocate(Math.max(count, grown));
    data.add(added);
    bytesBefore += used;
    used = 0;
    return added;
  }

  private long slot() {
    Buffer current = views;
    if (current == null) {
      current = scope.allocate(Math.max(expectedRows, 1) * 16L);
    } else if ((length + 1) * 16L > current.capacity()) {
      Buffer grown = grow(scope, current, length * 16L, current.capacity() * 2);
      current.close();
      current = grown;
    }
    views = current;
    return current.address() + length * 16L;
  }

  @Override
  public long variableBytes() {
    return bytesBefore + used;
  }

  @Override
  void appendAnything() {
    Memory.fill(slot(), 16, (byte) 0);
  }

  @Override
  void appendObject(Object value) {
    byte[] bytes =
        value instanceof byte[] binary ? binary : ((String) value).getBytes(StandardCharsets.UTF_8);
    appendBytes(bytes, 0, bytes.length);
  }

  @Override
  void appendValid(Column column, int row) {
    BytesColumn bytes = (BytesColumn) column;
    appendBytes(bytes.addressAt(row), bytes.lengthAt(row));
  }

  @Override
  Column buildValues(@Nullable Buffer nulls) {
    Buffer built = views == null ? scope.allocate(16) : views;
    BytesColumn column = new BytesColumn(type, length, built, data, nulls);
    views = null;
    data.clear();
    used = 0;
    bytesBefore = 0;
    return column;
  }

  @Override
  void closeValues() {
    if (views != null) {
      views.close();
      views = null;
    }
    data.forEach(Buffer::close);
    data.clear();
  }
}
