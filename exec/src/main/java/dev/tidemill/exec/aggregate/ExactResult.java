package dev.tidemill.exec.aggregate;

import dev.tidemill.exec.error.ExecErrors;
import dev.tidemill.foundation.batch.Column;
import dev.tidemill.foundation.batch.ColumnBuilder;
import dev.tidemill.foundation.memory.MemoryScope;
import dev.tidemill.foundation.type.Type;
import java.math.BigDecimal;
import java.math.BigInteger;
import java.math.RoundingMode;

/** What a call makes of exact sums and counts. Scales are those of the argument, 0 for integers. */
sealed interface ExactResult {
  /**
   * The results of {@code count} groups from {@code from} on, the caller's to close.
   *
   * @throws dev.tidemill.foundation.error.TidemillException if one does not fit the call's type
   */
  default Column column(WideSums sums, int from, int count, MemoryScope scope) {
    try (ColumnBuilder builder = ColumnBuilder.of(type(), scope, count)) {
      for (int group = from; group < from + count; group++) {
        append(builder, sums, group);
      }
      return builder.build();
    }
  }

  Type type();

  void append(ColumnBuilder builder, WideSums sums, int group);

  /** COUNT of the values. */
  record Count() implements ExactResult {
    @Override
    public Type type() {
      return Type.BIGINT;
    }

    @Override
    public void append(ColumnBuilder builder, WideSums sums, int group) {
      builder.appendLong(sums.count(group));
    }
  }

  /** SUM and SUM0 of integers (to BIGINT), decimals and intervals: an overflow is an error. */
  record Sum(int scale, Type type, boolean zeroOverNone) implements ExactResult {
    @Override
    public void append(ColumnBuilder builder, WideSums sums, int group) {
      if (sums.count(group) == 0 && !zeroOverNone) {
        builder.appendNull();
      } else if (type instanceof Type.Decimal decimal) {
        append(builder, sums, group, decimal);
      } else if (sums.fits64(group) && fits(sums.low(group))) {
        builder.appendLong(sums.low(group));
      } else {
        throw ExecErrors.sumOverflow("SUM", type);
      }
    }

    private boolean fits(long sum) {
      return !(type instanceof Type.MonthInterval) || sum == (int) sum;
    }

    private void append(ColumnBuilder builder, WideSums sums, int group, Type.Decimal decimal) {
      if (decimal.scale() == scale
          && sums.fits64(group)
          && Decimals.fits(sums.low(group), decimal)) {
        builder.appendLong(sums.low(group));
        return;
      }
      BigInteger unscaled = sums.sum(group);
      if (decimal.scale() != scale) {
        unscaled =
            new BigDecimal(unscaled, scale)
                .setScale(decimal.scale(), RoundingMode.HALF_UP)
                .unscaledValue();
      }
      Decimals.append(builder, unscaled, decimal, "SUM");
    }
  }

  /**
   * AVG of integers (to DOUBLE), of decimals (to the call's DECIMAL) and of intervals, which round
   * half up.
   */
  record Average(int scale, Type type) implements ExactResult {
    @Override
    public void append(ColumnBuilder builder, WideSums sums, int group) {
      if (sums.count(group) == 0) {
        builder.appendNull();
      } else if (type instanceof Type.Decimal decimal) {
        append(builder, sums, group, decimal);
      } else if (type instanceof Type.MonthInterval || type instanceof Type.TimeInterval) {
        // An average is no greater than the values, so it fits.
        builder.appendLong(
            sums.fits64(group)
                ? divide(sums.low(group), sums.count(group))
                : new BigDecimal(sums.sum(group))
                    .divide(BigDecimal.valueOf(sums.count(group)), 0, RoundingMode.HALF_UP)
                    .longValueExact());
      } else {
        double sum = sums.fits64(group) ? sums.low(group) : sums.sum(group).doubleValue();
        builder.appendDouble(sum / sums.count(group));
      }
    }

    /** In 64 bits where the sum needs no more at the result's scale, which is nearly always. */
    private void append(ColumnBuilder builder, WideSums sums, int group, Type.Decimal decimal) {
      long sum = sums.low(group);
      long power = Decimals.power(decimal.scale() - scale);
      if (power > 0
          && sums.fits64(group)
          && sum <= Long.MAX_VALUE / power
          && sum >= -(Long.MAX_VALUE / power)) {
        long average = divide(sum * power, sums.count(group));
        if (Decimals.fits(average, decimal)) {
          builder.appendLong(average);
          return;
        }
      }
      BigDecimal average =
          new BigDecimal(sums.sum(group), scale)
              .divide(BigDecimal.valueOf(sums.count(group)), decimal.scale(), RoundingMode.HALF_UP);
      Decimals.append(builder, average.unscaledValue(), decimal, "AVG");
    }

    /** Half away from zero; the divisor is positive. */
    private static long divide(long dividend, long divisor) {
      long quotient = dividend / divisor;
      long rest = Math.abs(dividend - quotient * divisor);
      if (rest < divisor - rest) {
        return quotient;
      }
      return dividend < 0 ? quotient - 1 : quotient + 1;
    }
  }
}
