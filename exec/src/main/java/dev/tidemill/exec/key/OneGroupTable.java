package dev.tidemill.exec.key;

import dev.tidemill.foundation.batch.Column;
import java.util.Arrays;
import java.util.List;

/** All rows are one group, which is there before the first row. */
final class OneGroupTable extends GroupTable {
  @Override
  public int groupCount() {
    return 1;
  }

  @Override
  public void groups(List<Column> columns, int[] rows, int count, int[] groups) {
    Arrays.fill(groups, 0, count, 0);
  }

  @Override
  public void find(List<Column> columns, int[] rows, int count, int[] groups, Lookup lookup) {
    Arrays.fill(groups, 0, count, 0);
  }

  @Override
  public List<Column> keys(int[] groups, int count) {
    return List.of();
  }

  @Override
  public List<Column> keys() {
    return List.of();
  }

  @Override
  public void close() {}
}
