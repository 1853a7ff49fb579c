package dev.tidemill.planner.delta;

import dev.tidemill.foundation.type.Type;
import dev.tidemill.plan.batch.AggregateCall;
import dev.tidemill.plan.batch.AggregatePlan;
import dev.tidemill.plan.batch.BatchPlan;
import dev.tidemill.plan.batch.OutputColumn;
import dev.tidemill.plan.batch.ProjectPlan;
import dev.tidemill.plan.batch.TableReference;
import dev.tidemill.plan.batch.UnionPlan;
import dev.tidemill.plan.delta.DeltaAggregatePlan;
import dev.tidemill.plan.delta.TimeBound;
import dev.tidemill.plan.expression.ColumnReference;
import dev.tidemill.plan.expression.Expression;
import dev.tidemill.plan.expression.Literal;
import dev.tidemill.plan.function.AggregateFunction;
import dev.tidemill.plan.function.user.UserMethod;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.stream.IntStream;
import org.jspecify.annotations.Nullable;

/** The part of {@link Derivation} that turns aggregates into groups, or partitions. */
final class AggregateDerivation {
  private final Derivation derivation;
  private final Map<TableReference, TableTraits> tables;

  AggregateDerivation(Derivation derivation, Map<TableReference, TableTraits> tables) {
    this.derivation = derivation;
    this.tables = tables;
  }

  Edge aggregate(AggregatePlan aggregate) {
    if (!aggregate.isSimple()) {
      return groupingSets(aggregate);
    }
    Edge input = derivation.edge(aggregate.input());
    String needsRows = needsRows(aggregate, input.plan().changing());
    if (needsRows != null) {
      List<Integer> keys = aggregate.keys();
      return PartitionDerivation.partition(
          aggregate,
          List.of(input),
          List.of(keys),
          IntStream.range(0, keys.size()).boxed().toList(),
          false,
          needsRows);
    }
    TimeBound groupEnd = null;
    List<TimeBound> bounds = new ArrayList<>();
    for (int i = 0; i < aggregate.keys().size(); i++) {
      TimeBound bound = input.bound(aggregate.keys().get(i));
      if (bound != null) {
        bounds.add(new TimeBound(i, bound.plusMillis()));
        groupEnd =
            groupEnd == null || bound.plusMillis() < groupEnd.plusMillis()
                ? bounds.getLast()
                : groupEnd;
      }
    }
    DeltaAggregatePlan plan =
        new DeltaAggregatePlan(
            input.plan(), aggregate.keys(), aggregate.calls(), aggregate.columns(), groupEnd);
    boolean distinct = aggregate.calls().isEmpty() && !aggregate.keys().isEmpty();
    String notAppend =
        groupEnd != null
            ? null
            : distinct ? input.notAppend() : Modes.groupsNeverEnd(aggregate, tables);
    return new Edge(plan, bounds, notAppend);
  }

  /** Whether the result can be kept up to date by the rows that come and go. */
  private static boolean isIncremental(AggregateFunction function) {
    return switch (function) {
      case COUNT, SUM, SUM0, AVG, MIN, MAX, BOOL_AND, BOOL_OR, BIT_AND, BIT_OR, BIT_XOR -> true;
      case STDDEV_POP, STDDEV_SAMP, VAR_POP, VAR_SAMP, ANY_VALUE, SINGLE_VALUE -> true;
      case COVAR_POP, COVAR_SAMP -> true;
      case APPROX_COUNT_DISTINCT, APPROX_QUANTILE -> true;
      case SKEWNESS, KURTOSIS, KURTOSIS_POP, QUANTILE_CONT, QUANTILE_DISC -> false;
      case MODE, PRODUCT, HISTOGRAM, LISTAGG, ARRAY_AGG, MAP_AGG, ARG_MIN, ARG_MAX -> false;
      case USER -> true;
    };
  }

  private static boolean isSketch(AggregateFunction function) {
    return function == AggregateFunction.APPROX_COUNT_DISTINCT
        || function == AggregateFunction.APPROX_QUANTILE;
  }

  /** Why an aggregate needs all rows of a group when one comes or goes, or null. */
  private static @Nullable String needsRows(AggregatePlan aggregate, boolean changing) {
    for (AggregateCall call : aggregate.calls()) {
      if (!isIncremental(call.function())) {
        return call.function().name();
      }
      if (changing && isSketch(call.function())) {
        // A sketch forgets what it would need to take a row away.
        return call.function() + " over rows that change";
      }
      UserMethod user = call.user();
      if (user != null && changing && !user.removes()) {
        return user.function() + " without remove";
      }
    }
    return null;
  }

  /**
   * A GROUP BY for each grouping set, over the same input, with NULLs for the keys that are not in
   * it.
   */
  private Edge groupingSets(AggregatePlan aggregate) {
    List<OutputColumn> columns = aggregate.columns();
    int keyCount = aggregate.keys().size();
    List<BatchPlan> parts = new ArrayList<>();
    for (List<Integer> set : aggregate.groupingSets()) {
      List<OutputColumn> own = new ArrayList<>(set.stream().map(columns::get).toList());
      own.addAll(columns.subList(keyCount, columns.size()));
      AggregatePlan part =
          new AggregatePlan(
              aggregate.input(),
              set.stream().map(aggregate.keys()::get).toList(),
              List.of(IntStream.range(0, set.size()).boxed().toList()),
              aggregate.calls(),
              own,
              -1);
      List<Expression> expressions = new ArrayList<>();
      for (int i = 0; i < columns.size(); i++) {
        Type type = columns.get(i).type();
        int place = i < keyCount ? set.indexOf(i) : i - keyCount + set.size();
        expressions.add(place < 0 ? Literal.nullOf(type) : new ColumnReference(place, type));
      }
      parts.add(new ProjectPlan(part, expressions, columns));
    }
    return derivation.edge(new UnionPlan(parts, columns));
  }
}
