package dev.tidemill.exec.aggregate;

import dev.tidemill.foundation.batch.Column;
import dev.tidemill.foundation.memory.MemoryScope;
import org.jspecify.annotations.Nullable;

/**
 * One that can stand: values come several times at once and, where the accumulator says that it
 * {@link #removes}, go again, and single groups can be emptied.
 */
public abstract class WeightedAccumulator extends GroupedAccumulator {
  WeightedAccumulator(MemoryScope memory) {
    super(memory);
  }

  /** Whether weights may be negative. */
  public boolean removes() {
    return false;
  }

  /**
   * As {@link #add}, each value so many times.
   *
   * @param values null where the call has no argument
   */
  public abstract void addWeighted(
      @Nullable Column values, int[] rows, int[] groups, long[] weights, int count);

  /** Empties some groups. */
  public abstract void clear(int[] groups, int count);
}
