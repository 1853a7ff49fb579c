package dev.tidemill.jdbc.service;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import com.zaxxer.hikari.HikariConfig;
import com.zaxxer.hikari.HikariDataSource;
import java.io.ByteArrayInputStream;
import java.io.ByteArrayOutputStream;
import java.io.PrintStream;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.sql.Connection;
import java.sql.PreparedStatement;
import java.sql.ResultSet;
import java.sql.Statement;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.Future;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import sqlline.SqlLine;

/** A pool and a command-line tool that know nothing of Tidemill. */
final class ToolsTest {
  @TempDir Path directory;

  @Test
  void aPoolOfFour() throws Exception {
    HikariConfig config = new HikariConfig();
    config.setJdbcUrl("jdbc:tidemill:" + directory.resolve("db"));
    config.setMaximumPoolSize(4);
    config.addDataSourceProperty("threads", "2");
    ExecutorService threads = Executors.newFixedThreadPool(8);
    try (HikariDataSource pool = new HikariDataSource(config)) {
      try (Connection connection = pool.getConnection();
          Statement statement = connection.createStatement()) {
        statement.execute("CREATE TABLE t AS SELECT * FROM tpch.sf0_01.orders");
      }
      List<Future<Long>> counts = new ArrayList<>();
      for (int i = 0; i < 32; i++) {
        int part = i;
        counts.add(
            threads.submit(
                () -> {
                  try (Connection connection = pool.getConnection();
                      PreparedStatement statement =
                          connection.prepareStatement(
                              "SELECT COUNT(*) FROM t WHERE MOD(o_orderkey, 32) = ?")) {
                    statement.setInt(1, part);
                    try (ResultSet rows = statement.executeQuery()) {
                      rows.next();
                      return rows.getLong(1);
                    }
                  }
                }));
      }
      long all = 0;
      for (Future<Long> count : counts) {
        all += count.get();
      }
      assertEquals(15_000, all);
      assertTrue(pool.getHikariPoolMXBean().getTotalConnections() <= 4);
    } finally {
      threads.shutdown();
    }
  }

  @Test
  void sqlLineRunsAScript() throws Exception {
    Path script = directory.resolve("script.sql");
    Files.writeString(
        script,
        """
        CREATE TABLE fish (name VARCHAR, size INTEGER);
        INSERT INTO fish VALUES ('cod', 120), ('eel', NULL);
        SELECT name, size FROM fish ORDER BY name;
        SELECT nope FROM fish;
        !tables
        !columns fish
        """);
    ByteArrayOutputStream bytes = new ByteArrayOutputStream();
    PrintStream out = new PrintStream(bytes, true, StandardCharsets.UTF_8);
    SqlLine sqlLine = new SqlLine();
    sqlLine.setOutputStream(out);
    sqlLine.setErrorStream(out);
    String[] arguments = {
      "-u",
      "jdbc:tidemill:",
      "-n",
      "",
      "-p",
      "",
      "--outputFormat=csv",
      "--force=true",
      "--run=" + script
    };
    sqlLine.begin(arguments, new ByteArrayInputStream(new byte[0]), true);
    String text = bytes.toString(StandardCharsets.UTF_8);
    assertTrue(text.contains("'cod','120'"), text);
    assertTrue(text.contains("2 rows affected"), text);
    assertTrue(text.contains("there is no column nope"), text);
    assertTrue(text.contains("'tidemill','main','fish','TABLE'"), text);
    assertTrue(text.contains("'tidemill','main','fish','size'"), text);
  }
}
