package dev.tidemill.engine;

import dev.tidemill.foundation.error.SourcePosition;
import dev.tidemill.foundation.error.TidemillException;
import dev.tidemill.sql.parser.statement.Statement;
import java.util.List;
import org.jspecify.annotations.Nullable;

/** One statement of a session on its way: finds who runs it. */
final class StatementRunner {
  private final Session session;
  private final List<? extends @Nullable Object> parameters;
  private final Cancellation cancellation;

  StatementRunner(
      Session session, List<? extends @Nullable Object> parameters, Cancellation cancellation) {
    this.session = session;
    this.parameters = parameters;
    this.cancellation = cancellation;
  }

  Result run(Statement statement) {
    return switch (statement) {
      case Statement.Query query -> queries().run(query);
      case Statement.Insert insert -> writes().insert(insert);
      case Statement.CreateTableAs create -> writes().createTableAs(create);
      case Statement.CopyTo copy -> writes().copy(copy);
      case Statement.CreateTable create -> tables().create(create);
      case Statement.CreateView create -> tables().createView(create);
      case Statement.AlterTableAddColumn alter -> tables().addColumn(alter);
      case Statement.Drop drop -> drop(drop);
      case Statement.Describe describe -> tables().describe(describe);
      case Statement.DescribeQuery describe ->
          tables().describe(queries().withPivotValues(describe.query()));
      case Statement.Summarize summarize ->
          new SummarizeStatements(session, queries()).run(summarize);
      case Statement.CreateStandingQuery create -> standing().create(create);
      case Statement.PauseQuery pause -> standing().pause(pause);
      case Statement.ResumeQuery resume -> standing().resume(resume);
      case Statement.StopQuery stop -> standing().stop(stop);
      case Statement.Explain explain -> explanations().explain(explain);
      case Statement.ExplainQuery explain -> explanations().explain(explain);
      case Statement.Show show -> show(show);
      case Statement.ShowCreate show -> tables().showCreate(show);
      case Statement.SetOption set -> settings().set(set);
      case Statement.ShowOption show -> settings().show(show);
      case Statement.ResetOption reset -> settings().reset(reset);
      case Statement.Use use -> settings().use(use);
      case Statement.CreateFunction create -> new FunctionStatements(session).create(create);
      case Statement.CreateSchema create ->
          throw refused("CREATE SCHEMA", create.name().position());
      case Statement.Update update -> changes().run("UPDATE", update.update());
      case Statement.Delete delete -> changes().run("DELETE", delete.delete());
      case Statement.Merge merge -> changes().run("MERGE", merge.merge());
      case Statement.Verify verify -> new VerifyStatements(session, queries()).verify(verify);
      case Statement.CompactTable compact -> changes().compact(compact);
      case Statement.AnalyzeTable analyze ->
          new AnalyzeStatements(session, queries()).analyze(analyze);
      case Statement.RefreshTable refresh ->
          throw refused("REFRESH TABLE", refresh.table().position());
      case Statement.CacheTable cache -> new CacheStatements(session, cancellation).cache(cache);
      case Statement.UncacheTable uncache ->
          new CacheStatements(session, cancellation).uncache(uncache);
    };
  }

  private Result drop(Statement.Drop drop) {
    return switch (drop.kind()) {
      case TABLE, VIEW -> tables().drop(drop);
      case STANDING_QUERY, MATERIALIZED_VIEW -> standing().drop(drop);
      case FUNCTION -> new FunctionStatements(session).drop(drop);
      case SCHEMA -> throw refused("DROP SCHEMA", drop.name().position());
    };
  }

  private Result show(Statement.Show show) {
    Result all = showAll(show);
    String pattern = show.pattern();
    if (pattern == null) {
      return all;
    }
    return all instanceof RowsResult rows ? rows.named(pattern) : all;
  }

  private Result showAll(Statement.Show show) {
    return switch (show.subject()) {
      case SETTINGS -> settings().showAll();
      case TABLES -> new ShowStatements(session).tables();
      case VIEWS -> new ShowStatements(session).views();
      case SCHEMAS -> new ShowStatements(session).schemas();
      case FUNCTIONS -> new ShowStatements(session).functions();
      case QUERIES -> standing().showQueries();
      case WATERMARKS -> standing().showWatermarks();
      case STATE -> standing().showState();
    };
  }

  private static TidemillException refused(String what, SourcePosition position) {
    return EngineErrors.unsupported(what, position);
  }

  private QueryStatements queries() {
    return new QueryStatements(session, parameters, cancellation);
  }

  private WriteStatements writes() {
    return new WriteStatements(session, queries(), cancellation);
  }

  private ChangeStatements changes() {
    return new ChangeStatements(session, queries(), cancellation);
  }

  private TableStatements tables() {
    return new TableStatements(session);
  }

  private StandingQueryStatements standing() {
    return new StandingQueryStatements(session);
  }

  private ExplainStatements explanations() {
    return new ExplainStatements(session, queries());
  }

  private SettingStatements settings() {
    return new SettingStatements(session);
  }
}
