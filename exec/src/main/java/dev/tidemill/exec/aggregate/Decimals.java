package dev.tidemill.exec.aggregate;

import dev.tidemill.exec.error.ExecErrors;
import dev.tidemill.foundation.batch.ColumnBuilder;
import dev.tidemill.foundation.type.Type;
import java.math.BigInteger;

/** Unscaled values of results. */
final class Decimals {
  /** The powers of ten below 2^63. */
  private static final long[] POWERS = new long[19];

  static {
    POWERS[0] = 1;
    for (int i = 1; i < POWERS.length; i++) {
      POWERS[i] = POWERS[i - 1] * 10;
    }
  }

  private Decimals() {}

  /** 10 to the power of {@code exponent}, or 0 where that is no positive long. */
  static long power(int exponent) {
    return exponent < 0 || exponent >= POWERS.length ? 0 : POWERS[exponent];
  }

  /** Whether an unscaled value has no more digits than the type allows. */
  static boolean fits(long unscaled, Type.Decimal type) {
    return type.precision() >= POWERS.length
        || (unscaled < POWERS[type.precision()] && unscaled > -POWERS[type.precision()]);
  }

  /** Appends an unscaled value, if it has no more digits than the type allows. */
  static void append(ColumnBuilder builder, BigInteger unscaled, Type.Decimal type, String call) {
    if (unscaled.abs().compareTo(BigInteger.TEN.pow(type.precision())) >= 0) {
      throw ExecErrors.sumOverflow(call, type);
    }
    builder.appendDecimal(unscaled.longValue(), unscaled.shiftRight(64).longValue());
  }
}
