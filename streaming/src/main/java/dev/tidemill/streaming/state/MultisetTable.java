package dev.tidemill.streaming.state;

import dev.tidemill.foundation.hash.KeyGroups;
import java.nio.ByteBuffer;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.NavigableMap;
import java.util.Set;
import java.util.TreeMap;
import org.jspecify.annotations.Nullable;

/**
 * A {@link KeyedMultisetState} in memory, ordered or not: per key a sorted map of rows. (A key's
 * rows are sorted in both shapes, so that what an unordered one gives is determined too.)
 */
final class MultisetTable extends StateTable implements OrderedMultisetState {
  /** Of a row and its weight in a sorted map, beside the row's bytes. */
  private static final long ROW_BYTES = 104;

  /** Of a key and its map, beside the key's bytes. */
  private static final long KEY_BYTES = 144;

  private final Shape shape;
  private final Group[] groups = new Group[KeyGroups.COUNT];

  private final TableMemory memory;

  MultisetTable(Shape shape, TableMemory memory) {
    this.memory = memory;
    this.shape = shape;
    for (int i = 0; i < groups.length; i++) {
      groups[i] = new Group();
    }
  }

  /** A row of a key: what a change is of. */
  private record KeyRow(Bytes key, Bytes row) {}

  /** Guarded by itself. */
  private static final class Group {
    private final Map<Bytes, TreeMap<Bytes, Long>> rows = new HashMap<>();
    private final UndoLog<KeyRow, Long> undo = new UndoLog<>();
    private final ChangedKeys<KeyRow> changes = new ChangedKeys<>();
    private long bytes;

    /** How many rows there are, each once. */
    private int size;

    private long weight(Bytes key, Bytes row) {
      TreeMap<Bytes, Long> ofKey = rows.get(key);
      return ofKey == null ? 0 : ofKey.getOrDefault(row, 0L);
    }

    private void set(Bytes key, Bytes row, long weight) {
      TreeMap<Bytes, Long> ofKey = rows.get(key);
      if (weight == 0) {
        if (ofKey != null && ofKey.remove(row) != null) {
          size--;
          bytes -= row.value.length + ROW_BYTES;
          if (ofKey.isEmpty()) {
            rows.remove(key);
            bytes -= key.value.length + KEY_BYTES;
          }
        }
        return;
      }
      if (ofKey == null) {
        ofKey = new TreeMap<>();
        rows.put(key, ofKey);
        bytes += key.value.length + KEY_BYTES;
      }
      if (ofKey.put(row, weight) == null) {
        size++;
        bytes += row.value.length + ROW_BYTES;
      }
    }
  }

  private Group groupOf(byte[] key) {
    return groups[group(key)];
  }

  @Override
  public long add(byte[] key, byte[] row, long weight) {
    Group group = groupOf(key);
    Bytes wrappedKey = new Bytes(key);
    Bytes wrappedRow = new Bytes(row);
    synchronized (group) {
      long before = group.weight(wrappedKey, wrappedRow);
      if (before == 0) {
        memory.grow(key.length + row.length + KEY_BYTES + ROW_BYTES);
      }
      group.undo.remember(new KeyRow(wrappedKey, wrappedRow), before, memory);
      long sum = Math.addExact(before, weight);
      group.set(wrappedKey, wrappedRow, sum);
      return sum;
    }
  }

  @Override
  public long weight(byte[] key, byte[] row) {
    Group group = groupOf(key);
    synchronized (group) {
      return group.weight(new Bytes(key), new Bytes(row));
    }
  }

  @Override
  public void forEach(byte[] key, RowConsumer consumer) {
    Group group = groupOf(key);
    synchronized (group) {
      NavigableMap<Bytes, Long> rows = group.rows.get(new Bytes(key));
      if (rows != null) {
        rows.forEach((row, weight) -> consumer.accept(row.value, weight));
      }
    }
  }

  @Override
  public void forEach(KeyRowConsumer consumer) {
    for (Group group : groups) {
      synchronized (group) {
        group.rows.forEach(
            (key, rows) ->
                rows.forEach((row, weight) -> consumer.accept(key.value, row.value, weight)));
      }
    }
  }

  @Override
  public void remove(byte[] key) {
    Group group = groupOf(key);
    Bytes wrapped = new Bytes(key);
    synchronized (group) {
      TreeMap<Bytes, Long> rows = group.rows.get(wrapped);
      if (rows != null) {
        rows.forEach(
            (row, weight) -> group.undo.remember(new KeyRow(wrapped, row), weight, memory));
        rows.keySet().forEach(row -> group.bytes -= row.value.length + ROW_BYTES);
        group.rows.remove(wrapped);
        group.bytes -= key.length + KEY_BYTES;
        group.size -= rows.size();
      }
    }
  }

  @Override
  public void forEachAscending(byte[] key, RowVisitor consumer) {
    visit(key, false, consumer);
  }

  @Override
  public void forEachDescending(byte[] key, RowVisitor consumer) {
    visit(key, true, consumer);
  }

  private void visit(byte[] key, boolean descending, RowVisitor consumer) {
    Group group = groupOf(key);
    synchronized (group) {
      NavigableMap<Bytes, Long> rows = group.rows.get(new Bytes(key));
      if (rows != null) {
        for (Map.Entry<Bytes, Long> row : (descending ? rows.descendingMap() : rows).entrySet()) {
          if (!consumer.visit(row.getKey().value, row.getValue())) {
            return;
          }
        }
      }
    }
  }

  @Override
  Shape shape() {
    return shape;
  }

  @Override
  void commit(long step, boolean keepUndo) {
    for (Group group : groups) {
      synchronized (group) {
        group.changes.mark(group.undo.changed(), group.size);
        group.undo.commit(step, keepUndo);
      }
    }
  }

  @Override
  void rollback() {
    for (Group group : groups) {
      synchronized (group) {
        group
            .undo
            .takeRunning()
            .forEach((at, before) -> group.set(at.key(), at.row(), orNone(before)));
      }
    }
  }

  private static long orNone(@Nullable Long weight) {
    return weight == null ? 0 : weight;
  }

  @Override
  void forgetUndo(long oldestPinned) {
    for (Group group : groups) {
      synchronized (group) {
        group.undo.forget(oldestPinned);
      }
    }
  }

  @Override
  long bytes() {
    long bytes = 0;
    for (Group group : groups) {
      synchronized (group) {
        bytes += group.bytes;
      }
    }
    return bytes;
  }

  /** All rows of a key group as of {@code version}. */
  void forEach(int number, long version, KeyRowConsumer consumer) {
    Group group = groups[number];
    List<KeyRow> rows = new ArrayList<>();
    List<Long> weights = new ArrayList<>();
    synchronized (group) {
      Map<KeyRow, @Nullable Long> changed = group.undo.since(version);
      group.rows.forEach(
          (key, ofKey) ->
              ofKey.forEach(
                  (row, weight) -> {
                    KeyRow at = new KeyRow(key, row);
                    if (changed.isEmpty() || !changed.containsKey(at)) {
                      rows.add(at);
                      weights.add(weight);
                    }
                  }));
      changed.forEach(
          (at, before) -> {
            if (orNone(before) != 0) {
              rows.add(at);
              weights.add(orNone(before));
            }
          });
    }
    for (int i = 0; i < rows.size(); i++) {
      consumer.accept(rows.get(i).key().value, rows.get(i).row().value, weights.get(i));
    }
  }

  @Override
  long keyCount() {
    long count = 0;
    for (Group group : groups) {
      synchronized (group) {
        count += group.rows.size();
      }
    }
    return count;
  }

  @Override
  long rowCount() {
    long count = 0;
    for (Group group : groups) {
      synchronized (group) {
        count += group.size;
      }
    }
    return count;
  }

  @Override
  boolean isChanged(int number, int level) {
    Group group = groups[number];
    synchronized (group) {
      return group.changes.isMarked(level);
    }
  }

  @Override
  void changeAll(int number) {
    Group group = groups[number];
    synchronized (group) {
      group.changes.markAll();
    }
  }

  /** An entry is a row of a key: its content is the weight in 8 bytes, 0 if gone, then the row. */
  @Override
  void takeChanges(int number, int level, Entries entries) {
    Group group = groups[number];
    synchronized (group) {
      Set<KeyRow> changed = group.changes.take(level, group.size);
      if (changed == null) {
        entries.begin(number, true, group.size);
        group.rows.forEach(
            (key, rows) ->
                rows.forEach((row, weight) -> entries.put(key.value, content(row, weight))));
        return;
      }
      entries.begin(number, false, changed.size());
      for (KeyRow at : changed) {
        entries.put(at.key().value, content(at.row(), group.weight(at.key(), at.row())));
      }
    }
  }

  private static byte[] content(Bytes row, long weight) {
    return ByteBuffer.allocate(8 + row.value.length).putLong(weight).put(row.value).array();
  }

  @Override
  void clear(int number) {
    Group group = groups[number];
    synchronized (group) {
      group.rows.clear();
      group.bytes = 0;
      group.size = 0;
    }
  }

  @Override
  void restore(byte[] key, byte[] content) {
    ByteBuffer buffer = ByteBuffer.wrap(content);
    long weight = buffer.getLong();
    byte[] row = new byte[buffer.remaining()];
    buffer.get(row);
    memory.grow(key.length + row.length + KEY_BYTES + ROW_BYTES);
    Group group = groupOf(key);
    synchronized (group) {
      group.set(new Bytes(key), new Bytes(row), weight);
    }
  }

  @Override
  void restoreRemoved(byte[] key) {
    throw new IllegalArgumentException("rows of a key are removed one by one");
  }
}
