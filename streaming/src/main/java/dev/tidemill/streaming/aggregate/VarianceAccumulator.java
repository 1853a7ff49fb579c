package dev.tidemill.streaming.aggregate;

import dev.tidemill.foundation.batch.ColumnBuilder;
import dev.tidemill.foundation.batch.FixedColumn;
import dev.tidemill.plan.function.AggregateFunction;
import java.io.DataInput;
import java.io.DataOutput;
import java.io.IOException;

/** STDDEV and VAR, from the exact sums of the values and of their squares. */
final class VarianceAccumulator extends Accumulator {
  private final AggregateFunction function;
  private final ExactDouble sum = new ExactDouble(false);
  private final ExactDouble squares = new ExactDouble(true);
  private long count;

  VarianceAccumulator(AggregateFunction function) {
    this.function = function;
  }

  @Override
  void add(Argument argument, int index, int row, long weight) {
    double value = ((FixedColumn) argument.column()).doubleAt(row);
    sum.add(value, weight);
    squares.add(value, weight);
    count = Math.addExact(count, weight);
  }

  @Override
  public void result(ColumnBuilder out) {
    boolean sample =
        function == AggregateFunction.STDDEV_SAMP || function == AggregateFunction.VAR_SAMP;
    boolean root =
        function == AggregateFunction.STDDEV_SAMP || function == AggregateFunction.STDDEV_POP;
    long divisor = sample ? count - 1 : count;
    if (divisor <= 0) {
      out.appendNull();
      return;
    }
    double variance =
        sum.isFinite() ? ExactDouble.variance(sum, squares, count, divisor) : Double.NaN;
    out.appendDouble(root ? Math.sqrt(variance) : variance);
  }

  @Override
  public void write(DataOutput out) throws IOException {
    out.writeLong(count);
    sum.write(out);
    squares.write(out);
  }

  @Override
  public void read(DataInput in) throws IOException {
    count = in.readLong();
    sum.read(in);
    squares.read(in);
  }
}
