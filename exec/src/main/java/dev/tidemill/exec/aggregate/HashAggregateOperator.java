package dev.tidemill.exec.aggregate;

import dev.tidemill.exec.error.ExecErrors;
import dev.tidemill.exec.pipeline.BatchSink;
import dev.tidemill.exec.pipeline.Downstream;
import dev.tidemill.exec.pipeline.Operator;
import dev.tidemill.exec.pipeline.Run;
import dev.tidemill.exec.pipeline.Source;
import dev.tidemill.exec.pipeline.SourceReader;
import dev.tidemill.exec.pipeline.Worker;
import dev.tidemill.foundation.batch.Batch;
import dev.tidemill.foundation.batch.Column;
import dev.tidemill.foundation.batch.Columns;
import dev.tidemill.foundation.memory.MemoryScope;
import dev.tidemill.foundation.type.Type;
import dev.tidemill.plan.batch.AggregatePlan;
import dev.tidemill.plan.batch.OutputColumn;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.stream.Collectors;

/**
 * Groups rows by their keys and computes the calls over each group.
 *
 * <pre>
 *   worker 1   rows ─▶ group ids ─▶ accumulators ┐
 *   worker 2   rows ─▶ group ids ─▶ accumulators ┴▶ merge ─▶ results, 4,096 groups a morsel
 * </pre>
 *
 * <p>Each worker aggregates what it gets into a table of its own; the tables are then merged into
 * one. Every grouping set has tables of its own. An empty grouping set has one group, even over no
 * rows; any other has none over no rows.
 */
public final class HashAggregateOperator extends Operator {
  private final AggregatePlan plan;
  private final List<Type> inputTypes;
  private final List<Call> calls;

  public HashAggregateOperator(AggregatePlan plan, Operator input) {
    super(plan, List.of(input));
    this.plan = plan;
    this.inputTypes = plan.input().columns().stream().map(OutputColumn::type).toList();
    this.calls = plan.calls().stream().map(call -> Call.of(call, inputTypes)).toList();
    MemoryScope probe = MemoryScope.root("check", MemoryScope.UNLIMITED);
    for (Call call : calls) {
      call.state(probe).close();
    }
  }

  @Override
  public String name() {
    List<OutputColumn> columns = plan.input().columns();
    return plan.keys().stream()
        .map(key -> columns.get(key).name())
        .collect(Collectors.joining(", ", "HashAggregate(", ")"));
  }

  @Override
  protected void connect(Run run, Downstream down) {
    Groups groups = run.own(new Groups(run));
    run.connect(inputs().get(0), run.into(this, worker -> new Part(groups)));
    run.then(this, groups::merge);
    run.pipeline(this, groups, down);
  }

  private List<GroupedAggregation> newSets(MemoryScope memory) {
    List<GroupedAggregation> sets = new ArrayList<>();
    try {
      for (List<Integer> set : plan.groupingSets()) {
        int[] keys = set.stream().mapToInt(position -> plan.keys().get(position)).toArray();
        sets.add(new GroupedAggregation(keys, inputTypes, calls, memory));
      }
      return sets;
    } catch (Throwable t) {
      sets.forEach(GroupedAggregation::close);
      throw t;
    }
  }

  /** One worker's groups. */
  private final class Part implements BatchSink {
    private final Groups whole;
    private List<GroupedAggregation> sets;

    Part(Groups whole) {
      this.whole = whole;
      this.sets = newSets(whole.memory);
    }

    @Override
    public boolean push(Batch batch) {
      if (batch.weights() != null) {
        throw ExecErrors.weightedInput(name());
      }
      for (GroupedAggregation set : sets) {
        set.add(batch);
      }
      return true;
    }

    @Override
    public void finish() {
      whole.add(sets);
      sets = List.of();
    }

    @Override
    public void close() {
      sets.forEach(GroupedAggregation::close);
    }
  }

  /** All groups of one run: what the workers hand over, merged into the first. */
  private final class Groups implements Source, AutoCloseable {
    private final Run run;
    private final MemoryScope memory;
    private final List<List<GroupedAggregation>> parts = new ArrayList<>();
    private final AtomicInteger nextMorsel = new AtomicInteger();

    Groups(Run run) {
      this.run = run;
      this.memory = run.memory(HashAggregateOperator.this);
    }

    synchronized void add(List<GroupedAggregation> sets) {
      parts.add(sets);
    }

    void merge() {
      while (parts.size() > 1) {
        List<GroupedAggregation> merged = parts.getLast();
        for (int i = 0; i < merged.size(); i++) {
          run.check();
          sets().get(i).merge(merged.get(i));
        }
        merged.forEach(GroupedAggregation::close);
        parts.removeLast();
      }
      sets().forEach(GroupedAggregation::finish);
    }

    private List<GroupedAggregation> sets() {
      return parts.getFirst();
    }

    @Override
    public int parallelism() {
      long groups = 0;
      for (GroupedAggregation set : sets()) {
        groups += set.groupCount();
      }
      return (int) Math.min(run.threads(), groups / Batch.MAX_ROWS + 1);
    }

    @Override
    public SourceReader open(Worker worker) {
      return new SourceReader() {
        @Override
        public boolean advance(BatchSink out) {
          return push(nextMorsel.getAndIncrement(), out);
        }

        @Override
        public void close() {}
      };
    }

    /** Pushes the morsel of this number: morsels are numbered through all sets. */
    private boolean push(int number, BatchSink out) {
      int left = number;
      for (int i = 0; i < sets().size(); i++) {
        int groups = sets().get(i).groupCount();
        int morsels = (groups + Batch.MAX_ROWS - 1) / Batch.MAX_ROWS;
        if (left < morsels) {
          int from = left * Batch.MAX_ROWS;
          try (Batch rows = rows(i, from, Math.min(Batch.MAX_ROWS, groups - from))) {
            return out.push(rows);
          }
        }
        left -= morsels;
      }
      return false;
    }

    private Batch rows(int setIndex, int from, int count) {
      GroupedAggregation set = sets().get(setIndex);
      List<Integer> positions = plan.groupingSets().get(setIndex);
      List<Column> columns = new ArrayList<>();
      try {
        for (int key = 0; key < plan.keys().size(); key++) {
          int index = positions.indexOf(key);
          columns.add(
              index < 0
                  ? Columns.nulls(inputTypes.get(plan.keys().get(key)), count, memory)
                  : set.key(index, from, count, memory));
        }
        for (int call = 0; call < calls.size(); call++) {
          columns.add(set.result(call, from, count, memory));
        }
        return new Batch(count, columns);
      } catch (Throwable t) {
        columns.forEach(Column::close);
        throw t;
      }
    }

    @Override
    public synchronized void close() {
      parts.forEach(sets -> sets.forEach(GroupedAggregation::close));
      parts.clear();
    }
  }
}
