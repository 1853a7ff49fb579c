package dev.tidemill.streaming.result;

import dev.tidemill.foundation.batch.Batch;
import dev.tidemill.foundation.memory.MemoryScope;
import dev.tidemill.plan.delta.StandingPlan;
import dev.tidemill.streaming.state.QueryState;
import java.util.List;

/**
 * What is different in a result that stands in the place of another, for those who read that: they
 * take it as the change of a step.
 *
 * <pre>
 *   result before   step 5   step 7 |
 *   this result                     | step 8: the difference   step 9   …
 *   a reader                 took 7 | takes 8 and 9
 * </pre>
 *
 * <p>It is state until all readers have taken it.
 */
final class Handover {
  private static final String STATE = "$handover";

  private final ResultSteps steps;
  private final ResultDifference difference;

  Handover(StandingPlan plan, ResultSteps steps, QueryState state) {
    this.steps = steps;
    this.difference = new ResultDifference(plan, STATE, state);
  }

  ResultSteps steps() {
    return steps;
  }

  boolean isEmpty() {
    return difference.isEmpty();
  }

  /** Adds rows of the result, or takes away rows of the one before; borrows them. */
  void add(Batch result, int sign, MemoryScope scope) {
    difference.add(result, sign, scope);
  }

  /** What is different, with weights; the caller's to close. */
  List<Batch> read(MemoryScope scope) {
    return difference.read(scope);
  }

  /** Nobody needs it any more. */
  void clear(MemoryScope scope) {
    difference.clear(scope);
  }
}
