package dev.tidemill.exec.scan;

import dev.tidemill.foundation.batch.Batch;
import dev.tidemill.foundation.batch.Column;
import dev.tidemill.foundation.batch.Columns;
import dev.tidemill.foundation.batch.Selection;
import dev.tidemill.foundation.memory.MemoryScope;
import dev.tidemill.storage.table.StagedReader;
import dev.tidemill.storage.table.ValueBits;
import java.util.Arrays;
import java.util.List;
import org.jspecify.annotations.Nullable;

/**
 * Rows of a split while a scan's conditions are asked: columns appear when they are needed, rows
 * become fewer. One worker's, reused from rows to rows.
 */
abstract sealed class ScanRows implements AutoCloseable {
  final @Nullable Column[] columns;
  int length;
  @Nullable Selection selection;

  ScanRows(int columnCount) {
    this.columns = new Column[columnCount];
  }

  /** Rows that stand in the columns. */
  final int length() {
    return length;
  }

  /** The rows that are left, or null where all are. */
  final @Nullable Selection selection() {
    return selection;
  }

  /** How many rows are left. */
  final int count() {
    return selection == null ? length : selection.count();
  }

  /** A column, borrowed until rows are given up. */
  abstract Column column(int index);

  /** The columns that have appeared, borrowed. */
  final @Nullable Column[] columns() {
    return columns;
  }

  /** Keeps some of the rows left. */
  abstract void keep(@Nullable Selection rows);

  /**
   * Keeps the rows whose integer in a column is between two bounds, where that needs no reading of
   * the column; else says false and keeps all.
   */
  boolean keepBetween(int column, long low, long high) {
    return false;
  }

  /** As {@link #keepBetween}: the rows whose integer is one of {@code values}. */
  boolean keepAmong(int column, ValueBits values) {
    return false;
  }

  /** The rows left with all columns, the caller's to close; afterwards there are none here. */
  abstract Batch take();

  /** Gives up the rows. */
  @Override
  public abstract void close();

  /** Of a batch that has been read whole. */
  static final class OfBatch extends ScanRows {
    private final Batch batch;
    private boolean taken;

    /** Takes over {@code batch}. */
    OfBatch(Batch batch) {
      super(batch.columnCount());
      this.batch = batch;
      this.length = batch.length();
      this.selection = batch.selection();
      for (int i = 0; i < columns.length; i++) {
        columns[i] = batch.column(i);
      }
    }

    @Override
    Column column(int index) {
      return batch.column(index);
    }

    @Override
    void keep(@Nullable Selection rows) {
      selection = rows;
    }

    @Override
    Batch take() {
      taken = true;
      try (batch) {
        return batch.select(selection);
      }
    }

    @Override
    public void close() {
      if (!taken) {
        batch.close();
      }
    }
  }

  /**
   * Of a reader that reads column by column. When few rows are left they are moved together, and
   * columns read from then on have only these.
   */
  static final class OfStages extends ScanRows {
    private final StagedReader reader;
    private final MemoryScope memory;

    /** The numbers of the rows that stand in the columns among the reader's; null where all do. */
    private int @Nullable [] numbers;

    OfStages(StagedReader reader, int columnCount, MemoryScope memory) {
      super(columnCount);
      this.reader = reader;
      this.memory = memory;
    }

    /** Goes on to the next rows; says whether there are any. */
    boolean advance() {
      length = reader.advance();
      selection = null;
      numbers = null;
      return length > 0;
    }

    @Override
    Column column(int index) {
      Column column = columns[index];
      if (column == null) {
        column = reader.read(index, numbers == null ? null : new Selection(numbers, length));
        columns[index] = column;
      }
      return column;
    }

    @Override
    void keep(@Nullable Selection rows) {
      selection = rows;
      if (rows != null && rows.count() > 0 && rows.count() <= length >> 2) {
        moveTogether(rows);
      }
    }

    @Override
    boolean keepBetween(int column, long low, long high) {
      if (columns[column] != null || !reader.asksUnread(column)) {
        return false;
      }
      int[] found = new int[count()];
      keepFound(found, reader.between(column, low, high, numbersLeft(), found.length, found));
      return true;
    }

    @Override
    boolean keepAmong(int column, ValueBits values) {
      if (columns[column] != null || !reader.asksUnread(column)) {
        return false;
      }
      int[] found = new int[count()];
      keepFound(found, reader.among(column, values, numbersLeft(), found.length, found));
      return true;
    }

    /**
     * Keeps {@code n} of the rows left.
     *
     * @param found their places among the rows left; taken over
     */
    private void keepFound(int[] found, int n) {
      if (n < found.length) {
        Selection before = selection;
        for (int i = 0; before != null && i < n; i++) {
          found[i] = before.row(found[i]);
        }
        keep(new Selection(found, n));
      }
    }

    /** The reader's numbers of the rows left, null where all are. */
    private int @Nullable [] numbersLeft() {
      Selection left = selection;
      int[] standing = numbers;
      if (left == null || standing == null) {
        return left == null ? standing : left.rows();
      }
      int[] both = new int[left.count()];
      for (int i = 0; i < both.length; i++) {
        both[i] = standing[left.row(i)];
      }
      return both;
    }

    private void moveTogether(Selection rows) {
      int[] kept = Arrays.copyOf(rows.rows(), rows.count());
      for (int i = 0; i < columns.length; i++) {
        Column column = columns[i];
        if (column != null) {
          columns[i] = null;
          try (column) {
            columns[i] = Columns.take(column, kept, 0, kept.length, memory);
          }
        }
      }
      if (numbers != null) {
        for (int i = 0; i < kept.length; i++) {
          kept[i] = numbers[kept[i]];
        }
      }
      numbers = kept;
      length = kept.length;
      selection = null;
    }

    @Override
    Batch take() {
      boolean readsMore = false;
      for (Column column : columns) {
        readsMore |= column == null;
      }
      if (selection != null && readsMore && selection.count() <= length >> 1) {
        moveTogether(selection);
      }
      Column[] all = new Column[columns.length];
      for (int i = 0; i < all.length; i++) {
        all[i] = column(i);
      }
      Arrays.fill(columns, null);
      return new Batch(length, List.of(all), selection, null);
    }

    @Override
    public void close() {
      for (int i = 0; i < columns.length; i++) {
        Column column = columns[i];
        columns[i] = null;
        if (column != null) {
          column.close();
        }
      }
    }
  }
}
