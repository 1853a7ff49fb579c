package dev.tidemill.streaming.state;

import dev.tidemill.exec.spill.BlockFormat;
import dev.tidemill.foundation.batch.Batch;
import dev.tidemill.foundation.batch.Batches;
import dev.tidemill.foundation.memory.Buffer;
import dev.tidemill.foundation.memory.Memory;
import dev.tidemill.foundation.memory.MemoryScope;
import java.util.Arrays;
import java.util.BitSet;

/**
 * What a snapshot holds of some numbers of a part of a {@link ColumnState}.
 *
 * @param gone numbers without a row
 * @param numbers of the rows
 * @param bytes of the rows as {@link BlockFormat} writes them
 */
record ColumnBlock(int[] gone, int[] numbers, byte[] bytes) {
  static ColumnBlock of(int[] gone, int[] numbers, Batch rows, MemoryScope scope) {
    try (Batch plain = BlockFormat.plain(rows, scope)) {
      int size = Math.toIntExact(BlockFormat.size(plain, scope));
      try (Buffer buffer = scope.allocate(Math.max(1, size))) {
        BlockFormat.write(plain, buffer.address(), scope);
        byte[] bytes = new byte[size];
        Memory.copyToArray(buffer.address(), bytes, 0, size);
        return new ColumnBlock(gone, numbers, bytes);
      }
    }
  }

  /**
   * Adds the rows to a state whose numbers have not been seen.
   *
   * @param seen numbers that are there already or gone; those of this block are added
   */
  void restore(ColumnState state, int part, BitSet seen, MemoryScope scope) {
    int[] fresh = new int[numbers.length];
    int[] which = new int[numbers.length];
    int count = 0;
    for (int i = 0; i < numbers.length; i++) {
      if (!seen.get(numbers[i])) {
        seen.set(numbers[i]);
        which[count] = i;
        fresh[count++] = numbers[i];
      }
    }
    for (int number : gone) {
      seen.set(number);
    }
    if (count == 0) {
      return;
    }
    try (Buffer buffer = scope.allocate(Math.max(1, bytes.length))) {
      Memory.copyFromArray(bytes, 0, buffer.address(), bytes.length);
      try (Batch all =
          BlockFormat.read(buffer.address(), numbers.length, state.types(part), scope)) {
        if (count == numbers.length) {
          state.restore(part, fresh, all);
        } else {
          try (Batch some = Batches.take(all, which, 0, count, scope)) {
            state.restore(part, Arrays.copyOf(fresh, count), some);
          }
        }
      }
    }
  }
}
