package dev.tidemill.testing.functions;

import dev.tidemill.plan.function.user.UserScalarFunction;
import java.util.UUID;

/** Something else each time it is called. */
public final class Drawing implements UserScalarFunction {
  @Override
  public boolean isDeterministic() {
    return false;
  }

  public String eval(String before) {
    return before + UUID.randomUUID();
  }
}
