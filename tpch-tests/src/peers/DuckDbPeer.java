import java.nio.file.Path;
import java.sql.Connection;
import java.sql.DriverManager;
import java.sql.ResultSet;
import java.sql.Statement;

/** DuckDB over JDBC: views over the files, or tables in memory. */
final class DuckDbPeer extends Peer {
  private Connection connection;

  public static void main(String[] arguments) throws Exception {
    new DuckDbPeer().serve();
  }

  @Override
  void open(Path directory, int threads, String memory, boolean cached) throws Exception {
    connection = DriverManager.getConnection("jdbc:duckdb:");
    try (Statement statement = connection.createStatement()) {
      statement.execute("SET threads = " + threads);
      if (!memory.equals("-")) {
        statement.execute("SET memory_limit = '" + memory + "'");
      }
      for (String table : TABLES) {
        String file = directory.resolve(table + ".parquet").toString().replace("'", "''");
        statement.execute(
            "CREATE %s %s AS SELECT * FROM '%s'".formatted(cached ? "TABLE" : "VIEW", table, file));
      }
    }
  }

  @Override
  void run(String sql, Rows rows) throws Exception {
    try (Statement statement = connection.createStatement();
        ResultSet result = statement.executeQuery(sql)) {
      int columns = result.getMetaData().getColumnCount();
      while (result.next()) {
        if (rows != null) {
          Object[] row = new Object[columns];
          for (int i = 0; i < columns; i++) {
            row[i] = result.getObject(i + 1);
          }
          rows.add(row);
        }
      }
    }
  }
}
