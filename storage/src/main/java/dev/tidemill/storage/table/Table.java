package dev.tidemill.storage.table;

import dev.tidemill.foundation.memory.MemoryScope;
import java.util.List;
import java.util.Set;
import org.apache.arrow.vector.types.pojo.Schema;
import org.jspecify.annotations.Nullable;

/**
 * Rows that arrive. A table is read from one {@link Offset} to another; what stands between two
 * offsets never changes, so a scan may be repeated and gives the same rows.
 *
 * <pre>
 *   batch query    reads start() to end(), end() asked once per query and table
 *   standing query reads from its last offset to advance(last, maxRows).to(), step by step
 * </pre>
 *
 * <p>Safe for use by many threads. Errors of the outside world are {@code TidemillException}s of
 * kind EXTERNAL, errors of the data of kind USER, naming file and place.
 */
public interface Table {
  /**
   * The stored columns: names, types (see {@code ArrowTypes}), nullability. Computed columns are
   * not among them.
   */
  Schema schema();

  InputKind inputKind();

  /**
   * True says that rows are removed as well as inserted: between an offset that is not the start
   * and a later one stands the net change, whose batches carry weights. From the start to an offset
   * there are the rows as of that offset, without weights.
   */
  default boolean changing() {
    return false;
  }

  /**
   * How a changing table is read in steps, or null where that is by its offsets, as it is where
   * nothing changes.
   */
  default @Nullable Changelog changelog() {
    return null;
  }

  /** Whether the rows between two offsets can be read again later, by another process too. */
  default boolean replayable() {
    return true;
  }

  /** What is known of the rows without reading them. */
  TableStatistics statistics();

  /** What reading does with {@code filter}. */
  default FilterSupport support(ColumnFilter filter) {
    return FilterSupport.NO;
  }

  /** The offset before the first row. */
  Offset start();

  /**
   * The offset before the first row for somebody who begins now and is to come to {@code cut},
   * where others stand who have read rows that are no more.
   */
  default Offset startBefore(Offset cut) {
    return start();
  }

  /**
   * The offset before the first row for somebody who reads again what was read from {@code begun}
   * on, where another one began.
   */
  default Offset startAgain(Offset begun) {
    return start();
  }

  /** The offset behind the last row there is now. */
  Offset end();

  /**
   * How far a step that begins at {@code from} may go, taking at most {@code maxRows} (at least 1).
   * Offsets of one table only grow. A source may read ahead to count.
   */
  Advance advance(Offset from, long maxRows);

  /**
   * The partitions there are up to an offset, each of which has its rows in about the order of
   * their times; a watermark is the least of its partitions'. What is of one piece, such as a
   * directory, has one without a name.
   */
  default List<String> partitions(Offset to) {
    return List.of("");
  }

  /**
   * About how much there is behind {@code from}. Asked after each step that leaves something: it
   * must be cheap.
   */
  default Backlog backlog(Offset from) {
    return Backlog.UNKNOWN;
  }

  /**
   * The units of parallel work that make up the request, in the source's order; possibly none.
   *
   * @throws dev.tidemill.foundation.error.TidemillException if a file that the offsets name is gone
   *     or has changed
   */
  List<Split> splits(ScanRequest request);

  /**
   * As {@link #splits(ScanRequest)}, divided further where that is cheap and there would be fewer
   * than {@code parts}.
   */
  default List<Split> splits(ScanRequest request, int parts) {
    return splits(request);
  }

  /**
   * The least and greatest value of each column of a request without filters, where they are known
   * exactly and without reading rows, else null.
   */
  default @Nullable List<ValueExtremes> extremes(ScanRequest request) {
    return null;
  }

  /** Opens one of {@link #splits}; the reader's batches are charged to {@code scope}. */
  BatchReader open(Split split, ScanRequest request, MemoryScope scope);

  /**
   * The offset {@code to}, as it is for somebody who stands at {@code from} and leaves out what
   * lies between the two and is there no more as it was: a step over it failed and took nothing.
   * What has changed are rows anew, behind {@code to}; what is gone is left out. The same offset
   * where nothing is lost, or what is lost was taken in part.
   */
  default Offset withoutLost(Offset from, Offset to) {
    return to;
  }

  /** What this table can be written as; empty for tables that are only read. */
  default Set<SinkMode> sinkModes() {
    return Set.of();
  }

  /**
   * The stored columns by which UPDATE replaces and removes rows here: two rows of a result that
   * agree in all of them would overwrite each other. Empty where each row is written as it is.
   */
  default List<String> upsertKey() {
    return List.of();
  }

  /**
   * Checks that the rows from the start up to an offset are all there still, where a table may lose
   * rows without knowing.
   *
   * @throws dev.tidemill.foundation.error.TidemillException where some are gone
   */
  default void requireWhole(Offset to) {}

  /**
   * Checks, before a query is made that reads the table, what can be known of that without reading
   * rows.
   *
   * @throws dev.tidemill.foundation.error.TidemillException of what cannot be read
   */
  default void requireReadable() {}

  /**
   * Checks, before a query is made that writes the table, what can be known of that as the table is
   * now.
   *
   * @param mode one of {@link #sinkModes}
   * @throws dev.tidemill.foundation.error.TidemillException of what cannot be written so
   */
  default void requireWritable(SinkMode mode) {}

  /**
   * Opens the table for writing. One sink is open at a time.
   *
   * @param writer who writes: {@link TableSink#lastStep} is kept per writer. A standing query gives
   *     an identity that it keeps over restarts and that no other query ever has (step numbers of
   *     another database begin anew); INSERT gives {@link TableSink#INSERT} and numbers its steps
   *     {@code lastStep() + 1}
   * @throws dev.tidemill.foundation.error.TidemillException if the table is read-only, or another
   *     writer has it
   */
  default TableSink sink(String writer) {
    throw StorageErrors.readOnly();
  }

  /** How rows are removed and changed, or null for tables that cannot. */
  default @Nullable Changeable changeable() {
    return null;
  }

  /** The snapshots that it keeps, or null for tables that are only as they are now. */
  default @Nullable Versions versions() {
    return changeable();
  }

  /**
   * The rows that were left out because they could not be read, as a table, or null where none ever
   * are.
   */
  default @Nullable Table rejected() {
    return null;
  }
}
