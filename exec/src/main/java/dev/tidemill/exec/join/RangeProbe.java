package dev.tidemill.exec.join;

import dev.tidemill.exec.expression.EvaluationContext;
import dev.tidemill.exec.pipeline.OperatorCounters;
import dev.tidemill.exec.pipeline.Team;
import dev.tidemill.exec.pipeline.Worker;
import dev.tidemill.foundation.batch.Batch;
import dev.tidemill.foundation.error.ErrorKind;
import dev.tidemill.foundation.error.TidemillException;
import java.util.Arrays;
import org.jspecify.annotations.Nullable;

/**
 * One worker's left rows that look for their ranges of right rows.
 *
 * <p>{@code (begin pairs*)*}
 */
final class RangeProbe {
  private final RangeCondition condition;
  private final JoinShape shape;
  private final EvaluationContext context;
  private final Worker worker;
  private final OperatorCounters counters;

  /** By comparison and left row, what a right value must be at least. */
  private final long[][] least;

  private boolean[] none = new boolean[Batch.MAX_ROWS];

  /** The left rows that may have a match. */
  private int[] rows = new int[Batch.MAX_ROWS];

  private int count;
  private int all;
  private final int[] found = new int[RangeIndex.BLOCK];

  /**
   * @param shape with what the condition demands besides ranges
   */
  RangeProbe(
      RangeCondition condition,
      JoinShape shape,
      EvaluationContext context,
      Worker worker,
      OperatorCounters counters) {
    this.condition = condition;
    this.shape = shape;
    this.context = context;
    this.worker = worker;
    this.counters = counters;
    this.least = new long[condition.count()][Batch.MAX_ROWS];
  }

  /** Looks at left rows; says whether all their values can be looked for. */
  boolean begin(Batch batch) {
    int length = batch.length();
    if (none.length < length) {
      none = new boolean[length];
      rows = new int[length];
      for (int i = 0; i < least.length; i++) {
        least[i] = new long[length];
      }
    } else {
      Arrays.fill(none, 0, length, false);
    }
    try {
      if (!condition.loadLeft(batch, context, least, none)) {
        return false;
      }
    } catch (TidemillException e) {
      if (e.kind() != ErrorKind.USER) {
        throw e;
      }
      // A pair that this would be an error for may not be asked for it.
      return false;
    }
    int[] selected = Worker.rows(batch);
    all = batch.rowCount();
    count = 0;
    for (int i = 0; i < all; i++) {
      rows[count] = selected[i];
      count += none[selected[i]] ? 0 : 1;
    }
    return true;
  }

  /** The index of right rows for the left rows and later ones; null where there is none. */
  @Nullable RangeIndex index(RangeTable table, Batch right) {
    return table.index(right, least, rows, count, context, Team.alone(worker.run()));
  }

  /**
   * Gives the pairs in ranges; says whether more are needed.
   *
   * @param rightCount how many right rows there are
   */
  boolean pairs(JoinOutput output, RangeIndex index, int rightCount) {
    boolean oneMatchIsEnough = !shape.givesPairs();
    boolean isMatchAll = oneMatchIsEnough && shape.condition() == null;
    long given = 0;
    for (int i = 0; i < count; i++) {
      int row = rows[i];
      if (oneMatchIsEnough && output.isMatched(row)) {
        continue;
      }
      long range = index.range(least, row);
      int from = (int) range;
      int to = (int) (range >>> 32);
      if (to - from > Batch.MAX_ROWS) {
        worker.check();
      }
      if (index.isExact()) {
        given += to - from;
        if (isMatchAll && from < to) {
          output.match(row);
        } else if (!isMatchAll && !output.pairs(row, index.rows(), from, to)) {
          return false;
        }
        continue;
      }
      while (from < to) {
        int end = index.blockEnd(from, to);
        int matches = index.matches(least, row, from, end, found);
        given += matches;
        from = end;
        if (isMatchAll && matches > 0) {
          output.match(row);
        } else if (!output.pairs(row, found, 0, matches)) {
          return false;
        }
        if (oneMatchIsEnough && output.isMatched(row)) {
          break;
        }
      }
    }
    counters.addSkippedPairs((long) all * rightCount - given);
    return true;
  }
}
