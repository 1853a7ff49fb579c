package dev.tidemill.streaming.pipeline;

import dev.tidemill.foundation.batch.Batch;
import dev.tidemill.foundation.batch.Column;
import dev.tidemill.foundation.batch.FixedColumn;
import dev.tidemill.foundation.memory.Buffer;
import dev.tidemill.foundation.memory.Memory;
import dev.tidemill.foundation.memory.MemoryScope;
import dev.tidemill.foundation.type.Type;
import java.util.List;
import org.jspecify.annotations.Nullable;

/** Weight columns of deltas. */
final class DeltaWeights {
  private DeltaWeights() {}

  /** A batch of rows with their weights; takes over the columns. */
  static Batch batch(List<Column> columns, long[] weights, int count, MemoryScope memory) {
    try {
      return new Batch(count, columns, null, column(weights, count, memory));
    } catch (Throwable t) {
      columns.forEach(Column::close);
      throw t;
    }
  }

  /** The weights of some rows, the caller's to close; null where each is 1. */
  static @Nullable FixedColumn column(long[] weights, int count, MemoryScope memory) {
    boolean isPlain = true;
    for (int i = 0; i < count; i++) {
      isPlain &= weights[i] == 1;
    }
    if (isPlain) {
      return null;
    }
    Buffer buffer = memory.allocate(count * 8L);
    for (int i = 0; i < count; i++) {
      Memory.putLong(buffer.address() + i * 8L, weights[i]);
    }
    return new FixedColumn(Type.BIGINT, count, 8, buffer, null);
  }
}
