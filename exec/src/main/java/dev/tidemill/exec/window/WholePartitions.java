package dev.tidemill.exec.window;

import dev.tidemill.exec.memory.CollectedRows;
import dev.tidemill.exec.pipeline.BatchSink;
import dev.tidemill.exec.pipeline.Downstream;
import dev.tidemill.exec.pipeline.Operator;
import dev.tidemill.exec.pipeline.Run;
import dev.tidemill.exec.pipeline.Source;
import dev.tidemill.exec.pipeline.SourceReader;
import dev.tidemill.exec.pipeline.Worker;
import dev.tidemill.exec.sort.RowKeys;
import dev.tidemill.exec.sort.RowSorter;
import dev.tidemill.foundation.batch.Batch;
import dev.tidemill.foundation.batch.Selection;
import dev.tidemill.foundation.memory.MemoryScope;
import dev.tidemill.foundation.row.EncodedRows;
import dev.tidemill.foundation.type.Type;
import dev.tidemill.plan.batch.OutputColumn;
import dev.tidemill.plan.batch.SortKey;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.function.Supplier;

/**
 * The work of operators that need the rows of a partition together, in order: collects all rows,
 * sorts them by partition and order, and gives what is computed of them. Rows that do not fit the
 * memory are sorted on disk and come back partition by partition. Immutable.
 */
public final class WholePartitions {
  /** Partitions are computed together up to such a part of the memory. */
  private static final int CHUNK_SHARE = 24;

  private final List<Type> types;
  private final WindowRows.Keys keys;

  /** What an operator makes of whole partitions. One thread computes, many read. */
  public interface Results extends AutoCloseable {
    /** Computes all results, once; the rows are borrowed for the call. */
    void compute(WindowRows rows);

    int batchCount();

    /** The caller's to close; at most {@link Batch#MAX_ROWS} rows. */
    Batch batch(int number);

    @Override
    void close();
  }

  /**
   * @param columns the input's
   * @param partitionKeys numbers of columns
   */
  public WholePartitions(
      List<OutputColumn> columns, List<Integer> partitionKeys, List<SortKey> orderKeys) {
    this.types = columns.stream().map(OutputColumn::type).toList();
    List<SortKey> partition =
        partitionKeys.stream().map(key -> new SortKey(key, false, false)).toList();
    List<SortKey> all = new ArrayList<>(partition);
    all.addAll(orderKeys);
    this.keys =
        new WindowRows.Keys(
            RowKeys.withTieBreak(all, types),
            RowKeys.of(all, types),
            RowKeys.of(partition, types),
            RowKeys.tieBreak(all, types));
  }

  /** The input's. */
  public List<Type> types() {
    return types;
  }

  /**
   * Connects an operator of one input.
   *
   * @param results fresh ones for some partitions; closed here
   */
  public void connect(Operator operator, Run run, Downstream down, Supplier<Results> results) {
    MemoryScope memory = run.memory(operator);
    RowSorter sorter = run.own(new RowSorter(operator, types, keys.all(), Long.MAX_VALUE, run));
    Results inMemory = results.get();
    InMemory source = run.own(new InMemory(run, inMemory));
    run.connect(operator.inputs().get(0), run.into(operator, sorter.sink()));
    run.then(
        operator,
        () -> {
          if (sorter.isSpilled()) {
            sorter.finish();
          } else {
            compute(sorter.unsorted(), inMemory, run, memory);
          }
        });
    run.pipeline(operator, source, down);
    run.then(operator, source::close);
    run.pipeline(operator, new FromDisk(sorter, run, memory, results), down);
    run.then(operator, sorter::close);
  }

  private void compute(CollectedRows collected, Results results, Run run, MemoryScope memory) {
    try (WindowRows rows = sorted(collected, run, memory)) {
      results.compute(rows);
    }
  }

  private WindowRows sorted(CollectedRows collected, Run run, MemoryScope memory) {
    try (Batch table = collected.table()) {
      return WindowRows.of(table, keys, run, memory);
    }
  }

  /** The results of all rows, where none is on disk. */
  private static final class InMemory implements Source, AutoCloseable {
    private final Run run;
    private final Results results;
    private final AtomicInteger next = new AtomicInteger();

    InMemory(Run run, Results results) {
      this.run = run;
      this.results = results;
    }

    @Override
    public int parallelism() {
      return Math.min(run.threads(), results.batchCount() + 1);
    }

    @Override
    public SourceReader open(Worker worker) {
      return new SourceReader() {
        @Override
        public boolean advance(BatchSink out) {
          int number = next.getAndIncrement();
          if (number >= results.batchCount()) {
            return false;
          }
          try (Batch rows = results.batch(number)) {
            return out.push(rows);
          }
        }

        @Override
        public void close() {}
      };
    }

    @Override
    public void close() {
      results.close();
    }
  }

  /**
   * Rows that come sorted from disk: as many whole partitions at a time as a part of the memory
   * takes. A single partition has to fit.
   */
  private final class FromDisk implements Source {
    private final RowSorter sorter;
    private final Run run;
    private final MemoryScope memory;
    private final Supplier<Results> results;

    FromDisk(RowSorter sorter, Run run, MemoryScope memory, Supplier<Results> results) {
      this.sorter = sorter;
      this.run = run;
      this.memory = memory;
      this.results = results;
    }

    @Override
    public boolean isEmpty() {
      return !sorter.isSpilled();
    }

    @Override
    public int parallelism() {
      return 1;
    }

    @Override
    public SourceReader open(Worker worker) {
      return new Reader();
    }

    private final class Reader implements SourceReader {
      private final CollectedRows pending = sorter.rows();
      private final EncodedRows encoded = new EncodedRows();
      private byte[] last = new byte[0];

      @Override
      public boolean advance(BatchSink out) {
        Batch next = sorter.next(Long.MAX_VALUE);
        if (next == null) {
          give(out);
          return false;
        }
        try (next) {
          keys.partition().encode(next, encoded);
          int from = 0;
          if (pending.bytes() > sorter.size() / CHUNK_SHARE) {
            int begin = lastBegin(next.length());
            if (begin >= 0) {
              add(next, 0, begin);
              if (!give(out)) {
                return false;
              }
              from = begin;
            }
          }
          add(next, from, next.length());
          last = encoded.key(next.length() - 1);
        }
        return true;
      }

      /** Where the last partition begins that begins in the batch, or -1. */
      private int lastBegin(int count) {
        for (int row = count - 1; row > 0; row--) {
          if (!encoded.equal(row, encoded, row - 1)) {
            return row;
          }
        }
        return Arrays.equals(encoded.key(0), last) ? -1 : 0;
      }

      private void add(Batch batch, int from, int to) {
        if (to > from) {
          int[] rows = new int[to - from];
          Arrays.setAll(rows, i -> from + i);
          try (Batch part = batch.select(new Selection(rows, rows.length))) {
            pending.add(part);
          }
        }
      }

      /** Computes what is pending; says whether more is needed. */
      private boolean give(BatchSink out) {
        try (Results some = results.get()) {
          compute(pending, some, run, memory);
          boolean more = true;
          for (int i = 0; more && i < some.batchCount(); i++) {
            try (Batch rows = some.batch(i)) {
              more = out.push(rows);
            }
          }
          return more;
        }
      }

      @Override
      public void close() {
        pending.close();
      }
    }
  }
}
