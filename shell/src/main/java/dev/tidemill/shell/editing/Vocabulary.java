package dev.tidemill.shell.editing;

import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.Set;

/** The keywords worth offering, by what stands before. Upper case. */
final class Vocabulary {
  /** Words that begin a statement. */
  static final List<String> FIRST =
      List.of(
          "ALTER",
          "ANALYZE",
          "CACHE",
          "COMPACT",
          "COPY",
          "CREATE",
          "DESCRIBE",
          "DROP",
          "EXPLAIN",
          "FROM",
          "INSERT",
          "PAUSE",
          "PIVOT",
          "RESET",
          "RESUME",
          "SELECT",
          "SET",
          "SHOW",
          "STOP",
          "SUMMARIZE",
          "TRUNCATE",
          "UNCACHE",
          "UNPIVOT",
          "USE",
          "VALUES",
          "WITH");

  /** Words behind which a table, a view or a standing query is named. */
  private static final Set<String> BEFORE_NAMES =
      Set.of(
          "FROM",
          "JOIN",
          "INTO",
          "TABLE",
          "VIEW",
          "QUERY",
          "DESCRIBE",
          "COPY",
          "PIVOT",
          "SUMMARIZE",
          "UNPIVOT");

  /** Words that are followed by one of a few, and nothing else. */
  private static final Map<String, List<String>> FOLLOWING =
      Map.ofEntries(
          Map.entry("ADD", List.of("COLUMN")),
          Map.entry("ALTER", List.of("TABLE")),
          Map.entry("AVAILABLE", List.of("NOW")),
          Map.entry("CACHE", List.of("TABLE")),
          Map.entry("COMPACT", List.of("TABLE")),
          Map.entry("CREATE", List.of("MATERIALIZED", "OR", "STANDING", "TABLE", "VIEW")),
          Map.entry("DROP", List.of("QUERY", "TABLE", "VIEW")),
          Map.entry("EMIT", List.of("CHANGES", "ON")),
          Map.entry("EVERY", List.of("INTERVAL")),
          Map.entry("GROUP", List.of("BY")),
          Map.entry("INSERT", List.of("INTO")),
          Map.entry("IS", List.of("NOT", "NULL")),
          Map.entry("MATERIALIZED", List.of("VIEW")),
          Map.entry("MODE", List.of("APPEND", "COMPLETE", "UPDATE")),
          Map.entry("ORDER", List.of("BY")),
          Map.entry("OUTPUT", List.of("MODE")),
          Map.entry("PARTITION", List.of("BY")),
          Map.entry("PAUSE", List.of("QUERY")),
          Map.entry("RESUME", List.of("QUERY")),
          Map.entry(
              "SHOW",
              List.of(
                  "FUNCTIONS",
                  "QUERIES",
                  "SCHEMAS",
                  "SETTINGS",
                  "STATE",
                  "TABLES",
                  "VIEWS",
                  "WATERMARKS")),
          Map.entry("STANDING", List.of("QUERY")),
          Map.entry("STOP", List.of("QUERY")),
          Map.entry("TRIGGER", List.of("AVAILABLE", "EVERY", "ONCE")),
          Map.entry("UNCACHE", List.of("TABLE")),
          Map.entry("WATERMARK", List.of("FOR")));

  /** Words that may stand anywhere else. */
  static final List<String> INNER =
      List.of(
          "ALL",
          "AND",
          "AS",
          "ASC",
          "BETWEEN",
          "BIGINT",
          "BOOLEAN",
          "BY",
          "CASE",
          "CAST",
          "CROSS",
          "CURRENT",
          "DATE",
          "DECIMAL",
          "DESC",
          "DESCRIPTOR",
          "DISTINCT",
          "DOUBLE",
          "ELSE",
          "EMIT",
          "END",
          "EXCEPT",
          "EXISTS",
          "FALSE",
          "FILTER",
          "FIRST",
          "FOLLOWING",
          "FROM",
          "FULL",
          "GROUP",
          "GROUPING",
          "HAVING",
          "IN",
          "INNER",
          "INTEGER",
          "INTERSECT",
          "INTERVAL",
          "INTO",
          "IS",
          "JOIN",
          "LAST",
          "LEFT",
          "LIKE",
          "LIMIT",
          "MINUTE",
          "NOT",
          "NULL",
          "NULLS",
          "OFFSET",
          "ON",
          "OR",
          "ORDER",
          "OUTER",
          "OUTPUT",
          "OVER",
          "PARTITION",
          "PRECEDING",
          "PRIMARY KEY",
          "RANGE",
          "RIGHT",
          "ROWS",
          "SECOND",
          "SELECT",
          "SETS",
          "SMALLINT",
          "TABLE",
          "THEN",
          "TIME",
          "TIMESTAMP",
          "TRIGGER",
          "TRUE",
          "UNBOUNDED",
          "UNION",
          "USING",
          "VALUES",
          "VARCHAR",
          "WATERMARK",
          "WHEN",
          "WHERE",
          "WINDOW",
          "WITH");

  private Vocabulary() {}

  static boolean isBeforeNames(String word) {
    return BEFORE_NAMES.contains(word.toUpperCase(Locale.ROOT));
  }

  /** Empty where much may follow. */
  static List<String> following(String word) {
    return FOLLOWING.getOrDefault(word.toUpperCase(Locale.ROOT), List.of());
  }
}
