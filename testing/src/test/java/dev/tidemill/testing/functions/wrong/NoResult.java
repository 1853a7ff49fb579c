package dev.tidemill.testing.functions.wrong;

import dev.tidemill.plan.function.user.UserAggregateFunction;

/** An aggregate without a result. */
public final class NoResult implements UserAggregateFunction<Integer> {
  @Override
  public Integer create() {
    return 0;
  }

  public void add(Integer state, long x) {}
}
