package dev.tidemill.exec.expression;

import dev.tidemill.foundation.batch.Bits;
import dev.tidemill.foundation.batch.BytesColumn;
import dev.tidemill.foundation.hash.Hash;
import dev.tidemill.foundation.memory.Memory;
import java.lang.invoke.MethodHandles;
import java.lang.invoke.VarHandle;
import java.nio.ByteOrder;
import java.util.List;

/**
 * A set of byte strings that columns are looked up in, without an object per row.
 *
 * <pre>
 *   slots   0        1        2         3         upper half of the hash, and place + 1; at most
 *           -        71f3 2   -         0a52 1    half full
 *   ends    0  3  8                               place p has the bytes ends[p] to ends[p + 1]
 * </pre>
 *
 * <p>Most strings that are not there are told by their length, or by a bit for their first and last
 * eight bytes, before all their bytes are hashed.
 *
 * <p>Immutable, for any number of threads.
 */
final class ByteStringSet {
  private static final int LAST_LENGTH = 63;
  private static final int BITS_PER_STRING = 16;
  private static final VarHandle LONG =
      MethodHandles.byteArrayViewVarHandle(long[].class, ByteOrder.LITTLE_ENDIAN);

  private final byte[] bytes;
  private final int[] ends;
  private final long[] slots;

  /** A bit for each {@link #edges} that occurs. */
  private final long[] edges;

  /** A bit for each length that occurs, the last one for all that are as long or longer. */
  private final long lengths;

  ByteStringSet(List<byte[]> values) {
    int size = 0;
    for (byte[] value : values) {
      size = Math.addExact(size, value.length);
    }
    this.bytes = new byte[size];
    this.ends = new int[values.size() + 1];
    this.slots = new long[Integer.highestOneBit(Math.max(1, values.size())) * 4];
    this.edges = new long[Math.max(1, Integer.highestOneBit(values.size()) * BITS_PER_STRING / 32)];
    long seen = 0;
    for (int place = 0; place < values.size(); place++) {
      byte[] value = values.get(place);
      int start = ends[place];
      System.arraycopy(value, 0, bytes, start, value.length);
      ends[place + 1] = start + value.length;
      seen |= lengthBit(value.length);
      if (value.length >= 8) {
        long bit = edges((long) LONG.get(value, 0), (long) LONG.get(value, value.length - 8));
        edges[(int) (bit >>> 6) & (edges.length - 1)] |= 1L << bit;
      }
      long hash = Hash.ofBytes(value, 0, value.length);
      int slot = (int) hash & (slots.length - 1);
      while (slots[slot] != 0) {
        slot = slot + 1 & (slots.length - 1);
      }
      slots[slot] = hash >>> 32 << 32 | place + 1;
    }
    this.lengths = seen;
  }

  private static long edges(long first, long last) {
    return (first * 0x9E3779B97F4A7C15L ^ last) * 0xC2B2AE3D27D4EB4FL >>> 24;
  }

  private boolean mayContain(long address, int length) {
    if (length < 8) {
      return true;
    }
    long bit = edges(Memory.getLong(address), Memory.getLong(address + length - 8));
    return (edges[(int) (bit >>> 6) & (edges.length - 1)] >>> bit & 1) != 0;
  }

  private static long lengthBit(int length) {
    return 1L << Math.min(LAST_LENGTH, length);
  }

  /** Sets the bits at {@code out} of the rows that count whose value is in the set, no others. */
  void find(BytesColumn column, Rows rows, long out) {
    Memory.fill(out, Bits.bytes(rows.length), (byte) 0);
    boolean mayHaveNulls = column.mayHaveNulls();
    for (int i = 0; i < rows.count; i++) {
      int row = rows.row(i);
      int length = column.lengthAt(row);
      if ((lengths & lengthBit(length)) != 0
          && !(mayHaveNulls && column.isNull(row))
          && mayContain(column.addressAt(row), length)
          && contains(column.addressAt(row), length)) {
        Bits.set(out, row);
      }
    }
  }

  private boolean contains(long address, int length) {
    long hash = Hash.ofBytes(address, length);
    int slot = (int) hash & (slots.length - 1);
    while (true) {
      long entry = slots[slot];
      if (entry == 0) {
        return false;
      }
      if ((entry ^ hash) >>> 32 == 0 && isAt((int) entry - 1, address, length)) {
        return true;
      }
      slot = slot + 1 & (slots.length - 1);
    }
  }

  private boolean isAt(int place, long address, int length) {
    return ends[place + 1] - ends[place] == length
        && Memory.equal(address, bytes, ends[place], length);
  }
}
