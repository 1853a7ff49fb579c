package dev.tidemill.streaming.rows;

import dev.tidemill.foundation.batch.Bits;
import dev.tidemill.foundation.batch.BooleanColumn;
import dev.tidemill.foundation.batch.Column;
import dev.tidemill.foundation.memory.Buffer;
import dev.tidemill.foundation.memory.MemoryScope;
import dev.tidemill.foundation.type.Type;
import org.jspecify.annotations.Nullable;

/** Truth values. */
final class BooleanStore extends ColumnStore {
  private @Nullable Buffer bits;

  BooleanStore(MemoryScope memory) {
    super(Type.BOOLEAN, memory);
  }

  @Override
  void appendValues(Column column, int[] rows, int count) {
    BooleanColumn values = (BooleanColumn) column;
    Buffer to =
        grown(bits, Bits.bytes(length()), Bits.bytes(Math.max(FIRST_ROWS, length() + count)));
    bits = to;
    for (int i = 0; i < count; i++) {
      Bits.put(to.address(), length() + i, values.booleanAt(rows[i]));
    }
  }

  @Override
  long touch(int[] rows, int count) {
    return 0;
  }

  @Override
  Column made(int rows, @Nullable Buffer nulls) {
    Buffer own = bits;
    return new BooleanColumn(rows, own == null ? memory.allocate(8) : own.retain(), nulls);
  }

  @Override
  void closeBuffers() {
    if (bits != null) {
      bits.close();
      bits = null;
    }
  }
}
