package dev.tidemill.exec.asof;

import dev.tidemill.exec.error.ExecErrors;
import dev.tidemill.foundation.batch.Column;
import dev.tidemill.foundation.batch.Columns;
import dev.tidemill.foundation.batch.FixedColumn;
import dev.tidemill.foundation.memory.MemoryScope;
import dev.tidemill.foundation.type.Type;
import dev.tidemill.plan.batch.AsofComparison;

/**
 * The times of an ASOF join as 64-bit numbers, such that a left row's match is the last right row
 * that is not beyond {@link #limit}, whatever the comparison: one that looks forward turns the
 * numbers round.
 *
 * <pre>
 *   left.ts &gt;= right.ts    words 3 5 9, in their order          left.ts &lt;= right.ts    words ~9 ~5 ~3
 * </pre>
 */
public final class TimeWords {
  private final boolean turns;
  private final boolean isInclusive;

  public TimeWords(AsofComparison comparison) {
    this.turns = !comparison.looksBack();
    this.isInclusive = comparison.isInclusive();
  }

  /**
   * The words of some rows; undefined of NULLs.
   *
   * @param to by place in {@code rows}, from {@code first} on
   */
  public void of(Column times, int[] rows, int count, long[] to, int first, MemoryScope memory) {
    try (Column plain = Columns.decode(times, memory)) {
      if (!(plain instanceof FixedColumn fixed)) {
        throw ExecErrors.brokenPlan("an ASOF join by " + times.type());
      }
      if (fixed.type() instanceof Type.DoubleType || fixed.type() instanceof Type.Real) {
        for (int i = 0; i < count; i++) {
          long bits = Double.doubleToLongBits(fixed.doubleAt(rows[i]) + 0.0);
          to[first + i] = bits ^ ((bits >> 63) & Long.MAX_VALUE);
        }
      } else {
        for (int i = 0; i < count; i++) {
          to[first + i] = fixed.longAt(rows[i]);
        }
      }
    }
    if (turns) {
      for (int i = first; i < first + count; i++) {
        to[i] = ~to[i];
      }
    }
  }

  /** Whether the right row of a word can be the match of the left row of another. */
  public boolean reaches(long left, long right) {
    return isInclusive ? right <= left : right < left;
  }

  /** The greatest word of a right row that a left row of this word sees, where it sees any. */
  long limit(long left) {
    return isInclusive ? left : left - 1;
  }

  /** Whether a left row of this word sees no right row, whatever its word. */
  boolean seesNone(long left) {
    return !isInclusive && left == Long.MIN_VALUE;
  }
}
