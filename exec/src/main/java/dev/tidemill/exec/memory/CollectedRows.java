package dev.tidemill.exec.memory;

import dev.tidemill.exec.error.ExecErrors;
import dev.tidemill.exec.pipeline.Team;
import dev.tidemill.foundation.batch.Batch;
import dev.tidemill.foundation.batch.Batches;
import dev.tidemill.foundation.batch.Column;
import dev.tidemill.foundation.batch.Columns;
import dev.tidemill.foundation.batch.DictionaryColumn;
import dev.tidemill.foundation.memory.MemoryScope;
import dev.tidemill.foundation.type.Type;
import java.util.ArrayList;
import java.util.Collections;
import java.util.List;
import java.util.function.Consumer;

/**
 * Rows that an operator keeps: copies of what is pushed to it, later one table. One thread at a
 * time; {@code add* table? close}.
 */
public final class CollectedRows implements AutoCloseable {
  /** The greatest number of rows, so that row numbers and arrays by row fit. */
  public static final int MAX_ROWS = Integer.MAX_VALUE - 16;

  private final String operator;
  private final List<Type> types;
  private final MemoryScope memory;
  private final List<List<Column>> parts = new ArrayList<>();
  private final List<Integer> pieceRows = new ArrayList<>();
  private long count;
  private long bytes;

  /** {@code operator} names the holder in errors; copies are charged to {@code memory}. */
  public CollectedRows(String operator, List<Type> types, MemoryScope memory) {
    this.operator = operator;
    this.types = types;
    this.memory = memory;
    for (int i = 0; i < types.size(); i++) {
      parts.add(new ArrayList<>());
    }
  }

  /** An empty collection of the same kind. */
  public CollectedRows sibling() {
    return new CollectedRows(operator, types, memory);
  }

  public long count() {
    return count;
  }

  /** What copies are charged to. */
  public MemoryScope memory() {
    return memory;
  }

  public List<Type> types() {
    return types;
  }

  /** Bytes of the copies, but for the dictionaries they share. */
  public long bytes() {
    return bytes;
  }

  /** The pieces of a column in order, borrowed. */
  public List<Column> pieces(int column) {
    return Collections.unmodifiableList(parts.get(column));
  }

  /** Copies the rows that count; the batch is borrowed. */
  public void add(Batch batch) {
    for (int i = 0; i < types.size(); i++) {
      Column copy = Columns.compact(batch.column(i), batch.selection(), memory);
      parts.get(i).add(copy);
      bytes += ownBytes(copy);
    }
    pieceRows.add(batch.rowCount());
    count += batch.rowCount();
  }

  private static long ownBytes(Column column) {
    return column instanceof DictionaryColumn codes
        ? codes.bytes() - codes.dictionary().bytes()
        : column.bytes();
  }

  /** Hands each piece to {@code taker}, which borrows it, and frees it; the last one first. */
  public void drain(Consumer<Batch> taker) {
    while (!pieceRows.isEmpty()) {
      int rows = pieceRows.removeLast();
      List<Column> columns = new ArrayList<>(types.size());
      for (List<Column> column : parts) {
        columns.add(column.removeLast());
      }
      count -= rows;
      try (Batch piece = new Batch(rows, columns)) {
        taker.accept(piece);
      }
    }
    bytes = 0;
  }

  /**
   * As {@link #drain}, with as many pieces put together as make {@link Batch#MAX_ROWS} rows and
   * {@code mostBytes}, one at least.
   */
  public void drainBlocks(long mostBytes, Consumer<Batch> taker) {
    long bytesPerRow = bytes / Math.max(1, count) + 1;
    long most = Math.clamp(mostBytes / bytesPerRow, 1, Batch.MAX_ROWS);
    List<Batch> some = new ArrayList<>();
    long[] rows = new long[1];
    try {
      drain(
          piece -> {
            if (rows[0] + piece.length() > most && !some.isEmpty()) {
              give(some, taker);
              rows[0] = 0;
            }
            some.add(piece.retain());
            rows[0] += piece.length();
          });
      give(some, taker);
    } finally {
      some.forEach(Batch::close);
    }
  }

  private void give(List<Batch> some, Consumer<Batch> taker) {
    if (!some.isEmpty()) {
      try (Batch block = Batches.concat(some, types, memory)) {
        some.forEach(Batch::close);
        some.clear();
        taker.accept(block);
      }
    }
  }

  /** Takes over all rows of {@code other}, which is empty then. */
  public void addAll(CollectedRows other) {
    for (int i = 0; i < parts.size(); i++) {
      parts.get(i).addAll(other.parts.get(i));
      other.parts.get(i).clear();
    }
    pieceRows.addAll(other.pieceRows);
    other.pieceRows.clear();
    count += other.count;
    other.count = 0;
    bytes += other.bytes;
    other.bytes = 0;
  }

  /**
   * All rows as one table, the caller's to close; nothing is left here. Column by column, to hold
   * little twice.
   */
  public Batch table() {
    if (count > MAX_ROWS) {
      throw ExecErrors.tooManyRows(operator, count);
    }
    List<Column> columns = new ArrayList<>(types.size());
    try {
      for (int i = 0; i < types.size(); i++) {
        columns.add(Columns.concat(parts.get(i), types.get(i), memory));
        parts.get(i).forEach(Column::close);
        parts.get(i).clear();
      }
      int rows = (int) count;
      forget();
      return new Batch(rows, columns);
    } catch (Throwable t) {
      columns.forEach(Column::close);
      throw t;
    }
  }

  /** As {@link #table()}, the columns side by side. */
  public Batch table(Team team) {
    if (team.size() == 1 || parts.size() == 1) {
      return table();
    }
    if (count > MAX_ROWS) {
      throw ExecErrors.tooManyRows(operator, count);
    }
    Column[] columns = new Column[types.size()];
    try {
      team.each(
          columns.length,
          i -> {
            columns[i] = Columns.concat(parts.get(i), types.get(i), memory);
            parts.get(i).forEach(Column::close);
            parts.get(i).clear();
          });
      int rows = (int) count;
      forget();
      return new Batch(rows, List.of(columns));
    } catch (Throwable t) {
      for (Column column : columns) {
        if (column != null) {
          column.close();
        }
      }
      throw t;
    }
  }

  @Override
  public void close() {
    for (List<Column> column : parts) {
      column.forEach(Column::close);
      column.clear();
    }
    forget();
  }

  private void forget() {
    pieceRows.clear();
    count = 0;
    bytes = 0;
  }
}
