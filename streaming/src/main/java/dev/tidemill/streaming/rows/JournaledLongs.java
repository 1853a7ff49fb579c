package dev.tidemill.streaming.rows;

import dev.tidemill.exec.memory.HeapMemory;
import java.util.Arrays;

/** Numbers by index, 0 where none was set; what a step sets is undone by {@link #rollback}. */
final class JournaledLongs {
  private final HeapMemory heap;
  private long[] values;
  private int[] indexes;
  private long[] before;
  private int changes;

  JournaledLongs(HeapMemory heap) {
    this.heap = heap;
    this.values = heap.longs(16);
    this.indexes = heap.ints(16);
    this.before = heap.longs(16);
  }

  /** Makes room for the indexes below {@code count}. */
  void ensure(int count) {
    values = heap.grow(values, count);
  }

  /** Indexes from here on have no value. */
  int room() {
    return values.length;
  }

  long get(int index) {
    return values[index];
  }

  void set(int index, long value) {
    if (changes == indexes.length) {
      indexes = heap.grow(indexes, changes + 1);
      before = heap.grow(before, indexes.length);
    }
    indexes[changes] = index;
    before[changes++] = values[index];
    values[index] = value;
  }

  /** Sets it for ever: {@link #rollback} does not undo it. */
  void fix(int index, long value) {
    values[index] = value;
  }

  /** How often something was set since the last commit. */
  int changes() {
    return changes;
  }

  /** What the {@code change}th set. */
  int changedIndex(int change) {
    return indexes[change];
  }

  /** What stood there before it. */
  long changedFrom(int change) {
    return before[change];
  }

  void commit() {
    changes = 0;
  }

  void rollback() {
    while (changes > 0) {
      changes--;
      values[indexes[changes]] = before[changes];
    }
  }

  /** The value of {@code live[i]} becomes that of i; the others are 0. Nothing is uncommitted. */
  void renumber(int[] live, int count) {
    for (int i = 0; i < count; i++) {
      values[i] = values[live[i]];
    }
    Arrays.fill(values, count, values.length, 0);
  }
}
