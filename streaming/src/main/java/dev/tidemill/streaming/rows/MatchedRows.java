package dev.tidemill.streaming.rows;

import dev.tidemill.foundation.batch.Column;
import dev.tidemill.foundation.memory.MemoryScope;
import java.util.List;

/** Rows by number that match others. */
public interface MatchedRows {
  long weight(int row);

  /** A column of rows by number; the caller's to close. */
  Column take(int column, int[] rows, int count, MemoryScope scope);

  /** All columns of rows by number; the caller's to close. */
  List<Column> take(int[] rows, int count, MemoryScope scope);
}
