package dev.tidemill.foundation.row;

import dev.tidemill.foundation.hash.Hash;
import dev.tidemill.foundation.memory.Memory;
import java.util.Arrays;

/**
 * Encoded rows, one behind the other in one array that grows and is used again: row i is {@code
 * bytes()[start(i)]} up to {@code bytes()[end(i)]}. One thread.
 */
public final class EncodedRows {
  private byte[] bytes = new byte[1024];
  private int[] ends = new int[64];
  private int count;

  public int count() {
    return count;
  }

  /** The array of all rows; replaced when it grows. */
  public byte[] bytes() {
    return bytes;
  }

  public int start(int row) {
    return row == 0 ? 0 : ends[row - 1];
  }

  public int end(int row) {
    return ends[row];
  }

  public int length(int row) {
    return ends[row] - start(row);
  }

  /** Bytes of all rows. */
  public int size() {
    return count == 0 ? 0 : ends[count - 1];
  }

  /** A copy of the row's bytes. */
  public byte[] key(int row) {
    return Arrays.copyOfRange(bytes, start(row), ends[row]);
  }

  /** XXH64 of the row's bytes: for hash tables in memory, not for key groups. */
  public long hash(int row) {
    int start = start(row);
    return Hash.ofBytes(bytes, start, ends[row] - start);
  }

  public boolean equal(int row, EncodedRows other, int otherRow) {
    return Arrays.equals(
        bytes, start(row), ends[row], other.bytes, other.start(otherRow), other.ends[otherRow]);
  }

  public int compare(int row, EncodedRows other, int otherRow) {
    return Arrays.compareUnsigned(
        bytes, start(row), ends[row], other.bytes, other.start(otherRow), other.ends[otherRow]);
  }

  /** Copies a row's {@link #length} bytes to memory. */
  public void copyTo(int row, long address) {
    int start = start(row);
    Memory.copyFromArray(bytes, start, address, ends[row] - start);
  }

  /** Copies all {@link #size} bytes to memory. */
  public void copyAllTo(long address) {
    Memory.copyFromArray(bytes, 0, address, size());
  }

  /** Bytes on the heap. */
  public long heapBytes() {
    return bytes.length + ends.length * 4L;
  }

  /**
   * Starts over with {@code rows} rows of the given lengths, which become their ends; content is
   * undefined.
   */
  void reset(int rows, int[] lengths) {
    if (ends.length < rows) {
      ends = new int[Math.max(rows, ends.length * 2)];
    }
    count = rows;
    long total = 0;
    for (int i = 0; i < rows; i++) {
      total += lengths[i];
      ends[i] = (int) total;
    }
    if (total > Integer.MAX_VALUE - 16) {
      throw new IllegalArgumentException(
          "encoded rows of " + total + " bytes; encode fewer at a time");
    }
    if (bytes.length < total) {
      bytes = new byte[(int) Math.min(Integer.MAX_VALUE - 16, Math.max(total, bytes.length * 2L))];
    }
  }
}
