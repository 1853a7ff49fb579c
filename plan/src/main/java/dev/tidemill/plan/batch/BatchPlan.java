package dev.tidemill.plan.batch;

import com.fasterxml.jackson.annotation.JsonSubTypes;
import com.fasterxml.jackson.annotation.JsonTypeInfo;
import java.util.List;

/**
 * A node of a batch plan: a relation computed from its inputs. Immutable, equal by value, JSON both
 * ways; checked in the records' constructors. Columns are referred to by their number in {@link
 * #columns()} of the input; a join's are the left's, then the right's.
 */
@JsonTypeInfo(use = JsonTypeInfo.Id.NAME, property = "node")
@JsonSubTypes({
  @JsonSubTypes.Type(value = ScanPlan.class, name = "scan"),
  @JsonSubTypes.Type(value = InputPlan.class, name = "input"),
  @JsonSubTypes.Type(value = ValuesPlan.class, name = "values"),
  @JsonSubTypes.Type(value = FilterPlan.class, name = "filter"),
  @JsonSubTypes.Type(value = ProjectPlan.class, name = "project"),
  @JsonSubTypes.Type(value = WindowTablePlan.class, name = "windowTable"),
  @JsonSubTypes.Type(value = SessionTablePlan.class, name = "sessionTable"),
  @JsonSubTypes.Type(value = UnnestPlan.class, name = "unnest"),
  @JsonSubTypes.Type(value = AggregatePlan.class, name = "aggregate"),
  @JsonSubTypes.Type(value = HashJoinPlan.class, name = "hashJoin"),
  @JsonSubTypes.Type(value = NestedLoopJoinPlan.class, name = "nestedLoopJoin"),
  @JsonSubTypes.Type(value = AsofJoinPlan.class, name = "asofJoin"),
  @JsonSubTypes.Type(value = SortPlan.class, name = "sort"),
  @JsonSubTypes.Type(value = TopNPlan.class, name = "topN"),
  @JsonSubTypes.Type(value = LimitPlan.class, name = "limit"),
  @JsonSubTypes.Type(value = UnionPlan.class, name = "union"),
  @JsonSubTypes.Type(value = IntersectPlan.class, name = "intersect"),
  @JsonSubTypes.Type(value = ExceptPlan.class, name = "except"),
  @JsonSubTypes.Type(value = WindowPlan.class, name = "window"),
  @JsonSubTypes.Type(value = MatchPlan.class, name = "match"),
  @JsonSubTypes.Type(value = ExchangePlan.class, name = "exchange"),
  @JsonSubTypes.Type(value = SharedPlan.class, name = "shared"),
  @JsonSubTypes.Type(value = RecursivePlan.class, name = "recursive"),
  @JsonSubTypes.Type(value = WorkingTablePlan.class, name = "workingTable"),
})
public sealed interface BatchPlan
    permits ScanPlan,
        InputPlan,
        ValuesPlan,
        FilterPlan,
        ProjectPlan,
        WindowTablePlan,
        SessionTablePlan,
        UnnestPlan,
        AggregatePlan,
        HashJoinPlan,
        NestedLoopJoinPlan,
        AsofJoinPlan,
        SortPlan,
        TopNPlan,
        LimitPlan,
        UnionPlan,
        IntersectPlan,
        ExceptPlan,
        WindowPlan,
        MatchPlan,
        ExchangePlan,
        SharedPlan,
        RecursivePlan,
        WorkingTablePlan {
  /** What the rows of the result look like. */
  List<OutputColumn> columns();

  /** The nodes this one reads, in order. */
  List<BatchPlan> inputs();

  /** The same node over other inputs, of the same columns. */
  BatchPlan withInputs(List<BatchPlan> inputs);
}
