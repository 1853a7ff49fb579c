package dev.tidemill.foundation.memory;

import java.util.Arrays;

/**
 * Memory from the operating system. Small pieces are powers of two cut from slabs that are never
 * given back, large ones are asked for one by one. Of these some are kept, up to a sixteenth of the
 * JVM's heap.
 */
final class NativeMemory {
  /** A line of the processor's cache: where each piece begins. */
  static final long ALIGNMENT = 64;

  private static final int MIN_SHIFT = 6;
  private static final int MAX_SHIFT = 20;
  private static final long SLAB_BYTES = 4L << 20;
  private static final LargePieces LARGE = new LargePieces(Runtime.getRuntime().maxMemory() / 16);
  private static final FreeList[] FREE = new FreeList[MAX_SHIFT + 1];

  static {
    for (int shift = MIN_SHIFT; shift <= MAX_SHIFT; shift++) {
      FREE[shift] = new FreeList(1L << shift);
    }
  }

  private NativeMemory() {}

  /** The bytes that a request for {@code bytes} really takes. */
  static long capacity(long bytes) {
    if (bytes > 1L << MAX_SHIFT) {
      return (bytes + 4095) & -4096L;
    }
    return 1L << shift(bytes);
  }

  static boolean isPooled(long capacity) {
    return capacity <= 1L << MAX_SHIFT;
  }

  /** Takes a pooled piece of {@code capacity} bytes (a result of {@link #capacity}). */
  static long take(long capacity) {
    return FREE[shift(capacity)].take();
  }

  static LargePieces.Piece takeLarge(long capacity) {
    return LARGE.take(capacity);
  }

  static void giveLarge(LargePieces.Piece piece) {
    LARGE.give(piece);
  }

  static void give(long address, long capacity) {
    FREE[shift(capacity)].give(address);
  }

  /** The first address from {@code address} on where a piece may begin. */
  static long aligned(long address) {
    return (address + ALIGNMENT - 1) & -ALIGNMENT;
  }

  private static int shift(long bytes) {
    return bytes <= 1L << MIN_SHIFT ? MIN_SHIFT : 64 - Long.numberOfLeadingZeros(bytes - 1);
  }

  private static final class FreeList {
    private final long pieceBytes;
    private long[] addresses = new long[16];
    private int count;

    FreeList(long pieceBytes) {
      this.pieceBytes = pieceBytes;
    }

    synchronized long take() {
      if (count == 0) {
        long slabBytes = Math.clamp(pieceBytes * 64, 1L << 16, SLAB_BYTES);
        long slab = aligned(Memory.allocate(slabBytes + ALIGNMENT));
        for (long at = slabBytes - pieceBytes; at >= 0; at -= pieceBytes) {
          give(slab + at);
        }
      }
      return addresses[--count];
    }

    synchronized void give(long address) {
      if (count == addresses.length) {
        addresses = Arrays.copyOf(addresses, count * 2);
      }
      addresses[count++] = address;
    }
  }
}
