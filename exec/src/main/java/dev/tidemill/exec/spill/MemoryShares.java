package dev.tidemill.exec.spill;

import dev.tidemill.foundation.memory.MemoryScope;
import java.util.List;
import java.util.concurrent.CopyOnWriteArrayList;

/**
 * How the operators of one run that can spill divide its memory among them. Each may take what the
 * others leave, but for what these are sure of: an equal part of half the memory, until they are
 * done. An eighth of all is left to whatever cannot spill: scans, batches on their way.
 *
 * <pre>
 *   1600 MB, a join (1000 MB), an aggregate (150 MB), a sort to come: each is sure of 266 MB
 *   the aggregate may have   1400 - 1150 - 266 (for the sort)   more: it is full, below its own
 *                            266 MB however it goes on
 * </pre>
 */
public final class MemoryShares {
  private final MemoryScope query;
  private final List<MemoryShare> shares = new CopyOnWriteArrayList<>();

  public MemoryShares(MemoryScope query) {
    this.query = query;
  }

  /** A share for the holder of {@code memory}; while operators are connected. */
  public MemoryShare share(MemoryScope memory) {
    MemoryShare share = new MemoryShare(this, memory);
    shares.add(share);
    return share;
  }

  /** What a holder is sure of. */
  long sure(long limit) {
    return limit / (2L * Math.max(1, shares.size()));
  }

  long limit() {
    return query.share();
  }

  /** How much more {@code holder} may take; negative where it has too much. */
  long room(MemoryShare holder, long limit) {
    long sure = sure(limit);
    long room = limit - limit / 8 - query.used();
    for (MemoryShare other : shares) {
      if (other != holder && !other.isDone()) {
        room -= Math.max(0, sure - other.used());
      }
    }
    return room;
  }

  long availableHeap() {
    return query.availableHeap();
  }
}
