package dev.tidemill.planner.sql;

/**
 * Functions that are short for expressions of others: a name, how many arguments, and the
 * expression. In this {@code a1}, {@code a2}, … stand for the arguments, and names that begin with
 * {@code v} for parameters of lambdas. A definition may call others, not itself.
 */
final class MacroDefinitions {
  private MacroDefinitions() {}

  /** A name, how many arguments, and the expression. */
  static final String[][] ALL = {
    // Casts.
    {"INT", "1", "CAST(a1 AS INTEGER)"},
    {"BIGINT", "1", "CAST(a1 AS BIGINT)"},
    {"SMALLINT", "1", "CAST(a1 AS SMALLINT)"},
    {"TINYINT", "1", "CAST(a1 AS TINYINT)"},
    {"DOUBLE", "1", "CAST(a1 AS DOUBLE)"},
    {"FLOAT", "1", "CAST(a1 AS REAL)"},
    {"BOOLEAN", "1", "CAST(a1 AS BOOLEAN)"},
    // Numbers.
    {"ADD", "2", "a1 + a2"},
    {"SUBTRACT", "2", "a1 - a2"},
    {"MULTIPLY", "2", "a1 * a2"},
    {"DIVIDE", "2", "a1 / a2"},
    {"FDIV", "2", "FLOOR(CAST(a1 AS DOUBLE) / CAST(a2 AS DOUBLE))"},
    {"FMOD", "2", "a1 - CAST(a2 AS DOUBLE) * FLOOR(CAST(a1 AS DOUBLE) / a2)"},
    {"DIV", "2", "CAST(TRUNC(a1 / a2) AS BIGINT)"},
    {"PMOD", "2", "MOD(MOD(a1, a2) + a2, a2)"},
    {"XOR", "2", "BITXOR(a1, a2)"},
    {"NEGATIVE", "1", "- a1"},
    {"POSITIVE", "1", "+ a1"},
    {"HYPOT", "2", "SQRT(CAST(a1 AS DOUBLE) * a1 + CAST(a2 AS DOUBLE) * a2)"},
    {"CSC", "1", "1e0 / SIN(a1)"},
    {"SEC", "1", "1e0 / COS(a1)"},
    {"BIN", "1", "TO_BASE(a1, 2)"},
    {"TO_BINARY", "1", "TO_BASE(a1, 2)"},
    {"TO_BASE", "3", "LPAD(TO_BASE(a1, a2), GREATEST(a3, LEN(TO_BASE(a1, a2))), '0')"},
    {"ISFINITE", "1", "NOT (ISNAN(a1) OR ISINF(a1))"},
    {"SIGNBIT", "1", "a1 < 0"},
    {
      "EVEN",
      "1",
      "CASE WHEN a1 >= 0 THEN CEIL(CAST(a1 AS DOUBLE) / 2) * 2 ELSE FLOOR(CAST(a1 AS DOUBLE) / 2) * 2 END"
    },
    // Text.
    {"STRLEN", "1", "OCTET_LENGTH(a1)"},
    {"LIKE_ESCAPE", "3", "a1 LIKE a2 ESCAPE a3"},
    {"NOT_LIKE_ESCAPE", "3", "a1 NOT LIKE a2 ESCAPE a3"},
    {"ILIKE_ESCAPE", "3", "a1 ILIKE a2 ESCAPE a3"},
    {"REGEXP_FULL_MATCH", "2", "REGEXP_LIKE(a1, '\\A(?:' || a2 || ')\\z')"},
    {"REGEXP_FULL_MATCH", "3", "REGEXP_LIKE(a1, '\\A(?:' || a2 || ')\\z', a3)"},
    {
      "SUBSTRING_INDEX",
      "3",
      "CASE WHEN a3 = 0 OR a2 = '' THEN CASE WHEN a1 IS NOT NULL AND a2 IS NOT NULL THEN '' END"
          + " WHEN a3 > 0 THEN LIST_AGGREGATE_TEXT(STRING_SPLIT(a1, a2)[1:a3], a2)"
          + " ELSE LIST_AGGREGATE_TEXT(STRING_SPLIT(a1, a2)[a3:], a2) END"
    },
    {
      "FIND_IN_SET",
      "2",
      "CASE WHEN CONTAINS(a1, ',') THEN 0 ELSE COALESCE(LIST_POSITION(STRING_SPLIT(a2, ','), a1), CASE WHEN a1 IS NOT NULL AND a2 IS NOT NULL THEN 0 END) END"
    },
    {"PARSE_FILENAME", "1", "REGEXP_REPLACE(a1, '^.*[/\\\\]', '')"},
    {
      "PARSE_FILENAME",
      "2",
      "CASE WHEN a2 THEN REGEXP_REPLACE(REGEXP_REPLACE(a1, '^.*[/\\\\]', ''), '(?<=.)\\.[^.]*$', '') ELSE REGEXP_REPLACE(a1, '^.*[/\\\\]', '') END"
    },
    {"TRY_STRPTIME", "2", "TRY(STRPTIME(a1, a2))"},
    {"NOT_ILIKE_ESCAPE", "3", "a1 NOT ILIKE a2 ESCAPE a3"},
    {"REGEXP_ESCAPE", "1", "REGEXP_REPLACE(a1, '([^a-zA-Z0-9_])', '\\\\$1')"},
    // Dates and times.
    {"DATETRUNC", "2", "DATE_TRUNC(a1, a2)"},
    {"DATESUB", "3", "DATE_SUB(a1, a2, a3)"},
    {"TO_QUARTERS", "1", "TO_MONTHS(a1 * 3)"},
    {"TO_DECADES", "1", "TO_YEARS(a1 * 10)"},
    {"TO_CENTURIES", "1", "TO_YEARS(a1 * 100)"},
    {"TO_MILLENNIA", "1", "TO_YEARS(a1 * 1000)"},
    {"YEARWEEK", "1", "ISOYEAR(a1) * 100 + WEEK(a1)"},
    {"ERA", "1", "CASE WHEN YEAR(a1) > 0 THEN 1 WHEN YEAR(a1) <= 0 THEN 0 END"},
    {"JULIAN", "1", "CAST(EPOCH_US(CAST(a1 AS TIMESTAMP(6))) AS DOUBLE) / 86400000000e0 + 2440588"},
    {"MAKE_TIMESTAMP", "1", "TIMESTAMP_MICROS(a1)"},
    {"MAKE_TIMESTAMP_MS", "1", "TIMESTAMP_MILLIS(a1)"},
    {"GET_CURRENT_TIMESTAMP", "0", "CURRENT_TIMESTAMP"},
    {"TRANSACTION_TIMESTAMP", "0", "CURRENT_TIMESTAMP"},
    {"CURRENT_LOCALTIMESTAMP", "0", "LOCALTIMESTAMP"},
    {
      "MAKE_TIME",
      "3",
      "CAST(MAKE_TIMESTAMP(1970, 1, 1, a1, a2, CAST(a3 AS DECIMAL(18, 6))) AS TIME(6))"
    },
    {"GET_CURRENT_TIME", "0", "LOCALTIME"},
    {"UNIX_DATE", "1", "DATE_DIFF('day', DATE '1970-01-01', a1)"},
    {"DATE_FROM_UNIX_DATE", "1", "DATE '1970-01-01' + a1"},
    {
      "TIME_BUCKET",
      "3",
      "TIME_BUCKET(a1, CAST(a2 AS TIMESTAMP(6)) - (CAST(a3 AS TIMESTAMP(6)) - TIME_BUCKET(a1, CAST(a3 AS TIMESTAMP(6)))) DAY TO SECOND) + (CAST(a3 AS TIMESTAMP(6)) - TIME_BUCKET(a1, CAST(a3 AS TIMESTAMP(6)))) DAY TO SECOND"
    },
    // JSON.
    {"JSON_EXTRACT_PATH", "2", "JSON_EXTRACT(a1, a2)"},
    {"JSON_EXTRACT_PATH_TEXT", "2", "JSON_EXTRACT_STRING(a1, a2)"},
    {"JSON_ARRAY_LENGTH", "2", "JSON_ARRAY_LENGTH(JSON_EXTRACT(a1, a2))"},
    {"JSON_TYPE", "2", "JSON_TYPE(JSON_EXTRACT(a1, a2))"},
    {"JSON_QUOTE", "1", "TO_JSON(a1)"},
    {"JSON_KEYS", "2", "JSON_KEYS(JSON_EXTRACT(a1, a2))"},
    {"JSON_MERGE_PATCH", "3", "JSON_MERGE_PATCH(JSON_MERGE_PATCH(a1, a2), a3)"},
    // Lists and maps. What is inside of a lambda is there once for each element, so no list is.
    {"LIST_RESIZE", "2", "LIST_SELECT(a1, RANGE(1, COALESCE(a2, 0) + 1))"},
    {
      "LIST_RESIZE",
      "3",
      "LIST_CONCAT(a1[1:COALESCE(a2, 0)], LIST_SELECT(ARRAY[a3], LIST_TRANSFORM(RANGE(LEN(a1), COALESCE(a2, 0)), v -> 1)))"
    },
    {
      "LIST_WHERE",
      "2",
      "CASE WHEN a1 IS NOT NULL AND a2 IS NOT NULL THEN"
          + " LIST_TRANSFORM(LIST_FILTER(LIST_ZIP(a1, a2), v -> v[2]), v -> v[1]) END"
    },
    {"ARRAYS_ZIP", "2", "CASE WHEN a1 IS NOT NULL AND a2 IS NOT NULL THEN LIST_ZIP(a1, a2) END"},
    {"LIST_BOOL_AND", "1", "CASE WHEN LIST_COUNT(a1) > 0 THEN NOT CONTAINS(a1, FALSE) END"},
    {"LIST_BOOL_OR", "1", "CASE WHEN LIST_COUNT(a1) > 0 THEN CONTAINS(a1, TRUE) END"},
    {
      "LIST_VAR_POP",
      "1",
      "LIST_TRANSFORM(ARRAY[LIST_AVG(a1)], v -> LIST_AVG(LIST_TRANSFORM(a1, vi -> (CAST(vi AS DOUBLE) - v) * (CAST(vi AS DOUBLE) - v))))[1]"
    },
    {
      "LIST_MAD",
      "1",
      "LIST_TRANSFORM(ARRAY[LIST_MEDIAN(a1)], v -> LIST_MEDIAN(LIST_TRANSFORM(a1, vi -> ABS(CAST(vi AS DOUBLE) - v))))[1]"
    },
    {
      "LIST_PRODUCT",
      "1",
      "LIST_REDUCE(LIST_TRANSFORM(LIST_FILTER(a1, v -> v IS NOT NULL), v -> CAST(v AS DOUBLE)), (v, vi) -> v * vi)"
    },
    {
      "LIST_MEDIAN",
      "1",
      "LIST_MEDIAN_SORTED(LIST_SORT(LIST_TRANSFORM(LIST_FILTER(a1, v -> v IS NOT NULL), v -> CAST(v AS DOUBLE))))"
    },
    {"LIST_VAR_SAMP", "1", "LIST_VAR_POP(a1) * LIST_COUNT(a1) / NULLIF(LIST_COUNT(a1) - 1, 0)"},
    {"LIST_STDDEV_POP", "1", "SQRT(LIST_VAR_POP(a1))"},
    {"LIST_STDDEV_SAMP", "1", "SQRT(LIST_VAR_SAMP(a1))"},
    {"LIST_NEGATIVE_INNER_PRODUCT", "2", "- LIST_INNER_PRODUCT(a1, a2)"},
    {"LIST_COSINE_DISTANCE", "2", "1e0 - LIST_COSINE_SIMILARITY(a1, a2)"},
    {
      "LIST_GRADE_UP",
      "1",
      "LIST_TRANSFORM(LIST_SORT(LIST_TRANSFORM(a1, (v, vi) -> ROW(v, vi))), v -> v[2])"
    },
    {"MAP_EXTRACT_VALUE", "2", "a1[a2]"},
    {
      "MAP_CONCAT",
      "2",
      "CASE WHEN a1 IS NULL THEN a2 WHEN a2 IS NULL THEN a1 ELSE MAP_FROM_ENTRIES(LIST_CONCAT(LIST_FILTER(MAP_ENTRIES(a1), v -> NOT MAP_CONTAINS(a2, v[1])), MAP_ENTRIES(a2))) END"
    },
    {
      "MAP_EXTRACT",
      "2",
      "CASE WHEN MAP_CONTAINS(a1, a2) THEN ARRAY[a1[a2]] WHEN NOT MAP_CONTAINS(a1, a2) THEN [] END"
    },
    {"MAP_CONTAINS_VALUE", "2", "CONTAINS(MAP_VALUES(a1), a2)"},
    {"MAP_CONTAINS_ENTRY", "3", "COALESCE(a1[a2] = a3, FALSE)"},
    {"STRUCT_EXTRACT", "2", "a1[a2]"},
    {"GEN_RANDOM_UUID", "0", "UUID()"},
    {"PG_TYPEOF", "1", "LOWER(TYPEOF(a1))"},
    // More of numbers.
    {"EQUAL_NULL", "2", "a1 IS NOT DISTINCT FROM a2"},
    {"ISNULL", "1", "a1 IS NULL"},
    {"ISNOTNULL", "1", "a1 IS NOT NULL"},
    {"NULLIFZERO", "1", "NULLIF(a1, 0)"},
    {"ZEROIFNULL", "1", "COALESCE(a1, 0)"},
    {"NANVL", "2", "CASE WHEN ISNAN(a1) THEN a2 ELSE a1 END"},
    {"RINT", "1", "ROUND_EVEN(CAST(a1 AS DOUBLE))"},
    {"SIGNUM", "1", "SIGN(CAST(a1 AS DOUBLE))"},
    {"GETBIT", "2", "BITAND(SHIFTRIGHT(a1, a2), 1)"},
    {"FORMAT_NUMBER", "2", "FORMAT('{:,.' || a2 || 'f}', a1)"},
    {"TRY_ADD", "2", "TRY(a1 + a2)"},
    {"TRY_SUBTRACT", "2", "TRY(a1 - a2)"},
    {"TRY_MULTIPLY", "2", "TRY(a1 * a2)"},
    {"TRY_DIVIDE", "2", "TRY(a1 / a2)"},
    {"TRY_MOD", "2", "TRY(MOD(a1, a2))"},
    {
      "CONV",
      "3",
      "CASE WHEN a2 BETWEEN 2 AND 36 AND a3 BETWEEN 2 AND 36 THEN CASE WHEN STARTS_WITH(LTRIM(a1), '-') THEN '-' ELSE '' END"
          + " || TO_BASE(LIST_REDUCE(LIST_TRANSFORM(STRING_SPLIT(REGEXP_EXTRACT(UPPER(a1), '^ *-?([0-9A-Z]+)', 1), ''),"
          + " v -> CAST(STRPOS(LEFT('0123456789ABCDEFGHIJKLMNOPQRSTUVWXYZ', a2), v) - 1 AS BIGINT)), (v, vi) -> v * a2 + vi, CAST(0 AS BIGINT)), a3) END"
    },
    {
      "FORMAT_BYTES",
      "1",
      "CASE WHEN ABS(a1) < 1024 THEN a1 || CASE WHEN ABS(a1) = 1 THEN ' byte' ELSE ' bytes' END"
          + " ELSE FORMAT_UNITS(a1, 1024e0, ['KiB', 'MiB', 'GiB', 'TiB', 'PiB', 'EiB']) END"
    },
    {
      "FORMATREADABLEDECIMALSIZE",
      "1",
      "CASE WHEN ABS(a1) < 1000 THEN a1 || CASE WHEN ABS(a1) = 1 THEN ' byte' ELSE ' bytes' END"
          + " ELSE FORMAT_UNITS(a1, 1000e0, ['kB', 'MB', 'GB', 'TB', 'PB', 'EB']) END"
    },
    // More of text.
    {
      "MASK", "1", "MASK(a1, 'X', 'x', 'n')",
    },
    {"MASK", "2", "MASK(a1, a2, 'x', 'n')"},
    {"MASK", "3", "MASK(a1, a2, a3, 'n')"},
    {
      "MASK",
      "4",
      "ARRAY_TO_STRING(LIST_TRANSFORM(STRING_SPLIT(a1, ''), v -> CASE WHEN REGEXP_LIKE(v, '\\p{Lu}') THEN COALESCE(a2, v)"
          + " WHEN REGEXP_LIKE(v, '\\p{Ll}') THEN COALESCE(a3, v) WHEN REGEXP_LIKE(v, '\\p{Nd}') THEN COALESCE(a4, v) ELSE v END), '')"
    },
    {
      "REGEXP_INSTR",
      "2",
      "COALESCE(CHAR_LENGTH(REGEXP_EXTRACT(a1, '\\A([\\s\\S]*?)(?:' || a2 || ')', 1)) + 1, CASE WHEN a1 IS NOT NULL AND a2 IS NOT NULL THEN 0 END)"
    },
    {
      "PARSE_DIRPATH",
      "1",
      "COALESCE(REGEXP_EXTRACT(a1, '^(.*)[/\\\\]', 1), CASE WHEN a1 IS NOT NULL THEN '' END)"
    },
    {
      "PARSE_DIRNAME",
      "1",
      "COALESCE(REGEXP_EXTRACT(a1, '^([/\\\\]|[^/\\\\]+(?=[/\\\\]))', 1), CASE WHEN a1 IS NOT NULL THEN '' END)"
    },
    {"PARSE_PATH", "1", "REGEXP_EXTRACT_ALL(a1, '^[/\\\\]|[^/\\\\]+')"},
    {
      "PARSE_URL",
      "2",
      "CASE a2 WHEN 'PROTOCOL' THEN REGEXP_EXTRACT(a1, '^([^:/?#]+):', 1)"
          + " WHEN 'HOST' THEN REGEXP_EXTRACT(a1, '^[^:/?#]+://(?:[^/?#@]*@)?([^:/?#]+)', 1)"
          + " WHEN 'PORT' THEN REGEXP_EXTRACT(a1, '^[^:/?#]+://(?:[^/?#@]*@)?[^:/?#]+:([0-9]+)', 1)"
          + " WHEN 'AUTHORITY' THEN REGEXP_EXTRACT(a1, '^[^:/?#]+://([^/?#]+)', 1)"
          + " WHEN 'USERINFO' THEN REGEXP_EXTRACT(a1, '^[^:/?#]+://([^/?#@]*)@', 1)"
          + " WHEN 'PATH' THEN REGEXP_EXTRACT(a1, '^[^:/?#]+://[^/?#]*([^?#]*)', 1)"
          + " WHEN 'FILE' THEN REGEXP_EXTRACT(a1, '^[^:/?#]+://[^/?#]*([^#]*)', 1)"
          + " WHEN 'QUERY' THEN REGEXP_EXTRACT(a1, '^[^?#]*[?]([^#]*)', 1)"
          + " WHEN 'REF' THEN REGEXP_EXTRACT(a1, '#(.*)$', 1) END"
    },
    {
      "PARSE_URL",
      "3",
      "CASE WHEN a2 = 'QUERY' THEN REGEXP_EXTRACT(PARSE_URL(a1, 'QUERY'), '(?:^|&)' || REGEXP_ESCAPE(a3) || '=([^&]*)', 1) END"
    },
    {"STR_TO_MAP", "1", "STR_TO_MAP(a1, ',', ':')"},
    {"STR_TO_MAP", "2", "STR_TO_MAP(a1, a2, ':')"},
    {
      "STR_TO_MAP",
      "3",
      "MAP_FROM_ENTRIES(LIST_TRANSFORM(STRING_SPLIT(a1, a2), v -> ROW(CASE WHEN CONTAINS(v, a3) THEN LEFT(v, STRPOS(v, a3) - 1) ELSE v END,"
          + " CASE WHEN CONTAINS(v, a3) THEN SUBSTR(v, STRPOS(v, a3) + CHAR_LENGTH(a3)) END)))"
    },
    {"SHA", "1", "SHA1(a1)"},
    {"SHA2", "2", "CASE WHEN a2 IN (0, 256) THEN SHA256(a1) WHEN a2 = 512 THEN SHA512(a1) END"},
    {"ENCODE", "1", "UNHEX(HEX(a1))"},
    {"DECODE", "1", "URL_DECODE(REGEXP_REPLACE(TO_HEX(a1), '(..)', '%$1'))"},
    {"TRY_URL_DECODE", "1", "TRY(URL_DECODE(a1))"},
    {"STRING", "1", "CAST(a1 AS VARCHAR)"},
    {
      "ASSERT_TRUE",
      "1",
      "CASE WHEN NOT COALESCE(a1, FALSE) THEN RAISE_ERROR('the condition is not true') END"
    },
    {"ASSERT_TRUE", "2", "CASE WHEN NOT COALESCE(a1, FALSE) THEN RAISE_ERROR(a2) END"},
    {"UUIDV4", "0", "UUID()"},
    // More of times.
    {"DATE", "1", "CAST(a1 AS DATE)"},
    {"TIMESTAMP", "1", "CAST(a1 AS TIMESTAMP(6))"},
    {"TO_TIMESTAMP_NTZ", "1", "CAST(a1 AS TIMESTAMP(6))"},
    {"TO_TIMESTAMP_NTZ", "2", "TO_TIMESTAMP(a1, a2)"},
    {"TO_TIMESTAMP_LTZ", "1", "CAST(a1 AS TIMESTAMP(6) WITH LOCAL TIME ZONE)"},
    {"TO_TIMESTAMP_LTZ", "2", "CAST(TO_TIMESTAMP(a1, a2) AS TIMESTAMP(6) WITH LOCAL TIME ZONE)"},
    {"TO_DATE", "1", "CAST(a1 AS DATE)"},
    {"TO_TIME", "1", "CAST(a1 AS TIME(6))"},
    {"TRY_TO_DATE", "1", "TRY_CAST(a1 AS DATE)"},
    {"TRY_TO_DATE", "2", "TRY(TO_DATE(a1, a2))"},
    {"TRY_TO_TIME", "1", "TRY_CAST(a1 AS TIME(6))"},
    {"TRY_TO_TIMESTAMP", "1", "TRY_CAST(a1 AS TIMESTAMP(6))"},
    {"TRY_TO_TIMESTAMP", "2", "TRY(TO_TIMESTAMP(a1, a2))"},
    {"TRY_MAKE_TIMESTAMP", "6", "TRY(MAKE_TIMESTAMP(a1, a2, a3, a4, a5, a6))"},
    {"MAKE_TIMESTAMP_NTZ", "6", "MAKE_TIMESTAMP(a1, a2, a3, a4, a5, a6)"},
    {"MAKE_TIMESTAMP_LTZ", "6", "MAKE_TIMESTAMPTZ(a1, a2, a3, a4, a5, a6)"},
    {"MAKE_TIMESTAMP_LTZ", "7", "MAKE_TIMESTAMPTZ(a1, a2, a3, a4, a5, a6, a7)"},
    {"CURDATE", "0", "CURRENT_DATE"},
    {"CURRENT_LOCALTIME", "0", "LOCALTIME"},
    {"AGO", "1", "CURRENT_TIMESTAMP - a1"},
    {"DAYS_IN_MONTH", "1", "DAY(LAST_DAY(a1))"},
    {
      "NEXT_DAY",
      "2",
      "CAST(a1 AS DATE) + (1 + MOD(CASE WHEN LENGTH(a2) IN (2, 3) OR ENDS_WITH(UPPER(a2), 'DAY')"
          + " THEN CASE UPPER(LEFT(a2, 2)) WHEN 'MO' THEN 1 WHEN 'TU' THEN 2 WHEN 'WE' THEN 3 WHEN 'TH' THEN 4 WHEN 'FR' THEN 5 WHEN 'SA' THEN 6 WHEN 'SU' THEN 7 END END"
          + " - ISODOW(a1) + 6, 7))"
    },
    {"TO_UNIX_TIMESTAMP", "1", "UNIX_TIMESTAMP(a1)"},
    {"TO_UNIX_TIMESTAMP", "2", "UNIX_TIMESTAMP(a1, a2)"},
    {"FROM_UTC_TIMESTAMP", "2", "CAST(a1 AS TIMESTAMP(6)) AT TIME ZONE 'UTC' AT TIME ZONE a2"},
    {"TO_UTC_TIMESTAMP", "2", "CAST(a1 AS TIMESTAMP(6)) AT TIME ZONE a2 AT TIME ZONE 'UTC'"},
    {"CONVERT_TIMEZONE", "3", "CAST(a3 AS TIMESTAMP(6)) AT TIME ZONE a1 AT TIME ZONE a2"},
    // More of lists.
    {"GET", "2", "CASE WHEN a2 >= 0 THEN a1[CAST(a2 AS BIGINT) + 1] END"},
    {"TRY_ELEMENT_AT", "2", "TRY(ELEMENT_AT(a1, a2))"},
    {"ARRAY_REPEAT", "2", "LIST_TRANSFORM(RANGE(0, GREATEST(a2, 0)), v -> a1)"},
    {
      "ARRAY_INSERT",
      "3",
      "CASE WHEN a2 = 0 THEN RAISE_ERROR('elements are counted from 1, or from -1 at the end')"
          + " WHEN a2 > 0 THEN LIST_CONCAT(LIST_RESIZE(a1, a2 - 1), ARRAY[a3], a1[a2:])"
          + " WHEN LEN(a1) + a2 >= -1 THEN LIST_CONCAT(a1[:LEN(a1) + a2 + 1], ARRAY[a3], a1[LEN(a1) + a2 + 2:])"
          + " WHEN a2 < 0 THEN LIST_CONCAT(ARRAY[a3], LIST_RESIZE(a1[1:0], - LEN(a1) - a2 - 1), a1) END"
    },
    {"LIST_HISTOGRAM", "1", "CASE WHEN LIST_COUNT(a1) > 0 THEN LIST_ELEMENT_COUNTS(a1) END"},
    {
      "LIST_MODE",
      "1",
      "LIST_SORT(LIST_TRANSFORM(MAP_ENTRIES(LIST_ELEMENT_COUNTS(a1)), v -> ROW(- v[2], v[1])))[1][2]"
    },
    {"LIST_ENTROPY", "1", "LIST_ENTROPY_OF_COUNTS(MAP_VALUES(LIST_ELEMENT_COUNTS(a1)))"},
    {"LIST_APPROX_COUNT_DISTINCT", "1", "LIST_UNIQUE(a1)"},
    {"LIST_SEM", "1", "SQRT(LIST_VAR_POP(a1) / LIST_COUNT(a1))"},
    {"LIST_STRING_AGG", "1", "CASE WHEN LIST_COUNT(a1) > 0 THEN ARRAY_TO_STRING(a1, ',') END"},
    {
      "LIST_BIT_AND",
      "1",
      "LIST_REDUCE(LIST_FILTER(a1, v -> v IS NOT NULL), (v, vi) -> BITAND(v, vi))"
    },
    {
      "LIST_BIT_OR",
      "1",
      "LIST_REDUCE(LIST_FILTER(a1, v -> v IS NOT NULL), (v, vi) -> BITOR(v, vi))"
    },
    {
      "LIST_BIT_XOR",
      "1",
      "LIST_REDUCE(LIST_FILTER(a1, v -> v IS NOT NULL), (v, vi) -> BITXOR(v, vi))"
    },
    {
      "LIST_SKEWNESS",
      "1",
      "CASE WHEN LIST_COUNT(a1) > 2 THEN SQRT(CAST(LIST_COUNT(a1) AS DOUBLE) * (LIST_COUNT(a1) - 1)) / (LIST_COUNT(a1) - 2)"
          + " * LIST_MOMENT(a1, 3) / NULLIF(POWER(LIST_VAR_POP(a1), 1.5e0), 0e0) END"
    },
    {
      "LIST_KURTOSIS_POP",
      "1",
      "CASE WHEN LIST_COUNT(a1) > 1 THEN LIST_MOMENT(a1, 4) / NULLIF(LIST_VAR_POP(a1) * LIST_VAR_POP(a1), 0e0) - 3e0 END"
    },
    {
      "LIST_KURTOSIS",
      "1",
      "CASE WHEN LIST_COUNT(a1) > 3 THEN (CAST(LIST_COUNT(a1) AS DOUBLE) - 1) / ((CAST(LIST_COUNT(a1) AS DOUBLE) - 2) * (LIST_COUNT(a1) - 3))"
          + " * ((LIST_COUNT(a1) + 1e0) * LIST_KURTOSIS_POP(a1) + 6e0) END"
    },
    // More of JSON.
    {"JSON_OBJECT_KEYS", "1", "JSON_KEYS(a1)"},
    {"JSON_OBJECT_KEYS", "2", "JSON_KEYS(a1, a2)"},
  };

  /** Other names of these. */
  static final String[][] ALIASES = {
    {"ARRAY_HISTOGRAM", "LIST_HISTOGRAM"},
    {"ARRAY_MODE", "LIST_MODE"},
    {"ARRAY_RESIZE", "LIST_RESIZE"},
    {"ARRAY_WHERE", "LIST_WHERE"},
    {"ARRAY_COSINE_DISTANCE", "LIST_COSINE_DISTANCE"},
    {"LIST_NEGATIVE_DOT_PRODUCT", "LIST_NEGATIVE_INNER_PRODUCT"},
    {"ARRAY_GRADE_UP", "LIST_GRADE_UP"},
    {"GRADE_UP", "LIST_GRADE_UP"},
    {"ARRAY_NEGATIVE_INNER_PRODUCT", "LIST_NEGATIVE_INNER_PRODUCT"},
    {"ARRAY_NEGATIVE_DOT_PRODUCT", "LIST_NEGATIVE_INNER_PRODUCT"},
    {"BIT_GET", "GETBIT"},
    {"FORMATREADABLESIZE", "FORMAT_BYTES"},
    {"PG_SIZE_PRETTY", "FORMAT_BYTES"},
  };

  /** What only other definitions call. */
  static final String[][] PARTS = {
    {
      "LIST_ENTROPY_OF_COUNTS",
      "1",
      "COALESCE(LIST_TRANSFORM(ARRAY[CAST(LIST_SUM(a1) AS DOUBLE)], v -> LIST_SUM(LIST_TRANSFORM(a1, vi -> vi / v * LOG2(v / vi))))[1], 0e0)"
    },
    {
      "LIST_MEDIAN_SORTED",
      "1",
      "CASE WHEN LEN(a1) > 0 THEN (a1[(LEN(a1) + 1) / 2] + a1[LEN(a1) / 2 + 1]) / 2 END"
    },
    {
      "LIST_TOP_OF_COUNTS",
      "2",
      "LIST_TRANSFORM(ARRAY_SLICE(LIST_SORT(LIST_TRANSFORM(MAP_ENTRIES(a1), v -> ROW(- v[2], v[1]))), 1, a2), v -> v[2])"
    },
    {
      "LIST_MOMENT",
      "2",
      "LIST_TRANSFORM(ARRAY[LIST_AVG(a1)], v -> LIST_AVG(LIST_TRANSFORM(a1, vi -> POWER(CAST(vi AS DOUBLE) - v, a2))))[1]"
    },
    {
      "FORMAT_UNITS",
      "3",
      "FORMAT('{:.1f} {}', TRUNC(a1 / POWER(a2, FLOOR_LOG(a1, a2)), 1), a3[CAST(FLOOR_LOG(a1, a2) AS INTEGER)])"
    },
    {"FLOOR_LOG", "2", "FLOOR(LN(ABS(a1)) / LN(a2) + 1e-15)"},
    {"LIST_AGGREGATE_TEXT", "2", "ARRAY_TO_STRING(a1, a2)"},
  };
}
