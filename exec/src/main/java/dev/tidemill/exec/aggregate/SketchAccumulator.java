package dev.tidemill.exec.aggregate;

import dev.tidemill.foundation.batch.Batch;
import dev.tidemill.foundation.batch.BytesColumn;
import dev.tidemill.foundation.batch.Column;
import dev.tidemill.foundation.batch.ColumnBuilder;
import dev.tidemill.foundation.memory.MemoryScope;
import dev.tidemill.foundation.type.Type;
import java.util.Arrays;
import java.util.List;
import org.jspecify.annotations.Nullable;

/** A {@link Sketch} for each group that has values, charged as it grows. */
abstract class SketchAccumulator<S extends Sketch<S>> extends GroupedAccumulator {
  private @Nullable Sketch<S>[] sketches;

  /** What is reserved for each sketch. */
  private int[] charged = new int[0];

  private long[] words = new long[Batch.MAX_ROWS];

  @SuppressWarnings("unchecked")
  SketchAccumulator(MemoryScope memory) {
    super(memory);
    sketches = new Sketch[0];
  }

  /** A sketch of nothing. */
  abstract S empty();

  /** Sets the word of each of {@code count} values. */
  abstract void words(Column values, int[] rows, int count, long[] words);

  @Override
  public final void ensure(int groups) {
    sketches = heap.grow(sketches, groups);
    charged = heap.grow(charged, groups);
  }

  @Override
  public final void add(Column values, int[] rows, int[] groups, int count) {
    if (words.length < count) {
      words = new long[count];
    }
    words(values, rows, count, words);
    for (int i = 0; i < count; i++) {
      int group = groups[i];
      S sketch = made(group);
      sketch.add(words[i]);
      charge(group, sketch);
    }
  }

  /** A group's sketch, or null if it has no values. */
  @SuppressWarnings("unchecked")
  final @Nullable S sketch(int group) {
    return (S) sketches[group];
  }

  private S made(int group) {
    S sketch = sketch(group);
    if (sketch == null) {
      sketch = empty();
      sketches[group] = sketch;
    }
    return sketch;
  }

  private void charge(int group, S sketch) {
    int bytes = sketch.heapBytes();
    if (bytes != charged[group]) {
      heap.reserve(bytes - charged[group]);
      charged[group] = bytes;
    }
  }

  @Override
  @SuppressWarnings("unchecked")
  public final void merge(GroupedAccumulator other, int[] from, int[] to, int count) {
    SketchAccumulator<S> that = (SketchAccumulator<S>) other;
    for (int i = 0; i < count; i++) {
      S theirs = that.sketch(from[i]);
      if (theirs != null) {
        S ours = made(to[i]);
        ours.merge(theirs);
        charge(to[i], ours);
      }
    }
  }

  @Override
  public final List<Type> stateTypes() {
    return List.of(Type.VARBINARY);
  }

  @Override
  public final void writeState(int group, List<ColumnBuilder> state) {
    S sketch = sketch(group);
    if (sketch == null) {
      state.get(0).appendNull();
    } else {
      byte[] bytes = sketch.bytes();
      state.get(0).appendBytes(bytes, 0, bytes.length);
    }
  }

  @Override
  public final void mergeState(List<Column> state, int[] rows, int[] groups, int count) {
    BytesColumn theirs = (BytesColumn) state.get(0);
    for (int i = 0; i < count; i++) {
      if (!theirs.isNull(rows[i])) {
        S sketch = made(groups[i]);
        sketch.merge(theirs.bytesAt(rows[i]));
        charge(groups[i], sketch);
      }
    }
  }

  @Override
  public final void reset(int groups) {
    for (int group = 0; group < groups; group++) {
      heap.release(charged[group]);
    }
    Arrays.fill(sketches, 0, groups, null);
    Arrays.fill(charged, 0, groups, 0);
  }
}
