package dev.tidemill.storage.parquet;

import dev.tidemill.foundation.memory.Buffer;
import dev.tidemill.foundation.memory.Memory;
import dev.tidemill.foundation.memory.MemoryScope;
import org.jspecify.annotations.Nullable;

/**
 * The byte strings of a page, one after the other: with a length before each (PLAIN), with offsets
 * decoded beforehand (DELTA_LENGTH_BYTE_ARRAY, DELTA_BYTE_ARRAY), or all of one length.
 *
 * <p>The bytes lie in {@link #data()}, from {@link #base()} on.
 */
final class BytesPage implements AutoCloseable {
  private static final long MAX_BYTES = 1 << 30;

  private final ParquetPlace place;
  private final MemoryScope scope;

  /**
   * Where the current value lies; of PLAIN pages also where the next length stands once it is
   * passed.
   */
  private long at;

  private int length;
  private long end;

  /** Bytes of every value, or -1. */
  private int fixedLength = -1;

  /** count + 1 offsets of 4 bytes from {@link #base}, or null. */
  private @Nullable Buffer offsets;

  private int count;
  private int index;
  private long base;

  private @Nullable Buffer data;

  /** Data that was put together here, if any; {@link #data} is the same then. */
  private @Nullable Buffer joined;

  BytesPage(ParquetPlace place, MemoryScope scope) {
    this.place = place;
    this.scope = scope;
  }

  /** Begins with the values of {@code page}, borrowed until the next start. */
  void start(Page page) {
    drop();
    data = page.buffer();
    base = page.buffer().address();
    fixedLength = -1;
    switch (page.encoding()) {
      case PLAIN -> {
        at = page.data();
        end = page.dataEnd();
        length = 0;
      }
      case DELTA_LENGTH_BYTE_ARRAY -> startLengths(page);
      case DELTA_BYTE_ARRAY -> startPrefixes(page);
      default ->
          throw ParquetErrors.unsupported(
              place, "Parquet encoding " + page.encoding() + " of byte strings");
    }
  }

  /**
   * Begins with values of {@code valueLength} bytes each, {@code from} to {@code to} in {@code
   * buffer}, borrowed.
   */
  void startFixed(Buffer buffer, long from, long to, int valueLength) {
    drop();
    data = buffer;
    base = buffer.address();
    at = from;
    end = to;
    fixedLength = valueLength;
  }

  private void startLengths(Page page) {
    DeltaDecoder decoder = new DeltaDecoder(place, scope);
    try (Buffer lengths = decoder.decode(page.data(), page.dataEnd(), page.values(), 4)) {
      count = decoder.count();
      index = 0;
      base = decoder.end();
      long available = page.dataEnd() - base;
      Buffer ends = scope.allocate(4L * (count + 1));
      offsets = ends;
      long offset = 0;
      Memory.putInt(ends.address(), 0);
      for (int i = 0; i < count; i++) {
        int n = Memory.getInt(lengths.address() + 4L * i);
        offset += n;
        if (n < 0 || offset > available) {
          throw ParquetErrors.pageEndsEarly(place);
        }
        Memory.putInt(ends.address() + 4L * (i + 1), (int) offset);
      }
    }
  }

  private void startPrefixes(Page page) {
    DeltaDecoder decoder = new DeltaDecoder(place, scope);
    try (Buffer prefixes = decoder.decode(page.data(), page.dataEnd(), page.values(), 4)) {
      count = decoder.count();
      try (Buffer suffixes = decoder.decode(decoder.end(), page.dataEnd(), page.values(), 4)) {
        if (decoder.count() != count) {
          throw ParquetErrors.malformed(
              place, count + " prefixes but " + decoder.count() + " suffixes");
        }
        join(prefixes.address(), suffixes.address(), decoder.end(), page.dataEnd());
      }
    }
  }

  private void join(long prefixes, long suffixes, long from, long fromEnd) {
    long total = 0;
    long last = 0;
    long taken = 0;
    for (int i = 0; i < count; i++) {
      int prefix = Memory.getInt(prefixes + 4L * i);
      int suffix = Memory.getInt(suffixes + 4L * i);
      if (prefix < 0 || prefix > last || suffix < 0 || taken + suffix > fromEnd - from) {
        throw ParquetErrors.malformed(
            place, "a value of prefix " + prefix + " and suffix " + suffix);
      }
      last = (long) prefix + suffix;
      taken += suffix;
      total += last;
      if (total > MAX_BYTES) {
        throw ParquetErrors.malformed(
            place, "a page of more than " + MAX_BYTES + " bytes of values");
      }
    }
    Buffer bytes = scope.allocate(total + PageReader.PADDING);
    joined = bytes;
    data = bytes;
    base = bytes.address();
    index = 0;
    Buffer ends = scope.allocate(4L * (count + 1));
    offsets = ends;
    long to = base;
    long previous = base;
    for (int i = 0; i < count; i++) {
      int prefix = Memory.getInt(prefixes + 4L * i);
      int suffix = Memory.getInt(suffixes + 4L * i);
      Memory.putInt(ends.address() + 4L * i, (int) (to - base));
      Memory.copy(previous, to, prefix);
      Memory.copy(from, to + prefix, suffix);
      previous = to;
      to += prefix + suffix;
      from += suffix;
    }
    Memory.putInt(ends.address() + 4L * count, (int) (to - base));
  }

  /** The buffer that holds the bytes; borrowed. */
  Buffer data() {
    Buffer current = data;
    if (current == null) {
      throw new IllegalStateException("no page");
    }
    return current;
  }

  /** Where the bytes begin. */
  long base() {
    return base;
  }

  /** Values that were decoded beforehand; 0 for other pages. */
  int prepared() {
    return offsets == null ? 0 : count;
  }

  /** Takes the next value; its length. */
  int next() {
    Buffer ends = offsets;
    if (ends != null) {
      if (index >= count) {
        throw ParquetErrors.pageEndsEarly(place);
      }
      int from = Memory.getInt(ends.address() + 4L * index);
      index++;
      at = base + from;
      return Memory.getInt(ends.address() + 4L * index) - from;
    }
    if (fixedLength >= 0) {
      at += length;
      length = fixedLength;
      if (length > end - at) {
        throw ParquetErrors.pageEndsEarly(place);
      }
      return length;
    }
    long head = at + length;
    int n = end - head < 4 ? -1 : Memory.getInt(head);
    if (n < 0 || n > end - head - 4) {
      throw ParquetErrors.pageEndsEarly(place);
    }
    at = head + 4;
    length = n;
    return n;
  }

  /** Where the value last taken lies. */
  long address() {
    return at;
  }

  /** Where it stands, for {@link #goBack}. */
  long position() {
    return offsets != null ? index : at + length;
  }

  /** Returns to an earlier {@link #position} in the same page. */
  void goBack(long position) {
    if (offsets != null) {
      index = (int) position;
    } else {
      at = position;
      length = 0;
    }
  }

  /**
   * Takes the next {@code n} values as views.
   *
   * @param to address of the first view
   * @param buffer the number of {@link #data()} among the column's data buffers
   */
  void views(int n, long to, int buffer) {
    long origin = data().address();
    if (offsets != null) {
      offsetViews(offsets.address(), n, to, buffer, base, (int) (base - origin));
      return;
    }
    if (fixedLength >= 0) {
      for (int i = 0; i < n; i++) {
        int size = next();
        putView(to + ((long) i << 4), at, size, buffer, (int) (at - origin));
      }
      return;
    }
    long head = at + length;
    long limit = end;
    for (int i = 0; i < n; i++) {
      int size = limit - head < 4 ? -1 : Memory.getInt(head);
      if (size < 0 || size > limit - head - 4) {
        throw ParquetErrors.pageEndsEarly(place);
      }
      putView(to + ((long) i << 4), head + 4, size, buffer, (int) (head + 4 - origin));
      head += 4L + size;
    }
    at = head;
    length = 0;
  }

  /**
   * Takes the next {@code span} values, those of them as views whose numbers {@code picked} has.
   *
   * @param n how many these are
   */
  void views(int[] picked, int n, int span, long to, int buffer) {
    long origin = data().address();
    Buffer ends = offsets;
    if (ends != null) {
      if (span > count - index) {
        throw ParquetErrors.pageEndsEarly(place);
      }
      long first = ends.address() + 4L * index;
      for (int k = 0; k < n; k++) {
        int from = Memory.getInt(first + 4L * picked[k]);
        int behind = Memory.getInt(first + 4L * picked[k] + 4);
        putView(
            to + ((long) k << 4), base + from, behind - from, buffer, (int) (base - origin) + from);
      }
      index += span;
      return;
    }
    int taken = 0;
    for (int k = 0; k < n; k++) {
      for (; taken < picked[k]; taken++) {
        next();
      }
      int size = next();
      taken++;
      putView(to + ((long) k << 4), at, size, buffer, (int) (at - origin));
    }
    for (; taken < span; taken++) {
      next();
    }
  }

  private void offsetViews(long ends, int n, long to, int buffer, long bytes, int shift) {
    if (n > count - index) {
      throw ParquetErrors.pageEndsEarly(place);
    }
    long next = ends + 4L * index;
    int from = Memory.getInt(next);
    for (int i = 0; i < n; i++) {
      next += 4;
      int behind = Memory.getInt(next);
      putView(to + ((long) i << 4), bytes + from, behind - from, buffer, from + shift);
      from = behind;
    }
    index += n;
  }

  /**
   * As {@code BytesColumn.putView}, by whole words: 12 bytes are readable at {@code bytes} whatever
   * the length.
   */
  private static void putView(long view, long bytes, int size, int buffer, int offset) {
    long first = (Memory.getInt(bytes) & 0xffff_ffffL) << 32;
    if (size > 12) {
      Memory.putLong(view, first | size);
      Memory.putLong(view + 8, (long) offset << 32 | buffer);
    } else if (size > 4) {
      Memory.putLong(view, first | size);
      Memory.putLong(view + 8, Memory.getLong(bytes + 4) & (-1L >>> (8 * (12 - size))));
    } else {
      long kept = size == 0 ? 0 : first << (32 - 8 * size) >>> (32 - 8 * size);
      Memory.putLong(view, (kept & 0xffff_ffff_0000_0000L) | size);
      Memory.putLong(view + 8, 0);
    }
  }

  private void drop() {
    if (offsets != null) {
      offsets.close();
      offsets = null;
    }
    if (joined != null) {
      joined.close();
      joined = null;
    }
    data = null;
    length = 0;
    index = 0;
    count = 0;
  }

  @Override
  public void close() {
    drop();
  }
}
