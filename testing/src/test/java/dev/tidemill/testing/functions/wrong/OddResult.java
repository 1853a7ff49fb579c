package dev.tidemill.testing.functions.wrong;

import dev.tidemill.plan.function.user.UserScalarFunction;
import java.util.Set;

/** Returns what is no value. */
public final class OddResult implements UserScalarFunction {
  public Set<String> eval(long x) {
    return Set.of("" + x);
  }
}
