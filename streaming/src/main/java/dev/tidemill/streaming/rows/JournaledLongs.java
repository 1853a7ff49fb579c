package dev.tidemill.streaming.rows;

import dev.tidemill.foundation.memory.Ints;
import dev.tidemill.foundation.memory.Longs;
import dev.tidemill.foundation.memory.MemoryScope;
import dev.tidemill.streaming.state.ChangedNumbers;

/**
 * Numbers by index, 0 where none was set; what a step sets is undone by {@link #rollback}. Indexes
 * behind all that were set when the step began are not remembered one by one.
 */
final class JournaledLongs implements AutoCloseable {
  private final Longs values;
  private final Ints indexes;
  private final Longs before;
  private int changes;

  /** Indexes from here on had no value when the step began. */
  private int fresh;

  /** Indexes from here on have none. */
  private int end;

  JournaledLongs(MemoryScope memory) {
    this.values = new Longs(memory);
    this.indexes = new Ints(memory);
    this.before = new Longs(memory);
  }

  /** Makes room for the indexes below {@code count}. */
  void ensure(int count) {
    values.ensure(count);
  }

  /** Indexes from here on have no value. */
  int room() {
    return values.length();
  }

  long get(int index) {
    return index < values.length() ? values.get(index) : 0;
  }

  void set(int index, long value) {
    if (index >= fresh) {
      end = Math.max(end, index + 1);
      values.set(index, value);
      return;
    }
    indexes.ensure(changes + 1);
    before.ensure(changes + 1);
    indexes.set(changes, index);
    before.set(changes, values.get(index));
    changes++;
    values.set(index, value);
  }

  /** Sets it for ever: {@link #rollback} does not undo it. */
  void fix(int index, long value) {
    values.set(index, value);
    end = Math.max(end, index + 1);
    fresh = end;
  }

  /** How often something that had a value was set since the last commit. */
  int changes() {
    return changes;
  }

  /** What the {@code change}th set. */
  int changedIndex(int change) {
    return indexes.get(change);
  }

  /** What stood there before it. */
  long changedFrom(int change) {
    return before.get(change);
  }

  void commit() {
    changes = 0;
    fresh = end;
  }

  /** Commits, and marks the indexes that were set. */
  void commit(ChangedNumbers changed) {
    for (int change = 0; change < changes; change++) {
      changed.mark(indexes.get(change));
    }
    changed.mark(fresh, end);
    commit();
  }

  void rollback() {
    while (changes > 0) {
      changes--;
      values.set(indexes.get(changes), before.get(changes));
    }
    values.clear(fresh, end);
    end = fresh;
  }

  /** Whether an index had no value when the step began. */
  boolean isFresh(int index) {
    return index >= fresh;
  }

  /** The value of {@code live[i]} becomes that of i; the others are 0. Nothing is uncommitted. */
  void renumber(int[] live, int count) {
    for (int i = 0; i < count; i++) {
      values.set(i, get(live[i]));
    }
    values.clear(count, values.length());
    end = count;
    fresh = count;
  }

  @Override
  public void close() {
    values.close();
    indexes.close();
    before.close();
  }
}
