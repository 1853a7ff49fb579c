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
import dev.tidemill.foundation.batch.Column;
import dev.tidemill.foundation.batch.Selection;
import dev.tidemill.foundation.memory.MemoryScope;
import dev.tidemill.foundation.row.EncodedRows;
import dev.tidemill.foundation.type.Type;
import dev.tidemill.plan.batch.OutputColumn;
import dev.tidemill.plan.batch.SortKey;
import dev.tidemill.plan.batch.TopNPlan;
import java.util.Arrays;
import java.util.List;

/**
 * The first rows in the order of the keys, ties broken by all columns. Each worker keeps the best
 * {@code n = offset + limit} rows it has seen and up to as many candidates again; when these are
 * full it sorts them, drops all but n, and from then on all workers take only rows before the nth,
 * see {@link TopNBound}.
 */
public final class TopNOperator extends Operator {
  private final List<Type> types;
  private final RowKeys keys;
  private final SortKey first;
  private final long limit;
  private final long offset;

  /** How many rows can be part of the result. */
  private final long best;

  public TopNOperator(TopNPlan plan, Operator input) {
    super(plan, List.of(input));
    this.types = plan.columns().stream().map(OutputColumn::type).toList();
    this.keys = RowKeys.withTieBreak(plan.keys(), types);
    this.first = keys.keys().getFirst();
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
    TopNBound bound = new TopNBound(first, types.get(first.column()));
    bound.tell(run, inputs().get(0), plan().columns().get(first.column()).nullable());
    run.connect(inputs().get(0), run.into(this, worker -> new Part(sorter, bound, run, memory)));
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
    private final TopNBound bound;
    private final long[] words = new long[Batch.MAX_ROWS];
    private final int[] scratch = new int[Batch.MAX_ROWS];

    Part(RowSorter sorter, TopNBound bound, Run run, MemoryScope memory) {
      this.sorter = sorter;
      this.bound = bound;
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
      TopNBound.Row last = bound.row();
      if (last == null) {
        rows.add(batch);
      } else {
        addBefore(last, batch);
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

    private void addBefore(TopNBound.Row last, Batch batch) {
      if (last.isNull()) {
        addBefore(last.key(), batch);
        return;
      }
      try (Batch near = notBehind(last, batch)) {
        if (near.rowCount() > 0) {
          addBefore(last.key(), near);
        }
      }
    }

    /** The rows whose first key is not behind, the caller's to close. */
    private Batch notBehind(TopNBound.Row last, Batch batch) {
      int count = batch.rowCount();
      int[] all = Worker.rows(batch);
      Column column = batch.column(first.column());
      FirstKey.words(column, first, all, count, scratch, words);
      long word = last.word() ^ Long.MIN_VALUE;
      int[] kept = new int[count];
      int left = 0;
      for (int i = 0; i < count; i++) {
        kept[left] = all[i];
        left += (words[i] ^ Long.MIN_VALUE) <= word || column.isNull(all[i]) ? 1 : 0;
      }
      return left == count ? batch.retain() : batch.select(new Selection(kept, left));
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
        int last = order[kept - 1];
        bound.tighten(table, last, keys.key(table, last));
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
