package dev.tidemill.exec.aggregate;

import dev.tidemill.foundation.batch.Column;
import dev.tidemill.foundation.batch.ColumnBuilder;
import dev.tidemill.foundation.memory.MemoryScope;
import dev.tidemill.foundation.type.Type;
import java.util.List;
import org.jspecify.annotations.Nullable;

/**
 * A call that is answered from the state of another over the same rows: AVG, SUM and COUNT of one
 * argument all follow from one sum and one count. It has nothing to do but that.
 */
record SharedState(WideSums sums, ExactResult result) implements CallState {
  @Override
  public boolean takesNulls() {
    return true;
  }

  @Override
  public void add(
      List<Column> arguments,
      int length,
      int[] rows,
      int[] groups,
      int count,
      @Nullable GroupRuns runs,
      int groupCount) {}

  @Override
  public void freeze(GroupPartitions partitions) {}

  @Override
  public void merge(CallState other, GroupMapping mapping, int groupCount) {}

  @Override
  public List<Type> stateTypes() {
    return List.of();
  }

  @Override
  public void writeState(int group, List<ColumnBuilder> state) {}

  @Override
  public void mergeState(List<Column> state, int[] rows, int[] groups, int count, int groupCount) {}

  @Override
  public void finish(int groupCount) {}

  @Override
  public Column result(int from, int count, MemoryScope scope) {
    return result.column(sums, from, count, scope);
  }

  @Override
  public void close() {}
}
