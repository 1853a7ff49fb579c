package dev.tidemill.streaming.aggregate;

import dev.tidemill.foundation.batch.ColumnBuilder;
import dev.tidemill.foundation.batch.FixedColumn;
import java.io.DataInput;
import java.io.DataOutput;
import java.io.IOException;

/** COVAR, from the exact sums of both values and of their products. */
final class CovarianceAccumulator extends Accumulator {
  private final boolean ofSample;
  private final ExactDouble first = new ExactDouble(false);
  private final ExactDouble second = new ExactDouble(false);
  private final ExactDouble products = new ExactDouble(false);
  private long count;

  CovarianceAccumulator(boolean ofSample) {
    this.ofSample = ofSample;
  }

  @Override
  void add(Argument argument, int index, int row, long weight) {
    double a = ((FixedColumn) argument.column()).doubleAt(row);
    double b = ((FixedColumn) argument.secondColumn()).doubleAt(row);
    first.add(a, weight);
    second.add(b, weight);
    products.addProduct(a, b, weight);
    count = Math.addExact(count, weight);
  }

  @Override
  public void result(ColumnBuilder out) {
    long divisor = ofSample ? count - 1 : count;
    if (divisor <= 0) {
      out.appendNull();
      return;
    }
    out.appendDouble(
        first.isFinite() && second.isFinite()
            ? ExactDouble.covariance(first, second, products, count, divisor)
            : Double.NaN);
  }

  @Override
  public void write(DataOutput out) throws IOException {
    out.writeLong(count);
    first.write(out);
    second.write(out);
    products.write(out);
  }

  @Override
  public void read(DataInput in) throws IOException {
    count = in.readLong();
    first.read(in);
    second.read(in);
    products.read(in);
  }
}
