package dev.tidemill.streaming.rows;

import dev.tidemill.exec.memory.HeapMemory;
import dev.tidemill.foundation.batch.Batch;
import dev.tidemill.foundation.batch.Column;
import dev.tidemill.foundation.memory.MemoryScope;
import dev.tidemill.foundation.type.Type;
import java.util.Arrays;
import java.util.List;

/**
 * A multiset of rows by key: those of a key are a chain, from the last that came to the first. Keys
 * are the numbers of a table that stands elsewhere.
 *
 * <pre>
 *   key   0   1          row   0   1   2
 *   last  2   1          next  -1  -1  0       rows 2 and 0 are of key 0
 * </pre>
 */
public final class KeyedRows {
  private final RowStore store;
  private final HeapMemory heap;
  private int[] keys;
  private int[] next;

  /** By key the last row + 1. */
  private int[] lasts;

  /** How many rows are in chains. */
  private int chained;

  private int committedLength;

  KeyedRows(List<Type> types, boolean finds, MemoryScope memory, HeapMemory heap) {
    this.store = new RowStore(types, finds, memory, heap);
    this.heap = heap;
    this.keys = heap.ints(16);
    this.next = heap.ints(16);
    this.lasts = heap.ints(16);
  }

  /** Makes room for keys below {@code count}. */
  void ensureKeys(int count) {
    lasts = heap.grow(lasts, count);
  }

  /**
   * Adds weights to rows, {@code rows[i]} of key {@code rowKeys[i]}.
   *
   * @param delta whose first columns are the rows
   * @param numbers becomes each row's number
   */
  void add(Batch delta, int[] rows, int[] rowKeys, long[] rowWeights, int count, int[] numbers) {
    int first = store.length();
    store.add(delta, rows, rowWeights, count, numbers);
    keys = heap.grow(keys, store.length());
    next = heap.grow(next, store.length());
    int known = first;
    for (int i = 0; i < count; i++) {
      if (numbers[i] == known) {
        int key = rowKeys[i];
        keys[known] = key;
        next[known] = lasts[key] - 1;
        lasts[key] = ++known;
        chained = known;
      }
    }
  }

  /**
   * The numbers of rows that are there, where rows are found.
   *
   * @param batch whose first columns are the rows
   */
  public void find(Batch batch, int[] rows, int count, int[] numbers) {
    store.add(batch, rows, new long[count], count, numbers);
  }

  /** The first row of a key's chain, or -1. A row of the chain may have gone: its weight is 0. */
  public int first(int key) {
    return key < lasts.length ? lasts[key] - 1 : -1;
  }

  /** The row behind one in its chain, or -1. */
  public int next(int row) {
    return next[row];
  }

  /** The key of a row. */
  public int key(int row) {
    return keys[row];
  }

  /** Row numbers go from 0 up to, without, this. */
  public int length() {
    return store.length();
  }

  public long weight(int row) {
    return store.weight(row);
  }

  /** Sets the weight of a row, 0 to remove it. */
  public void setWeight(int row, long weight) {
    store.setWeight(row, weight);
  }

  /** {@code before[i]} becomes the weight of row {@code rows[i]} before the step. */
  public void weightsBefore(int[] rows, int count, long[] before) {
    store.weightsBefore(rows, count, before);
  }

  public List<Type> types() {
    return store.types();
  }

  /** A column of rows by number, -1 for NULL; the caller's to close. */
  public Column take(int column, int[] rows, int count, MemoryScope scope) {
    return store.take(column, rows, count, scope);
  }

  /** All columns of rows by number; the caller's to close. */
  public List<Column> take(int[] rows, int count, MemoryScope scope) {
    return store.take(rows, count, scope);
  }

  int live() {
    return store.live();
  }

  int[] liveRows() {
    return store.liveRows();
  }

  void commit() {
    store.commit();
    committedLength = store.length();
  }

  void rollback() {
    for (int row = chained - 1; row >= committedLength; row--) {
      lasts[keys[row]] = next[row] + 1;
    }
    chained = committedLength;
    store.rollback();
  }

  /**
   * Numbers the rows anew.
   *
   * @param live those that are there
   * @param keyNumbers by key its new number
   */
  void renumber(int[] live, int[] keyNumbers) {
    Arrays.fill(lasts, 0);
    for (int i = 0; i < live.length; i++) {
      int key = keyNumbers[keys[live[i]]];
      keys[i] = key;
      next[i] = lasts[key] - 1;
      lasts[key] = i + 1;
    }
    store.renumber(live);
    chained = live.length;
    committedLength = live.length;
  }

  void close() {
    store.close();
  }
}
