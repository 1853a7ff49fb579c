package dev.tidemill.exec.join;

import dev.tidemill.exec.key.GroupTable;
import dev.tidemill.foundation.batch.Column;
import java.util.List;

/**
 * From keys to the first build row of each. Immutable once made; any number of threads. The chains
 * of rows that share a key are the table's.
 */
sealed interface FirstRows extends AutoCloseable permits DenseFirstRows, HashedFirstRows {
  /**
   * Sets {@code firsts[i]} to the first build row of the key in row {@code rows[i]} of {@code
   * columns}, or -1. What it says of a row with a NULL means nothing unless NULLs match.
   */
  void find(List<Column> columns, int[] rows, int count, int[] firsts, GroupTable.Lookup lookup);

  @Override
  void close();
}
