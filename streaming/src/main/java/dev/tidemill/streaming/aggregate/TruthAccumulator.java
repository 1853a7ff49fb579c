package dev.tidemill.streaming.aggregate;

import dev.tidemill.foundation.batch.BooleanColumn;
import dev.tidemill.foundation.batch.ColumnBuilder;
import java.io.DataInput;
import java.io.DataOutput;
import java.io.IOException;

/** BOOL_AND and BOOL_OR: how often either truth is there. */
final class TruthAccumulator extends Accumulator {
  private final boolean and;
  private long trues;
  private long falses;

  TruthAccumulator(boolean and) {
    this.and = and;
  }

  @Override
  void add(Argument argument, int index, int row, long weight) {
    if (((BooleanColumn) argument.column()).booleanAt(row)) {
      trues = Math.addExact(trues, weight);
    } else {
      falses = Math.addExact(falses, weight);
    }
  }

  @Override
  public void result(ColumnBuilder out) {
    if (trues == 0 && falses == 0) {
      out.appendNull();
    } else {
      out.appendBoolean(and ? falses == 0 : trues != 0);
    }
  }

  @Override
  public void write(DataOutput out) throws IOException {
    out.writeLong(trues);
    out.writeLong(falses);
  }

  @Override
  public void read(DataInput in) throws IOException {
    trues = in.readLong();
    falses = in.readLong();
  }
}
