package dev.tidemill.engine;

import dev.tidemill.foundation.memory.MemoryScope;
import dev.tidemill.foundation.setting.EngineSettings;
import dev.tidemill.foundation.setting.Settings;
import dev.tidemill.sql.parser.ParsedStatement;
import dev.tidemill.sql.parser.StatementParser;
import dev.tidemill.sql.parser.statement.Statement;
import dev.tidemill.storage.catalog.Namespace;
import dev.tidemill.streaming.QueryReport;
import java.util.Collection;
import java.util.List;
import java.util.Set;
import java.util.TreeSet;
import java.util.concurrent.ConcurrentHashMap;
import java.util.function.Function;
import org.jspecify.annotations.Nullable;

/**
 * A user at work: settings, a namespace, the statements in flight. One thread at a time, but for
 * {@link #cancel}, which any thread may call. Several results may be open at once.
 *
 * <pre>
 *   try (Session session = engine.session();
 *       Result result = session.execute("SELECT 1 AS one")) {
 *     for (Batch batch = result.next(); batch != null; batch = result.next()) { … batch.close(); }
 *   }
 * </pre>
 *
 * <p>Every error is a {@link dev.tidemill.foundation.error.TidemillException}.
 */
public final class Session implements AutoCloseable {
  private final Engine engine;
  private final SessionOptions options;
  private final Set<Cancellation> working = ConcurrentHashMap.newKeySet();
  private Settings settings;
  private Namespace namespace = Namespace.DEFAULT;
  private boolean closed;

  Session(Engine engine, SessionOptions options) {
    this.engine = engine;
    this.options = options;
    this.settings = engine.settings();
  }

  /** Parses and runs one statement. The result is the caller's to close. */
  public Result execute(String sql) {
    return execute(StatementParser.parse(sql));
  }

  /** As {@link #execute(String)}, to be stopped by itself, not with all of the session. */
  public Result execute(String sql, Cancellation cancellation) {
    return execute(StatementParser.parse(sql), cancellation);
  }

  /** Runs a statement without parameters. The result is the caller's to close. */
  public Result execute(ParsedStatement statement) {
    return execute(statement, new Cancellation());
  }

  private Result execute(ParsedStatement statement, Cancellation cancellation) {
    if (statement.parameterCount() > 0) {
      throw EngineErrors.wrongParameterCount(statement.parameterCount(), 0);
    }
    return execute(statement.statement(), List.of(), cancellation);
  }

  /** A statement made ready: its parameters and columns are known, and it may run many times. */
  public PreparedStatement prepare(String sql) {
    return prepare(StatementParser.parse(sql));
  }

  /** As {@link #prepare(String)}. */
  public PreparedStatement prepare(ParsedStatement statement) {
    return guarded(cancellation -> new PreparedStatement(this, statement, cancellation));
  }

  Result execute(
      Statement statement, List<? extends @Nullable Object> parameters, Cancellation cancellation) {
    return guarded(
        cancellation, stop -> new StatementRunner(this, parameters, stop).run(statement));
  }

  /** Runs it as a statement in flight; what it throws is a {@code TidemillException}. */
  private <T> T guarded(Function<Cancellation, T> work) {
    return guarded(new Cancellation(), work);
  }

  private <T> T guarded(Cancellation cancellation, Function<Cancellation, T> work) {
    if (closed) {
      throw EngineErrors.closed();
    }
    working.add(cancellation);
    boolean streaming = false;
    try {
      cancellation.check();
      T result = work.apply(cancellation);
      streaming = result instanceof QueryResult || result instanceof EmitStatements.Emission;
      return result;
    } catch (RuntimeException | Error e) {
      throw EngineErrors.wrap(e);
    } finally {
      if (!streaming) {
        working.remove(cancellation);
      }
    }
  }

  /** The result that this belongs to is closed. */
  void finished(Cancellation cancellation) {
    working.remove(cancellation);
  }

  /** Stops every statement of this session that is at work; it then throws QUERY_CANCELLED. */
  public void cancel() {
    working.forEach(Cancellation::cancel);
  }

  /**
   * Takes one step of each of the queries by hand, those of one group together, and returns when it
   * is committed. For engines made with {@link Engine.Builder#stepByHand}.
   */
  public void step(Collection<String> queries) {
    guarded(
        cancellation -> {
          engine.standing().step(queries);
          return queries;
        });
  }

  /** How a standing query stands. */
  public QueryReport progress(String query) {
    return guarded(cancellation -> engine.standing().report(query));
  }

  /** Names that a statement could mean here: tables, views and kept results, for completion. */
  public Collection<String> tableNames() {
    Set<String> names = new TreeSet<>(String.CASE_INSENSITIVE_ORDER);
    names.addAll(engine.catalog().names(namespace));
    names.addAll(engine.catalog().names(Namespace.DEFAULT));
    return names;
  }

  /** The columns of the table, view or kept result, or none where it is no such thing. */
  public List<String> columnNames(List<String> path) {
    return new Planning(this).columnNames(path);
  }

  public Settings settings() {
    return settings;
  }

  void settings(Settings changed) {
    settings = changed;
  }

  public Namespace namespace() {
    return namespace;
  }

  void namespace(Namespace changed) {
    namespace = changed;
  }

  Engine engine() {
    return engine;
  }

  SessionOptions options() {
    return options;
  }

  /** What small results are charged to. */
  MemoryScope memory() {
    return engine.queryMemory();
  }

  /** A budget for one statement: what the session allows, within what the engine has. */
  MemoryScope statementMemory(String name) {
    return engine.queryMemory().child(name, settings.get(EngineSettings.MEMORY));
  }

  /** Cancels what is at work. Results that are open stay the caller's to close. */
  @Override
  public void close() {
    closed = true;
    cancel();
  }
}
