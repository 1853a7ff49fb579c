package dev.tidemill.exec.expression;

import static dev.tidemill.plan.function.ScalarFunction.*;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import dev.tidemill.foundation.error.TidemillException;
import dev.tidemill.foundation.type.Type;
import dev.tidemill.plan.expression.Call;
import dev.tidemill.plan.expression.Expression;
import dev.tidemill.plan.expression.Literal;
import dev.tidemill.plan.function.ScalarFunction;
import java.math.BigDecimal;
import java.time.Duration;
import java.time.Instant;
import java.time.LocalDate;
import java.time.LocalDateTime;
import java.time.LocalTime;
import java.time.Period;
import java.util.ArrayList;
import java.util.EnumSet;
import java.util.List;
import java.util.Set;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;

/** Every function: values, NULLs, selections, dictionaries, errors with their text. */
final class ScalarFunctionTest {
  private final ExpressionTester tester = new ExpressionTester();
  private final Set<ScalarFunction> seen = EnumSet.noneOf(ScalarFunction.class);

  @AfterEach
  void nothingStaysAllocated() {
    tester.close();
  }

  private static Expression argument(@Nullable Object value) {
    return switch (value) {
      case null -> Literal.nullOf(Type.VARCHAR);
      case Expression expression -> expression;
      case Boolean v -> new Literal(Type.BOOLEAN, v);
      case Byte v -> new Literal(Type.TINYINT, v);
      case Short v -> new Literal(Type.SMALLINT, v);
      case Integer v -> new Literal(Type.INTEGER, v);
      case Long v -> new Literal(Type.BIGINT, v);
      case Float v -> new Literal(Type.REAL, v);
      case Double v -> new Literal(Type.DOUBLE, v);
      case BigDecimal v ->
          new Literal(new Type.Decimal(Math.max(v.precision(), v.scale()), v.scale()), v);
      case String v -> new Literal(Type.VARCHAR, v);
      case byte[] v -> new Literal(Type.VARBINARY, v);
      case LocalDate v -> new Literal(Type.DATE, v);
      case LocalTime v -> new Literal(new Type.Time(6), v);
      case LocalDateTime v -> new Literal(Type.TIMESTAMP, v);
      case Instant v -> new Literal(new Type.ZonedTimestamp(6), v);
      case Period v -> new Literal(new Type.MonthInterval(), v);
      case Duration v -> new Literal(new Type.TimeInterval(), v);
      default -> throw new IllegalArgumentException(value.toString());
    };
  }

  private static Call call(ScalarFunction function, Type type, @Nullable Object... arguments) {
    List<Expression> expressions = new ArrayList<>();
    for (Object argument : arguments) {
      expressions.add(argument(argument));
    }
    return new Call(function, expressions, type);
  }

  /** The type of the result is that of the expected value. */
  private void is(Object expected, ScalarFunction function, @Nullable Object... arguments) {
    seen.add(function);
    tester.check(expected, true, call(function, argument(expected).type(), arguments));
  }

  private void isNull(Type type, ScalarFunction function, @Nullable Object... arguments) {
    seen.add(function);
    tester.check(null, true, call(function, type, arguments));
  }

  /** For functions that take NULLs. */
  private void isOfNulls(
      @Nullable Object expected,
      Type type,
      ScalarFunction function,
      @Nullable Object... arguments) {
    seen.add(function);
    tester.check(expected, false, call(function, type, arguments));
  }

  private void fails(
      String error, Type type, ScalarFunction function, @Nullable Object... arguments) {
    seen.add(function);
    Call call = call(function, type, arguments);
    TidemillException folded =
        assertThrows(TidemillException.class, () -> tester.value(call), call::toString);
    assertEquals(error, folded.code().name() + ": " + folded.text());
    List<Type> types = new ArrayList<>();
    List<@Nullable Object> values = new ArrayList<>();
    List<Expression> columns = new ArrayList<>();
    for (Expression argument : call.arguments()) {
      boolean fixed = ExpressionTester.takesUnit(function) && columns.isEmpty();
      columns.add(
          fixed
              ? argument
              : new dev.tidemill.plan.expression.ColumnReference(types.size(), argument.type()));
      if (!fixed) {
        types.add(argument.type());
        values.add(((Literal) argument).value());
      }
    }
    assertEquals(error, tester.error(new Call(function, columns, type), types, List.of(values)));
  }

  private static BigDecimal decimal(String text) {
    return new BigDecimal(text);
  }

  private static LocalDate date(String text) {
    return LocalDate.parse(text);
  }

  private static LocalDateTime timestamp(String text) {
    return LocalDateTime.parse(text);
  }

  private static byte[] bytes(int... values) {
    byte[] bytes = new byte[values.length];
    for (int i = 0; i < bytes.length; i++) {
      bytes[i] = (byte) values[i];
    }
    return bytes;
  }

  @Test
  void everyFunctionIsTested() {
    comparison();
    tests();
    arithmetic();
    intervals();
    rounding();
    mathematics();
    bits();
    text();
    patterns();
    digests();
    datesAndTimes();
    contextual();
    nested();
    json();
    moreText();
    moreTimes();
    seen.addAll(CollectionFunctionsTest.functions());
    Set<ScalarFunction> missing = EnumSet.complementOf(EnumSet.copyOf(seen));
    assertTrue(missing.isEmpty(), "not tested: " + missing);
  }

  @Test
  void moreText() {
    is(3, LEVENSHTEIN, "kitten", "sitting");
    is(1, LEVENSHTEIN, "é", "e");
    is(3, BIT_COUNT, (byte) 7);
    is(8, BIT_COUNT, (byte) -1);
    isOfNulls("1 a null", Type.VARCHAR, PRINTF, "%d %s %s", 1L, "a", null);
    is("a+b%26", URL_ENCODE, "a b&");
    is("a b&", URL_DECODE, "a+b%26");
    fails(
        "INVALID_ARGUMENT: URL_DECODE: '%x' is not encoded for a URL",
        Type.VARCHAR, URL_DECODE, "%x");
  }

  @Test
  void moreTimes() {
    LocalDateTime time = timestamp("2024-02-29T10:11:12.5");
    is("29.02.24 AM", STRFTIME, time, "%d.%m.%y %p");
    is("FEBRUARY 2024", TO_CHAR, time, "MONTH YYYY");
    is(timestamp("2024-02-29T00:00:00"), STRPTIME, "29/2/2024", "%-d/%-m/%Y");
    is(timestamp("1970-01-01T00:00:01.5"), FROM_EPOCH_MICROS, 1_500_000L);
    is(timestamp("2000-02-03T04:05:06.25"), MAKE_TIMESTAMP, 2000, 2, 3, 4, 5, 6.25);
    is(1.0, MONTHS_BETWEEN, timestamp("2020-03-31T01:00:00"), timestamp("2020-02-29T00:00:00"));
    is(timestamp("2024-02-29T10:00:00"), TIME_BUCKET, Duration.ofMinutes(15), time);
    is(timestamp("2024-01-01T00:00:00"), TIME_BUCKET, Period.ofMonths(3), time);
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
  void intervals() {
    Duration day = Duration.ofDays(1);
    is(date("2024-03-01"), ADD, date("2024-02-29"), day);
    is(date("2024-02-29"), ADD, date("2024-01-31"), Period.ofMonths(1));
    is(date("2023-02-28"), SUBTRACT, date("2024-02-29"), Period.ofMonths(12));
    fails(
        "INVALID_ARGUMENT: ADD: a DATE takes whole days, not INTERVAL 0 01:00:00.000000; cast it to TIMESTAMP",
        Type.DATE,
        ADD,
        date("2024-02-29"),
        Duration.ofHours(1));
    is(
        timestamp("2024-03-01T00:00:00.5"),
        ADD,
        timestamp("2024-02-29T23:59:59.5"),
        Duration.ofSeconds(1));
    is(
        timestamp("2024-02-29T23:59:58.500"),
        SUBTRACT,
        timestamp("2024-02-29T23:59:59.5"),
        Duration.ofSeconds(1));
    is(timestamp("2024-02-29T10:00"), ADD, timestamp("2024-01-31T10:00"), Period.ofMonths(1));
    is(LocalTime.of(0, 30), ADD, LocalTime.of(23, 30), Duration.ofHours(1));
    is(LocalTime.of(23, 30), SUBTRACT, LocalTime.of(0, 30), Duration.ofHours(25));
    is(Duration.ofHours(25), ADD, day, Duration.ofHours(1));
    is(Period.of(1, 1, 0), ADD, Period.ofMonths(12), Period.ofMonths(1));
    fails(
        "DATETIME_OVERFLOW: 294247-01-10 04:00:54.775807 + INTERVAL 0 00:00:00.001000 is out of range for TIMESTAMP(6)",
        Type.TIMESTAMP,
        ADD,
        LocalDateTime.ofEpochSecond(
            Long.MAX_VALUE / 1_000_000, 775_807_000, java.time.ZoneOffset.UTC),
        Duration.ofMillis(1));
    is(Duration.ofHours(36), MULTIPLY, day, 1.5);
    is(Period.ofMonths(6), DIVIDE, Period.ofYears(1), 2L);
    is(Duration.ofMillis(-1), NEGATE, Duration.ofMillis(1));
    is(Duration.ofMillis(1), ABS, Duration.ofMillis(-1));
    fails(
        "DIVISION_BY_ZERO: division by zero: INTERVAL 1 00:00:00.000000 / 0",
        new Type.TimeInterval(),
        DIVIDE,
        day,
        0L);
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
  void text() {
    is("GRÜSSE, WELT UND MEHR", UPPER, "grüsse, Welt und mehr");
    is("plain ascii", LOWER, "Plain ASCII");
    is("Hello Wörld-Two 3rd", INITCAP, "hELLO wÖRLD-two 3RD");
    is(4, CHAR_LENGTH, "a😀ü!");
    is(16, CHAR_LENGTH, "0123456789ü12345");
    is(8, OCTET_LENGTH, "a😀ü!");
    is(2, OCTET_LENGTH, bytes(1, 2));
    is("abc", CONCAT, "a", "", "bc");
    is(bytes(1, 2, 3), CONCAT, bytes(1), bytes(2, 3));
    isOfNulls("a-b", Type.VARCHAR, CONCAT_WS, "-", "a", null, "b");
    isOfNulls(null, Type.VARCHAR, CONCAT_WS, null, "a", "b");
    isOfNulls("", Type.VARCHAR, CONCAT_WS, "-", null, null);
    is("üß", SUBSTRING, "aüßz", 2, 2);
    is("a", SUBSTRING, "aüßz", -1, 3);
    is("ßz and a long tail of text", SUBSTRING, "aüßz and a long tail of text", 3);
    is("", SUBSTRING, "abc", 9, 2);
    is(bytes(2, 3), SUBSTRING, bytes(1, 2, 3), 2);
    fails("INVALID_ARGUMENT: SUBSTRING: negative count -1", Type.VARCHAR, SUBSTRING, "abc", 1, -1);
    is("aü", LEFT, "aüßz", 2);
    is("aü", LEFT, "aüßz", -2);
    is("ßz", RIGHT, "aüßz", 2);
    is("z", RIGHT, "aüßz", -3);
    is("", RIGHT, "abc", 0);
    is(3, POSITION, "ß", "aüß");
    is(0, POSITION, "x", "aüß");
    is(5, POSITION, "ab", "abcdab", 2);
    is(1, POSITION, "", "abc");
    is(5, POSITION, "needle", "the needle");
    fails("INVALID_ARGUMENT: POSITION: start 0 is before 1", Type.INTEGER, POSITION, "a", "a", 0);
    is("b  c", TRIM, "  b  c ", " ");
    is("b", TRIM, "üaüübüa", "aü");
    is("bxx", TRIM_LEADING, "xxbxx", "x");
    is("xxb", TRIM_TRAILING, "xxbxx", "x");
    is("a--c", REPLACE, "abbc", "b", "-");
    is("abc", REPLACE, "abc", "", "-");
    is("aXYd", OVERLAY, "abcd", "XY", 2);
    is("aXYcd", OVERLAY, "abcd", "XY", 2, 1);
    is("xyxab", LPAD, "ab", 5, "xy");
    is("abxyx", RPAD, "ab", 5, "xy");
    is("a", RPAD, "ab", 1, "xy");
    fails("INVALID_ARGUMENT: LPAD: negative length -1", Type.VARCHAR, LPAD, "a", -1, "b");
    is("ababab", REPEAT, "ab", 3);
    is("", REPEAT, "ab", -3);
    fails(
        "INVALID_ARGUMENT: REPEAT: the result would have 2000000000 bytes, more than 67108864",
        Type.VARCHAR,
        REPEAT,
        "a",
        2_000_000_000);
    is("ü😀a", REVERSE, "a😀ü");
    is("b", SPLIT_PART, "a,b,c", ",", 2);
    is("c", SPLIT_PART, "a,b,c", ",", -1);
    is("", SPLIT_PART, "a,b,c", ",", 4);
    fails(
        "INVALID_ARGUMENT: SPLIT_PART: parts are counted from 1 or -1, not 0",
        Type.VARCHAR,
        SPLIT_PART,
        "a",
        ",",
        0);
    is("12x", TRANSLATE, "abcx", "abc", "12");
    is(128512, ASCII, "😀");
    is(0, ASCII, "");
    is("ü", CHR, 252);
    fails("INVALID_ARGUMENT: CHR: -1 is no code point", Type.VARCHAR, CHR, -1);
    is(true, STARTS_WITH, "abc", "ab");
    is(false, STARTS_WITH, "a", "ab");
    is(true, ENDS_WITH, "abc", "bc");
    is(true, CONTAINS, "a longer text with a needle", "needle");
    is(false, CONTAINS, "abc", "abd");
  }

  @Test
  void patterns() {
    is(true, LIKE, "special requests", "%special%requests%");
    is(false, LIKE, "requests special", "%special%requests%");
    is(true, LIKE, "", "%");
    is(false, LIKE, "", "_");
    is(true, LIKE, "grün", "gr_n");
    is(true, LIKE, "xxgrünyy", "%r_n%y");
    is(false, LIKE, "ab", "ab%b");
    is(true, LIKE, "50% off", "50!% %", "!");
    is(false, LIKE, "500 off", "50!% %", "!");
    is(true, LIKE, "a\\b", "a\\b");
    fails(
        "INVALID_PATTERN: LIKE: 'a!b' is no valid pattern: the escape character must stand before %, _ or itself",
        Type.BOOLEAN, LIKE, "x", "a!b", "!");
    fails(
        "INVALID_PATTERN: LIKE: 'ab' is no valid pattern: ESCAPE must be one character, not '!!'",
        Type.BOOLEAN,
        LIKE,
        "x",
        "ab",
        "!!");
    is(true, ILIKE, "GRÜN und Blau", "grün%BLAU");
    is(true, SIMILAR, "abcabc", "(abc)+");
    is(true, SIMILAR, "a.b", "a._?");
    is(false, SIMILAR, "axb", "a.b");
    is(true, SIMILAR, "xyz", "[x-z]%");
    is(false, SIMILAR, "abcd", "abc");
    is(true, REGEXP_LIKE, "order 66", "\\d+");
    fails(
        "INVALID_PATTERN: REGEXP_LIKE: '(' is no valid pattern: Unclosed group near index 1",
        Type.BOOLEAN,
        REGEXP_LIKE,
        "a",
        "(");
    is("b-a", REGEXP_REPLACE, "a-b", "(\\w)-(\\w)", "$2-$1");
    fails(
        "INVALID_ARGUMENT: REGEXP_REPLACE: '$1' is no valid replacement: No group 1",
        Type.VARCHAR,
        REGEXP_REPLACE,
        "a",
        "a",
        "$1");
    is("66", REGEXP_EXTRACT, "order 66", "\\d+");
    is("6", REGEXP_EXTRACT, "order 66", "(\\d)(\\d)", 2);
    isNull(Type.VARCHAR, REGEXP_EXTRACT, "order", "\\d+");
    fails(
        "INVALID_ARGUMENT: REGEXP_EXTRACT: no group 3 in '(a)', which has 1",
        Type.VARCHAR,
        REGEXP_EXTRACT,
        "a",
        "(a)",
        3);
    is(3, REGEXP_COUNT, "a1b22c", "[a-z]");
  }

  @Test
  void digests() {
    is("900150983cd24fb0d6963f7d28e17f72", MD5, "abc");
    is("a9993e364706816aba3e25717850c26c9cd0d89d", SHA1, "abc");
    is("ba7816bf8f01cfea414140de5dae2223b00361a396177a9cb410ff61f20015ad", SHA256, "abc");
    is(
        "ddaf35a193617abacc417349ae20413112e6fa4e89a97ea20a9eeee64b55d39a2192992a274fc1a836ba3c23a3feebbd454d4423643ce80e2a9ac94fa54ca49f",
        SHA512,
        "abc");
    is("00FF", TO_HEX, bytes(0, 255));
    is(bytes(0, 255), FROM_HEX, "00fF");
    fails("INVALID_ARGUMENT: FROM_HEX: '0' is not hexadecimal", Type.VARBINARY, FROM_HEX, "0");
    is("AP8=", TO_BASE64, bytes(0, 255));
    is(bytes(0, 255), FROM_BASE64, "AP8=");
    fails("INVALID_ARGUMENT: FROM_BASE64: '?' is not base64", Type.VARBINARY, FROM_BASE64, "?");
  }

  @Test
  void datesAndTimes() {
    LocalDateTime time = timestamp("2024-12-30T13:45:56.789012");
    is(2024L, EXTRACT, "YEAR", time);
    is(4L, EXTRACT, "QUARTER", time);
    is(12L, EXTRACT, "MONTH", time);
    is(1L, EXTRACT, "WEEK", time);
    is(2025L, EXTRACT, "ISOYEAR", time);
    is(30L, EXTRACT, "DAY", time);
    is(2L, EXTRACT, "DOW", time);
    is(1L, EXTRACT, "ISODOW", time);
    is(365L, EXTRACT, "DOY", time);
    is(13L, EXTRACT, "HOUR", time);
    is(45L, EXTRACT, "MINUTE", time);
    is(56L, EXTRACT, "SECOND", time);
    is(56789L, EXTRACT, "MILLISECOND", time);
    is(56789012L, EXTRACT, "MICROSECOND", time);
    is(56789012000L, EXTRACT, "NANOSECOND", time);
    is(time.toEpochSecond(java.time.ZoneOffset.UTC), EXTRACT, "EPOCH", time);
    is(21L, EXTRACT, "CENTURY", time);
    is(202L, EXTRACT, "DECADE", time);
    is(3L, EXTRACT, "MILLENNIUM", time);
    is(1969L, EXTRACT, "YEAR", timestamp("1969-12-31T23:59:59.999"));
    is(-1L, EXTRACT, "EPOCH", timestamp("1969-12-31T23:59:59.999"));
    is(1L, EXTRACT, "DOW", date("2024-03-03"));
    is(20L, EXTRACT, "CENTURY", date("2000-12-31"));
    is(0L, EXTRACT, "HOUR", date("2024-03-03"));
    is(23L, EXTRACT, "HOUR", LocalTime.of(23, 59));
    is(25L, EXTRACT, "DAY", Duration.ofDays(25).plusHours(3));
    is(-3L, EXTRACT, "HOUR", Duration.ofDays(-25).minusHours(3));
    is(2L, EXTRACT, "MONTH", Period.of(3, 2, 0));
    is(3L, EXTRACT, "YEAR", Period.of(3, 2, 0));
    fails(
        "INVALID_ARGUMENT: EXTRACT: 'FORTNIGHT' is no unit of time",
        Type.BIGINT,
        EXTRACT,
        "FORTNIGHT",
        time);
    fails(
        "INVALID_ARGUMENT: EXTRACT: no YEAR in a TIME(6)",
        Type.BIGINT,
        EXTRACT,
        "YEAR",
        LocalTime.of(1, 0));

    is(timestamp("2024-12-30T13:00"), DATE_TRUNC, "hour", time);
    is(timestamp("2024-12-30T00:00"), DATE_TRUNC, "WEEK", timestamp("2025-01-05T23:00"));
    is(timestamp("2024-10-01T00:00"), DATE_TRUNC, "QUARTER", time);
    is(timestamp("2024-12-30T00:00"), DATE_TRUNC, "ISOYEAR", timestamp("2025-06-01T00:00"));
    is(date("2001-01-01"), DATE_TRUNC, "CENTURY", date("2024-02-29"));
    is(date("1969-12-01"), DATE_TRUNC, "MONTH", date("1969-12-31"));
    is(timestamp("2024-12-30T13:45:56.789"), DATE_TRUNC, "MILLISECOND", time);
    is(LocalTime.of(13, 45), DATE_TRUNC, "MINUTE", LocalTime.of(13, 45, 56));
    is(timestamp("2025-01-01T00:00"), DATE_CEIL, "YEAR", time);
    is(timestamp("2024-12-30T14:00"), DATE_CEIL, "HOUR", time);
    is(date("2024-01-01"), DATE_CEIL, "YEAR", date("2024-01-01"));
    is(date("2024-12-30"), DATE_CEIL, "ISOYEAR", date("2024-01-02"));
    fails(
        "INVALID_ARGUMENT: DATE_TRUNC: DOW does not go with DATE",
        Type.DATE,
        DATE_TRUNC,
        "DOW",
        date("2024-01-01"));
    is(1L, DATE_DIFF, "MONTH", date("2024-01-31"), date("2024-03-01"));
    is(0L, DATE_DIFF, "MONTH", date("2024-01-31"), date("2024-02-29"));
    is(-1L, DATE_DIFF, "YEAR", date("2024-01-01"), date("2022-12-31"));
    is(366L, DATE_DIFF, "DAY", date("2024-01-01"), date("2025-01-01"));
    is(24L, DATE_DIFF, "HOUR", date("2024-01-01"), date("2024-01-02"));
    is(-1L, DATE_DIFF, "HOUR", timestamp("2024-01-01T02:00"), timestamp("2024-01-01T00:30"));
    is(31L, TIME_BETWEEN, date("2024-02-01"), date("2024-01-01"));
    is(
        Duration.ofMillis(90_500),
        TIME_BETWEEN,
        timestamp("2024-01-01T00:01:30.5"),
        timestamp("2024-01-01T00:00"));
    is(date("2024-02-29"), LAST_DAY, timestamp("2024-02-01T12:00"));
    is(date("2023-02-28"), LAST_DAY, date("2023-02-28"));
    is("Thursday", DAYNAME, date("2024-02-29"));
    is("February", MONTHNAME, timestamp("2024-02-29T00:00"));
    is(timestamp("1970-01-01T00:00:01"), FROM_EPOCH_SECONDS, 1L);
    is(timestamp("1969-12-31T23:59:59.999"), FROM_EPOCH_MILLIS, -1L);
    fails(
        "DATETIME_OVERFLOW: FROM_EPOCH_SECONDS(9223372036854775807) is out of range for TIMESTAMP(6)",
        Type.TIMESTAMP,
        FROM_EPOCH_SECONDS,
        Long.MAX_VALUE);
    is("30.12.2024 13:45", FORMAT_TIME, time, "dd.MM.yyyy HH:mm");
    Instant instant = Instant.parse("2024-07-01T12:00:00Z");
    is("12:00 Z", FORMAT_TIME, instant, "HH:mm XXX");
    is("14:00 +02:00", FORMAT_TIME, instant, "HH:mm xxx", "Europe/Berlin");
    is(timestamp("2024-07-01T21:00:00"), AT_TIME_ZONE, instant, "Asia/Tokyo");
    is(instant, AT_TIME_ZONE, timestamp("2024-07-01T08:30:00"), "-03:30");
    fails(
        "INVALID_ARGUMENT: there is no time zone 'Mars': it must be a region such as Europe/Berlin, an offset such as +02:00, UTC or LOCAL",
        Type.TIMESTAMP,
        AT_TIME_ZONE,
        instant,
        "Mars");
    fails(
        "INVALID_PATTERN: FORMAT_TIME: 'HH' is no valid pattern: it does not go with DATE: Unsupported field: HourOfDay",
        Type.VARCHAR,
        FORMAT_TIME,
        date("2024-01-01"),
        "HH");
    is(date("2024-12-30"), PARSE_TIME, "30.12.2024", "dd.MM.yyyy");
    is(timestamp("2024-12-30T13:45"), PARSE_TIME, "30.12.2024 13:45", "dd.MM.yyyy HH:mm");
    is(LocalTime.of(13, 45), PARSE_TIME, "1345", "HHmm");
    fails(
        "INVALID_ARGUMENT: PARSE_TIME: 'x' is not of the pattern: Text 'x' could not be parsed at index 0",
        Type.DATE,
        PARSE_TIME,
        "x",
        "yyyy");
    is(date("2024-02-29"), MAKE_DATE, 2024, 2, 29);
    fails(
        "INVALID_ARGUMENT: MAKE_DATE(2023, 2, 29) is not defined",
        Type.DATE,
        MAKE_DATE,
        2023,
        2,
        29);
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
}
