package dev.tidemill.plan.delta;

import com.fasterxml.jackson.annotation.JsonInclude;
import dev.tidemill.plan.batch.BatchPlan;
import dev.tidemill.plan.batch.InputPlan;
import dev.tidemill.plan.batch.OutputColumn;
import dev.tidemill.plan.batch.WindowPlan;
import dev.tidemill.plan.batch.WindowReach;
import java.util.List;
import java.util.stream.Collectors;
import org.jspecify.annotations.Nullable;

/**
 * A batch plan whose result is that of each partition of its inputs by itself: windows, set
 * operations, aggregates that need all rows of a group. Of the partitions that a step touches, and
 * of no others, the result of what was there is taken back and that of what is there now given out;
 * of some windows ({@link #byRows}) that of the rows which a change reaches.
 *
 * @param body over {@code InputPlan}s; number i is {@code inputs.get(i)}
 * @param keys by input the columns that partition it, of the same types; without any there is one
 *     partition, which is there from the first step on
 * @param keepsResultOnly whether a row of the input that is not in the result now never will be:
 *     the result's first columns are the input's then, and no other rows are kept
 * @param bound a key (by its place in the keys) whose rows end, or null where rows are kept for
 *     ever
 * @param sessions what bounds the rows by the sessions that they are in, or null
 * @param order what bounds the rows by the order they stand in, of a window {@link #byRows}, or
 *     null
 * @param reason what it is, for EXPLAIN
 */
public record DeltaPartitionPlan(
    BatchPlan body,
    List<DeltaPlan> inputs,
    List<List<Integer>> keys,
    boolean keepsResultOnly,
    @Nullable TimeBound bound,
    @JsonInclude(JsonInclude.Include.NON_NULL) @Nullable SessionBound sessions,
    @JsonInclude(JsonInclude.Include.NON_NULL) @Nullable OrderBound order,
    String reason)
    implements DeltaPlan {
  public DeltaPartitionPlan {
    inputs = List.copyOf(inputs);
    keys = keys.stream().map(List::copyOf).collect(Collectors.toUnmodifiableList());
    if (inputs.isEmpty() || inputs.size() != keys.size()) {
      throw new IllegalArgumentException(inputs.size() + " inputs partitioned by " + keys);
    }
    if (sessions != null && (inputs.size() != 1 || bound != null || keepsResultOnly)) {
      throw new IllegalArgumentException("sessions of several inputs");
    }
    if (order != null && (inputs.size() != 1 || bound != null || sessions != null)) {
      throw new IllegalArgumentException("rows that end in two ways");
    }
    if (keepsResultOnly && (inputs.size() != 1 || inputs.get(0).changing())) {
      throw new IllegalArgumentException("rows left out that may come up again");
    }
  }

  /** One whose rows are in no sessions, and in no order that bounds them. */
  public DeltaPartitionPlan(
      BatchPlan body,
      List<DeltaPlan> inputs,
      List<List<Integer>> keys,
      boolean keepsResultOnly,
      @Nullable TimeBound bound,
      String reason) {
    this(body, inputs, keys, keepsResultOnly, bound, null, null, reason);
  }

  /** The same where the watermark bounds the rows by their order. */
  public DeltaPartitionPlan inOrder(OrderBound by) {
    return new DeltaPartitionPlan(body, inputs, keys, keepsResultOnly, bound, sessions, by, reason);
  }

  /**
   * Whether it is a window of which a change changes only some rows: these are computed, not their
   * partitions, unless only final rows are wanted.
   */
  public boolean byRows() {
    return sessions == null
        && !keepsResultOnly
        && body instanceof WindowPlan window
        && window.input() instanceof InputPlan
        && WindowReach.of(window) != null;
  }

  /** Whether partitions end, or what stands for them. */
  public boolean ends() {
    return bound != null || sessions != null;
  }

  @Override
  public List<OutputColumn> columns() {
    return body.columns();
  }

  @Override
  public boolean changing() {
    return true;
  }
}
