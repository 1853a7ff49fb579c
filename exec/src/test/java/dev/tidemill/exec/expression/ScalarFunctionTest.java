package dev.tidemill.exec.expression;

import static dev.tidemill.plan.function.ScalarFunction.*;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import dev.tidemill.foundation.error.TidemillException;
import dev.tidemill.foundation.type.Type;
import dev.tidemill.plan.expression.Expression;
import dev.tidemill.plan.expression.Literal;
import dev.tidemill.plan.function.ScalarFunction;
import java.time.LocalTime;
import java.util.ArrayList;
import java.util.Collections;
import java.util.EnumSet;
import java.util.List;
import java.util.Set;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.Test;

/** Every function: values, NULLs, selections, dictionaries, errors with their text. */
final class ScalarFunctionTest extends FunctionChecks {
  @Test
  void everyFunctionIsTested() {
    comparison();
    tests();
    arithmetic();
    rounding();
    mathematics();
    bits();
    contextual();
    nested();
    json();
    distances();
    seen.addAll(TextFunctionTest.functions());
    seen.addAll(TimeFunctionTest.functions());
    seen.addAll(CollectionFunctionsTest.functions());
    Set<ScalarFunction> missing = EnumSet.complementOf(EnumSet.copyOf(seen));
    assertTrue(missing.isEmpty(), "not tested: " + missing);
  }

  @Test
  void json() {
    String json = "{\"a\": {\"b\": [1, \"x\", null]}, \"c d\": true}";
    is("x", JSON_VALUE, json, "$.a.b[1]");
    is("true", JSON_VALUE, json, "$['c d']");
    isNull(Type.VARCHAR, JSON_VALUE, json, "$.a");
    isNull(Type.VARCHAR, JSON_VALUE, json, "$.a.b[2]");
    isNull(Type.VARCHAR, JSON_VALUE, "{\"a\"", "$.b");
    is("[1,\"x\",null]", JSON_QUERY, json, "lax $.a.b");
    isNull(Type.VARCHAR, JSON_QUERY, json, "$.a.b[0]");
    is("\"x\"", JSON_EXTRACT, json, "$.a.b[1]");
    is("null", JSON_EXTRACT, json, "$.a.b[2]");
    is("x", JSON_EXTRACT_STRING, json, "$.a.b[1]");
    is(true, JSON_EXISTS, json, "$.\"c d\"");
    is(false, JSON_EXISTS, json, "$.a.b[3]");
    is(true, JSON_CONTAINS, json, "{\"a\": {\"b\": [null, 1]}}");
    is(true, JSON_CONTAINS, json, "[\"x\"]");
    is(false, JSON_CONTAINS, json, "2");
    is("{\n    \"a\": [\n        1\n    ],\n    \"b\": {}\n}", JSON_PRETTY, "{\"a\":[1],\"b\":{}}");
    isNull(Type.VARCHAR, JSON_PRETTY, "{");
    is(true, JSON_VALID, "[1]");
    is(false, JSON_VALID, "[1] 2");
    is("BIGINT", JSON_TYPE, "17");
    is(2, JSON_ARRAY_LENGTH, "[[1,2],{}]");
    isNull(Type.INTEGER, JSON_ARRAY_LENGTH, "{}");
    isOfNulls("\"a\\\"b\"", Type.VARCHAR, TO_JSON, "a\"b");
    isOfNulls("null", Type.VARCHAR, TO_JSON, new Object[] {null});
    isOfNulls("{\"a\":1}", Type.VARCHAR, JSON_OBJECT, "a", "1", "b", null);
    isOfNulls("[1,2]", Type.VARCHAR, JSON_ARRAY, "1", null, "2");
    fails(
        "INVALID_PATTERN: JSON_VALUE: '$.' is no valid pattern: a path is $ and then .name,"
            + " ['name'] or [0]",
        Type.VARCHAR,
        JSON_VALUE,
        json,
        "$.");
  }

  @Test
  void comparison() {
    is(true, EQUAL, 3, 3);
    is(false, EQUAL, "a longer text than inline", "a longer text than inlinE");
    is(true, EQUAL, Double.NaN, Double.NaN);
    is(true, EQUAL, 0.0, -0.0);
    is(true, NOT_EQUAL, (byte) 3, (byte) -3);
    is(true, LESS, Double.MAX_VALUE, Double.NaN);
    is(true, LESS, Float.POSITIVE_INFINITY, Float.NaN);
    is(false, LESS, Double.NaN, Double.NaN);
    is(true, LESS, Long.MIN_VALUE, Long.MAX_VALUE);
    is(true, LESS, "Zebra", "ant");
    is(true, LESS, "abc", "abcd");
    is(true, LESS, "z", "ä");
    is(true, LESS_OR_EQUAL, (short) 4, (short) 4);
    is(true, GREATER, decimal("12345678901234567890.5"), decimal("-12345678901234567890.5"));
    is(true, GREATER, date("2024-03-01"), date("2024-02-29"));
    is(true, GREATER_OR_EQUAL, true, false);
    is(false, GREATER_OR_EQUAL, bytes(0x7f), bytes(0x80));
    isOfNulls(true, Type.BOOLEAN, IS_DISTINCT, 1, 2);
    isOfNulls(true, Type.BOOLEAN, IS_DISTINCT, "a", null);
    isOfNulls(false, Type.BOOLEAN, IS_DISTINCT, null, null);
    isOfNulls(false, Type.BOOLEAN, IS_NOT_DISTINCT, 1, 2);
    isOfNulls(true, Type.BOOLEAN, IS_NOT_DISTINCT, "x", "x");
    isOfNulls(true, Type.BOOLEAN, IS_NOT_DISTINCT, null, null);
  }

  @Test
  void tests() {
    isOfNulls(true, Type.BOOLEAN, IS_NULL, new Object[] {null});
    isOfNulls(false, Type.BOOLEAN, IS_NULL, 1);
    isOfNulls(true, Type.BOOLEAN, IS_NOT_NULL, "a");
    Literal unknown = Literal.nullOf(Type.BOOLEAN);
    isOfNulls(true, Type.BOOLEAN, IS_TRUE, true);
    isOfNulls(false, Type.BOOLEAN, IS_TRUE, unknown);
    isOfNulls(true, Type.BOOLEAN, IS_NOT_TRUE, unknown);
    isOfNulls(true, Type.BOOLEAN, IS_FALSE, false);
    isOfNulls(true, Type.BOOLEAN, IS_NOT_FALSE, unknown);
    is(false, NOT, true);
    isNull(Type.BOOLEAN, NOT, unknown);
  }

  @Test
  void arithmetic() {
    is(7, ADD, 3, 4);
    is((byte) 127, ADD, (byte) 100, (byte) 27);
    fails(
        "NUMERIC_OVERFLOW: 100 + 28 is out of range for TINYINT; cast an operand to a wider type",
        Type.TINYINT,
        ADD,
        (byte) 100,
        (byte) 28);
    fails(
        "NUMERIC_OVERFLOW: 9223372036854775807 + 1 is out of range for BIGINT; cast an operand to a wider type",
        Type.BIGINT,
        ADD,
        Long.MAX_VALUE,
        1L);
    is(-1L, SUBTRACT, 3L, 4L);
    fails(
        "NUMERIC_OVERFLOW: -2147483648 - 1 is out of range for INTEGER; cast an operand to a wider type",
        Type.INTEGER,
        SUBTRACT,
        Integer.MIN_VALUE,
        1);
    is((short) -12, MULTIPLY, (short) 3, (short) -4);
    fails(
        "NUMERIC_OVERFLOW: 4611686018427387904 * 2 is out of range for BIGINT; cast an operand to a wider type",
        Type.BIGINT,
        MULTIPLY,
        1L << 62,
        2L);
    is(-2, DIVIDE, -7, 3);
    is(-1, MODULO, -7, 3);
    is(0L, MODULO, Long.MIN_VALUE, -1L);
    fails(
        "NUMERIC_OVERFLOW: -128 / -1 is out of range for TINYINT; cast an operand to a wider type",
        Type.TINYINT,
        DIVIDE,
        (byte) -128,
        (byte) -1);
    fails("DIVISION_BY_ZERO: division by zero: 7 / 0", Type.INTEGER, DIVIDE, 7, 0);
    fails("DIVISION_BY_ZERO: division by zero: MOD(7, 0)", Type.INTEGER, MODULO, 7, 0);
    fails("DIVISION_BY_ZERO: division by zero: 1.5 / 0", Type.DOUBLE, DIVIDE, 1.5, -0.0);
    is(0.75, DIVIDE, 1.5, 2.0);
    is(2.5f, MULTIPLY, 1.25f, 2f);
    is(0.5, MODULO, 5.5, 2.5);
    isDecimal("3.75", "DECIMAL(4,2)", ADD, "1.5", "2.25");
    isDecimal("-0.75", "DECIMAL(4,2)", SUBTRACT, "1.5", "2.25");
    isDecimal("3.375", "DECIMAL(5,3)", MULTIPLY, "1.5", "2.25");
    isDecimal("0.666667", "DECIMAL(10,6)", DIVIDE, "2", "3.0");
    isDecimal("-0.666667", "DECIMAL(10,6)", DIVIDE, "-2", "3.0");
    isDecimal("0.1", "DECIMAL(3,1)", MODULO, "1.3", "0.4");
    isDecimal(
        "99999999999999999999999999999999999998",
        "DECIMAL(38,0)",
        ADD,
        "49999999999999999999999999999999999999",
        "49999999999999999999999999999999999999");
    isDecimal(
        "1219326311370217952237463801111263526.9",
        "DECIMAL(38,1)",
        MULTIPLY,
        "1234567890123456789.0",
        "987654321098765432.10");
    fails(
        "NUMERIC_OVERFLOW: 99999999999999999999999999999999999999 + 1 is out of range for DECIMAL(38,0); cast an operand to a wider type",
        Type.of("DECIMAL(38,0)"),
        ADD,
        decimal("99999999999999999999999999999999999999"),
        decimal("1"));
    fails(
        "NUMERIC_OVERFLOW: 99 + 1 is out of range for DECIMAL(2,0); cast an operand to a wider type",
        Type.of("DECIMAL(2,0)"),
        ADD,
        decimal("99"),
        decimal("1"));
    fails(
        "DIVISION_BY_ZERO: division by zero: 1.50 / 0",
        Type.of("DECIMAL(10,2)"),
        DIVIDE,
        decimal("1.50"),
        decimal("0.0"));
    is(-3, NEGATE, 3);
    is(-2.5, NEGATE, 2.5);
    isDecimal("-1.5", "DECIMAL(2,1)", NEGATE, "1.5");
    isDecimal("-12345678901234567890.1", "DECIMAL(21,1)", NEGATE, "12345678901234567890.1");
    fails(
        "NUMERIC_OVERFLOW: -(-128) is out of range for TINYINT; cast an operand to a wider type",
        Type.TINYINT,
        NEGATE,
        (byte) -128);
    is(3L, ABS, -3L);
    is(2.5f, ABS, -2.5f);
    fails(
        "NUMERIC_OVERFLOW: ABS(-9223372036854775808) is out of range for BIGINT; cast an operand to a wider type",
        Type.BIGINT,
        ABS,
        Long.MIN_VALUE);
    is(-1, SIGN, -3);
    is(1.0, SIGN, 2.5);
    isDecimal("-1.0", "DECIMAL(2,1)", SIGN, "-0.5");
    is(0L, SIGN, decimal("0.00"));
  }

  private void isDecimal(
      String expected, String type, ScalarFunction function, String... arguments) {
    seen.add(function);
    Object[] decimals = new Object[arguments.length];
    for (int i = 0; i < arguments.length; i++) {
      decimals[i] = decimal(arguments[i]);
    }
    tester.check(decimal(expected), true, call(function, Type.of(type), decimals));
  }

  @Test
  void rounding() {
    is(-3.0, FLOOR, -2.5);
    is(-2.0, CEIL, -2.5);
    is(-3.0, ROUND, -2.5);
    is(0.0, ROUND, 0.49999999999999994);
    is(-2.0, TRUNCATE, -2.5);
    is(1.01, ROUND, 1.005, 2);
    is(1.0f, ROUND, 1.04f, 1);
    is(1200L, ROUND, 1234L, -2);
    is(1300, ROUND, 1250, -2);
    is(-1200, TRUNCATE, -1299, -2);
    is(2.0, ROUND_EVEN, 2.5);
    is(-4.0, ROUND_EVEN, -3.5);
    is(0.12, ROUND_EVEN, 0.125, 2);
    is(1200, ROUND_EVEN, 1250, -2);
    isDecimal("-2", "DECIMAL(3,0)", ROUND_EVEN, "-2.50");
    isDecimal("4", "DECIMAL(3,0)", ROUND_EVEN, "3.50");
    isDecimal("-3", "DECIMAL(3,0)", ROUND_EVEN, "-2.51");
    roundsTo("2.34", "DECIMAL(4,2)", ROUND_EVEN, "2.345", 2);
    is(5, FLOOR, 5);
    fails(
        "NUMERIC_OVERFLOW: ROUND(127, -1) is out of range for TINYINT; cast an operand to a wider type",
        Type.TINYINT,
        ROUND,
        (byte) 127,
        -1);
    isDecimal("-3", "DECIMAL(3,0)", FLOOR, "-2.50");
    isDecimal("-2", "DECIMAL(3,0)", CEIL, "-2.50");
    isDecimal("3", "DECIMAL(3,0)", CEIL, "2.01");
    isDecimal("-3", "DECIMAL(3,0)", ROUND, "-2.50");
    isDecimal("2", "DECIMAL(3,0)", TRUNCATE, "2.99");
    roundsTo("2.35", "DECIMAL(4,2)", ROUND, "2.345", 2);
    roundsTo("2.3400", "DECIMAL(6,4)", TRUNCATE, "2.3456", 2);
    roundsTo("100", "DECIMAL(3,0)", ROUND, "96", -1);
    roundsTo("12345678901234567890.13", "DECIMAL(23,2)", ROUND, "12345678901234567890.125", 2);
    roundsTo("0", "DECIMAL(3,0)", ROUND, "96", -5);
    fails(
        "NUMERIC_OVERFLOW: ROUND(99.5) is out of range for DECIMAL(2,0); cast an operand to a wider type",
        Type.of("DECIMAL(2,0)"),
        ROUND,
        decimal("99.5"));
  }

  private void roundsTo(
      String expected, String type, ScalarFunction function, String value, int digits) {
    tester.check(decimal(expected), true, call(function, Type.of(type), decimal(value), digits));
  }

  @Test
  void mathematics() {
    is(3.0, SQRT, 9.0);
    fails("INVALID_ARGUMENT: SQRT(-1.0) is not defined", Type.DOUBLE, SQRT, -1.0);
    is(-2.0, CBRT, -8.0);
    is(1.0, EXP, 0.0);
    is(1.00000000005e-10, EXPM1, 1e-10);
    is(9.999999999500001e-11, LOG1P, 1e-10);
    fails("INVALID_ARGUMENT: LOG1P(-1.0) is not defined", Type.DOUBLE, LOG1P, -1.0);
    is(0.0, LN, 1.0);
    fails("INVALID_ARGUMENT: LN(0.0) is not defined", Type.DOUBLE, LN, 0.0);
    is(3.0, LOG10, 1000.0);
    is(10.0, LOG2, 1024.0);
    is(3.0, LOG, 2.0, 8.0);
    fails("INVALID_ARGUMENT: LOG(1.0, 8.0) is not defined", Type.DOUBLE, LOG, 1.0, 8.0);
    is(8.0, POWER, 2.0, 3.0);
    fails("INVALID_ARGUMENT: POWER(-1.0, 0.5) is not defined", Type.DOUBLE, POWER, -1.0, 0.5);
    is(0.0, SIN, 0.0);
    is(1.0, COS, 0.0);
    is(0.0, TAN, 0.0);
    is(1 / Math.tan(1), COT, 1.0);
    is(0.0, ASIN, 0.0);
    fails("INVALID_ARGUMENT: ASIN(2.0) is not defined", Type.DOUBLE, ASIN, 2.0);
    is(0.0, ACOS, 1.0);
    is(Math.PI / 4, ATAN, 1.0);
    is(Math.PI / 2, ATAN2, 1.0, 0.0);
    is(0.0, SINH, 0.0);
    is(1.0, COSH, 0.0);
    is(0.0, TANH, 0.0);
    is(180.0, DEGREES, Math.PI);
    is(Math.PI, RADIANS, 180.0);
    is(Math.PI, PI);
    is(Double.NaN, SQRT, Double.NaN);
    is(true, IS_NAN, Double.NaN);
    is(false, IS_NAN, 1f);
    isOfNulls("c", Type.VARCHAR, GREATEST, "b", "c", "a");
    isOfNulls("b", Type.VARCHAR, GREATEST, "b", null);
    isOfNulls(null, Type.BIGINT, LEAST, Literal.nullOf(Type.BIGINT), Literal.nullOf(Type.BIGINT));
    isOfNulls(Double.NaN, Type.DOUBLE, GREATEST, 1.0, Double.NaN);
    isOfNulls(-1L, Type.BIGINT, LEAST, 3L, -1L);
    is(true, IS_INFINITE, Double.NEGATIVE_INFINITY);
    is(0.0, ASINH, 0.0);
    is(0.0, ACOSH, 1.0);
    is(0.0, ATANH, 0.0);
    fails("INVALID_ARGUMENT: ATANH(2.0) is not defined", Type.DOUBLE, ATANH, 2.0);
    is(6L, GCD, -12L, 18L);
    is(36L, LCM, 12L, -18L);
    is(0L, LCM, 0L, 5L);
    fails(
        "NUMERIC_OVERFLOW: GCD(-9223372036854775808, 0) is out of range for BIGINT; cast an"
            + " operand to a wider type",
        Type.BIGINT,
        GCD,
        Long.MIN_VALUE,
        0L);
    is(2432902008176640000L, FACTORIAL, 20L);
    fails("INVALID_ARGUMENT: FACTORIAL(-1) is not defined", Type.BIGINT, FACTORIAL, -1L);
    is(3L, WIDTH_BUCKET, 5.0, 0.0, 10.0, 5L);
    is(6L, WIDTH_BUCKET, 10.0, 0.0, 10.0, 5L);
    is(0L, WIDTH_BUCKET, 11.0, 10.0, 0.0, 5L);
    isOfNulls(7, Type.INTEGER, TRY, 7);
    fails("RAISED: so it is", Type.INTEGER, RAISE_ERROR, "so it is");
  }

  @Test
  void bits() {
    is(8, BIT_AND, 12, 10);
    is(14L, BIT_OR, 12L, 10L);
    is((short) 6, BIT_XOR, (short) 12, (short) 10);
    is((byte) -13, BIT_NOT, (byte) 12);
    is(-128, BIT_SHIFT_LEFT, -1, 7);
    is((byte) -128, BIT_SHIFT_LEFT, (byte) 1, 7);
    is(-1L, BIT_SHIFT_RIGHT, -8L, 10);
    fails(
        "INVALID_ARGUMENT: BIT_SHIFT_LEFT: cannot shift TINYINT by 8 bits",
        Type.TINYINT,
        BIT_SHIFT_LEFT,
        (byte) 1,
        8);
  }

  @Test
  void contextual() {
    is(date("2024-02-29"), CURRENT_DATE);
    is(LocalTime.parse("12:34:56.789012"), CURRENT_TIME);
    is(timestamp("2024-02-29T12:34:56.789012"), CURRENT_TIMESTAMP);
    is(timestamp("2024-02-29T12:34:56.789012"), PROCTIME);
    Expression random = call(RANDOM, Type.DOUBLE);
    Expression uuid = call(UUID, Type.VARCHAR);
    seen.addAll(List.of(RANDOM, UUID));
    try (var batch = tester.batch(List.of(Type.BIGINT), List.of(List.of(1L), List.of(2L)), null)) {
      List<@Nullable Object> randoms = tester.evaluate(random, batch);
      assertTrue((Double) randoms.get(0) >= 0 && !randoms.get(0).equals(randoms.get(1)));
      List<@Nullable Object> uuids = tester.evaluate(uuid, batch);
      assertEquals(4, java.util.UUID.fromString((String) uuids.get(0)).version());
      assertTrue(!uuids.get(0).equals(uuids.get(1)));
      // Each RANDOM() is one of its own.
      assertEquals(
          List.of(false, false), tester.evaluate(call(EQUAL, Type.BOOLEAN, random, random), batch));
    }
  }

  @Test
  void nested() {
    Type array = Type.of("BIGINT ARRAY");
    Type map = Type.of("MAP<VARCHAR, BIGINT>");
    Expression a = new dev.tidemill.plan.expression.ColumnReference(0, array);
    Expression m = new dev.tidemill.plan.expression.ColumnReference(1, map);
    seen.addAll(List.of(ITEM, CARDINALITY));
    List<List<@Nullable Object>> rows = new ArrayList<>();
    rows.add(
        java.util.Arrays.asList(java.util.Arrays.asList(5L, null, 7L), java.util.Map.of("k", 1L)));
    rows.add(java.util.Arrays.asList(null, java.util.Map.of()));
    try (var batch = tester.batch(List.of(array, map), rows, null)) {
      assertEquals(
          java.util.Arrays.asList(7L, null), tester.evaluate(call(ITEM, Type.BIGINT, a, 3), batch));
      assertEquals(
          java.util.Arrays.asList(null, null),
          tester.evaluate(call(ITEM, Type.BIGINT, a, 4), batch));
      assertEquals(
          java.util.Arrays.asList(1L, null),
          tester.evaluate(call(ITEM, Type.BIGINT, m, "k"), batch));
      assertEquals(
          java.util.Arrays.asList(3, null),
          tester.evaluate(call(CARDINALITY, Type.INTEGER, a), batch));
      assertEquals(
          java.util.Arrays.asList(1, 0),
          tester.evaluate(call(CARDINALITY, Type.INTEGER, m), batch));
      assertEquals(
          java.util.Arrays.asList(true, null),
          tester.evaluate(call(EQUAL, Type.BOOLEAN, a, a), batch));
    }
  }

  @Test
  void whatIsNotThereIsRefusedByName() {
    TidemillException error =
        assertThrows(TidemillException.class, () -> tester.value(call(UPPER, Type.VARCHAR, 1)));
    assertEquals("UPPER(INTEGER) is not supported", error.text());
    assertEquals("0A000", error.code().sqlState());
  }

  @Test
  void distances() {
    is(11.0, ARRAY_INNER_PRODUCT, vector(1.0, 2.0), vector(3.0, 4.0));
    is(0.0, ARRAY_INNER_PRODUCT, vector(), vector());
    is(5.0, ARRAY_DISTANCE, vector(1.0, 2.0), vector(4.0, 6.0));
    is(1.0, ARRAY_COSINE_SIMILARITY, vector(1.0, 1.0), vector(3.0, 3.0));
    is(-1.0, ARRAY_COSINE_SIMILARITY, vector(0.5), vector(-3.0));
    is(Double.NaN, ARRAY_COSINE_SIMILARITY, vector(0.0), vector(1.0));
    fails(
        "INVALID_ARGUMENT: vectors of one length are compared, these have 1 and 2 elements",
        Type.DOUBLE,
        ARRAY_DISTANCE,
        vector(1.0),
        vector(1.0, 2.0));
    fails(
        "INVALID_ARGUMENT: an element of a vector is NULL",
        Type.DOUBLE,
        ARRAY_INNER_PRODUCT,
        vector(1.0),
        new Literal(new Type.Array(Type.DOUBLE), Collections.singletonList(null)));
  }

  private static Literal vector(Double... values) {
    return new Literal(new Type.Array(Type.DOUBLE), List.of(values));
  }
}
