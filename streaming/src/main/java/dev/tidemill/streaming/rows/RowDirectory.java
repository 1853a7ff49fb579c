package dev.tidemill.streaming.rows;

import dev.tidemill.exec.memory.HeapMemory;
import dev.tidemill.foundation.batch.Column;
import java.util.List;
import java.util.function.IntUnaryOperator;

/** Rows of a store by their values; equal rows have one entry. One thread. */
final class RowDirectory {
  private final RowStore store;
  private final IntUnaryOperator prints;
  private final HeapMemory heap;

  /** Open addressing: rows + 1. */
  private int[] places;

  /**
   * Of all rows that are there; of equal ones the first takes over what the others weigh.
   *
   * @param prints by row a part of the hash of its values
   */
  RowDirectory(RowStore store, IntUnaryOperator prints, HeapMemory heap) {
    this.store = store;
    this.prints = prints;
    this.heap = heap;
    this.places = heap.ints(128);
    grow(store.length());
    List<Column> values = store.values();
    for (int row = 0; row < store.length(); row++) {
      if (store.weight(row) != 0) {
        int known = find(values, row, prints.applyAsInt(row));
        if (known < 0) {
          put(row);
        } else {
          store.setWeight(known, Math.addExact(store.weight(known), store.weight(row)));
          store.setWeight(row, 0);
        }
      }
    }
  }

  /** The row that is equal to one of some columns, or -1. */
  int find(List<Column> columns, int row, int print) {
    int mask = places.length - 1;
    int place = print & mask;
    while (places[place] != 0) {
      int known = places[place] - 1;
      if (prints.applyAsInt(known) == print && store.equal(known, columns, row)) {
        return known;
      }
      place = (place + 1) & mask;
    }
    return -1;
  }

  /** Adds a row that is new in the store. */
  void add(int row) {
    if ((row + 1) * 2L > places.length) {
      grow(row);
    }
    put(row);
  }

  private void put(int row) {
    int mask = places.length - 1;
    int place = prints.applyAsInt(row) & mask;
    while (places[place] != 0) {
      place = (place + 1) & mask;
    }
    places[place] = row + 1;
  }

  /** Makes room for twice as many rows. */
  private void grow(int rows) {
    int size = Integer.highestOneBit(Math.max(64, rows)) * 4;
    heap.reserve(size * 4L);
    int[] old = places;
    places = new int[size];
    for (int place : old) {
      if (place != 0) {
        put(place - 1);
      }
    }
    heap.release(old.length * 4L);
  }

  /** Gives back its memory. */
  void close() {
    heap.release(places.length * 4L);
  }
}
