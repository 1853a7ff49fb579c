package dev.tidemill.exec.join;

import dev.tidemill.exec.key.GroupTable;
import dev.tidemill.foundation.batch.Column;
import java.util.List;

/**
 * First rows by hashed key. Owns the groups.
 *
 * @param first the first row by group id; empty where the group id is the row
 */
record HashedFirstRows(GroupTable groups, int[] first) implements FirstRows {
  @Override
  public void find(
      List<Column> columns, int[] rows, int count, int[] firsts, GroupTable.Lookup lookup) {
    groups.find(columns, rows, count, firsts, lookup);
    if (first.length > 0) {
      for (int i = 0; i < count; i++) {
        firsts[i] = firsts[i] < 0 ? -1 : first[firsts[i]];
      }
    }
  }

  @Override
  public void close() {
    groups.close();
  }
}
