package dev.tidemill.streaming.rows;

import dev.tidemill.exec.memory.HeapMemory;
import dev.tidemill.foundation.batch.Batch;
import dev.tidemill.foundation.batch.Column;
import dev.tidemill.foundation.batch.Columns;
import dev.tidemill.foundation.hash.Hash;
import dev.tidemill.foundation.memory.MemoryScope;
import dev.tidemill.foundation.type.Type;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.stream.IntStream;

/**
 * A multiset of rows: each has a number, in the order in which they came, and a weight; one of
 * weight 0 is gone. Where rows may go, equal rows share a number; where they only come, each has
 * its own.
 *
 * <pre>
 *   number   0  1  2  3          columns   values by number, a store each
 *   weight   1  0  2  1          gone      number 1, until the others are numbered anew
 * </pre>
 *
 * <p>What a step changes is undone by {@link #rollback}. One thread.
 */
final class RowStore implements AutoCloseable {
  private final List<Type> types;
  private final boolean finds;
  private final MemoryScope memory;
  private final HeapMemory heap;
  private List<ColumnStore> columns;
  private final JournaledLongs weights;
  private int length;
  private int committedLength;
  private int live;

  /** Where rows are found again: by number the hash, and the numbers + 1 by hash. */
  private long[] hashes;

  private int[] directory;

  private long[] scratch = new long[0];

  /**
   * @param finds whether equal rows share a number, so that rows can go
   */
  RowStore(List<Type> types, boolean finds, MemoryScope memory, HeapMemory heap) {
    this.types = types;
    this.finds = finds;
    this.memory = memory;
    this.heap = heap;
    this.columns = stores();
    this.weights = new JournaledLongs(heap);
    this.hashes = heap.longs(finds ? 64 : 0);
    this.directory = heap.ints(finds ? 128 : 0);
  }

  private List<ColumnStore> stores() {
    return types.stream().map(type -> ColumnStore.of(type, memory)).toList();
  }

  List<Type> types() {
    return types;
  }

  /** Numbers go from 0 up to, without, this. */
  int length() {
    return length;
  }

  /** How many rows have a weight. */
  int live() {
    return live;
  }

  long weight(int row) {
    return weights.get(row);
  }

  void setWeight(int row, long weight) {
    live += (weight == 0 ? 0 : 1) - (weights.get(row) == 0 ? 0 : 1);
    weights.set(row, weight);
  }

  /** {@code before[i]} becomes the weight of row {@code rows[i]} before the step. */
  void weightsBefore(int[] rows, int count, long[] before) {
    scratch = heap.grow(scratch, length);
    for (int i = 0; i < count; i++) {
      scratch[rows[i]] = weights.get(rows[i]);
    }
    for (int change = weights.changes() - 1; change >= 0; change--) {
      scratch[weights.changedIndex(change)] = weights.changedFrom(change);
    }
    for (int i = 0; i < count; i++) {
      before[i] = scratch[rows[i]];
    }
  }

  /**
   * Adds weights to rows.
   *
   * @param delta whose first columns are the rows
   * @param numbers becomes the number of row {@code rows[i]}
   */
  void add(Batch delta, int[] rows, long[] rowWeights, int count, int[] numbers) {
    List<Column> added = new ArrayList<>(types.size());
    try {
      for (int i = 0; i < types.size(); i++) {
        added.add(Columns.decode(delta.column(i), memory));
      }
      if (finds) {
        addFound(added, delta.length(), rows, rowWeights, count, numbers);
      } else {
        append(added, rows, count);
        for (int i = 0; i < count; i++) {
          numbers[i] = length - count + i;
          setWeight(numbers[i], rowWeights[i]);
        }
      }
    } finally {
      added.forEach(Column::close);
    }
  }

  /** New rows behind the others, of weight 0. */
  private void append(List<Column> added, int[] rows, int count) {
    weights.ensure(length + count);
    for (int i = 0; i < columns.size(); i++) {
      columns.get(i).append(added.get(i), rows, count);
    }
    length += count;
  }

  private void addFound(
      List<Column> added,
      int deltaLength,
      int[] rows,
      long[] rowWeights,
      int count,
      int[] numbers) {
    long[] rowHashes = new long[deltaLength];
    for (int i = 0; i < added.size(); i++) {
      if (i == 0) {
        Hash.hash(added.get(i), deltaLength, rowHashes);
      } else {
        Hash.combine(added.get(i), deltaLength, rowHashes);
      }
    }
    if ((length + count) * 2L > directory.length) {
      rehash(length + count);
    }
    hashes = heap.grow(hashes, length + count);
    int[] fresh = new int[count];
    int found = 0;
    int mask = directory.length - 1;
    for (int i = 0; i < count; i++) {
      long hash = rowHashes[rows[i]];
      int place = (int) hash & mask;
      int number = -1;
      while (number < 0) {
        int known = directory[place] - 1;
        if (known < 0) {
          number = length + found;
          directory[place] = number + 1;
          hashes[number] = hash;
          fresh[found++] = rows[i];
        } else if (hashes[known] == hash
            && (known < length
                ? equal(known, added, rows[i])
                : equal(added, fresh[known - length], rows[i]))) {
          number = known;
        }
        place = (place + 1) & mask;
      }
      numbers[i] = number;
    }
    append(added, fresh, found);
    for (int i = 0; i < count; i++) {
      setWeight(numbers[i], Math.addExact(weights.get(numbers[i]), rowWeights[i]));
    }
  }

  private boolean equal(int number, List<Column> added, int row) {
    for (int i = 0; i < columns.size(); i++) {
      if (!columns.get(i).equal(number, added.get(i), row)) {
        return false;
      }
    }
    return true;
  }

  /** Whether two rows that are both added now are equal. */
  private static boolean equal(List<Column> added, int row, int other) {
    for (Column column : added) {
      if (!ColumnStore.equal(column, row, column, other)) {
        return false;
      }
    }
    return true;
  }

  private void rehash(int rows) {
    int size = Integer.highestOneBit(Math.max(64, rows) * 2 - 1) * 2;
    heap.reserve(size * 4L);
    heap.release(directory.length * 4L);
    directory = new int[size];
    int mask = size - 1;
    for (int number = 0; number < length; number++) {
      int place = (int) hashes[number] & mask;
      while (directory[place] != 0) {
        place = (place + 1) & mask;
      }
      directory[place] = number + 1;
    }
  }

  /** A column of rows by number, -1 for NULL; the caller's to close. */
  Column take(int column, int[] rows, int count, MemoryScope scope) {
    return columns.get(column).take(rows, 0, count, scope);
  }

  /** All columns of rows by number; the caller's to close. */
  List<Column> take(int[] rows, int count, MemoryScope scope) {
    List<Column> taken = new ArrayList<>(columns.size());
    try {
      for (int i = 0; i < columns.size(); i++) {
        taken.add(take(i, rows, count, scope));
      }
      return taken;
    } catch (Throwable t) {
      taken.forEach(Column::close);
      throw t;
    }
  }

  void commit() {
    weights.commit();
    committedLength = length;
  }

  void rollback() {
    weights.rollback();
    columns.forEach(column -> column.truncate(committedLength));
    length = committedLength;
    live = 0;
    for (int row = 0; row < length; row++) {
      live += weights.get(row) == 0 ? 0 : 1;
    }
    if (finds) {
      rehash(length);
    }
  }

  /** The rows that are there, ascending. */
  int[] liveRows() {
    return IntStream.range(0, length).filter(row -> weights.get(row) != 0).toArray();
  }

  /** Row {@code rows[i]} becomes i; the others are gone. Nothing is uncommitted. */
  void renumber(int[] rows) {
    List<ColumnStore> fewer = stores();
    try {
      for (int i = 0; i < columns.size(); i++) {
        for (int from = 0; from < rows.length; from += Batch.MAX_ROWS) {
          int[] part = Arrays.copyOfRange(rows, from, Math.min(rows.length, from + Batch.MAX_ROWS));
          fewer.get(i).append(columns.get(i).values(), part, part.length);
        }
      }
    } catch (Throwable t) {
      fewer.forEach(ColumnStore::close);
      throw t;
    }
    columns.forEach(ColumnStore::close);
    columns = fewer;
    weights.renumber(rows, rows.length);
    for (int i = 0; finds && i < rows.length; i++) {
      hashes[i] = hashes[rows[i]];
    }
    length = rows.length;
    committedLength = length;
    if (finds) {
      rehash(length);
    }
  }

  @Override
  public void close() {
    columns.forEach(ColumnStore::close);
  }
}
