package dev.tidemill.exec.aggregate;

import dev.tidemill.foundation.batch.Column;
import dev.tidemill.foundation.batch.ColumnBuilder;
import dev.tidemill.foundation.memory.MemoryScope;
import dev.tidemill.foundation.row.EncodedRows;
import dev.tidemill.foundation.type.Type;

/** APPROX_COUNT_DISTINCT: a {@link DistinctSketch} for each group that has values. */
final class DistinctSketchAccumulator extends SketchAccumulator<DistinctSketch> {
  private final Type argument;
  private final EncodedRows encoded = new EncodedRows();

  DistinctSketchAccumulator(Type argument, MemoryScope memory) {
    super(memory);
    this.argument = argument;
  }

  @Override
  DistinctSketch empty() {
    return new DistinctSketch();
  }

  @Override
  void words(Column values, int[] rows, int count, long[] words) {
    DistinctSketch.words(argument, values, rows, count, encoded, words);
  }

  @Override
  public Column result(int from, int count, MemoryScope scope) {
    try (ColumnBuilder builder = ColumnBuilder.of(Type.BIGINT, scope, count)) {
      for (int group = from; group < from + count; group++) {
        DistinctSketch sketch = sketch(group);
        builder.appendLong(sketch == null ? 0 : sketch.estimate());
      }
      return builder.build();
    }
  }
}
