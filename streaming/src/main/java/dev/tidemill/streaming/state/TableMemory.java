package dev.tidemill.streaming.state;

import dev.tidemill.foundation.memory.MemoryScope;

/**
 * What the states by key of a query take on the heap. While a step runs, what they grow by is
 * charged a piece at a time, before it is made; what they shrink by, when it ends. One thread at a
 * time.
 */
final class TableMemory implements AutoCloseable {
  private static final long PIECE_BYTES = 64L << 10;

  /** Of what stood there before a change, beside its bytes, which the state had. */
  static final long UNDO_BYTES = 120;

  private final MemoryScope scope;
  private long charged;
  private long pending;

  /**
   * @param scope its own, closed with it
   */
  TableMemory(MemoryScope scope) {
    this.scope = scope;
  }

  /**
   * Bytes are about to be made.
   *
   * @throws dev.tidemill.foundation.error.TidemillException MEMORY_LIMIT_EXCEEDED
   */
  void grow(long bytes) {
    long all = pending + bytes;
    if (all >= PIECE_BYTES) {
      scope.reserveHeap(all);
      charged += all;
      all = 0;
    }
    pending = all;
  }

  /**
   * Between steps: so much there is.
   *
   * @throws dev.tidemill.foundation.error.TidemillException MEMORY_LIMIT_EXCEEDED
   */
  void settle(long bytes) {
    if (bytes > charged) {
      scope.reserveHeap(bytes - charged);
    } else {
      scope.releaseHeap(charged - bytes);
    }
    charged = bytes;
    pending = 0;
  }

  @Override
  public void close() {
    settle(0);
    scope.close();
  }
}
