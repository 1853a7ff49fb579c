package dev.tidemill.storage.parquet;

import dev.tidemill.foundation.error.TidemillException;
import dev.tidemill.foundation.memory.Buffer;
import dev.tidemill.foundation.memory.Memory;
import dev.tidemill.foundation.memory.MemoryScope;
import dev.tidemill.storage.file.FileInput;
import java.io.IOException;
import java.io.InputStream;
import java.util.zip.CRC32;
import org.apache.parquet.format.ColumnMetaData;
import org.apache.parquet.format.DataPageHeader;
import org.apache.parquet.format.DataPageHeaderV2;
import org.apache.parquet.format.Encoding;
import org.apache.parquet.format.PageHeader;
import org.apache.parquet.format.PageType;
import org.apache.parquet.format.Util;
import org.jspecify.annotations.Nullable;

/**
 * The pages of one column chunk, in order, decompressed. One thread.
 *
 * <pre>
 *   while (reader.nextData()) { if (wanted) use(reader.page()); }
 * </pre>
 */
final class PageReader implements AutoCloseable {
  /** Readable bytes behind every page. */
  static final int PADDING = 16;

  /** No sane writer makes bigger pages; a header that says so is a bomb. */
  private static final int MAX_PAGE_BYTES = 1 << 30;

  private final ParquetPlace place;
  private final MemoryScope scope;
  private final PageCodec codec;
  private final boolean optional;
  private final boolean repeated;
  private final long totalValues;
  private final long end;
  private final HeaderStream headers = new HeaderStream();

  private long position;
  private final FileWindow window;
  private long expectedEnd;
  private long decodedPages;

  private long seenValues;
  private @Nullable PageHeader header;
  private @Nullable Buffer spare;
  private @Nullable Page dictionary;
  private boolean started;

  /**
   * @param dataEnd where the file's pages end at the latest
   * @param optional whether pages have definition levels
   * @param repeated whether pages have repetition levels
   */
  PageReader(
      FileInput input,
      ColumnMetaData chunk,
      boolean optional,
      boolean repeated,
      long dataEnd,
      ParquetPlace place,
      MemoryScope scope) {
    this.place = place;
    this.scope = scope;
    this.optional = optional;
    this.repeated = repeated;
    this.totalValues = chunk.getNum_values();
    long first = chunk.getData_page_offset();
    if (chunk.isSetDictionary_page_offset() && chunk.getDictionary_page_offset() > 0) {
      first = Math.min(first, chunk.getDictionary_page_offset());
    }
    long bytes = chunk.getTotal_compressed_size();
    if (first < 4 || first > dataEnd || bytes < 0 || bytes > dataEnd - first) {
      throw ParquetErrors.malformed(
          place, "its pages are said to be " + bytes + " bytes at " + first + " of " + dataEnd);
    }
    this.position = first;
    this.end = first + bytes;
    this.expectedEnd = end;
    this.window = new FileWindow(input, end, scope);
    this.codec = PageCodec.of(chunk.getCodec(), place);
  }

  long bytesRead() {
    return window.bytesRead();
  }

  /** Data pages that were decompressed. */
  long decodedPages() {
    return decodedPages;
  }

  /**
   * Whether there is another data page; its values are counted in {@link #values()} and the page
   * not read yet.
   */
  boolean nextData() {
    skipBody();
    while (seenValues < totalValues) {
      PageHeader next = readHeader();
      header = next;
      PageType type = next.getType();
      if (type == PageType.DATA_PAGE || type == PageType.DATA_PAGE_V2) {
        started = true;
        int values = values();
        if (values < 0 || values > totalValues - seenValues) {
          throw ParquetErrors.malformed(
              place,
              "a page of " + values + " values where " + (totalValues - seenValues) + " are left");
        }
        seenValues += values;
        return true;
      }
      if (type == PageType.DICTIONARY_PAGE) {
        if (started || dictionary != null) {
          throw ParquetErrors.malformed(place, "a dictionary page that is not the first");
        }
        dictionary = readDictionary(next);
      } else {
        skipBody();
      }
    }
    return false;
  }

  /**
   * Goes on with the data page at {@code offset}, behind the current one and {@code values} values;
   * those in between are not looked at.
   *
   * @param first where the first data page is
   */
  void seek(long offset, long values, long first) {
    if (header == null && !started && dictionary == null && first > position) {
      readLeadingDictionary(first);
    }
    if (offset < position || offset >= end || values < seenValues || values >= totalValues) {
      throw ParquetErrors.malformed(
          place, "its page index says that row " + values + " is at " + offset);
    }
    header = null;
    started = true;
    position = offset;
    seenValues = values;
  }

  /** Says that pages from {@code behind} on will hardly be wanted. */
  void expectEnd(long behind) {
    expectedEnd = Math.clamp(behind, position, end);
    window.limit(expectedEnd);
  }

  private void readLeadingDictionary(long behind) {
    window.limit(Math.min(behind, end));
    PageHeader leading = readHeader();
    if (leading.getType() == PageType.DICTIONARY_PAGE) {
      dictionary = readDictionary(leading);
    }
    window.limit(expectedEnd);
  }

  /** Values (levels) of the current data page, which has the header of its version. */
  int values() {
    PageHeader current = current();
    boolean isV2 = current.getType() == PageType.DATA_PAGE_V2;
    if (isV2 && current.isSetData_page_header_v2()) {
      return current.getData_page_header_v2().getNum_values();
    }
    if (!isV2 && current.isSetData_page_header()) {
      return current.getData_page_header().getNum_values();
    }
    throw ParquetErrors.malformed(place, "a data page without its header");
  }

  /** The dictionary, borrowed, once {@link #nextData} was called; null where the chunk has none. */
  @Nullable Page dictionary() {
    return dictionary;
  }

  /** The current data page, decompressed. */
  Page page() {
    decodedPages++;
    PageHeader current = current();
    Page page =
        current.getType() == PageType.DATA_PAGE_V2
            ? readV2(current, current.getData_page_header_v2())
            : readV1(current, current.getData_page_header());
    header = null;
    return page;
  }

  private PageHeader current() {
    PageHeader current = header;
    if (current == null) {
      throw new IllegalStateException("no page is current");
    }
    return current;
  }

  private PageHeader readHeader() {
    PageHeader read = parseHeader();
    int stored = read.getCompressed_page_size();
    int size = read.getUncompressed_page_size();
    if (stored < 0 || stored > end - position) {
      throw ParquetErrors.malformed(
          place, "a page of " + stored + " bytes where " + (end - position) + " are left");
    }
    if (size < 0 || size > MAX_PAGE_BYTES) {
      throw ParquetErrors.malformed(place, "a page of " + size + " bytes uncompressed");
    }
    if (read.getType() == null) {
      throw ParquetErrors.malformed(place, "a page of unknown type");
    }
    return read;
  }

  /** The library answers bad bytes with runtime exceptions of many kinds. */
  private PageHeader parseHeader() {
    try {
      return Util.readPageHeader(headers);
    } catch (TidemillException e) {
      throw e;
    } catch (IOException | RuntimeException e) {
      throw ParquetErrors.malformed(place, "a page header cannot be read");
    }
  }

  private void skipBody() {
    PageHeader current = header;
    if (current != null) {
      position += current.getCompressed_page_size();
      header = null;
    }
  }

  private Page readDictionary(PageHeader current) {
    if (!current.isSetDictionary_page_header()) {
      throw ParquetErrors.malformed(place, "a dictionary page without its header");
    }
    Encoding encoding = current.getDictionary_page_header().getEncoding();
    if (encoding != Encoding.PLAIN && encoding != Encoding.PLAIN_DICTIONARY) {
      throw ParquetErrors.unsupported(place, "a dictionary in encoding " + encoding);
    }
    int values = current.getDictionary_page_header().getNum_values();
    int size = current.getUncompressed_page_size();
    if (values < 0) {
      throw ParquetErrors.malformed(place, "a dictionary of " + values + " entries");
    }
    Buffer buffer = scope.allocate(size + (long) PADDING);
    try {
      decompress(loadBody(current), current.getCompressed_page_size(), buffer.address(), size);
    } catch (RuntimeException e) {
      buffer.close();
      throw e;
    }
    header = null;
    return new Page(
        buffer, values, Encoding.PLAIN, 0, 0, 0, 0, buffer.address(), buffer.address() + size);
  }

  private Page readV1(PageHeader current, DataPageHeader data) {
    int size = current.getUncompressed_page_size();
    long body = loadBody(current);
    Buffer buffer = room(size);
    decompress(body, current.getCompressed_page_size(), buffer.address(), size);
    long at = buffer.address();
    long pageEnd = at + size;
    long repetitions = 0;
    long repetitionsEnd = 0;
    if (repeated) {
      requireRuns(data.getRepetition_level_encoding());
      repetitions = at + 4;
      repetitionsEnd = sectionEnd(at, pageEnd);
      at = repetitionsEnd;
    }
    long levels = 0;
    long levelsEnd = 0;
    if (optional) {
      requireRuns(data.getDefinition_level_encoding());
      levels = at + 4;
      levelsEnd = sectionEnd(at, pageEnd);
      at = levelsEnd;
    }
    return new Page(
        buffer,
        data.getNum_values(),
        encoding(data.getEncoding()),
        levels,
        levelsEnd,
        repetitions,
        repetitionsEnd,
        at,
        pageEnd);
  }

  private void requireRuns(@Nullable Encoding encoding) {
    if (encoding != Encoding.RLE) {
      throw ParquetErrors.unsupported(place, "levels in encoding " + encoding);
    }
  }

  private Encoding encoding(@Nullable Encoding encoding) {
    if (encoding == null) {
      throw ParquetErrors.malformed(place, "a page of unknown encoding");
    }
    return encoding;
  }

  private long sectionEnd(long at, long pageEnd) {
    long length = pageEnd - at < 4 ? -1 : Memory.getInt(at);
    if (length < 0 || length > pageEnd - at - 4) {
      throw ParquetErrors.malformed(place, "levels of " + length + " bytes in a page of fewer");
    }
    return at + 4 + length;
  }

  private Page readV2(PageHeader current, DataPageHeaderV2 data) {
    int size = current.getUncompressed_page_size();
    int stored = current.getCompressed_page_size();
    int repetitionBytes = data.getRepetition_levels_byte_length();
    int levelBytes = data.getDefinition_levels_byte_length();
    if (repetitionBytes < 0
        || levelBytes < 0
        || (long) repetitionBytes + levelBytes > Math.min(size, stored)) {
      throw ParquetErrors.malformed(
          place,
          "levels of " + repetitionBytes + " and " + levelBytes + " bytes in a page of " + stored);
    }
    int heading = repetitionBytes + levelBytes;
    long body = loadBody(current);
    Buffer buffer = room(size);
    long at = buffer.address();
    Memory.copy(body, at, heading);
    if (data.isSetIs_compressed() && !data.isIs_compressed()) {
      if (stored != size) {
        throw ParquetErrors.malformed(
            place, "a stored page of " + stored + " bytes said to be " + size);
      }
      Memory.copy(body + heading, at + heading, size - (long) heading);
    } else if (size > heading) {
      decompress(body + heading, stored - heading, at + heading, size - heading);
    }
    return new Page(
        buffer,
        data.getNum_values(),
        encoding(data.getEncoding()),
        optional ? at + repetitionBytes : 0,
        at + heading,
        repeated ? at : 0,
        at + repetitionBytes,
        at + heading,
        at + size);
  }

  private void decompress(long from, int fromLength, long to, int toLength) {
    if (toLength == 0) {
      return;
    }
    if (!codec.decompress(from, fromLength, to, toLength)) {
      throw ParquetErrors.malformed(
          place, "a page of " + fromLength + " bytes does not decompress to " + toLength);
    }
  }

  /** The last page's buffer if nobody kept it, else a new one. */
  private Buffer room(int size) {
    Buffer last = spare;
    if (last != null) {
      if (last.isExclusive() && last.capacity() >= size + (long) PADDING) {
        return last;
      }
      spare = null;
      last.close();
    }
    Buffer added = scope.allocate(size + (long) PADDING);
    spare = added;
    return added;
  }

  /** Address of the current page's stored bytes. */
  private long loadBody(PageHeader current) {
    int stored = current.getCompressed_page_size();
    long body = window.load(position, stored);
    position += stored;
    if (current.isSetCrc()) {
      CRC32 checksum = new CRC32();
      checksum.update(Memory.segment(body, stored).asByteBuffer());
      if ((int) checksum.getValue() != current.getCrc()) {
        throw ParquetErrors.malformed(place, "a page's checksum is wrong");
      }
    }
    return body;
  }

  @Override
  public void close() {
    codec.close();
    window.close();
    if (spare != null) {
      spare.close();
      spare = null;
    }
    if (dictionary != null) {
      dictionary.buffer().close();
      dictionary = null;
    }
  }

  /** The bytes from the current position on, which moves with what is read. */
  private final class HeaderStream extends InputStream {
    @Override
    public int read() {
      if (position >= end) {
        return -1;
      }
      int value = Memory.getByte(window.load(position, 1)) & 0xff;
      position++;
      return value;
    }

    @Override
    public int read(byte[] to, int offset, int length) {
      if (position >= end) {
        return -1;
      }
      long at = window.load(position, 1);
      int count = (int) Math.min(length, window.end() - position);
      Memory.copyToArray(at, to, offset, count);
      position += count;
      return count;
    }
  }
}
