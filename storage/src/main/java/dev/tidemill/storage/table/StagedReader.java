package dev.tidemill.storage.table;

import dev.tidemill.foundation.batch.Column;
import dev.tidemill.foundation.batch.Selection;
import org.jspecify.annotations.Nullable;

/**
 * A split read some rows at a time, and of these column by column, so that columns need not be read
 * of rows that a condition on another column rejects.
 *
 * <pre>
 *   while ((n = reader.advance()) &gt; 0) {
 *     Column a = reader.read(0, null);           // n values
 *     Column b = reader.read(1, someOfThem);     // someOfThem.count() values
 *   }
 * </pre>
 *
 * <p>One thread.
 */
public interface StagedReader {
  /** Goes on to the next rows; how many, at most {@code Batch.MAX_ROWS}, 0 at the end. */
  int advance();

  /**
   * A column of the current rows, the caller's to close. Each column is read at most once between
   * two calls of {@link #advance}.
   *
   * @param column its place in the request
   * @param rows which of the current rows to read, numbered from 0; null reads all
   * @return one value for each of {@code rows}, in order
   */
  Column read(int column, @Nullable Selection rows);

  /**
   * Whether {@link #between} and {@link #among} answer for a column of the current rows.
   *
   * @param column its place in the request
   */
  default boolean asksUnread(int column) {
    return false;
  }

  /**
   * Finds the rows whose value is between two bounds without reading the column, of one of
   * integers, decimals, dates or times: bounds are the integers that such a column holds. A NULL is
   * between none.
   *
   * @param column its place in the request, not read yet of the current rows
   * @param rows which of the current rows to ask; null asks all
   * @param count of {@code rows}
   * @param found has room for {@code count}, and may be {@code rows}: the places in {@code rows} of
   *     those found, ascending
   * @return how many
   */
  default int between(
      int column, long low, long high, int @Nullable [] rows, int count, int[] found) {
    throw new IllegalStateException("column " + column + " is to be read");
  }

  /** As {@link #between}: the rows whose value is one of {@code values}. */
  default int among(int column, ValueBits values, int @Nullable [] rows, int count, int[] found) {
    throw new IllegalStateException("column " + column + " is to be read");
  }
}
