package dev.tidemill.connectors.jdbc;

import dev.tidemill.foundation.batch.Batch;
import dev.tidemill.foundation.batch.BatchBuilder;
import dev.tidemill.foundation.memory.MemoryScope;
import dev.tidemill.storage.table.BatchReader;
import java.sql.Connection;
import java.sql.PreparedStatement;
import java.sql.ResultSet;
import java.sql.SQLException;
import java.sql.SQLFeatureNotSupportedException;
import java.util.ArrayList;
import java.util.List;
import org.jspecify.annotations.Nullable;

/**
 * Rows of a SELECT, fetched some at a time ({@link FetchWindow}) over a connection of its own. What
 * fails before the first row is retried; later the rows before are gone, and it is an error.
 */
final class JdbcReader implements BatchReader {
  private final Database database;
  private final Target target;
  private final ReadStatement select;
  private final long limit;
  private final FetchWindow window;
  private final BatchBuilder builder;
  private final List<ColumnValues> values = new ArrayList<>();

  private @Nullable Connection connection;
  private @Nullable PreparedStatement statement;
  private @Nullable ResultSet rows;

  /** Rows that were counted and not given out, where only their number is asked for. */
  private long counted;

  private boolean ended;

  JdbcReader(
      Database database,
      Target target,
      ReadStatement select,
      long limit,
      int fetchRows,
      MemoryScope scope) {
    this.database = database;
    this.target = target;
    this.select = select;
    this.limit = limit;
    int most = limit > 0 ? (int) Math.min(limit, fetchRows) : fetchRows;
    this.window = new FetchWindow(most, select.types().size(), scope);
    try {
      this.builder = BatchBuilder.of(select.types(), scope, 1024);
    } catch (Throwable t) {
      window.close();
      throw t;
    }
    select
        .columns()
        .forEach(
            column -> values.add(new ColumnValues(database.dialect(), target.written(), column)));
  }

  @Override
  public @Nullable Batch next() {
    if (rows == null && !ended) {
      begin();
    }
    if (select.counts(limit)) {
      return nextCounted();
    }
    ResultSet current = rows;
    if (current == null) {
      return null;
    }
    try {
      int count = 0;
      int most = Math.min(Batch.MAX_ROWS, window.rows());
      while (count < most && current.next()) {
        for (int c = 0; c < values.size(); c++) {
          values.get(c).read(current, c + 1, builder.column(c));
        }
        builder.endRow();
        count++;
      }
      if (count == 0) {
        finish();
        return null;
      }
      Batch batch = builder.build();
      try {
        window.read(batch);
        fetchNext(current);
        return batch;
      } catch (Throwable t) {
        batch.close();
        throw t;
      }
    } catch (SQLException e) {
      throw database.failure("reading " + target.written() + " of", e, 1);
    }
  }

  private void fetchNext(ResultSet current) throws SQLException {
    try {
      current.setFetchSize(window.rows());
    } catch (SQLFeatureNotSupportedException e) {
      // A driver that cannot change it goes on with the few rows of the first fetch, or has its
      // own way.
      return;
    }
  }

  private @Nullable Batch nextCounted() {
    if (counted == 0) {
      return null;
    }
    int count = (int) Math.min(Batch.MAX_ROWS, counted);
    counted -= count;
    return new Batch(count, List.of());
  }

  private void begin() {
    Retries retries = database.retries(true);
    while (rows == null && !ended) {
      try {
        open();
      } catch (SQLException e) {
        closeQuietly();
        if (!retries.again(e)) {
          throw database.failure("reading " + target.written() + " of", e, retries.attempts());
        }
      }
    }
  }

  private void open() throws SQLException {
    Connection opened = database.connect();
    connection = opened;
    PreparedStatement prepared = opened.prepareStatement(select.sql(limit));
    statement = prepared;
    prepared.setFetchSize(window.rows());
    if (limit >= 0 && !database.dialect().hasLimit()) {
      prepared.setLargeMaxRows(limit);
    }
    select.bind(prepared);
    ResultSet result = prepared.executeQuery();
    if (select.counts(limit)) {
      counted = result.next() ? result.getLong(1) : 0;
      finish();
    } else {
      rows = result;
    }
  }

  private void finish() throws SQLException {
    ended = true;
    rows = null;
    Connection open = connection;
    connection = null;
    if (open != null) {
      try (open) {
        open.rollback();
      }
    }
  }

  private void closeQuietly() {
    rows = null;
    for (AutoCloseable resource : new AutoCloseable[] {statement, connection}) {
      try {
        if (resource != null) {
          resource.close();
        }
      } catch (Exception e) {
        // What is broken is given up.
        continue;
      }
    }
    statement = null;
    connection = null;
  }

  @Override
  public void close() {
    ended = true;
    closeQuietly();
    builder.close();
    window.close();
  }
}
