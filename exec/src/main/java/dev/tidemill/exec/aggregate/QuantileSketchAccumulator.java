package dev.tidemill.exec.aggregate;

import dev.tidemill.exec.key.KeyWords;
import dev.tidemill.foundation.batch.Batch;
import dev.tidemill.foundation.batch.BytesColumn;
import dev.tidemill.foundation.batch.Column;
import dev.tidemill.foundation.batch.ColumnBuilder;
import dev.tidemill.foundation.memory.MemoryScope;
import dev.tidemill.foundation.type.Type;
import dev.tidemill.plan.expression.Literal;
import java.math.BigDecimal;
import java.util.Arrays;
import java.util.List;
import java.util.Objects;
import java.util.function.Consumer;
import org.jspecify.annotations.Nullable;

/** APPROX_QUANTILE: a {@link QuantileSketch} for each group that has values. */
final class QuantileSketchAccumulator extends GroupedAccumulator {
  private final Type type;
  private final BigDecimal fraction;
  private @Nullable QuantileSketch[] sketches = new QuantileSketch[0];

  /** What is reserved for each sketch. */
  private int[] charged = new int[0];

  private long[] words = new long[Batch.MAX_ROWS];

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
  public void ensure(int groups) {
    sketches = heap.grow(sketches, groups);
    charged = heap.grow(charged, groups);
  }

  @Override
  public void add(Column values, int[] rows, int[] groups, int count) {
    if (words.length < count) {
      words = new long[count];
    }
    KeyWords.read(values, rows, count, words);
    for (int i = 0; i < count; i++) {
      int group = groups[i];
      QuantileSketch sketch = sketch(group);
      sketch.add(words[i]);
      charge(group, sketch);
    }
  }

  private QuantileSketch sketch(int group) {
    QuantileSketch sketch = sketches[group];
    if (sketch == null) {
      sketch = new QuantileSketch(type);
      sketches[group] = sketch;
    }
    return sketch;
  }

  private void charge(int group, QuantileSketch sketch) {
    int bytes = sketch.heapBytes();
    if (bytes != charged[group]) {
      heap.reserve(bytes - charged[group]);
      charged[group] = bytes;
    }
  }

  private void merge(int group, Consumer<QuantileSketch> merge) {
    QuantileSketch sketch = sketch(group);
    merge.accept(sketch);
    charge(group, sketch);
  }

  @Override
  public void merge(GroupedAccumulator other, int[] from, int[] to, int count) {
    QuantileSketchAccumulator that = (QuantileSketchAccumulator) other;
    for (int i = 0; i < count; i++) {
      QuantileSketch theirs = that.sketches[from[i]];
      if (theirs != null) {
        merge(to[i], sketch -> sketch.merge(theirs));
      }
    }
  }

  @Override
  List<Type> stateTypes() {
    return List.of(Type.VARBINARY);
  }

  @Override
  void writeState(int group, List<ColumnBuilder> state) {
    QuantileSketch sketch = sketches[group];
    if (sketch == null) {
      state.get(0).appendNull();
    } else {
      byte[] bytes = sketch.bytes();
      state.get(0).appendBytes(bytes, 0, bytes.length);
    }
  }

  @Override
  void mergeState(List<Column> state, int[] rows, int[] groups, int count) {
    BytesColumn theirs = (BytesColumn) state.get(0);
    for (int i = 0; i < count; i++) {
      if (!theirs.isNull(rows[i])) {
        byte[] bytes = theirs.bytesAt(rows[i]);
        merge(groups[i], sketch -> sketch.merge(bytes));
      }
    }
  }

  @Override
  public void reset(int groups) {
    for (int group = 0; group < groups; group++) {
      heap.release(charged[group]);
    }
    Arrays.fill(sketches, 0, groups, null);
    Arrays.fill(charged, 0, groups, 0);
  }

  @Override
  public Column result(int from, int count, MemoryScope scope) {
    try (ColumnBuilder builder = ColumnBuilder.of(type, scope, count)) {
      for (int group = from; group < from + count; group++) {
        QuantileSketch sketch = sketches[group];
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
