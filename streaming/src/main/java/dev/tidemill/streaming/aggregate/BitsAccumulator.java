package dev.tidemill.streaming.aggregate;

import dev.tidemill.foundation.batch.ColumnBuilder;
import dev.tidemill.foundation.batch.FixedColumn;
import dev.tidemill.plan.function.AggregateFunction;
import java.io.DataInput;
import java.io.DataOutput;
import java.io.IOException;

/** BIT_AND, BIT_OR and BIT_XOR: how many values there are, and per bit how many of them have it. */
final class BitsAccumulator extends Accumulator {
  private final AggregateFunction function;
  private final long[] set = new long[Long.SIZE];
  private long count;

  BitsAccumulator(AggregateFunction function) {
    this.function = function;
  }

  @Override
  void add(Argument argument, int index, int row, long weight) {
    count = Math.addExact(count, weight);
    for (long bits = ((FixedColumn) argument.column()).longAt(row); bits != 0; bits &= bits - 1) {
      set[Long.numberOfTrailingZeros(bits)] += weight;
    }
  }

  @Override
  public void result(ColumnBuilder out) {
    if (count == 0) {
      out.appendNull();
      return;
    }
    long result = 0;
    for (int bit = 0; bit < Long.SIZE; bit++) {
      boolean on =
          switch (function) {
            case BIT_AND -> set[bit] == count;
            case BIT_OR -> set[bit] != 0;
            default -> (set[bit] & 1) != 0;
          };
      result |= on ? 1L << bit : 0;
    }
    out.appendLong(result);
  }

  @Override
  public void write(DataOutput out) throws IOException {
    out.writeLong(count);
    for (long bit : set) {
      out.writeLong(bit);
    }
  }

  @Override
  public void read(DataInput in) throws IOException {
    count = in.readLong();
    for (int bit = 0; bit < Long.SIZE; bit++) {
      set[bit] = in.readLong();
    }
  }
}
