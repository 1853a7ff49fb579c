package dev.tidemill.testing.functions;

import dev.tidemill.plan.function.user.UserScalarFunction;

/** Fails, in the way that its argument says. */
public final class Failing implements UserScalarFunction {
  public int eval(int how, String text) {
    return switch (how) {
      case 0 -> text.length();
      case 1 -> throw new IllegalStateException("on purpose");
      case 2 -> eval(how, text) + 1;
      case 3 -> throw new NoClassDefFoundError("com/example/Missing");
      default -> Integer.parseInt(text);
    };
  }
}
