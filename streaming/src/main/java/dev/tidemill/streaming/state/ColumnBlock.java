package dev.tidemill.streaming.state;

import dev.tidemill.exec.spill.BlockFormat;
import dev.tidemill.foundation.batch.Batch;
import dev.tidemill.foundation.memory.Buffer;
import dev.tidemill.foundation.memory.Memory;
import dev.tidemill.foundation.memory.MemoryScope;

/**
 * Rows of a {@link ColumnState} as bytes.
 *
 * @param part of the state that they are of
 * @param rows how many
 * @param bytes as {@link BlockFormat} writes them
 */
record ColumnBlock(int part, int rows, byte[] bytes) {
  static ColumnBlock of(int part, Batch rows, MemoryScope scope) {
    try (Batch plain = BlockFormat.plain(rows, scope)) {
      int size = Math.toIntExact(BlockFormat.size(plain, scope));
      try (Buffer buffer = scope.allocate(Math.max(1, size))) {
        BlockFormat.write(plain, buffer.address(), scope);
        byte[] bytes = new byte[size];
        Memory.copyToArray(buffer.address(), bytes, 0, size);
        return new ColumnBlock(part, plain.length(), bytes);
      }
    }
  }

  void restore(ColumnState state, MemoryScope scope) {
    try (Buffer buffer = scope.allocate(Math.max(1, bytes.length))) {
      Memory.copyFromArray(bytes, 0, buffer.address(), bytes.length);
      try (Batch batch = BlockFormat.read(buffer.address(), rows, state.types(part), scope)) {
        state.restore(part, batch);
      }
    }
  }
}
