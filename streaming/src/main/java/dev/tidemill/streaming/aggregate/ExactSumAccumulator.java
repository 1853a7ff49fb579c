package dev.tidemill.streaming.aggregate;

import dev.tidemill.exec.error.ExecErrors;
import dev.tidemill.foundation.batch.ColumnBuilder;
import dev.tidemill.foundation.batch.FixedColumn;
import dev.tidemill.foundation.type.Type;
import dev.tidemill.plan.function.AggregateFunction;
import java.io.DataInput;
import java.io.DataOutput;
import java.io.IOException;
import java.math.BigDecimal;
import java.math.BigInteger;
import java.math.RoundingMode;

/**
 * SUM, SUM0 and AVG of integers, decimals and intervals, exact. The sum is {@code big + small}:
 * additions go to the long until they leave its range.
 */
final class ExactSumAccumulator extends Accumulator {
  private final AggregateFunction function;
  private final int scale;
  private final Type type;
  private BigInteger big = BigInteger.ZERO;
  private long small;
  private long count;

  /** {@code scale} is the argument's, 0 for integers; {@code type} is the call's. */
  ExactSumAccumulator(AggregateFunction function, int scale, Type type) {
    this.function = function;
    this.scale = scale;
    this.type = type;
  }

  @Override
  void add(Argument argument, int index, int row, long weight) {
    FixedColumn fixed = (FixedColumn) argument.column();
    count = Math.addExact(count, weight);
    if (fixed.width() == 16) {
      big = big.add(fixed.unscaledAt(row).multiply(BigInteger.valueOf(weight)));
      return;
    }
    long value = fixed.longAt(row);
    long product = value * weight;
    long sum = small + product;
    boolean fits =
        Math.multiplyHigh(value, weight) == product >> 63 && ((small ^ sum) & (product ^ sum)) >= 0;
    if (fits) {
      small = sum;
    } else {
      big =
          big.add(BigInteger.valueOf(small))
              .add(BigInteger.valueOf(value).multiply(BigInteger.valueOf(weight)));
      small = 0;
    }
  }

  private BigInteger sum() {
    return big.add(BigInteger.valueOf(small));
  }

  @Override
  public void result(ColumnBuilder out) {
    if (count == 0 && function != AggregateFunction.SUM0) {
      out.appendNull();
    } else if (function == AggregateFunction.AVG) {
      average(out);
    } else if (type instanceof Type.Decimal decimal) {
      appendDecimal(
          new BigDecimal(sum(), scale).setScale(decimal.scale(), RoundingMode.HALF_UP),
          decimal,
          out);
    } else if (sum().bitLength()
        < (type instanceof Type.MonthInterval ? Integer.SIZE : Long.SIZE)) {
      out.appendLong(sum().longValue());
    } else {
      throw ExecErrors.sumOverflow("SUM", type);
    }
  }

  private void average(ColumnBuilder out) {
    if (type instanceof Type.Decimal decimal) {
      appendDecimal(
          new BigDecimal(sum(), scale)
              .divide(BigDecimal.valueOf(count), decimal.scale(), RoundingMode.HALF_UP),
          decimal,
          out);
    } else if (type instanceof Type.MonthInterval || type instanceof Type.TimeInterval) {
      out.appendLong(
          new BigDecimal(sum())
              .divide(BigDecimal.valueOf(count), 0, RoundingMode.HALF_UP)
              .longValueExact());
    } else {
      out.appendDouble(sum().doubleValue() / count);
    }
  }

  private void appendDecimal(BigDecimal value, Type.Decimal decimal, ColumnBuilder out) {
    BigInteger unscaled = value.unscaledValue();
    if (unscaled.abs().compareTo(BigInteger.TEN.pow(decimal.precision())) >= 0) {
      throw ExecErrors.sumOverflow(function == AggregateFunction.AVG ? "AVG" : "SUM", decimal);
    }
    out.appendDecimal(unscaled.longValue(), unscaled.shiftRight(64).longValue());
  }

  @Override
  public void write(DataOutput out) throws IOException {
    out.writeLong(count);
    BigInteger sum = sum();
    if (sum.bitLength() < Long.SIZE) {
      out.writeByte(0);
      out.writeLong(sum.longValue());
    } else {
      byte[] bytes = sum.toByteArray();
      out.writeByte(bytes.length);
      out.write(bytes);
    }
  }

  @Override
  public void read(DataInput in) throws IOException {
    count = in.readLong();
    int length = in.readUnsignedByte();
    big = BigInteger.ZERO;
    small = 0;
    if (length == 0) {
      small = in.readLong();
    } else {
      byte[] bytes = new byte[length];
      in.readFully(bytes);
      big = new BigInteger(bytes);
    }
  }
}
