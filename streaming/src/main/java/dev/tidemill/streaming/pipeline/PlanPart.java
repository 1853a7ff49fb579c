package dev.tidemill.streaming.pipeline;

import dev.tidemill.plan.delta.DeltaAggregatePlan;
import dev.tidemill.plan.delta.DeltaPartitionPlan;
import dev.tidemill.plan.delta.DeltaPlan;
import dev.tidemill.plan.delta.OutputMode;
import dev.tidemill.plan.delta.SessionGroups;
import dev.tidemill.plan.delta.StandingPlan;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.SequencedSet;

/**
 * A node of a standing plan, of which one operator is made.
 *
 * @param append whether only rows that are final are wanted of it
 */
record PlanPart(DeltaPlan plan, boolean append) {
  static PlanPart root(StandingPlan plan, OutputMode mode) {
    return new PlanPart(plan.root(), mode == OutputMode.APPEND);
  }

  /** All parts of a plan, from the root down: the place of each is the number of its operator. */
  static SequencedSet<PlanPart> all(StandingPlan plan, OutputMode mode) {
    SequencedSet<PlanPart> all = new LinkedHashSet<>();
    root(plan, mode).collect(all);
    return all;
  }

  private void collect(SequencedSet<PlanPart> all) {
    if (all.add(this)) {
      inputs().forEach(input -> input.collect(all));
    }
  }

  /** What its operator takes the changes of. */
  List<PlanPart> inputs() {
    boolean inputsAppend = append && !closes();
    SessionGroups sessions =
        plan instanceof DeltaAggregatePlan aggregate ? SessionGroups.of(aggregate) : null;
    List<DeltaPlan> inputs = sessions == null ? plan.inputs() : List.of(sessions.input());
    return inputs.stream().map(input -> new PlanPart(input, inputsAppend)).toList();
  }

  /**
   * Whether in APPEND what belongs to a key is given out when it ends, or a row when it is final:
   * not where each row comes once and for all anyway.
   */
  boolean closes() {
    return plan.changing()
        && switch (plan) {
          case DeltaAggregatePlan aggregate -> aggregate.bound() != null;
          case DeltaPartitionPlan partition -> partition.ends() || partition.order() != null;
          default -> false;
        };
  }
}
