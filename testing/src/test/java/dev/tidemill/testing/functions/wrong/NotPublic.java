package dev.tidemill.testing.functions.wrong;

import dev.tidemill.plan.function.user.UserScalarFunction;

final class NotPublic implements UserScalarFunction {
  public long eval(long x) {
    return x;
  }
}
