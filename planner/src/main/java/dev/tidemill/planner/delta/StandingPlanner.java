package dev.tidemill.planner.delta;

import dev.tidemill.plan.batch.AggregateCall;
import dev.tidemill.plan.batch.AggregatePlan;
import dev.tidemill.plan.batch.BatchPlan;
import dev.tidemill.plan.batch.MatchPlan;
import dev.tidemill.plan.batch.MatchValue;
import dev.tidemill.plan.batch.ScanPlan;
import dev.tidemill.plan.batch.SortKey;
import dev.tidemill.plan.batch.TableReference;
import dev.tidemill.plan.batch.WindowCall;
import dev.tidemill.plan.batch.WindowPlan;
import dev.tidemill.plan.delta.OutputMode;
import dev.tidemill.plan.delta.StandingPlan;
import dev.tidemill.plan.delta.TimeBound;
import dev.tidemill.plan.expression.Call;
import dev.tidemill.plan.expression.Expression;
import dev.tidemill.plan.expression.Parameter;
import dev.tidemill.plan.expression.UserCall;
import dev.tidemill.plan.function.ScalarFunction;
import dev.tidemill.plan.function.user.UserMethod;
import java.util.ArrayList;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.Set;
import java.util.concurrent.atomic.AtomicBoolean;

/**
 * Plans standing queries: from a batch plan and what its tables are to a plan that keeps the result
 * true.
 *
 * <p>Every batch query stands. Filters, projections, UNION ALL and time windows are linear;
 * aggregates, joins and top-N have incremental forms; whatever has none is recomputed, the smallest
 * part that can be. What reads static tables and literals alone is pinned.
 */
public final class StandingPlanner {
  private StandingPlanner() {}

  /**
   * The plan of a standing query.
   *
   * @param root its batch plan; a sort at the top is left out
   * @param tables of every table that {@code root} scans
   * @param order the top-level ORDER BY, over the columns of {@code root}
   * @param definitions as in {@link StandingPlan}
   * @param mode in which it is to run; others may need another plan
   * @throws dev.tidemill.foundation.error.TidemillException NO_GROWING_INPUT, or that something in
   *     it cannot stand
   */
  public static StandingPlan plan(
      BatchPlan root,
      Map<TableReference, TableTraits> tables,
      List<SortKey> order,
      Map<String, String> definitions,
      OutputMode mode) {
    check(root, tables);
    Derivation derivation = Derivation.of(root, tables, /* finalRanks= */ false);
    if (derivation.readsStatic(root)) {
      Set<String> names = new LinkedHashSet<>();
      collectTables(root, names);
      throw StandingErrors.noGrowingInput(names);
    }
    Edge result = derivation.edge(root);
    String notAppend = result.notAppend();
    boolean appendsOtherwise = false;
    if (notAppend != null && derivation.leavesRanksOut()) {
      Edge inOrder = Derivation.of(root, tables, /* finalRanks= */ true).edge(root);
      notAppend = inOrder.notAppend();
      if (notAppend == null && mode == OutputMode.APPEND) {
        result = inOrder;
      } else {
        appendsOtherwise = notAppend == null;
      }
    }
    List<Integer> key = new ResultKeys(tables).of(root);
    int timeColumn = -1;
    for (TimeBound bound : result.bounds()) {
      timeColumn = timeColumn < 0 && bound.plusMillis() == 0 ? bound.column() : timeColumn;
    }
    return new StandingPlan(
        StandingPlan.VERSION,
        result.plan(),
        key == null ? List.of() : key,
        timeColumn,
        result.bounds(),
        order,
        0,
        notAppend == null
            ? List.of(OutputMode.APPEND, OutputMode.UPDATE, OutputMode.COMPLETE)
            : List.of(OutputMode.UPDATE, OutputMode.COMPLETE),
        notAppend == null ? Map.of() : Map.of(OutputMode.APPEND, notAppend),
        definitions,
        Map.of(),
        appendsOtherwise);
  }

  /** One for UPDATE or COMPLETE, or for a mode that is still to be chosen. */
  public static StandingPlan plan(
      BatchPlan root,
      Map<TableReference, TableTraits> tables,
      List<SortKey> order,
      Map<String, String> definitions) {
    return plan(root, tables, order, definitions, OutputMode.UPDATE);
  }

  /** Refuses what cannot stand. */
  private static void check(BatchPlan plan, Map<TableReference, TableTraits> tables) {
    if (plan instanceof ScanPlan && ClockConditions.goesByClock(plan)) {
      throw new IllegalArgumentException("the clock in a scan: " + plan);
    }
    for (Expression expression : ClockConditions.expressions(plan)) {
      ExpressionColumns.walk(expression, StandingPlanner::check);
      ExpressionColumns.walk(expression, part -> checkProctime(part, plan, tables));
    }
    for (UserMethod user : users(plan)) {
      if (!user.deterministic()) {
        throw StandingErrors.notDeterministic(user.function());
      }
    }
    plan.inputs().forEach(input -> check(input, tables));
  }

  /** The aggregates of users. */
  private static List<UserMethod> users(BatchPlan plan) {
    List<UserMethod> users = new ArrayList<>();
    if (plan instanceof AggregatePlan aggregate) {
      aggregate.calls().stream().map(AggregateCall::user).forEach(users::add);
    } else if (plan instanceof WindowPlan window) {
      for (WindowCall call : window.calls()) {
        if (call instanceof WindowCall.Aggregate aggregate) {
          users.add(aggregate.user());
        }
      }
    }
    if (plan instanceof MatchPlan match) {
      for (MatchValue value : match.values()) {
        if (value instanceof MatchValue.Aggregate aggregate) {
          users.add(aggregate.user());
        }
      }
    }
    users.removeIf(Objects::isNull);
    return users;
  }

  /** Whether rows have the time of the step that took them. */
  public static boolean hasStepTimes(BatchPlan plan) {
    AtomicBoolean found = new AtomicBoolean();
    for (Expression expression : ClockConditions.expressions(plan)) {
      ExpressionColumns.walk(
          expression,
          part ->
              found.compareAndSet(
                  false, part instanceof Call call && call.function() == ScalarFunction.PROCTIME));
    }
    return found.get() || plan.inputs().stream().anyMatch(StandingPlanner::hasStepTimes);
  }

  /**
   * A row keeps the time of the step that took it: so it must come from a table that only grows,
   * and is never read anew.
   */
  private static void checkProctime(
      Expression expression, BatchPlan plan, Map<TableReference, TableTraits> tables) {
    if (expression instanceof Call call && call.function() == ScalarFunction.PROCTIME) {
      if (plan instanceof ScanPlan scan) {
        TableTraits traits = tables.get(scan.table());
        if (traits != null && (traits.isStatic() || traits.changing())) {
          throw StandingErrors.proctime(scan.table().path().getLast());
        }
      }
      plan.inputs().forEach(input -> checkProctime(expression, input, tables));
    }
  }

  private static void check(Expression expression) {
    if (expression instanceof Parameter) {
      throw StandingErrors.parameter();
    }
    if (expression instanceof UserCall call && !call.method().deterministic()) {
      throw StandingErrors.notDeterministic(call.method().function());
    }
    if (expression instanceof Call call) {
      ScalarFunction function = call.function();
      if (function == ScalarFunction.RANDOM || function == ScalarFunction.UUID) {
        throw StandingErrors.notDeterministic(function.name());
      }
    }
  }

  private static void collectTables(BatchPlan plan, Set<String> names) {
    if (plan instanceof ScanPlan scan) {
      names.add(scan.table().toString());
    }
    plan.inputs().forEach(input -> collectTables(input, names));
  }
}
