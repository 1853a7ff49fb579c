package dev.tidemill.streaming.pipeline;

import dev.tidemill.plan.batch.TableReference;
import dev.tidemill.storage.table.Offset;
import java.time.Instant;
import java.util.Map;
import org.jspecify.annotations.Nullable;

/**
 * What a step takes, as the plan record has it: the same again gives the same change again.
 *
 * @param step its number
 * @param time what CURRENT_TIMESTAMP is
 * @param ranges per scanned table what it takes; a table that is not here gives nothing
 */
public record StepInput(long step, Instant time, Map<TableReference, Range> ranges) {
  public StepInput {
    ranges = Map.copyOf(ranges);
  }

  /**
   * The rows between two offsets.
   *
   * @param ended whether nothing will ever come behind {@code to}: the table's watermark is
   *     +infinity from this step on
   * @param waiting whether there were rows behind {@code to} when the step was planned
   */
  public record Range(@Nullable Offset from, Offset to, boolean ended, boolean waiting) {
    /** One behind which there is nothing yet. */
    public Range(@Nullable Offset from, Offset to, boolean ended) {
      this(from, to, ended, false);
    }
  }
}
