package dev.tidemill.streaming.state;

import dev.tidemill.foundation.hash.Hash;
import dev.tidemill.foundation.hash.KeyGroups;
import java.util.function.BiConsumer;

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

  /**
   * Lends all entries of a key group as of {@code version} as key and encoded content; see {@link
   * StateSnapshot}.
   */
  abstract void encode(int group, long version, BiConsumer<byte[], byte[]> consumer);

  /** Puts back an entry that {@link #encode} lent; no step is running. */
  abstract void restore(byte[] key, byte[] content);

  static int group(byte[] key) {
    return KeyGroups.of(Hash.ofBytes(key, 0, key.length));
  }
}
