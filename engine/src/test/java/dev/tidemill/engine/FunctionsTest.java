package dev.tidemill.engine;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import dev.tidemill.foundation.batch.Batch;
import dev.tidemill.foundation.format.ValueFormat;
import dev.tidemill.plan.function.AggregateFunction;
import dev.tidemill.plan.function.ScalarFunction;
import dev.tidemill.plan.function.WindowFunction;
import java.util.ArrayList;
import java.util.EnumSet;
import java.util.List;
import java.util.Set;
import java.util.TreeSet;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import org.junit.jupiter.api.Test;

/**
 * Planner and executor meet in the function signatures of plans: every one that the planner can
 * emit has a kernel, an accumulator or a window function that gives the right value. Arguments are
 * columns, so that nothing is folded away.
 */
final class FunctionsTest {
  private static final Pattern FUNCTION = Pattern.compile("\"function\"\\s*:\\s*\"([A-Z_0-9]+)\"");

  /** Emitted only where the planner rewrites, not by a call in SQL. */
  private static final Set<ScalarFunction> WITHOUT_SQL = EnumSet.of(ScalarFunction.PROCTIME);

  /** Expressions over the one row of table f, and their values. */
  private static final String[][] EXPRESSIONS = {
    {"i = 7", "true"},
    {"i <> 7", "false"},
    {"i < 8", "true"},
    {"i <= 7", "true"},
    {"i > 7", "false"},
    {"i >= 8", "false"},
    {"n IS DISTINCT FROM i", "true"},
    {"n IS NOT DISTINCT FROM n", "true"},
    {"n IS NULL", "true"},
    {"i IS NOT NULL", "true"},
    {"b IS TRUE", "true"},
    {"b IS NOT TRUE", "false"},
    {"b IS FALSE", "false"},
    {"b IS NOT FALSE", "true"},
    {"NOT b", "false"},
    {"i + 1", "8"},
    {"i - 9", "-2"},
    {"i * i", "49"},
    {"i / 2", "3"},
    {"MOD(i, 4)", "3"},
    {"-i", "-7"},
    {"ABS(-i)", "7"},
    {"SIGN(i)", "1"},
    {"FLOOR(d)", "2.0"},
    {"CEIL(d)", "3.0"},
    {"ROUND(d)", "3.0"},
    {"TRUNCATE(d)", "2.0"},
    {"SQRT(i + 2)", "3.0"},
    {"CBRT(i + 1)", "2.0"},
    {"EXP(i - 7)", "1.0"},
    {"LN(i - 6)", "0.0"},
    {"LOG10(i + 93)", "2.0"},
    {"LOG(2, i + 1)", "3.0"},
    {"POWER(i, 2)", "49.0"},
    {"SIN(i - 7)", "0.0"},
    {"COS(i - 7)", "1.0"},
    {"TAN(i - 7)", "0.0"},
    {"ROUND(COT(i), 3)", "1.148"},
    {"ASIN(i - 7)", "0.0"},
    {"ROUND(ACOS(i - 7), 2)", "1.57"},
    {"ATAN(i - 7)", "0.0"},
    {"ATAN2(i - 7, 1)", "0.0"},
    {"SINH(i - 7)", "0.0"},
    {"COSH(i - 7)", "1.0"},
    {"TANH(i - 7)", "0.0"},
    {"ROUND(DEGREES(d), 1)", "143.2"},
    {"RADIANS(i - 7)", "0.0"},
    {"ROUND(PI() + i, 2)", "10.14"},
    {"BITAND(i, 3)", "3"},
    {"BITOR(i, 8)", "15"},
    {"BITXOR(i, 1)", "6"},
    {"BITNOT(i)", "-8"},
    {"GREATEST(i, 9)", "9"},
    {"LEAST(i, 9)", "7"},
    {"UPPER(s)", "ABC"},
    {"LOWER(s)", "abc"},
    {"INITCAP(LOWER(s))", "Abc"},
    {"CHAR_LENGTH(s)", "3"},
    {"OCTET_LENGTH(s)", "3"},
    {"s || 'd'", "Abcd"},
    {"CONCAT_WS('-', s, 'd')", "Abc-d"},
    {"SUBSTRING(s FROM 2 FOR 1)", "b"},
    {"LEFT(s, 1)", "A"},
    {"RIGHT(s, 1)", "c"},
    {"POSITION('c' IN s)", "3"},
    {"TRIM(BOTH 'c' FROM s)", "Ab"},
    {"TRIM(LEADING 'A' FROM s)", "bc"},
    {"TRIM(TRAILING 'c' FROM s)", "Ab"},
    {"REPLACE(s, 'b', 'x')", "Axc"},
    {"OVERLAY(s PLACING 'yy' FROM 2 FOR 1)", "Ayyc"},
    {"LPAD(s, 5, '.')", "..Abc"},
    {"RPAD(s, 5, '.')", "Abc.."},
    {"REPEAT(s, 2)", "AbcAbc"},
    {"REVERSE(s)", "cbA"},
    {"SPLIT_PART(s, 'b', 2)", "c"},
    {"TRANSLATE(s, 'bc', 'xy')", "Axy"},
    {"ASCII(s)", "65"},
    {"CHR(i + 58)", "A"},
    {"s LIKE 'A_c'", "true"},
    {"s ILIKE 'a%c'", "true"},
    {"s SIMILAR TO 'A(b|x)c'", "true"},
    {"STARTS_WITH(s, 'Ab')", "true"},
    {"ENDS_WITH(s, 'bc')", "true"},
    {"CONTAINS(s, 'b')", "true"},
    {"REGEXP_LIKE(s, '^A.c$')", "true"},
    {"REGEXP_REPLACE(s, '[bc]', 'z')", "Azz"},
    {"REGEXP_EXTRACT(s, 'b.')", "bc"},
    {"REGEXP_EXTRACT_ALL('a1b2', '([a-z])[0-9]', 1)", "[a, b]"},
    {"REGEXP_SPLIT_TO_ARRAY(s, 'b|x')", "[A, c]"},
    {"DAMERAU_LEVENSHTEIN(s, 'bAc')", "1"},
    {"HAMMING(s, 'Axc')", "1"},
    {"JACCARD(s, 'Ab')", "0.6666666666666666"},
    {"JARO_SIMILARITY(s, 'Acb')", "0.5555555555555555"},
    {"JARO_WINKLER_SIMILARITY(s, s)", "1.0"},
    {"TO_BASE(i, 2)", "111"},
    {"BIN(i)", "111"},
    {"STRIP_ACCENTS('é')", "e"},
    {"FORMAT('{}-{:03d}', s, i)", "Abc-007"},
    {"JSON_KEYS('{\"a\": 1}')", "[a]"},
    {"JSON_MERGE_PATCH('{\"a\": 1}', '{\"b\": 2}')", "{\"a\":1,\"b\":2}"},
    {"JSON_EXTRACT('{\"a\": [1, 2]}', '$.a[*]')", "[1, 2]"},
    {"CARDINALITY(\"$JSON_ENTRIES\"('[1, 2]', '$'))", "2"},
    {"JSON_CONTAINS('[1, [2]]', '2')", "true"},
    {"JSON_PRETTY('[]')", "[]"},
    {"EXPM1(i - 7)", "0.0"},
    {"LOG1P(i - 7)", "0.0"},
    {"ROUND_EVEN(d)", "2.0"},
    {"CASE WHEN i > 0 THEN i ELSE ERROR(s) END", "7"},
    {"HASH(i, s)", "7199028307248835368"},
    {"CRC32(s)", "224986914"},
    {"SOUNDEX(s)", "A120"},
    {"LIST_INNER_PRODUCT([1, 2], [3, 4])", "11.0"},
    {"LIST_DISTANCE([1, 2], [4, 6])", "5.0"},
    {"LIST_COSINE_SIMILARITY([1, 0], [0, 2])", "0.0"},
    {"LIST_COSINE_DISTANCE([1, 0], [0, 2])", "1.0"},
    {"LIST_GRADE_UP([3, 1, 2])", "[2, 3, 1]"},
    {"MAP_CONCAT(MAP['a', 1], MAP['a', 2, 'b', 3])", "{a=2, b=3}"},
    {"EPOCH_NS(DATE '1970-01-02')", "86400000000000"},
    {"MAKE_TIME(10, 20, 30)", "10:20:30.000000"},
    {"REGEXP_ESCAPE('a.b')", "a\\.b"},
    {"i IN [7, 8]", "true"},
    {"i IN [i, NULL]", "true"},
    {"i NOT IN [8, NULL]", "true"},
    {"i >> 1", "3"},
    {"TRIM(s, 'Ac')", "b"},
    {"STRUCT_PACK(a := i, b := s)", "{a: 7, b: Abc}"},
    {"MD5(s)", "35593b7ce5020eae3ca68fd5b6f3e031"},
    {"SHA256(s)", "06d90109c8cce34ec0c776950465421e176f08b831a938b3c6e76cb7bee8790b"},
    {"TO_HEX(x)", "01FF"},
    {"EXTRACT(MONTH FROM ts)", "2"},
    {"ts AT TIME ZONE CASE WHEN b THEN 'Europe/Berlin' ELSE s END", "2024-02-29 09:11:12.000Z"},
    {"DATE_TRUNC('hour', ts)", "2024-02-29 10:00:00.000"},
    {"CEIL(ts TO DAY)", "2024-03-01 00:00:00.000"},
    {"DATEDIFF('day', ts, LAST_DAY(ts))", "0"},
    {"TIMESTAMPDIFF(HOUR, ts, ts + INTERVAL '90' MINUTE)", "1"},
    {"(ts - TIMESTAMP '2024-02-29 10:00:00') SECOND > INTERVAL '1' MINUTE", "true"},
    {"LAST_DAY(ts)", "2024-02-29"},
    {"DAYNAME(ts)", "Thursday"},
    {"MONTHNAME(ts)", "February"},
    {"FROM_EPOCH_SECONDS(i)", "1970-01-01 00:00:07"},
    {"FROM_EPOCH_MILLIS(i)", "1970-01-01 00:00:00.007"},
    {"DATE_FORMAT(ts, 'yyyy/MM')", "2024/02"},
    {"CURRENT_DATE >= DATE '2024-01-01'", "true"},
    {"CURRENT_TIMESTAMP > ts", "true"},
    {"CURRENT_TIME IS NOT NULL", "true"},
    {"RAND() < 1", "true"},
    {"CHAR_LENGTH(UUID())", "36"},
    {"ASINH(i - 7)", "0.0"},
    {"ACOSH(i - 6)", "0.0"},
    {"ATANH(i - 7)", "0.0"},
    {"LOG2(i + 1)", "3.0"},
    {"GCD(i, 21)", "7"},
    {"LCM(i, 3)", "21"},
    {"FACTORIAL(i)", "5040"},
    {"BIT_COUNT(i)", "3"},
    {"SHIFTLEFT(i, 1)", "14"},
    {"SHIFTRIGHT(i, 1)", "3"},
    {"WIDTH_BUCKET(i, 0, 10, 5)", "4"},
    {"ISNAN(d)", "false"},
    {"ISINF(d)", "false"},
    {"TRY(i / (i - 7))", "NULL"},
    {"REGEXP_COUNT(s, '[a-z]')", "2"},
    {"SHA1(s)", "915858afa2278f25527f192038108346164b47f2"},
    {"CHAR_LENGTH(SHA512(s))", "128"},
    {"LEVENSHTEIN(s, 'bc')", "1"},
    {"PRINTF('%s %d', s, i)", "Abc 7"},
    {"URL_ENCODE(s || '&')", "Abc%26"},
    {"URL_DECODE(s || '%26')", "Abc&"},
    {"UNHEX(HEX(s))", "\\x416263"},
    {"BASE64(s)", "QWJj"},
    {"UNBASE64(BASE64(s))", "\\x416263"},
    {"FROM_EPOCH_MICROS(i)", "1970-01-01 00:00:00.000007"},
    {"STRFTIME(ts, '%d.%m.%Y')", "29.02.2024"},
    {"STRPTIME(STRFTIME(ts, '%Y%m%d'), '%Y%m%d')", "2024-02-29 00:00:00.000000"},
    {"TO_CHAR(ts, 'DD.MM.YYYY')", "29.02.2024"},
    {"TO_DATE(DATE_FORMAT(ts, 'yyyyMMdd'), 'yyyyMMdd')", "2024-02-29"},
    {"MAKE_DATE(2000, i, i)", "2000-07-07"},
    {"MAKE_TIMESTAMP(2000, i, i, i, i, i)", "2000-07-07 07:07:07.000000"},
    {"MONTHS_BETWEEN(ts, DATE '2024-01-29')", "1.0"},
    {"TIME_BUCKET(INTERVAL '1' DAY, ts)", "2024-02-29 00:00:00.000"},
    {"JSON_VALUE(TO_JSON(s), '$')", "Abc"},
    {"JSON_QUERY(JSON_ARRAY(s, i), '$')", "[\"Abc\",7]"},
    {"JSON_EXTRACT(JSON_OBJECT('a': s), '$.a')", "\"Abc\""},
    {"JSON_EXTRACT_STRING(JSON_OBJECT('a': s), '$.a')", "Abc"},
    {"JSON_EXISTS(JSON_OBJECT('a': s), '$.b')", "false"},
    {"JSON_VALID(s)", "false"},
    {"JSON_TYPE(TO_JSON(s))", "VARCHAR"},
    {"JSON_ARRAY_LENGTH(JSON_ARRAY(s, i))", "2"},
  };

  private static final String[][] COLLECTIONS = {
    {"ARRAY[i, n]", "[7, NULL]"},
    {"ARRAY[i, d]", "[7.0, 2.5]"},
    {"MAP[s, i]", "{Abc=7}"},
    {"ROW(i, s)", "{f1: 7, f2: Abc}"},
    {"NAMED_STRUCT('a', i, 'b', n)", "{a: 7, b: NULL}"},
    {"ARRAY[i, 8][-1]", "8"},
    {"MAP[s, i]['Abc']", "7"},
    {"ELEMENT_AT(ARRAY[i, 8], 3)", "NULL"},
    {"CARDINALITY(ARRAY[i, 8])", "2"},
    {"ARRAY_CONTAINS(ARRAY[i, 8], 8.0)", "true"},
    {"ARRAY_POSITION(ARRAY[i, 8], 8)", "2"},
    {"ARRAY_REMOVE(ARRAY[i, 8], 8)", "[7]"},
    {"ARRAY_MIN(ARRAY[i, 8])", "7"},
    {"LIST_SUM(ARRAY[i, NULL, 8])", "15"},
    {"ARRAY_COMPACT(ARRAY[i, NULL])", "[7]"},
    {"ARRAY_MAX(ARRAY[i, 8, n])", "8"},
    {"ARRAY_CONCAT(ARRAY[i], ARRAY[8])", "[7, 8]"},
    {"ARRAY_APPEND(ARRAY[i], NULL)", "[7, NULL]"},
    {"ARRAY_PREPEND(ARRAY[i], 1)", "[1, 7]"},
    {"ARRAY_PREPEND(1, ARRAY[i])", "[1, 7]"},
    {"ARRAY_UNION(ARRAY[i], ARRAY[7, 8])", "[7, 8]"},
    {"ARRAY_INTERSECT(ARRAY[i, 8], ARRAY[8])", "[8]"},
    {"ARRAY_EXCEPT(ARRAY[i, 8], ARRAY[8])", "[7]"},
    {"ARRAYS_OVERLAP(ARRAY[i, 8], ARRAY[8])", "true"},
    {"ARRAY_JOIN(ARRAY[i, 8], '-')", "7-8"},
    {"ARRAY_TO_STRING(ARRAY[i, n], '-', '?')", "7-?"},
    {"FLATTEN(ARRAY[ARRAY[i], ARRAY[8]])", "[7, 8]"},
    {"ARRAY_DISTINCT(ARRAY[i, 7])", "[7]"},
    {"LIST_HISTOGRAM(ARRAY[i, 8, 7, n])", "{7=2, 8=1}"},
    {"ARRAY_REVERSE(ARRAY[i, 8])", "[8, 7]"},
    {"ARRAY_SORT(ARRAY[i, 3])", "[3, 7]"},
    {"ARRAY_SORT(ARRAY[i, 3, n], 'DESC', 'NULLS FIRST')", "[NULL, 7, 3]"},
    {"SORT_ARRAY(ARRAY[i, 3], FALSE)", "[7, 3]"},
    {"ARRAY_SLICE(ARRAY[1, i, 9], 2, -1)", "[7, 9]"},
    {"SLICE(ARRAY[1, i, 9], 2, 1)", "[7]"},
    {"SLICE(ARRAY[1, i, 9], -2, 5)", "[7, 9]"},
    {"MAP_KEYS(MAP[s, i])", "[Abc]"},
    {"MAP_VALUES(MAP[s, i])", "[7]"},
    {"LIST_SELECT(ARRAY[i, 8], ARRAY[2, 3])", "[8, NULL]"},
    {"LIST_ZIP(ARRAY[i, 8], ARRAY[s])", "[{f1: 7, f2: Abc}, {f1: 8, f2: NULL}]"},
    {"MAP_ENTRIES(MAP[s, i])", "[{key: Abc, value: 7}]"},
    {"MAP_CONTAINS_KEY(MAP[s, i], 'x')", "false"},
    {"MAP_FROM_ARRAYS(ARRAY[s], ARRAY[i])", "{Abc=7}"},
    {"MAP_FROM_ENTRIES(ARRAY[ROW(s, i)])", "{Abc=7}"},
    {"SPLIT(s, 'b')", "[A, c]"},
    {"SPLIT(s, '')", "[A, b, c]"},
    {"SEQUENCE(i, 9)", "[7, 8, 9]"},
    {"GENERATE_SERIES(9, i, -2)", "[9, 7]"},
    {"\"range\"(i, 9)", "[7, 8]"},
    {"CAST(ARRAY[d, n] AS ARRAY<INTEGER>)", "[2, NULL]"},
    {"CAST(ROW(i, MAP[s, d]) AS ROW<x VARCHAR, y MAP<VARCHAR, BIGINT>>).y['Abc']", "2"},
  };

  private static final String[][] AGGREGATES = {
    {"COUNT(i)", "1"},
    {"SUM(i)", "7"},
    {"AVG(d)", "2.5"},
    {"MIN(s)", "Abc"},
    {"MAX(ts)", "2024-02-29 10:11:12.000"},
    {"EVERY(b)", "true"},
    {"SOME(b)", "true"},
    {"BIT_AND(i)", "7"},
    {"BIT_OR(i)", "7"},
    {"BIT_XOR(i)", "7"},
    {"STDDEV_POP(d)", "0.0"},
    {"STDDEV_SAMP(d)", "NULL"},
    {"VAR_POP(d)", "0.0"},
    {"VAR_SAMP(d)", "NULL"},
    {"ANY_VALUE(s)", "Abc"},
    {"(SELECT i FROM f)", "7"},
    {"ROW_NUMBER() OVER (ORDER BY MIN(i))", "1"},
    {"RANK() OVER (ORDER BY MIN(i))", "1"},
    {"DENSE_RANK() OVER (ORDER BY MIN(i))", "1"},
    {"PERCENT_RANK() OVER (ORDER BY MIN(i))", "0.0"},
    {"CUME_DIST() OVER (ORDER BY MIN(i))", "1.0"},
    {"NTILE(2) OVER (ORDER BY MIN(i))", "1"},
    {"LAG(MIN(i)) OVER (ORDER BY MIN(i))", "NULL"},
    {"LEAD(MIN(i), 1, 5) OVER (ORDER BY MIN(i))", "5"},
    {"FIRST_VALUE(MIN(i)) OVER (ORDER BY MIN(i))", "7"},
    {"LAST_VALUE(MIN(i)) OVER (ORDER BY MIN(i))", "7"},
    {"NTH_VALUE(MIN(i), 1) OVER (ORDER BY MIN(i))", "7"},
    {"NTH_VALUE(MIN(i), 1) FROM LAST OVER (ORDER BY MIN(i))", "7"},
  };

  @Test
  void everyFunctionHasItsKernel() {
    List<String> wrong = new ArrayList<>();
    Set<String> seen = new TreeSet<>();
    try (Engine engine = Engine.builder().threads(1).open();
        Session session = engine.session()) {
      session
          .execute(
              "CREATE TABLE f (i INT NOT NULL, d DOUBLE, s VARCHAR, b BOOLEAN, n INT, x VARBINARY, ts TIMESTAMP(3))")
          .close();
      session
          .execute(
              "INSERT INTO f VALUES (7, 2.5, 'Abc', TRUE, NULL, X'01FF', TIMESTAMP '2024-02-29 10:11:12')")
          .close();
      for (String[][] examples : List.of(EXPRESSIONS, COLLECTIONS, AGGREGATES)) {
        for (String[] example : examples) {
          check(session, example[0], example[1], wrong, seen);
        }
      }
    }
    for (ScalarFunction function : ScalarFunction.values()) {
      if (!WITHOUT_SQL.contains(function) && !seen.contains(function.name())) {
        wrong.add("no example of " + function);
      }
    }
    for (WindowFunction function : WindowFunction.values()) {
      if (!seen.contains(function.name())) {
        wrong.add("no example of " + function);
      }
    }
    assertTrue(seen.contains(AggregateFunction.SUM.name()));
    assertEquals(List.of(), wrong, () -> String.join("\n", wrong));
  }

  private static void check(
      Session session, String sql, String expected, List<String> wrong, Set<String> seen) {
    try {
      String query = "SELECT " + sql + " FROM f";
      Matcher matcher = FUNCTION.matcher(text(session, "EXPLAIN (FORMAT JSON) " + query));
      while (matcher.find()) {
        seen.add(matcher.group(1));
      }
      String found = text(session, query);
      if (!found.equals(expected)) {
        wrong.add(sql + " is " + found + ", not " + expected);
      }
    } catch (RuntimeException e) {
      wrong.add(sql + ": " + e.getMessage());
    }
  }

  private static String text(Session session, String sql) {
    StringBuilder text = new StringBuilder();
    try (Result result = session.execute(sql)) {
      for (Batch batch = result.next(); batch != null; batch = result.next()) {
        try (Batch current = batch) {
          for (int row = 0; row < current.rowCount(); row++) {
            text.append(ValueFormat.format(current.column(0), current.row(row)));
          }
        }
      }
    }
    return text.toString();
  }
}
