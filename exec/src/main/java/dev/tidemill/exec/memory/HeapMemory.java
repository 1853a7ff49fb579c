package dev.tidemill.exec.memory;

import dev.tidemill.foundation.memory.MemoryScope;
import java.util.Arrays;

/**
 * Accounts for an operator's big arrays on the heap: directories of hash tables, keys,
 * accumulators. What grows is reserved before it is made. One thread at a time.
 */
public final class HeapMemory implements AutoCloseable {
  /** Below this many elements arrays double, above they grow by half. */
  private static final int DOUBLING = 1 << 24;

  private static final int MAX_LENGTH = Integer.MAX_VALUE - 16;

  private final MemoryScope scope;
  private long reserved;

  public HeapMemory(MemoryScope scope) {
    this.scope = scope;
  }

  /** Reserves {@code bytes} of what the caller is about to allocate. */
  public void reserve(long bytes) {
    scope.reserveHeap(bytes);
    reserved += bytes;
  }

  public void release(long bytes) {
    scope.releaseHeap(bytes);
    reserved -= bytes;
  }

  /** A new array, reserved. */
  public int[] ints(int length) {
    reserve(length * 4L);
    return new int[length];
  }

  /** A new array, reserved. */
  public long[] longs(int length) {
    reserve(length * 8L);
    return new long[length];
  }

  /**
   * The array itself if it has {@code length} elements, else a longer one with its content, which
   * replaces it.
   */
  public long[] grow(long[] array, int length) {
    if (array.length >= length) {
      return array;
    }
    int longer = longer(array.length, length);
    reserve((longer - array.length) * 8L);
    return Arrays.copyOf(array, longer);
  }

  public int[] grow(int[] array, int length) {
    if (array.length >= length) {
      return array;
    }
    int longer = longer(array.length, length);
    reserve((longer - array.length) * 4L);
    return Arrays.copyOf(array, longer);
  }

  public double[] grow(double[] array, int length) {
    if (array.length >= length) {
      return array;
    }
    int longer = longer(array.length, length);
    reserve((longer - array.length) * 8L);
    return Arrays.copyOf(array, longer);
  }

  public boolean[] grow(boolean[] array, int length) {
    if (array.length >= length) {
      return array;
    }
    int longer = longer(array.length, length);
    reserve(longer - array.length);
    return Arrays.copyOf(array, longer);
  }

  public <T> T[] grow(T[] array, int length) {
    if (array.length >= length) {
      return array;
    }
    int longer = longer(array.length, length);
    reserve((longer - array.length) * 8L);
    return Arrays.copyOf(array, longer);
  }

  private static int longer(int from, int length) {
    long grown = from < DOUBLING ? from * 2L : from + from / 2L;
    return (int) Math.clamp(Math.max(grown, 16), length, MAX_LENGTH);
  }

  /** Releases all that is still reserved. */
  @Override
  public void close() {
    scope.releaseHeap(reserved);
    reserved = 0;
  }
}
