package dev.tidemill.streaming.state;

import java.util.HashMap;
import java.util.Map;
import java.util.Set;
import java.util.TreeMap;
import org.jspecify.annotations.Nullable;

/**
 * What stood in a key group's map before the changes of the running step, and of committed steps
 * that a pinned version has not seen. A value of null says that nothing stood there.
 *
 * @param <K> what a change is of
 * @param <V> what stood there
 */
final class UndoLog<K, V> {
  private final TreeMap<Long, Map<K, @Nullable V>> committed = new TreeMap<>();
  private Map<K, @Nullable V> running = new HashMap<>();

  /**
   * Remembers what stood at {@code key} before its first change in this step.
   *
   * @throws dev.tidemill.foundation.error.TidemillException MEMORY_LIMIT_EXCEEDED
   */
  void remember(K key, @Nullable V before, TableMemory memory) {
    if (!running.containsKey(key)) {
      memory.grow(TableMemory.UNDO_BYTES);
      running.put(key, before);
    }
  }

  boolean isClean() {
    return running.isEmpty();
  }

  /** What the running step has changed. */
  Set<K> changed() {
    return running.keySet();
  }

  void commit(long step, boolean keep) {
    if (running.isEmpty()) {
      return;
    }
    if (keep) {
      committed.put(step, running);
    }
    running = new HashMap<>();
  }

  /** What the running step changed, to be put back; forgotten here. */
  Map<K, @Nullable V> takeRunning() {
    Map<K, @Nullable V> taken = running;
    running = new HashMap<>();
    return taken;
  }

  void forget(long upTo) {
    committed.headMap(upTo, true).clear();
  }

  /** Everything changed since {@code version}, with what stood there then. */
  Map<K, @Nullable V> since(long version) {
    Map<K, @Nullable V> before = new HashMap<>(running);
    for (Map<K, @Nullable V> step : committed.tailMap(version, false).descendingMap().values()) {
      before.putAll(step);
    }
    return before;
  }
}
