package dev.tidemill.connectors.jdbc;

import java.sql.Connection;
import java.sql.PreparedStatement;
import java.sql.ResultSet;
import java.sql.SQLException;
import java.sql.Statement;

/**
 * The table in the database that says which step each writer committed last, in the transaction of
 * the step's rows.
 *
 * <pre>
 *   writer   target   step   epoch
 *   q-17     orders     41       3     the third process that writes as q-17 has committed step 41
 * </pre>
 *
 * Who opens a sink raises the epoch; whoever has an older one can no longer commit.
 */
final class StepsTable {
  private final String table;
  private final String writer;
  private final String target;

  /**
   * What a writer knows of its row.
   *
   * @param step committed last, or -1
   */
  record State(long step, long epoch) {
    static final State NONE = new State(-1, 0);
  }

  StepsTable(Dialect dialect, String table, String writer, String target) {
    this.table = TableName.parse("steps_table", table).folded(dialect);
    this.writer = writer;
    this.target = target;
  }

  /** Takes the writer's row over, and commits that; makes table and row where they are missing. */
  State claim(Connection connection) throws SQLException {
    create(connection);
    if (update(connection, "epoch = epoch + 1", "") == 0) {
      try (PreparedStatement insert =
          connection.prepareStatement(
              "INSERT INTO %s (writer, target, step, epoch) VALUES (?, ?, -1, 1)"
                  .formatted(table))) {
        insert.setString(1, writer);
        insert.setString(2, target);
        insert.executeUpdate();
      }
    }
    State claimed = read(connection);
    connection.commit();
    return claimed;
  }

  private void create(Connection connection) throws SQLException {
    if (exists(connection)) {
      return;
    }
    connection.rollback();
    try (Statement statement = connection.createStatement()) {
      statement.execute(
          ("CREATE TABLE %s (writer VARCHAR(200) NOT NULL, target VARCHAR(200) NOT NULL,"
                  + " step BIGINT NOT NULL, epoch BIGINT NOT NULL, PRIMARY KEY (writer, target))")
              .formatted(table));
      connection.commit();
    } catch (SQLException e) {
      connection.rollback();
      // Somebody else may have made it at the same moment.
      if (!exists(connection)) {
        throw e;
      }
    }
  }

  private boolean exists(Connection connection) throws SQLException {
    try (Statement statement = connection.createStatement();
        ResultSet none =
            statement.executeQuery(
                "SELECT writer, target, step, epoch FROM %s WHERE 1 = 0".formatted(table))) {
      return !none.next();
    } catch (SQLException e) {
      if (Retries.mayPass(e)) {
        throw e;
      }
      return false;
    }
  }

  private int update(Connection connection, String change, String condition) throws SQLException {
    try (PreparedStatement update =
        connection.prepareStatement(
            "UPDATE %s SET %s WHERE writer = ? AND target = ?%s"
                .formatted(table, change, condition))) {
      update.setString(1, writer);
      update.setString(2, target);
      return update.executeUpdate();
    }
  }

  /** The writer's row as it is now. */
  State read(Connection connection) throws SQLException {
    try (PreparedStatement select =
        connection.prepareStatement(
            "SELECT step, epoch FROM %s WHERE writer = ? AND target = ?".formatted(table))) {
      select.setString(1, writer);
      select.setString(2, target);
      try (ResultSet row = select.executeQuery()) {
        return row.next() ? new State(row.getLong(1), row.getLong(2)) : State.NONE;
      }
    }
  }

  /** Waits, within a transaction, for one at work that changes the writer's row. */
  void await(Connection connection) throws SQLException {
    update(connection, "step = step", "");
  }

  /** Notes a step in the transaction at hand; false where the row is not as {@code state} says. */
  boolean advance(Connection connection, State state, long step) throws SQLException {
    return update(
            connection,
            "step = " + step,
            " AND step = %d AND epoch = %d".formatted(state.step(), state.epoch()))
        == 1;
  }
}
