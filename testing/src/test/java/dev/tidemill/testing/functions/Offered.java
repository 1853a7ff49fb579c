package dev.tidemill.testing.functions;

import dev.tidemill.plan.function.user.UserScalarFunction;

/** Offered as a service. */
public final class Offered implements UserScalarFunction {
  @Override
  public String name() {
    return "letters_of";
  }

  public int eval(String text) {
    return text == null ? -1 : (int) text.chars().filter(Character::isLetter).count();
  }
}
