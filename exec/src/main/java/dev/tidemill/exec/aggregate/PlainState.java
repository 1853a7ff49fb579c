package dev.tidemill.exec.aggregate;

import dev.tidemill.foundation.batch.Column;
import dev.tidemill.foundation.batch.ColumnBuilder;
import dev.tidemill.foundation.memory.MemoryScope;
import dev.tidemill.foundation.type.Type;
import java.util.List;
import org.jspecify.annotations.Nullable;

/** The state of a call over all its rows: an accumulator. */
final class PlainState implements CallState {
  private final GroupedAccumulator accumulator;

  PlainState(GroupedAccumulator accumulator) {
    this.accumulator = accumulator;
  }

  GroupedAccumulator accumulator() {
    return accumulator;
  }

  @Override
  public boolean takesNulls() {
    return accumulator.takesNulls();
  }

  @Override
  public void add(
      List<Column> arguments,
      int length,
      int[] rows,
      int[] groups,
      int count,
      @Nullable GroupRuns runs,
      int groupCount) {
    accumulator.ensure(groupCount);
    if (arguments.isEmpty()) {
      if (runs == null) {
        accumulator.addRows(groups, count);
      } else {
        accumulator.addRowRuns(runs, groups, count);
      }
    } else if (arguments.size() > 1) {
      accumulator.addAll(arguments, rows, groups, count);
    } else if (runs == null) {
      accumulator.add(arguments.get(0), rows, groups, count);
    } else {
      accumulator.addRuns(arguments.get(0), runs, rows, groups, count);
    }
  }

  @Override
  public void freeze(GroupPartitions partitions) {
    accumulator.ensure(partitions.groupCount());
  }

  @Override
  public void merge(CallState other, GroupMapping mapping, int groupCount) {
    accumulator.ensure(groupCount);
    accumulator.merge(
        ((PlainState) other).accumulator, mapping.from(), mapping.to(), mapping.count());
  }

  /**
   * Adds group {@code from[i]} of another to {@code to[i]}, which may be the same of many.
   *
   * @param otherCount all groups of the other are below this
   * @param groupCount all groups are below this
   */
  void rollUp(PlainState other, int otherCount, int[] from, int[] to, int count, int groupCount) {
    other.accumulator.ensure(otherCount);
    accumulator.ensure(groupCount);
    accumulator.merge(other.accumulator, from, to, count);
  }

  @Override
  public List<Type> stateTypes() {
    return accumulator.stateTypes();
  }

  @Override
  public void writeState(int group, List<ColumnBuilder> state) {
    accumulator.writeState(group, state);
  }

  @Override
  public void mergeState(List<Column> state, int[] rows, int[] groups, int count, int groupCount) {
    accumulator.ensure(groupCount);
    accumulator.mergeState(state, rows, groups, count);
  }

  @Override
  public void finish(int groupCount) {
    accumulator.ensure(groupCount);
  }

  @Override
  public Column result(int from, int count, MemoryScope scope) {
    return accumulator.result(from, count, scope);
  }

  @Override
  public void close() {
    accumulator.close();
  }
}
