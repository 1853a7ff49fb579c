package dev.tidemill.testing;

import static org.junit.jupiter.api.Assertions.assertNull;

import dev.tidemill.engine.Engine;
import dev.tidemill.engine.Session;
import java.sql.Connection;
import java.sql.DriverManager;
import java.sql.ResultSet;
import java.sql.SQLException;
import java.sql.Statement;
import java.time.LocalDate;
import java.util.Random;
import java.util.StringJoiner;
import org.junit.jupiter.api.Test;

/** DATE_SUB of random times, mostly about the ends of months, gives what it gives in DuckDB. */
class WholeUnitsTest {
  private static final int PAIRS = 2_000;

  private final long seed = Long.getLong("tidemill.test.seed", System.nanoTime());
  private final Random random = new Random(seed);

  @Test
  void asInDuckDb() throws SQLException {
    StringJoiner pairs = new StringJoiner(", ");
    for (int i = 0; i < PAIRS; i++) {
      pairs.add("(TIMESTAMP '" + time() + "', TIMESTAMP '" + time() + "')");
    }
    String sql =
        "SELECT a, b, "
            + each("a", "b")
            + ", "
            + each("CAST(a AS DATE)", "CAST(b AS DATE)")
            + " FROM (VALUES "
            + pairs
            + ") AS t(a, b)";
    try (Connection connection = DriverManager.getConnection("jdbc:duckdb:");
        Statement duck = connection.createStatement();
        ResultSet theirs = duck.executeQuery(sql);
        Engine engine = Engine.builder().open();
        Session session = engine.session()) {
      String columns = "TT" + "I".repeat(6);
      assertNull(
          ScriptRows.difference(
              columns,
              true,
              DuckDbRows.plain(DuckDbRows.of(theirs)),
              DuckDbRows.plain(ScriptRunner.rows(session, sql))),
          "tidemill.test.seed=" + seed);
    }
  }

  private static String each(String from, String to) {
    StringJoiner calls = new StringJoiner(", ");
    for (String unit : new String[] {"month", "quarter", "year"}) {
      calls.add("DATE_SUB('" + unit + "', " + from + ", " + to + ")");
    }
    return calls.toString();
  }

  private String time() {
    LocalDate first = LocalDate.of(1896 + random.nextInt(140), 1 + random.nextInt(12), 1);
    LocalDate day =
        random.nextInt(4) == 0
            ? first.plusDays(random.nextInt(28))
            : first.plusMonths(random.nextInt(2)).minusDays(random.nextInt(4));
    return day + " 0" + random.nextInt(3) + ":00:00";
  }
}
