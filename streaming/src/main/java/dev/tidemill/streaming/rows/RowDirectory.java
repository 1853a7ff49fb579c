package dev.tidemill.streaming.rows;

import dev.tidemill.exec.memory.HeapMemory;
import dev.tidemill.foundation.batch.Column;
import java.util.List;

/** Rows of a store by their values; equal rows have one entry. One thread. */
final class RowDirectory {
  private final RowStore store;
  private final HeapMemory heap;

  /** By row its hash. */
  private long[] hashes;

  /** Open addressing: rows + 1. */
  private int[] places;

  /** Of all rows that are there; of equal ones the first takes over what the others weigh. */
  RowDirectory(RowStore store, HeapMemory heap) {
    this.store = store;
    this.heap = heap;
    this.hashes = heap.longs(Math.max(64, store.length()));
    this.places = heap.ints(128);
    List<Column> values = store.values();
    RowStore.hash(values, store.length(), hashes);
    grow(store.length());
    for (int row = 0; row < store.length(); row++) {
      if (store.weight(row) != 0) {
        int known = find(values, row, hashes[row]);
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
  int find(List<Column> columns, int row, long hash) {
    int mask = places.length - 1;
    int place = (int) hash & mask;
    while (places[place] != 0) {
      int known = places[place] - 1;
      if (hashes[known] == hash && store.equal(known, columns, row)) {
        return known;
      }
      place = (place + 1) & mask;
    }
    return -1;
  }

  /** Adds a row that is new in the store. */
  void add(int row, long hash) {
    hashes = heap.grow(hashes, row + 1);
    hashes[row] = hash;
    if ((row + 1) * 2L > places.length) {
      grow(row);
    }
    put(row);
  }

  private void put(int row) {
    int mask = places.length - 1;
    int place = (int) hashes[row] & mask;
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
    heap.release(hashes.length * 8L + places.length * 4L);
  }
}
