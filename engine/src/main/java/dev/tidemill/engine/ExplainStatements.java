package dev.tidemill.engine;

import dev.tidemill.foundation.batch.Batch;
import dev.tidemill.foundation.error.TidemillException;
import dev.tidemill.plan.batch.BatchPlan;
import dev.tidemill.plan.batch.OutputColumn;
import dev.tidemill.plan.delta.OutputMode;
import dev.tidemill.plan.delta.StandingPlan;
import dev.tidemill.plan.explain.PlanText;
import dev.tidemill.plan.explain.StandingPlanText;
import dev.tidemill.plan.json.PlanJson;
import dev.tidemill.sql.parser.statement.SqlFragment;
import dev.tidemill.sql.parser.statement.Statement;
import java.util.List;

/** EXPLAIN: plans as text, a row per line, or as JSON in one row. */
final class ExplainStatements {
  private static final List<OutputColumn> COLUMNS = List.of(ResultColumns.text("plan"));

  private final Session session;
  private final QueryStatements queries;

  ExplainStatements(Session session, QueryStatements queries) {
    this.session = session;
    this.queries = queries;
  }

  Result explain(Statement.Explain explain) {
    if (explain.analyze()) {
      return analyze(explain);
    }
    return switch (explain.statement()) {
      case Statement.Query query ->
          switch (query.emit()) {
            case NONE ->
                batch(
                    queries
                        .planning()
                        .query(queries.withPivotValues(query.query()), queries.parameters())
                        .plan(),
                    explain.format());
            case CHANGES -> standing(planned(query, OutputMode.UPDATE), explain.format());
            case ON_WINDOW_CLOSE -> standing(planned(query, OutputMode.APPEND), explain.format());
          };
      case Statement.CreateStandingQuery create -> created(create, explain.format());
      case Statement.Insert insert ->
          batch(
              queries
                  .planning()
                  .insert(queries.withPivotValues(insert.insert()), queries.parameters())
                  .query()
                  .plan(),
              explain.format());
      case Statement.Update update -> change(update.update(), explain.format());
      case Statement.Delete delete -> change(delete.delete(), explain.format());
      case Statement.Merge merge -> change(merge.merge(), explain.format());
      case Statement.CreateTableAs create ->
          batch(
              queries
                  .planning()
                  .query(queries.withPivotValues(create.query()), queries.parameters())
                  .plan(),
              explain.format());
      case Statement.CopyTo copy ->
          batch(
              queries
                  .planning()
                  .query(queries.withPivotValues(copy.query()), queries.parameters())
                  .plan(),
              explain.format());
      case Statement other ->
          throw EngineErrors.unsupported("EXPLAIN of this statement", explain.position());
    };
  }

  private Result change(SqlFragment change, Statement.Explain.Format format) {
    return batch(queries.planning().change(change, queries.parameters()).query().plan(), format);
  }

  /** Runs a query, throws its rows away and tells what its operators did. */
  private Result analyze(Statement.Explain explain) {
    if (!(explain.statement() instanceof Statement.Query query)
        || query.emit() != Statement.Query.Emit.NONE) {
      throw EngineErrors.analyzesQueries(explain.position());
    }
    queries.awaitStandingQueries();
    long start = System.nanoTime();
    BatchPlan plan =
        queries
            .planning()
            .query(queries.withPivotValues(query.query()), queries.parameters())
            .plan();
    long planned = System.nanoTime();
    long rows = 0;
    try (QueryResult result = queries.start(plan, true)) {
      long started = System.nanoTime();
      for (Batch batch = result.next(); batch != null; batch = result.next()) {
        rows += batch.rowCount();
        batch.close();
      }
      AnalyzedPlan analyzed =
          new AnalyzedPlan(result.statistics(), rows, planned - start, System.nanoTime() - started);
      return result(
          switch (explain.format()) {
            case TEXT -> analyzed.text();
            case JSON -> analyzed.json();
          });
    }
  }

  private StandingPlan planned(Statement.Query query, OutputMode mode) {
    return new StandingPlanning(session).plan(query.query(), mode).plan();
  }

  /** The plan that a standing query runs with, whatever would be planned today. */
  Result explain(Statement.ExplainQuery explain) {
    if (explain.analyze()) {
      throw EngineErrors.unsupported("EXPLAIN ANALYZE QUERY", explain.query().position());
    }
    try {
      String name = OwnNames.require(explain.query(), session.namespace());
      return standing(session.engine().standing().plan(name), explain.format());
    } catch (TidemillException e) {
      throw e.at(explain.query().position());
    }
  }

  private Result batch(BatchPlan plan, Statement.Explain.Format format) {
    return result(
        switch (format) {
          case TEXT -> PlanText.of(plan);
          case JSON -> PlanJson.write(plan);
        });
  }

  /** The plan, and where a query of the name is there, what would become of its operators. */
  private Result created(Statement.CreateStandingQuery create, Statement.Explain.Format format) {
    StandingQueryStatements.Explained explained =
        new StandingQueryStatements(session).explain(create);
    if (explained.replaced().isEmpty() || format != Statement.Explain.Format.TEXT) {
      return standing(explained.plan(), format);
    }
    return result(
        StandingPlanText.of(explained.plan())
            + "Replacing the query that is there:\n  "
            + String.join("\n  ", explained.replaced())
            + "\n");
  }

  private Result standing(StandingPlan plan, Statement.Explain.Format format) {
    return result(
        switch (format) {
          case TEXT -> StandingPlanText.of(plan);
          case JSON -> PlanJson.write(plan);
        });
  }

  private Result result(String text) {
    List<List<String>> rows = text.lines().map(List::of).toList();
    return new RowsResult("EXPLAIN", COLUMNS, rows, session.memory());
  }
}
