package dev.tidemill.exec.aggregate;

import dev.tidemill.foundation.batch.Column;
import dev.tidemill.foundation.batch.ColumnBuilder;
import dev.tidemill.foundation.batch.FixedColumn;
import dev.tidemill.foundation.memory.MemoryScope;
import dev.tidemill.foundation.type.Type;
import java.util.List;
import java.util.Objects;
import org.jspecify.annotations.Nullable;

/** SUM, SUM0 and AVG of integers and decimals, from exact sums and counts. */
final class ExactSumAccumulator extends WeightedAccumulator {
  private final ExactResult result;
  private final WideSums sums;

  ExactSumAccumulator(ExactResult result, MemoryScope memory) {
    super(memory);
    this.result = result;
    this.sums = new WideSums(memory);
  }

  /** The sums and counts, which other calls over the same rows may be answered from too. */
  WideSums sums() {
    return sums;
  }

  @Override
  public void ensure(int groups) {
    sums.ensure(groups);
  }

  @Override
  public void add(Column values, int[] rows, int[] groups, int count) {
    sums.add((FixedColumn) values, rows, groups, count);
  }

  @Override
  void addRuns(Column values, GroupRuns runs, int[] rows, int[] groups, int count) {
    sums.addRuns((FixedColumn) values, runs);
  }

  @Override
  public boolean removes() {
    return true;
  }

  @Override
  public void addWeighted(
      @Nullable Column values, int[] rows, int[] groups, long[] weights, int count) {
    sums.addWeighted((FixedColumn) Objects.requireNonNull(values), rows, groups, weights, count);
  }

  @Override
  public void clear(int[] groups, int count) {
    sums.clear(groups, count);
  }

  @Override
  public void merge(GroupedAccumulator other, int[] from, int[] to, int count) {
    sums.merge(((ExactSumAccumulator) other).sums, from, to, count);
  }

  @Override
  public List<Type> stateTypes() {
    return WideSums.STATE_TYPES;
  }

  @Override
  public void writeState(int group, List<ColumnBuilder> state) {
    sums.writeState(group, state);
  }

  @Override
  public void mergeState(List<Column> state, int[] rows, int[] groups, int count) {
    sums.mergeState(state, rows, groups, count);
  }

  @Override
  public void reset(int groups) {
    sums.reset(groups);
  }

  @Override
  public Column result(int from, int count, MemoryScope scope) {
    return result.column(sums, from, count, scope);
  }

  @Override
  public void close() {
    sums.close();
    super.close();
  }
}
