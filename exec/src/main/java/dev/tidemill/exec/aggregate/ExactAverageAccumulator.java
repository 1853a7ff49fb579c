package dev.tidemill.exec.aggregate;

import dev.tidemill.foundation.batch.Column;
import dev.tidemill.foundation.batch.ColumnBuilder;
import dev.tidemill.foundation.batch.FixedColumn;
import dev.tidemill.foundation.memory.MemoryScope;
import dev.tidemill.foundation.type.Type;
import java.math.BigDecimal;
import java.math.RoundingMode;

/**
 * AVG of integers (to DOUBLE) and of decimals (to the call's DECIMAL, rounding half up), from an
 * exact sum.
 */
final class ExactAverageAccumulator extends GroupedAccumulator {
  private final String call;
  private final int scale;
  private final Type type;
  private final WideSums sums;

  /** {@code scale} is that of the argument, 0 for integers. */
  ExactAverageAccumulator(String call, int scale, Type type, MemoryScope memory) {
    super(memory);
    this.call = call;
    this.scale = scale;
    this.type = type;
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
    sums.merge(((ExactAverageAccumulator) other).sums, from, to, count);
  }

  @Override
  public void reset(int groups) {
    sums.reset(groups);
  }

  @Override
  public Column result(int from, int count, MemoryScope scope) {
    try (ColumnBuilder builder = ColumnBuilder.of(type, scope, count)) {
      for (int group = from; group < from + count; group++) {
        if (sums.count(group) == 0) {
          builder.appendNull();
        } else if (type instanceof Type.Decimal decimal) {
          BigDecimal average =
              new BigDecimal(sums.sum(group), scale)
                  .divide(
                      BigDecimal.valueOf(sums.count(group)), decimal.scale(), RoundingMode.HALF_UP);
          Decimals.append(builder, average.unscaledValue(), decimal, call);
        } else {
          double sum = sums.fits64(group) ? sums.low(group) : sums.sum(group).doubleValue();
          builder.appendDouble(sum / sums.count(group));
        }
      }
      return builder.build();
    }
  }
}
