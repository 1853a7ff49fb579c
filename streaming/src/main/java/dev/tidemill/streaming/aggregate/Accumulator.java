package dev.tidemill.streaming.aggregate;

import dev.tidemill.foundation.batch.ColumnBuilder;
import java.io.DataInput;
import java.io.DataOutput;
import java.io.IOException;

/** What is kept of one group for one call. */
public abstract class Accumulator {
  /**
   * Adds a value, not NULL unless the call takes NULLs, {@code weight} times; takes it away where
   * the weight is negative.
   *
   * @param index of the row among those of the batch that count
   * @param row its number in the batch's columns
   */
  abstract void add(Argument argument, int index, int row, long weight);

  /** Appends the call's result over the values that are there. */
  public abstract void result(ColumnBuilder out);

  public abstract void write(DataOutput out) throws IOException;

  /** Takes the place of what was written. */
  public abstract void read(DataInput in) throws IOException;

  /** One that goes on giving the result of now; may be this one, if it holds all it needs. */
  public Accumulator frozen() {
    return this;
  }
}
