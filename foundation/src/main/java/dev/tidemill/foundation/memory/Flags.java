package dev.tidemill.foundation.memory;

import org.jspecify.annotations.Nullable;

/**
 * Flags by index off the heap, which grow: false until set. What it begins with takes no memory, so
 * that making one cannot fail. One thread at a time; loops may take {@link #address} and go through
 * {@link Memory}, a byte an index, until it grows or is closed.
 */
public final class Flags implements AutoCloseable {
  private final MemoryScope scope;
  private @Nullable Buffer buffer;
  private long address;
  private int length;

  /** Without a length. */
  public Flags(MemoryScope scope) {
    this.scope = scope;
  }

  /** With indexes below {@code length} at least. */
  public Flags(MemoryScope scope, int length) {
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

  public boolean get(int index) {
    return Memory.getByte(address + index) != 0;
  }

  public void set(int index, boolean value) {
    Memory.putByte(address + index, (byte) (value ? 1 : 0));
  }

  /**
   * Makes room for indexes below {@code count}; those that are new are false.
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
    Buffer grown = scope.grownZeroed(buffer, Growth.longer(length, count));
    buffer = grown;
    address = grown.address();
    length = (int) Math.min(grown.capacity(), Growth.MAX_LENGTH);
  }

  /** Sets the indexes from {@code from} up to, without, {@code to} to false. */
  public void clear(int from, int to) {
    if (to > from) {
      Memory.fill(address + from, (to - from), (byte) 0);
    }
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
