package dev.tidemill.streaming.aggregate;

import dev.tidemill.exec.aggregate.DistinctSketch;
import dev.tidemill.foundation.batch.ColumnBuilder;
import dev.tidemill.foundation.type.Type;
import java.io.DataInput;
import java.io.DataOutput;
import java.io.IOException;

/** APPROX_COUNT_DISTINCT of rows that only come. */
final class DistinctSketchAccumulator extends Accumulator {
  private final Type argument;
  private DistinctSketch sketch = new DistinctSketch();

  DistinctSketchAccumulator(Type argument) {
    this.argument = argument;
  }

  @Override
  void add(Argument argument, int index, int row, long weight) {
    sketch.add(DistinctSketch.word(this.argument, argument.column(), row));
  }

  @Override
  public void result(ColumnBuilder out) {
    out.appendLong(sketch.estimate());
  }

  @Override
  public void write(DataOutput out) throws IOException {
    ExtremeAccumulator.writeValue(sketch.bytes(), out);
  }

  @Override
  public void read(DataInput in) throws IOException {
    byte[] bytes = ExtremeAccumulator.readValue(in);
    sketch = bytes == null ? new DistinctSketch() : DistinctSketch.of(bytes);
  }
}
