package dev.tidemill.exec.key;

import dev.tidemill.foundation.batch.Bits;
import dev.tidemill.foundation.batch.BytesColumn;
import dev.tidemill.foundation.batch.Column;
import dev.tidemill.foundation.batch.ColumnBuilder;
import dev.tidemill.foundation.memory.Buffer;
import dev.tidemill.foundation.memory.Ints;
import dev.tidemill.foundation.memory.Longs;
import dev.tidemill.foundation.memory.Memory;
import dev.tidemill.foundation.memory.MemoryScope;
import dev.tidemill.foundation.row.EncodedRows;
import dev.tidemill.foundation.row.RowCodec;
import dev.tidemill.foundation.type.Type;
import java.util.ArrayList;
import java.util.List;
import org.jspecify.annotations.Nullable;

/**
 * Byte strings of a group table, numbered as they are added, in pages off the heap. The bytes of a
 * key are those of {@link RowCodec}, so equal bytes are equal keys.
 */
final class StoredKeys implements AutoCloseable {
  private static final int FIRST_PAGE_BYTES = 1 << 12;
  private static final int MOST_PAGE_BYTES = 1 << 24;

  /** A page is this part of all there are, so that the last one wastes little. */
  private static final int PART = 4;

  /** Of a buffer of texts that are given out, unless one is longer. */
  private static final long MOST_TEXT_BYTES = 1 << 28;

  /** Keys that are decoded together: what a processor reads of them fits its cache. */
  private static final int TOGETHER = 256;

  /** So many keys do not fit it. */
  private static final int LARGE = 1 << 13;

  private final MemoryScope memory;
  private final List<Buffer> pages = new ArrayList<>();

  /** Of pages made here. */
  private long ownBytes;

  /** Where the page begins that is being filled, and which it is. */
  private long page;

  private int pageNumber;
  private int used;
  private long room;

  /** By key its page and the offset there, of 32 bits each. */
  private final Longs places;

  private final Ints lengths;
  private int count;

  /** Of {@link #readAhead}. */
  private long read;

  StoredKeys(MemoryScope memory) {
    this.memory = memory;
    this.places = new Longs(memory);
    this.lengths = new Ints(memory);
  }

  /** Copies key {@code row} of {@code keys}; its number is how many there were before. */
  void add(EncodedRows keys, int row) {
    int length = keys.length(row);
    if (used + length > room || room == 0) {
      begin(length);
    }
    Memory.copyFromArray(keys.bytes(), keys.start(row), page + used, length);
    add((long) pageNumber << 32 | used, length);
    used += length;
  }

  /** Adds the key of one text, NULL where the length is negative. */
  void addText(long text, int length) {
    int size = RowCodec.textLength(length);
    if (used + size > room || room == 0) {
      begin(size);
    }
    RowCodec.putText(text, length, page + used);
    add((long) pageNumber << 32 | used, size);
    used += size;
  }

  private void begin(int length) {
    long usual = Math.clamp(ownBytes / PART, FIRST_PAGE_BYTES, MOST_PAGE_BYTES);
    Buffer next = memory.allocate(Math.max(length, usual));
    pageNumber = pages.size();
    pages.add(next);
    ownBytes += next.capacity();
    page = next.address();
    room = Math.min(next.capacity(), Integer.MAX_VALUE);
    used = 0;
  }

  private void add(long place, int length) {
    places.ensure(count + 1);
    lengths.ensure(count + 1);
    places.set(count, place);
    lengths.set(count, length);
    count++;
  }

  /**
   * Lets keys of {@code other} be added without their bytes: it gets no more and stays open as long
   * as these. Says what {@link #addShared} needs.
   */
  int share(StoredKeys other) {
    int first = pages.size();
    other.pages.forEach(shared -> pages.add(shared.retain()));
    return first;
  }

  /** Adds a key of {@code other} after {@link #share} said {@code firstPage}. */
  void addShared(StoredKeys other, int number, int firstPage) {
    add(other.places.get(number) + ((long) firstPage << 32), other.lengths.get(number));
  }

  private long address(int number) {
    long place = places.get(number);
    return pages.get((int) (place >>> 32)).address() + (int) place;
  }

  /**
   * Reads keys one after the other in loops that do nothing else, where they are many, so that a
   * processor waits for many of them at once.
   *
   * @return what was read, without which the reads would be left out
   */
  long readAhead(int[] numbers, int from, int end) {
    if (count < LARGE) {
      return 0;
    }
    long sum = 0;
    for (int i = from; i < end; i++) {
      sum += readPlace(numbers[i]);
    }
    for (int i = from; i < end; i++) {
      sum += readBytes(numbers[i]);
    }
    return sum;
  }

  /** Reads where a key is. */
  long readPlace(int number) {
    return places.get(number) + lengths.get(number);
  }

  /** Reads some of a key. */
  long readBytes(int number) {
    int length = lengths.get(number);
    return length == 0
        ? 0
        : Memory.getByte(address(number)) + Memory.getByte(address(number) + length - 1);
  }

  /** Whether key {@code number} is the same as key {@code row} of {@code keys}. */
  boolean equal(int number, EncodedRows keys, int row) {
    int length = lengths.get(number);
    int start = keys.start(row);
    return length == keys.end(row) - start
        && Memory.equal(address(number), keys.bytes(), start, length);
  }

  /** Whether key {@code number} is the same as key {@code otherNumber} of {@code other}. */
  boolean equal(int number, StoredKeys other, int otherNumber) {
    int length = lengths.get(number);
    return length == other.lengths.get(otherNumber)
        && Memory.equal(address(number), other.address(otherNumber), length);
  }

  /** Whether key {@code number} is that of one text, NULL where the length is negative. */
  boolean equalText(int number, long text, int length) {
    int size = RowCodec.textLength(length);
    return size == lengths.get(number)
        && (length <= 0 || Memory.equal(RowCodec.textAddress(address(number)), text, length));
  }

  /** Which of two keys comes first as bytes. */
  int compare(int number, int other) {
    return Memory.compare(address(number), lengths.get(number), address(other), lengths.get(other));
  }

  /** The column of keys that are one text each, at least one; the caller's to close. */
  Column texts(int[] numbers, int keyCount, Type type) {
    long total = 0;
    int nulls = 0;
    for (int i = 0; i < keyCount; i++) {
      int length = RowCodec.lengthOfText(lengths.get(numbers[i]));
      nulls += length < 0 ? 1 : 0;
      total += length > BytesColumn.INLINE ? length : 0;
    }
    List<Buffer> made = new ArrayList<>();
    try {
      Buffer views = memory.allocate(keyCount * 16L);
      made.add(views);
      Buffer validity = null;
      if (nulls > 0) {
        validity = memory.allocate(Math.max(8, Bits.bytes(keyCount)));
        made.add(validity);
      }
      List<Buffer> data = new ArrayList<>();
      putTexts(numbers, keyCount, total, views.address(), validity, data, made);
      return new BytesColumn(type, keyCount, views, data, validity);
    } catch (Throwable t) {
      made.forEach(Buffer::close);
      throw t;
    }
  }

  private void putTexts(
      int[] numbers,
      int keyCount,
      long total,
      long views,
      @Nullable Buffer validity,
      List<Buffer> data,
      List<Buffer> made) {
    long left = total;
    long place = 0;
    long free = 0;
    int offset = 0;
    for (int i = 0; i < keyCount; i++) {
      if (i % TOGETHER == 0) {
        read += readAhead(numbers, i, Math.min(keyCount, i + TOGETHER));
      }
      int length = RowCodec.lengthOfText(lengths.get(numbers[i]));
      long text = length <= 0 ? views : RowCodec.textAddress(address(numbers[i]));
      if (length > BytesColumn.INLINE) {
        if (free < length) {
          Buffer next = memory.allocate(Math.max(length, Math.min(left, MOST_TEXT_BYTES)));
          made.add(next);
          data.add(next);
          place = next.address();
          free = next.capacity();
          offset = 0;
        }
        Memory.copy(text, place + offset, length);
        text = place + offset;
      }
      BytesColumn.putView(
          views + ((long) i << 4), text, Math.max(0, length), data.size() - 1, offset);
      if (length > BytesColumn.INLINE) {
        offset += length;
        free -= length;
        left -= length;
      }
      if (validity != null) {
        Bits.put(validity.address(), i, length >= 0);
      }
    }
  }

  /** Writes the first value of each key, a BIGINT that is not NULL, one behind the other. */
  void firstNumbers(long values) {
    for (int number = 0; number < count; number++) {
      Memory.putLong(values + ((long) number << 3), RowCodec.firstNumber(address(number)));
    }
  }

  /** Appends the values of keys to {@code out}, a builder per column. */
  void decode(int[] numbers, int keyCount, RowCodec codec, List<ColumnBuilder> out) {
    byte[] key = new byte[64];
    for (int i = 0; i < keyCount; i++) {
      if (i % TOGETHER == 0) {
        read += readAhead(numbers, i, Math.min(keyCount, i + TOGETHER));
      }
      int length = lengths.get(numbers[i]);
      if (key.length < length) {
        key = new byte[Math.max(length, key.length * 2)];
      }
      Memory.copyToArray(address(numbers[i]), key, 0, length);
      codec.decode(key, 0, out);
    }
  }

  @Override
  public void close() {
    pages.forEach(Buffer::close);
    pages.clear();
    ownBytes = 0;
    room = 0;
    used = 0;
    places.close();
    lengths.close();
    count = 0;
  }
}
