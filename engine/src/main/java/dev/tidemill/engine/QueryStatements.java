package dev.tidemill.engine;

import dev.tidemill.exec.BatchQuery;
import dev.tidemill.exec.CompiledPlan;
import dev.tidemill.exec.context.ExecutionContext;
import dev.tidemill.exec.context.TableSnapshot;
import dev.tidemill.foundation.batch.Batch;
import dev.tidemill.foundation.format.ValueFormat;
import dev.tidemill.foundation.memory.MemoryScope;
import dev.tidemill.foundation.setting.EngineSettings;
import dev.tidemill.foundation.setting.Settings;
import dev.tidemill.plan.batch.BatchPlan;
import dev.tidemill.plan.batch.TableReference;
import dev.tidemill.planner.PivotValues;
import dev.tidemill.planner.PlannedQuery;
import dev.tidemill.sql.parser.statement.SqlFragment;
import dev.tidemill.sql.parser.statement.Statement;
import java.time.Instant;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import org.jspecify.annotations.Nullable;

/** Queries: planned, given one snapshot of each table, and run on the engine's threads. */
final class QueryStatements {
  private final Session session;
  private final List<? extends @Nullable Object> parameters;
  private final Cancellation cancellation;
  private final Planning planning;

  QueryStatements(
      Session session, List<? extends @Nullable Object> parameters, Cancellation cancellation) {
    this.session = session;
    this.parameters = parameters;
    this.cancellation = cancellation;
    this.planning = new Planning(session);
  }

  Result run(Statement.Query query) {
    return switch (query.emit()) {
      case NONE -> {
        awaitStandingQueries();
        SqlFragment filled = withPivotValues(query.query());
        CompiledPlan plan =
            session
                .engine()
                .plans()
                .plan(filled, session, parameters, () -> planning.query(filled, parameters));
        yield start(plan, false);
      }
      case CHANGES, ON_WINDOW_CLOSE -> new EmitStatements(session, cancellation).run(query);
    };
  }

  /** A statement whose PIVOTs say which values become columns: those that are there now. */
  SqlFragment withPivotValues(SqlFragment statement) {
    SqlFragment filled = statement;
    for (PivotValues pivot = PivotValues.find(filled);
        pivot != null;
        pivot = PivotValues.find(filled)) {
      PlannedQuery query = planning.query(pivot.values(), parameters);
      pivot.check(query);
      List<String> texts = new ArrayList<>();
      try (QueryResult result = start(query.plan())) {
        for (Batch batch = result.next(); batch != null; batch = result.next()) {
          try (Batch current = batch) {
            for (int i = 0; i < current.rowCount(); i++) {
              texts.add(ValueFormat.format(current.column(0), current.row(i)));
            }
          }
        }
      }
      cancellation.check();
      filled = pivot.filled(query.columns().get(0).type().sql(), texts);
    }
    return filled;
  }

  /**
   * In a script of {@code run}: waits until the standing queries have taken what is there. Comes
   * before planning, since their output may be the very files that a query reads in place.
   */
  void awaitStandingQueries() {
    if (session.options().readsWait()) {
      session.engine().standing().awaitSettled(cancellation);
    }
  }

  /** Starts a plan. Every table is pinned when it is first read, and the kept results together. */
  QueryResult start(BatchPlan plan) {
    return start(compiled(plan), false);
  }

  /**
   * As {@link #start(BatchPlan)}.
   *
   * @param countsParts whether scans find out how many parts of their tables they left out
   */
  QueryResult start(BatchPlan plan, boolean countsParts) {
    return start(compiled(plan), countsParts);
  }

  /**
   * Runs a plan over snapshots of all its tables, which the caller keeps.
   *
   * @param time what CURRENT_TIMESTAMP is, null for now
   */
  QueryResult start(
      BatchPlan plan, Map<TableReference, TableSnapshot> tables, @Nullable Instant time) {
    MemoryScope memory = session.statementMemory("query");
    try {
      CompiledPlan compiled = compiled(plan);
      ExecutionContext.Builder context = context(memory).tables(tables::get);
      if (time != null) {
        context.statementTime(time);
      }
      BatchQuery query = session.engine().executor().start(compiled, context.build());
      return new QueryResult(
          session, cancellation, query, compiled.columns(), List.of(), memory, () -> {});
    } catch (RuntimeException | Error e) {
      memory.close();
      throw e;
    }
  }

  private CompiledPlan compiled(BatchPlan plan) {
    return CompiledPlan.compile(plan, session.settings().get(EngineSettings.PLAN_THROUGH_JSON));
  }

  private QueryResult start(CompiledPlan plan, boolean countsParts) {
    StandingQueryRoom standing = session.engine().standing();
    MemoryScope memory = session.statementMemory("query");
    StandingQueryRoom.Pinned pinned = null;
    TableCache.Pinned cached = null;
    try {
      pinned = standing.pin(plan.plan());
      cached = session.engine().cache().pin(pinned.orElse(session.engine().catalog()));
      ExecutionContext context =
          context(memory).tables(TableSnapshot.pinning(cached)).countsParts(countsParts).build();
      BatchQuery query = session.engine().executor().start(plan, context);
      return new QueryResult(
          session,
          cancellation,
          query,
          plan.columns(),
          pinned.warnings(),
          memory,
          pins(cached, pinned));
    } catch (RuntimeException | Error e) {
      if (cached != null) {
        cached.close();
      }
      if (pinned != null) {
        pinned.close();
      }
      memory.close();
      throw e;
    }
  }

  private ExecutionContext.Builder context(MemoryScope memory) {
    Settings settings = session.settings();
    return ExecutionContext.builder(memory)
        .parameters(parameters)
        .statementTime(session.engine().clock().instant())
        .threads(settings.getInt(EngineSettings.THREADS))
        .spillDirectory(
            session
                .engine()
                .connectors()
                .workingDirectory()
                .resolve(settings.get(EngineSettings.SPILL_DIRECTORY)))
        .planThroughJson(settings.get(EngineSettings.PLAN_THROUGH_JSON))
        .exchangeThroughIpc(settings.get(EngineSettings.EXCHANGE_THROUGH_IPC));
  }

  private static AutoCloseable pins(TableCache.Pinned cached, StandingQueryRoom.Pinned results) {
    return () -> {
      try (results) {
        cached.close();
      }
    };
  }

  Planning planning() {
    return planning;
  }

  List<? extends @Nullable Object> parameters() {
    return parameters;
  }
}
