package dev.tidemill.engine;

import dev.tidemill.plan.batch.BatchPlan;
import dev.tidemill.plan.batch.OutputColumn;
import dev.tidemill.plan.explain.PlanText;
import dev.tidemill.plan.json.PlanJson;
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
      throw EngineErrors.unsupported("EXPLAIN ANALYZE", null);
    }
    return switch (explain.statement()) {
      case Statement.Query query when query.emit() == Statement.Query.Emit.NONE ->
          batch(queries.planning().query(query.query(), queries.parameters()).plan(), explain.format());
      case Statement.Insert insert ->
          batch(queries.planning().insert(insert.insert(), queries.parameters()).query().plan(), explain.format());
      case Statement.CreateTableAs create ->
          batch(queries.planning().query(create.query(), queries.parameters()).plan(), explain.format());
      case Statement.CopyTo copy ->
          batch(queries.planning().query(copy.query(), queries.parameters()).plan(), explain.format());
      case Statement other -> throw EngineErrors.unsupported("EXPLAIN of this statement", null);
    };
  }

  Result explain(Statement.ExplainQuery explain) {
    throw EngineErrors.unsupported("EXPLAIN QUERY", explain.query().position());
  }

  private Result batch(BatchPlan plan, Statement.Explain.Format format) {
    String text =
        switch (format) {
          case TEXT -> PlanText.of(plan);
          case JSON -> PlanJson.write(plan);
        };
    List<List<String>> rows = text.lines().map(List::of).toList();
    return new RowsResult("EXPLAIN", COLUMNS, rows, session.memory());
  }
}
