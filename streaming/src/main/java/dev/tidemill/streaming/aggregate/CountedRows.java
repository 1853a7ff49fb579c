package dev.tidemill.streaming.aggregate;

import dev.tidemill.foundation.batch.BooleanColumn;
import dev.tidemill.foundation.batch.Column;
import java.util.List;
import org.jspecify.annotations.Nullable;

/** The rows of a delta that count for a call: those without a NULL that pass its filter. */
final class CountedRows {
  int[] rows = new int[0];
  int[] groups = new int[0];
  long[] weights = new long[0];

  /**
   * Sets the rows.
   *
   * @param filter without a dictionary, or null
   * @return how many they are
   */
  int keep(
      List<Column> arguments,
      @Nullable BooleanColumn filter,
      int[] deltaRows,
      int[] deltaGroups,
      long[] deltaWeights,
      int count) {
    if (rows.length < count) {
      rows = new int[count];
      groups = new int[count];
      weights = new long[count];
    }
    int kept = 0;
    for (int i = 0; i < count; i++) {
      int row = deltaRows[i];
      boolean counts = filter == null || !filter.isNull(row) && filter.booleanAt(row);
      for (int a = 0; counts && a < arguments.size(); a++) {
        counts = !arguments.get(a).isNull(row);
      }
      if (counts) {
        rows[kept] = row;
        groups[kept] = deltaGroups[i];
        weights[kept++] = deltaWeights[i];
      }
    }
    return kept;
  }
}
