package dev.tidemill.exec.aggregate;

import dev.tidemill.exec.key.KeyWords;
import dev.tidemill.foundation.batch.Column;
import dev.tidemill.foundation.batch.ColumnBuilder;
import dev.tidemill.foundation.memory.MemoryScope;
import dev.tidemill.foundation.type.Type;
import dev.tidemill.plan.expression.Literal;
import java.math.BigDecimal;
import java.util.Objects;

/** APPROX_QUANTILE: a {@link QuantileSketch} for each group that has values. */
final class QuantileSketchAccumulator extends SketchAccumulator<QuantileSketch> {
  private final Type type;
  private final BigDecimal fraction;

  /**
   * @param type of the values and the results
   * @param fraction a number from 0 to 1
   */
  QuantileSketchAccumulator(Type type, Literal fraction, MemoryScope memory) {
    super(memory);
    this.type = type;
    this.fraction = new BigDecimal(Objects.requireNonNull(fraction.value()).toString());
  }

  @Override
  QuantileSketch empty() {
    return new QuantileSketch(type);
  }

  @Override
  void words(Column values, int[] rows, int count, long[] words) {
    KeyWords.read(values, rows, count, words);
  }

  @Override
  public Column result(int from, int count, MemoryScope scope) {
    try (ColumnBuilder builder = ColumnBuilder.of(type, scope, count)) {
      for (int group = from; group < from + count; group++) {
        QuantileSketch sketch = sketch(group);
        if (sketch == null) {
          builder.appendNull();
        } else {
          sketch.result(fraction, builder);
        }
      }
      return builder.build();
    }
  }
}
