package dev.tidemill.storage.parquet;

import dev.tidemill.foundation.batch.Batch;
import dev.tidemill.foundation.batch.Column;
import dev.tidemill.foundation.batch.Columns;
import dev.tidemill.foundation.batch.Selection;
import dev.tidemill.foundation.memory.MemoryScope;
import dev.tidemill.foundation.type.ArrowTypes;
import dev.tidemill.foundation.type.Type;
import dev.tidemill.storage.file.FileInput;
import dev.tidemill.storage.files.DataFile;
import dev.tidemill.storage.files.FileScan;
import dev.tidemill.storage.table.BatchReader;
import dev.tidemill.storage.table.ColumnFilter;
import dev.tidemill.storage.table.SkippedReads;
import dev.tidemill.storage.table.StagedReader;
import java.util.ArrayList;
import java.util.List;
import org.apache.arrow.vector.types.pojo.Field;
import org.apache.parquet.format.ColumnChunk;
import org.jspecify.annotations.Nullable;

/**
 * Reads some rows of one row group, {@link Batch#MAX_ROWS} at a time. A table's column that the
 * file does not have is NULL. Memory: per column a window of the file, a page, and the dictionary.
 */
final class RowGroupReader implements BatchReader, StagedReader {
  private final FileInput input;
  private final MemoryScope scope;
  private final List<Source> sources = new ArrayList<>();

  /** The number in the file of the row group's first row. */
  private final long groupStart;

  /** The current rows, counted in the row group. */
  private long start;

  private int rows;

  /** Pairs of a first row and the row behind the last, to be read one after the other. */
  private long[] ranges = {};

  private int range;

  /** The first row that this reader is for, counted in the row group. */
  private final long firstWanted;

  /** Rows that were ruled out before any was read. */
  private long skippedRows;

  /**
   * @param from first row, counted in the row group
   * @param to the row behind the last
   */
  RowGroupReader(
      DataFile file,
      Footer footer,
      int rowGroup,
      long from,
      long to,
      FileScan scan,
      MemoryScope scope) {
    this.scope = scope;
    this.firstWanted = from;
    this.groupStart = footer.start(rowGroup);
    this.input = file.open();
    try {
      ranges = RowSkipping.ranges(input, footer, rowGroup, from, to, scan.filters());
      for (String name : scan.columns()) {
        sources.add(source(footer, rowGroup, name, scan));
      }
      if (ranges.length > 0 && dictionaryRejects(footer, rowGroup, scan)) {
        ranges = new long[0];
      }
      skippedRows = to - from - rows(ranges);
    } catch (RuntimeException e) {
      close();
      throw e;
    }
  }

  private static long rows(long[] ranges) {
    long rows = 0;
    for (int i = 0; i < ranges.length; i += 2) {
      rows += ranges[i + 1] - ranges[i];
    }
    return rows;
  }

  /** Whether a look at the values of a dictionary may well show that none of them passes. */
  private static boolean looksAtDictionary(ColumnFilter filter) {
    return switch (filter) {
      case ColumnFilter.Comparison comparison ->
          comparison.operator() == ColumnFilter.Operator.EQUAL;
      case ColumnFilter.In in -> true;
      case ColumnFilter.Prefix prefix -> true;
      case ColumnFilter.Range range -> false;
      case ColumnFilter.NullTest test -> false;
      case ColumnFilter.Opaque opaque -> false;
    };
  }

  /** Whether one of the filters rejects all entries of a dictionary that all pages use. */
  private boolean dictionaryRejects(Footer footer, int rowGroup, FileScan scan) {
    for (ColumnFilter filter : scan.filters()) {
      FieldReader reader =
          looksAtDictionary(filter) && scan.columns().contains(filter.column())
              ? sources.get(scan.columns().indexOf(filter.column())).reader
              : null;
      ParquetField field = footer.field(filter.column());
      if (reader instanceof ColumnReader flat
          && field != null
          && field.leaf() != null
          && DistinctCounts.hasOnlyCodes(
              footer.rowGroup(rowGroup).getColumns().get(field.leaf().leaf()).getMeta_data())
          && flat.dictionaryRejects(filter)) {
        return true;
      }
    }
    return false;
  }

  /**
   * Whether the file has what the table's column {@code name} needs.
   *
   * @throws dev.tidemill.foundation.error.TidemillException if not
   */
  static void checkColumn(Footer footer, String name, FileScan scan) {
    Field field = scan.schema().findField(name);
    ParquetField found = footer.field(name);
    if (found != null) {
      ParquetNode node = found.node(footer.path());
      if (node instanceof ParquetNode.Leaf leaf) {
        ColumnAdapter.decodedType(leaf.column(), ArrowTypes.type(field), footer.path());
      } else {
        NestedReader.check(name, node, ArrowTypes.type(field), footer.path());
      }
    } else if (!field.isNullable()) {
      throw ParquetErrors.columnMissing(footer.path(), name);
    }
  }

  private Source source(Footer footer, int rowGroup, String name, FileScan scan) {
    checkColumn(footer, name, scan);
    Field field = scan.schema().findField(name);
    Type type = ArrowTypes.type(field);
    ParquetPlace place = new ParquetPlace(footer.path(), name, rowGroup);
    ParquetField found = footer.field(name);
    if (found == null) {
      return new Source(type, true, place, null, null);
    }
    if (!(found.node(footer.path()) instanceof ParquetNode.Leaf flat)) {
      return new Source(
          type,
          field.isNullable(),
          place,
          new NestedReader(found.node(footer.path()), type, input, footer, rowGroup, place, scope),
          null);
    }
    ParquetColumn leaf = flat.column();
    Type decoded = ColumnAdapter.decodedType(leaf, type, footer.path());
    ParquetColumn column = leaf.as(decoded);
    ColumnChunk chunk = footer.rowGroup(rowGroup).getColumns().get(column.leaf());
    long rowCount = footer.rowGroup(rowGroup).getNum_rows();
    PagePlaces places = null;
    if (ranges.length > 0 && rows(ranges) < rowCount) {
      places = PageIndex.places(input, footer, chunk, rowCount);
    }
    PageReader pages =
        new PageReader(
            input, chunk.getMeta_data(), column.optional(), false, footer.dataEnd(), place, scope);
    if (places != null) {
      pages.expectEnd(places.behind(ranges[ranges.length - 1] - 1));
    }
    return new Source(
        type,
        field.isNullable(),
        place,
        new ColumnReader(column, pages, places, firstWanted, place, scope),
        new ColumnAdapter(decoded, type, place));
  }

  @Override
  public StagedReader staged() {
    return this;
  }

  @Override
  public int advance() {
    start += rows;
    rows = 0;
    while (range < ranges.length && start >= ranges[range + 1]) {
      range += 2;
    }
    if (range < ranges.length) {
      start = Math.max(start, ranges[range]);
      rows = (int) Math.min(ranges[range + 1] - start, Batch.MAX_ROWS);
    }
    return rows;
  }

  @Override
  public Column read(int column, @Nullable Selection selection) {
    return sources.get(column).read(start, rows, selection, scope);
  }

  @Override
  public @Nullable Batch next() {
    if (advance() == 0) {
      return null;
    }
    List<Column> columns = new ArrayList<>(sources.size());
    try {
      for (int i = 0; i < sources.size(); i++) {
        columns.add(read(i, null));
      }
    } catch (RuntimeException e) {
      columns.forEach(Column::close);
      throw e;
    }
    return new Batch(rows, columns);
  }

  /** The number in the file of a row of the batch that was read last. */
  @Override
  public long positionOf(int row) {
    return groupStart + start + row;
  }

  @Override
  public long bytesRead() {
    long bytes = 0;
    for (Source source : sources) {
      bytes += source.reader == null ? 0 : source.reader.bytesRead();
    }
    return bytes;
  }

  @Override
  public SkippedReads skipped() {
    long decoded = 0;
    long passed = 0;
    for (Source source : sources) {
      decoded += source.reader == null ? 0 : source.reader.decodedPages();
      passed += source.reader == null ? 0 : source.reader.skippedPages();
    }
    return new SkippedReads(decoded, passed, skippedRows);
  }

  @Override
  public void close() {
    for (Source source : sources) {
      if (source.reader != null) {
        source.reader.close();
      }
    }
    sources.clear();
    input.close();
  }

  /** Where a column of the batches comes from; without a reader it is NULL. */
  private record Source(
      Type type,
      boolean nullable,
      ParquetPlace place,
      @Nullable FieldReader reader,
      @Nullable ColumnAdapter adapter) {
    Column read(long start, int rows, @Nullable Selection selection, MemoryScope scope) {
      if (reader == null) {
        return Columns.nulls(type, selection == null ? rows : selection.count(), scope);
      }
      Column read =
          selection == null || selection.count() == rows
              ? reader.read(start, rows)
              : reader.read(start, selection);
      Column column = adapter == null ? read : adapter.adapt(read, scope);
      if (!nullable && column.mayHaveNulls()) {
        column.close();
        throw ParquetErrors.nullValue(place);
      }
      return column;
    }
  }
}
