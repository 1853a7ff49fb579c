package dev.tidemill.foundation.memory;

import org.jspecify.annotations.Nullable;

/**
 * Ints by index off the heap, which grow: 0 until something else is set. What it begins with takes
 * no memory, so that making one cannot fail. One thread at a time; loops may take {@link #address}
 * and go through {@link Memory}, four bytes an index, until it grows or is closed.
 */
public final class Ints implements AutoCloseable {
  private final MemoryScope scope;
  private @Nullable Buffer buffer;
  private long address;
  private int length;

  /** Without a length. */
  public Ints(MemoryScope scope) {
    this.scope = scope;
  }

  /** With indexes below {@code length} at least. */
  public Ints(MemoryScope scope, int length) {
    this.scope = scope;
    ensure(length);
  }

  /** Indexes go from 0 up to, without, this. */
  public int length() {
    return length;
  }

  /** Of index 0; meaningless without a length. */
  public long address() {
    return address;
  }

  public int get(int index) {
    return Memory.getInt(address + ((long) index << 2));
  }

  public void set(int index, int value) {
    Memory.putInt(address + ((long) index << 2), value);
  }

  public void add(int index, int value) {
    long at = address + ((long) index << 2);
    Memory.putInt(at, Memory.getInt(at) + value);
  }

  /**
   * Makes room for indexes below {@code count}; those that are new are 0.
   *
   * @throws dev.tidemill.foundation.error.TidemillException MEMORY_LIMIT_EXCEEDED; nothing has
   *     changed then
   */
  public void ensure(int count) {
    if (length < count) {
      grow(count);
    }
  }

  private void grow(int count) {
    Buffer grown = scope.grownZeroed(buffer, Growth.longer(length, count) * 4L);
    buffer = grown;
    address = grown.address();
    length = (int) Math.min(grown.capacity() >>> 2, Growth.MAX_LENGTH);
  }

  /** Sets the indexes from {@code from} up to, without, {@code to} to 0. */
  public void clear(int from, int to) {
    if (to > from) {
      Memory.fill(address + from * 4L, (to - from) * 4L, (byte) 0);
    }
  }

  /** Copies {@code count} of them within; the ranges may overlap. */
  public void copy(int from, int to, int count) {
    Memory.copy(address + from * 4L, address + to * 4L, count * 4L);
  }

  /** Gives its memory back: it is without a length again. */
  @Override
  public void close() {
    if (buffer != null) {
      buffer.close();
      buffer = null;
      address = 0;
      length = 0;
    }
  }
}
