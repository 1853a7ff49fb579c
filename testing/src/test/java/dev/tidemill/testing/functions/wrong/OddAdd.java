package dev.tidemill.testing.functions.wrong;

import dev.tidemill.plan.function.user.UserAggregateFunction;

/** An aggregate whose add gives a state, as if it could not be changed. */
public final class OddAdd implements UserAggregateFunction<Long> {
  @Override
  public Long create() {
    return 0L;
  }

  public Long add(Long state, long x) {
    return state + x;
  }

  public Long result(Long state) {
    return state;
  }
}
