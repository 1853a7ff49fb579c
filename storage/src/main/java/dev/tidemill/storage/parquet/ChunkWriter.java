package dev.tidemill.storage.parquet;

import dev.tidemill.foundation.batch.Batch;
import dev.tidemill.foundation.batch.Column;
import dev.tidemill.foundation.batch.Selection;
import dev.tidemill.foundation.hash.DistinctEstimate;
import dev.tidemill.foundation.memory.Buffer;
import dev.tidemill.foundation.memory.Memory;
import dev.tidemill.foundation.memory.MemoryScope;
import dev.tidemill.storage.file.FileOutput;
import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.EnumSet;
import java.util.List;
import java.util.Set;
import java.util.zip.CRC32;
import org.apache.parquet.format.ColumnChunk;
import org.apache.parquet.format.ColumnIndex;
import org.apache.parquet.format.ColumnMetaData;
import org.apache.parquet.format.DataPageHeader;
import org.apache.parquet.format.DataPageHeaderV2;
import org.apache.parquet.format.DictionaryPageHeader;
import org.apache.parquet.format.Encoding;
import org.apache.parquet.format.OffsetIndex;
import org.apache.parquet.format.PageHeader;
import org.apache.parquet.format.PageType;
import org.apache.parquet.format.Statistics;
import org.apache.parquet.format.Util;
import org.jspecify.annotations.Nullable;

/**
 * Collects one column of a row group, or one leaf of a nested one, as compressed pages, then writes
 * them, the dictionary first.
 *
 * <p>A column begins with a dictionary if its type has one. After the first page it is given up
 * where it does not make the page smaller; later, where it grows too big, the pages to come have
 * none. Pages end at the same rows in all columns, but where a page would grow beyond {@link
 * #PAGE_BYTES}, and of a nested one beyond {@link #PAGE_ROWS} elements; never within a row. One
 * thread.
 */
abstract sealed class ChunkWriter implements FieldWriter, AutoCloseable
    permits FixedChunkWriter, BooleanChunkWriter, BytesChunkWriter {
  /** Rows of a page at most: a page of 8-byte values fits the second-level cache. */
  static final int PAGE_ROWS = 1 << 15;

  /** Bytes of a page, about, at most. */
  static final int PAGE_BYTES = 1 << 20;

  final WrittenColumn column;
  final ParquetPlace place;
  final MemoryScope scope;
  private final ParquetWriteOptions options;
  private final PageCompressor compressor;

  /** The page's values, PLAIN; empty while a dictionary is in use. */
  final GrowingBuffer plain;

  /** The page's codes while a dictionary is in use, its booleans as 0 and 1. */
  int[] codes = new int[PAGE_ROWS];

  private int[] repetitions;
  private int[] definitions;

  /** Rows of values of a nested column's leaf that are not NULL; of the entries at hand. */
  private int[] slots = {};

  private int pageRows;
  private int pageEntries;
  private int pageValues;

  private final GrowingBuffer body;
  private final GrowingBuffer compressed;
  private final List<StoredPage> pages = new ArrayList<>();

  /** The values that are not in a dictionary; those that are too, once it is given up. */
  final DistinctEstimate distinct = new DistinctEstimate();

  private final PageIndexWriter index = new PageIndexWriter();
  private final Set<Encoding> encodings = EnumSet.noneOf(Encoding.class);
  private long storedBytes;
  private long chunkEntries;
  private long nulls;
  private long charged;

  /**
   * Takes what all columns of the file share: {@code options} and {@code compressor}, both
   * borrowed.
   */
  ChunkWriter(
      WrittenColumn column,
      ParquetPlace place,
      ParquetWriteOptions options,
      PageCompressor compressor,
      MemoryScope scope) {
    this.column = column;
    this.place = place;
    this.options = options;
    this.compressor = compressor;
    this.scope = scope;
    this.plain = new GrowingBuffer(scope);
    this.body = new GrowingBuffer(scope);
    this.compressed = new GrowingBuffer(scope);
    this.repetitions = new int[column.repetition() > 0 ? PAGE_ROWS : 0];
    this.definitions = new int[column.definition() > 0 ? PAGE_ROWS : 0];
    charge(
        4L * (codes.length + repetitions.length + definitions.length) + DistinctEstimate.REGISTERS);
  }

  static ChunkWriter of(
      WrittenColumn column,
      ParquetPlace place,
      ParquetWriteOptions options,
      PageCompressor compressor,
      MemoryScope scope) {
    return switch (column.physical()) {
      case BOOLEAN -> new BooleanChunkWriter(column, place, options, compressor, scope);
      case BYTE_ARRAY -> new BytesChunkWriter(column, place, options, compressor, scope);
      default -> new FixedChunkWriter(column, place, options, compressor, scope);
    };
  }

  /** Charges heap memory until the writer is closed. */
  final void charge(long bytes) {
    scope.reserve(bytes);
    charged += bytes;
  }

  /** A page as it is stored, header and body, in memory. */
  private record StoredPage(Buffer bytes, int length, int uncompressed) {}

  @Override
  public final void write(Column values, @Nullable Selection selection, int from, int count) {
    if (pageRows + count > PAGE_ROWS || plain.size() >= PAGE_BYTES) {
      endPage();
    }
    int[] selected = selection == null ? null : selection.rows();
    int valid = count;
    if (values.mayHaveNulls()) {
      valid = 0;
      for (int i = from; i < from + count; i++) {
        if (!values.isNull(selected == null ? i : selected[i])) {
          valid++;
        }
      }
      if (valid < count && !column.optional()) {
        throw ParquetErrors.nullValue(place);
      }
    }
    if (column.optional()) {
      for (int i = 0; i < count; i++) {
        int row = selected == null ? from + i : selected[from + i];
        definitions[pageEntries + i] = valid == count || !values.isNull(row) ? 1 : 0;
      }
    }
    append(values, selected, from, from + count, pageValues);
    pageRows += count;
    pageEntries += count;
    pageValues += valid;
    chunkEntries += count;
    nulls += count - valid;
  }

  /**
   * Adds whole rows of a leaf of a nested column.
   *
   * @param leaf its entries, with slots where a value is not NULL
   */
  final void write(Column values, LevelEntries leaf) {
    for (int from = 0; from < leaf.count(); ) {
      int room = PAGE_ROWS - pageEntries;
      int to = leaf.endOfRows(from, Math.min(room, Batch.MAX_ROWS));
      if (pageEntries > 0 && (to - from > room || plain.size() >= PAGE_BYTES)) {
        endPage();
      } else {
        append(values, leaf, from, to);
        from = to;
      }
    }
  }

  private void append(Column values, LevelEntries leaf, int from, int to) {
    int count = to - from;
    makeRoom(count);
    int valid = 0;
    for (int i = 0; i < count; i++) {
      int repetition = leaf.repetition(from + i);
      if (column.repetition() > 0) {
        repetitions[pageEntries + i] = repetition;
      }
      if (column.definition() > 0) {
        definitions[pageEntries + i] = leaf.definition(from + i);
      }
      pageRows += repetition == 0 ? 1 : 0;
      int slot = leaf.slot(from + i);
      if (slot >= 0) {
        slots[valid++] = slot;
      }
    }
    append(values, slots, 0, valid, pageValues);
    pageEntries += count;
    pageValues += valid;
    chunkEntries += count;
    nulls += count - valid;
  }

  /** For {@code count} entries more: one row may have more than a page. */
  private void makeRoom(int count) {
    if (count > slots.length) {
      charge(4L * (count - slots.length));
      slots = new int[count];
    }
    int needed = pageEntries + count;
    if (needed > codes.length) {
      charge(4L * (needed - codes.length) * 3);
      codes = Arrays.copyOf(codes, needed);
      repetitions = Arrays.copyOf(repetitions, needed);
      definitions = Arrays.copyOf(definitions, needed);
    }
  }

  /**
   * Adds the values of rows that are not NULL to {@link #codes} or {@link #plain}.
   *
   * @param selected the row numbers, or null where the {@code i}th row is row {@code i}
   * @param from the first row's place in {@code selected}
   * @param to the place behind the last
   * @param at how many values the page has already
   */
  abstract void append(Column values, int @Nullable [] selected, int from, int to, int at);

  /** Whether the page's values are in {@link #codes}, as codes. */
  abstract boolean isCoded();

  /** Entries of the dictionary; 0 where there is none. */
  abstract int entries();

  /** Bytes of the dictionary's page. */
  abstract int dictionaryBytes();

  /** Bytes that the page's codes stand for. */
  abstract long plainBytes(int count);

  /**
   * Puts the values of the page's codes to {@link #plain} and forgets the dictionary: none of it is
   * stored.
   */
  abstract void giveUpDictionary(int count);

  /** Keeps the dictionary as it is; values to come are PLAIN. */
  abstract void freezeDictionary();

  /** Whether {@link #distinct} has seen all values where there is no dictionary of them all. */
  abstract boolean isCounted();

  /** Whether the dictionary has become too big to go on with. */
  abstract boolean isDictionaryFull();

  /** Appends the entries, PLAIN. */
  abstract void putDictionary(GrowingBuffer to);

  /** Appends the page's values where they are not codes; in which encoding. */
  abstract Encoding putValues(GrowingBuffer to, int count);

  /** Appends {@link #plain}. */
  final Encoding putPlain(GrowingBuffer to) {
    Memory.copy(plain.address(), to.extend(plain.size()), plain.size());
    return Encoding.PLAIN;
  }

  /**
   * Sets the least and the greatest of the page's {@code count} values, where there are any, and
   * goes on with those of the next.
   */
  abstract void takePageBounds(int count, Statistics statistics);

  /** Sets the least and the greatest value of the chunk. */
  abstract void putBounds(Statistics statistics);

  /** Forgets the row group's values. */
  abstract void reset();

  private void endPage() {
    if (pageRows == 0) {
      return;
    }
    boolean first = pages.isEmpty();
    if (isCoded() && first && !paysOff()) {
      giveUpDictionary(pageValues);
    }
    body.clear();
    int repetitionBytes = putLevels(repetitions, column.repetition());
    int definitionBytes = putLevels(definitions, column.definition());
    Encoding encoding;
    if (isCoded() && entries() > 0) {
      encoding = Encoding.RLE_DICTIONARY;
      int width = RunWriter.width(entries());
      body.putByte(width);
      RunWriter.write(codes, pageValues, width, body);
    } else {
      encoding = putValues(body, pageValues);
    }
    encodings.add(encoding);
    Statistics statistics = new Statistics();
    statistics.setNull_count((long) pageEntries - pageValues);
    takePageBounds(pageValues, statistics);
    index.add(encoding, pageRows, pageValues, statistics);
    store(encoding, repetitionBytes, definitionBytes);
    plain.clear();
    pageRows = 0;
    pageEntries = 0;
    pageValues = 0;
    if (isCoded() && isDictionaryFull()) {
      freezeDictionary();
    }
  }

  /**
   * Whether codes and a dictionary are smaller than the values, were all pages like the first. A
   * dictionary of which most entries are used once in the page would go on growing.
   */
  private boolean paysOff() {
    if (2L * entries() > pageValues) {
      return false;
    }
    long codeBytes = (long) pageValues * RunWriter.width(entries()) / 8;
    return dictionaryBytes() / 2 + codeBytes <= plainBytes(pageValues) * 3 / 4;
  }

  /** Writes the page's levels, where they can be above 0, to {@link #body}; their bytes. */
  private int putLevels(int[] levels, int most) {
    if (most == 0) {
      return 0;
    }
    encodings.add(Encoding.RLE);
    int start = body.size();
    boolean prefixed = options.pageVersion() == 1;
    if (prefixed) {
      body.extend(4);
    }
    RunWriter.write(levels, pageEntries, RunWriter.width(most + 1), body);
    if (prefixed) {
      Memory.putInt(body.address() + start, body.size() - start - 4);
    }
    return body.size() - start;
  }

  private void store(Encoding encoding, int repetitionBytes, int definitionBytes) {
    compressed.clear();
    PageHeader header;
    if (options.pageVersion() == 1) {
      compressor.compress(body.address(), body.size(), compressed);
      header = new PageHeader(PageType.DATA_PAGE, body.size(), compressed.size());
      header.setData_page_header(
          new DataPageHeader(pageEntries, encoding, Encoding.RLE, Encoding.RLE));
    } else {
      int levelBytes = repetitionBytes + definitionBytes;
      Memory.copy(body.address(), compressed.extend(levelBytes), levelBytes);
      compressor.compress(body.address() + levelBytes, body.size() - levelBytes, compressed);
      header = new PageHeader(PageType.DATA_PAGE_V2, body.size(), compressed.size());
      header.setData_page_header_v2(
          new DataPageHeaderV2(
              pageEntries,
              pageEntries - pageValues,
              pageRows,
              encoding,
              definitionBytes,
              repetitionBytes));
    }
    StoredPage page = stored(header);
    pages.add(page);
    storedBytes += page.length;
  }

  /** About how many bytes the row group's values so far take. */
  final long bufferedBytes() {
    return storedBytes + plain.size() + (isCoded() ? pageValues + dictionaryBytes() : 0);
  }

  /** The page of {@link #compressed} under {@code header}. */
  private StoredPage stored(PageHeader header) {
    CRC32 checksum = new CRC32();
    if (compressed.size() > 0) {
      checksum.update(Memory.segment(compressed.address(), compressed.size()).asByteBuffer());
    }
    header.setCrc((int) checksum.getValue());
    ByteArrayOutputStream bytes = new ByteArrayOutputStream();
    try {
      Util.writePageHeader(header, bytes);
    } catch (IOException e) {
      throw new UncheckedIOException(e);
    }
    byte[] heading = bytes.toByteArray();
    Buffer page = scope.allocate(heading.length + (long) compressed.size());
    Memory.copyFromArray(heading, 0, page.address(), heading.length);
    Memory.copy(compressed.address(), page.address() + heading.length, compressed.size());
    return new StoredPage(
        page,
        heading.length + compressed.size(),
        heading.length + header.getUncompressed_page_size());
  }

  /**
   * A chunk that has been written.
   *
   * @param bounds of its pages, null where they are not known
   */
  record Written(ColumnChunk chunk, @Nullable ColumnIndex bounds, OffsetIndex places) {}

  /** Writes the chunk and begins the next row group; the chunk's description. */
  final Written finish(FileOutput output) {
    endPage();
    long start = output.position();
    long uncompressed = 0;
    ColumnMetaData description = new ColumnMetaData();
    if (entries() > 0) {
      body.clear();
      putDictionary(body);
      compressed.clear();
      compressor.compress(body.address(), body.size(), compressed);
      PageHeader header = new PageHeader(PageType.DICTIONARY_PAGE, body.size(), compressed.size());
      header.setDictionary_page_header(new DictionaryPageHeader(entries(), Encoding.PLAIN));
      encodings.add(Encoding.PLAIN);
      StoredPage page = stored(header);
      try (Buffer owned = page.bytes) {
        write(page, output);
        uncompressed += body.size() + (output.position() - start - compressed.size());
        description.setDictionary_page_offset(start);
      }
    }
    description.setData_page_offset(output.position());
    for (StoredPage page : pages) {
      index.place(output.position(), page.length);
      write(page, output);
      uncompressed += page.uncompressed;
    }
    Statistics statistics = new Statistics();
    statistics.setNull_count(nulls);
    putBounds(statistics);
    description.setType(column.physical());
    description.setEncodings(List.copyOf(encodings));
    description.setPath_in_schema(column.path());
    description.setCodec(options.codec());
    description.setNum_values(chunkEntries);
    description.setTotal_uncompressed_size(uncompressed);
    description.setTotal_compressed_size(output.position() - start);
    description.setStatistics(statistics);
    long values = chunkEntries - nulls;
    if (isCoded() && entries() > 0) {
      description.setKey_value_metadata(List.of(DistinctCounts.note(entries())));
    } else if (isCounted() && values > 0) {
      description.setKey_value_metadata(List.of(DistinctCounts.note(distinct.estimate(values))));
    }
    description.setEncoding_stats(index.encodings(options.pageVersion(), entries() > 0));
    ColumnChunk chunk = new ColumnChunk(0);
    chunk.setMeta_data(description);
    Written written = new Written(chunk, index.bounds(), index.places());
    forget();
    return written;
  }

  private static void write(StoredPage page, FileOutput output) {
    byte[] bytes = new byte[page.length];
    Memory.copyToArray(page.bytes.address(), bytes, 0, page.length);
    output.write(bytes, 0, page.length);
  }

  private void forget() {
    pages.forEach(page -> page.bytes.close());
    pages.clear();
    storedBytes = 0;
    encodings.clear();
    index.clear();
    distinct.clear();
    chunkEntries = 0;
    nulls = 0;
    pageRows = 0;
    pageEntries = 0;
    pageValues = 0;
    plain.clear();
    reset();
  }

  @Override
  public void close() {
    forget();
    plain.close();
    body.close();
    compressed.close();
    scope.release(charged);
    charged = 0;
  }
}
