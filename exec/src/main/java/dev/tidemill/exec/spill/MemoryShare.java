package dev.tidemill.exec.spill;

import dev.tidemill.foundation.batch.Batch;
import dev.tidemill.foundation.memory.MemoryScope;

/** What one operator of a run may hold in memory before it has to spill. Any thread. */
public final class MemoryShare {
  private static final long MIN_BLOCK_BYTES = 1L << 12;
  private static final long MAX_BLOCK_BYTES = 1L << 18;

  private final MemoryShares all;
  private final MemoryScope memory;
  private volatile boolean done;

  MemoryShare(MemoryShares all, MemoryScope memory) {
    this.all = all;
    this.memory = memory;
  }

  long used() {
    return memory.used();
  }

  boolean isDone() {
    return done;
  }

  /** Bytes the operator may hold in all as things are, at least what it is sure of. */
  public long size() {
    long limit = all.limit();
    if (limit == MemoryScope.UNLIMITED) {
      return limit;
    }
    return Math.max(all.sure(limit), used() + all.room(this, limit));
  }

  /**
   * Whether the operator is to spill something before it takes {@code more} bytes: it has no room
   * for them, and has more than it is sure of.
   */
  public boolean isFull(long more) {
    long limit = all.limit();
    if (limit != MemoryScope.UNLIMITED
        && all.room(this, limit) < more
        && used() + more > all.sure(limit)) {
      return true;
    }
    return all.availableHeap() < more;
  }

  /** How large a block may be, so that some dozens of them find room. */
  public int blockBytes() {
    return (int) Math.clamp(size() / 64, MIN_BLOCK_BYTES, MAX_BLOCK_BYTES);
  }

  /** How many rows of so many bytes make a block. */
  public int blockRows(long bytesPerRow) {
    return (int) Math.clamp(blockBytes() / Math.max(1, bytesPerRow), 16, Batch.MAX_ROWS);
  }

  /** The operator holds nothing any more, and will not again. */
  public void done() {
    done = true;
  }
}
