package dev.tidemill.jdbc.service;

import dev.tidemill.engine.Cancellation;
import dev.tidemill.engine.PreparedStatement;
import dev.tidemill.engine.Result;
import dev.tidemill.jdbc.spi.ColumnType;
import dev.tidemill.jdbc.spi.DatabaseException;
import dev.tidemill.jdbc.spi.DatabaseResult;
import dev.tidemill.jdbc.spi.DatabaseStatement;
import dev.tidemill.jdbc.spi.StatementDescription;
import java.util.List;
import org.apache.arrow.vector.types.pojo.Schema;
import org.jspecify.annotations.Nullable;

/**
 * A statement of a session, made ready at {@link #describe} or at the first execution with
 * parameters.
 */
final class EngineStatement implements DatabaseStatement {
  private final EngineSession session;
  private final String sql;
  private @Nullable PreparedStatement prepared;
  private volatile @Nullable Cancellation running;
  private @Nullable EngineResult result;

  EngineStatement(EngineSession session, String sql) {
    this.session = session;
    this.sql = sql;
  }

  @Override
  public StatementDescription describe() throws DatabaseException {
    try {
      PreparedStatement ready = prepared();
      Schema schema = ready.schema();
      return new StatementDescription(
          ready.parameterTypes().stream().map(type -> ColumnType.parse(type.sql())).toList(),
          schema == null ? List.of() : EngineResult.columns(schema, ready.hasWeights()));
    } catch (RuntimeException | LinkageError e) {
      throw ServiceErrors.of(e);
    }
  }

  private PreparedStatement prepared() {
    PreparedStatement ready = prepared;
    if (ready == null) {
      ready = session.session().prepare(sql);
      prepared = ready;
    }
    return ready;
  }

  @Override
  public DatabaseResult execute(List<? extends @Nullable Object> parameters)
      throws DatabaseException {
    Cancellation cancellation = new Cancellation();
    running = cancellation;
    try {
      Result rows =
          prepared == null && parameters.isEmpty()
              ? session.session().execute(sql, cancellation)
              : prepared().execute(parameters, cancellation);
      EngineResult opened = new EngineResult(session, rows);
      result = opened;
      return opened;
    } catch (RuntimeException | LinkageError e) {
      throw ServiceErrors.of(e);
    }
  }

  @Override
  public void cancel() {
    Cancellation now = running;
    if (now != null) {
      now.cancel();
    }
  }

  @Override
  public void close() throws DatabaseException {
    EngineResult open = result;
    if (open != null) {
      open.close();
    }
  }
}
