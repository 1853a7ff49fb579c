package dev.tidemill.streaming.rows;

import dev.tidemill.foundation.batch.BytesColumn;
import dev.tidemill.foundation.batch.Column;
import dev.tidemill.foundation.memory.Buffer;
import dev.tidemill.foundation.memory.Memory;
import dev.tidemill.foundation.memory.MemoryScope;
import dev.tidemill.foundation.type.Type;
import java.util.ArrayList;
import java.util.List;
import org.jspecify.annotations.Nullable;

/** Strings: their views, and the bytes of the long ones in chunks. */
final class BytesStore extends ColumnStore {
  private static final long FIRST_CHUNK = 1 << 12;
  private static final long BIGGEST_CHUNK = 1 << 24;

  private @Nullable Buffer views;
  private final List<Buffer> chunks = new ArrayList<>();
  private long used;

  BytesStore(Type type, MemoryScope memory) {
    super(type, memory);
  }

  @Override
  void appendValues(Column column, int[] rows, int count) {
    BytesColumn bytes = (BytesColumn) column;
    Buffer to = grown(views, length() * 16L, Math.max(FIRST_ROWS, (long) length() + count) * 16);
    views = to;
    for (int i = 0; i < count; i++) {
      long view = to.address() + (length() + i) * 16L;
      int size = bytes.isNull(rows[i]) ? 0 : bytes.lengthAt(rows[i]);
      if (size <= BytesColumn.INLINE) {
        Memory.putLong(view, 0);
        Memory.putLong(view + 8, 0);
        if (size > 0) {
          BytesColumn.putView(view, bytes.addressAt(rows[i]), size, 0, 0);
        }
      } else {
        long at = room(size);
        Memory.copy(bytes.addressAt(rows[i]), at, size);
        BytesColumn.putView(view, at, size, chunks.size() - 1, (int) used);
        used += size;
      }
    }
  }

  /** Where the next {@code size} bytes go. */
  private long room(int size) {
    if (chunks.isEmpty() || used + size > chunks.getLast().capacity()) {
      long next =
          chunks.isEmpty() ? FIRST_CHUNK : Math.min(BIGGEST_CHUNK, chunks.getLast().capacity() * 2);
      chunks.add(memory.allocate(Math.max(next, size)));
      used = 0;
    }
    return chunks.getLast().address() + used;
  }

  @Override
  long touch(int[] rows, int count) {
    return touch(views, 16, rows, count);
  }

  @Override
  Column made(int rows, @Nullable Buffer nulls) {
    List<Buffer> data = new ArrayList<>(chunks.size());
    chunks.forEach(chunk -> data.add(chunk.retain()));
    Buffer own = views;
    return new BytesColumn(
        type, rows, own == null ? memory.allocate(16) : own.retain(), data, nulls);
  }

  @Override
  void closeBuffers() {
    if (views != null) {
      views.close();
      views = null;
    }
    chunks.forEach(Buffer::close);
    chunks.clear();
  }
}
