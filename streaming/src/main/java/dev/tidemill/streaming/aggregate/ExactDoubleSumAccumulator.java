package dev.tidemill.streaming.aggregate;

import dev.tidemill.foundation.batch.ColumnBuilder;
import dev.tidemill.foundation.batch.FixedColumn;
import dev.tidemill.plan.function.AggregateFunction;
import java.io.DataInput;
import java.io.DataOutput;
import java.io.IOException;

/** SUM, SUM0 and AVG of floating point that comes and goes. */
final class ExactDoubleSumAccumulator extends Accumulator {
  private final AggregateFunction function;
  private final ExactDouble sum = new ExactDouble(false);
  private long count;

  ExactDoubleSumAccumulator(AggregateFunction function) {
    this.function = function;
  }

  @Override
  void add(Argument argument, int index, int row, long weight) {
    sum.add(((FixedColumn) argument.column()).doubleAt(row), weight);
    count = Math.addExact(count, weight);
  }

  @Override
  public void result(ColumnBuilder out) {
    DoubleSumAccumulator.append(function, sum.value(), count, out);
  }

  @Override
  public void write(DataOutput out) throws IOException {
    out.writeLong(count);
    sum.write(out);
  }

  @Override
  public void read(DataInput in) throws IOException {
    count = in.readLong();
    sum.read(in);
  }
}
