package dev.tidemill.exec.window;

import dev.tidemill.exec.memory.CollectedRows;
import dev.tidemill.exec.memory.HeapMemory;
import dev.tidemill.exec.pipeline.BatchSink;
import dev.tidemill.exec.pipeline.Downstream;
import dev.tidemill.exec.pipeline.Operator;
import dev.tidemill.exec.pipeline.Run;
import dev.tidemill.exec.pipeline.Source;
import dev.tidemill.exec.pipeline.SourceReader;
import dev.tidemill.exec.pipeline.Team;
import dev.tidemill.exec.pipeline.Worker;
import dev.tidemill.exec.sort.RowKeys;
import dev.tidemill.exec.sort.RowSorter;
import dev.tidemill.exec.sort.SortedOrder;
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
import org.jspecify.annotations.Nullable;

/**
 * The work of operators that need the rows of a partition together, in order: collects all rows,
 * sorts them by partition and order, and gives what is computed of them, all threads side by side.
 * Rows that do not fit the memory are sorted on disk and come back partition by partition.
 * Immutable.
 */
public final class WholePartitions {
  /** Partitions are computed together up to such a part of the memory. */
  private static final int CHUNK_SHARE = 24;

  /** Chunks in memory have no more rows than this, but for larger partitions. */
  private static final int CHUNK_ROWS = 1 << 17;

  private final List<Type> types;

  /** Partition, then order, then, where it matters which of equal rows is first, all columns. */
  private final RowKeys all;

  private final RowKeys partition;

  /** How many keys are the partition's, and the order's too. */
  private final int[] prefixes;

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
   * @param tiesMatter whether it is of any matter in which order peers come; if it is, all columns
   *     decide
   */
  public WholePartitions(
      List<OutputColumn> columns,
      List<Integer> partitionKeys,
      List<SortKey> orderKeys,
      boolean tiesMatter) {
    this.types = columns.stream().map(OutputColumn::type).toList();
    List<SortKey> inPartition =
        partitionKeys.stream().map(key -> new SortKey(key, false, false)).toList();
    List<SortKey> inOrder = new ArrayList<>(inPartition);
    inOrder.addAll(orderKeys);
    this.all = tiesMatter ? RowKeys.withTieBreak(inOrder, types) : RowKeys.of(inOrder, types);
    this.partition = RowKeys.of(inPartition, types);
    this.prefixes = new int[] {inPartition.size(), inOrder.size()};
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
    RowSorter sorter = run.own(new RowSorter(operator, types, all, Long.MAX_VALUE, run));
    InMemory source = run.own(new InMemory(run, memory, results));
    run.connect(operator.inputs().get(0), run.into(operator, sorter.sink()));
    run.then(
        operator,
        () -> {
          if (sorter.isSpilled()) {
            sorter.finish();
          } else {
            source.sort(sorter.unsorted());
          }
        });
    run.pipeline(operator, source, down);
    run.then(operator, source::close);
    run.pipeline(operator, new FromDisk(sorter, run, memory, results), down);
    run.then(operator, sorter::close);
  }

  private SortedOrder order(Batch table, Run run, HeapMemory heap, MemoryScope memory) {
    return SortedOrder.of(table, all.keys(), prefixes, Team.of(run), heap, memory);
  }

  /**
   * All rows, where none is on disk: sorted by all threads, then computed in chunks of whole
   * partitions side by side. One chunk alone is computed at once, and its results are given on by
   * all.
   */
  private final class InMemory implements Source, AutoCloseable {
    private final Run run;
    private final MemoryScope memory;
    private final HeapMemory heap;
    private final Supplier<Results> results;
    private final AtomicInteger next = new AtomicInteger();
    private @Nullable Batch table;
    private @Nullable SortedOrder order;

    /** The results of the only chunk. */
    private @Nullable Results only;

    /** Where chunks begin in the order, and the end. */
    private int[] cuts = new int[1];

    private int chunks;

    InMemory(Run run, MemoryScope memory, Supplier<Results> results) {
      this.run = run;
      this.memory = memory;
      this.heap = new HeapMemory(memory);
      this.results = results;
    }

    void sort(CollectedRows collected) {
      Batch rows = collected.table(Team.of(run));
      table = rows;
      if (rows.length() == 0) {
        return;
      }
      SortedOrder sorted = order(rows, run, heap, memory);
      order = sorted;
      cut(sorted.begins(0));
      if (chunks == 1) {
        Results some = results.get();
        only = some;
        compute(0, some);
        rows.close();
        table = null;
        order = null;
        heap.close();
      }
    }

    private void cut(boolean[] begins) {
      int count = begins.length;
      int most = Math.clamp(count / (run.threads() * 4L), Batch.MAX_ROWS, CHUNK_ROWS);
      int begin = 0;
      cuts = new int[count / most + 2];
      for (int place = 1; place < count; place++) {
        if (begins[place] && place - begin >= most) {
          cuts[++chunks] = place;
          begin = place;
        }
      }
      cuts[++chunks] = count;
    }

    private void compute(int chunk, Results into) {
      Batch rows = table;
      SortedOrder sorted = order;
      if (rows == null || sorted == null) {
        throw new IllegalStateException("not sorted");
      }
      try (WindowRows some =
          WindowRows.of(rows, sorted, cuts[chunk], cuts[chunk + 1], run::check, memory)) {
        into.compute(some);
      }
    }

    @Override
    public int parallelism() {
      return Math.min(run.threads(), only == null ? chunks : only.batchCount());
    }

    @Override
    public SourceReader open(Worker worker) {
      return new SourceReader() {
        @Override
        public boolean advance(BatchSink out) {
          int number = next.getAndIncrement();
          Results whole = only;
          if (whole != null) {
            return number < whole.batchCount() && give(whole, number, out);
          }
          if (number >= chunks) {
            return false;
          }
          try (Results some = results.get()) {
            compute(number, some);
            boolean more = true;
            for (int i = 0; more && i < some.batchCount(); i++) {
              more = give(some, i, out);
            }
            return more;
          }
        }

        @Override
        public void close() {}
      };
    }

    private boolean give(Results some, int number, BatchSink out) {
      try (Batch rows = some.batch(number)) {
        return out.push(rows);
      }
    }

    @Override
    public void close() {
      if (only != null) {
        only.close();
        only = null;
      }
      if (table != null) {
        table.close();
        table = null;
      }
      order = null;
      chunks = 0;
      heap.close();
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
          partition.encode(next, encoded);
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
          compute(some);
          boolean more = true;
          for (int i = 0; more && i < some.batchCount(); i++) {
            try (Batch rows = some.batch(i)) {
              more = out.push(rows);
            }
          }
          return more;
        }
      }

      private void compute(Results into) {
        try (Batch table = pending.table(Team.of(run));
            HeapMemory heap = new HeapMemory(memory)) {
          SortedOrder order = order(table, run, heap, memory);
          try (WindowRows rows =
              WindowRows.of(table, order, 0, table.length(), run::check, memory)) {
            into.compute(rows);
          }
        }
      }

      @Override
      public void close() {
        pending.close();
      }
    }
  }
}
