package dev.tidemill.streaming.state;

import dev.tidemill.foundation.hash.KeyGroups;
import java.util.HashMap;
import java.util.Map;
import java.util.Set;
import java.util.function.BiConsumer;
import org.jspecify.annotations.Nullable;

/** A {@link KeyedValueState} in memory. */
final class ValueTable extends StateTable implements KeyedValueState {
  /** Of a key and its value in a hash map, beside their bytes. */
  private static final long ENTRY_BYTES = 112;

  private final Group[] groups = new Group[KeyGroups.COUNT];

  private final TableMemory memory;

  ValueTable(TableMemory memory) {
    this.memory = memory;
    for (int i = 0; i < groups.length; i++) {
      groups[i] = new Group();
    }
  }

  /** Guarded by itself. */
  private static final class Group {
    private final Map<Bytes, byte[]> values = new HashMap<>();
    private final UndoLog<Bytes, byte[]> undo = new UndoLog<>();
    private final ChangedKeys<Bytes> changes = new ChangedKeys<>();
    private long bytes;

    private void set(Bytes key, byte @Nullable [] value) {
      byte[] before = value == null ? values.remove(key) : values.put(key, value);
      if (before != null) {
        bytes -= before.length + key.value.length + ENTRY_BYTES;
      }
      if (value != null) {
        bytes += value.length + key.value.length + ENTRY_BYTES;
      }
    }
  }

  private Group groupOf(byte[] key) {
    return groups[group(key)];
  }

  @Override
  public byte @Nullable [] get(byte[] key) {
    Group group = groupOf(key);
    synchronized (group) {
      return group.values.get(new Bytes(key));
    }
  }

  @Override
  public void put(byte[] key, byte[] value) {
    change(key, value);
  }

  @Override
  public void remove(byte[] key) {
    change(key, null);
  }

  private void change(byte[] key, byte @Nullable [] value) {
    Group group = groupOf(key);
    Bytes wrapped = new Bytes(key);
    synchronized (group) {
      if (value != null) {
        memory.grow(key.length + value.length + ENTRY_BYTES);
      }
      group.undo.remember(wrapped, group.values.get(wrapped), memory);
      group.set(wrapped, value);
    }
  }

  @Override
  public void forEach(BiConsumer<byte[], byte[]> consumer) {
    for (Group group : groups) {
      synchronized (group) {
        group.values.forEach((key, value) -> consumer.accept(key.value, value));
      }
    }
  }

  @Override
  Shape shape() {
    return Shape.VALUE;
  }

  @Override
  void commit(long step, boolean keepUndo) {
    for (Group group : groups) {
      synchronized (group) {
        group.changes.mark(group.undo.changed(), group.values.size());
        group.undo.commit(step, keepUndo);
      }
    }
  }

  @Override
  void rollback() {
    for (Group group : groups) {
      synchronized (group) {
        group.undo.takeRunning().forEach(group::set);
      }
    }
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

  @Override
  long keyCount() {
    long count = 0;
    for (Group group : groups) {
      synchronized (group) {
        count += group.values.size();
      }
    }
    return count;
  }

  @Override
  long rowCount() {
    return keyCount();
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

  @Override
  void takeChanges(int number, int level, Entries entries) {
    Group group = groups[number];
    synchronized (group) {
      Set<Bytes> changed = group.changes.take(level, group.values.size());
      if (changed == null) {
        entries.begin(number, true, group.values.size());
        group.values.forEach((key, value) -> entries.put(key.value, value));
        return;
      }
      entries.begin(number, false, changed.size());
      for (Bytes key : changed) {
        byte[] value = group.values.get(key);
        if (value == null) {
          entries.remove(key.value);
        } else {
          entries.put(key.value, value);
        }
      }
    }
  }

  @Override
  void clear(int number) {
    Group group = groups[number];
    synchronized (group) {
      group.values.clear();
      group.bytes = 0;
    }
  }

  @Override
  void restore(byte[] key, byte[] content) {
    memory.grow(key.length + content.length + ENTRY_BYTES);
    Group group = groupOf(key);
    synchronized (group) {
      group.set(new Bytes(key), content);
    }
  }

  @Override
  void restoreRemoved(byte[] key) {
    Group group = groupOf(key);
    synchronized (group) {
      group.set(new Bytes(key), null);
    }
  }
}
