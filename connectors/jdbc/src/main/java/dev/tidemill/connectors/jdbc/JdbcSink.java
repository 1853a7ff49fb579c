package dev.tidemill.connectors.jdbc;

import dev.tidemill.foundation.batch.Batch;
import dev.tidemill.foundation.batch.Batches;
import dev.tidemill.foundation.error.TidemillException;
import dev.tidemill.foundation.memory.MemoryScope;
import dev.tidemill.storage.table.RowOperation;
import dev.tidemill.storage.table.SinkMode;
import dev.tidemill.storage.table.TableSink;
import java.sql.Connection;
import java.sql.SQLException;
import java.util.ArrayList;
import java.util.List;
import org.jspecify.annotations.Nullable;

/**
 * Writes a table step by step, each step one transaction that also notes its number in the {@link
 * StepsTable}:
 *
 * <pre>
 *   UPDATE tidemill_steps SET step = 42 WHERE writer = … AND step = 41 AND epoch = 3     one row, or somebody else writes
 *   INSERT …, or upserts and DELETEs by key, or DELETE of everything and INSERT …
 *   COMMIT
 * </pre>
 *
 * The rows of a step are kept until it is committed, so that a transaction that fails for a passing
 * reason is made again; once they are more than {@link #KEPT_BYTES} they are sent as they come, and
 * such a failure is the step's. Where the connection is lost during the commit, the step's number
 * says whether it took place.
 *
 * <p>INSERT has no number: it writes like any client.
 */
final class JdbcSink implements TableSink {
  /** Of rows that are kept until the commit. */
  private static final long KEPT_BYTES = 32L << 20;

  private final Database database;
  private final Target target;
  private final String writer;

  /** Null of INSERT. */
  private final @Nullable StepsTable steps;

  private StepsTable.State state = StepsTable.State.NONE;

  /** Whether a commit's outcome could not be asked for. */
  private boolean stateIsUnknown;

  private @Nullable Connection connection;

  JdbcSink(Database database, JdbcOptions options, Target target, String writer) {
    this.database = database;
    this.target = target;
    this.writer = writer;
    requireKept();
    if (writer.equals(INSERT)) {
      this.steps = null;
      return;
    }
    StepsTable table =
        new StepsTable(database.dialect(), options.stepsTable(), writer, target.written());
    this.steps = table;
    this.state =
        database.call("opening " + target.written() + " for writing in", true, table::claim);
  }

  /** Checks that the database keeps each value as it is, and tells keys apart. */
  private void requireKept() {
    for (JdbcColumn column : target.columns()) {
      if (!column.actual().keeps(column.type(), database.dialect())) {
        throw JdbcErrors.narrower(
            column.name(), column.type(), String.valueOf(column.actual().type()));
      }
      if (target.key().contains(column.actual().name())
          && !Comparisons.tellsKeysApart(database.dialect(), column)) {
        throw JdbcErrors.keyOfText(column.name(), column.actual().typeName());
      }
    }
  }

  @Override
  public long lastStep() {
    StepsTable table = steps;
    if (stateIsUnknown && table != null) {
      StepsTable.State there =
          database.call("reading the last step of " + writer + " in", true, table::read);
      requireOwn(there);
      state = there;
      stateIsUnknown = false;
    }
    return state.step();
  }

  private void requireOwn(StepsTable.State there) {
    if (there.epoch() != state.epoch()) {
      throw JdbcErrors.fenced(database.url(), target.written(), writer);
    }
  }

  @Override
  public StepWriter begin(long step, SinkMode mode, MemoryScope scope) {
    if (step <= lastStep()) {
      throw new IllegalArgumentException("step " + step + " after step " + lastStep());
    }
    return new Writer(step, mode, scope);
  }

  @Override
  public void end() {
    // A table of a database has no end; every step is there.
  }

  @Override
  public void close() {
    disconnect();
  }

  private Connection connected() throws SQLException {
    Connection current = connection;
    if (current == null) {
      current = database.connect();
      connection = current;
    }
    return current;
  }

  /** Gives the connection up, and with it what was not committed. */
  private void disconnect() {
    Connection current = connection;
    connection = null;
    if (current != null) {
      try (current) {
        current.rollback();
      } catch (SQLException e) {
        // The database rolls back what it no longer hears of.
        return;
      }
    }
  }

  /** Rows and what is to be done with them. */
  private record Change(Batch rows, RowOperation operation) {}

  /** Whether a transaction took place. */
  private enum Outcome {
    COMMITTED,
    ROLLED_BACK
  }

  private final class Writer implements StepWriter {
    private final long step;
    private final SinkMode mode;
    private final MemoryScope scope;
    private final List<Change> kept = new ArrayList<>();
    private long keptBytes;

    /** Of the transaction that rows are sent in as they come. */
    private @Nullable RowStatements open;

    Writer(long step, SinkMode mode, MemoryScope scope) {
      this.step = step;
      this.mode = mode;
      this.scope = scope;
    }

    @Override
    public void write(Batch rows, RowOperation operation) {
      if (mode == SinkMode.UPDATE) {
        requireKeys(rows);
      }
      RowStatements sent = open;
      if (sent != null) {
        send(sent, new Change(rows, operation));
        return;
      }
      Batch copy = Batches.compact(rows, scope);
      kept.add(new Change(copy, operation));
      keptBytes += copy.bytes();
      if (keptBytes > KEPT_BYTES) {
        sendKept();
      }
    }

    private void requireKeys(Batch rows) {
      List<JdbcColumn> columns = target.columns();
      for (int c = 0; c < columns.size(); c++) {
        if (target.key().contains(columns.get(c).actual().name())
            && rows.column(c).mayHaveNulls()) {
          for (int i = 0; i < rows.rowCount(); i++) {
            if (rows.column(c).isNull(rows.row(i))) {
              throw JdbcErrors.nullKey(target.written(), columns.get(c).name());
            }
          }
        }
      }
    }

    /** Begins the transaction and sends what there is; from here on nothing can be made again. */
    private void sendKept() {
      Retries retries = database.retries(true);
      RowStatements sent = null;
      while (sent == null) {
        try {
          sent = beginTransaction();
        } catch (SQLException e) {
          disconnect();
          if (!retries.again(e)) {
            throw failed(e, retries.attempts());
          }
        }
      }
      open = sent;
      for (Change change : kept) {
        send(sent, change);
      }
      forgetKept();
    }

    private void send(RowStatements sent, Change change) {
      try {
        apply(sent, change);
      } catch (SQLException e) {
        disconnect();
        throw failed(e, 1);
      }
    }

    private void apply(RowStatements statements, Change change) throws SQLException {
      statements.write(change.rows(), change.operation(), mode == SinkMode.UPDATE);
    }

    private RowStatements beginTransaction() throws SQLException {
      Connection current = connected();
      StepsTable table = steps;
      if (table != null && !table.advance(current, state, step)) {
        current.rollback();
        StepsTable.State there = table.read(current);
        current.rollback();
        requireOwn(there);
        throw JdbcErrors.stepsChanged(database.url(), writer, state.step(), there.step());
      }
      RowStatements statements = new RowStatements(current, database.dialect(), target);
      if (mode == SinkMode.COMPLETE) {
        statements.deleteAll();
      }
      return statements;
    }

    @Override
    public void commit() {
      RowStatements sent = open;
      if (sent != null) {
        sent.close();
        open = null;
        SQLException failure = commitOnce();
        if (failure != null) {
          throw failed(failure, 1);
        }
        committed();
        return;
      }
      Retries retries = database.retries(true);
      SQLException failure = attempt();
      while (failure != null) {
        if (!retries.again(failure)) {
          throw failed(failure, retries.attempts());
        }
        failure = attempt();
      }
      committed();
    }

    /** The whole transaction; null where it took place, else why not. */
    private @Nullable SQLException attempt() {
      try (RowStatements statements = beginTransaction()) {
        for (Change change : kept) {
          apply(statements, change);
        }
      } catch (SQLException e) {
        disconnect();
        return e;
      }
      return commitOnce();
    }

    /** Commits; null where that took place, else why not. */
    private @Nullable SQLException commitOnce() {
      try {
        connected().commit();
        return null;
      } catch (SQLException e) {
        disconnect();
        return Retries.isRolledBack(e) || outcome(e) == Outcome.ROLLED_BACK ? e : null;
      }
    }

    /** Asks whether the step was committed when the connection was lost. */
    private Outcome outcome(SQLException lost) {
      StepsTable table = steps;
      if (table == null) {
        throw JdbcErrors.unknownOutcome(database.url(), target.written(), database.message(lost));
      }
      stateIsUnknown = true;
      StepsTable.State there =
          database.call(
              "reading the last step of " + writer + " in",
              true,
              connection -> settled(connection, table));
      stateIsUnknown = false;
      requireOwn(there);
      return there.step() == step ? Outcome.COMMITTED : Outcome.ROLLED_BACK;
    }

    /**
     * The writer's row when nobody is at work on it any more: the lost transaction may still be
     * about to commit, and holds the row until it has.
     */
    private StepsTable.State settled(Connection other, StepsTable table) throws SQLException {
      table.await(other);
      StepsTable.State there = table.read(other);
      other.rollback();
      return there;
    }

    private void committed() {
      forgetKept();
      if (steps != null) {
        state = new StepsTable.State(step, state.epoch());
      }
    }

    private TidemillException failed(SQLException e, int attempts) {
      String reason = e.getSQLState() == null ? "" : e.getSQLState();
      return reason.startsWith("22") || reason.startsWith("23")
          ? JdbcErrors.rejected(database.url(), target.written(), database.message(e))
          : database.failure("writing to " + target.written() + " of", e, attempts);
    }

    private void forgetKept() {
      kept.forEach(change -> change.rows().close());
      kept.clear();
      keptBytes = 0;
    }

    @Override
    public void close() {
      RowStatements sent = open;
      if (sent != null) {
        sent.close();
        open = null;
        disconnect();
      }
      forgetKept();
    }
  }
}
