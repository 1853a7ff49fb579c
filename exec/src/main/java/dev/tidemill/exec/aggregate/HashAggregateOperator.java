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
import dev.tidemill.foundation.hash.KeyGroups;
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
 *   worker 1   rows ─▶ group ids ─▶ accumulators   full: begin another ┐  a morsel for each range
 *   worker 2   rows ─▶ group ids ─▶ accumulators   full: begin another ┴▶ of partitions: merge, results
 * </pre>
 *
 * <p>Each worker aggregates what it gets into tables of its own, the next one when one has outgrown
 * the cache. Of many groups, the workers then take range by range of the partitions of their keys'
 * hashes, merge those groups of all tables and give their results; few are merged at once. Every
 * grouping set has tables of its own. An empty grouping set has one group, even over no rows; any
 * other has none over no rows.
 */
public final class HashAggregateOperator extends Operator {
  /**
   * A table of more groups is left for a new one. Well above what a cache holds: where keys come
   * again near each other a larger table costs nothing, and where they do not, each merge does.
   */
  private static final int MAX_TABLE_GROUPS = 1 << 20;

  /** About so many groups are merged in one go. */
  private static final int MORSEL_GROUPS = 1 << 14;

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
    run.then(this, groups::begin);
    run.pipeline(this, groups, down);
  }

  private GroupedAggregation newSet(int index, MemoryScope memory) {
    int[] keys =
        plan.groupingSets().get(index).stream()
            .mapToInt(position -> plan.keys().get(position))
            .toArray();
    return new GroupedAggregation(keys, inputTypes, calls, memory);
  }

  /** One worker's groups. */
  private final class Part implements BatchSink {
    private final Groups whole;
    private final List<GroupedAggregation> sets = new ArrayList<>();

    Part(Groups whole) {
      this.whole = whole;
      for (int i = 0; i < plan.groupingSets().size(); i++) {
        sets.add(newSet(i, whole.memory));
      }
    }

    @Override
    public boolean push(Batch batch) {
      if (batch.weights() != null) {
        throw ExecErrors.weightedInput(name());
      }
      for (int i = 0; i < sets.size(); i++) {
        GroupedAggregation set = sets.get(i);
        set.add(batch);
        if (set.groupCount() >= MAX_TABLE_GROUPS) {
          set.freeze();
          sets.set(i, newSet(i, whole.memory));
          whole.add(i, set);
        }
      }
      return true;
    }

    @Override
    public void finish() {
      for (int i = 0; i < sets.size(); i++) {
        if (sets.get(i).groupCount() > MORSEL_GROUPS && whole.parallel()) {
          sets.get(i).freeze();
        }
      }
      while (!sets.isEmpty()) {
        whole.add(sets.size() - 1, sets.removeLast());
      }
    }

    @Override
    public void close() {
      sets.forEach(GroupedAggregation::close);
    }
  }

  /** What becomes results in one go. */
  private sealed interface Morsel {
    int set();

    /** Some groups of a finished aggregation. */
    record Finished(int set, GroupedAggregation groups, int from, int count) implements Morsel {}

    /** Some partitions of all tables. */
    record Partitions(int set, int first, int end) implements Morsel {}
  }

  /** All groups of one run: what the workers hand over. */
  private final class Groups implements Source, AutoCloseable {
    private final Run run;
    private final MemoryScope memory;

    /** By grouping set. */
    private final List<List<GroupedAggregation>> tables = new ArrayList<>();

    private final List<Morsel> morsels = new ArrayList<>();
    private final AtomicInteger nextMorsel = new AtomicInteger();

    Groups(Run run) {
      this.run = run;
      this.memory = run.memory(HashAggregateOperator.this);
      for (int i = 0; i < plan.groupingSets().size(); i++) {
        tables.add(new ArrayList<>());
      }
    }

    /** Takes a table over. */
    synchronized void add(int set, GroupedAggregation table) {
      tables.get(set).add(table);
    }

    boolean parallel() {
      return run.threads() > 1;
    }

    /** All rows have come: merges few groups, and says what morsels there are. */
    void begin() {
      for (int set = 0; set < tables.size(); set++) {
        List<GroupedAggregation> ofSet = tables.get(set);
        dropEmpty(ofSet);
        long groups = ofSet.stream().mapToLong(GroupedAggregation::groupCount).sum();
        if (groups > MORSEL_GROUPS && ofSet.size() > 1) {
          ofSet.forEach(GroupedAggregation::freeze);
          int partitions = KeyGroups.COUNT;
          while (partitions > 1 && groups / partitions < MORSEL_GROUPS / 2) {
            partitions /= 2;
          }
          int step = KeyGroups.COUNT / partitions;
          for (int first = 0; first < KeyGroups.COUNT; first += step) {
            morsels.add(new Morsel.Partitions(set, first, first + step));
          }
        } else {
          GroupedAggregation merged = merge(ofSet);
          merged.finish();
          for (int from = 0; from < merged.groupCount(); from += Batch.MAX_ROWS) {
            int count = Math.min(Batch.MAX_ROWS, merged.groupCount() - from);
            morsels.add(new Morsel.Finished(set, merged, from, count));
          }
        }
      }
    }

    /** Leaves one table at least. */
    private void dropEmpty(List<GroupedAggregation> ofSet) {
      for (int i = ofSet.size() - 1; i >= 0 && ofSet.size() > 1; i--) {
        if (ofSet.get(i).groupCount() == 0) {
          ofSet.remove(i).close();
        }
      }
    }

    /** Merges all tables into the first, which alone is left. */
    private GroupedAggregation merge(List<GroupedAggregation> ofSet) {
      GroupedAggregation first = ofSet.getFirst();
      while (ofSet.size() > 1) {
        run.check();
        try (GroupedAggregation other = ofSet.removeLast()) {
          other.freeze();
          first.merge(other, 0, KeyGroups.COUNT);
        }
      }
      return first;
    }

    @Override
    public int parallelism() {
      return Math.min(run.threads(), morsels.size());
    }

    @Override
    public SourceReader open(Worker worker) {
      return new SourceReader() {
        @Override
        public boolean advance(BatchSink out) {
          int next = nextMorsel.getAndIncrement();
          return next < morsels.size() && push(morsels.get(next), worker, out);
        }

        @Override
        public void close() {}
      };
    }

    private boolean push(Morsel morsel, Worker worker, BatchSink out) {
      return switch (morsel) {
        case Morsel.Finished part -> push(part, out);
        case Morsel.Partitions part -> {
          try (GroupedAggregation merged = newSet(part.set(), memory)) {
            List<GroupedAggregation> ofSet = tables.get(part.set());
            merged.expect(
                ofSet.stream().mapToInt(table -> table.groupCount(part.first(), part.end())).sum());
            for (GroupedAggregation table : ofSet) {
              worker.check();
              merged.merge(table, part.first(), part.end());
            }
            merged.finish();
            int groups = merged.groupCount();
            boolean more = true;
            for (int from = 0; more && from < groups; from += Batch.MAX_ROWS) {
              int count = Math.min(Batch.MAX_ROWS, groups - from);
              more = push(new Morsel.Finished(part.set(), merged, from, count), out);
            }
            yield more;
          }
        }
      };
    }

    private boolean push(Morsel.Finished morsel, BatchSink out) {
      try (Batch rows = rows(morsel.set(), morsel.groups(), morsel.from(), morsel.count())) {
        return out.push(rows);
      }
    }

    private Batch rows(int setIndex, GroupedAggregation set, int from, int count) {
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
      tables.forEach(ofSet -> ofSet.forEach(GroupedAggregation::close));
      tables.clear();
    }
  }
}
