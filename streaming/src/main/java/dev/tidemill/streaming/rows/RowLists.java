package dev.tidemill.streaming.rows;

import dev.tidemill.exec.memory.HeapMemory;
import java.util.Arrays;

/**
 * A list of row numbers for each key, each as long as needed up to a limit.
 *
 * <pre>
 *   key     0    1   2        entries   7 · 3 9 2 ·       of key 0 and 1; one has room for 1, 2, 4 … rows
 *   start   0    2   -                                    one that outgrows its room moves behind all
 * </pre>
 *
 * One thread.
 */
public final class RowLists {
  private final HeapMemory heap;
  private int[] entries;
  private int[] starts;
  private int[] lengths;

  /** By key how many rows its list has room for. */
  private int[] rooms;

  private int used;

  /** What it holds is charged to {@code heap}. */
  public RowLists(HeapMemory heap) {
    this.heap = heap;
    this.entries = heap.ints(64);
    this.starts = heap.ints(16);
    this.lengths = heap.ints(16);
    this.rooms = heap.ints(16);
  }

  /** Forgets all lists. */
  public void clear() {
    Arrays.fill(lengths, 0);
    Arrays.fill(rooms, 0);
    used = 0;
  }

  /** Makes room for keys below {@code count}. */
  public void ensureKeys(int count) {
    starts = heap.grow(starts, count);
    lengths = heap.grow(lengths, count);
    rooms = heap.grow(rooms, count);
  }

  public int length(int key) {
    return lengths[key];
  }

  public int row(int key, int place) {
    return entries[starts[key] + place];
  }

  /** Puts a row into the list of a key; those from {@code place} on move behind it. */
  public void insert(int key, int place, int row) {
    int length = lengths[key];
    if (length == rooms[key]) {
      move(key, length);
    }
    int start = starts[key];
    System.arraycopy(entries, start + place, entries, start + place + 1, length - place);
    entries[start + place] = row;
    lengths[key] = length + 1;
  }

  /** Room for twice as many rows, behind all. */
  private void move(int key, int length) {
    int room = Math.max(1, length * 2);
    entries = heap.grow(entries, used + room);
    System.arraycopy(entries, starts[key], entries, used, length);
    starts[key] = used;
    rooms[key] = room;
    used += room;
  }

  /** Takes the last row out of the list of a key. */
  public int removeLast(int key) {
    int last = row(key, lengths[key] - 1);
    lengths[key]--;
    return last;
  }

  /** Empties the list of a key. */
  public void clear(int key) {
    lengths[key] = 0;
  }
}
