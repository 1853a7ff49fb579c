package dev.tidemill.testing.random;

import java.util.ArrayList;
import java.util.List;

/**
 * Random queries over tables with a watermark, {@code {e}} and {@code {f}}, with columns id (which
 * is never there twice), k, v, s and ts. Their column w says by which time a row of theirs is
 * final.
 */
final class TimedQueryGenerator {
  private final Dice dice;

  TimedQueryGenerator(Dice dice) {
    this.dice = dice;
  }

  String query() {
    return switch (dice.below(20)) {
      case 0 -> rows();
      case 1, 2, 3 -> "SELECT * FROM (" + groups(window()) + ") AS g" + condition(" WHERE ", "g.n");
      case 4 -> overGroups();
      case 5, 6 -> joinOfGroups();
      case 7, 8 -> joinWithin();
      case 9 -> union();
      case 10 -> first();
      case 11 -> windowsOfJoin();
      case 12, 13 -> over();
      case 14, 15 -> overInOrder();
      case 16, 17 -> match();
      default -> asof();
    };
  }

  /** A call of a window function and what the groups by it have to be by. */
  private record Window(String call, List<String> keys) {}

  private String table() {
    return dice.pick("{e}", "{e}", "{f}");
  }

  private static String seconds(int seconds) {
    return "INTERVAL '" + seconds + "' SECOND";
  }

  private Window window() {
    return window(table());
  }

  private Window window(String table) {
    int step = 1 + dice.below(4);
    String of = "(TABLE " + table + ", DESCRIPTOR(ts), ";
    return switch (dice.below(6)) {
      case 0, 1 -> new Window("TUMBLE" + of + seconds(step) + ")", List.of());
      case 2 -> new Window("HOP" + of + seconds(step) + ", " + seconds(2 * step) + ")", List.of());
      case 3 ->
          new Window("CUMULATE" + of + seconds(step) + ", " + seconds(3 * step) + ")", List.of());
      case 4 -> new Window("SESSION" + of + seconds(step) + ")", List.of());
      default ->
          new Window(
              "SESSION(TABLE " + table + " PARTITION BY k, DESCRIPTOR(ts), " + seconds(step) + ")",
              List.of("k"));
    };
  }

  private String condition(String before, String... columns) {
    return dice.oneIn(3)
        ? before + dice.pick(columns) + dice.pick(" > 1", " IS NOT NULL", " <> 2", " <= 3")
        : "";
  }

  private String rows() {
    return "SELECT id, k, window_start, window_end AS w FROM "
        + window().call()
        + condition(" WHERE ", "v", "k");
  }

  /** Rows of w, n, m and k. */
  private String groups(Window window) {
    List<String> keys = new ArrayList<>(List.of("window_start", "window_end"));
    boolean byKey = !window.keys().isEmpty() || dice.oneIn(2);
    if (byKey) {
      keys.add("k");
    }
    if (dice.oneIn(5)) {
      keys.add(dice.pick("s", "v % 2"));
    }
    return "SELECT window_end AS w, "
        + dice.pick(
            "COUNT(*)", "COUNT(v)", "SUM(v)", "COUNT(DISTINCT s)", "COUNT(*) FILTER (WHERE v > 1)")
        + " AS n, "
        + dice.pick("MAX(v)", "MIN(id)", "SUM(DISTINCT v)", "COUNT(DISTINCT v)", "SUM(v) - MIN(v)")
        + " AS m, "
        + (byKey ? "k" : "MIN(k)")
        + " AS k FROM "
        + window.call()
        + condition(" WHERE ", "v", "k")
        + " GROUP BY "
        + String.join(", ", keys)
        + condition(" HAVING ", "COUNT(*)", "MAX(v)");
  }

  private String overGroups() {
    String groups = groups(window());
    return switch (dice.below(4)) {
      case 0 -> "SELECT w, COUNT(*) AS n, SUM(n) AS m FROM (" + groups + ") AS g GROUP BY w";
      case 1 -> "SELECT w, k, MAX(n) AS m FROM (" + groups + ") AS g GROUP BY w, k";
      case 2 -> "SELECT DISTINCT w, n FROM (" + groups + ") AS g";
      default ->
          "SELECT w, n, k FROM (SELECT w, n, k, ROW_NUMBER() OVER (PARTITION BY w ORDER BY n DESC NULLS"
              + " LAST, k NULLS LAST, m NULLS LAST) AS r FROM ("
              + groups
              + ") AS g) AS h WHERE r <= 2";
    };
  }

  private String joinOfGroups() {
    String kind = dice.pick(" JOIN ", " JOIN ", " LEFT JOIN ", " FULL JOIN ");
    return "SELECT "
        + (kind.equals(" FULL JOIN ") ? "COALESCE(x.w, y.w)" : "x.w")
        + " AS w, x.n, x.k, y.n AS yn, y.m AS ym FROM ("
        + groups(window())
        + ") AS x"
        + kind
        + "("
        + groups(window())
        + ") AS y ON x.w = y.w"
        + dice.pick("", " AND x.k = y.k", " AND x.n = y.n", " AND x.n >= y.n");
  }

  private String within() {
    return dice.pick(
        "b.ts BETWEEN a.ts - INTERVAL '2' SECOND AND a.ts + INTERVAL '3' SECOND",
        "b.ts >= a.ts AND b.ts < a.ts + INTERVAL '4' SECOND",
        "a.ts BETWEEN b.ts + INTERVAL '1' SECOND AND b.ts + INTERVAL '3' SECOND",
        "b.ts = a.ts",
        "b.ts > a.ts - INTERVAL '5' SECOND AND b.ts < a.ts");
  }

  private String joinWithin() {
    String on = " ON " + dice.pick("a.k = b.k AND ", "a.k = b.k AND ", "a.v < b.v AND ") + within();
    on += dice.pick("", "", " AND a.v <> b.v", " AND b.v > 1");
    String from = table() + " AS a";
    String other = table() + " AS b";
    return switch (dice.below(7)) {
      case 0, 1 -> "SELECT a.id, b.id AS j, a.ts AS w FROM " + from + " JOIN " + other + on;
      case 2 -> "SELECT a.id, b.id AS j, a.ts AS w FROM " + from + " LEFT JOIN " + other + on;
      case 3 -> "SELECT a.id, b.id AS j, b.ts AS w FROM " + from + " RIGHT JOIN " + other + on;
      case 4 ->
          "SELECT a.id, b.id AS j, COALESCE(a.ts, b.ts) AS w FROM "
              + from
              + " FULL JOIN "
              + other
              + on;
      default ->
          "SELECT a.id, a.v, a.ts AS w FROM "
              + from
              + " WHERE "
              + dice.pick("", "NOT ")
              + "EXISTS (SELECT 1 FROM "
              + other
              + on.replaceFirst(" ON ", " WHERE ")
              + ")";
    };
  }

  private String union() {
    return "SELECT w, COUNT(*) AS n, SUM(n) AS m FROM ("
        + groups(window("{e}"))
        + " UNION ALL "
        + groups(window("{f}"))
        + ") AS u GROUP BY w";
  }

  /** The first rows of each window. */
  private String first() {
    return "SELECT id, v, w FROM (SELECT id, v, window_end AS w, "
        + dice.pick("ROW_NUMBER()", "RANK()")
        + " OVER (PARTITION BY window_start, window_end"
        + dice.pick("", ", k")
        + " ORDER BY v "
        + dice.pick("DESC NULLS LAST", "NULLS FIRST")
        + ", id) AS r FROM "
        + window().call()
        + ") AS x WHERE r <= "
        + (1 + dice.below(2));
  }

  private String windowsOfJoin() {
    String join =
        "SELECT a.id, a.k, b.v, a.s, a.ts FROM "
            + table()
            + " AS a JOIN "
            + table()
            + " AS b ON a.k = b.k AND "
            + within();
    return "WITH j AS (" + join + ") " + groups(window("j"));
  }

  private String over() {
    String table = table();
    String where =
        dice.pick(
            "",
            " WHERE v > 1",
            " WHERE ts IS NOT NULL",
            " WHERE ts IS NOT NULL",
            " WHERE ts IS NOT NULL AND v > 1");
    if (dice.oneIn(6)) {
      return "SELECT id, ts AS w, window_start AS b, window_end AS o FROM TUMBLE_ROWS(TABLE "
          + table
          + dice.pick("", " PARTITION BY k")
          + ", DESCRIPTOR(ts), "
          + (1 + dice.below(4))
          + ")"
          + where;
    }
    String over = "SELECT id, ts AS w, " + overTime() + " AS o";
    over += dice.oneIn(3) ? ", " + overTime() + " AS p" : "";
    over += " FROM " + table + where;
    return dice.oneIn(5)
        ? "SELECT w, SUM(o) AS s, COUNT(*) AS c FROM (" + over + ") AS h GROUP BY w"
        : over;
  }

  private String overTime() {
    String k = dice.pick("", "PARTITION BY k ", "PARTITION BY k ");
    return dice.pick(
        "SUM(v) OVER (" + k + "ORDER BY ts, id ROWS BETWEEN 2 PRECEDING AND CURRENT ROW)",
        "SUM(v) OVER (" + k + "ORDER BY ts RANGE INTERVAL '3' SECOND PRECEDING)",
        "LAG(v) OVER (" + k + "ORDER BY ts, id)",
        "v - LAG(v, 2, 0) OVER (" + k + "ORDER BY ts, id)",
        "MIN(id) OVER (ORDER BY ts, id ROWS BETWEEN 3 PRECEDING AND 1 PRECEDING)",
        "LEAD(v) OVER (" + k + "ORDER BY ts, id)",
        "COUNT(*) OVER (ORDER BY ts RANGE BETWEEN INTERVAL '2' SECOND PRECEDING AND INTERVAL '1' SECOND FOLLOWING)",
        "SUM(v) OVER (" + k + "ORDER BY ts, id)",
        "SUM(v) OVER (" + k + "ORDER BY ts, id)",
        "MAX(v) OVER (" + k + "ORDER BY ts)",
        "COUNT(v) OVER (" + k + "ORDER BY ts, id ROWS BETWEEN UNBOUNDED PRECEDING AND 2 PRECEDING)",
        "MIN(id) OVER ("
            + k
            + "ORDER BY ts RANGE BETWEEN UNBOUNDED PRECEDING AND INTERVAL '2' SECOND PRECEDING)",
        "BIT_XOR(id) OVER (" + k + "ORDER BY ts, id)",
        "ROW_NUMBER() OVER (" + k + "ORDER BY ts, id)",
        "RANK() OVER (" + k + "ORDER BY ts)",
        "DENSE_RANK() OVER (" + k + "ORDER BY ts)",
        "NTILE(2) OVER (" + k + "ORDER BY ts, id)",
        "MIN(v) OVER (" + k + "ORDER BY ts, id ROWS BETWEEN CURRENT ROW AND UNBOUNDED FOLLOWING)",
        "FIRST_VALUE(v) OVER (" + k + "ORDER BY ts, id)",
        "LAST_VALUE(v) OVER (" + k + "ORDER BY ts DESC, id)",
        "COUNT(*) OVER (" + k + "ORDER BY ts GROUPS BETWEEN 1 PRECEDING AND CURRENT ROW)");
  }

  /** Rows that follow each other, the last one soon behind the first. */
  private String match() {
    int within = 1 + dice.below(5);
    String pattern = dice.pick("a b+", "a b*", "a+ b", "a b+? c", "a (b | ())", "a b{2} c?");
    return "SELECT * FROM "
        + table()
        + " MATCH_RECOGNIZE ("
        + dice.pick("", "PARTITION BY k ")
        + "ORDER BY ts, id MEASURES FIRST(ts) + "
        + seconds(within)
        + " AS w, FIRST(id) AS id, COUNT(*) AS n, LAST(v) AS v, "
        + dice.pick("CLASSIFIER(ab)", "PREV(FIRST(v))", "LAST(s)", "SUM(b.v)")
        + " AS o"
        + dice.pick("", " AFTER MATCH SKIP TO NEXT ROW")
        + " PATTERN ("
        + pattern
        + ") WITHIN "
        + seconds(within)
        + " SUBSET ab = (a, b) DEFINE a AS "
        + dice.pick("TRUE", "a.v > 1", "a.s <> 'b'")
        + ", b AS "
        + dice.pick("b.v > PREV(b.v)", "b.v <> a.v", "SUM(b.v) < 9", "b.v > 0")
        + ")";
  }

  /** Windows over rows in the order of a time that the watermark bounds. */
  private String overInOrder() {
    String time = dice.pick("w", "w", "b");
    String order = dice.pick("", "PARTITION BY k ", "PARTITION BY k ") + "ORDER BY " + time;
    String all = order + ", n NULLS LAST, m NULLS LAST, k NULLS LAST";
    String call =
        switch (dice.below(10)) {
          case 0 -> "LAG(n) OVER (" + all + ")";
          case 1 -> "n - LAG(n, 2, 0) OVER (" + all + ")";
          case 2 -> "SUM(n) OVER (" + all + " ROWS 2 PRECEDING)";
          case 3 -> "MIN(m) OVER (" + all + " ROWS BETWEEN 3 PRECEDING AND 1 PRECEDING)";
          case 4 ->
              "SUM(n) OVER ("
                  + order
                  + " RANGE BETWEEN INTERVAL '3' SECOND PRECEDING AND CURRENT ROW)";
          case 5 ->
              "COUNT(*) OVER (" + order + " RANGE INTERVAL '5' SECOND PRECEDING EXCLUDE TIES)";
          case 6 ->
              dice.pick("RANK()", "DENSE_RANK()", "SUM(n)", "COUNT(m)") + " OVER (" + order + ")";
          case 7 -> "ROW_NUMBER() OVER (" + all + ")";
          case 8 -> "SUM(m) OVER (" + order + " GROUPS BETWEEN 1 PRECEDING AND CURRENT ROW)";
          default -> "MAX(n) OVER (" + order + " RANGE CURRENT ROW)";
        };
    String rows =
        dice.oneIn(3)
            ? "SELECT window_end AS w, window_start AS b, id AS n, v AS m, k FROM "
                + window().call()
                + condition(" WHERE ", "v", "k")
            : groups(window()).replace("window_end AS w", "window_end AS w, window_start AS b");
    String over = "SELECT w, b, n, k, " + call + " AS o FROM (" + rows + ") AS g";
    return switch (dice.below(4)) {
      case 0 -> "SELECT w, SUM(o) AS s, COUNT(*) AS c FROM (" + over + ") AS h GROUP BY w";
      case 1 ->
          "SELECT w, k, o, o - LAG(o) OVER (PARTITION BY k ORDER BY w, b, n NULLS LAST, o NULLS LAST) AS d FROM ("
              + over
              + ") AS h";
      default -> over;
    };
  }

  /** A row that looks ahead is final by its match, and never without one. */
  private String asof() {
    String comparison = dice.pick(">=", ">", "<=", "<");
    String time =
        comparison.startsWith(">") ? "a.ts" : "COALESCE(b.ts, TIMESTAMP '2030-01-01 00:00:00')";
    return "SELECT a.id, "
        + time
        + " AS w, b.m FROM "
        + table()
        + " AS a ASOF"
        + dice.pick(" JOIN ", " LEFT JOIN ")
        + "(SELECT k, ts, v AS m FROM "
        + table()
        + ") AS b ON a.k = b.k AND a.ts "
        + comparison
        + dice.pick(" b.ts", " b.ts", " CAST(b.ts AS TIMESTAMP(6))", " b.ts + INTERVAL '1' SECOND")
        + dice.pick("", "", " AND b.m > 1", " AND a.v > 1", " AND a.v < 3 AND b.m <> 2");
  }
}
