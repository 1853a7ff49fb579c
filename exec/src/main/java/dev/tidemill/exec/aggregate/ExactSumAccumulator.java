package dev.tidemill.exec.aggregate;

import dev.tidemill.exec.error.ExecErrors;
import dev.tidemill.foundation.batch.Column;
import dev.tidemill.foundation.batch.ColumnBuilder;
import dev.tidemill.foundation.batch.FixedColumn;
import dev.tidemill.foundation.memory.MemoryScope;
import dev.tidemill.foundation.type.Type;
import java.math.BigDecimal;
import java.math.BigInteger;
import java.math.RoundingMode;

/**
 * SUM and SUM0 of integers (to BIGINT) and decimals (to the call's DECIMAL): exact, an overflow is
 * an error.
 */
final class ExactSumAccumulator extends GroupedAccumulator {
  private final String call;
  private final int scale;
  private final Type type;
  private final boolean zeroOverNone;
  private final WideSums sums;

  /** {@code scale} is that of the argument, 0 for integers. */
  ExactSumAccumulator(String call, int scale, Type type, boolean zeroOverNone, MemoryScope memory) {
    super(memory);
    this.call = call;
    this.scale = scale;
    this.type = type;
    this.zeroOverNone = zeroOverNone;
    this.sums = new WideSums(heap);
  }

  @Override
  public void ensure(int groups) {
    sums.ensure(groups);
  }

  @Override
  public void add(Column values, int[] rows, int[] groups, int count) {
    sums.add((FixedColumn) values, rows, groups, count);
  }

  @Override
  public void merge(GroupedAccumulator other, int[] from, int[] to, int count) {
    sums.merge(((ExactSumAccumulator) other).sums, from, to, count);
  }

  @Override
  public void reset(int groups) {
    sums.reset(groups);
  }

  @Override
  public Column result(int from, int count, MemoryScope scope) {
    try (ColumnBuilder builder = ColumnBuilder.of(type, scope, count)) {
      for (int group = from; group < from + count; group++) {
        if (sums.count(group) == 0 && !zeroOverNone) {
          builder.appendNull();
        } else if (type instanceof Type.Decimal decimal) {
          append(builder, group, decimal);
        } else if (sums.fits64(group)) {
          builder.appendLong(sums.low(group));
        } else {
          throw ExecErrors.sumOverflow(call, type);
        }
      }
      return builder.build();
    }
  }

  private void append(ColumnBuilder builder, int group, Type.Decimal decimal) {
    if (decimal.scale() == scale
        && sums.fits64(group)
        && decimal.precision() > Type.MAX_SHORT_DECIMAL_PRECISION) {
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
    Decimals.append(builder, unscaled, decimal, call);
  }
}
