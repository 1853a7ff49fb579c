package dev.tidemill.streaming.rows;

import dev.tidemill.foundation.batch.Batch;
import dev.tidemill.foundation.batch.Column;
import dev.tidemill.foundation.batch.Columns;
import dev.tidemill.foundation.hash.Hash;
import dev.tidemill.foundation.memory.Longs;
import dev.tidemill.foundation.memory.MemoryScope;
import dev.tidemill.foundation.type.Type;
import dev.tidemill.plan.batch.SortKey;
import dev.tidemill.streaming.state.ChangedNumbers;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.function.IntConsumer;

/**
 * Rows with weights by number, in the order in which they came; one of weight 0 is gone. What a
 * step changes is undone by {@link #rollback}. One thread.
 *
 * <pre>
 *   number   0  1  2  3          columns   values by number, a store each
 *   weight   1  0  2  1          gone      number 1, until the others are numbered anew
 * </pre>
 */
final class RowStore implements AutoCloseable {
  private final List<Type> types;
  private final MemoryScope memory;
  private List<ColumnStore> columns;
  private final JournaledLongs weights;
  private int length;
  private int committedLength;
  private int live;
  private int negative;
  private final Longs scratch;

  RowStore(List<Type> types, MemoryScope memory) {
    this.types = types;
    this.memory = memory;
    this.columns = stores();
    this.weights = new JournaledLongs(memory);
    this.scratch = new Longs(memory);
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

  /** Whether some rows were removed before they came. */
  boolean hasNegative() {
    return negative > 0;
  }

  long weight(int row) {
    return weights.get(row);
  }

  void setWeight(int row, long weight) {
    long before = weights.get(row);
    live += (weight == 0 ? 0 : 1) - (before == 0 ? 0 : 1);
    negative += (weight < 0 ? 1 : 0) - (before < 0 ? 1 : 0);
    weights.set(row, weight);
  }

  /** {@code before[i]} becomes the weight of row {@code rows[i]} before the step. */
  void weightsBefore(int[] rows, int count, long[] before) {
    scratch.ensure(length);
    for (int i = 0; i < count; i++) {
      scratch.set(rows[i], weights.isFresh(rows[i]) ? 0 : weights.get(rows[i]));
    }
    for (int change = weights.changes() - 1; change >= 0; change--) {
      scratch.set(weights.changedIndex(change), weights.changedFrom(change));
    }
    for (int i = 0; i < count; i++) {
      before[i] = scratch.get(rows[i]);
    }
  }

  /** As {@link KeyedRows#forEachChanged}. */
  void forEachChanged(IntConsumer told) {
    for (int change = 0; change < weights.changes(); change++) {
      told.accept(weights.changedIndex(change));
    }
  }

  /**
   * The columns of a delta without dictionaries; the caller's to close.
   *
   * @param delta whose first columns are the rows
   */
  List<Column> plain(Batch delta) {
    List<Column> plain = new ArrayList<>(types.size());
    try {
      for (int i = 0; i < types.size(); i++) {
        plain.add(Columns.decode(delta.column(i), memory));
      }
      return plain;
    } catch (Throwable t) {
      plain.forEach(Column::close);
      throw t;
    }
  }

  /** Reads a little of each row, so that all are on their way into the cache together. */
  long touch(int[] rows, int count) {
    long sum = 0;
    for (int i = 0; i < count; i++) {
      sum += weights.get(rows[i]);
    }
    for (ColumnStore column : columns) {
      sum += column.touch(rows, count);
    }
    return sum;
  }

  /** New rows behind the others, of weight 0. */
  void append(List<Column> added, int[] rows, int count) {
    weights.ensure(length + count);
    for (int i = 0; i < columns.size(); i++) {
      columns.get(i).append(added.get(i), rows, count);
    }
    length += count;
  }

  /** Whether a row is the same as one of columns without dictionaries. */
  boolean equal(int number, List<Column> others, int row) {
    for (int i = 0; i < columns.size(); i++) {
      if (!columns.get(i).equal(number, others.get(i), row)) {
        return false;
      }
    }
    return true;
  }

  /** Which of two rows comes first; by a sort key alone. */
  int compare(SortKey key, int row, int other) {
    ColumnStore column = columns.get(key.column());
    boolean isNull = column.isNull(row);
    if (isNull || column.isNull(other)) {
      return isNull == column.isNull(other) ? 0 : isNull == key.nullsFirst() ? -1 : 1;
    }
    int ascending = column.compare(row, other);
    return key.descending() ? -ascending : ascending;
  }

  /** Hashes of the first {@code count} rows of columns: equal of equal rows. */
  static void hash(List<Column> of, int count, long[] hashes) {
    Arrays.fill(hashes, 0, count, 0);
    for (Column column : of) {
      Hash.combine(column, count, hashes);
    }
  }

  /** The columns with all rows, borrowed until rows are added. */
  List<Column> values() {
    return columns.stream().map(ColumnStore::values).toList();
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

  void commit(ChangedNumbers changed) {
    weights.commit(changed);
    committedLength = length;
  }

  void rollback() {
    weights.rollback();
    columns.forEach(column -> column.truncate(committedLength));
    length = committedLength;
    live = 0;
    negative = 0;
    for (int row = 0; row < length; row++) {
      live += weights.get(row) == 0 ? 0 : 1;
      negative += weights.get(row) < 0 ? 1 : 0;
    }
  }

  /** The rows that are there, ascending. */
  int[] liveRows() {
    int[] rows = new int[live];
    int found = 0;
    for (int row = 0; row < length; row++) {
      if (weights.get(row) != 0) {
        rows[found++] = row;
      }
    }
    return rows;
  }

  /**
   * The columns with row {@code rows[i]} as i and without the others, for {@link #renumber}; the
   * caller's to close until then. Nothing is uncommitted.
   */
  List<ColumnStore> fewer(int[] rows) {
    List<ColumnStore> fewer = stores();
    try {
      for (int i = 0; i < columns.size(); i++) {
        for (int from = 0; from < rows.length; from += Batch.MAX_ROWS) {
          int[] part = Arrays.copyOfRange(rows, from, Math.min(rows.length, from + Batch.MAX_ROWS));
          fewer.get(i).append(columns.get(i).values(), part, part.length);
        }
      }
      return fewer;
    } catch (Throwable t) {
      fewer.forEach(ColumnStore::close);
      throw t;
    }
  }

  /** Row {@code rows[i]} becomes i; the others are gone. */
  void renumber(int[] rows, List<ColumnStore> fewer) {
    columns.forEach(ColumnStore::close);
    columns = fewer;
    weights.renumber(rows, rows.length);
    length = rows.length;
    committedLength = length;
  }

  @Override
  public void close() {
    columns.forEach(ColumnStore::close);
    weights.close();
    scratch.close();
  }
}
