package dev.tidemill.exec.aggregate;

import dev.tidemill.exec.error.ExecErrors;
import dev.tidemill.exec.key.SharedTexts;
import dev.tidemill.exec.pipeline.BatchSink;
import dev.tidemill.exec.pipeline.Operator;
import dev.tidemill.exec.pipeline.Run;
import dev.tidemill.exec.pipeline.Sink;
import dev.tidemill.exec.pipeline.Source;
import dev.tidemill.exec.pipeline.SourceReader;
import dev.tidemill.exec.pipeline.Worker;
import dev.tidemill.exec.spill.HashPart;
import dev.tidemill.exec.spill.MemoryShare;
import dev.tidemill.exec.spill.Spill;
import dev.tidemill.foundation.batch.Batch;
import dev.tidemill.foundation.batch.Column;
import dev.tidemill.foundation.batch.Columns;
import dev.tidemill.foundation.hash.KeyGroups;
import dev.tidemill.foundation.memory.MemoryScope;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.function.Supplier;
import java.util.stream.IntStream;
import org.jspecify.annotations.Nullable;

/**
 * The groups of all rows of one operator in one run.
 *
 * <pre>
 *   worker 1   rows ─▶ group ids ─▶ accumulators   full: begin another ┐  a morsel for each range
 *   worker 2   rows ─▶ group ids ─▶ accumulators   full: begin another ┴▶ of partitions: merge, results
 * </pre>
 *
 * <p>Where memory is short, finished tables go to disk by the partitions of their keys, and are
 * merged from there, partition by partition.
 *
 * <p>Rows go to the finest grouping sets; coarser ones get the groups of a worker's finished
 * tables, see {@link RollUps}.
 *
 * <p>Each worker aggregates what it gets into tables of its own, the next one when one has outgrown
 * the cache. Of many groups, the workers then take range by range of the partitions of their keys'
 * hashes, merge those groups of all tables and give their results; few are merged at once.
 *
 * <p>{@code sink begin open* close}: what it gives are rows of the keys, NULL where a grouping set
 * has them not, and the results of the calls.
 */
public final class SpillingAggregation implements Source, AutoCloseable {
  /**
   * A table of more groups is left for a new one. Well above what a cache holds: where keys come
   * again near each other a larger table costs nothing, and where they do not, each merge does.
   */
  private static final int MAX_TABLE_GROUPS = 1 << 20;

  /** A table below this is not worth a place on disk. */
  private static final int SMALL_TABLE_BYTES = 1 << 15;

  /** About so many groups are merged in one go. */
  private static final int MORSEL_GROUPS = 1 << 14;

  private final String operator;
  private final Grouping grouping;
  private final RollUps rollUps;
  private final List<Call> calls;
  private final Run run;
  private final MemoryScope memory;
  private final Supplier<List<GroupKeys>> askedKeys;

  /** By grouping set; found when the first row comes, since joins have to be built before. */
  private @Nullable List<GroupKeys> keys;

  /** By grouping set. */
  private final List<List<GroupedAggregation>> tables = new ArrayList<>();

  /** Bytes of the largest of them: what it takes to put one on disk. */
  private volatile long largestTable;

  /** By grouping set. */
  private final List<List<SpilledGroups>> spilled = new ArrayList<>();

  /** Of what is merged in parts. */
  private final List<SharedTexts> sharedTexts = new ArrayList<>();

  private final MemoryShare share;
  private final Spill spill;
  private final List<Morsel> morsels = new ArrayList<>();
  private final AtomicInteger nextMorsel = new AtomicInteger();

  /**
   * @param keys by grouping set; asked for when the first row comes
   */
  SpillingAggregation(Operator owner, Grouping grouping, Supplier<List<GroupKeys>> keys, Run run) {
    this.operator = owner.name();
    this.grouping = grouping;
    this.rollUps = RollUps.of(grouping);
    this.calls = grouping.calls();
    this.askedKeys = keys;
    this.run = run;
    this.memory = run.memory(owner);
    for (int i = 0; i < grouping.groupingSets().size(); i++) {
      tables.add(new ArrayList<>());
      spilled.add(new ArrayList<>());
    }
    this.share = run.share(memory);
    this.spill = run.spill(owner, memory);
  }

  /** Where all keys decide. */
  public static SpillingAggregation of(Operator owner, Grouping grouping, Run run) {
    List<GroupKeys> keys =
        grouping.keyColumns().stream()
            .map(columns -> GroupKeys.of(columns, IntStream.range(0, columns.length).toArray()))
            .toList();
    return new SpillingAggregation(owner, grouping, () -> keys, run);
  }

  /** Where workers group their rows. */
  public Sink sink() {
    return worker -> new Part();
  }

  /** One worker's groups. */
  private final class Part implements BatchSink {
    private final List<GroupedAggregation> sets = new ArrayList<>();

    Part() {
      for (int i = 0; i < grouping.groupingSets().size(); i++) {
        sets.add(newSet(i));
      }
    }

    @Override
    public boolean push(Batch batch) {
      if (batch.weights() != null) {
        throw ExecErrors.weightedInput(operator);
      }
      long tableBytes = tableBytes();
      long bytes = 0;
      for (int i = 0; i < sets.size(); i++) {
        GroupedAggregation set = sets.get(i);
        if (rollUps.takesRows(i)) {
          set.add(batch);
        }
        if (isOutgrown(set, tableBytes)) {
          handOver(i);
        } else {
          bytes += set.bytes();
        }
      }
      if (isFull(bytes)) {
        spill();
        for (int i = 0; i < sets.size() && isFull(bytes); i++) {
          if (sets.get(i).bytes() > SMALL_TABLE_BYTES) {
            handOver(i);
            spill();
          }
        }
      }
      return true;
    }

    private boolean isOutgrown(GroupedAggregation set, long tableBytes) {
      return set.groupCount() >= MAX_TABLE_GROUPS || set.bytes() > tableBytes;
    }

    /** Gives the groups of a table that takes no more rows to the sets that are made of it. */
    private void rollUp(int index) {
      for (RollUps.To to : rollUps.from(index)) {
        GroupedAggregation coarser = sets.get(to.set());
        coarser.rollUp(sets.get(index), to.keys());
        if (isOutgrown(coarser, tableBytes())) {
          handOver(to.set());
        }
      }
    }

    /** Begins another table. */
    private void handOver(int index) {
      rollUp(index);
      GroupedAggregation set = sets.get(index);
      set.freeze();
      sets.set(index, newSet(index));
      add(index, set);
    }

    @Override
    public void finish() {
      for (int set : rollUps.order()) {
        run.check();
        rollUp(set);
      }
      for (int i = 0; i < sets.size(); i++) {
        if (isMergedInParts(sets.get(i))) {
          sets.get(i).freeze();
        }
      }
      while (!sets.isEmpty()) {
        add(sets.size() - 1, sets.removeLast());
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

    /** A partition of all spilled tables. */
    record Spilled(int set, int partition) implements Morsel {}
  }

  /** An aggregation of a grouping set, without groups. */
  private GroupedAggregation newSet(int set) {
    return new GroupedAggregation(keys().get(set), grouping.inputTypes(), calls, memory);
  }

  private synchronized List<GroupKeys> keys() {
    if (keys == null) {
      keys = askedKeys.get();
    }
    return keys;
  }

  /** What one table may have before another is begun. */
  private long tableBytes() {
    long tablesAtOnce = 4L * run.threads() * tables.size();
    return Math.max(SMALL_TABLE_BYTES, share.size() / tablesAtOnce);
  }

  /** Whether there is no room for tables of a worker to grow, or to be frozen. */
  private boolean isFull(long bytes) {
    return share.isFull(bytes * 2 * run.threads() + largestTable);
  }

  /** Puts finished tables on disk while there is no room. */
  private void spill() {
    for (int set = 0; set < tables.size(); set++) {
      GroupedAggregation table = take(set);
      while (table != null) {
        spill(set, table);
        table = isFull(0) ? take(set) : null;
      }
    }
  }

  private synchronized @Nullable GroupedAggregation take(int set) {
    List<GroupedAggregation> ofSet = tables.get(set);
    return ofSet.isEmpty() ? null : ofSet.removeLast();
  }

  private void spill(int set, GroupedAggregation table) {
    try (table) {
      if (table.groupCount() > 0) {
        table.freezeByColumns();
        SpilledGroups written = table.spill(spill, share, run);
        synchronized (this) {
          spilled.get(set).add(written);
        }
      }
    }
  }

  /** Takes a table over. */
  private synchronized void add(int set, GroupedAggregation table) {
    tables.get(set).add(table);
    largestTable = Math.max(largestTable, table.bytes());
  }

  /** Whether a worker's groups, with what the others have, are hardly merged in one go. */
  private boolean isMergedInParts(GroupedAggregation table) {
    return run.threads() > 1 && table.groupCount() > MORSEL_GROUPS / run.threads();
  }

  /** All rows have come: merges few groups, and says what morsels there are. */
  public void begin() {
    for (int set = 0; set < tables.size(); set++) {
      List<GroupedAggregation> ofSet = tables.get(set);
      dropEmpty(ofSet);
      if (!spilled.get(set).isEmpty() || isTooMuchToMerge(ofSet)) {
        for (GroupedAggregation table = take(set); table != null; table = take(set)) {
          spill(set, table);
        }
        for (int partition = 0; partition < SpilledGroups.PARTITIONS; partition++) {
          int at = partition;
          if (spilled.get(set).stream().anyMatch(written -> written.count(at) > 0)) {
            morsels.add(new Morsel.Spilled(set, partition));
          }
        }
        continue;
      }
      long groups = ofSet.stream().mapToLong(GroupedAggregation::groupCount).sum();
      if (groups > MORSEL_GROUPS && (ofSet.size() > 1 || ofSet.getFirst().isFrozen())) {
        freezeAlike(ofSet);
        SharedTexts texts = GroupedAggregation.sharedTexts(ofSet, memory);
        if (texts != null) {
          sharedTexts.add(texts);
        }
        int partitions = KeyGroups.COUNT;
        while (partitions > 1 && groups / partitions < MORSEL_GROUPS / 2) {
          partitions /= 2;
        }
        int step = KeyGroups.COUNT / partitions;
        for (int first = 0; first < KeyGroups.COUNT; first += step) {
          morsels.add(new Morsel.Partitions(set, first, first + step));
        }
      } else {
        GroupedAggregation merged = merge(set, ofSet);
        merged.finish();
        for (int from = 0; from < merged.groupCount(); from += Batch.MAX_ROWS) {
          int count = Math.min(Batch.MAX_ROWS, merged.groupCount() - from);
          morsels.add(new Morsel.Finished(set, merged, from, count));
        }
      }
    }
  }

  /** Whether there is no room for one more table like all of these together. */
  private boolean isTooMuchToMerge(List<GroupedAggregation> ofSet) {
    long bytes = ofSet.stream().mapToLong(GroupedAggregation::bytes).sum();
    return bytes > SMALL_TABLE_BYTES && share.isFull(bytes);
  }

  /** Leaves one table at least. */
  private void dropEmpty(List<GroupedAggregation> ofSet) {
    for (int i = ofSet.size() - 1; i >= 0 && ofSet.size() > 1; i--) {
      if (ofSet.get(i).groupCount() == 0) {
        ofSet.remove(i).close();
      }
    }
  }

  /** Freezes tables so that the same keys are in the same partitions of all. */
  private static void freezeAlike(List<GroupedAggregation> ofSet) {
    ofSet.forEach(GroupedAggregation::freeze);
    if (ofSet.stream().map(GroupedAggregation::form).distinct().count() > 1) {
      ofSet.forEach(GroupedAggregation::freezeByColumns);
    }
  }

  /** Merges all tables into the first, if it still takes any, or a new one; all stay open. */
  private GroupedAggregation merge(int set, List<GroupedAggregation> ofSet) {
    if (ofSet.getFirst().isFrozen()) {
      ofSet.addFirst(newSet(set));
    }
    GroupedAggregation first = ofSet.getFirst();
    List<GroupedAggregation> others = ofSet.subList(1, ofSet.size());
    for (GroupedAggregation other : others) {
      run.check();
      other.freeze();
      first.merge(other, 0, KeyGroups.COUNT);
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
      case Morsel.Spilled part ->
          new SpilledMerge(
                  spilled.get(part.set()),
                  part.partition(),
                  calls.size(),
                  () -> newSet(part.set()),
                  share,
                  memory,
                  run)
              .push(HashPart.ALL, merged -> push(part.set(), merged, out));
      case Morsel.Partitions part -> {
        try (GroupedAggregation merged = newSet(part.set())) {
          List<GroupedAggregation> ofSet = tables.get(part.set());
          merged.expect(
              ofSet.stream().mapToInt(table -> table.groupCount(part.first(), part.end())).sum());
          for (GroupedAggregation table : ofSet) {
            worker.check();
            merged.merge(table, part.first(), part.end());
          }
          merged.finish();
          yield push(part.set(), merged, out);
        }
      }
    };
  }

  /** All groups of a finished aggregation. */
  private boolean push(int set, GroupedAggregation merged, BatchSink out) {
    int groups = merged.groupCount();
    boolean more = true;
    for (int from = 0; more && from < groups; from += Batch.MAX_ROWS) {
      int count = Math.min(Batch.MAX_ROWS, groups - from);
      more = push(new Morsel.Finished(set, merged, from, count), out);
    }
    return more;
  }

  private boolean push(Morsel.Finished morsel, BatchSink out) {
    try (Batch rows = rows(morsel.set(), morsel.groups(), morsel.from(), morsel.count())) {
      return out.push(rows);
    }
  }

  private Batch rows(int setIndex, GroupedAggregation set, int from, int count) {
    List<Integer> positions = grouping.groupingSets().get(setIndex);
    List<Column> columns = new ArrayList<>();
    try {
      for (int key = 0; key < grouping.keys().size(); key++) {
        int index = positions.indexOf(key);
        columns.add(
            index < 0
                ? Columns.nulls(grouping.inputTypes().get(grouping.keys().get(key)), count, memory)
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
    tables.forEach(
        ofSet -> {
          ofSet.forEach(GroupedAggregation::close);
          ofSet.clear();
        });
    sharedTexts.forEach(SharedTexts::close);
    sharedTexts.clear();
    spill.close();
    share.done();
  }
}
