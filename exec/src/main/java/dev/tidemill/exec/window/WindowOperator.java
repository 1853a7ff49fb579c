package dev.tidemill.exec.window;

import dev.tidemill.exec.aggregate.Accumulators;
import dev.tidemill.exec.error.ExecErrors;
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
import dev.tidemill.foundation.batch.Column;
import dev.tidemill.foundation.batch.Columns;
import dev.tidemill.foundation.batch.Selection;
import dev.tidemill.foundation.memory.MemoryScope;
import dev.tidemill.foundation.row.EncodedRows;
import dev.tidemill.foundation.type.Type;
import dev.tidemill.plan.batch.OutputColumn;
import dev.tidemill.plan.batch.SortKey;
import dev.tidemill.plan.batch.WindowCall;
import dev.tidemill.plan.batch.WindowFrame;
import dev.tidemill.plan.batch.WindowPlan;
import dev.tidemill.plan.expression.Literal;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.stream.Collectors;

/**
 * Computes window functions: collects all rows, sorts them by partition and order, computes a
 * column per call, and gives the rows with these columns behind. All calls share the sort. Rows
 * that do not fit the memory are sorted on disk and come back partition by partition.
 */
public final class WindowOperator extends Operator {
  /** Partitions are computed together up to such a part of the memory. */
  private static final int CHUNK_SHARE = 24;

  private final WindowPlan plan;
  private final List<Type> types;
  private final WindowRows.Keys keys;

  public WindowOperator(WindowPlan plan, Operator input) {
    super(plan, List.of(input));
    this.plan = plan;
    this.types = plan.input().columns().stream().map(OutputColumn::type).toList();
    List<SortKey> partition =
        plan.partitionKeys().stream().map(key -> new SortKey(key, false, false)).toList();
    List<SortKey> all = new ArrayList<>(partition);
    all.addAll(plan.orderKeys());
    this.keys =
        new WindowRows.Keys(
            RowKeys.withTieBreak(all, types),
            RowKeys.of(all, types),
            RowKeys.of(partition, types),
            RowKeys.tieBreak(all, types));
    plan.calls().forEach(this::check);
  }

  /** Refuses what cannot be computed before anything runs. */
  private void check(WindowCall call) {
    for (WindowFrame.Bound bound : List.of(call.frame().start(), call.frame().end())) {
      Literal distance = Frames.distance(bound);
      if (distance != null) {
        RangeKeys.checkDistance(distance);
      }
    }
    if (Frames.needsKeys(call.frame())) {
      if (plan.orderKeys().size() != 1) {
        throw ExecErrors.brokenPlan(
            "RANGE with a distance over " + plan.orderKeys().size() + " order keys");
      }
      RangeKeys.check(types.get(plan.orderKeys().get(0).column()));
    }
    if (call instanceof WindowCall.Aggregate aggregate) {
      Accumulators.of(
              aggregate.function(),
              aggregate.arguments().stream().map(types::get).toList(),
              aggregate.parameters(),
              aggregate.user(),
              aggregate.type(),
              MemoryScope.root("check", MemoryScope.UNLIMITED))
          .close();
    }
  }

  @Override
  public String name() {
    List<OutputColumn> columns = plan.input().columns();
    return plan.partitionKeys().stream()
        .map(key -> columns.get(key).name())
        .collect(Collectors.joining(", ", "Window(", ")"));
  }

  @Override
  protected void connect(Run run, Downstream down) {
    MemoryScope memory = run.memory(this);
    RowSorter sorter = run.own(new RowSorter(this, types, keys.all(), Long.MAX_VALUE, run));
    Results results = run.own(new Results(run, memory));
    run.connect(inputs().get(0), run.into(this, sorter.sink()));
    run.then(
        this,
        () -> {
          if (sorter.isSpilled()) {
            sorter.finish();
          } else {
            results.compute(sorter.unsorted());
          }
        });
    run.pipeline(this, results, down);
    run.then(this, results::close);
    run.pipeline(this, new PartitionByPartition(sorter, run, memory), down);
    run.then(this, sorter::close);
  }

  /**
   * Rows that come sorted from disk: as many whole partitions of the window at a time as a part of
   * the memory takes. A single partition has to fit.
   */
  private final class PartitionByPartition implements Source {
    private final RowSorter sorter;
    private final Run run;
    private final MemoryScope memory;

    PartitionByPartition(RowSorter sorter, Run run, MemoryScope memory) {
      this.sorter = sorter;
      this.run = run;
      this.memory = memory;
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
        try (Results results = new Results(run, memory)) {
          results.compute(pending);
          boolean more = true;
          for (int from = 0; more && from < results.count; from += Batch.MAX_ROWS) {
            int count = Math.min(Batch.MAX_ROWS, results.count - from);
            try (Batch rows = results.rows(from, count)) {
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

  /** The rows of one run with the columns of the calls. */
  private final class Results implements Source, AutoCloseable {
    private final Run run;
    private final MemoryScope memory;
    private final List<Column> columns = new ArrayList<>();
    private int count;
    private final AtomicInteger nextMorsel = new AtomicInteger();

    Results(Run run, MemoryScope memory) {
      this.run = run;
      this.memory = memory;
    }

    void compute(CollectedRows collected) {
      try (WindowRows rows = sorted(collected)) {
        count = rows.count();
        for (int i = 0; i < types.size(); i++) {
          columns.add(rows.rows().column(i).retain());
        }
        for (WindowCall call : plan.calls()) {
          run.check();
          columns.add(CallColumns.of(plan, call, rows, /* inOrder= */ false, /* places= */ null));
        }
      }
    }

    private WindowRows sorted(CollectedRows collected) {
      try (Batch table = collected.table()) {
        return WindowRows.of(table, keys, run, memory);
      }
    }

    @Override
    public int parallelism() {
      return Math.min(run.threads(), count / Batch.MAX_ROWS + 1);
    }

    @Override
    public SourceReader open(Worker worker) {
      return new SourceReader() {
        @Override
        public boolean advance(BatchSink out) {
          long from = (long) nextMorsel.getAndIncrement() * Batch.MAX_ROWS;
          if (from >= count) {
            return false;
          }
          try (Batch rows = rows((int) from, (int) Math.min(Batch.MAX_ROWS, count - from))) {
            return out.push(rows);
          }
        }

        @Override
        public void close() {}
      };
    }

    private Batch rows(int from, int length) {
      List<Column> slices = new ArrayList<>();
      try {
        for (Column column : columns) {
          slices.add(Columns.slice(column, from, length, memory));
        }
        return new Batch(length, slices);
      } catch (Throwable t) {
        slices.forEach(Column::close);
        throw t;
      }
    }

    @Override
    public void close() {
      columns.forEach(Column::close);
      columns.clear();
    }
  }
}
