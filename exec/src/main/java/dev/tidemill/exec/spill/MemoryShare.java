package dev.tidemill.exec.spill;

import dev.tidemill.foundation.memory.MemoryScope;

/** What one operator of a run may hold in memory before it has to spill. Any thread. */
public final class MemoryShare {
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

  /** The operator holds nothing any more, and will not again. */
  public void done() {
    done = true;
  }
}
