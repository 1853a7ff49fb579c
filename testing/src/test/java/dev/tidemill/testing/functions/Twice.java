package dev.tidemill.testing.functions;

import dev.tidemill.plan.function.user.UserScalarFunction;

/** Twice a value, of several types. */
public final class Twice implements UserScalarFunction {
  public long eval(long x) {
    return Math.multiplyExact(x, 2);
  }

  public double eval(double x) {
    return 2 * x;
  }

  /** Sees NULL. */
  public String eval(String text) {
    return text == null ? "nothing" : text + text;
  }
}
