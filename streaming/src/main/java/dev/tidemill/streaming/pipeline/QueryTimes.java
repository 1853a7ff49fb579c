package dev.tidemill.streaming.pipeline;

import java.util.Collection;

/**
 * W of a query from the times of its tables: the least of the partitions that are not idle, over
 * the tables that have not ended. It never goes back, and where all are idle it stays.
 */
final class QueryTimes {
  private QueryTimes() {}

  /**
   * The times of one of a query's tables.
   *
   * @param idleTimeoutMillis 0 where no partition is ever idle
   */
  record Of(TableTimes times, long idleTimeoutMillis) {}

  /** W after a step; {@code before} is that of the step before. */
  static long watermark(Collection<Of> tables, long before) {
    if (tables.isEmpty()) {
      return Long.MIN_VALUE;
    }
    if (tables.stream().allMatch(table -> table.times().ended())) {
      return Long.MAX_VALUE;
    }
    long least = least(tables);
    return least == Long.MAX_VALUE ? before : Math.max(before, least);
  }

  /** {@link Long#MAX_VALUE} where no partition counts. */
  private static long least(Collection<Of> tables) {
    long least = Long.MAX_VALUE;
    for (Of table : tables) {
      if (table.times().ended()) {
        continue;
      }
      if (table.times().partitions().isEmpty()) {
        return Long.MIN_VALUE;
      }
      for (TableTimes.Partition partition : table.times().partitions()) {
        least = partition.idle() ? least : Math.min(least, partition.micros());
      }
    }
    return least;
  }

  /**
   * When a step without rows would let the watermark go on since a partition has become idle that
   * holds it back, in microseconds; {@link Long#MAX_VALUE} where none will.
   */
  static long dueMicros(Collection<Of> tables) {
    long least = least(tables);
    long due = Long.MAX_VALUE;
    boolean othersAreFurther = false;
    for (Of table : tables) {
      for (TableTimes.Partition partition : table.times().partitions()) {
        if (table.times().ended() || partition.idle()) {
          continue;
        }
        othersAreFurther |= partition.micros() > least;
        if (partition.micros() == least && table.idleTimeoutMillis() > 0) {
          due = Math.min(due, partition.seenMicros() + table.idleTimeoutMillis() * 1000);
        }
      }
    }
    return othersAreFurther ? due : Long.MAX_VALUE;
  }
}
