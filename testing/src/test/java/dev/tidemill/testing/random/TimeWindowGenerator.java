package dev.tidemill.testing.random;

import static dev.tidemill.testing.random.Tree.of;
import static dev.tidemill.testing.random.Tree.word;

import java.util.ArrayList;
import java.util.List;

/** Tables in windows of time; for DuckDB, which has no such functions, what they mean. */
final class TimeWindowGenerator {
  private final Dice dice;
  private final Draft draft;

  TimeWindowGenerator(Dice dice, Draft draft) {
    this.dice = dice;
    this.draft = draft;
  }

  /** A window function's call, as each engine writes it, over a table. */
  private record Call(String ours, String theirs, boolean byKey) {}

  /** The rows with their windows. */
  Source rows(String alias) {
    Relation table = draft.table();
    List<Column> columns = new ArrayList<>(table.as(alias));
    columns.add(new Column(alias + ".window_start", Kind.TIME));
    columns.add(new Column(alias + ".window_end", Kind.TIME));
    Call call = call(table.name());
    return new Source(of("source", word(call.ours(), call.theirs()), " AS " + alias), columns);
  }

  /** One row a window, and a key: what is aggregated of an aggregate of windows is, too. */
  Source groups(String alias) {
    Call call = call(draft.table().name());
    String keys =
        call.byKey() || dice.oneIn(2) ? "window_start, window_end, k" : "window_start, window_end";
    String key = keys.endsWith("k") ? "k" : "MIN(k)";
    Tree groups =
        of(
            "query",
            "SELECT window_start AS c0, window_end AS c1, " + key + " AS c2, ",
            dice.pick("COUNT(*)", "COUNT(DISTINCT s)", "SUM(g)", "MAX(g) - MIN(k)"),
            " AS c3, ",
            dice.pick("MIN(s)", "MAX(s)", "MIN(s) FILTER (WHERE k > 1)"),
            " AS c4 FROM ",
            word(call.ours(), call.theirs()),
            dice.pick(" AS z", " AS z", " AS z WHERE g IS NOT NULL"),
            " GROUP BY " + keys);
    Tree inner =
        dice.oneIn(3)
            ? of(
                "query",
                "SELECT c0, MAX(c1) AS c1, COUNT(c2) AS c2, SUM(c3) AS c3, MAX(c4) AS c4 FROM (",
                groups,
                ") AS y GROUP BY c0")
            : groups;
    return new Source(
        of("source", "(", inner, ") AS " + alias),
        Relation.of(alias, List.of(Kind.TIME, Kind.TIME, Kind.NUMBER, Kind.NUMBER, Kind.TEXT))
            .as(alias));
  }

  private Call call(String table) {
    String time = dice.pick("ts", "ts", "u");
    int minutes = dice.pick(List.of(10, 30, 60, 1440));
    int times = 1 + dice.below(3);
    String step = "INTERVAL '" + minutes + "' MINUTE";
    String size = "INTERVAL '" + minutes * times + "' MINUTE";
    String of = "(TABLE " + table + ", DESCRIPTOR(" + time + "), ";
    String from = " FROM " + table;
    return switch (dice.below(5)) {
      case 0 ->
          new Call(
              "TUMBLE" + of + size + ")",
              "(SELECT *, %s AS window_start, window_start + %s AS window_end%s WHERE %s IS NOT NULL)"
                  .formatted(start(time, minutes * times), size, from, time),
              false);
      case 1 ->
          new Call(
              "HOP" + of + step + ", " + size + ")",
              ("(SELECT * EXCLUDE (n), %s - n * %s AS window_start, window_start + %s AS window_end"
                      + "%s, range(%d) AS r(n) WHERE %s IS NOT NULL)")
                  .formatted(start(time, minutes), step, size, from, times, time),
              false);
      case 2 ->
          new Call(
              "CUMULATE" + of + step + ", " + size + ")",
              ("(SELECT * EXCLUDE (n), %s AS window_start, window_start + (n + 1) * %s AS window_end"
                      + "%s, range(%d) AS r(n) WHERE %s < window_end)")
                  .formatted(start(time, minutes * times), step, from, times, time),
              false);
      case 3 -> session(table, "", time, size);
      default -> session(table, "k", time, size);
    };
  }

  /** Times before 1970 are negative, and so are their remainders. */
  private static String start(String time, int minutes) {
    String micros = "epoch_us(CAST(" + time + " AS TIMESTAMP))";
    String size = minutes + "::BIGINT * 60000000";
    return "make_timestamp(%s - ((%s %% (%s)) + %s) %% (%s))"
        .formatted(micros, micros, size, size, size);
  }

  private static Call session(String table, String key, String time, String gap) {
    String by = key.isEmpty() ? "" : "PARTITION BY " + key + " ";
    String with = key.isEmpty() ? "" : "PARTITION BY " + key + ", n";
    String distance = "%s - LAG(%s) OVER (%sORDER BY %s)".formatted(time, time, by, time);
    String begins =
        "SELECT *, CASE WHEN %s <= %s THEN 0 ELSE 1 END AS b FROM %s WHERE %s IS NOT NULL"
            .formatted(distance, gap, table, time);
    String numbered =
        "SELECT *, SUM(b) OVER (%sORDER BY %s) AS n FROM (%s)".formatted(by, time, begins);
    String over = " OVER (" + (with.isEmpty() ? "PARTITION BY n" : with) + ")";
    return new Call(
        "SESSION(TABLE %s %s, DESCRIPTOR(%s), %s)"
            .formatted(table, key.isEmpty() ? "" : "PARTITION BY " + key, time, gap),
        "(SELECT * EXCLUDE (b, n), MIN(%s)%s AS window_start, MAX(%s)%s + %s AS window_end FROM (%s))"
            .formatted(time, over, time, over, gap, numbered),
        !key.isEmpty());
  }
}
