package dev.tidemill.exec.aggregate;

import dev.tidemill.exec.error.ExecErrors;
import dev.tidemill.foundation.batch.ColumnBuilder;
import dev.tidemill.foundation.type.Type;
import java.math.BigInteger;

/** Unscaled values of results. */
final class Decimals {
  private Decimals() {}

  /** Appends an unscaled value, if it has no more digits than the type allows. */
  static void append(ColumnBuilder builder, BigInteger unscaled, Type.Decimal type, String call) {
    if (unscaled.abs().compareTo(BigInteger.TEN.pow(type.precision())) >= 0) {
      throw ExecErrors.sumOverflow(call, type);
    }
    builder.appendDecimal(unscaled.longValue(), unscaled.shiftRight(64).longValue());
  }
}
