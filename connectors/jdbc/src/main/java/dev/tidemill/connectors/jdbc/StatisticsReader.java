package dev.tidemill.connectors.jdbc;

import dev.tidemill.foundation.error.TidemillException;
import dev.tidemill.storage.table.TableStatistics;
import dev.tidemill.storage.table.TableStatistics.ColumnStatistics;
import java.sql.Connection;
import java.sql.PreparedStatement;
import java.sql.ResultSet;
import java.sql.SQLException;
import java.util.HashMap;
import java.util.Map;
import org.jspecify.annotations.Nullable;

/**
 * What PostgreSQL's ANALYZE knows of a table; nothing of other databases. Asked anew after a
 * minute. Safe for use by many threads.
 */
final class StatisticsReader {
  private static final long FRESH_NANOS = 60_000_000_000L;

  private final Database database;
  private final Target target;
  private @Nullable TableStatistics known;
  private long readNanos;

  StatisticsReader(Database database, Target target) {
    this.database = database;
    this.target = target;
  }

  synchronized TableStatistics statistics() {
    if (database.dialect() != Dialect.POSTGRESQL) {
      return TableStatistics.UNKNOWN;
    }
    TableStatistics current = known;
    if (current == null || System.nanoTime() - readNanos > FRESH_NANOS) {
      try {
        current = database.call("reading statistics of", false, this::read);
      } catch (TidemillException e) {
        // A plan does without them; what cannot be reached says so when it is read.
        current = TableStatistics.UNKNOWN;
      }
      known = current;
      readNanos = System.nanoTime();
    }
    return current;
  }

  private TableStatistics read(Connection connection) throws SQLException {
    double rows = -1;
    double bytes = -1;
    try (PreparedStatement statement =
        connection.prepareStatement(
            "SELECT reltuples, relpages::bigint * 8192 FROM pg_class WHERE oid = ?::regclass")) {
      statement.setString(1, target.sql());
      try (ResultSet row = statement.executeQuery()) {
        if (row.next() && row.getDouble(1) >= 0 && row.getDouble(2) > 0) {
          rows = row.getDouble(1);
          bytes = row.getDouble(2);
        }
      }
    }
    return new TableStatistics(rows, bytes, rows < 0 ? Map.of() : columns(connection, rows));
  }

  private Map<String, ColumnStatistics> columns(Connection connection, double rows)
      throws SQLException {
    Map<String, ColumnStatistics> columns = new HashMap<>();
    try (PreparedStatement statement =
        connection.prepareStatement(
            "SELECT s.attname, s.null_frac, s.n_distinct, s.avg_width FROM pg_stats s"
                + " JOIN pg_namespace n ON n.nspname = s.schemaname"
                + " JOIN pg_class c ON c.relnamespace = n.oid AND c.relname = s.tablename"
                + " WHERE c.oid = ?::regclass AND NOT s.inherited")) {
      statement.setString(1, target.sql());
      try (ResultSet found = statement.executeQuery()) {
        while (found.next()) {
          double distinct = found.getDouble(3);
          ColumnStatistics column =
              new ColumnStatistics(
                  null,
                  null,
                  found.getDouble(2) * rows,
                  distinct == 0 ? -1 : distinct < 0 ? -distinct * rows : distinct,
                  found.getDouble(4));
          String name = found.getString(1);
          for (JdbcColumn each : target.columns()) {
            if (each.actual().name().equals(name)) {
              columns.put(each.name(), column);
            }
          }
        }
      }
    }
    return columns;
  }
}
