package dev.tidemill.storage.parquet;

import dev.tidemill.foundation.batch.BytesColumn;
import dev.tidemill.foundation.batch.Column;
import dev.tidemill.foundation.batch.DictionaryColumn;
import dev.tidemill.foundation.memory.Buffer;
import dev.tidemill.foundation.memory.Memory;
import dev.tidemill.foundation.memory.MemoryScope;
import dev.tidemill.foundation.type.Type;
import java.nio.charset.StandardCharsets;
import java.util.ArrayList;
import java.util.List;
import org.apache.parquet.format.Encoding;
import org.jspecify.annotations.Nullable;

/**
 * Text and bytes. A column whose slots all come from dictionary pages keeps their codes; else it
 * has views into the pages' bytes, which are retained and not copied. Where a chunk leaves its
 * dictionary in the middle of a column, the codes before become views into the dictionary.
 */
final class BytesValueReader extends ValueReader {
  private static final int UUID_TEXT = 36;
  private static final byte[] HEX = "0123456789abcdef".getBytes(StandardCharsets.US_ASCII);

  private final BytesPage values;
  private final boolean text;

  private boolean coded;
  private boolean ascii;

  private @Nullable BytesColumn dictionary;

  private @Nullable Buffer codeSlots;
  private @Nullable Buffer views;
  private final List<Buffer> data = new ArrayList<>();
  private int filled;

  BytesValueReader(ParquetColumn column, ParquetPlace place, MemoryScope scope) {
    super(column, place, scope);
    this.values = new BytesPage(place, scope);
    this.text = column.type() instanceof Type.Varchar;
  }

  @Override
  void startDictionary(Page page) {
    long bytesPerEntry = column.physical() == Physical.BYTES ? 4 : column.stride();
    int entries = page.values();
    if (entries * bytesPerEntry > page.dataEnd() - page.data()) {
      throw ParquetErrors.malformed(place, "a dictionary that ends before its last entry");
    }
    startValues(page);
    Buffer entryViews = scope.allocate(Math.max(16, 16L * entries));
    try {
      Memory.fill(entryViews.address(), 16, (byte) 0);
      takeViews(entries, entryViews.address(), 0);
    } catch (RuntimeException e) {
      entryViews.close();
      throw e;
    }
    dictionary =
        new BytesColumn(column.type(), entries, entryViews, List.of(values.data().retain()), null);
  }

  @Override
  @Nullable Column entries() {
    return dictionary == null ? null : dictionary.retain();
  }

  @Override
  void startPage(Page page) {
    Encoding encoding = page.encoding();
    coded = encoding == Encoding.PLAIN_DICTIONARY || encoding == Encoding.RLE_DICTIONARY;
    if (coded) {
      startCodes(page);
    } else {
      startValues(page);
    }
  }

  private void startValues(Page page) {
    dropDecoded();
    int stride = column.stride();
    switch (column.physical()) {
      case UUID -> startUuids(page);
      case FIXED_BYTES -> startFixed(page, stride);
      default -> values.start(page);
    }
    ascii = !text || isAscii(page);
  }

  /** Whether all bytes of the page's values are, and its lengths if they stand between. */
  private boolean isAscii(Page page) {
    return page.encoding() == Encoding.DELTA_LENGTH_BYTE_ARRAY
            && column.physical() == Physical.BYTES
        ? Utf8.isAscii(values.base(), page.dataEnd() - values.base())
        : Utf8.isAscii(page.data(), page.dataEnd() - page.data());
  }

  private void startFixed(Page page, int stride) {
    switch (page.encoding()) {
      case PLAIN -> values.startFixed(page.buffer(), page.data(), page.dataEnd(), stride);
      case BYTE_STREAM_SPLIT -> {
        int count = (int) ((page.dataEnd() - page.data()) / stride);
        Buffer plain = own(scope.allocate((long) count * stride + PageReader.PADDING));
        StreamSplit.join(page.data(), plain.address(), count, stride);
        values.startFixed(plain, plain.address(), plain.address() + (long) count * stride, stride);
      }
      default -> values.start(page);
    }
  }

  private void startUuids(Page page) {
    int stride = column.stride();
    try (BytesPage bytes = new BytesPage(place, scope)) {
      int count;
      if (page.encoding() == Encoding.PLAIN) {
        bytes.startFixed(page.buffer(), page.data(), page.dataEnd(), stride);
        count = (int) ((page.dataEnd() - page.data()) / stride);
      } else {
        bytes.start(page);
        count = bytes.prepared();
      }
      Buffer texts = own(scope.allocate((long) count * UUID_TEXT + PageReader.PADDING));
      for (int i = 0; i < count; i++) {
        if (bytes.next() != stride) {
          throw ParquetErrors.malformed(place, "a UUID that is not " + stride + " bytes long");
        }
        putUuid(bytes.address(), texts.address() + (long) i * UUID_TEXT);
      }
      values.startFixed(
          texts, texts.address(), texts.address() + (long) count * UUID_TEXT, UUID_TEXT);
    }
  }

  private static void putUuid(long from, long to) {
    for (int i = 0; i < 16; i++) {
      int b = Memory.getByte(from + i) & 0xff;
      Memory.putByte(to++, HEX[b >>> 4]);
      Memory.putByte(to++, HEX[b & 15]);
      if (i == 3 || i == 5 || i == 7 || i == 9) {
        Memory.putByte(to++, (byte) '-');
      }
    }
  }

  @Override
  void append(long[] words, int from, int slots, int valid) {
    filled = from;
    if (coded && views == null && dictionary != null && dictionary.length() > 0) {
      appendCodes(dictionary, words, from, slots, valid);
    } else {
      appendViews(toViews(from + slots), words, from, slots, valid);
    }
    filled = from + slots;
  }

  private void appendCodes(BytesColumn entries, long[] words, int from, int slots, int valid) {
    codeSlots = ensure(codeSlots, from + slots, 4);
    long to = codeSlots.address() + 4L * from;
    for (int done = 0; done < valid; ) {
      int n = Math.min(CHUNK, valid - done);
      readCodes(n, entries.length());
      putInts(codes, n, to + 4L * done);
      done += n;
    }
    if (valid < slots) {
      Spread.slots(to, 4, words, from, slots, valid);
    }
  }

  @Override
  void select(long[] words, int from, int slots, int[] picked, int valid, int span) {
    filled = from;
    if (coded && views == null && dictionary != null && dictionary.length() > 0) {
      codeSlots = ensure(codeSlots, from + slots, 4);
      long to = codeSlots.address() + 4L * from;
      readCodes(picked, valid, span, dictionary.length());
      putInts(codes, valid, to);
      if (valid < slots) {
        Spread.slots(to, 4, words, from, slots, valid);
      }
    } else {
      Buffer target = toViews(from + slots);
      long to = target.address() + 16L * from;
      selectViews(picked, valid, span, to);
      if (valid < slots) {
        Spread.slots(to, 16, words, from, slots, valid);
      }
    }
    filled = from + slots;
  }

  private void selectViews(int[] picked, int valid, int span, long to) {
    if (valid == 0) {
      skip(span);
    } else if (!coded) {
      values.views(picked, valid, span, to, dataIndex(values.data()));
      if (!ascii) {
        checkText(valid, to);
      }
    } else if (dictionary != null) {
      readCodes(picked, valid, span, dictionary.length());
      entryViews(dictionary, codes, valid, to, dataIndex(dictionary.dataBuffer(0)));
    } else {
      throw ParquetErrors.malformed(place, "codes without a dictionary");
    }
  }

  private static void putInts(int[] from, int n, long to) {
    for (int i = 0; i < n; i++) {
      Memory.putInt(to + 4L * i, from[i]);
    }
  }

  private void appendViews(Buffer target, long[] words, int from, int slots, int valid) {
    long to = target.address() + 16L * from;
    if (!coded) {
      if (valid > 0) {
        takeViews(valid, to, dataIndex(values.data()));
      }
    } else if (dictionary != null) {
      int index = valid > 0 ? dataIndex(dictionary.dataBuffer(0)) : 0;
      for (int done = 0; done < valid; ) {
        int n = Math.min(CHUNK, valid - done);
        readCodes(n, dictionary.length());
        entryViews(dictionary, codes, n, to + 16L * done, index);
        done += n;
      }
    } else if (valid > 0) {
      throw ParquetErrors.malformed(place, "codes without a dictionary");
    }
    if (valid < slots) {
      Spread.slots(to, 16, words, from, slots, valid);
    }
  }

  private void takeViews(int n, long to, int index) {
    values.views(n, to, index);
    if (!ascii) {
      checkText(n, to);
    }
  }

  private void checkText(int n, long to) {
    long base = values.data().address();
    for (int i = 0; i < n; i++) {
      long view = to + 16L * i;
      int length = Memory.getInt(view);
      long at =
          length <= BytesColumn.INLINE
              ? view + 4
              : base + (Memory.getInt(view + 12) & 0xffff_ffffL);
      if (!Utf8.isValid(at, length)) {
        throw ParquetErrors.malformed(place, "text that is not UTF-8");
      }
    }
  }

  /** Makes room for {@code slots} views; codes that were there become views. */
  private Buffer toViews(int slots) {
    boolean first = views == null;
    Buffer target = ensure(views, slots, 16);
    views = target;
    Buffer before = codeSlots;
    if (!first || before == null) {
      return target;
    }
    if (filled > 0 && dictionary != null) {
      int index = dataIndex(dictionary.dataBuffer(0));
      for (int done = 0; done < filled; ) {
        int n = Math.min(CHUNK, filled - done);
        for (int i = 0; i < n; i++) {
          codes[i] = Memory.getInt(before.address() + 4L * (done + i));
        }
        entryViews(dictionary, codes, n, target.address() + 16L * done, index);
        done += n;
      }
    }
    codeSlots = closed(before);
    return target;
  }

  private static void entryViews(BytesColumn entries, int[] codes, int n, long to, int index) {
    FixedKernels.gather16(entries.address(), codes, n, to);
    if (index != 0) {
      for (int i = 0; i < n; i++) {
        long view = to + 16L * i;
        if (Memory.getInt(view) > BytesColumn.INLINE) {
          Memory.putInt(view + 8, index);
        }
      }
    }
  }

  /** The number of {@code buffer} among the column's data buffers; retains it where it is new. */
  private int dataIndex(Buffer buffer) {
    for (int i = data.size() - 1; i >= 0; i--) {
      if (data.get(i) == buffer) {
        return i;
      }
    }
    data.add(buffer.retain());
    return data.size() - 1;
  }

  private Buffer ensure(@Nullable Buffer current, int slots, int width) {
    long bytes = Math.max(16, (long) slots * width);
    if (current == null) {
      return scope.allocate(bytes);
    }
    if (bytes <= current.capacity()) {
      return current;
    }
    Buffer grown = scope.allocate(Math.max(bytes, 2 * current.capacity()));
    Memory.copy(current.address(), grown.address(), (long) filled * width);
    current.close();
    return grown;
  }

  @Override
  void skip(int valid) {
    if (coded) {
      runs.skip(valid);
    } else {
      for (int i = 0; i < valid; i++) {
        values.next();
      }
    }
  }

  @Override
  Column finish(int slots, @Nullable Buffer validity) {
    filled = 0;
    Buffer codesBuilt = codeSlots;
    if (codesBuilt != null && dictionary != null) {
      codeSlots = null;
      return new DictionaryColumn(slots, codesBuilt, dictionary.retain(), validity);
    }
    try {
      views = ensure(views, slots, 16);
    } catch (RuntimeException e) {
      closed(validity);
      throw e;
    }
    BytesColumn built = new BytesColumn(column.type(), slots, views, data, validity);
    views = null;
    data.clear();
    return built;
  }

  @Override
  public void close() {
    dropDecoded();
    codeSlots = closed(codeSlots);
    views = closed(views);
    data.forEach(Buffer::close);
    data.clear();
    if (dictionary != null) {
      dictionary.close();
      dictionary = null;
    }
    values.close();
  }
}
