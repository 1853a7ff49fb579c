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
import java.util.function.IntPredicate;
import java.util.function.Supplier;

/**
 * Rows of the side that was built, chosen by whether they had a match: those of a RIGHT or FULL
 * join that had none, with NULLs on the left; those of a SEMI join that had one.
 */
final class BuiltRows implements Source {
  /** Rows looked at per call. */
  private static final int MORSEL = Batch.MAX_ROWS;

  private final List<Type> nulls;
  private final Supplier<Batch> built;
  private final IntPredicate isWanted;
  private final MemoryScope memory;
  private final int threads;
  private final AtomicLong next = new AtomicLong();

  /**
   * {@code built} and {@code isWanted} are asked only once all pairs have been found.
   *
   * @param nulls types of the columns, all NULL, in front of the rows'
   */
  BuiltRows(
      List<Type> nulls,
      Supplier<Batch> built,
      IntPredicate isWanted,
      MemoryScope memory,
      int threads) {
    this.nulls = nulls;
    this.built = built;
    this.isWanted = isWanted;
    this.memory = memory;
    this.threads = threads;
  }

  @Override
  public int parallelism() {
    return Math.min(threads, built.get().length() / MORSEL + 1);
  }

  @Override
  public SourceReader open(Worker worker) {
    return new SourceReader() {
      @Override
      public boolean advance(BatchSink out) {
        long from = next.getAndAdd(MORSEL);
        return from < built.get().length() && push((int) from, out);
      }

      @Override
      public void close() {}
    };
  }

  /** Pushes what is wanted of a morsel of rows from {@code from} on. */
  boolean push(int from, BatchSink out) {
    Batch rows = built.get();
    int[] wanted = new int[MORSEL];
    int count = 0;
    for (int row = from; row < Math.min(rows.length(), from + MORSEL); row++) {
      if (isWanted.test(row)) {
        wanted[count++] = row;
      }
    }
    if (count == 0) {
      return true;
    }
    List<Column> columns = new ArrayList<>();
    try {
      for (Type type : nulls) {
        columns.add(Columns.nulls(type, count, memory));
      }
      for (int i = 0; i < rows.columnCount(); i++) {
        columns.add(Columns.take(rows.column(i), wanted, 0, count, memory));
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
