package dev.tidemill.streaming.rows;

import dev.tidemill.foundation.batch.Column;
import dev.tidemill.foundation.memory.Ints;
import dev.tidemill.foundation.memory.Longs;
import dev.tidemill.foundation.memory.MemoryScope;
import java.util.List;

/** Rows of a store by their values; equal rows have one entry. One thread. */
final class RowDirectory {
  private final RowStore store;
  private final Longs prints;
  private final MemoryScope memory;

  /** Open addressing: rows + 1. */
  private Ints places;

  private int size;

  /**
   * Of all rows that are there; of equal ones the first takes over what the others weigh.
   *
   * @param prints by row a part of the hash of its values, in the upper half
   */
  RowDirectory(RowStore store, Longs prints, MemoryScope memory) {
    this.store = store;
    this.prints = prints;
    this.memory = memory;
    this.places = new Ints(memory);
    try {
      grow(store.length());
      putAll();
    } catch (Throwable t) {
      close();
      throw t;
    }
  }

  private void putAll() {
    List<Column> values = store.values();
    for (int row = 0; row < store.length(); row++) {
      if (store.weight(row) != 0) {
        int known = find(values, row, print(row));
        if (known < 0) {
          put(row);
        } else {
          store.setWeight(known, Math.addExact(store.weight(known), store.weight(row)));
          store.setWeight(row, 0);
        }
      }
    }
  }

  private int print(int row) {
    return (int) (prints.get(row) >>> 32);
  }

  /**
   * Reads what the search for rows will read: in loops whose reads do not wait for each other, so
   * that the processor has many on their way at once.
   *
   * @param rows those that are sought, from {@code from} up to, without, {@code to}
   * @param hashes by row; the lower halves are the prints
   * @param scratch a place for each
   * @return nothing that means anything
   */
  long touch(long[] hashes, int[] rows, int from, int to, int[] scratch) {
    int mask = size - 1;
    int there = 0;
    for (int i = from; i < to; i++) {
      scratch[i - from] = places.get((int) hashes[rows[i]] & mask);
    }
    for (int i = from; i < to; i++) {
      int known = scratch[i - from] - 1;
      if (known >= 0 && print(known) == (int) hashes[rows[i]]) {
        scratch[there++] = known;
      }
    }
    return store.touch(scratch, there);
  }

  /** The row that is equal to one of some columns, or -1. */
  int find(List<Column> columns, int row, int print) {
    int mask = size - 1;
    int place = print & mask;
    while (places.get(place) != 0) {
      int known = places.get(place) - 1;
      if (print(known) == print && store.equal(known, columns, row)) {
        return known;
      }
      place = (place + 1) & mask;
    }
    return -1;
  }

  /** Adds a row that is new in the store. */
  void add(int row) {
    if ((row + 1) * 2L > size) {
      grow(row);
    }
    put(row);
  }

  private void put(int row) {
    int mask = size - 1;
    int place = print(row) & mask;
    while (places.get(place) != 0) {
      place = (place + 1) & mask;
    }
    places.set(place, row + 1);
  }

  /** Makes room for twice as many rows. */
  private void grow(int rows) {
    Ints old = places;
    int oldSize = size;
    int larger = Integer.highestOneBit(Math.max(64, rows)) * 4;
    places = new Ints(memory, larger);
    size = larger;
    for (int i = 0; i < oldSize; i++) {
      if (old.get(i) != 0) {
        put(old.get(i) - 1);
      }
    }
    old.close();
  }

  /** Gives back its memory. */
  void close() {
    places.close();
  }
}
