package dev.tidemill.testing.functions.wrong;

import dev.tidemill.plan.function.user.UserScalarFunction;

/** Has no eval. */
public final class NoEval implements UserScalarFunction {
  public long evaluate(long x) {
    return x;
  }
}
