package dev.tidemill.engine;

import dev.tidemill.plan.function.user.UserScalarFunction;

/** A function that a class path offers as a service. */
public final class OfferedFunction implements UserScalarFunction {
  @Override
  public String name() {
    return "twice";
  }

  public long eval(long value) {
    return 2 * value;
  }
}
