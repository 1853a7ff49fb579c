package dev.tidemill.exec.join;

import dev.tidemill.exec.pipeline.BatchSink;
import dev.tidemill.exec.pipeline.Source;
import dev.tidemill.exec.pipeline.SourceReader;
import dev.tidemill.exec.pipeline.Worker;
import dev.tidemill.foundation.batch.Batch;
import dev.tidemill.foundation.batch.Column;
import dev.tidemill.foundation.batch.Columns;
import dev.tidemill.foundation.memory.MemoryScope;
import dev.tidemill.foundation.type.Type;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.atomic.AtomicLong;
import java.util.function.Supplier;

/**
 * Rows of the side that was built, chosen by whether they had a match: those of a RIGHT or FULL
 * join that had none, with NULLs on the left; those of a SEMI join that had one.
 */
final class BuiltRows implements Source {
  /** Rows looked at per call. */
  private static final int MORSEL = Batch.MAX_ROWS;

  private final List<Type> nulls;
  private final Supplier<List<JoinTable>> tables;
  private final boolean wanted;
  private final MemoryScope memory;
  private final int threads;
  private final AtomicLong next = new AtomicLong();

  /**
   * {@code tables} are asked for only once all pairs have been found.
   *
   * @param nulls types of the columns, all NULL, in front of the rows'
   * @param wanted whether rows are wanted that had a match, or those that had none
   */
  BuiltRows(
      List<Type> nulls,
      Supplier<List<JoinTable>> tables,
      boolean wanted,
      MemoryScope memory,
      int threads) {
    this.nulls = nulls;
    this.tables = tables;
    this.wanted = wanted;
    this.memory = memory;
    this.threads = threads;
  }

  private long morsels() {
    return tables.get().stream().mapToLong(BuiltRows::morsels).sum();
  }

  private static int morsels(JoinTable table) {
    return (table.rows().length() + MORSEL - 1) / MORSEL;
  }

  @Override
  public boolean isEmpty() {
    return morsels() == 0;
  }

  @Override
  public int parallelism() {
    return (int) Math.min(threads, morsels());
  }

  @Override
  public SourceReader open(Worker worker) {
    List<JoinTable> all = tables.get();
    return new SourceReader() {
      @Override
      public boolean advance(BatchSink out) {
        long morsel = next.getAndIncrement();
        for (JoinTable table : all) {
          if (morsel < morsels(table)) {
            return push(table, (int) morsel * MORSEL, out);
          }
          morsel -= morsels(table);
        }
        return false;
      }

      @Override
      public void close() {}
    };
  }

  /** Pushes what is wanted of a morsel of rows from {@code from} on. */
  boolean push(JoinTable table, int from, BatchSink out) {
    Batch rows = table.rows();
    int[] chosen = new int[MORSEL];
    int count = 0;
    for (int row = from; row < Math.min(rows.length(), from + MORSEL); row++) {
      if (table.isMatched(row) == wanted) {
        chosen[count++] = row;
      }
    }
    if (count == 0) {
      return true;
    }
    return push(rows, chosen, count, nulls, memory, out);
  }

  /** Pushes rows of a table behind columns of NULLs. */
  static boolean push(
      Batch rows, int[] chosen, int count, List<Type> nulls, MemoryScope memory, BatchSink out) {
    List<Column> columns = new ArrayList<>();
    try {
      for (Type type : nulls) {
        columns.add(Columns.nulls(type, count, memory));
      }
      for (int i = 0; i < rows.columnCount(); i++) {
        columns.add(Columns.take(rows.column(i), chosen, 0, count, memory));
      }
    } catch (Throwable t) {
      columns.forEach(Column::close);
      throw t;
    }
    try (Batch batch = new Batch(count, columns)) {
      return out.push(batch);
    }
  }
}
