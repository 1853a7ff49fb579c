package dev.tidemill.exec.aggregate;

import dev.tidemill.foundation.batch.Batch;
import dev.tidemill.foundation.batch.BytesColumn;
import dev.tidemill.foundation.batch.Column;
import dev.tidemill.foundation.batch.ColumnBuilder;
import dev.tidemill.foundation.memory.MemoryScope;
import dev.tidemill.foundation.row.EncodedRows;
import dev.tidemill.foundation.type.Type;
import java.util.Arrays;
import java.util.List;
import org.jspecify.annotations.Nullable;

/** APPROX_COUNT_DISTINCT: a {@link DistinctSketch} for each group that has values. */
final class DistinctSketchAccumulator extends GroupedAccumulator {
  private final Type argument;
  private @Nullable DistinctSketch[] sketches = new DistinctSketch[0];

  /** What is reserved for each sketch. */
  private int[] charged = new int[0];

  private final EncodedRows encoded = new EncodedRows();
  private long[] words = new long[Batch.MAX_ROWS];

  DistinctSketchAccumulator(Type argument, MemoryScope memory) {
    super(memory);
    this.argument = argument;
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
    DistinctSketch.words(argument, values, rows, count, encoded, words);
    for (int i = 0; i < count; i++) {
      int group = groups[i];
      DistinctSketch sketch = sketch(group);
      sketch.add(words[i]);
      charge(group, sketch);
    }
  }

  private DistinctSketch sketch(int group) {
    DistinctSketch sketch = sketches[group];
    if (sketch == null) {
      sketch = new DistinctSketch();
      sketches[group] = sketch;
    }
    return sketch;
  }

  private void charge(int group, DistinctSketch sketch) {
    int bytes = sketch.heapBytes();
    if (bytes != charged[group]) {
      heap.reserve(bytes - charged[group]);
      charged[group] = bytes;
    }
  }

  private void merge(int group, DistinctSketch other) {
    DistinctSketch sketch = sketch(group);
    sketch.merge(other);
    charge(group, sketch);
  }

  @Override
  public void merge(GroupedAccumulator other, int[] from, int[] to, int count) {
    DistinctSketchAccumulator that = (DistinctSketchAccumulator) other;
    for (int i = 0; i < count; i++) {
      DistinctSketch sketch = that.sketches[from[i]];
      if (sketch != null) {
        merge(to[i], sketch);
      }
    }
  }

  @Override
  List<Type> stateTypes() {
    return List.of(Type.VARBINARY);
  }

  @Override
  void writeState(int group, List<ColumnBuilder> state) {
    DistinctSketch sketch = sketches[group];
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
        merge(groups[i], DistinctSketch.of(theirs.bytesAt(rows[i])));
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
    try (ColumnBuilder builder = ColumnBuilder.of(Type.BIGINT, scope, count)) {
      for (int group = from; group < from + count; group++) {
        DistinctSketch sketch = sketches[group];
        builder.appendLong(sketch == null ? 0 : sketch.estimate());
      }
      return builder.build();
    }
  }
}
