package dev.tidemill.foundation.memory;

import java.lang.foreign.Arena;
import java.util.concurrent.atomic.AtomicInteger;
import org.jspecify.annotations.Nullable;

/**
 * A piece of off-heap memory, charged to a {@link MemoryScope}, shared by counting: it is freed
 * when every {@link #retain()} and the allocation itself have been answered by a {@link #close()}.
 * Any thread may retain and close.
 *
 * <p>Content is undefined after {@link MemoryScope#allocate} (poison, where memory is checked) and
 * zero after {@link MemoryScope#allocateZeroed}.
 */
public final class Buffer implements AutoCloseable {
  private final long address;
  private final long capacity;
  private final @Nullable Arena arena;
  private final AtomicInteger references = new AtomicInteger(1);
  private volatile MemoryScope scope;

  /** The charge is already reserved with {@code scope}. */
  Buffer(MemoryScope scope, long capacity) {
    this.scope = scope;
    this.capacity = capacity;
    if (NativeMemory.isPooled(capacity)) {
      arena = null;
      address = NativeMemory.take(capacity);
    } else {
      arena = Arena.ofShared();
      address = arena.allocate(capacity, 64).address();
    }
    if (Memory.CHECKED) {
      LiveMemory.add(address, capacity);
      Memory.fill(address, capacity, LiveMemory.POISON);
    }
  }

  public long address() {
    return address;
  }

  /** Usable bytes: at least what was asked for. */
  public long capacity() {
    return capacity;
  }

  public Buffer retain() {
    if (references.getAndIncrement() <= 0) {
      throw new IllegalStateException("the buffer is freed");
    }
    return this;
  }

  /** Whether the caller's is the only reference, so that the content may be changed. */
  public boolean isExclusive() {
    return references.get() == 1;
  }

  /**
   * Charges the buffer to {@code target} from now on.
   *
   * @throws dev.tidemill.foundation.error.TidemillException MEMORY_LIMIT_EXCEEDED if it does not
   *     fit there
   */
  public void chargeTo(MemoryScope target) {
    synchronized (this) {
      if (target != scope) {
        target.reserve(capacity);
        scope.release(capacity);
        scope = target;
      }
    }
  }

  /**
   * As {@link #chargeTo}, but only if the buffer is charged below {@code ancestor}, where it surely
   * fits.
   */
  public void chargeUpTo(MemoryScope ancestor) {
    synchronized (this) {
      if (scope.isBelow(ancestor)) {
        scope.releaseUpTo(ancestor, capacity);
        scope = ancestor;
      }
    }
  }

  @Override
  public void close() {
    int left = references.decrementAndGet();
    if (left < 0) {
      throw new IllegalStateException("the buffer was closed too often");
    }
    if (left == 0) {
      free();
    }
  }

  private void free() {
    if (Memory.CHECKED) {
      Memory.fill(address, capacity, LiveMemory.POISON);
      LiveMemory.remove(address);
    }
    if (arena == null) {
      NativeMemory.give(address, capacity);
    } else {
      arena.close();
    }
    scope.release(capacity);
  }
}
