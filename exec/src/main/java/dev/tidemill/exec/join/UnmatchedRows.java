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

/** The right rows of a RIGHT or FULL join that had no match, with NULLs on the left. */
final class UnmatchedRows implements Source {
  /** Right rows looked at per call. */
  private static final int MORSEL = Batch.MAX_ROWS;

  private final List<Type> leftTypes;
  private final Supplier<Batch> right;
  private final IntPredicate isMatched;
  private final MemoryScope memory;
  private final int threads;
  private final AtomicLong next = new AtomicLong();

  /** {@code right} and {@code isMatched} are asked only once all pairs have been found. */
  UnmatchedRows(
      List<Type> leftTypes,
      Supplier<Batch> right,
      IntPredicate isMatched,
      MemoryScope memory,
      int threads) {
    this.leftTypes = leftTypes;
    this.right = right;
    this.isMatched = isMatched;
    this.memory = memory;
    this.threads = threads;
  }

  @Override
  public int parallelism() {
    return Math.min(threads, right.get().length() / MORSEL + 1);
  }

  @Override
  public SourceReader open(Worker worker) {
    return new SourceReader() {
      @Override
      public boolean advance(BatchSink out) {
        long from = next.getAndAdd(MORSEL);
        return from < right.get().length() && push((int) from, out);
      }

      @Override
      public void close() {}
    };
  }

  /** Pushes what is unmatched of a morsel of right rows from {@code from} on. */
  boolean push(int from, BatchSink out) {
    Batch rows = right.get();
    int[] unmatched = new int[MORSEL];
    int count = 0;
    for (int row = from; row < Math.min(rows.length(), from + MORSEL); row++) {
      if (!isMatched.test(row)) {
        unmatched[count++] = row;
      }
    }
    if (count == 0) {
      return true;
    }
    List<Column> columns = new ArrayList<>();
    try {
      for (Type type : leftTypes) {
        columns.add(Columns.nulls(type, count, memory));
      }
      for (int i = 0; i < rows.columnCount(); i++) {
        columns.add(Columns.take(rows.column(i), unmatched, 0, count, memory));
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
