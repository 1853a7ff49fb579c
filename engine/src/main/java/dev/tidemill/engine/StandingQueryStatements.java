package dev.tidemill.engine;

import dev.tidemill.foundation.error.SourcePosition;
import dev.tidemill.foundation.error.TidemillException;
import dev.tidemill.foundation.setting.EngineSettings;
import dev.tidemill.foundation.setting.Quantities;
import dev.tidemill.foundation.type.Type;
import dev.tidemill.plan.batch.OutputColumn;
import dev.tidemill.plan.batch.TableReference;
import dev.tidemill.plan.delta.StandingPlan;
import dev.tidemill.sql.parser.statement.QualifiedName;
import dev.tidemill.sql.parser.statement.Statement;
import dev.tidemill.streaming.QueryDefinition;
import dev.tidemill.streaming.QueryReport;
import dev.tidemill.streaming.QueryStatus;
import dev.tidemill.streaming.Replacing;
import dev.tidemill.streaming.StandingQueries;
import dev.tidemill.streaming.StepProgress;
import dev.tidemill.streaming.Trigger;
import java.time.Duration;
import java.time.Instant;
import java.time.LocalDateTime;
import java.time.ZoneOffset;
import java.util.ArrayList;
import java.util.List;
import java.util.function.ToLongFunction;
import org.jspecify.annotations.Nullable;

/** CREATE, PAUSE, RESUME, STOP, DROP and SHOW of standing queries. */
final class StandingQueryStatements {
  /** A wait for the step at work that is worth a word. */
  private static final long LONG_WAIT_MILLIS = 1_000;

  private static final List<OutputColumn> QUERIES =
      List.of(
          ResultColumns.text("name"),
          ResultColumns.text("status"),
          ResultColumns.text("mode"),
          ResultColumns.text("trigger"),
          ResultColumns.nullableText("sink"),
          ResultColumns.number("step"),
          ResultColumns.number("rows_in"),
          ResultColumns.number("late_rows"),
          ResultColumns.number("rejected_rows"),
          ResultColumns.number("state_bytes"),
          ResultColumns.nullableText("error"),
          new OutputColumn("next_attempt", Type.TIMESTAMP, true),
          new OutputColumn("backlog_rows", Type.BIGINT, true),
          new OutputColumn("catch_up_seconds", Type.DOUBLE, true));

  private static final List<OutputColumn> WATERMARKS =
      List.of(
          ResultColumns.text("query"),
          ResultColumns.number("step"),
          new OutputColumn("watermark", Type.TIMESTAMP, true),
          ResultColumns.flag("input_ended"),
          ResultColumns.number("late_rows"));

  private static final List<OutputColumn> STATE =
      List.of(
          ResultColumns.text("query"),
          ResultColumns.number("step"),
          ResultColumns.number("state_bytes"),
          ResultColumns.nullableText("table"),
          ResultColumns.nullableText("offset"));

  private final Session session;
  private final StandingQueryRoom standing;

  StandingQueryStatements(Session session) {
    this.session = session;
    this.standing = session.engine().standing();
  }

  Result create(Statement.CreateStandingQuery create) {
    SourcePosition position = create.name().position();
    String tag = create.materializedView() ? "CREATE MATERIALIZED VIEW" : "CREATE STANDING QUERY";
    String name = OwnNames.require(create.name(), session.namespace());
    QueryOptions options = QueryOptions.of(create.options(), session.settings());
    if (create.ifNotExists() && standing.exists(name)) {
      return CountResult.done(tag, "standing query " + name + " is there already");
    }
    StandingPlanning.Planned planned = planned(create, name, options);
    QueryDefinition definition = definition(create, name, planned, options);
    try {
      if (options.skipsFailing()) {
        RowFailures.requireSkippable(planned.plan().root());
      }
      StandingQueries.Created created =
          standing.create(definition, planned.plan(), replacing(create));
      return created.isNew()
          ? new CountResult(tag, 0, created.replaced())
          : CountResult.done(tag, "standing query " + name + " goes on");
    } catch (TidemillException e) {
      if (session.options().readsWait() && hasFailedAgain(name, e)) {
        return CountResult.done(tag, "standing query " + name + " has failed again");
      }
      throw e.at(position);
    }
  }

  /**
   * A query, planned: one that is to replace another as if tables were as big as they were then,
   * where only that keeps its state.
   */
  private StandingPlanning.Planned planned(
      Statement.CreateStandingQuery create, String name, QueryOptions options) {
    StandingPlanning.Planned now = new StandingPlanning(session).plan(create);
    StandingPlan before = standing.exists(name) ? standing.report(name).plan() : null;
    if (before == null
        || before.sizes().isEmpty()
        || standing.keepsState(definition(create, name, now, options), now.plan())) {
      return now;
    }
    StandingPlanning.Planned then = new StandingPlanning(session, before.sizes()).plan(create);
    return standing.keepsState(definition(create, name, then, options), then.plan()) ? then : now;
  }

  private QueryDefinition definition(
      Statement.CreateStandingQuery create,
      String name,
      StandingPlanning.Planned planned,
      QueryOptions options) {
    return new QueryDefinition(
        name,
        planned.sink(),
        planned.mode(),
        trigger(create.trigger()),
        options.maxRowsPerStep(),
        options.targetStepMillis(),
        options.retries(),
        options.skipsFailing(),
        options.state(),
        canonical(create).unparse());
  }

  /**
   * The plan that a query would be created with, and what that would do to the one of its name, in
   * lines; none where it is new.
   */
  record Explained(StandingPlan plan, List<String> replaced) {}

  Explained explain(Statement.CreateStandingQuery create) {
    String name = OwnNames.require(create.name(), session.namespace());
    QueryOptions options = QueryOptions.of(create.options(), session.settings());
    StandingPlanning.Planned planned = planned(create, name, options);
    QueryDefinition definition = definition(create, name, planned, options);
    return new Explained(planned.plan(), standing.explainReplacement(definition, planned.plan()));
  }

  /**
   * Whether an unchanged query was resumed and has failed as it did before. In a script of standing
   * queries that is no reason to leave its neighbours alone: whoever listens has been told.
   */
  private boolean hasFailedAgain(String name, TidemillException error) {
    return !error.code().name().startsWith("QUERY_CHANGED")
        && !error.code().name().startsWith("QUERY_REPLACEMENT")
        && standing.exists(name)
        && (standing.report(name).status() == QueryStatus.FAILED
            || standing.report(name).status() == QueryStatus.RETRYING);
  }

  private Replacing replacing(Statement.CreateStandingQuery create) {
    boolean confirmed = session.settings().get(EngineSettings.REPLACE_CONFIRMED);
    boolean isScript = session.options().readsWait();
    if (create.replace() || isScript) {
      return confirmed ? Replacing.YES : Replacing.ASK;
    }
    return Replacing.NO;
  }

  private static Statement.CreateStandingQuery canonical(Statement.CreateStandingQuery create) {
    return new Statement.CreateStandingQuery(
        TableStatements.ownName(create.name()),
        false,
        false,
        create.sink(),
        create.outputMode(),
        create.trigger(),
        create.options(),
        create.query(),
        create.materializedView());
  }

  private Trigger trigger(dev.tidemill.sql.parser.statement.Trigger written) {
    if (session.options().availableNow()) {
      return new Trigger.AvailableNow();
    }
    return switch (written) {
      case dev.tidemill.sql.parser.statement.Trigger.EveryInterval t ->
          new Trigger.EveryInterval(millis(t.interval()));
      case dev.tidemill.sql.parser.statement.Trigger.EveryRows t -> new Trigger.EveryRows(t.rows());
      case dev.tidemill.sql.parser.statement.Trigger.EveryRowsOrInterval t ->
          new Trigger.EveryRowsOrInterval(t.rows(), millis(t.interval()));
      case dev.tidemill.sql.parser.statement.Trigger.AvailableNow t -> new Trigger.AvailableNow();
      case dev.tidemill.sql.parser.statement.Trigger.Once t -> new Trigger.Once();
      case dev.tidemill.sql.parser.statement.Trigger.AsFastAsPossible t ->
          new Trigger.AsFastAsPossible();
    };
  }

  private static long millis(Duration interval) {
    return Math.max(1, interval.toMillis());
  }

  Result pause(Statement.PauseQuery pause) {
    return with(pause.query(), "PAUSE QUERY", standing::pause);
  }

  Result resume(Statement.ResumeQuery resume) {
    return with(
        resume.query(),
        "RESUME QUERY",
        name -> {
          standing.resume(name);
          return 0;
        });
  }

  Result stop(Statement.StopQuery stop) {
    return with(stop.query(), "STOP QUERY", standing::stop);
  }

  Result drop(Statement.Drop drop) {
    String tag =
        drop.kind() == Statement.Drop.Kind.STANDING_QUERY ? "DROP QUERY" : "DROP MATERIALIZED VIEW";
    String name = OwnNames.require(drop.name(), session.namespace());
    if (drop.ifExists() && !standing.exists(name)) {
      return CountResult.done(tag, "there is no standing query " + name);
    }
    return with(drop.name(), tag, standing::drop);
  }

  /**
   * {@code work} gives how many milliseconds it waited for a step at work: said where it is long.
   */
  private Result with(QualifiedName query, String tag, ToLongFunction<String> work) {
    try {
      long waited = work.applyAsLong(OwnNames.require(query, session.namespace()));
      return waited < LONG_WAIT_MILLIS
          ? CountResult.done(tag)
          : CountResult.done(
              tag, "waited %.1f s for the step that was at work".formatted(waited / 1000.0));
    } catch (TidemillException e) {
      throw e.at(query.position());
    }
  }

  Result showQueries() {
    List<List<@Nullable Object>> rows = new ArrayList<>();
    for (QueryReport report : standing.reports()) {
      QueryDefinition definition = report.definition();
      TableReference sink = definition.sink();
      List<@Nullable Object> row = new ArrayList<>();
      row.add(definition.name());
      row.add(report.status().name());
      row.add(definition.mode().name());
      row.add(triggerText(definition.trigger()));
      row.add(sink == null ? null : sink.path().getLast());
      row.add(report.step());
      row.add(report.rowsIn());
      row.add(report.lateRows());
      row.add(report.rejectedRows());
      row.add(report.stateBytes());
      row.add(report.error());
      Instant next = report.nextAttempt();
      row.add(next == null ? null : LocalDateTime.ofInstant(next, ZoneOffset.UTC));
      StepProgress last = report.last();
      long backlog = last == null ? -1 : last.backlog().rows();
      row.add(backlog < 0 ? null : backlog);
      row.add(last == null || Double.isNaN(last.catchUpSeconds()) ? null : last.catchUpSeconds());
      rows.add(row);
    }
    return new RowsResult("SHOW QUERIES", QUERIES, rows, session.memory());
  }

  static String triggerText(Trigger trigger) {
    return switch (trigger) {
      case Trigger.AsFastAsPossible t -> "as fast as it can";
      case Trigger.EveryInterval t ->
          "every " + Quantities.durationText(Duration.ofMillis(t.millis()));
      case Trigger.EveryRows t -> "every " + t.rows() + " rows";
      case Trigger.EveryRowsOrInterval t ->
          "every "
              + t.rows()
              + " rows or "
              + Quantities.durationText(Duration.ofMillis(t.millis()));
      case Trigger.AvailableNow t -> "available now";
      case Trigger.Once t -> "once";
    };
  }

  Result showWatermarks() {
    List<List<@Nullable Object>> rows = new ArrayList<>();
    for (QueryReport report : standing.reports()) {
      long micros = report.watermarkMicros();
      List<@Nullable Object> row = new ArrayList<>();
      row.add(report.definition().name());
      row.add(report.step());
      row.add(micros == Long.MIN_VALUE || micros == Long.MAX_VALUE ? null : timestamp(micros));
      row.add(micros == Long.MAX_VALUE);
      row.add(report.lateRows());
      rows.add(row);
    }
    return new RowsResult("SHOW WATERMARKS", WATERMARKS, rows, session.memory());
  }

  private static LocalDateTime timestamp(long micros) {
    return LocalDateTime.ofEpochSecond(
        Math.floorDiv(micros, 1_000_000L),
        (int) Math.floorMod(micros, 1_000_000L) * 1000,
        ZoneOffset.UTC);
  }

  /** A row per query and table that it reads. */
  Result showState() {
    List<List<@Nullable Object>> rows = new ArrayList<>();
    for (QueryReport report : standing.reports()) {
      if (report.offsets().isEmpty()) {
        rows.add(state(report, null, null));
      }
      report.offsets().forEach((table, offset) -> rows.add(state(report, table, offset)));
    }
    return new RowsResult("SHOW STATE", STATE, rows, session.memory());
  }

  private static List<@Nullable Object> state(
      QueryReport report, @Nullable String table, @Nullable String offset) {
    List<@Nullable Object> row = new ArrayList<>();
    row.add(report.definition().name());
    row.add(report.step());
    row.add(report.stateBytes());
    row.add(table);
    row.add(offset);
    return row;
  }
}
