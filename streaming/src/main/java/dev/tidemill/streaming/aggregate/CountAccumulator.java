package dev.tidemill.streaming.aggregate;

import dev.tidemill.foundation.batch.ColumnBuilder;
import java.io.DataInput;
import java.io.DataOutput;
import java.io.IOException;

/** COUNT. */
final class CountAccumulator extends Accumulator {
  private long count;

  @Override
  void add(Argument argument, int index, int row, long weight) {
    count = Math.addExact(count, weight);
  }

  @Override
  public void result(ColumnBuilder out) {
    out.appendLong(count);
  }

  @Override
  public void write(DataOutput out) throws IOException {
    out.writeLong(count);
  }

  @Override
  public void read(DataInput in) throws IOException {
    count = in.readLong();
  }
}
