package dev.tidemill.jdbc.spi;

import java.util.List;
import org.jspecify.annotations.Nullable;

/** What an execution gave: rows, page by page, or a count. */
public interface DatabaseResult extends AutoCloseable {
  /** Whether there are rows (possibly none) rather than a count. */
  boolean hasRows();

  /** The columns of the rows; none where there is a count. */
  List<ColumnDescription> columns();

  /** Rows written, 0 for statements that write none, -1 where there are rows. */
  long updateCount();

  /** The name of the session's time zone, whose clocks instants are shown by. */
  default String timeZone() {
    return "UTC";
  }

  /** What the user should know beside it. */
  List<String> warnings();

  /**
   * The next rows, or null at the end. Waits for them.
   *
   * @param maxRows the most rows that the caller wants at once, 0 for as many as are at hand
   */
  @Nullable Page next(int maxRows) throws DatabaseException;

  /** Ends it, finished or not. More than once does no harm. */
  @Override
  void close() throws DatabaseException;
}
