package dev.tidemill.plan.delta;

import com.fasterxml.jackson.annotation.JsonSubTypes;
import com.fasterxml.jackson.annotation.JsonTypeInfo;
import dev.tidemill.plan.batch.OutputColumn;
import java.util.List;

/**
 * A node of a delta plan: the change of a relation at a step, computed from the changes of its
 * inputs and what it has kept. Immutable, equal by value, JSON both ways. The meaning of every node
 * is that of a batch plan: {@code integrate(delta(inputs)) = batch(integrate(inputs))} after every
 * step.
 */
@JsonTypeInfo(use = JsonTypeInfo.Id.NAME, property = "node")
@JsonSubTypes({
  @JsonSubTypes.Type(value = DeltaScanPlan.class, name = "scan"),
  @JsonSubTypes.Type(value = StaticPlan.class, name = "static"),
  @JsonSubTypes.Type(value = LinearPlan.class, name = "linear"),
  @JsonSubTypes.Type(value = DeltaAggregatePlan.class, name = "aggregate"),
  @JsonSubTypes.Type(value = DeltaJoinPlan.class, name = "join"),
  @JsonSubTypes.Type(value = DeltaAsofJoinPlan.class, name = "asofJoin"),
  @JsonSubTypes.Type(value = DeltaTopNPlan.class, name = "topN"),
  @JsonSubTypes.Type(value = DeltaPartitionPlan.class, name = "partition"),
  @JsonSubTypes.Type(value = TimeFilterPlan.class, name = "timeFilter"),
  @JsonSubTypes.Type(value = DynamicFilterPlan.class, name = "dynamicFilter"),
  @JsonSubTypes.Type(value = RecomputePlan.class, name = "recompute"),
})
public sealed interface DeltaPlan
    permits DeltaScanPlan,
        StaticPlan,
        LinearPlan,
        DeltaAggregatePlan,
        DeltaJoinPlan,
        DeltaAsofJoinPlan,
        DeltaTopNPlan,
        DeltaPartitionPlan,
        TimeFilterPlan,
        DynamicFilterPlan,
        RecomputePlan {
  List<OutputColumn> columns();

  List<DeltaPlan> inputs();

  /**
   * Whether rows can be removed again (in output modes UPDATE and COMPLETE): an edge is changing,
   * or insert-only.
   */
  boolean changing();

  /**
   * Whether each of its rows goes as time passes, so that what is kept of them is as much as comes
   * in that time.
   */
  default boolean expires() {
    return !inputs().isEmpty()
        && inputs().stream().anyMatch(DeltaPlan::expires)
        && inputs().stream().allMatch(input -> input instanceof StaticPlan || input.expires());
  }
}
