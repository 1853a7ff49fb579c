package dev.tidemill.planner.sql;

import java.util.Locale;
import java.util.Map;
import java.util.Set;
import org.jspecify.annotations.Nullable;

/** Functions that people know from other databases and that are refused by name here. */
final class UnsupportedFunctions {
  private static final Set<String> AGGREGATES =
      Set.of(
          "ARRAY_CONCAT_AGG",
          "BITSTRING_AGG",
          "COLLECT",
          "JSONB_AGG",
          "JSONB_OBJECT_AGG",
          "JSON_ARRAYAGG",
          "JSON_OBJECTAGG",
          "LAST",
          "MULTIMAP_AGG",
          "XMLAGG");

  private static final String SESSIONS = "SESSION(TABLE t PARTITION BY k, DESCRIPTOR(ts), gap)";

  private static final Map<String, String> OTHERS =
      Map.ofEntries(
          Map.entry("$HOP", grouped("HOP(ts, …)", "HOP(TABLE t, DESCRIPTOR(ts), …)")),
          Map.entry("$SESSION", grouped("SESSION(ts, …)", SESSIONS)),
          Map.entry("$TUMBLE", grouped("TUMBLE(ts, …)", "TUMBLE(TABLE t, DESCRIPTOR(ts), …)")),
          Map.entry(
              "AGE",
              "AGE, whose intervals have months and days (a - b has days, (a - b) MONTH months),"),
          Map.entry("ARRAY", "ARRAY constructor"),
          Map.entry("EXPLODE", "the table function EXPLODE"),
          Map.entry(
              "FROM_JSON",
              "the function FROM_JSON (JSON_EXTRACT_STRING(j, '$.a') gives one value of a text, to CAST)"),
          Map.entry("GENERATE_SERIES", "the table function GENERATE_SERIES"),
          Map.entry(
              "MAKE_INTERVAL",
              "MAKE_INTERVAL, of months and days (MAKE_YM_INTERVAL and MAKE_DT_INTERVAL make one of either),"),
          Map.entry(
              "PROCTIME",
              "PROCTIME() outside of a column of CREATE TABLE (CURRENT_TIMESTAMP is the time)"),
          Map.entry("PARQUET_SCAN", "the table function PARQUET_SCAN"),
          Map.entry("READ_CSV", "the table function READ_CSV"),
          Map.entry("READ_CSV_AUTO", "the table function READ_CSV_AUTO"),
          Map.entry("READ_JSON", "the table function READ_JSON"),
          Map.entry("READ_JSON_AUTO", "the table function READ_JSON_AUTO"),
          Map.entry("READ_NDJSON", "the table function READ_NDJSON"),
          Map.entry("READ_NDJSON_AUTO", "the table function READ_NDJSON_AUTO"),
          Map.entry("READ_PARQUET", "the table function READ_PARQUET"),
          Map.entry("SESSION_WINDOW", grouped("SESSION_WINDOW(ts, …)", SESSIONS)),
          Map.entry("UNNEST", "UNNEST"));

  private UnsupportedFunctions() {}

  private static String grouped(String written, String table) {
    return "GROUP BY %s, which is FROM %s GROUP BY window_start, window_end here,"
        .formatted(written, table);
  }

  /** What a refusal calls the function, or null if it is not one that is well known. */
  static @Nullable String construct(String name) {
    String upper = name.toUpperCase(Locale.ROOT);
    return AGGREGATES.contains(upper) ? "the aggregate function " + upper : OTHERS.get(upper);
  }
}
