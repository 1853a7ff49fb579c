package dev.tidemill.foundation.memory;

import org.jspecify.annotations.Nullable;

/**
 * Longs by index off the heap, which grow: 0 until something else is set. What it begins with takes
 * no memory, so that making one cannot fail. One thread at a time; loops may take {@link #address}
 * and go through {@link Memory}, eight bytes an index, until it grows or is closed.
 */
public final class Longs implements AutoCloseable {
  private final MemoryScope scope;
  private @Nullable Buffer buffer;
  private long address;
  private int length;

  /** Without a length. */
  public Longs(MemoryScope scope) {
    this.scope = scope;
  }

  /** With indexes below {@code length} at least. */
  public Longs(MemoryScope scope, int length) {
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

  public long get(int index) {
    return Memory.getLong(address + ((long) index << 3));
  }

  public void set(int index, long value) {
    Memory.putLong(address + ((long) index << 3), value);
  }

  public void add(int index, long value) {
    long at = address + ((long) index << 3);
    Memory.putLong(at, Memory.getLong(at) + value);
  }

  public double getDouble(int index) {
    return Memory.getDouble(address + ((long) index << 3));
  }

  public void setDouble(int index, double value) {
    Memory.putDouble(address + ((long) index << 3), value);
  }

  public void addDouble(int index, double value) {
    long at = address + ((long) index << 3);
    Memory.putDouble(at, Memory.getDouble(at) + value);
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
    Buffer grown = scope.grownZeroed(buffer, Growth.longer(length, count) * 8L);
    buffer = grown;
    address = grown.address();
    length = (int) Math.min(grown.capacity() >>> 3, Growth.MAX_LENGTH);
  }

  /** Sets the indexes from {@code from} up to, without, {@code to} to 0. */
  public void clear(int from, int to) {
    if (to > from) {
      Memory.fill(address + from * 8L, (to - from) * 8L, (byte) 0);
    }
  }

  /** Copies {@code count} of them within; the ranges may overlap. */
  public void copy(int from, int to, int count) {
    Memory.copy(address + from * 8L, address + to * 8L, count * 8L);
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
