package dev.tidemill.plan.delta;

import dev.tidemill.plan.batch.AggregateCall;
import dev.tidemill.plan.batch.OutputColumn;
import dev.tidemill.plan.function.AggregateFunction;
import java.util.EnumSet;
import java.util.List;
import java.util.Set;
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
  /** Over rows that only come these keep as much as one row, whatever comes. */
  private static final Set<AggregateFunction> SMALL =
      EnumSet.of(
          AggregateFunction.COUNT,
          AggregateFunction.SUM,
          AggregateFunction.AVG,
          AggregateFunction.MIN,
          AggregateFunction.MAX,
          AggregateFunction.BOOL_AND,
          AggregateFunction.BOOL_OR,
          AggregateFunction.BIT_AND,
          AggregateFunction.BIT_OR,
          AggregateFunction.BIT_XOR,
          AggregateFunction.STDDEV_POP,
          AggregateFunction.STDDEV_SAMP,
          AggregateFunction.VAR_POP,
          AggregateFunction.VAR_SAMP,
          AggregateFunction.COVAR_POP,
          AggregateFunction.COVAR_SAMP,
          AggregateFunction.SKEWNESS,
          AggregateFunction.KURTOSIS,
          AggregateFunction.KURTOSIS_POP,
          AggregateFunction.APPROX_COUNT_DISTINCT,
          AggregateFunction.APPROX_QUANTILE);

  public DeltaAggregatePlan {
    keys = List.copyOf(keys);
    calls = List.copyOf(calls);
    columns = List.copyOf(columns);
    if (columns.size() != keys.size() + calls.size()) {
      throw new IllegalArgumentException(
          columns.size() + " columns for " + keys.size() + " keys and " + calls);
    }
  }

  /** Whether without keys it keeps as much as one row, whatever comes. */
  public boolean keepsOneRow() {
    return keys.isEmpty() && calls.stream().allMatch(call -> isSmall(call, input.changing()));
  }

  /** Whether an aggregate keeps as much as one value, whatever comes. */
  public static boolean isSmall(AggregateCall call, boolean changing) {
    AggregateFunction function = call.function();
    boolean isExtreme = function == AggregateFunction.MIN || function == AggregateFunction.MAX;
    boolean isBits = function == AggregateFunction.BIT_AND || function == AggregateFunction.BIT_OR;
    boolean isDistinct = call.distinct() && !isExtreme && !isBits;
    return SMALL.contains(function) && !isDistinct && !(changing && (isExtreme || isBits));
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
