package dev.tidemill.streaming.rows;

import dev.tidemill.exec.memory.HeapMemory;
import dev.tidemill.streaming.state.ChangedNumbers;
import java.util.Arrays;

/**
 * Numbers by index, 0 where none was set; what a step sets is undone by {@link #rollback}. Indexes
 * behind all that were set when the step began are not remembered one by one.
 */
final class JournaledLongs {
  private final HeapMemory heap;
  private long[] values;
  private int[] indexes;
  private long[] before;
  private int changes;

  /** Indexes from here on had no value when the step began. */
  private int fresh;

  /** Indexes from here on have none. */
  private int end;

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
    if (index >= fresh) {
      end = Math.max(end, index + 1);
      values[index] = value;
      return;
    }
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
    end = Math.max(end, index + 1);
    fresh = end;
  }

  /** How often something that had a value was set since the last commit. */
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
    fresh = end;
  }

  /** Commits, and marks the indexes that were set. */
  void commit(ChangedNumbers changed) {
    for (int change = 0; change < changes; change++) {
      changed.mark(indexes[change]);
    }
    changed.mark(fresh, end);
    commit();
  }

  void rollback() {
    while (changes > 0) {
      changes--;
      values[indexes[changes]] = before[changes];
    }
    Arrays.fill(values, fresh, end, 0);
    end = fresh;
  }

  /** Whether an index had no value when the step began. */
  boolean isFresh(int index) {
    return index >= fresh;
  }

  /** The value of {@code live[i]} becomes that of i; the others are 0. Nothing is uncommitted. */
  void renumber(int[] live, int count) {
    for (int i = 0; i < count; i++) {
      values[i] = values[live[i]];
    }
    Arrays.fill(values, count, values.length, 0);
    end = count;
    fresh = count;
  }
}
