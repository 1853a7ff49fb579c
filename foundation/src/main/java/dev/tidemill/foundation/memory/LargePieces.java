package dev.tidemill.foundation.memory;

import java.lang.foreign.Arena;
import java.util.ArrayDeque;
import java.util.Iterator;

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
   * @param isFresh whether its content is zero
   */
  record Piece(long address, long capacity, Arena arena, boolean isFresh) {}

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
    Arena arena = Arena.ofShared();
    try {
      return new Piece(arena.allocate(capacity, 64).address(), capacity, arena, true);
    } catch (Throwable t) {
      arena.close();
      throw t;
    }
  }

  void give(Piece piece) {
    synchronized (this) {
      if (piece.capacity <= mostBytes / 2) {
        kept.add(new Piece(piece.address, piece.capacity, piece.arena, false));
        bytes += piece.capacity;
      } else {
        piece.arena.close();
      }
      while (bytes > mostBytes) {
        Piece oldest = kept.removeFirst();
        bytes -= oldest.capacity;
        oldest.arena.close();
      }
    }
  }
}
