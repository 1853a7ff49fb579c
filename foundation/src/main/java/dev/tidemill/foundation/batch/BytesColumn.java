package dev.tidemill.foundation.batch;

import dev.tidemill.foundation.memory.Buffer;
import dev.tidemill.foundation.memory.Memory;
import dev.tidemill.foundation.memory.MemoryScope;
import dev.tidemill.foundation.type.Type;
import java.nio.charset.StandardCharsets;
import java.util.List;
import org.jspecify.annotations.Nullable;

/**
 * VARCHAR or VARBINARY in Arrow's view layout: 16 bytes a row. The first 4 are the length. Up to
 * {@value #INLINE} bytes stand right behind it (the rest zero, so that equal short values are equal
 * as two longs); of a longer value the first 4 bytes stand there, then the number of the data
 * buffer and the offset in it.
 */
public final class BytesColumn extends Column {
  /** The longest value that stands in its view. */
  public static final int INLINE = 12;

  private final Buffer views;
  private final long address;
  private final Buffer[] data;
  private final long[] dataAddresses;

  /** Takes ownership of all buffers (one reference each). */
  public BytesColumn(
      Type type, int length, Buffer views, List<Buffer> data, @Nullable Buffer validity) {
    super(type, length, validity);
    this.views = views;
    this.address = views.address();
    this.data = data.toArray(Buffer[]::new);
    this.dataAddresses = new long[this.data.length];
    for (int i = 0; i < this.data.length; i++) {
      dataAddresses[i] = this.data[i].address();
    }
  }

  /** Address of the views; row i's is at {@code address() + i * 16}. */
  public long address() {
    return address;
  }

  /** The views' buffer, borrowed. */
  public Buffer viewsBuffer() {
    return views;
  }

  /** How many data buffers the long values lie in. */
  public int dataCount() {
    return data.length;
  }

  /** A data buffer, borrowed. */
  public Buffer dataBuffer(int index) {
    return data[index];
  }

  /** Bytes of the value. */
  public int lengthAt(int row) {
    return Memory.getInt(address + ((long) row << 4));
  }

  /** Where the value's bytes start. */
  public long addressAt(int row) {
    long view = address + ((long) row << 4);
    if (Memory.getInt(view) <= INLINE) {
      return view + 4;
    }
    return dataAddresses[Memory.getInt(view + 8)] + (Memory.getInt(view + 12) & 0xffff_ffffL);
  }

  public byte[] bytesAt(int row) {
    byte[] bytes = new byte[lengthAt(row)];
    Memory.copyToArray(addressAt(row), bytes, 0, bytes.length);
    return bytes;
  }

  public String stringAt(int row) {
    return new String(bytesAt(row), StandardCharsets.UTF_8);
  }

  /** Whether two rows hold the same bytes. */
  public boolean equalAt(int row, BytesColumn other, int otherRow) {
    long a = address + ((long) row << 4);
    long b = other.address + ((long) otherRow << 4);
    if (Memory.getLong(a) != Memory.getLong(b)) {
      return false;
    }
    int length = Memory.getInt(a);
    if (length <= INLINE) {
      return Memory.getLong(a + 8) == Memory.getLong(b + 8);
    }
    return Memory.equal(addressAt(row), other.addressAt(otherRow), length);
  }

  /**
   * Writes the view of a value at {@code view}.
   *
   * @param bytes where the value's bytes are; in data buffer {@code index} at {@code offset} if
   *     longer than {@link #INLINE}
   */
  public static void putView(long view, long bytes, int length, int index, int offset) {
    if (length <= INLINE) {
      Memory.putLong(view, length);
      Memory.putLong(view + 8, 0);
      Memory.copy(bytes, view + 4, length);
    } else {
      Memory.putInt(view, length);
      Memory.putInt(view + 4, Memory.getInt(bytes));
      Memory.putInt(view + 8, index);
      Memory.putInt(view + 12, offset);
    }
  }

  @Override
  Object objectAt(int row) {
    return type() instanceof Type.Varbinary ? bytesAt(row) : stringAt(row);
  }

  @Override
  void closeBuffers() {
    views.close();
    for (Buffer buffer : data) {
      buffer.close();
    }
  }

  @Override
  void chargeBuffersTo(MemoryScope scope) {
    views.chargeTo(scope);
    for (Buffer buffer : data) {
      buffer.chargeTo(scope);
    }
  }

  @Override
  long bufferBytes() {
    long bytes = views.capacity();
    for (Buffer buffer : data) {
      bytes += buffer.capacity();
    }
    return bytes;
  }
}
