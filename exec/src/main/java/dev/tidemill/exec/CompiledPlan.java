package dev.tidemill.exec;

import dev.tidemill.exec.aggregate.HashAggregateOperator;
import dev.tidemill.exec.asof.AsofJoinOperator;
import dev.tidemill.exec.exchange.ExchangeOperator;
import dev.tidemill.exec.join.HashJoinOperator;
import dev.tidemill.exec.join.NestedLoopJoinOperator;
import dev.tidemill.exec.linear.FilterOperator;
import dev.tidemill.exec.linear.ProjectOperator;
import dev.tidemill.exec.linear.TimeWindowOperator;
import dev.tidemill.exec.linear.UnionOperator;
import dev.tidemill.exec.linear.UnnestOperator;
import dev.tidemill.exec.match.MatchOperator;
import dev.tidemill.exec.pipeline.Operator;
import dev.tidemill.exec.recursion.RecursiveOperator;
import dev.tidemill.exec.recursion.WorkingTableOperator;
import dev.tidemill.exec.scan.InputOperator;
import dev.tidemill.exec.scan.ScanOperator;
import dev.tidemill.exec.scan.ValuesOperator;
import dev.tidemill.exec.set.SetOperator;
import dev.tidemill.exec.shared.SharedOperator;
import dev.tidemill.exec.sort.LimitOperator;
import dev.tidemill.exec.sort.SortOperator;
import dev.tidemill.exec.sort.TopNOperator;
import dev.tidemill.exec.window.WindowOperator;
import dev.tidemill.plan.batch.AggregatePlan;
import dev.tidemill.plan.batch.AsofJoinPlan;
import dev.tidemill.plan.batch.BatchPlan;
import dev.tidemill.plan.batch.ExceptPlan;
import dev.tidemill.plan.batch.ExchangePlan;
import dev.tidemill.plan.batch.FilterPlan;
import dev.tidemill.plan.batch.HashJoinPlan;
import dev.tidemill.plan.batch.InputPlan;
import dev.tidemill.plan.batch.IntersectPlan;
import dev.tidemill.plan.batch.LimitPlan;
import dev.tidemill.plan.batch.MatchPlan;
import dev.tidemill.plan.batch.NestedLoopJoinPlan;
import dev.tidemill.plan.batch.OutputColumn;
import dev.tidemill.plan.batch.ProjectPlan;
import dev.tidemill.plan.batch.RecursivePlan;
import dev.tidemill.plan.batch.ScanPlan;
import dev.tidemill.plan.batch.SessionTablePlan;
import dev.tidemill.plan.batch.SharedPlan;
import dev.tidemill.plan.batch.SortPlan;
import dev.tidemill.plan.batch.TopNPlan;
import dev.tidemill.plan.batch.UnionPlan;
import dev.tidemill.plan.batch.UnnestPlan;
import dev.tidemill.plan.batch.ValuesPlan;
import dev.tidemill.plan.batch.WindowPlan;
import dev.tidemill.plan.batch.WindowTablePlan;
import dev.tidemill.plan.batch.WorkingTablePlan;
import dev.tidemill.plan.json.PlanJson;
import java.util.HashMap;
import java.util.List;
import java.util.Map;

/**
 * A plan made ready to run: its operators, with their expressions compiled. Immutable, for any
 * number of runs at once with other inputs, tables and parameters.
 */
public final class CompiledPlan {
  private final Operator root;
  private final Operator result;

  private CompiledPlan(Operator root) {
    this.root = root;
    this.result = new ResultOperator(root);
  }

  /**
   * Compiles a plan.
   *
   * @throws dev.tidemill.foundation.error.TidemillException for functions, types and sizes that are
   *     not supported
   */
  public static CompiledPlan compile(BatchPlan plan) {
    return new CompiledPlan(operator(plan, new HashMap<>()));
  }

  /** As {@link #compile(BatchPlan)}, over JSON and back where {@code throughJson} (test mode). */
  public static CompiledPlan compile(BatchPlan plan, boolean throughJson) {
    return compile(throughJson ? PlanJson.read(PlanJson.write(plan), BatchPlan.class) : plan);
  }

  public BatchPlan plan() {
    return root.plan();
  }

  public List<OutputColumn> columns() {
    return root.plan().columns();
  }

  Operator root() {
    return root;
  }

  /** Whoever takes the rows of the root. */
  Operator result() {
    return result;
  }

  /**
   * @param shared by their numbers, so that each is one operator wherever it occurs
   */
  private static Operator operator(BatchPlan plan, Map<Integer, Operator> shared) {
    if (plan instanceof SharedPlan part && shared.containsKey(part.number())) {
      return shared.get(part.number());
    }
    if (plan instanceof SessionTablePlan sessions) {
      return operator(sessions.definition(), shared);
    }
    List<Operator> inputs = plan.inputs().stream().map(p -> operator(p, shared)).toList();
    return switch (plan) {
      case ScanPlan p -> new ScanOperator(p);
      case InputPlan p -> new InputOperator(p);
      case ValuesPlan p -> new ValuesOperator(p);
      case FilterPlan p -> new FilterOperator(p, inputs.get(0));
      case ProjectPlan p -> new ProjectOperator(p, inputs.get(0));
      case WindowTablePlan p -> new TimeWindowOperator(p, inputs.get(0));
      case SessionTablePlan p ->
          throw new IllegalStateException("sessions are compiled as windows");
      case UnnestPlan p -> new UnnestOperator(p, inputs.get(0));
      case AggregatePlan p -> new HashAggregateOperator(p, inputs.get(0));
      case HashJoinPlan p -> new HashJoinOperator(p, inputs.get(0), inputs.get(1));
      case NestedLoopJoinPlan p -> new NestedLoopJoinOperator(p, inputs.get(0), inputs.get(1));
      case AsofJoinPlan p -> new AsofJoinOperator(p, inputs.get(0), inputs.get(1));
      case SortPlan p -> new SortOperator(p, inputs.get(0));
      case TopNPlan p -> new TopNOperator(p, inputs.get(0));
      case LimitPlan p -> new LimitOperator(p, inputs.get(0));
      case UnionPlan p -> new UnionOperator(p, inputs);
      case IntersectPlan p -> new SetOperator(p, inputs.get(0), inputs.get(1));
      case ExceptPlan p -> new SetOperator(p, inputs.get(0), inputs.get(1));
      case WindowPlan p -> new WindowOperator(p, inputs.get(0));
      case MatchPlan p -> new MatchOperator(p, inputs.get(0));
      case ExchangePlan p -> new ExchangeOperator(p, inputs.get(0));
      case RecursivePlan p -> new RecursiveOperator(p, inputs.get(0), inputs.get(1));
      case WorkingTablePlan p -> new WorkingTableOperator(p);
      case SharedPlan p -> {
        Operator operator = new SharedOperator(p, inputs.get(0));
        shared.put(p.number(), operator);
        yield operator;
      }
    };
  }
}
