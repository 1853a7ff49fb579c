package dev.tidemill.exec.window;

import dev.tidemill.exec.aggregate.GroupedAccumulator;
import dev.tidemill.foundation.batch.Batch;
import java.util.ArrayList;
import java.util.List;
import java.util.function.Supplier;

/**
 * Aggregates over any range of a partition's rows (Leis et al., Efficient Processing of Window
 * Functions in Analytical SQL Queries, VLDB 2015): a tree whose nodes hold the state of {@value
 * #FAN} rows, of {@value #FAN} such nodes, and so on. A range is put together from single rows at
 * its ends and whole nodes between them. It needs no inverse of the aggregate.
 *
 * <pre>
 *   level 1   [0 … 255]          [256 … 511]
 *   level 0   [0 … 15] [16 … 31] …
 *   rows      range 10 … 300 = rows 10 … 15, nodes 1 … 15 of level 0, …, rows 288 … 300
 * </pre>
 *
 * <p>What is to be added is collected and done in one call per level. The nodes' row numbers are
 * relative to the partition.
 */
final class FrameTree implements AutoCloseable {
  private static final int FAN = 16;

  private final FrameValues values;
  private final Supplier<GroupedAccumulator> accumulators;
  private final GroupedAccumulator results;
  private final List<Level> levels = new ArrayList<>();
  private int levelCount;
  private int start;

  private final Pairs single = new Pairs();

  /** Adds ranges to groups of {@code results}. */
  FrameTree(
      FrameValues values, Supplier<GroupedAccumulator> accumulators, GroupedAccumulator results) {
    this.values = values;
    this.accumulators = accumulators;
    this.results = results;
  }

  /** A level's nodes, and which of them are to be added to which result. */
  private static final class Level {
    private final GroupedAccumulator nodes;
    private int count;
    private final Pairs wanted = new Pairs();

    Level(GroupedAccumulator nodes) {
      this.nodes = nodes;
    }
  }

  /** From where to where something is to be added. */
  private static final class Pairs {
    private final int[] from = new int[Batch.MAX_ROWS];
    private final int[] to = new int[Batch.MAX_ROWS];
    private int count;

    /** Whether it is full now. */
    boolean add(int source, int target) {
      from[count] = source;
      to[count++] = target;
      return count == from.length;
    }
  }

  /** Begins with rows from {@code from} on, which are added one by one. */
  void begin(int from) {
    start = from;
    levelCount = 0;
  }

  /** Begins with the rows {@code from} up to {@code to}. */
  void build(int from, int to) {
    start = from;
    int below = to - from;
    levelCount = 0;
    while (below >= 2 * FAN) {
      int nodes = (below + FAN - 1) / FAN;
      if (levels.size() == levelCount) {
        levels.add(new Level(accumulators.get()));
      }
      Level level = levels.get(levelCount);
      level.nodes.ensure(nodes);
      level.nodes.reset(nodes);
      level.count = nodes;
      Pairs pairs = new Pairs();
      for (int i = 0; i < below; i++) {
        boolean full = pairs.add(levelCount == 0 ? from + i : i, i / FAN);
        if (full || i == below - 1) {
          if (levelCount == 0) {
            values.add(level.nodes, pairs.from, pairs.to, pairs.count);
          } else {
            level.nodes.merge(levels.get(levelCount - 1).nodes, pairs.from, pairs.to, pairs.count);
          }
          pairs.count = 0;
        }
      }
      levelCount++;
      below = nodes;
    }
  }

  /**
   * Adds the rows {@code from} up to {@code to} of the table to a result, at the next {@link
   * #flush} at the latest.
   */
  void add(int from, int to, int result) {
    int low = from - start;
    int high = to - start;
    for (int level = -1; low < high; level++) {
      if (level == levelCount - 1 || high - low < 2 * FAN) {
        want(level, low, high, result);
        return;
      }
      int lowUp = (low + FAN - 1) / FAN;
      int highDown = high / FAN;
      want(level, low, lowUp * FAN, result);
      want(level, highDown * FAN, high, result);
      low = lowUp;
      high = highDown;
    }
  }

  private void want(int level, int low, int high, int result) {
    for (int i = low; i < high; i++) {
      if (level < 0 ? single.add(start + i, result) : levels.get(level).wanted.add(i, result)) {
        flush(level);
      }
    }
  }

  /** Does all that is to be added. */
  void flush() {
    for (int level = -1; level < levelCount; level++) {
      flush(level);
    }
  }

  private void flush(int level) {
    if (level < 0) {
      values.add(results, single.from, single.to, single.count);
      single.count = 0;
    } else {
      Level some = levels.get(level);
      results.merge(some.nodes, some.wanted.from, some.wanted.to, some.wanted.count);
      some.wanted.count = 0;
    }
  }

  @Override
  public void close() {
    levels.forEach(level -> level.nodes.close());
  }
}
