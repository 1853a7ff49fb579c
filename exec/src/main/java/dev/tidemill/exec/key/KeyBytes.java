package dev.tidemill.exec.key;

import dev.tidemill.exec.memory.HeapMemory;
import dev.tidemill.foundation.row.EncodedRows;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;

/**
 * Byte strings, numbered as they are added, in pages on the heap. The bytes of a key are those of
 * {@link dev.tidemill.foundation.row.RowCodec}, so equal bytes are equal keys.
 */
public final class KeyBytes implements AutoCloseable {
  private static final int PAGE_BYTES = 1 << 18;
  private static final int FIRST_PAGE_BYTES = 1 << 12;

  private final HeapMemory memory;
  private final List<byte[]> pages = new ArrayList<>();
  private int used;
  private byte[] page = new byte[0];
  private int pageNumber;
  private long[] places = new long[0];
  private int[] lengths = new int[0];
  private int count;

  public KeyBytes(HeapMemory memory) {
    this.memory = memory;
  }

  public int count() {
    return count;
  }

  /** Copies key {@code row} of {@code keys}; its number is {@link #count()} before. */
  public void add(EncodedRows keys, int row) {
    int length = keys.length(row);
    if (used + length > page.length || page.length == 0) {
      int usual = Math.clamp(page.length * 2L, FIRST_PAGE_BYTES, PAGE_BYTES);
      int bytes = Math.max(length, usual);
      memory.reserve(bytes);
      page = new byte[bytes];
      pageNumber = pages.size();
      pages.add(page);
      used = 0;
    }
    System.arraycopy(keys.bytes(), keys.start(row), page, used, length);
    add((long) pageNumber << 32 | used, length);
    used += length;
  }

  private void add(long place, int length) {
    places = memory.grow(places, count + 1);
    lengths = memory.grow(lengths, count + 1);
    places[count] = place;
    lengths[count] = length;
    count++;
  }

  /** Whether key {@code number} is the same as key {@code row} of {@code keys}. */
  public boolean equal(int number, EncodedRows keys, int row) {
    int length = lengths[number];
    int start = keys.start(row);
    if (length != keys.end(row) - start) {
      return false;
    }
    int offset = (int) places[number];
    return Arrays.equals(
        pages.get((int) (places[number] >>> 32)),
        offset,
        offset + length,
        keys.bytes(),
        start,
        start + length);
  }

  /** A copy of a key's bytes. */
  public byte[] key(int number) {
    int offset = (int) places[number];
    return Arrays.copyOfRange(
        pages.get((int) (places[number] >>> 32)), offset, offset + lengths[number]);
  }

  /** Whether two keys are the same. */
  public boolean equal(int a, int b) {
    return lengths[a] == lengths[b] && compare(a, b) == 0;
  }

  public int compare(int a, int b) {
    int offsetA = (int) places[a];
    int offsetB = (int) places[b];
    return Arrays.compareUnsigned(
        pages.get((int) (places[a] >>> 32)),
        offsetA,
        offsetA + lengths[a],
        pages.get((int) (places[b] >>> 32)),
        offsetB,
        offsetB + lengths[b]);
  }

  /** The first eight bytes as an unsigned number in their order, missing ones zero. */
  public long prefix(int number) {
    byte[] bytes = pages.get((int) (places[number] >>> 32));
    int offset = (int) places[number];
    int length = Math.min(8, lengths[number]);
    long prefix = 0;
    for (int i = 0; i < length; i++) {
      prefix |= (bytes[offset + i] & 0xffL) << (56 - 8 * i);
    }
    return prefix;
  }

  /** Forgets everything; what was reserved is the {@link HeapMemory}'s to release. */
  @Override
  public void close() {
    pages.clear();
    page = new byte[0];
    places = new long[0];
    lengths = new int[0];
    count = 0;
  }
}
