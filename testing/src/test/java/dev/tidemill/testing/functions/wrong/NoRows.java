package dev.tidemill.testing.functions.wrong;

import dev.tidemill.plan.function.user.UserTableFunction;

/** A table function that gives one value. */
public final class NoRows implements UserTableFunction {
  public String rows(long x) {
    return "" + x;
  }
}
