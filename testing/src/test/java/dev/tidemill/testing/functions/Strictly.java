package dev.tidemill.testing.functions;

import dev.tidemill.plan.function.user.UserScalarFunction;

/** Texts joined, none of them null. */
public final class Strictly implements UserScalarFunction {
  @Override
  public boolean isStrict() {
    return true;
  }

  public String eval(String a, String b) {
    return a.strip() + b.strip();
  }

  public String eval() {
    return "none";
  }
}
