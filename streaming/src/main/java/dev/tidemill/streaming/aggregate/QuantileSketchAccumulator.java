package dev.tidemill.streaming.aggregate;

import dev.tidemill.exec.aggregate.QuantileSketch;
import dev.tidemill.foundation.batch.ColumnBuilder;
import dev.tidemill.foundation.type.Type;
import dev.tidemill.plan.expression.Literal;
import java.io.DataInput;
import java.io.DataOutput;
import java.io.IOException;
import java.math.BigDecimal;
import java.util.Objects;

/** APPROX_QUANTILE of rows that only come. */
final class QuantileSketchAccumulator extends Accumulator {
  private final Type type;
  private final BigDecimal fraction;
  private QuantileSketch sketch;

  QuantileSketchAccumulator(Type type, Literal fraction) {
    this.type = type;
    this.fraction = new BigDecimal(Objects.requireNonNull(fraction.value()).toString());
    this.sketch = new QuantileSketch(type);
  }

  @Override
  void add(Argument argument, int index, int row, long weight) {
    sketch.add(QuantileSketch.word(argument.column(), row), weight);
  }

  @Override
  public void result(ColumnBuilder out) {
    sketch.result(fraction, out);
  }

  @Override
  public void write(DataOutput out) throws IOException {
    ExtremeAccumulator.writeValue(sketch.bytes(), out);
  }

  @Override
  public void read(DataInput in) throws IOException {
    byte[] bytes = ExtremeAccumulator.readValue(in);
    sketch = new QuantileSketch(type);
    if (bytes != null) {
      sketch.merge(bytes);
    }
  }
}
