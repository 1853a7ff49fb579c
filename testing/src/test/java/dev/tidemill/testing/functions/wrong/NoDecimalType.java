package dev.tidemill.testing.functions.wrong;

import dev.tidemill.plan.function.user.UserScalarFunction;
import java.math.BigDecimal;

/** Does not say which DECIMAL. */
public final class NoDecimalType implements UserScalarFunction {
  public BigDecimal eval(BigDecimal x) {
    return x;
  }
}
