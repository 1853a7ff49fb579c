package dev.tidemill.streaming.state;

import dev.tidemill.foundation.hash.Hash;
import dev.tidemill.foundation.hash.KeyGroups;

/** One state: what stands in its key groups, and how to undo the changes since older versions. */
abstract sealed class StateTable permits ValueTable, MultisetTable {
  /** What is kept per key. */
  enum Shape {
    VALUE,
    MULTISET,
    ORDERED_MULTISET
  }

  abstract Shape shape();

  /** Ends the running step. */
  abstract void commit(long step, boolean keepUndo);

  abstract void rollback();

  /** Forgets how to undo steps up to and including {@code oldestPinned}. */
  abstract void forgetUndo(long oldestPinned);

  abstract long bytes();

  /** How many keys there are. */
  abstract long keyCount();

  /** How many entries there are. */
  abstract long rowCount();

  /** Whether a key group has changes that a snapshot of a level is to write. */
  abstract boolean isChanged(int group, int level);

  /** The next snapshot writes the whole key group. */
  abstract void changeAll(int group);

  /**
   * Gives the changes of a key group that a snapshot of a level is to write, as key and content;
   * they count as written. No step is running.
   */
  abstract void takeChanges(int group, int level, Entries entries);

  /** Takes entries of a key group. */
  interface Entries {
    /**
     * @param whole whether these are all, and there is nothing else
     */
    void begin(int group, boolean whole, int count);

    /** One that is put in the place of another of this key. */
    void put(byte[] key, byte[] content);

    /** One that is gone. */
    void remove(byte[] key);
  }

  /** Empties a key group; nothing is uncommitted. */
  abstract void clear(int group);

  /** Puts an entry that was taken; no step is running. */
  abstract void restore(byte[] key, byte[] content);

  /** Removes an entry of that key; no step is running. */
  abstract void restoreRemoved(byte[] key);

  static int group(byte[] key) {
    return KeyGroups.of(Hash.ofBytes(key, 0, key.length));
  }
}
