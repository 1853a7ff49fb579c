package dev.tidemill.streaming.rows;

import dev.tidemill.foundation.batch.Column;
import dev.tidemill.foundation.batch.FixedColumn;
import dev.tidemill.foundation.memory.Buffer;
import dev.tidemill.foundation.memory.Memory;
import dev.tidemill.foundation.memory.MemoryScope;
import dev.tidemill.foundation.type.Type;
import org.jspecify.annotations.Nullable;

/** Values of fixed width; decimals become wide when the first wide ones come. */
final class FixedStore extends ColumnStore {
  private @Nullable Buffer buffer;
  private int width;

  FixedStore(Type type, MemoryScope memory) {
    super(type, memory);
  }

  @Override
  void appendValues(Column column, int[] rows, int count) {
    FixedColumn fixed = (FixedColumn) column;
    if (width < fixed.width()) {
      widen(fixed.width());
    }
    Buffer to =
        grown(
            buffer, (long) length() * width, Math.max(FIRST_ROWS, (long) length() + count) * width);
    buffer = to;
    long at = to.address() + (long) length() * width;
    long from = fixed.address();
    if (width > fixed.width()) {
      for (int i = 0; i < count; i++) {
        Memory.putLong(at + i * 16L, fixed.longAt(rows[i]));
        Memory.putLong(at + i * 16L + 8, fixed.highAt(rows[i]));
      }
      return;
    }
    switch (width) {
      case 1 -> {
        for (int i = 0; i < count; i++) {
          Memory.putByte(at + i, Memory.getByte(from + rows[i]));
        }
      }
      case 2 -> {
        for (int i = 0; i < count; i++) {
          Memory.putShort(at + i * 2L, Memory.getShort(from + rows[i] * 2L));
        }
      }
      case 4 -> {
        for (int i = 0; i < count; i++) {
          Memory.putInt(at + i * 4L, Memory.getInt(from + rows[i] * 4L));
        }
      }
      case 8 -> {
        for (int i = 0; i < count; i++) {
          Memory.putLong(at + i * 8L, Memory.getLong(from + rows[i] * 8L));
        }
      }
      default -> {
        for (int i = 0; i < count; i++) {
          Memory.putLong(at + i * 16L, Memory.getLong(from + rows[i] * 16L));
          Memory.putLong(at + i * 16L + 8, Memory.getLong(from + rows[i] * 16L + 8));
        }
      }
    }
  }

  /** Makes room for wider values; of those that are there already, 8 bytes become 16. */
  private void widen(int wider) {
    Buffer narrow = buffer;
    if (narrow != null) {
      Buffer wide = memory.allocate(Math.max(FIRST_ROWS, (long) length()) * wider);
      for (int i = 0; i < length(); i++) {
        long value = Memory.getLong(narrow.address() + i * 8L);
        Memory.putLong(wide.address() + i * 16L, value);
        Memory.putLong(wide.address() + i * 16L + 8, value >> 63);
      }
      narrow.close();
      buffer = wide;
    }
    width = wider;
  }

  @Override
  long touch(int[] rows, int count) {
    return touch(buffer, width, rows, count);
  }

  @Override
  Column made(int rows, @Nullable Buffer nulls) {
    Buffer own = buffer;
    return own == null
        ? new FixedColumn(type, 0, 8, memory.allocate(8), nulls)
        : new FixedColumn(type, rows, width, own.retain(), nulls);
  }

  @Override
  void closeBuffers() {
    if (buffer != null) {
      buffer.close();
      buffer = null;
    }
  }
}
