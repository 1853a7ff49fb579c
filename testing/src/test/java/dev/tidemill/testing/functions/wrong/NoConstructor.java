package dev.tidemill.testing.functions.wrong;

import dev.tidemill.plan.function.user.UserScalarFunction;

/** Cannot be made. */
public final class NoConstructor implements UserScalarFunction {
  private final long plus;

  public NoConstructor(long plus) {
    this.plus = plus;
  }

  public long eval(long x) {
    return x + plus;
  }
}
