package dev.tidemill.exec.sort;

import dev.tidemill.exec.error.ExecErrors;
import dev.tidemill.exec.memory.CollectedRows;
import dev.tidemill.exec.memory.HeapMemory;
import dev.tidemill.exec.pipeline.BatchSink;
import dev.tidemill.exec.pipeline.Downstream;
import dev.tidemill.exec.pipeline.Operator;
import dev.tidemill.exec.pipeline.Run;
import dev.tidemill.exec.pipeline.Team;
import dev.tidemill.exec.pipeline.Worker;
import dev.tidemill.foundation.batch.Batch;
import dev.tidemill.foundation.batch.Batches;
import dev.tidemill.foundation.batch.Selection;
import dev.tidemill.foundation.memory.MemoryScope;
import dev.tidemill.foundation.row.EncodedRows;
import dev.tidemill.foundation.type.Type;
import dev.tidemill.plan.batch.OutputColumn;
import dev.tidemill.plan.batch.TopNPlan;
import java.util.Arrays;
import java.util.List;
import org.jspecify.annotations.Nullable;

/**
 * The first rows in the order of the keys, ties broken by all columns. Each worker keeps the best
 * {@code n = offset + limit} rows it has seen and up to as many candidates again; when these are
 * full it sorts them, drops all but n, and from then on takes only rows before the nth.
 */
public final class TopNOperator extends Operator {
  private final List<Type> types;
  private final RowKeys keys;
  private final long limit;
  private final long offset;

  /** How many rows can be part of the result. */
  private final long best;

  public TopNOperator(TopNPlan plan, Operator input) {
    super(plan, List.of(input));
    this.types = plan.columns().stream().map(OutputColumn::type).toList();
    this.keys = RowKeys.withTieBreak(plan.keys(), types);
    this.limit = plan.limit();
    this.offset = plan.offset();
    this.best = limit == 0 ? 0 : limit > Long.MAX_VALUE - offset ? Long.MAX_VALUE : offset + limit;
  }

  @Override
  public String name() {
    return "TopN";
  }

  @Override
  protected void connect(Run run, Downstream down) {
    MemoryScope memory = run.memory(this);
    RowSorter sorter = run.own(new RowSorter(this, types, keys, best, run));
    run.connect(inputs().get(0), run.into(this, worker -> new Part(sorter, run, memory)));
    run.then(this, sorter::finish);
    run.pipeline(this, new SortedRows(sorter, offset, limit), down);
    run.then(this, sorter::close);
  }

  /** One worker's best rows. */
  private final class Part implements BatchSink {
    private final RowSorter sorter;
    private final Run run;
    private final MemoryScope memory;
    private final CollectedRows rows;
    private final EncodedRows encoded = new EncodedRows();

    /** The key of the nth row, once there are n: only rows before it matter. */
    private byte @Nullable [] bound;

    Part(RowSorter sorter, Run run, MemoryScope memory) {
      this.sorter = sorter;
      this.run = run;
      this.memory = memory;
      this.rows = sorter.rows();
    }

    @Override
    public boolean push(Batch batch) {
      if (batch.weights() != null) {
        throw ExecErrors.weightedInput(name());
      }
      if (best == 0) {
        return false;
      }
      if (sorter.isFull(rows)) {
        makeRoom();
      }
      if (bound == null) {
        rows.add(batch);
      } else {
        addBefore(bound, batch);
      }
      if (rows.count() / 2 >= best && rows.count() >= 2 * Batch.MAX_ROWS) {
        prune();
      }
      return true;
    }

    /** Drops what cannot be part of the result, else puts all that there is on disk. */
    private void makeRoom() {
      if (rows.count() / 2 >= best) {
        prune();
      } else {
        sorter.spill(rows);
      }
    }

    private void addBefore(byte[] limitKey, Batch batch) {
      keys.encode(batch, encoded);
      int[] all = Worker.rows(batch);
      int[] kept = new int[encoded.count()];
      int count = 0;
      for (int i = 0; i < kept.length; i++) {
        kept[count] = all[i];
        int compared =
            Arrays.compareUnsigned(
                encoded.bytes(), encoded.start(i), encoded.end(i), limitKey, 0, limitKey.length);
        count += compared < 0 ? 1 : 0;
      }
      if (count > 0) {
        try (Batch selected = batch.select(new Selection(kept, count))) {
          rows.add(selected);
        }
      }
    }

    /** Drops all but the best rows. */
    private void prune() {
      try (Batch table = rows.table();
          HeapMemory heap = new HeapMemory(memory)) {
        Team team = Team.alone(run);
        int[] order = SortedOrder.of(table, keys.keys(), new int[0], team, heap, memory).rows();
        int kept = (int) best;
        bound = keys.key(table, order[kept - 1]);
        for (int from = 0; from < kept; from += Batch.MAX_ROWS) {
          try (Batch part =
              Batches.take(table, order, from, Math.min(Batch.MAX_ROWS, kept - from), memory)) {
            rows.add(part);
          }
        }
      }
    }

    @Override
    public void finish() {
      sorter.add(rows);
    }

    @Override
    public void close() {
      rows.close();
    }
  }
}
