package dev.tidemill.storage.parquet;

import dev.tidemill.foundation.batch.Column;
import dev.tidemill.foundation.batch.FixedColumn;
import dev.tidemill.foundation.memory.Buffer;
import dev.tidemill.foundation.memory.Memory;
import dev.tidemill.foundation.memory.MemoryScope;
import dev.tidemill.foundation.type.TimeUnits;
import dev.tidemill.foundation.type.Type;
import org.apache.parquet.format.Encoding;
import org.jspecify.annotations.Nullable;

/**
 * Numbers, dates, times and decimals. A dictionary is converted once and then gathered from;
 * decimals start 8 bytes wide in each column and widen to 16 at the first value that needs it.
 */
final class FixedValueReader extends ValueReader {
  private static final long SECONDS_PER_DAY = 86_400;

  private final Physical physical;
  private final int stride;
  private final FixedValues values;
  private final DeltaDecoder delta;
  private final @Nullable BytesPage bytes;

  private boolean coded;

  private int entries;
  private int dictionaryWidth;
  private @Nullable Buffer dictionary;

  private int width;
  private int filled;
  private @Nullable Buffer slots;

  private @Nullable Buffer scratch;

  FixedValueReader(ParquetColumn column, ParquetPlace place, MemoryScope scope) {
    super(column, place, scope);
    this.physical = column.physical();
    this.stride = column.stride();
    this.values = new FixedValues(place, Math.max(stride, 1));
    this.delta = new DeltaDecoder(place, scope);
    this.bytes = physical == Physical.DECIMAL_BYTES ? new BytesPage(place, scope) : null;
    this.width = physical.width();
  }

  @Override
  void startDictionary(Page page) {
    entries = page.values();
    long bytesPerEntry = bytes == null ? stride : 4;
    if (entries * bytesPerEntry > page.dataEnd() - page.data()) {
      throw ParquetErrors.malformed(place, "a dictionary that ends before its last entry");
    }
    startPlain(page);
    dictionaryWidth = physical.width();
    Buffer converted = scope.allocate(Math.max(1, (long) entries * dictionaryWidth));
    dictionary = converted;
    if (!convert(entries, converted.address(), dictionaryWidth)) {
      startPlain(page);
      dictionary = closed(dictionary);
      dictionaryWidth = 16;
      converted = scope.allocate(Math.max(1, (long) entries * 16));
      dictionary = converted;
      convert(entries, converted.address(), 16);
    }
  }

  @Override
  @Nullable Column entries() {
    return dictionary == null
        ? null
        : new FixedColumn(column.type(), entries, dictionaryWidth, dictionary.retain(), null);
  }

  @Override
  void startPage(Page page) {
    Encoding encoding = page.encoding();
    coded = false;
    dropDecoded();
    switch (encoding) {
      case PLAIN -> startPlain(page);
      case PLAIN_DICTIONARY, RLE_DICTIONARY -> {
        coded = true;
        startCodes(page);
      }
      case DELTA_BINARY_PACKED -> {
        if (!column.isInteger()) {
          throw unsupported(encoding);
        }
        Buffer plain = own(delta.decode(page.data(), page.dataEnd(), page.values(), stride));
        values.start(plain.address(), plain.address() + (long) delta.count() * stride);
      }
      case BYTE_STREAM_SPLIT -> {
        if (bytes != null) {
          throw unsupported(encoding);
        }
        int count = (int) ((page.dataEnd() - page.data()) / stride);
        Buffer plain = own(scope.allocate((long) count * stride + PageReader.PADDING));
        StreamSplit.join(page.data(), plain.address(), count, stride);
        values.start(plain.address(), plain.address() + (long) count * stride);
      }
      case DELTA_LENGTH_BYTE_ARRAY, DELTA_BYTE_ARRAY -> {
        if (bytes != null) {
          bytes.start(page);
        } else if (physical == Physical.DECIMAL_FIXED || physical == Physical.FLOAT_16) {
          startFixedDeltas(page);
        } else {
          throw unsupported(encoding);
        }
      }
      default -> throw unsupported(encoding);
    }
  }

  private void startPlain(Page page) {
    if (bytes == null) {
      values.start(page.data(), page.dataEnd());
    } else {
      bytes.start(page);
    }
  }

  private void startFixedDeltas(Page page) {
    try (BytesPage deltas = new BytesPage(place, scope)) {
      deltas.start(page);
      int count = deltas.prepared();
      Buffer plain = own(scope.allocate((long) count * stride + PageReader.PADDING));
      for (int i = 0; i < count; i++) {
        if (deltas.next() != stride) {
          throw ParquetErrors.malformed(place, "a value that is not " + stride + " bytes long");
        }
        Memory.copy(deltas.address(), plain.address() + (long) i * stride, stride);
      }
      values.start(plain.address(), plain.address() + (long) count * stride);
    }
  }

  @Override
  void append(long[] words, int from, int count, int valid) {
    ensure(from + count);
    filled = from;
    for (int done = 0; done < valid; ) {
      int n = Math.min(CHUNK, valid - done);
      decode(from + done, n);
      done += n;
    }
    if (valid < count) {
      Spread.slots(slot(from), width, words, from, count, valid);
    }
    filled = from + count;
  }

  private void decode(int slot, int n) {
    if (coded) {
      readCodes(n, entries);
      gather(slot, n);
      return;
    }
    if (width == 8 && physical.isDecimal()) {
      long mark = bytes == null ? values.position() : bytes.position();
      if (convert(n, slot(slot), 8)) {
        return;
      }
      if (bytes == null) {
        values.goBack(mark);
      } else {
        bytes.goBack(mark);
      }
      widen(slot);
    }
    convert(n, slot(slot), width);
  }

  /** Fills slots with the entries of {@link #codes}. */
  private void gather(int slot, int n) {
    long from = dictionary == null ? 0 : dictionary.address();
    if (width == dictionaryWidth) {
      FixedKernels.gather(from, width, codes, n, slot(slot));
    } else if (width < dictionaryWidth) {
      widen(slot);
      FixedKernels.gather16(from, codes, n, slot(slot));
    } else {
      long narrow = scratch(n * 8L);
      FixedKernels.gather(from, 8, codes, n, narrow);
      FixedKernels.widen(narrow, slot(slot), n);
    }
  }

  /**
   * Converts the next {@code n} values; false where a decimal needs more than {@code to}'s 8 bytes.
   */
  private boolean convert(int n, long to, int toWidth) {
    if (bytes != null) {
      return convertBytes(bytes, n, to, toWidth);
    }
    long from = values.take(n);
    boolean fits =
        switch (physical) {
          case INT_32, FLOAT -> {
            Memory.copy(from, to, 4L * n);
            yield true;
          }
          case INT_64 -> {
            if (column.type() instanceof Type.Time time) {
              long day = TimeUnits.timePerSecond(time.precision()) * SECONDS_PER_DAY;
              yield FixedKernels.times(from, to, n, day);
            }
            Memory.copy(from, to, 8L * n);
            yield true;
          }
          case DOUBLE -> {
            Memory.copy(from, to, 8L * n);
            yield true;
          }
          case INT_8 -> FixedKernels.intTo1(from, to, n);
          case INT_16 -> FixedKernels.intTo2(from, to, n);
          case UINT_8 -> FixedKernels.unsignedTo2(from, to, n);
          case UINT_16 -> FixedKernels.unsignedTo4(from, to, n);
          case UINT_32 -> {
            FixedKernels.unsignedTo8(from, to, n);
            yield true;
          }
          case INT_32_LONG -> {
            if (toWidth == 16) {
              throw new IllegalStateException("short decimals do not widen");
            }
            FixedKernels.intTo8(from, to, n);
            yield true;
          }
          case TIME_MILLIS -> FixedKernels.timeMillis(from, to, n);
          case INT_96 -> FixedKernels.int96(from, to, n);
          case INTERVAL -> {
            if (!FixedKernels.intervals(from, to, n)) {
              throw ParquetErrors.intervalWithMonths(place);
            }
            yield true;
          }
          case FLOAT_16 -> {
            FixedKernels.float16(from, to, n);
            yield true;
          }
          case UINT_64 -> {
            if (toWidth == 16) {
              FixedKernels.unsignedTo16(from, to, n);
              yield true;
            }
            if (!FixedKernels.noneNegative(from, n)) {
              yield false;
            }
            Memory.copy(from, to, 8L * n);
            yield true;
          }
          case DECIMAL_FIXED -> convertDecimals(from, n, to, toWidth);
          case DECIMAL_BYTES, BOOLEAN, BYTES, FIXED_BYTES, UUID ->
              throw new IllegalStateException("not of fixed width: " + physical);
        };
    if (!fits && !physical.isDecimal()) {
      throw ParquetErrors.outOfRange(place, "of " + physical, column.type());
    }
    return fits;
  }

  private boolean convertDecimals(long from, int n, long to, int toWidth) {
    if (toWidth == 16) {
      if (!FixedKernels.bigEndianTo16(from, stride, to, n)) {
        throw ParquetErrors.outOfRange(place, "of " + stride + " bytes", column.type());
      }
      return true;
    }
    if (stride <= 8) {
      FixedKernels.bigEndianTo8(from, stride, to, n);
      return true;
    }
    return FixedKernels.bigEndianFits8(from, stride, to, n);
  }

  private boolean convertBytes(BytesPage page, int n, long to, int toWidth) {
    long wide = toWidth == 16 ? to : scratch(n * 16L);
    for (int i = 0; i < n; i++) {
      int length = page.next();
      if (!FixedKernels.bigEndianTo16(page.address(), length, wide + 16L * i)) {
        throw ParquetErrors.outOfRange(place, "of " + length + " bytes", column.type());
      }
    }
    return toWidth == 16 || FixedKernels.narrow(wide, to, n);
  }

  /** Makes the slots 16 bytes wide; those before {@code used} hold values. */
  private void widen(int used) {
    Buffer narrow = slots;
    if (narrow == null) {
      throw new IllegalStateException("no slots");
    }
    long rows = narrow.capacity() / 8;
    Buffer wide = scope.allocate(rows * 16);
    FixedKernels.widen(narrow.address(), wide.address(), used);
    narrow.close();
    slots = wide;
    width = 16;
  }

  private void ensure(int rows) {
    Buffer current = slots;
    if (current == null) {
      slots = scope.allocate(Math.max(1, (long) rows * width));
    } else if ((long) rows * width > current.capacity()) {
      Buffer grown = scope.allocate(Math.max((long) rows * width, 2 * current.capacity()));
      Memory.copy(current.address(), grown.address(), (long) filled * width);
      current.close();
      slots = grown;
    }
  }

  private long slot(int index) {
    Buffer current = slots;
    if (current == null) {
      throw new IllegalStateException("no slots");
    }
    return current.address() + (long) index * width;
  }

  private long scratch(long size) {
    Buffer current = scratch;
    if (current == null || current.capacity() < size) {
      scratch = closed(current);
      current = scope.allocate(size);
      scratch = current;
    }
    return current.address();
  }

  @Override
  void select(long[] words, int from, int count, int[] picked, int valid, int span) {
    if (coded && span <= CHUNK) {
      ensure(from + count);
      filled = from;
      readCodes(picked, valid, span, entries);
      gather(from, valid);
    } else if (!coded && isCopied()) {
      ensure(from + count);
      filled = from;
      FixedKernels.gather(values.take(span), width, picked, valid, slot(from));
    } else {
      ensure(from + Math.max(count, span));
      append(words, from, span, span);
      FixedKernels.gather(slot(from), width, picked, valid, slot(from));
    }
    if (valid < count) {
      Spread.slots(slot(from), width, words, from, count, valid);
    }
    filled = from + count;
  }

  /** Whether values become slots as they stand in a PLAIN page. */
  private boolean isCopied() {
    return switch (physical) {
      case INT_32, FLOAT, DOUBLE -> true;
      case INT_64 -> !(column.type() instanceof Type.Time);
      default -> false;
    };
  }

  @Override
  void skip(int valid) {
    if (coded) {
      runs.skip(valid);
    } else if (bytes != null) {
      for (int i = 0; i < valid; i++) {
        bytes.next();
      }
    } else {
      values.take(valid);
    }
  }

  @Override
  Column finish(int count, @Nullable Buffer validity) {
    try {
      ensure(count);
    } catch (RuntimeException e) {
      closed(validity);
      throw e;
    }
    Buffer built = slots;
    if (built == null) {
      throw new IllegalStateException("no slots");
    }
    FixedColumn column = new FixedColumn(this.column.type(), count, width, built, validity);
    slots = null;
    filled = 0;
    width = physical.width();
    return column;
  }

  @Override
  public void close() {
    dropDecoded();
    slots = closed(slots);
    dictionary = closed(dictionary);
    scratch = closed(scratch);
    if (bytes != null) {
      bytes.close();
    }
  }
}
