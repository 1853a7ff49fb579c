package dev.tidemill.testing;

import static org.junit.jupiter.api.Assertions.assertTrue;

import java.io.IOException;
import java.nio.file.Path;
import java.sql.Connection;
import java.sql.DriverManager;
import java.sql.ResultSet;
import java.sql.SQLException;
import java.sql.Statement;
import java.util.ArrayList;
import java.util.List;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.DynamicTest;
import org.junit.jupiter.api.TestFactory;

/**
 * A second opinion: what the scripts expect is what DuckDB gives, but where a record says {@code
 * skipif duckdb}.
 */
class DuckDbTest {
  @TestFactory
  List<DynamicTest> scripts() throws IOException {
    String wanted = System.getProperty("scripts", "");
    List<DynamicTest> tests = new ArrayList<>();
    for (Path file : ScriptsTest.files()) {
      if (file.toString().contains(wanted)) {
        String name = ScriptsTest.ROOT.relativize(file) + " duckdb";
        tests.add(DynamicTest.dynamicTest(name, () -> check(Script.read(file))));
      }
    }
    return tests;
  }

  private static void check(Script script) throws SQLException {
    List<String> failures = new ArrayList<>();
    try (Connection connection = DriverManager.getConnection("jdbc:duckdb:");
        Statement statement = connection.createStatement()) {
      for (ScriptRecord record : script.records()) {
        if (record.runsIn("duckdb") && record.only().isEmpty()) {
          String failure = check(statement, record);
          if (failure != null) {
            failures.add(
                script.file() + ":" + record.line() + ": " + failure + "\n" + record.sql());
          }
        }
      }
    }
    assertTrue(failures.isEmpty(), () -> String.join("\n\n", failures));
  }

  private static @Nullable String check(Statement statement, ScriptRecord record) {
    try {
      switch (record.kind()) {
        case ScriptRecord.Gives gives -> {
          try (ResultSet rows = statement.executeQuery(record.sql())) {
            return ScriptRows.difference(
                gives.columns(),
                gives.sorted(),
                DuckDbRows.plain(gives.rows()),
                DuckDbRows.plain(DuckDbRows.of(rows)));
          }
        }
        case ScriptRecord.Succeeds kind -> statement.execute(record.sql());
        case ScriptRecord.Writes kind -> statement.execute(record.sql());
        case ScriptRecord.Fails kind -> {}
        case ScriptRecord.Steps kind -> {}
      }
      return null;
    } catch (SQLException e) {
      return "DuckDB says: " + e.getMessage();
    }
  }
}
