package dev.tidemill.jdbc.spi;

import java.util.List;
import org.jspecify.annotations.Nullable;

/** The text of one statement, to be run any number of times. */
public interface DatabaseStatement extends AutoCloseable {
  /**
   * Makes the statement ready and says what it takes and gives. Later executions go on from there.
   */
  StatementDescription describe() throws DatabaseException;

  /**
   * Runs it. Rows are asked for page by page; a statement without rows is done on return.
   *
   * @param parameters one for each {@code ?}, an object of the class that its {@link ColumnType}
   *     names, or null
   */
  DatabaseResult execute(List<? extends @Nullable Object> parameters) throws DatabaseException;

  /**
   * Stops what runs of this statement now; the call at work throws with SQLSTATE 57014. Any thread.
   */
  void cancel();

  @Override
  void close() throws DatabaseException;
}
