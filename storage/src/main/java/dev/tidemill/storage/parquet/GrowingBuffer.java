package dev.tidemill.storage.parquet;

import dev.tidemill.foundation.memory.Buffer;
import dev.tidemill.foundation.memory.Memory;
import dev.tidemill.foundation.memory.MemoryScope;
import org.jspecify.annotations.Nullable;

/** Bytes being written off-heap. One thread. */
final class GrowingBuffer implements AutoCloseable {
  private static final int FIRST_BYTES = 4096;

  private final MemoryScope scope;
  private @Nullable Buffer buffer;
  private int size;

  GrowingBuffer(MemoryScope scope) {
    this.scope = scope;
  }

  int size() {
    return size;
  }

  /** Where the bytes start; until more are written. */
  long address() {
    return buffer == null ? 0 : buffer.address();
  }

  void clear() {
    size = 0;
  }

  /** Cuts off what stands behind {@code length}. */
  void truncate(int length) {
    size = length;
  }

  /** Makes room for {@code bytes} more and counts them as written; where they are to stand. */
  long extend(int bytes) {
    Buffer current = buffer;
    long needed = (long) size + bytes;
    if (needed > Integer.MAX_VALUE) {
      throw ParquetErrors.tooLarge(
          "values of few rows have more than %,d bytes", Integer.MAX_VALUE);
    }
    if (current == null) {
      current = scope.allocate(Math.max(needed, FIRST_BYTES));
      buffer = current;
    } else if (needed > current.capacity()) {
      Buffer grown = scope.allocate(Math.max(needed, current.capacity() * 2));
      Memory.copy(current.address(), grown.address(), size);
      current.close();
      current = grown;
      buffer = grown;
    }
    long at = current.address() + size;
    size = (int) needed;
    return at;
  }

  void putByte(int value) {
    Memory.putByte(extend(1), (byte) value);
  }

  void putVarint(int value) {
    int left = value;
    while ((left & ~0x7f) != 0) {
      putByte(left & 0x7f | 0x80);
      left >>>= 7;
    }
    putByte(left);
  }

  @Override
  public void close() {
    if (buffer != null) {
      buffer.close();
      buffer = null;
    }
    size = 0;
  }
}
