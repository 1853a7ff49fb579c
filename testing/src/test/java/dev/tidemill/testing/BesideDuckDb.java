package dev.tidemill.testing;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import dev.tidemill.engine.Engine;
import dev.tidemill.engine.Result;
import dev.tidemill.engine.Session;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.sql.Connection;
import java.sql.DriverManager;
import java.sql.ResultSet;
import java.sql.SQLException;
import java.sql.Statement;
import java.util.ArrayList;
import java.util.Collections;
import java.util.List;

/** Scripts of queries over small databases that they make themselves, and DuckDB's answers. */
final class BesideDuckDb {
  /** AVG of decimals has six more digits here, and is a DOUBLE there. */
  private static final double TOLERANCE = 1e-6;

  private BesideDuckDb() {}

  /**
   * Runs a script here and there and compares all but what CREATE and INSERT say.
   *
   * @param queries in a folder of the test's resources, each with a semicolon and a line's end
   * @param atLeast so many are compared
   */
  static void compare(String queries, int atLeast) throws IOException, SQLException {
    List<String> wrong = new ArrayList<>();
    int compared = 0;
    try (Engine engine = Engine.builder().threads(2).open();
        Session session = engine.session();
        Connection peer = DriverManager.getConnection("jdbc:duckdb:");
        Statement statement = peer.createStatement()) {
      statement.execute("SET TimeZone = 'UTC'");
      for (String text :
          Files.readString(Path.of("src/test/resources", queries)).split(";\n", -1)) {
        String sql =
            text.lines().filter(l -> !l.startsWith("--")).reduce("", (a, b) -> a + b + "\n");
        if (sql.isBlank()) {
          continue;
        }
        List<String> found;
        try (Result result = session.execute(sql)) {
          found = result.hasRows() ? ScriptRows.of(result) : List.of();
        }
        List<String> expected = new ArrayList<>();
        if (statement.execute(sql)) {
          try (ResultSet rows = statement.getResultSet()) {
            expected = DuckDbRows.plain(DuckDbRows.of(rows));
          }
        }
        if (!sql.startsWith("CREATE") && !sql.startsWith("INSERT")) {
          compared++;
          String difference = difference(expected, DuckDbRows.plain(found));
          if (!difference.isEmpty()) {
            wrong.add(sql + difference);
          }
        }
      }
    }
    assertTrue(compared >= atLeast, compared + " compared");
    assertEquals(List.of(), wrong);
  }

  private static String difference(List<String> expected, List<String> found) {
    if (expected.size() != found.size()) {
      return expected.size() + " rows there, " + found.size() + " here";
    }
    List<String> theirs = new ArrayList<>(expected);
    List<String> ours = new ArrayList<>(found);
    Collections.sort(theirs);
    Collections.sort(ours);
    for (int i = 0; i < ours.size(); i++) {
      if (!isSame(theirs.get(i).split("\t", -1), ours.get(i).split("\t", -1))) {
        return theirs.get(i) + " there, " + ours.get(i) + " here";
      }
    }
    return "";
  }

  private static boolean isSame(String[] expected, String[] found) {
    boolean same = expected.length == found.length;
    for (int i = 0; same && i < found.length; i++) {
      same = expected[i].equals(found[i]) || isNear(expected[i], found[i]);
    }
    return same;
  }

  private static boolean isNear(String expected, String found) {
    try {
      double a = Double.parseDouble(expected);
      double b = Double.parseDouble(found);
      return Math.abs(a - b) <= TOLERANCE * Math.max(1, Math.abs(a));
    } catch (NumberFormatException e) {
      return false;
    }
  }
}
