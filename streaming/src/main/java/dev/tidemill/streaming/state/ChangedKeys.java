package dev.tidemill.streaming.state;

import java.util.Collection;
import java.util.HashSet;
import java.util.Set;
import org.jspecify.annotations.Nullable;

/**
 * Which entries of a key group's map snapshots of each level have not seen yet, as {@link
 * ChangedNumbers}; where these are many, the whole group.
 *
 * @param <K> what an entry is found by
 */
final class ChangedKeys<K> {
  /** Of so many entries, and of an eighth of all, it is not remembered which they are. */
  private static final int FEW = 64;

  private final @Nullable Set<K>[] changed = sets();
  private final boolean[] all = new boolean[ChangedNumbers.LEVELS];

  @SuppressWarnings({"unchecked", "rawtypes"})
  private static <K> @Nullable Set<K>[] sets() {
    return new @Nullable Set[ChangedNumbers.LEVELS];
  }

  /** A step has changed entries. */
  void mark(Collection<K> keys, int size) {
    mark(0, keys, size);
  }

  private void mark(int level, Collection<K> keys, int size) {
    if (all[level] || keys.isEmpty()) {
      return;
    }
    Set<K> marked = changed[level];
    if (marked == null) {
      marked = new HashSet<>();
      changed[level] = marked;
    }
    marked.addAll(keys);
    if (marked.size() > Math.max(FEW, size / 8)) {
      markAll(level);
    }
  }

  void markAll() {
    markAll(0);
  }

  private void markAll(int level) {
    all[level] = true;
    changed[level] = null;
  }

  boolean isMarked(int level) {
    for (int i = 0; i <= Math.min(level, ChangedNumbers.LEVELS - 1); i++) {
      if (all[i] || changed[i] != null) {
        return true;
      }
    }
    return false;
  }

  /**
   * Takes what a snapshot of a level is to write; null for the whole group.
   *
   * @param size how many entries the group has
   */
  @Nullable Set<K> take(int level, int size) {
    boolean whole = false;
    Set<K> taken = new HashSet<>();
    for (int i = 0; i <= Math.min(level, ChangedNumbers.LEVELS - 1); i++) {
      whole |= all[i];
      all[i] = false;
      Set<K> marked = changed[i];
      if (marked != null) {
        taken.addAll(marked);
        changed[i] = null;
      }
    }
    if (level + 1 < ChangedNumbers.LEVELS) {
      if (whole) {
        markAll(level + 1);
      } else {
        mark(level + 1, taken, size);
      }
    }
    return whole ? null : taken;
  }
}
