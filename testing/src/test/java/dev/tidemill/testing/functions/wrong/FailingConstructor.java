package dev.tidemill.testing.functions.wrong;

import dev.tidemill.plan.function.user.UserScalarFunction;

/** Fails when it is made. */
public final class FailingConstructor implements UserScalarFunction {
  public FailingConstructor() {
    throw new IllegalStateException("on purpose");
  }

  public long eval(long x) {
    return x;
  }
}
