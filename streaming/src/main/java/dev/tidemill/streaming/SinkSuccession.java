package dev.tidemill.streaming;

import dev.tidemill.foundation.type.Type;
import dev.tidemill.plan.batch.OutputColumn;
import dev.tidemill.plan.delta.OutputMode;
import dev.tidemill.plan.delta.StandingPlan;
import dev.tidemill.streaming.pipeline.Succession;
import dev.tidemill.streaming.result.ResultFeed;
import dev.tidemill.streaming.result.SinkDelivery;
import java.util.List;
import java.util.Objects;
import org.jspecify.annotations.Nullable;

/**
 * How a query goes on in the sink of the one that it stands in place of, at the cut where that
 * stands.
 *
 * <pre>
 *   APPEND     what was delivered stays; what comes from now on is of the new query
 *   UPDATE     the new result less the old one, as the change of the next step
 *   COMPLETE   the new result, as the next step writes it
 * </pre>
 *
 * <p>The old result is in the sink and nowhere else. It comes again out of the old state by the
 * same way as the new one ({@link Succession}, of the old plan to itself), or out of the source.
 *
 * @param succession how operators take over, or null where the new result is computed from the
 *     source
 * @param fromSource why it is, else null
 * @param resultBefore in UPDATE the same of the old result
 * @param obstacle why it cannot be, and the way out; or null
 */
record SinkSuccession(
    Kind kind,
    @Nullable Succession succession,
    @Nullable String fromSource,
    @Nullable Succession resultBefore,
    @Nullable String obstacle) {
  /** What the sink is given. */
  enum Kind {
    ONWARDS,
    DIFFERENCE,
    WHOLE
  }

  static SinkSuccession of(StandingQuery before, QueryDefinition definition, StandingPlan now) {
    Kind kind =
        switch (definition.mode()) {
          case APPEND -> Kind.ONWARDS;
          case UPDATE -> Kind.DIFFERENCE;
          case COMPLETE -> Kind.WHOLE;
        };
    String obstacle = ofSink(before, definition, now);
    return switch (kind) {
      case ONWARDS -> onwards(before, definition, now, obstacle);
      case DIFFERENCE -> difference(before, definition, now, obstacle);
      case WHOLE -> computed(kind, before, definition, now, null, obstacle);
    };
  }

  private static SinkSuccession onwards(
      StandingQuery before, QueryDefinition definition, StandingPlan now, @Nullable String ofSink) {
    Succession onwards = Succession.onwards(before.plan(), now, definition.mode());
    String obstacle = ofSink;
    if (obstacle == null && onwards.obstacle() != null) {
      obstacle =
          "what it has appended to %s stays, and the new query cannot go on behind that: %s. Deliver INTO another table"
              .formatted(sink(definition), onwards.obstacle());
    }
    if (obstacle == null && !before.failedRows().isEmpty() && !definition.skipsFailing()) {
      obstacle =
          "it has set rows aside: leave 'on_error'='skip' as it is, or deliver INTO another table";
    }
    return new SinkSuccession(Kind.ONWARDS, onwards, null, null, obstacle);
  }

  private static SinkSuccession difference(
      StandingQuery before, QueryDefinition definition, StandingPlan now, @Nullable String ofSink) {
    StandingPlan plan = before.plan();
    OutputMode mode = before.definition().mode();
    Succession same = new Succession(plan, mode, false, plan, mode);
    boolean isKept = same.obstacle() == null;
    String unknown = isKept ? same.otherRows() : Succession.otherRows(plan, mode);
    if (unknown == null && !isKept) {
      unknown = ofSource(before);
    }
    String obstacle = ofSink;
    if (obstacle == null && unknown != null) {
      obstacle =
          "what it has delivered to %s cannot be told: %s. Deliver INTO another table"
              .formatted(sink(definition), unknown);
    }
    return computed(Kind.DIFFERENCE, before, definition, now, isKept ? same : null, obstacle);
  }

  private static SinkSuccession computed(
      Kind kind,
      StandingQuery before,
      QueryDefinition definition,
      StandingPlan now,
      @Nullable Succession resultBefore,
      @Nullable String obstacle) {
    String fromSource = Replacement.ofState(before);
    Succession succession = null;
    if (fromSource == null) {
      succession =
          new Succession(before.plan(), before.definition().mode(), false, now, definition.mode());
      fromSource = succession.obstacle();
    }
    return new SinkSuccession(
        kind, fromSource == null ? succession : null, fromSource, resultBefore, obstacle);
  }

  /** Why the sink cannot be gone on with, whatever the operators, or null. */
  private static @Nullable String ofSink(
      StandingQuery before, QueryDefinition definition, StandingPlan now) {
    String sink = sink(definition);
    OutputMode mode = before.definition().mode();
    if (mode != definition.mode()) {
      return "%s was written in OUTPUT MODE %s, which stays: write that, or deliver INTO another table"
          .formatted(sink, mode);
    }
    if (before.failure().step() != null && !before.isFailedStepUntaken()) {
      return "%s may have the step that failed: RESUME QUERY %s first, or deliver INTO another table"
          .formatted(sink, before.name());
    }
    if (before.state().version() < 0) {
      return "its first step has failed, and left nothing: DROP QUERY %s, and create it anew"
          .formatted(before.name());
    }
    if (before.feeds().values().stream().anyMatch(ResultFeed::isBehind)) {
      return "it has not taken all of the results that it reads: try again when it has";
    }
    if (mode == OutputMode.UPDATE && !keyNames(before.plan()).equals(keyNames(now))) {
      return "the rows of %s are told apart by (%s), those of the new query by (%s): deliver INTO another table"
          .formatted(
              sink, String.join(", ", keyNames(before.plan())), String.join(", ", keyNames(now)));
    }
    return before.delivery() instanceof SinkDelivery delivery && delivery.hasEnded()
        ? "%s is marked as ended, as the inputs were: deliver INTO another table".formatted(sink)
        : null;
  }

  /** Why the old result cannot be computed from the source as it was delivered, or null. */
  private static @Nullable String ofSource(StandingQuery before) {
    if (before.report().lateRows() > 0) {
      return "rows came too late for it";
    }
    boolean isInexact =
        before.plan().key().isEmpty()
            && before.plan().columns().stream()
                .anyMatch(c -> c.type().equals(Type.DOUBLE) || c.type().equals(Type.REAL));
    return isInexact ? "its numbers may differ in their last digits" : null;
  }

  private static List<String> keyNames(StandingPlan plan) {
    return plan.key().stream().map(c -> plan.columns().get(c)).map(OutputColumn::name).toList();
  }

  private static String sink(QueryDefinition definition) {
    return Objects.requireNonNull(definition.sink()).path().getLast();
  }
}
