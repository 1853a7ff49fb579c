package dev.tidemill.streaming;

import dev.tidemill.foundation.error.TidemillException;
import dev.tidemill.foundation.setting.Quantities;
import dev.tidemill.plan.batch.OutputColumn;
import dev.tidemill.plan.batch.TableReference;
import dev.tidemill.plan.delta.DeltaAggregatePlan;
import dev.tidemill.plan.delta.DeltaAsofJoinPlan;
import dev.tidemill.plan.delta.DeltaJoinPlan;
import dev.tidemill.plan.delta.DeltaPartitionPlan;
import dev.tidemill.plan.delta.DeltaPlan;
import dev.tidemill.plan.delta.DeltaScanPlan;
import dev.tidemill.plan.delta.DeltaTopNPlan;
import dev.tidemill.plan.delta.DynamicFilterPlan;
import dev.tidemill.plan.delta.LinearPlan;
import dev.tidemill.plan.delta.OutputMode;
import dev.tidemill.plan.delta.RecomputePlan;
import dev.tidemill.plan.delta.StandingPlan;
import dev.tidemill.plan.delta.StaticPlan;
import dev.tidemill.plan.delta.TimeFilterPlan;
import dev.tidemill.storage.table.Table;
import dev.tidemill.streaming.pipeline.Succession;
import dev.tidemill.streaming.result.KeptDelivery;
import dev.tidemill.streaming.result.ResultFeed;
import dev.tidemill.streaming.state.StateSize;
import java.util.ArrayList;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.Set;
import org.jspecify.annotations.Nullable;

/**
 * What replacing a standing query does to each operator:
 *
 * <ul>
 *   <li>where the operators of the new plan are those of the old one, all goes on with its state;
 *   <li>where the new result can be computed from what old operators keep, those keep their state,
 *       and the others are rebuilt from it ({@link Succession});
 *   <li>otherwise all is computed anew by steps over the source from its start.
 * </ul>
 *
 * <p>Who reads the result takes what is different in it as the change of a step, where it can do
 * with that; so does a sink that both write to ({@link SinkSuccession}).
 *
 * @param keepsAll whether the query goes on with its state as it is
 * @param succession how the new operators take over from the old ones, or null where they do not
 * @param sink how the new query goes on in the sink of the old one, or null where it does not
 * @param lines an operator each, with what becomes of it, and of a reason why it is impossible
 */
record Replacement(
    boolean keepsAll,
    @Nullable Succession succession,
    @Nullable SinkSuccession sink,
    boolean isPossible,
    List<String> lines) {

  /**
   * What replacing one query by another means.
   *
   * @param plan the old one, or null where it cannot be read
   * @param readers of its result
   * @param tables that it reads, as they can be reached
   */
  static Replacement of(
      Standing there,
      @Nullable StandingPlan plan,
      QueryDefinition definition,
      StandingPlan now,
      List<StandingQuery> readers,
      Map<TableReference, Table> tables) {
    if (there instanceof StandingQuery && plan != null && isSame(there, plan, definition, now)) {
      return new Replacement(true, null, null, true, operators(now, "kept"));
    }
    TableReference sink = definition.sink();
    if (sink != null && sink.equals(there.definition().sink())) {
      Replacement continued = inSink(sink, there, definition, now);
      if (continued != null) {
        return continued;
      }
    }
    List<String> reasons = new ArrayList<>();
    String obstacle = "there is no state that could be kept";
    if (there instanceof StandingQuery query) {
      obstacle = obstacle(query, definition);
      if (obstacle == null) {
        Succession succession =
            new Succession(
                query.plan(),
                query.definition().mode(),
                query.delivery() instanceof KeptDelivery,
                now,
                definition.mode());
        obstacle = succession.obstacle();
        if (obstacle == null) {
          List<String> lines =
              new ArrayList<>(operators(query, succession, SinkSuccession.Kind.WHOLE));
          for (StandingQuery reader : readers) {
            String cannot = cannotFollow(reader, query, definition, now);
            if (cannot == null) {
              lines.add("reader " + reader.name() + ": kept, takes what is different as a step");
            } else {
              reasons.add(isRead(List.of(reader)) + ", " + cannot);
            }
          }
          lines.addAll(reasons);
          return new Replacement(false, succession, null, reasons.isEmpty(), lines);
        }
      }
    }
    if (!readers.isEmpty()) {
      reasons.add(isRead(readers));
    }
    List<String> lines = new ArrayList<>(operators(now, "rebuilt from the source"));
    lines.add("all from the source, since " + obstacle);
    tables.forEach(
        (reference, table) -> {
          try {
            table.advance(table.start(), Long.MAX_VALUE);
          } catch (TidemillException e) {
            reasons.add(
                "impossible: table %s cannot be read from its start: %s"
                    .formatted(reference.path().getLast(), e.text()));
          }
        });
    lines.addAll(reasons);
    return new Replacement(false, null, null, reasons.isEmpty(), lines);
  }

  /** Whether nothing is computed from the source again. */
  boolean keepsState() {
    return keepsAll || succession != null || sink != null && sink.succession() != null;
  }

  /** Of a query that writes where the old one does; null where that has written nothing. */
  private static @Nullable Replacement inSink(
      TableReference sink, Standing there, QueryDefinition definition, StandingPlan now) {
    String table = sink.path().getLast();
    if (!(there instanceof StandingQuery query)) {
      return impossible(
          List.of(),
          "what it has delivered to %s is not known: RESUME QUERY %s first"
              .formatted(table, there.name()));
    }
    if (query.state().version() < 0 && query.failure().step() == null) {
      return null;
    }
    SinkSuccession how = SinkSuccession.of(query, definition, now);
    Succession succession = how.succession();
    List<String> lines = new ArrayList<>();
    if (succession != null) {
      lines.addAll(operators(query, succession, how.kind()));
    } else {
      lines.addAll(operators(now, "rebuilt from the source, in one step"));
      lines.add("all from the source, since " + how.fromSource());
    }
    String obstacle = how.obstacle();
    if (obstacle != null) {
      return impossible(how.kind() == SinkSuccession.Kind.ONWARDS ? List.of() : lines, obstacle);
    }
    lines.add(
        "sink %s: %s"
            .formatted(
                table,
                switch (how.kind()) {
                  case ONWARDS ->
                      "what was delivered stays as it is, what comes from now on is of the new query";
                  case DIFFERENCE -> "takes what is different as a step";
                  case WHOLE -> "is replaced as a whole by a step";
                }));
    return new Replacement(false, null, how, true, lines);
  }

  private static Replacement impossible(List<String> operators, String obstacle) {
    List<String> lines = new ArrayList<>(operators);
    lines.add("impossible: " + obstacle);
    return new Replacement(false, null, null, false, lines);
  }

  private static String isRead(List<StandingQuery> readers) {
    return "impossible: its result is read by %s: DROP QUERY %s first"
        .formatted(
            String.join(", ", readers.stream().map(StandingQuery::name).toList()),
            readers.getFirst().name());
  }

  /** Why a reader of the result cannot go on with the new one, or null. */
  private static @Nullable String cannotFollow(
      StandingQuery reader, StandingQuery there, QueryDefinition definition, StandingPlan now) {
    StandingPlan before = there.plan();
    boolean isStanding =
        reader.status().isAtWork()
            || reader.status() == QueryStatus.SUSPENDED
            || reader.status() == QueryStatus.PAUSED
            || reader.status() == QueryStatus.STOPPED;
    if (!isStanding || reader.failure().step() != null || reader.status() == QueryStatus.RETRYING) {
      return "which is " + reader.status();
    }
    if (reader.isBehind(there) && reader.state().version() >= 0) {
      return "which has not taken all of it";
    }
    if (!hasSameRows(before.columns(), now.columns())) {
      return "which expects its columns as they are";
    }
    if (there.definition().mode() == OutputMode.APPEND || !before.root().changing()) {
      return "which expects that its rows stay";
    }
    if (definition.mode() == OutputMode.APPEND) {
      return "which expects all its rows at once";
    }
    if (!before.key().isEmpty() && !before.key().equals(now.key())) {
      return "which expects its key as it is";
    }
    return before.bounds().isEmpty() ? null : "which goes by its watermark";
  }

  private static boolean hasSameRows(List<OutputColumn> before, List<OutputColumn> now) {
    if (before.size() != now.size()) {
      return false;
    }
    for (int i = 0; i < now.size(); i++) {
      OutputColumn was = before.get(i);
      OutputColumn is = now.get(i);
      if (!was.name().equals(is.name())
          || !was.type().equals(is.type())
          || is.nullable() && !was.nullable()) {
        return false;
      }
    }
    return true;
  }

  /** Why no state of a query serves another definition, whatever the plans, or null. */
  private static @Nullable String obstacle(StandingQuery query, QueryDefinition definition) {
    TableReference sink = definition.sink();
    if (query.state().version() < 0) {
      return "it has taken no step";
    }
    if (sink != null) {
      return "what it has taken is to be delivered to " + sink.path().getLast();
    }
    return ofState(query);
  }

  /** What of its state is in the way of a successor, or null. */
  static @Nullable String ofState(StandingQuery query) {
    if (!query.failedRows().isEmpty()) {
      return "it has set rows aside";
    }
    if (query.feeds().values().stream().anyMatch(ResultFeed::isBehind)) {
      return "it has not taken all of the results that it reads";
    }
    return null;
  }

  private static boolean isSame(
      Standing there, StandingPlan plan, QueryDefinition definition, StandingPlan now) {
    return plan.root().equals(now.root())
        && plan.key().equals(now.key())
        && plan.timeColumn() == now.timeColumn()
        && plan.bounds().equals(now.bounds())
        && plan.order().equals(now.order())
        && plan.hidden() == now.hidden()
        && there.definition().mode() == definition.mode()
        && (definition.skipsFailing() || !there.definition().skipsFailing())
        && Objects.equals(there.definition().sink(), definition.sink());
  }

  private static List<String> operators(StandingPlan plan, String fate) {
    Set<DeltaPlan> all = new LinkedHashSet<>();
    collect(plan.root(), all);
    return all.stream().map(operator -> describe(operator) + ": " + fate).toList();
  }

  private static List<String> operators(
      StandingQuery query, Succession succession, SinkSuccession.Kind kind) {
    String otherwise =
        kind == SinkSuccession.Kind.ONWARDS ? "for what comes" : "rebuilt from what is kept";
    List<StateSize> sizes = query.state().sizes();
    return succession.operators().stream()
        .map(
            operator ->
                describe(operator.plan())
                    + ": "
                    + switch (operator.fate()) {
                      case KEPT -> "kept" + held(operator.numberBefore(), sizes);
                      case JOINED_ANEW ->
                          "kept, its rows are joined anew" + held(operator.numberBefore(), sizes);
                      case REBUILT ->
                          operator.plan() instanceof StaticPlan ? "read anew" : otherwise;
                    })
        .toList();
  }

  /** What an operator keeps. */
  private static String held(int number, List<StateSize> sizes) {
    long rows = 0;
    long bytes = 0;
    for (StateSize size : sizes) {
      if (size.name().startsWith(number + ".")) {
        rows += size.rows();
        bytes += size.bytes();
      }
    }
    return bytes == 0
        ? ""
        : ", %d %s in %s".formatted(rows, rows == 1 ? "row" : "rows", Quantities.roughBytes(bytes));
  }

  private static void collect(DeltaPlan plan, Set<DeltaPlan> all) {
    if (all.add(plan)) {
      plan.inputs().forEach(input -> collect(input, all));
    }
  }

  private static String describe(DeltaPlan plan) {
    return switch (plan) {
      case DeltaScanPlan scan -> "scan of " + scan.table().path().getLast();
      case StaticPlan fixed -> "static rows";
      case LinearPlan linear -> "rows by themselves (" + names(linear) + ")";
      case DeltaAggregatePlan aggregate -> "aggregate (" + names(aggregate) + ")";
      case DeltaJoinPlan join -> "join (" + names(join) + ")";
      case DeltaAsofJoinPlan join -> "ASOF join (" + names(join) + ")";
      case DeltaTopNPlan top -> "first rows (" + names(top) + ")";
      case DeltaPartitionPlan partition -> "partitions (" + names(partition) + ")";
      case TimeFilterPlan filter -> "filter by time (" + names(filter) + ")";
      case DynamicFilterPlan filter -> "filter by an aggregate (" + names(filter) + ")";
      case RecomputePlan recompute -> "recomputed (" + names(recompute) + ")";
    };
  }

  private static String names(DeltaPlan plan) {
    return String.join(", ", plan.columns().stream().map(column -> column.name()).toList());
  }
}
