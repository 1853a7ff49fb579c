package dev.tidemill.foundation.memory;

import java.util.ArrayDeque;
import java.util.Iterator;
import org.jspecify.annotations.Nullable;

/**
 * Large pieces that were given back, kept for the next that asks for one of the same size: the
 * system takes longer to give a page (0.7 µs for 4 KiB) than a loop to fill it with zeros. What was
 * kept longest goes first. Any thread.
 */
final class LargePieces {
  private final long mostBytes;
  private final ArrayDeque<Piece> kept = new ArrayDeque<>();
  private long bytes;

  /**
   * @param allocated what {@link Memory#allocate} gave for it, or 0 for huge pages
   * @param isZero whether its content is
   */
  record Piece(long address, long capacity, long allocated, boolean isZero) {}

  /** Asked for once the first piece is: the calls take a while to link. */
  private static final class Huge {
    static final @Nullable HugePages PAGES = HugePages.ofSystem();
  }

  LargePieces(long mostBytes) {
    this.mostBytes = mostBytes;
  }

  Piece take(long capacity) {
    synchronized (this) {
      for (Iterator<Piece> each = kept.descendingIterator(); each.hasNext(); ) {
        Piece piece = each.next();
        if (piece.capacity == capacity) {
          each.remove();
          bytes -= capacity;
          return piece;
        }
      }
    }
    return fresh(capacity);
  }

  private static Piece fresh(long capacity) {
    HugePages huge = HugePages.suits(capacity) ? Huge.PAGES : null;
    if (huge != null) {
      return new Piece(huge.map(capacity), capacity, 0, true);
    }
    long allocated = Memory.allocate(capacity + NativeMemory.ALIGNMENT);
    return new Piece(NativeMemory.aligned(allocated), capacity, allocated, false);
  }

  void give(Piece piece) {
    synchronized (this) {
      if (piece.capacity <= mostBytes / 2) {
        kept.add(new Piece(piece.address, piece.capacity, piece.allocated, false));
        bytes += piece.capacity;
      } else {
        close(piece);
      }
      while (bytes > mostBytes) {
        Piece oldest = kept.removeFirst();
        bytes -= oldest.capacity;
        close(oldest);
      }
    }
  }

  private static void close(Piece piece) {
    if (piece.allocated != 0) {
      Memory.free(piece.allocated);
      return;
    }
    HugePages huge = Huge.PAGES;
    if (huge != null) {
      huge.unmap(piece.address, piece.capacity);
    }
  }
}
