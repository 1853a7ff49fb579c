package dev.tidemill.streaming.pipeline;

import dev.tidemill.foundation.batch.Column;
import dev.tidemill.foundation.memory.MemoryScope;
import dev.tidemill.foundation.type.Type;
import dev.tidemill.plan.delta.TimeBound;
import dev.tidemill.streaming.rows.KeyedState;
import java.util.List;

/** Rows by key as state, and when their keys end, which follows from the keys. */
final class KeyEnds extends StateBeside {
  private final KeyedState state;
  private final TimeBound bound;
  private final MemoryScope memory;
  private final GroupEnds ends;

  /** Keys from here on have no end yet. */
  private int known;

  private int knownThen;

  /**
   * @param bound of a key, by its place
   * @param memory its own, closed with it
   */
  KeyEnds(KeyedState state, List<Type> keyTypes, TimeBound bound, MemoryScope memory) {
    super(state);
    this.state = state;
    this.bound = bound;
    this.memory = memory;
    this.ends = new GroupEnds(keyTypes.get(bound.column()), bound, memory);
    state.onRenumbering(
        (live, count) -> {
          ends.renumber(live, count);
          known = count;
        });
  }

  /** The keys that have ended, each once; their rows are the caller's to remove. */
  int[] take(long watermarkMicros) {
    addNew();
    return ends.take(watermarkMicros, key -> true);
  }

  private void addNew() {
    int count = state.keyCount() - known;
    if (count == 0) {
      return;
    }
    int[] fresh = new int[count];
    for (int i = 0; i < count; i++) {
      fresh[i] = known + i;
    }
    List<Column> columns = state.keyColumns(fresh, count);
    try {
      ends.add(columns.get(bound.column()), fresh, count);
    } finally {
      columns.forEach(Column::close);
    }
    known = state.keyCount();
  }

  @Override
  public void commit() {
    ends.commit();
    state.commit();
    knownThen = known;
  }

  @Override
  public void rollback() {
    state.rollback();
    ends.rollback();
    known = knownThen;
  }

  @Override
  public void restored() {
    state.restored();
    addNew();
    ends.commit();
    knownThen = known;
  }

  @Override
  public long bytes() {
    return state.bytes() + memory.used() + memory.onDisk();
  }

  @Override
  public void close() {
    ends.close();
    memory.close();
    state.close();
  }
}
