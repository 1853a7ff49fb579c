package dev.tidemill.streaming.pipeline;

import dev.tidemill.foundation.batch.Column;
import dev.tidemill.foundation.batch.FixedColumn;
import dev.tidemill.foundation.memory.MemoryScope;
import dev.tidemill.foundation.type.Type;
import dev.tidemill.plan.delta.TimeBound;
import java.util.function.IntPredicate;

/**
 * When groups end: their ids by the time, in microseconds, after which nothing comes for them any
 * more. Groups that are gone meanwhile may still stand here.
 */
final class GroupEnds implements AutoCloseable {
  private final TimeBound bound;
  private final long perSecond;
  private final OrderedIds ends;

  /**
   * @param keyType of the key that {@code bound} is of
   */
  GroupEnds(Type keyType, TimeBound bound, MemoryScope memory) {
    this.ends = new OrderedIds(memory);
    this.bound = bound;
    this.perSecond = EventTimes.perSecond(keyType);
  }

  /** Adds groups with their key; one whose time is NULL never ends. */
  void add(Column key, int[] groups, int count) {
    FixedColumn times = (FixedColumn) key;
    for (int i = 0; i < count; i++) {
      if (!times.isNull(i)) {
        long end =
            EventTimes.plusMillis(
                EventTimes.microsCeil(times.longAt(i), perSecond), bound.plusMillis());
        ends.add(end, groups[i]);
      }
    }
  }

  /** Adds a group that ends at once. */
  void addEnded(int group) {
    ends.add(Long.MIN_VALUE, group);
  }

  /** The groups that have ended by {@code watermarkMicros} and are there, each once. */
  int[] take(long watermarkMicros, IntPredicate isThere) {
    return ends.take(watermarkMicros, true, isThere);
  }

  void commit() {
    ends.commit();
  }

  void rollback() {
    ends.rollback();
  }

  /** Group {@code live[i]} becomes i; the others are gone. */
  void renumber(int[] live, int count) {
    ends.renumber(live, count);
  }

  @Override
  public void close() {
    ends.close();
  }
}
