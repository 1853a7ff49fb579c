package dev.tidemill.streaming.state;

import dev.tidemill.foundation.memory.MemoryScope;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.TreeMap;

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
  private final Map<String, StateTable> tables = new LinkedHashMap<>();

  /** How many readers have pinned a version. */
  private final TreeMap<Long, Integer> pinned = new TreeMap<>();

  private long version;
  private long charged;

  /** Empty state, charged to {@code scope}. */
  public MemoryState(MemoryScope scope) {
    this(scope, -1);
  }

  MemoryState(MemoryScope scope, long version) {
    this.scope = scope;
    this.version = version;
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

  synchronized StateTable table(String name, StateTable.Shape shape) {
    StateTable table =
        tables.computeIfAbsent(
            name,
            n -> shape == StateTable.Shape.VALUE ? new ValueTable() : new MultisetTable(shape));
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
    version = step;
  }

  @Override
  public synchronized void rollback() {
    tables.values().forEach(StateTable::rollback);
    recharge();
  }

  @Override
  public synchronized void prepare() {
    recharge();
  }

  private void recharge() {
    long now = bytes();
    if (now > charged) {
      scope.reserve(now - charged);
    } else {
      scope.release(charged - now);
    }
    charged = now;
  }

  @Override
  public synchronized long bytes() {
    long bytes = 0;
    for (StateTable table : tables.values()) {
      bytes += table.bytes();
    }
    return bytes;
  }

  @Override
  public synchronized MemoryStateVersion read() {
    pinned.merge(version, 1, Integer::sum);
    return new MemoryStateVersion(this, version, tables());
  }

  synchronized void release(long pinnedVersion) {
    pinned.computeIfPresent(pinnedVersion, (v, readers) -> readers == 1 ? null : readers - 1);
    long oldest = pinned.isEmpty() ? Long.MAX_VALUE : pinned.firstKey();
    tables.values().forEach(table -> table.forgetUndo(oldest));
  }

  /** The names of all states with their tables, in the order they were made. */
  private List<Map.Entry<String, StateTable>> tables() {
    List<Map.Entry<String, StateTable>> all = new ArrayList<>();
    tables.forEach((name, table) -> all.add(Map.entry(name, table)));
    return all;
  }

  /** Gives the memory back. Pinned versions stay readable. */
  @Override
  public synchronized void close() {
    tables.clear();
    scope.release(charged);
    charged = 0;
  }
}
