package dev.tidemill.streaming.state;

import dev.tidemill.foundation.memory.Buffer;
import dev.tidemill.foundation.memory.Memory;
import dev.tidemill.foundation.memory.MemoryScope;
import java.util.ArrayList;
import java.util.BitSet;
import java.util.List;
import java.util.TreeMap;

/**
 * What snapshots have of a state in columns until it is made, off the heap, since it is as large as
 * the state. One thread at a time.
 */
final class WrittenBlocks implements AutoCloseable {
  private static final long FIRST_PAGE_BYTES = 64L << 10;
  private static final long MOST_PAGE_BYTES = 4L << 20;

  private final MemoryScope memory;
  private final TreeMap<Integer, List<Place>> parts = new TreeMap<>();
  private final List<Buffer> pages = new ArrayList<>();
  private long used;
  private long allBytes;

  /** Where a block is: numbers that are gone, numbers of rows, bytes of rows. */
  private record Place(long address, int gone, int numbers, int bytes) {}

  WrittenBlocks(MemoryScope memory) {
    this.memory = memory;
  }

  /** Adds a block of a part behind those before it. */
  void add(int part, ColumnBlock block) {
    int gone = block.gone().length;
    int numbers = block.numbers().length;
    int bytes = block.bytes().length;
    long at = room((gone + (long) numbers) * 4 + bytes);
    parts.computeIfAbsent(part, p -> new ArrayList<>()).add(new Place(at, gone, numbers, bytes));
    for (int i = 0; i < gone; i++) {
      Memory.putInt(at + i * 4L, block.gone()[i]);
    }
    at += gone * 4L;
    for (int i = 0; i < numbers; i++) {
      Memory.putInt(at + i * 4L, block.numbers()[i]);
    }
    Memory.copyFromArray(block.bytes(), 0, at + numbers * 4L, bytes);
  }

  private long room(long bytes) {
    if (pages.isEmpty() || used + bytes > pages.getLast().capacity()) {
      long usual = Math.clamp(allBytes, FIRST_PAGE_BYTES, MOST_PAGE_BYTES);
      pages.add(memory.allocate(Math.max(usual, bytes)));
      allBytes += pages.getLast().capacity();
      used = 0;
    }
    long at = pages.getLast().address() + used;
    used += bytes;
    return at;
  }

  private static ColumnBlock block(Place place) {
    int[] gone = new int[place.gone];
    int[] numbers = new int[place.numbers];
    byte[] bytes = new byte[place.bytes];
    long at = place.address;
    for (int i = 0; i < gone.length; i++) {
      gone[i] = Memory.getInt(at + i * 4L);
    }
    at += gone.length * 4L;
    for (int i = 0; i < numbers.length; i++) {
      numbers[i] = Memory.getInt(at + i * 4L);
    }
    Memory.copyToArray(at + numbers.length * 4L, bytes, 0, bytes.length);
    return new ColumnBlock(gone, numbers, bytes);
  }

  /** What was added of a part does not count. */
  void drop(int part) {
    parts.remove(part);
  }

  /** Adds all rows to a state; of a number the last block counts. */
  void restore(ColumnState state) {
    parts.forEach(
        (part, blocks) -> {
          BitSet seen = new BitSet();
          for (Place place : blocks.reversed()) {
            block(place).restore(state, part, seen, memory);
          }
        });
    state.restored();
  }

  @Override
  public void close() {
    parts.clear();
    pages.forEach(Buffer::close);
    pages.clear();
  }
}
