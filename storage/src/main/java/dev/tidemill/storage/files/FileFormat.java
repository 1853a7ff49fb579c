package dev.tidemill.storage.files;

import dev.tidemill.foundation.memory.MemoryScope;
import dev.tidemill.storage.file.FileOutput;
import dev.tidemill.storage.table.BatchReader;
import dev.tidemill.storage.table.ColumnFilter;
import dev.tidemill.storage.table.FilterSupport;
import dev.tidemill.storage.table.TableStatistics;
import dev.tidemill.storage.table.ValueExtremes;
import java.util.List;
import org.apache.arrow.vector.types.pojo.Schema;
import org.jspecify.annotations.Nullable;

/**
 * How rows stand in files of one kind, with the options it was made with ({@link
 * FileFormatProvider}). It keeps nothing but caches; safe for use by many threads.
 *
 * <p>Rows of a file have a fixed order and <i>positions</i> between them: a {@code long} that
 * grows, 0 before the first row and {@link #END} behind the last. What it counts is the format's
 * own matter (bytes, rows); a position that {@link #cut} gave divides the file exactly: the rows
 * from a to b and those from b to c are the rows from a to c.
 *
 * <p>Errors of the data are {@code TidemillException}s of kind USER that name the file and the
 * place in it.
 */
public interface FileFormat extends RecordFormat {
  /** The position behind the last row of any file. */
  long END = Long.MAX_VALUE;

  /**
   * The columns of a table over {@code files}: what fits all that was looked at.
   *
   * @param files some of the table's files, at least one
   */
  Schema inferSchema(List<DataFile> files);

  /**
   * What is known of a file's rows without reading them; a row count only where it is exact or a
   * good guess.
   */
  TableStatistics statistics(DataFile file, Schema schema);

  /** What reading does with a filter on a table of the given columns. */
  default FilterSupport support(ColumnFilter filter, Schema schema) {
    return FilterSupport.NO;
  }

  /** How far {@code maxRows} rows (at least 1) from {@code from} reach. */
  FileCut cut(DataFile file, Schema schema, long from, long maxRows);

  /**
   * Divides the rows between two positions into ranges that are read in parallel, in order, leaving
   * out those that no row of can pass the filters that are {@link #support}ed.
   *
   * @throws dev.tidemill.foundation.error.TidemillException if the file does not fit the table's
   *     columns
   */
  List<FileRange> ranges(DataFile file, long from, long to, FileScan scan);

  /**
   * Divides a range that {@link #ranges} gave into ranges of about {@code rows} rows, in order,
   * where reading these costs hardly more than reading the whole.
   */
  default List<FileRange> divide(FileRange range, long rows) {
    return List.of(range);
  }

  /**
   * The least and greatest value of each of the scan's columns in a range that {@link #ranges}
   * gave, where they are known exactly and without reading rows, else null.
   */
  default @Nullable List<ValueExtremes> extremes(DataFile file, FileRange range, FileScan scan) {
    return null;
  }

  /**
   * Reads a range that {@link #ranges} or {@link #divide} gave; the batches are charged to {@code
   * scope}.
   */
  BatchReader open(DataFile file, FileRange range, FileScan scan, MemoryScope scope);

  @Override
  default BatchReader open(RecordSource records, FileScan scan, MemoryScope scope) {
    throw FilesErrors.unsupportedRecords(name());
  }

  @Override
  default RowEncoder encoder(Schema schema) {
    throw FilesErrors.unsupportedRecords(name());
  }

  /**
   * Writes rows of the given columns to {@code output}, which stays the caller's to commit and
   * close.
   *
   * @param scope what buffered rows are charged to
   */
  FileWriter writer(FileOutput output, Schema schema, MemoryScope scope);
}
