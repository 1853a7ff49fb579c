package dev.tidemill.foundation.memory;

import java.util.concurrent.atomic.AtomicInteger;
import org.jspecify.annotations.Nullable;

/**
 * A piece of off-heap memory, charged to a {@link MemoryScope}, shared by counting: it is freed
 * when every {@link #retain()} and the allocation itself have been answered by a {@link #close()}.
 * Any thread may retain and close.
 *
 * <p>Content is undefined after {@link MemoryScope#allocate} (poison, where memory is checked) and
 * zero after {@link MemoryScope#allocateZeroed}. Where the scope has {@link DiskMemory}, a large
 * piece may be a mapped file.
 */
public final class Buffer implements AutoCloseable {
  private final long address;
  private final long capacity;
  private final LargePieces.@Nullable Piece piece;
  private final @Nullable MappedFile file;
  private final AtomicInteger references = new AtomicInteger(1);
  private volatile MemoryScope scope;

  /** The charge is already reserved with {@code scope}. */
  Buffer(MemoryScope scope, long capacity) {
    this.scope = scope;
    this.capacity = capacity;
    this.file = null;
    if (NativeMemory.isPooled(capacity)) {
      piece = null;
      address = NativeMemory.take(capacity);
    } else {
      piece = NativeMemory.takeLarge(capacity);
      address = piece.address();
    }
    if (Memory.CHECKED) {
      LiveMemory.add(address, capacity);
      Memory.fill(address, capacity, LiveMemory.POISON);
    }
  }

  /** Of a file, which it takes over; counted with {@code scope} already. */
  Buffer(MemoryScope scope, long capacity, MappedFile file) {
    this.scope = scope;
    this.capacity = capacity;
    this.piece = null;
    this.file = file;
    this.address = file.address();
    if (Memory.CHECKED) {
      LiveMemory.add(address, capacity);
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

  /** Whether it is a mapped file. */
  boolean isOnDisk() {
    return file != null;
  }

  /** Whether the content was zero when it was made: memory that the system gave for this piece. */
  boolean comesZeroed() {
    return file != null || piece != null && piece.isZero() && !Memory.CHECKED;
  }

  /** The file of a buffer that nobody else holds, which is gone then. */
  MappedFile takeFile() {
    MappedFile taken = file;
    if (taken == null || !references.compareAndSet(1, 0)) {
      throw new IllegalStateException("no file of one holder");
    }
    if (Memory.CHECKED) {
      LiveMemory.remove(address);
    }
    return taken;
  }

  /** Undoes {@link #takeFile}. */
  void giveFile() {
    references.set(1);
    if (Memory.CHECKED) {
      LiveMemory.add(address, capacity);
    }
  }

  /**
   * Charges the buffer to {@code target} from now on.
   *
   * @throws dev.tidemill.foundation.error.TidemillException MEMORY_LIMIT_EXCEEDED if it does not
   *     fit there
   */
  public void chargeTo(MemoryScope target) {
    synchronized (this) {
      if (target != scope && file != null) {
        target.addOnDisk(capacity);
        scope.addOnDisk(-capacity);
        scope = target;
      } else if (target != scope) {
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
        if (file != null) {
          ancestor.addOnDisk(capacity);
          scope.addOnDisk(-capacity);
        } else {
          scope.releaseUpTo(ancestor, capacity);
        }
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
      if (file == null) {
        Memory.fill(address, capacity, LiveMemory.POISON);
      }
      LiveMemory.remove(address);
    }
    if (file != null) {
      scope.addOnDisk(-capacity);
      file.close();
      return;
    }
    if (piece == null) {
      NativeMemory.give(address, capacity);
    } else {
      NativeMemory.giveLarge(piece);
    }
    scope.release(capacity);
  }
}
