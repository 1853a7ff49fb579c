package dev.tidemill.streaming.rows;

import dev.tidemill.foundation.memory.Ints;
import dev.tidemill.foundation.memory.MemoryScope;

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
public final class RowLists implements AutoCloseable {
  private final Ints entries;
  private final Ints starts;
  private final Ints lengths;

  /** By key how many rows its list has room for. */
  private final Ints rooms;

  private int used;

  /** What it holds is charged to {@code memory}. */
  public RowLists(MemoryScope memory) {
    this.entries = new Ints(memory);
    this.starts = new Ints(memory);
    this.lengths = new Ints(memory);
    this.rooms = new Ints(memory);
  }

  /** Forgets all lists. */
  public void clear() {
    lengths.clear(0, lengths.length());
    rooms.clear(0, rooms.length());
    used = 0;
  }

  /** Makes room for keys below {@code count}. */
  public void ensureKeys(int count) {
    starts.ensure(count);
    lengths.ensure(count);
    rooms.ensure(count);
  }

  public int length(int key) {
    return lengths.get(key);
  }

  public int row(int key, int place) {
    return entries.get(starts.get(key) + place);
  }

  /** Puts a row in the place of another. */
  public void set(int key, int place, int row) {
    entries.set(starts.get(key) + place, row);
  }

  /** Puts a row into the list of a key; those from {@code place} on move behind it. */
  public void insert(int key, int place, int row) {
    int length = lengths.get(key);
    if (length == rooms.get(key)) {
      move(key, length);
    }
    int start = starts.get(key);
    entries.copy(start + place, start + place + 1, length - place);
    entries.set(start + place, row);
    lengths.set(key, length + 1);
  }

  /** Room for twice as many rows, behind all. */
  private void move(int key, int length) {
    int room = Math.max(1, length * 2);
    entries.ensure(used + room);
    entries.copy(starts.get(key), used, length);
    starts.set(key, used);
    rooms.set(key, room);
    used += room;
  }

  /** Takes the last row out of the list of a key. */
  public int removeLast(int key) {
    int last = row(key, lengths.get(key) - 1);
    lengths.add(key, -1);
    return last;
  }

  /** Empties the list of a key. */
  public void clear(int key) {
    lengths.set(key, 0);
  }

  @Override
  public void close() {
    entries.close();
    starts.close();
    lengths.close();
    rooms.close();
  }
}
