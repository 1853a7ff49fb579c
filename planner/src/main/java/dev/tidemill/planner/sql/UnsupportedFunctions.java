package dev.tidemill.planner.sql;

import java.util.Locale;
import java.util.Map;
import java.util.Set;
import org.jspecify.annotations.Nullable;

/** Functions that people know from other databases and that are refused by name here. */
final class UnsupportedFunctions {
  private static final Set<String> AGGREGATES =
      Set.of(
          "APPROX_COUNT_DISTINCT",
          "APPROX_DISTINCT",
          "APPROX_PERCENTILE",
          "APPROX_QUANTILE",
          "APPROX_TOP_K",
          "ARBITRARY",
          "ARG_MAX",
          "ARG_MIN",
          "ARRAY_AGG",
          "ARRAY_CONCAT_AGG",
          "BITSTRING_AGG",
          "COLLECT",
          "COLLECT_LIST",
          "COLLECT_SET",
          "CORR",
          "COVAR_POP",
          "COVAR_SAMP",
          "ENTROPY",
          "FAVG",
          "FIRST",
          "FSUM",
          "GEOMETRIC_MEAN",
          "GEOMEAN",
          "GROUP_CONCAT",
          "HISTOGRAM",
          "JSONB_AGG",
          "JSONB_OBJECT_AGG",
          "JSON_AGG",
          "JSON_ARRAYAGG",
          "JSON_GROUP_ARRAY",
          "JSON_GROUP_OBJECT",
          "JSON_OBJECTAGG",
          "JSON_OBJECT_AGG",
          "KURTOSIS",
          "KURTOSIS_POP",
          "KURT_POP",
          "LAST",
          "LIST",
          "LISTAGG",
          "MAD",
          "MAP_AGG",
          "MAX_BY",
          "MEDIAN",
          "MIN_BY",
          "MODE",
          "MULTIMAP_AGG",
          "PERCENTILE",
          "PERCENTILE_APPROX",
          "PERCENTILE_CONT",
          "PERCENTILE_DISC",
          "PRODUCT",
          "QUANTILE",
          "QUANTILE_CONT",
          "QUANTILE_DISC",
          "REGR_AVGX",
          "REGR_AVGY",
          "REGR_COUNT",
          "REGR_INTERCEPT",
          "REGR_R2",
          "REGR_SLOPE",
          "REGR_SXX",
          "REGR_SXY",
          "REGR_SYY",
          "RESERVOIR_QUANTILE",
          "SEM",
          "SKEWNESS",
          "STRING_AGG",
          "SUMKAHAN",
          "XMLAGG");

  private static final Map<String, String> OTHERS =
      Map.ofEntries(
          Map.entry("ARRAY", "ARRAY constructor"),
          Map.entry("EXPLODE", "the table function EXPLODE"),
          Map.entry("FROM_JSON", "the function FROM_JSON"),
          Map.entry("GENERATE_SERIES", "the table function GENERATE_SERIES"),
          Map.entry("MAKE_TIMESTAMPTZ", "TIMESTAMP WITH TIME ZONE"),
          Map.entry("READ_CSV", "the table function READ_CSV"),
          Map.entry("READ_JSON", "the table function READ_JSON"),
          Map.entry("READ_PARQUET", "the table function READ_PARQUET"),
          Map.entry("UNNEST", "UNNEST"));

  private UnsupportedFunctions() {}

  /** What a refusal calls the function, or null if it is not one that is well known. */
  static @Nullable String construct(String name) {
    String upper = name.toUpperCase(Locale.ROOT);
    return AGGREGATES.contains(upper) ? "the aggregate function " + upper : OTHERS.get(upper);
  }
}
