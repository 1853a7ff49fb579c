package dev.tidemill.streaming.aggregate;

import dev.tidemill.exec.aggregate.Accumulators;
import dev.tidemill.exec.aggregate.GroupedAccumulator;
import dev.tidemill.exec.aggregate.WeightedAccumulator;
import dev.tidemill.exec.key.GroupTable;
import dev.tidemill.exec.memory.HeapMemory;
import dev.tidemill.exec.pipeline.Worker;
import dev.tidemill.foundation.batch.Batch;
import dev.tidemill.foundation.batch.Column;
import dev.tidemill.foundation.batch.ColumnBuilder;
import dev.tidemill.foundation.batch.ColumnBuilders;
import dev.tidemill.foundation.batch.Columns;
import dev.tidemill.foundation.batch.FixedColumn;
import dev.tidemill.foundation.memory.Ints;
import dev.tidemill.foundation.memory.Longs;
import dev.tidemill.foundation.memory.MemoryScope;
import dev.tidemill.foundation.row.RowCodec;
import dev.tidemill.foundation.type.Type;
import dev.tidemill.plan.batch.AggregateCall;
import dev.tidemill.streaming.state.ChangedNumbers;
import dev.tidemill.streaming.state.ColumnState;
import dev.tidemill.streaming.state.Compaction;
import dev.tidemill.streaming.state.QueryState;
import dev.tidemill.streaming.state.Renumbered;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.function.Supplier;
import java.util.stream.IntStream;

/**
 * The groups of a standing GROUP BY: by group id its key, how many rows it has, and the state of
 * each call. What stood there of the groups that a step touches is kept until its end.
 *
 * <pre>
 *   (add | end)*   touched, before, now   (commit | rollback)
 * </pre>
 *
 * <p>A group without rows is gone; its id and key stay until there are many of these, and all are
 * numbered anew. Without keys there is one group, which is always there.
 */
public final class StandingGroups implements ColumnState {
  /** Fewer groups that are gone are not worth numbering the others anew. */
  private static final int FEW = 1024;

  private final List<Type> keyTypes;
  private final int[] keyColumns;
  private final MemoryScope memory;
  private final RowCodec keyCodec;
  private final List<GroupCall> calls = new ArrayList<>();
  private GroupTable table;

  /** By group. */
  private final Longs rows;

  /** By group, its place among those touched + 1, else 0. */
  private final Ints places;

  /** The groups that the step touches, in the order in which it did, and their rows before. */
  private final Ints touched;

  private final Longs rowsBefore;
  private int touchedCount;

  /** How many groups are there. */
  private int there;

  /** Whether the group without keys has been given out in a step that was committed. */
  private boolean begun;

  private final ChangedNumbers changes = new ChangedNumbers();
  private final Compaction compaction = new Compaction();

  /** While it is restored, by number that a group had when it was written its number + 1. */
  private int[] restored = new int[0];

  private final GroupTable.Lookup lookup = new GroupTable.Lookup();
  private int[] groups = new int[Batch.MAX_ROWS];
  private long[] weights = new long[Batch.MAX_ROWS];
  private int[] fresh = new int[Batch.MAX_ROWS];

  /** Told when groups get other numbers. */
  private Renumbering renumbering = (live, count) -> {};

  /** Group {@code live[i]} becomes i. */
  public interface Renumbering {
    void accept(int[] live, int count);
  }

  /**
   * @param inputTypes of the rows
   * @param keys the columns they are grouped by
   * @param changing whether rows go as well as come
   * @param state where it is part, as {@code name}
   */
  public StandingGroups(
      List<Type> inputTypes,
      List<Integer> keys,
      List<AggregateCall> aggregateCalls,
      boolean changing,
      QueryState state,
      String name) {
    this.keyTypes = keys.stream().map(inputTypes::get).toList();
    this.keyColumns = keys.stream().mapToInt(Integer::intValue).toArray();
    this.memory = state.memory().child(name);
    this.keyCodec = RowCodec.of(keyTypes);
    for (int i = 0; i < aggregateCalls.size(); i++) {
      calls.add(call(aggregateCalls.get(i), inputTypes, changing, state, name + ".call" + i));
    }
    this.table = GroupTable.of(keyTypes, memory);
    this.rows = new Longs(memory);
    this.places = new Ints(memory);
    this.touched = new Ints(memory);
    this.rowsBefore = new Longs(memory);
    ensure();
  }

  private GroupCall call(
      AggregateCall call, List<Type> inputTypes, boolean changing, QueryState state, String name) {
    List<Type> arguments = call.arguments().stream().map(inputTypes::get).toList();
    boolean isDistinct = CallSite.countsOnce(call);
    if (CallSite.isOfColumns(call, arguments)) {
      GroupedAccumulator made = accumulator(call, arguments);
      boolean fits =
          made instanceof WeightedAccumulator weighted && (weighted.removes() || !changing);
      made.close();
      if (fits) {
        Supplier<WeightedAccumulator> factory =
            () -> (WeightedAccumulator) accumulator(call, arguments);
        return new VectorCall(
            call, factory, isDistinct ? new DistinctValues(arguments, memory) : null);
      }
    }
    if (changing && ordersValues(call, arguments)) {
      return new ExtremeCall(call, arguments.getFirst(), memory);
    }
    return new ObjectCall(
        new CallSite(call, inputTypes, changing, state, name), call.type(), this::encoded, memory);
  }

  private static boolean ordersValues(AggregateCall call, List<Type> arguments) {
    return arguments.size() == 1
        && switch (call.function()) {
          case MIN, MAX, ANY_VALUE -> true;
          default -> false;
        };
  }

  private GroupedAccumulator accumulator(AggregateCall call, List<Type> arguments) {
    return Accumulators.of(
        call.function(), arguments, call.parameters(), call.user(), call.type(), memory);
  }

  private List<byte[]> encoded(int[] ids, int count) {
    List<Column> columns = table.keys(ids, count);
    try {
      return IntStream.range(0, count).mapToObj(i -> keyCodec.encodeRow(columns, i)).toList();
    } finally {
      columns.forEach(Column::close);
    }
  }

  /** Says when groups get other numbers. */
  public void onRenumbering(Renumbering told) {
    renumbering = told;
  }

  private void ensure() {
    int count = Math.max(1, table.groupCount());
    rows.ensure(count);
    places.ensure(count);
    for (GroupCall call : calls) {
      call.ensure(count);
    }
  }

  /** Adds the rows of a delta; calls that take long for it are done {@code together}. */
  public void add(Batch delta, Together together, MemoryScope scope) {
    int count = delta.rowCount();
    if (groups.length < count) {
      groups = new int[count];
      weights = new long[count];
      fresh = new int[count];
    }
    int[] deltaRows = Worker.rows(delta);
    List<Column> keys = new ArrayList<>(keyColumns.length);
    for (int column : keyColumns) {
      keys.add(delta.column(column));
    }
    table.groups(keys, deltaRows, count, groups);
    ensure();
    readWeights(delta, deltaRows, count);
    touch(groups, count);
    for (int i = 0; i < count; i++) {
      rows.set(groups[i], Math.addExact(rows.get(groups[i]), weights[i]));
    }
    List<Runnable> heavy = new ArrayList<>();
    for (GroupCall call : calls) {
      Runnable adding = () -> call.add(delta, deltaRows, groups, weights, count, scope);
      if (call.isHeavy()) {
        heavy.add(adding);
      } else {
        adding.run();
      }
    }
    together.run(count, heavy);
  }

  private void readWeights(Batch delta, int[] deltaRows, int count) {
    FixedColumn column = delta.weights();
    if (column == null) {
      Arrays.fill(weights, 0, count, 1);
    } else {
      for (int i = 0; i < count; i++) {
        weights[i] = column.longAt(deltaRows[i]);
      }
    }
  }

  /** Keeps what stands there of groups that the step has not touched yet. */
  private void touch(int[] ids, int count) {
    touched.ensure(touchedCount + count);
    rowsBefore.ensure(touchedCount + count);
    int added = 0;
    for (int i = 0; i < count; i++) {
      int group = ids[i];
      if (places.get(group) == 0) {
        places.set(group, touchedCount + added + 1);
        fresh[added++] = group;
      }
    }
    for (int i = 0; i < added; i++) {
      touched.set(touchedCount + i, fresh[i]);
      rowsBefore.set(touchedCount + i, rows.get(fresh[i]));
    }
    touchedCount += added;
    for (GroupCall call : calls) {
      call.save(fresh, added);
    }
  }

  /** Touches the one group without keys. */
  public void touchOnly() {
    touch(new int[] {0}, 1);
  }

  /** What all this is charged to. */
  public MemoryScope memory() {
    return memory;
  }

  /** The group of the i-th row of the delta that was added last. */
  public int added(int i) {
    return groups[i];
  }

  /** Adds what is kept of a group to another; the first is gone then. Only of calls of columns. */
  public void merge(int from, int to) {
    touch(new int[] {from}, 1);
    touch(new int[] {to}, 1);
    rows.set(to, Math.addExact(rows.get(to), rows.get(from)));
    rows.set(from, 0);
    for (GroupCall call : calls) {
      call.merge(from, to);
      call.clear(new int[] {from}, 1);
    }
  }

  /** Drops groups of which nothing comes any more. */
  public void end(int[] ended, int count) {
    for (int from = 0; from < count; from += fresh.length) {
      int[] part = Arrays.copyOfRange(ended, from, Math.min(count, from + fresh.length));
      touch(part, part.length);
      for (int group : part) {
        rows.set(group, 0);
      }
      for (GroupCall call : calls) {
        call.clear(part, part.length);
      }
    }
  }

  public int touchedCount() {
    return touchedCount;
  }

  /** The group in a place. */
  public int group(int place) {
    return touched.get(place);
  }

  /** Whether the group in a place was there before the step. */
  public boolean wasThere(int place) {
    return keyColumns.length == 0 ? begun : rowsBefore.get(place) != 0;
  }

  /** Whether a group is there. */
  public boolean isThere(int group) {
    return keyColumns.length == 0 || group < rows.length() && rows.get(group) != 0;
  }

  /** The groups of rows' keys, -1 of those that have none. */
  public void find(List<Column> keys, int[] of, int count, int[] ids) {
    table.find(keys, of, count, ids, lookup);
  }

  /** Whether a group was there when only the changes in the first places had been made. */
  public boolean wasThereAt(int group, int changes) {
    int place = places.get(group) - 1;
    return place < changes ? isThere(group) : wasThere(place);
  }

  /**
   * The results of each call when only the changes in the first places had been made; to be closed.
   */
  public List<Column> resultsAt(int[] ids, int count, int changes, MemoryScope scope) {
    int[] rows = new int[count];
    int[] current = new int[count];
    int others = 0;
    for (int i = 0; i < count; i++) {
      int place = places.get(ids[i]) - 1;
      rows[i] = place < changes ? touchedCount + others : place;
      if (place < changes) {
        current[others++] = ids[i];
      }
    }
    int same = others;
    return columns(
        call -> {
          try (Column then = call.before(0, touchedCount, scope);
              Column now = call.now(current, same, scope);
              Column both = Columns.concat(List.of(then, now), now.type(), scope)) {
            return Columns.take(both, rows, 0, count, scope);
          }
        });
  }

  /** The keys of groups, each at most once; the caller's to close. */
  public List<Column> keys(int[] ids, int count) {
    return table.keys(ids, count);
  }

  /** The results of each call before the step, of the groups in some places; to be closed. */
  public List<Column> before(int from, int count, MemoryScope scope) {
    return columns(call -> call.before(from, count, scope));
  }

  /** The results of each call; to be closed. */
  public List<Column> now(int[] ids, int count, MemoryScope scope) {
    return columns(call -> call.now(ids, count, scope));
  }

  private interface Results {
    Column of(GroupCall call);
  }

  private List<Column> columns(Results results) {
    List<Column> columns = new ArrayList<>(calls.size());
    try {
      for (GroupCall call : calls) {
        columns.add(results.of(call));
      }
      return columns;
    } catch (Throwable t) {
      columns.forEach(Column::close);
      throw t;
    }
  }

  @Override
  public void prepare() {
    calls.forEach(GroupCall::prepare);
  }

  @Override
  public void commit() {
    for (int place = 0; place < touchedCount; place++) {
      int group = touched.get(place);
      places.set(group, 0);
      changes.mark(group);
      there += (rows.get(group) == 0 ? 0 : 1) - (rowsBefore.get(place) == 0 ? 0 : 1);
    }
    begun |= touchedCount > 0;
    touchedCount = 0;
    calls.forEach(GroupCall::forgetSaved);
    int gone = table.groupCount() - there;
    if (keyColumns.length > 0 && gone > Math.max(FEW, table.groupCount() / 2)) {
      compaction.attempt(this::compact);
    }
  }

  @Override
  public void rollback() {
    for (int place = 0; place < touchedCount; place++) {
      rows.set(touched.get(place), rowsBefore.get(place));
      places.set(touched.get(place), 0);
    }
    int[] undone = new int[touchedCount];
    for (int place = 0; place < touchedCount; place++) {
      undone[place] = touched.get(place);
    }
    calls.forEach(call -> call.restore(undone, undone.length));
    touchedCount = 0;
  }

  /**
   * Numbers the groups that are there anew: all that needs room is made first, then nothing can
   * fail.
   */
  private void compact() {
    List<Renumbered> made = new ArrayList<>();
    try (HeapMemory heap = new HeapMemory(memory)) {
      heap.reserve(there * 4L);
      int[] live = live();
      for (GroupCall call : calls) {
        made.add(call.renumbered(live, live.length));
      }
      GroupTable fewer = tableOf(live);
      table.close();
      table = fewer;
      for (int i = 0; i < live.length; i++) {
        rows.set(i, rows.get(live[i]));
      }
      rows.clear(live.length, rows.length());
      made.forEach(Renumbered::take);
      changes.renumbered();
      renumbering.accept(live, live.length);
    } finally {
      made.forEach(Renumbered::close);
    }
  }

  /** A table of some of the groups. */
  private GroupTable tableOf(int[] live) {
    GroupTable fewer = GroupTable.of(keyTypes, memory);
    try {
      fewer.expect(live.length);
      int[] to = new int[Batch.MAX_ROWS];
      int[] all = IntStream.range(0, to.length).toArray();
      for (int from = 0; from < live.length; from += to.length) {
        int[] part = Arrays.copyOfRange(live, from, Math.min(live.length, from + to.length));
        List<Column> keys = table.keys(part, part.length);
        try {
          fewer.groups(keys, all, part.length, to);
        } finally {
          keys.forEach(Column::close);
        }
      }
    } catch (Throwable t) {
      fewer.close();
      throw t;
    }
    return fewer;
  }

  @Override
  public long bytes() {
    return memory.used() + memory.onDisk();
  }

  @Override
  public long keysHeld() {
    return keyColumns.length == 0 ? 1 : there;
  }

  @Override
  public long rowsHeld() {
    return keysHeld();
  }

  @Override
  public int parts() {
    return calls.size() + 1;
  }

  @Override
  public List<Type> types(int part) {
    if (part > 0) {
      return calls.get(part - 1).partTypes();
    }
    List<Type> types = new ArrayList<>(keyTypes);
    types.add(Type.BIGINT);
    calls.forEach(call -> types.addAll(call.stateTypes()));
    return types;
  }

  @Override
  public int length(int part) {
    if (part > 0) {
      return calls.get(part - 1).partLength();
    }
    return keyColumns.length == 0 ? 1 : table.groupCount();
  }

  @Override
  public ChangedNumbers changes(int part) {
    return part == 0 ? changes : calls.get(part - 1).partChanges();
  }

  @Override
  public boolean isThere(int part, int number) {
    if (part > 0) {
      return calls.get(part - 1).isPartThere(number);
    }
    return keyColumns.length == 0 ? begun : isThere(number);
  }

  @Override
  public Batch rows(int part, int[] numbers, int count) {
    if (part > 0) {
      return calls.get(part - 1).partRows(numbers, count, memory);
    }
    return written(types(0).subList(keyTypes.size(), types(0).size()), numbers, count);
  }

  private Batch written(List<Type> types, int[] ids, int length) {
    List<Column> columns = new ArrayList<>(table.keys(ids, length));
    try (ColumnBuilders written = new ColumnBuilders(types, memory, length)) {
      List<ColumnBuilder> builders = written.all();
      for (int i = 0; i < length; i++) {
        builders.get(0).appendLong(rows.get(ids[i]));
        int at = 1;
        for (GroupCall call : calls) {
          int end = at + call.stateTypes().size();
          call.writeState(ids[i], builders.subList(at, end));
          at = end;
        }
      }
      columns.addAll(written.build());
      return new Batch(length, columns);
    } catch (Throwable t) {
      columns.forEach(Column::close);
      throw t;
    }
  }

  @Override
  public void restore(int part, int[] numbers, Batch written) {
    if (part > 0) {
      calls.get(part - 1).readPart(written, restored);
      return;
    }
    int count = written.length();
    List<Column> columns =
        IntStream.range(0, written.columnCount()).mapToObj(written::column).toList();
    int first = keyColumns.length == 0 ? 0 : table.groupCount();
    int[] all = IntStream.range(0, count).toArray();
    table.groups(columns.subList(0, keyTypes.size()), all, count, new int[count]);
    ensure();
    FixedColumn rowsWritten = (FixedColumn) columns.get(keyTypes.size());
    for (int i = 0; i < count; i++) {
      rows.set(first + i, rowsWritten.longAt(i));
      if (numbers[i] >= restored.length) {
        restored = Arrays.copyOf(restored, Math.max(numbers[i] + 1, restored.length * 2));
      }
      restored[numbers[i]] = first + i + 1;
    }
    int at = keyTypes.size() + 1;
    for (GroupCall call : calls) {
      int end = at + call.stateTypes().size();
      call.readState(columns.subList(at, end), first, count);
      at = end;
    }
    there += count;
    begun = true;
  }

  @Override
  public void restored() {
    restored = new int[0];
  }

  /** All groups that are there, ascending. */
  public int[] live() {
    int[] live = new int[keysHeldNow()];
    int found = 0;
    for (int group = 0; group < length(0); group++) {
      if (isThere(group)) {
        live[found++] = group;
      }
    }
    return live;
  }

  private int keysHeldNow() {
    int count = 0;
    for (int group = 0; group < length(0); group++) {
      count += isThere(group) ? 1 : 0;
    }
    return count;
  }

  @Override
  public void close() {
    calls.forEach(GroupCall::close);
    table.close();
    rows.close();
    places.close();
    touched.close();
    rowsBefore.close();
    memory.close();
  }
}
