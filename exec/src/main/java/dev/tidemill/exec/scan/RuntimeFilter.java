package dev.tidemill.exec.scan;

import dev.tidemill.foundation.batch.Column;
import dev.tidemill.storage.table.ColumnFilter;
import dev.tidemill.storage.table.ValueBits;
import org.jspecify.annotations.Nullable;

/**
 * A condition on one column of a scan that is found while the query runs: the keys a join's build
 * side has, the bound of a top-N. {@link ScanOperator#addFilter} takes it when operators are
 * connected; from then on the scan asks it whenever it opens a split. Rows that it rejects need not
 * come, but may: it never replaces a condition. Thread-safe.
 */
public interface RuntimeFilter {
  /** The column's index among the scan's columns. */
  int column();

  /** Whether it can be asked yet, and is worth it. Once a split is opened it is kept for it. */
  boolean isKnown();

  /**
   * Whether it comes to be known, and rejects more, while a split is read: then it is asked from
   * the first one on.
   */
  default boolean moves() {
    return false;
  }

  /** Counts how often it has come to reject more. */
  default int version() {
    return 0;
  }

  /**
   * What storage may leave out units of rows by, named after the scan's column, or null. Asked only
   * when known.
   */
  @Nullable ColumnFilter range();

  /**
   * Copies those of {@code rows} that may pass to {@code passed}, in order; a NULL does not. Asked
   * only when known. Of a column of codes it is asked about the dictionary's entries.
   *
   * @param values never a dictionary column
   * @param rows row numbers in {@code values}; only the first {@code count} mean something
   * @param passed has room for {@code count}; may be the same array as {@code rows}
   * @return how many passed
   */
  int select(Column values, int[] rows, int count, int[] passed);

  /**
   * The values that pass, no others, where they are kept as bits; else null. Asked only when known.
   */
  default @Nullable ValueBits bits() {
    return null;
  }
}
