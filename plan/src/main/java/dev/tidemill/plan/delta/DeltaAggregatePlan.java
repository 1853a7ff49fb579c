package dev.tidemill.plan.delta;

import dev.tidemill.plan.batch.AggregateCall;
import dev.tidemill.plan.batch.OutputColumn;
import java.util.List;
import org.jspecify.annotations.Nullable;

/**
 * GROUP BY, incrementally: keeps an accumulator per call and group, and gives of every group that a
 * step touches the old row back and the new row out. Without keys there is one group, which has a
 * row even over no rows. Without calls it is DISTINCT.
 *
 * @param keys input columns: the first columns of the result
 * @param bound a key (by its place in {@code keys}) whose groups end, or null where all groups are
 *     kept for ever. In APPEND a group's row is given out when the group ends
 */
public record DeltaAggregatePlan(
    DeltaPlan input,
    List<Integer> keys,
    List<AggregateCall> calls,
    List<OutputColumn> columns,
    @Nullable TimeBound bound)
    implements DeltaPlan {
  public DeltaAggregatePlan {
    keys = List.copyOf(keys);
    calls = List.copyOf(calls);
    columns = List.copyOf(columns);
    if (columns.size() != keys.size() + calls.size()) {
      throw new IllegalArgumentException(
          columns.size() + " columns for " + keys.size() + " keys and " + calls);
    }
  }

  @Override
  public List<DeltaPlan> inputs() {
    return List.of(input);
  }

  @Override
  public boolean changing() {
    return keys.isEmpty() || !calls.isEmpty() || input.changing();
  }
}
