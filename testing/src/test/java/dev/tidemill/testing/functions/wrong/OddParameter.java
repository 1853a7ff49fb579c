package dev.tidemill.testing.functions.wrong;

import dev.tidemill.plan.function.user.UserScalarFunction;

/** Takes what is no value. */
public final class OddParameter implements UserScalarFunction {
  public long eval(long x, StringBuilder text) {
    return x + text.length();
  }
}
