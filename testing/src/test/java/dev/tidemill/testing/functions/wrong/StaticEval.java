package dev.tidemill.testing.functions.wrong;

import dev.tidemill.plan.function.user.UserScalarFunction;

/** Has a static eval. */
public final class StaticEval implements UserScalarFunction {
  public static long eval(long x) {
    return x;
  }
}
