package dev.tidemill.exec.aggregate;

import dev.tidemill.exec.pipeline.Worker;
import dev.tidemill.foundation.batch.Column;
import dev.tidemill.foundation.memory.MemoryScope;
import java.util.List;

/** The state of a call over all its rows: an accumulator. */
final class PlainState implements CallState {
  private final GroupedAccumulator accumulator;

  PlainState(GroupedAccumulator accumulator) {
    this.accumulator = accumulator;
  }

  @Override
  public boolean takesNulls() {
    return accumulator.takesNulls();
  }

  @Override
  public void add(
      List<Column> arguments, int length, int[] rows, int[] groups, int count, int groupCount) {
    accumulator.ensure(groupCount);
    if (arguments.isEmpty()) {
      accumulator.addRows(groups, count);
    } else {
      accumulator.add(arguments.get(0), rows, groups, count);
    }
  }

  @Override
  public void merge(CallState other, int[] mapping, int otherGroupCount, int groupCount) {
    accumulator.ensure(groupCount);
    GroupedAccumulator theirs = ((PlainState) other).accumulator;
    theirs.ensure(otherGroupCount);
    accumulator.merge(theirs, Worker.allRows(otherGroupCount), mapping, otherGroupCount);
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
