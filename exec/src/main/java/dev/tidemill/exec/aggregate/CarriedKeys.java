package dev.tidemill.exec.aggregate;

import dev.tidemill.foundation.batch.Batch;
import dev.tidemill.foundation.batch.Column;
import dev.tidemill.foundation.batch.ColumnBuilder;
import dev.tidemill.foundation.batch.ColumnBuilders;
import dev.tidemill.foundation.memory.MemoryScope;
import dev.tidemill.foundation.type.Type;
import java.util.List;

/** The carried keys of each group: those of its first row. */
final class CarriedKeys implements AutoCloseable {
  private final ColumnBuilders builders;
  private final int[] firstRows = new int[Batch.MAX_ROWS];
  private int groupCount;

  CarriedKeys(List<Type> types, MemoryScope memory) {
    this.builders = new ColumnBuilders(types, memory, 64);
  }

  /**
   * Takes the keys of groups that are new.
   *
   * @param columns the carried columns, borrowed
   * @param groups of each of {@code rows} its group; new ones ascend from row to row
   * @param groupsNow how many groups there are with the new ones
   */
  void add(List<Column> columns, int[] rows, int[] groups, int count, int groupsNow) {
    List<ColumnBuilder> to = builders.all();
    if (to.isEmpty()) {
      return;
    }
    int found = 0;
    for (int i = 0; i < count; i++) {
      if (groups[i] == groupCount + found) {
        firstRows[found++] = rows[i];
      }
    }
    if (groupCount + found != groupsNow) {
      throw new IllegalStateException(groupsNow + " groups, keys of " + (groupCount + found));
    }
    for (int k = 0; k < to.size(); k++) {
      ColumnBuilder builder = to.get(k);
      Column column = columns.get(k);
      for (int i = 0; i < found; i++) {
        builder.appendFrom(column, firstRows[i]);
      }
    }
    groupCount = groupsNow;
  }

  /** The columns by group, the caller's to close. */
  List<Column> build() {
    return builders.build();
  }

  @Override
  public void close() {
    builders.close();
  }
}
