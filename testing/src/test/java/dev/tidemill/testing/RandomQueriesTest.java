package dev.tidemill.testing;

import static org.junit.jupiter.api.Assertions.assertTrue;

import java.nio.file.Path;
import java.sql.Connection;
import java.sql.DriverManager;
import java.sql.ResultSet;
import java.sql.SQLException;
import java.sql.Statement;
import java.util.ArrayList;
import java.util.List;
import java.util.Random;
import java.util.Set;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.Test;

/**
 * Random queries give in every mode what they give in DuckDB. {@code -Drandom.seed=N} repeats one
 * round, {@code -Drandom.seconds=N} goes on for longer.
 */
class RandomQueriesTest {
  private static final int QUERIES_A_ROUND = 25;
  private static final long DEFAULT_SECONDS = 15;

  @Test
  void queriesAgreeWithDuckDb() throws SQLException {
    Long only = Long.getLong("random.seed");
    long end = System.nanoTime() + Long.getLong("random.seconds", DEFAULT_SECONDS) * 1_000_000_000L;
    long seed = only == null ? System.nanoTime() : only;
    do {
      List<String> failures = round(seed);
      long failed = seed;
      assertTrue(failures.isEmpty(), () -> "seed " + failed + "\n" + String.join("\n\n", failures));
      seed++;
    } while (only == null && System.nanoTime() < end);
  }

  /** What differs between DuckDB and a mode that the seed chooses. */
  static List<String> round(long seed) throws SQLException {
    Random random = new Random(seed);
    Mode mode = Mode.ALL.get(random.nextInt(Mode.ALL.size()));
    Script script = script(random);
    List<String> failures =
        new ArrayList<>(new ScriptRunner(Path.of("none"), seed).run(script, mode));
    failures.removeIf(failure -> failure.contains("failed: UNSUPPORTED_"));
    if (!failures.isEmpty()) {
      script.records().stream()
          .filter(record -> record.kind() instanceof ScriptRecord.Succeeds)
          .forEach(record -> failures.add(record.sql()));
    }
    return failures;
  }

  /** Tables, and queries with the rows that DuckDB gives; queries it fails on are left out. */
  private static Script script(Random random) throws SQLException {
    RandomQueries queries = new RandomQueries(random);
    List<ScriptRecord> records = new ArrayList<>();
    try (Connection connection = DriverManager.getConnection("jdbc:duckdb:");
        Statement statement = connection.createStatement()) {
      for (String table : queries.tables()) {
        statement.execute(table);
        records.add(record(records.size(), new ScriptRecord.Succeeds(), table));
      }
      for (int i = 0; i < QUERIES_A_ROUND; i++) {
        RandomQueries.Query query = queries.query();
        List<String> rows = rows(statement, query.text());
        if (rows != null) {
          records.add(
              record(
                  records.size(),
                  new ScriptRecord.Gives(query.letters(), !query.ordered(), rows),
                  query.text()));
        }
      }
    }
    return new Script(Path.of("random"), records);
  }

  private static ScriptRecord record(int line, ScriptRecord.Kind kind, String sql) {
    return new ScriptRecord(line, kind, sql, Set.of(), Set.of());
  }

  /** What DuckDB gives, or null if it refuses the query. */
  private static @Nullable List<String> rows(Statement statement, String sql) {
    try (ResultSet rows = statement.executeQuery(sql)) {
      return DuckDbTest.rows(rows);
    } catch (SQLException e) {
      return null;
    }
  }
}
