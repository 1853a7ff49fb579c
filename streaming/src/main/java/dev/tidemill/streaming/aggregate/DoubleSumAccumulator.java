package dev.tidemill.streaming.aggregate;

import dev.tidemill.foundation.batch.ColumnBuilder;
import dev.tidemill.foundation.batch.FixedColumn;
import dev.tidemill.plan.function.AggregateFunction;
import java.io.DataInput;
import java.io.DataOutput;
import java.io.IOException;

/** SUM, SUM0 and AVG of floating point that only ever comes, as the batch operator adds it up. */
final class DoubleSumAccumulator extends Accumulator {
  private final AggregateFunction function;
  private double sum;
  private long count;

  DoubleSumAccumulator(AggregateFunction function) {
    this.function = function;
  }

  @Override
  void add(Argument argument, int index, int row, long weight) {
    sum += ((FixedColumn) argument.column()).doubleAt(row) * weight;
    count = Math.addExact(count, weight);
  }

  @Override
  public void result(ColumnBuilder out) {
    append(function, sum, count, out);
  }

  static void append(AggregateFunction function, double sum, long count, ColumnBuilder out) {
    if (count == 0 && function != AggregateFunction.SUM0) {
      out.appendNull();
    } else {
      out.appendDouble(function == AggregateFunction.AVG ? sum / count : sum);
    }
  }

  @Override
  public void write(DataOutput out) throws IOException {
    out.writeLong(count);
    out.writeDouble(sum);
  }

  @Override
  public void read(DataInput in) throws IOException {
    count = in.readLong();
    sum = in.readDouble();
  }
}
