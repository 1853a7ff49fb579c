package dev.tidemill.exec.asof;

import dev.tidemill.exec.error.ExecErrors;
import dev.tidemill.exec.key.GroupTable;
import dev.tidemill.exec.memory.CollectedRows;
import dev.tidemill.exec.memory.HeapMemory;
import dev.tidemill.exec.pipeline.BatchSink;
import dev.tidemill.exec.pipeline.Downstream;
import dev.tidemill.exec.pipeline.Operator;
import dev.tidemill.exec.pipeline.Run;
import dev.tidemill.exec.pipeline.Worker;
import dev.tidemill.exec.sort.RowKeys;
import dev.tidemill.exec.sort.RowSorter;
import dev.tidemill.foundation.batch.Batch;
import dev.tidemill.foundation.batch.Column;
import dev.tidemill.foundation.batch.Columns;
import dev.tidemill.foundation.batch.Selection;
import dev.tidemill.foundation.memory.MemoryScope;
import dev.tidemill.foundation.type.Type;
import dev.tidemill.plan.batch.AsofJoinPlan;
import dev.tidemill.plan.batch.BatchPlan;
import dev.tidemill.plan.batch.OutputColumn;
import dev.tidemill.plan.batch.SortKey;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import org.jspecify.annotations.Nullable;

/**
 * Gives each left row the nearest right row in time: the right side is built in the order of its
 * times by key, each left row is sought there.
 *
 * <pre>
 *   right ─▶ collect ─▶ by key, in order                    left ─▶ seek ─▶ result
 * </pre>
 *
 * A right side that does not fit into memory is sorted, on disk, and so is the left one then; both
 * are merged.
 */
public final class AsofJoinOperator extends Operator {
  private final AsofJoinPlan plan;
  private final AsofSide left;
  private final AsofSide right;
  private final List<Type> leftTypes;
  private final List<Type> rightTypes;
  private final TimeWords times;
  private final RowKeys ties;

  public AsofJoinOperator(AsofJoinPlan plan, Operator left, Operator right) {
    super(plan, List.of(left, right));
    this.plan = plan;
    this.leftTypes = types(plan.left());
    this.rightTypes = types(plan.right());
    List<Type> keyTypes =
        AsofSide.keyTypes(leftTypes, plan.leftKeys(), rightTypes, plan.rightKeys());
    this.left = new AsofSide(plan.leftKeys(), keyTypes, plan.nullsMatch(), plan.leftTime());
    this.right = new AsofSide(plan.rightKeys(), keyTypes, plan.nullsMatch(), plan.rightTime());
    this.times = new TimeWords(plan.comparison());
    this.ties = RowKeys.of(plan.tieOrder(), rightTypes);
  }

  private static List<Type> types(BatchPlan plan) {
    return plan.columns().stream().map(OutputColumn::type).toList();
  }

  @Override
  public String name() {
    return "AsofJoin("
        + plan.left().columns().get(plan.leftTime()).name()
        + " "
        + plan.comparison().symbol()
        + " "
        + plan.right().columns().get(plan.rightTime()).name()
        + ")";
  }

  @Override
  protected void connect(Run run, Downstream down) {
    MemoryScope buildMemory = run.memory(this, name() + " build");
    MemoryScope memory = run.memory(this, name());
    Built built = run.own(new Built(run, buildMemory));
    RowKeys leftOrder = RowKeys.of(order(plan.leftKeys(), plan.leftTime()), leftTypes);
    RowSorter sorted = run.own(RowSorter.ofTwo(this, memory, leftTypes, leftOrder, run));
    run.connect(inputs().get(1), run.into(this, built.sorter.sink()));
    run.then(
        this,
        () -> {
          built.build(run);
          if (!built.isSpilled()) {
            sorted.close();
          }
        });
    run.connect(
        inputs().get(0),
        run.through(
            this,
            (worker, next) ->
                built.isSpilled()
                    ? new Aside(sorted.sink().open(worker), next)
                    : new Probe(built.table(), worker, memory, next),
            down));
    run.then(
        this,
        () -> {
          if (built.isSpilled()) {
            sorted.finish();
            built.sorter.finish();
          }
        });
    run.pipeline(
        this,
        new AsofMerge(
            built::isSpilled,
            new AsofMerge.Sorted(left, sorted),
            new AsofMerge.Sorted(right, built.sorter),
            rightTypes,
            times,
            plan.outer(),
            memory),
        down);
    run.then(this, sorted::close);
    run.then(this, built::close);
  }

  /** By key, then by time as its words go. */
  private List<SortKey> order(List<Integer> keys, int time) {
    List<SortKey> order = new ArrayList<>();
    for (int key : keys) {
      if (key != time) {
        order.add(new SortKey(key, false, false));
      }
    }
    order.add(new SortKey(time, !plan.comparison().looksBack(), false));
    return order;
  }

  /** The right side in one run. */
  private final class Built implements AutoCloseable {
    private final MemoryScope memory;
    private final RowSorter sorter;
    private @Nullable AsofTable table;

    Built(Run run, MemoryScope memory) {
      this.memory = memory;
      List<SortKey> order = order(plan.rightKeys(), plan.rightTime());
      order.addAll(plan.tieOrder());
      RowKeys keys = RowKeys.of(order, rightTypes);
      this.sorter = RowSorter.ofTwo(AsofJoinOperator.this, memory, rightTypes, keys, run);
    }

    void build(Run run) {
      CollectedRows rows = sorter.unsorted();
      if (sorter.isSpilled() || sorter.isFull(rows)) {
        sorter.spill(rows);
      } else {
        table = AsofTable.of(rows.table(), right, times, ties, memory, run);
      }
    }

    boolean isSpilled() {
      return sorter.isSpilled();
    }

    AsofTable table() {
      if (table == null) {
        throw ExecErrors.brokenPlan("a probe before the build");
      }
      return table;
    }

    @Override
    public void close() {
      sorter.close();
      if (table != null) {
        table.close();
        table = null;
      }
    }
  }

  /** One worker's left rows, which are sorted before they are joined. */
  private record Aside(BatchSink sorted, BatchSink next) implements BatchSink {
    @Override
    public boolean push(Batch batch) {
      return sorted.push(batch);
    }

    @Override
    public void finish() {
      sorted.finish();
      next.finish();
    }

    @Override
    public void close() {
      sorted.close();
      next.close();
    }
  }

  /** One worker's left rows. */
  private final class Probe implements BatchSink {
    private final AsofTable table;
    private final Worker worker;
    private final MemoryScope memory;
    private final HeapMemory heap;
    private final BatchSink next;
    private final GroupTable.Lookup lookup = new GroupTable.Lookup();

    /** By key where the row before was found. */
    private final int[] places;

    private int[] able = new int[Batch.MAX_ROWS];
    private int[] keys = new int[Batch.MAX_ROWS];
    private long[] words = new long[Batch.MAX_ROWS];

    /** By left row its match, or -1. */
    private int[] matches = new int[Batch.MAX_ROWS];

    Probe(AsofTable table, Worker worker, MemoryScope memory, BatchSink next) {
      this.table = table;
      this.worker = worker;
      this.memory = memory;
      this.next = next;
      this.heap = new HeapMemory(memory);
      this.places = heap.ints(table.keyCount());
    }

    @Override
    public boolean push(Batch batch) {
      if (batch.weights() != null) {
        throw ExecErrors.weightedInput(name());
      }
      if (table.isEmpty() && !plan.outer()) {
        return false;
      }
      worker.check();
      seek(batch);
      if (plan.outer()) {
        return push(batch, batch.selection());
      }
      int[] rows = Worker.rows(batch);
      int[] matched = new int[batch.rowCount()];
      int count = 0;
      for (int i = 0; i < batch.rowCount(); i++) {
        matched[count] = rows[i];
        count += matches[rows[i]] < 0 ? 0 : 1;
      }
      return count == 0 || push(batch, new Selection(matched, count));
    }

    /** Finds the matches of a batch. */
    private void seek(Batch batch) {
      int length = batch.length();
      if (matches.length < length) {
        matches = new int[length];
        able = new int[length];
        keys = new int[length];
        words = new long[length];
      }
      Arrays.fill(matches, 0, length, -1);
      int[] rows = Worker.rows(batch);
      int count = batch.rowCount();
      if (left.mayMiss(batch)) {
        int all = count;
        count = 0;
        for (int i = 0; i < all; i++) {
          able[count] = rows[i];
          count += left.canMatch(batch, rows[i]) ? 1 : 0;
        }
        rows = able;
      }
      table.find(left.keyColumns(batch), rows, count, keys, lookup);
      times.of(batch.column(left.time()), rows, count, words, 0, memory);
      for (int i = 0; i < count; i++) {
        if (keys[i] >= 0 && !times.seesNone(words[i])) {
          matches[rows[i]] = table.find(keys[i], times.limit(words[i]), places);
        }
      }
    }

    /** Pushes some left rows with their matches. */
    private boolean push(Batch batch, @Nullable Selection some) {
      int length = batch.length();
      // Few rows are copied, many stay where they are.
      Selection kept = some != null && some.count() * 2L > length ? some : null;
      List<Column> columns = new ArrayList<>();
      try {
        if (kept != null || some == null) {
          for (int i = 0; i < batch.columnCount(); i++) {
            columns.add(batch.column(i).retain());
          }
          addRight(columns, matches, length);
        } else {
          int[] chosen = new int[some.count()];
          for (int i = 0; i < chosen.length; i++) {
            chosen[i] = matches[some.row(i)];
          }
          for (int i = 0; i < batch.columnCount(); i++) {
            columns.add(Columns.compact(batch.column(i), some, memory));
          }
          length = chosen.length;
          addRight(columns, chosen, length);
        }
      } catch (Throwable t) {
        columns.forEach(Column::close);
        throw t;
      }
      try (Batch joined = new Batch(length, columns, kept, null)) {
        return next.push(joined);
      }
    }

    private void addRight(List<Column> columns, int[] rows, int count) {
      for (int i = 0; i < rightTypes.size(); i++) {
        columns.add(Columns.take(table.rows().column(i), rows, 0, count, memory));
      }
    }

    @Override
    public void finish() {
      next.finish();
    }

    @Override
    public void close() {
      heap.close();
      next.close();
    }
  }
}
