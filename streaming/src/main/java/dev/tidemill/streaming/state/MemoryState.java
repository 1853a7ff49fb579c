package dev.tidemill.streaming.state;

import dev.tidemill.foundation.batch.Batch;
import dev.tidemill.foundation.batch.Column;
import dev.tidemill.foundation.batch.Columns;
import dev.tidemill.foundation.memory.MemoryScope;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.TreeMap;
import java.util.function.Function;
import org.jspecify.annotations.Nullable;

/**
 * State in memory. The newest values stand in the maps of the key groups; every change of a step
 * also leaves behind what stood there before, which serves to roll the step back and, after the
 * commit, the readers of older versions:
 *
 * <pre>
 *   version n      = the maps, with the changes of the running step undone
 *   version n - 1  = version n, with the changes of step n undone
 * </pre>
 *
 * Undo records are kept as long as a version before them is pinned. A key group's lock covers its
 * maps and its undo records, so a reader sees a group whole.
 */
public final class MemoryState implements QueryState, AutoCloseable {
  private final MemoryScope scope;
  private final MemoryScope columnScope;
  private final Map<String, StateTable> tables = new LinkedHashMap<>();
  private final Map<String, ColumnState> columns = new LinkedHashMap<>();

  /** What a snapshot had of columns that nobody has asked for yet. */
  private final Map<String, WrittenBlocks> written = new LinkedHashMap<>();

  /** How many readers have pinned a version. */
  private final TreeMap<Long, Integer> pinned = new TreeMap<>();

  private long version = -1;
  private final TableMemory tableMemory;
  private boolean isClosed;

  /** What is to be done once this is closed and nothing is pinned; null before and after. */
  private @Nullable Runnable afterClose;

  /** Empty state, charged to {@code scope}. */
  public MemoryState(MemoryScope scope) {
    this.scope = scope;
    this.columnScope = scope.lastingChild("state");
    this.tableMemory = new TableMemory(scope.child("states by key"));
  }

  @Override
  public KeyedValueState keyedValue(String name) {
    return (KeyedValueState) table(name, StateTable.Shape.VALUE);
  }

  @Override
  public KeyedMultisetState keyedMultiset(String name) {
    return (KeyedMultisetState) table(name, StateTable.Shape.MULTISET);
  }

  @Override
  public OrderedMultisetState orderedMultiset(String name) {
    return (OrderedMultisetState) table(name, StateTable.Shape.ORDERED_MULTISET);
  }

  @Override
  public synchronized void columns(String name, ColumnState added) {
    columns.put(name, added);
    try (WrittenBlocks blocks = written.remove(name)) {
      if (blocks != null) {
        blocks.restore(added);
      }
    }
  }

  @Override
  public MemoryScope memory() {
    return columnScope;
  }

  /** A block of what a snapshot has of a state in columns, behind those before it. */
  synchronized void addBlock(String name, int part, ColumnBlock block) {
    written.computeIfAbsent(name, n -> new WrittenBlocks(columnScope)).add(part, block);
  }

  /** What was added of a part does not count. */
  synchronized void dropBlocks(String name, int part) {
    WrittenBlocks blocks = written.get(name);
    if (blocks != null) {
      blocks.drop(part);
    }
  }

  /**
   * Takes over states of another, as they are between two steps, while those in columns here are
   * new. It stays as it is; what is taken by key is uncommitted.
   *
   * @param names what a state of the other is called here
   */
  public void copy(MemoryState from, Function<String, List<String>> names) {
    for (Map.Entry<String, StateTable> table : from.tables()) {
      for (String name : names.apply(table.getKey())) {
        copy(table.getValue(), name);
      }
    }
    from.columns()
        .forEach(
            (state, of) ->
                names
                    .apply(state)
                    .forEach(name -> copy(of, Objects.requireNonNull(columns().get(name)))));
  }

  private void copy(StateTable from, String name) {
    switch (from) {
      case ValueTable values -> values.forEach(keyedValue(name)::put);
      case MultisetTable rows -> rows.forEach(((MultisetTable) table(name, rows.shape()))::add);
    }
    recharge();
  }

  private void copy(ColumnState from, ColumnState to) {
    int[] numbers = new int[Batch.MAX_ROWS];
    for (int part = 0; part < from.parts(); part++) {
      int length = from.length(part);
      int next = 0;
      while (next < length) {
        int count = 0;
        for (; next < length && count < numbers.length; next++) {
          if (from.isThere(part, next)) {
            numbers[count++] = next;
          }
        }
        if (count > 0) {
          try (Batch rows = from.rows(part, numbers, count);
              Batch plain = plain(rows)) {
            to.restore(part, Arrays.copyOf(numbers, count), plain);
          }
        }
      }
    }
    to.restored();
  }

  private Batch plain(Batch rows) {
    List<Column> columns = new ArrayList<>();
    try {
      for (int i = 0; i < rows.columnCount(); i++) {
        columns.add(Columns.decode(rows.column(i), columnScope));
      }
      return new Batch(rows.length(), columns);
    } catch (Throwable t) {
      columns.forEach(Column::close);
      throw t;
    }
  }

  synchronized void restoreVersion(long step) {
    version = step;
  }

  /** The states in columns by name. */
  synchronized Map<String, ColumnState> columns() {
    return new LinkedHashMap<>(columns);
  }

  /** Whether it can be read no longer. */
  public synchronized boolean isClosed() {
    return isClosed;
  }

  synchronized StateTable table(String name, StateTable.Shape shape) {
    StateTable table =
        tables.computeIfAbsent(
            name,
            n ->
                shape == StateTable.Shape.VALUE
                    ? new ValueTable(tableMemory)
                    : new MultisetTable(shape, tableMemory));
    if (table.shape() != shape) {
      throw new IllegalArgumentException(
          "state " + name + " is a " + table.shape() + ", not a " + shape);
    }
    return table;
  }

  @Override
  public synchronized long version() {
    return version;
  }

  @Override
  public synchronized void commit(long step) {
    if (step <= version) {
      throw new IllegalArgumentException("step " + step + " after version " + version);
    }
    prepare();
    boolean keep = !pinned.isEmpty();
    tables.values().forEach(table -> table.commit(step, keep));
    columns.values().forEach(ColumnState::commit);
    version = step;
  }

  @Override
  public synchronized void rollback() {
    tables.values().forEach(StateTable::rollback);
    columns.values().forEach(ColumnState::rollback);
    recharge();
  }

  @Override
  public synchronized void prepare() {
    columns.values().forEach(ColumnState::prepare);
    recharge();
  }

  private void recharge() {
    tableMemory.settle(tableBytes());
  }

  @Override
  public synchronized long bytes() {
    return tableBytes() + columns.values().stream().mapToLong(ColumnState::bytes).sum();
  }

  /** What each state holds, in the order they were made. Any thread, also while a step runs. */
  public synchronized List<StateSize> sizes() {
    List<StateSize> sizes = new ArrayList<>();
    tables.forEach(
        (name, table) ->
            sizes.add(
                new StateSize(
                    name,
                    table.shape() == StateTable.Shape.VALUE ? "values by key" : "rows by key",
                    table.keyCount(),
                    table.rowCount(),
                    table.bytes(),
                    0)));
    columns.forEach(
        (name, state) ->
            sizes.add(
                new StateSize(
                    name,
                    "columns",
                    state.keysHeld(),
                    state.rowsHeld(),
                    state.bytes(),
                    columnScope.onDisk(operator(name)) + state.bytesOnDisk())));
    return sizes;
  }

  /** Whose scope a state is charged to: {@code join1} of {@code join1.rows}. */
  private static String operator(String name) {
    int end = name.lastIndexOf('.');
    return end < 0 ? name : name.substring(0, end);
  }

  /** What of {@link #bytes} is on disk. */
  public long bytesOnDisk() {
    return scope.onDisk();
  }

  private long tableBytes() {
    long bytes = 0;
    for (StateTable table : tables.values()) {
      bytes += table.bytes();
    }
    return bytes;
  }

  @Override
  public synchronized MemoryStateVersion read() {
    pinned.merge(version, 1, Integer::sum);
    Map<String, VersionedColumns.Pin> pins = new LinkedHashMap<>();
    columns.forEach(
        (name, state) -> {
          if (state instanceof VersionedColumns versioned) {
            pins.put(name, versioned.pin());
          }
        });
    return new MemoryStateVersion(this, version, tables(), pins);
  }

  synchronized void release(long pinnedVersion) {
    pinned.computeIfPresent(pinnedVersion, (v, readers) -> readers == 1 ? null : readers - 1);
    long oldest = pinned.isEmpty() ? Long.MAX_VALUE : pinned.firstKey();
    tables.values().forEach(table -> table.forgetUndo(oldest));
    closeUnlessPinned();
  }

  /** The names of all states with their tables, in the order they were made. */
  synchronized List<Map.Entry<String, StateTable>> tables() {
    List<Map.Entry<String, StateTable>> all = new ArrayList<>();
    tables.forEach((name, table) -> all.add(Map.entry(name, table)));
    return all;
  }

  /** As {@link #close(Runnable)}, with nothing to follow. */
  @Override
  public void close() {
    close(() -> {});
  }

  /**
   * Gives the memory back; what pinned versions need, when the last is released. Then comes {@code
   * after}.
   */
  public synchronized void close(Runnable after) {
    isClosed = true;
    tables.clear();
    columns.values().forEach(ColumnState::close);
    columns.clear();
    written.values().forEach(WrittenBlocks::close);
    written.clear();
    tableMemory.close();
    afterClose = after;
    closeUnlessPinned();
  }

  private void closeUnlessPinned() {
    Runnable after = afterClose;
    if (after != null && pinned.isEmpty()) {
      afterClose = null;
      columnScope.close();
      after.run();
    }
  }
}
