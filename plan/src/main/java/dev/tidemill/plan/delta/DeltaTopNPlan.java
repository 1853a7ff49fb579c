package dev.tidemill.plan.delta;

import dev.tidemill.plan.batch.OutputColumn;
import dev.tidemill.plan.batch.SortKey;
import java.util.List;

/**
 * The rows {@code offset} to {@code offset + limit} in the order of the keys, ties broken by all
 * columns, incrementally: keeps rows in order, over an insert-only input only those that can still
 * surface.
 *
 * @param limit {@link Long#MAX_VALUE} for all behind the offset
 */
public record DeltaTopNPlan(DeltaPlan input, List<SortKey> keys, long limit, long offset)
    implements DeltaPlan {
  public DeltaTopNPlan {
    keys = List.copyOf(keys);
    if (limit < 0 || offset < 0) {
      throw new IllegalArgumentException("limit " + limit + ", offset " + offset);
    }
  }

  @Override
  public List<OutputColumn> columns() {
    return input.columns();
  }

  @Override
  public List<DeltaPlan> inputs() {
    return List.of(input);
  }

  @Override
  public boolean changing() {
    return true;
  }
}
