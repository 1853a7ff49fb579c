package dev.tidemill.exec.expression;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import dev.tidemill.foundation.batch.Batch;
import dev.tidemill.foundation.batch.Column;
import dev.tidemill.foundation.batch.Selection;
import dev.tidemill.foundation.error.TidemillException;
import dev.tidemill.foundation.format.ValueFormat;
import dev.tidemill.foundation.type.Type;
import dev.tidemill.plan.expression.And;
import dev.tidemill.plan.expression.Call;
import dev.tidemill.plan.expression.Case;
import dev.tidemill.plan.expression.Cast;
import dev.tidemill.plan.expression.ColumnReference;
import dev.tidemill.plan.expression.Expression;
import dev.tidemill.plan.expression.InList;
import dev.tidemill.plan.expression.Literal;
import dev.tidemill.plan.expression.Or;
import dev.tidemill.plan.function.ScalarFunction;
import java.math.BigDecimal;
import java.math.BigInteger;
import java.math.RoundingMode;
import java.nio.charset.StandardCharsets;
import java.time.Duration;
import java.time.LocalDate;
import java.time.LocalDateTime;
import java.time.ZoneOffset;
import java.time.temporal.ChronoField;
import java.time.temporal.ChronoUnit;
import java.time.temporal.IsoFields;
import java.time.temporal.Temporal;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.Random;
import java.util.regex.Pattern;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;

/**
 * Random expressions over random rows against a plain evaluation of one row after the other, by
 * BigDecimal, java.time and java.util.regex: values where every row that counts has one, an error
 * exactly where one of these has none. Sees wrong loops, lost NULLs, errors of rows that do not
 * count, leaks; not what reference and kernels understand alike.
 */
final class ExpressionPropertyTest {
  private static final Object ERROR = new Object();
  private final ExpressionTester tester = new ExpressionTester();
  private final long seed = Long.getLong("tidemill.test.seed", System.nanoTime());
  private final Random random = new Random(seed);

  @AfterEach
  void nothingStaysAllocated() {
    tester.close();
  }

  /** The value of one row, null for NULL, or {@link #ERROR}. */
  private interface Reference {
    @Nullable Object apply(List<? extends @Nullable Object> row);
  }

  private void check(
      Expression expression,
      List<Type> types,
      List<List<@Nullable Object>> rows,
      Reference reference) {
    List<@Nullable Object> expected = new ArrayList<>();
    List<Integer> good = new ArrayList<>();
    List<Integer> some = new ArrayList<>();
    for (int i = 0; i < rows.size(); i++) {
      Object value = reference.apply(rows.get(i));
      expected.add(value);
      if (value != ERROR) {
        good.add(i);
      }
      if (random.nextInt(3) > 0) {
        some.add(i);
      }
    }
    String what = "seed " + seed + ", " + expression;
    for (List<Integer> wanted : List.of(good, some)) {
      Selection selection =
          new Selection(wanted.stream().mapToInt(Integer::intValue).toArray(), wanted.size());
      boolean fails = wanted.stream().anyMatch(row -> expected.get(row) == ERROR);
      try (Batch batch = batch(types, rows, selection)) {
        if (fails) {
          TidemillException error =
              assertThrows(TidemillException.class, () -> tester.evaluate(expression, batch), what);
          assertEquals("USER", error.kind().name(), what);
        } else {
          List<@Nullable Object> actual = tester.evaluate(expression, batch);
          for (int i = 0; i < wanted.size(); i++) {
            int row = wanted.get(i);
            assertEquals(expected.get(row), actual.get(i), () -> what + " of " + rows.get(row));
          }
        }
      }
    }
  }

  /** VARCHAR columns are dictionaries now and then. */
  private Batch batch(List<Type> types, List<List<@Nullable Object>> rows, Selection selection) {
    List<Column> columns = new ArrayList<>();
    for (int c = 0; c < types.size(); c++) {
      List<@Nullable Object> values = new ArrayList<>();
      for (List<@Nullable Object> row : rows) {
        values.add(row.get(c));
      }
      boolean codes = random.nextInt(3) == 0;
      columns.add(
          codes
              ? tester.dictionaryOf(types.get(c), values, null)
              : tester.columnOf(types.get(c), values));
    }
    return new Batch(
        rows.size(), columns, selection.count() == rows.size() ? null : selection, null);
  }

  private List<List<@Nullable Object>> rows(List<Type> types) {
    int count = random.nextInt(150);
    int nullsInTen = random.nextInt(3);
    int spread = random.nextInt(4);
    List<List<@Nullable Object>> rows = new ArrayList<>();
    for (int i = 0; i < count; i++) {
      List<@Nullable Object> row = new ArrayList<>();
      for (Type type : types) {
        row.add(random.nextInt(10) < nullsInTen ? null : value(type, spread));
      }
      rows.add(row);
    }
    return rows;
  }

  /** A value; the greater {@code spread}, the more extreme. */
  private Object value(Type type, int spread) {
    return switch (type) {
      case Type.Bool t -> random.nextBoolean();
      case Type.Int t -> integer(t.bits(), spread);
      case Type.Real t -> (float) real(spread);
      case Type.DoubleType t -> real(spread);
      case Type.Decimal t -> decimal(t, spread);
      case Type.Varchar t -> text();
      case Type.Date t -> LocalDate.ofEpochDay(random.nextInt(200_000) - 100_000);
      case Type.Timestamp t -> timestamp(t.precision());
      default -> throw new IllegalArgumentException(type.toString());
    };
  }

  private Object integer(int bits, int spread) {
    long value =
        switch (random.nextInt(spread + 2)) {
          case 0 -> random.nextInt(5) - 2;
          case 1 -> random.nextInt(200) - 100;
          case 2 -> random.nextLong() >> (64 - bits + random.nextInt(bits - 1));
          case 3 -> (1L << (bits - 1)) - 1 - random.nextInt(2);
          default -> (-1L << (bits - 1)) + random.nextInt(2);
        };
    return switch (bits) {
      case 8 -> (Object) (byte) value;
      case 16 -> (Object) (short) value;
      case 32 -> (Object) (int) value;
      default -> (Object) value;
    };
  }

  private double real(int spread) {
    return switch (random.nextInt(spread + 2)) {
      case 0 -> random.nextInt(5) - 2;
      case 1 -> random.nextInt(2000) / 8.0 - 100;
      case 2 -> random.nextGaussian() * 1e10;
      case 3 -> Double.NaN;
      default -> random.nextBoolean() ? -0.0 : Double.NEGATIVE_INFINITY;
    };
  }

  private BigDecimal decimal(Type.Decimal type, int spread) {
    int digits = 1 + random.nextInt(spread == 0 ? Math.min(3, type.precision()) : type.precision());
    BigInteger unscaled = new BigInteger(130, random).mod(BigInteger.TEN.pow(digits));
    return new BigDecimal(random.nextBoolean() ? unscaled : unscaled.negate(), type.scale());
  }

  private String text() {
    StringBuilder text = new StringBuilder();
    int length = random.nextInt(random.nextInt(4) == 0 ? 40 : 8);
    for (int i = 0; i < length; i++) {
      text.append(
          List.of("a", "b", "c", "ü", "%", "_", "😀")
              .get(random.nextInt(random.nextInt(3) == 0 ? 7 : 2)));
    }
    return text.toString();
  }

  private LocalDateTime timestamp(int precision) {
    long nanos = random.nextInt(1_000_000_000);
    long unit = (long) Math.pow(10, 9 - precision);
    return LocalDateTime.ofEpochSecond(
        random.nextLong(8_000_000_000L) - 4_000_000_000L,
        (int) (nanos / unit * unit),
        ZoneOffset.UTC);
  }

  private static Expression column(int index, Type type) {
    return new ColumnReference(index, type);
  }

  /** Operands of a call: both columns, or one a literal of the first row. */
  private List<Expression> operands(Type left, Type right, List<List<@Nullable Object>> rows) {
    Expression a = column(0, left);
    Expression b = column(1, right);
    int form = rows.isEmpty() ? 0 : random.nextInt(4);
    if (form == 1) {
      Literal literal = new Literal(left, rows.getFirst().get(0));
      rows.replaceAll(row -> Arrays.asList(literal.value(), row.get(1)));
      a = literal;
    } else if (form == 2) {
      Literal literal = new Literal(right, rows.getFirst().get(1));
      rows.replaceAll(row -> Arrays.asList(row.get(0), literal.value()));
      b = literal;
    }
    return List.of(a, b);
  }

  private static final List<ScalarFunction> ARITHMETIC =
      List.of(
          ScalarFunction.ADD,
          ScalarFunction.SUBTRACT,
          ScalarFunction.MULTIPLY,
          ScalarFunction.DIVIDE,
          ScalarFunction.MODULO);

  @Test
  void integerArithmetic() {
    for (int round = 0; round < 400; round++) {
      Type type =
          List.of(Type.TINYINT, Type.SMALLINT, Type.INTEGER, Type.BIGINT).get(random.nextInt(4));
      int bits = ((Type.Int) type).bits();
      ScalarFunction function = ARITHMETIC.get(random.nextInt(5));
      List<Type> types = List.of(type, type);
      List<List<@Nullable Object>> rows = rows(types);
      Expression expression = new Call(function, operands(type, type, rows), type);
      check(
          expression,
          types,
          rows,
          row -> {
            if (row.get(0) == null || row.get(1) == null) {
              return null;
            }
            BigInteger a = BigInteger.valueOf(((Number) row.get(0)).longValue());
            BigInteger b = BigInteger.valueOf(((Number) row.get(1)).longValue());
            if (ARITHMETIC.indexOf(function) > 2 && b.signum() == 0) {
              return ERROR;
            }
            BigInteger exact =
                exact(function, new BigDecimal(a), new BigDecimal(b), 0).toBigInteger();
            return exact.bitLength() >= bits
                ? ERROR
                : Conversions.convert(new BigDecimal(exact), type, type);
          });
    }
  }

  private static BigDecimal exact(ScalarFunction function, BigDecimal a, BigDecimal b, int scale) {
    return switch (function) {
      case ADD -> a.add(b);
      case SUBTRACT -> a.subtract(b);
      case MULTIPLY -> a.multiply(b);
      case DIVIDE ->
          a.divide(
              b, scale, scale == 0 && a.scale() == 0 ? RoundingMode.DOWN : RoundingMode.HALF_UP);
      default -> a.remainder(b);
    };
  }

  private Type.Decimal decimalType() {
    int precision = 1 + random.nextInt(random.nextBoolean() ? 18 : 38);
    return new Type.Decimal(precision, random.nextInt(precision + 1));
  }

  @Test
  void decimalArithmetic() {
    for (int round = 0; round < 400; round++) {
      Type.Decimal left = decimalType();
      Type.Decimal right = decimalType();
      Type.Decimal result =
          random.nextBoolean() ? decimalType() : new Type.Decimal(38, random.nextInt(20));
      ScalarFunction function = ARITHMETIC.get(random.nextInt(5));
      if (function == ScalarFunction.DIVIDE && result.scale() == 0) {
        continue;
      }
      if (random.nextInt(3) == 0 && function != ScalarFunction.DIVIDE) {
        int scale =
            function == ScalarFunction.MULTIPLY
                ? left.scale() + right.scale()
                : Math.max(left.scale(), right.scale());
        result = new Type.Decimal(38, Math.min(38, scale));
      }
      Type.Decimal type = result;
      List<Type> types = List.of(left, right);
      List<List<@Nullable Object>> rows = rows(types);
      check(
          new Call(function, operands(left, right, rows), type),
          types,
          rows,
          row -> {
            if (row.get(0) == null || row.get(1) == null) {
              return null;
            }
            BigDecimal a = (BigDecimal) row.get(0);
            BigDecimal b = (BigDecimal) row.get(1);
            if (ARITHMETIC.indexOf(function) > 2 && b.signum() == 0) {
              return ERROR;
            }
            BigDecimal rounded =
                exact(function, a, b, type.scale()).setScale(type.scale(), RoundingMode.HALF_UP);
            return rounded.precision() > type.precision() ? ERROR : rounded;
          });
    }
  }

  @Test
  void comparison() {
    List<ScalarFunction> functions =
        List.of(
            ScalarFunction.EQUAL,
            ScalarFunction.NOT_EQUAL,
            ScalarFunction.LESS,
            ScalarFunction.LESS_OR_EQUAL,
            ScalarFunction.GREATER,
            ScalarFunction.GREATER_OR_EQUAL,
            ScalarFunction.IS_DISTINCT,
            ScalarFunction.IS_NOT_DISTINCT);
    for (int round = 0; round < 250; round++) {
      Type type = anyType();
      ScalarFunction function = functions.get(random.nextInt(functions.size()));
      List<Type> types = List.of(type, type);
      List<List<@Nullable Object>> rows = rows(types);
      if (random.nextBoolean()) {
        rows.replaceAll(
            row -> random.nextInt(3) == 0 ? Arrays.asList(row.get(0), row.get(0)) : row);
      }
      check(
          new Call(function, operands(type, type, rows), Type.BOOLEAN),
          types,
          rows,
          row -> {
            Object a = row.get(0);
            Object b = row.get(1);
            if (function == ScalarFunction.IS_DISTINCT
                || function == ScalarFunction.IS_NOT_DISTINCT) {
              boolean same = a == null || b == null ? a == b : order(a, b) == 0;
              return same == (function == ScalarFunction.IS_NOT_DISTINCT);
            }
            if (a == null || b == null) {
              return null;
            }
            int order = order(a, b);
            return switch (function) {
              case EQUAL -> order == 0;
              case NOT_EQUAL -> order != 0;
              case LESS -> order < 0;
              case LESS_OR_EQUAL -> order <= 0;
              case GREATER -> order > 0;
              default -> order >= 0;
            };
          });
    }
  }

  private Type anyType() {
    return switch (random.nextInt(11)) {
      case 0 -> Type.BOOLEAN;
      case 1 -> Type.TINYINT;
      case 2 -> Type.SMALLINT;
      case 3 -> Type.INTEGER;
      case 4 -> Type.BIGINT;
      case 5 -> Type.REAL;
      case 6 -> Type.DOUBLE;
      case 7 -> decimalType();
      case 8 -> Type.VARCHAR;
      case 9 -> Type.DATE;
      default -> new Type.Timestamp(3 * random.nextInt(4));
    };
  }

  private static int order(Object a, Object b) {
    return switch (a) {
      case Float x -> x.equals(b) || x.floatValue() == (Float) b ? 0 : x.compareTo((Float) b);
      case Double x -> x.equals(b) || x.doubleValue() == (Double) b ? 0 : x.compareTo((Double) b);
      case String x ->
          Arrays.compareUnsigned(
              x.getBytes(StandardCharsets.UTF_8), ((String) b).getBytes(StandardCharsets.UTF_8));
      case Boolean x -> x.compareTo((Boolean) b);
      case BigDecimal x -> x.compareTo((BigDecimal) b);
      case LocalDate x -> x.compareTo((LocalDate) b);
      case LocalDateTime x -> x.compareTo((LocalDateTime) b);
      default -> Long.compare(((Number) a).longValue(), ((Number) b).longValue());
    };
  }

  @Test
  void casts() {
    for (int round = 0; round < 700; round++) {
      Type from = anyType();
      Type to = random.nextInt(6) == 0 ? new Type.Varchar(random.nextInt(12)) : anyType();
      if (!Conversions.exists(from, to)) {
        TidemillException error =
            assertThrows(
                TidemillException.class, () -> Casts.of(from, to, false), from + " to " + to);
        assertEquals("UNSUPPORTED_CAST", error.code().name());
        continue;
      }
      boolean nullOnFailure = random.nextInt(3) == 0;
      List<Type> types = List.of(from);
      List<List<@Nullable Object>> rows = rows(types);
      if (from instanceof Type.Varchar && random.nextBoolean()) {
        Type printed = anyType();
        rows.replaceAll(row -> Arrays.asList(random.nextInt(5) == 0 ? null : printed(printed)));
      }
      check(
          new Cast(column(0, from), to, nullOnFailure),
          types,
          rows,
          row -> {
            Object value = row.get(0);
            Object converted = value == null ? null : Conversions.convert(value, from, to);
            return value != null && converted == null && !nullOnFailure ? ERROR : converted;
          });
    }
  }

  private String printed(Type type) {
    return ValueFormat.format(type, value(type, 2));
  }

  /** AND, OR, NOT, CASE, IN over BOOLEAN columns and divisions that may fail. */
  @Test
  void logic() {
    List<Type> types = List.of(Type.BOOLEAN, Type.BOOLEAN, Type.BIGINT, Type.BIGINT, Type.VARCHAR);
    for (int round = 0; round < 250; round++) {
      Expression expression = condition(types, 4);
      check(expression, types, rows(types), row -> evaluate(expression, row));
    }
  }

  private Expression condition(List<Type> types, int depth) {
    int kind = depth == 0 ? random.nextInt(4) : random.nextInt(9);
    return switch (kind) {
      case 0 -> column(random.nextInt(2), Type.BOOLEAN);
      case 1 ->
          new Call(
              ScalarFunction.GREATER,
              List.of(
                  new Call(
                      ScalarFunction.DIVIDE,
                      List.of(column(2, Type.BIGINT), column(3, Type.BIGINT)),
                      Type.BIGINT),
                  new Literal(Type.BIGINT, (long) random.nextInt(3))),
              Type.BOOLEAN);
      case 2 ->
          new Call(
              random.nextBoolean() ? ScalarFunction.EQUAL : ScalarFunction.NOT_EQUAL,
              List.of(column(3, Type.BIGINT), new Literal(Type.BIGINT, 0L)),
              Type.BOOLEAN);
      case 3 ->
          random.nextInt(4) == 0
              ? new Literal(Type.BOOLEAN, List.of(true, false).get(random.nextInt(2)))
              : new InList(
                  column(4, Type.VARCHAR),
                  List.of(
                      new Literal(Type.VARCHAR, "a"),
                      new Literal(Type.VARCHAR, ""),
                      new Literal(Type.VARCHAR, text())));
      case 4, 5 -> new And(conditions(types, depth));
      case 6 -> new Or(conditions(types, depth));
      case 7 -> new Call(ScalarFunction.NOT, List.of(condition(types, depth - 1)), Type.BOOLEAN);
      default -> {
        List<Case.When> branches = new ArrayList<>();
        for (int i = 0; i <= random.nextInt(2); i++) {
          branches.add(new Case.When(condition(types, depth - 1), condition(types, depth - 1)));
        }
        yield new Case(
            branches,
            random.nextInt(3) == 0 ? Literal.nullOf(Type.BOOLEAN) : condition(types, depth - 1),
            Type.BOOLEAN);
      }
    };
  }

  private List<Expression> conditions(List<Type> types, int depth) {
    List<Expression> operands = new ArrayList<>();
    for (int i = 0; i < 2 + random.nextInt(2); i++) {
      operands.add(condition(types, depth - 1));
    }
    return operands;
  }

  /** One row; operands from left to right, errors only of those that are needed. */
  private static @Nullable Object evaluate(
      Expression expression, List<? extends @Nullable Object> row) {
    return switch (expression) {
      case ColumnReference e -> row.get(e.index());
      case Literal e -> e.value();
      case And e -> decide(e.operands(), row, false);
      case Or e -> decide(safeFirst(e.operands()), row, true);
      case InList e -> {
        Object value = row.get(4);
        yield value == null ? null : e.values().stream().anyMatch(v -> value.equals(v.value()));
      }
      case Case e -> {
        for (Case.When branch : e.branches()) {
          Object condition = holds(branch.condition(), row);
          if (condition == ERROR) {
            yield ERROR;
          }
          if (Boolean.TRUE.equals(condition)) {
            yield evaluate(branch.value(), row);
          }
        }
        yield evaluate(e.otherwise(), row);
      }
      case Call e -> call(e, row);
      default -> throw new IllegalArgumentException(expression.toString());
    };
  }

  /** Alternatives are asked in this order. */
  private static List<Expression> safeFirst(List<Expression> operands) {
    List<Expression> ordered = new ArrayList<>();
    operands.stream().filter(operand -> !operand.mayFail()).forEach(ordered::add);
    operands.stream().filter(Expression::mayFail).forEach(ordered::add);
    return ordered;
  }

  /**
   * Whether a condition is TRUE, where NULL is as good as FALSE: AND asks no further than to the
   * first of these.
   */
  private static Object holds(Expression condition, List<? extends @Nullable Object> row) {
    boolean isAnd = condition instanceof And;
    if (!isAnd && !(condition instanceof Or)) {
      Object value = evaluate(condition, row);
      return value == ERROR ? ERROR : Boolean.TRUE.equals(value);
    }
    List<Expression> operands = condition.operands();
    for (Expression operand : isAnd ? operands : safeFirst(operands)) {
      Object value = holds(operand, row);
      if (value == ERROR || (Boolean) value != isAnd) {
        return value;
      }
    }
    return isAnd;
  }

  private static @Nullable Object decide(
      List<Expression> operands, List<? extends @Nullable Object> row, boolean deciding) {
    boolean unknown = false;
    for (Expression operand : operands) {
      Object value = evaluate(operand, row);
      if (value == ERROR) {
        return ERROR;
      }
      if (value == null) {
        unknown = true;
      } else if ((Boolean) value == deciding) {
        return deciding;
      }
    }
    return unknown ? null : !deciding;
  }

  private static @Nullable Object call(Call call, List<? extends @Nullable Object> row) {
    Object a = evaluate(call.arguments().getFirst(), row);
    Object b = call.arguments().size() == 1 ? null : evaluate(call.arguments().get(1), row);
    if (a == ERROR || b == ERROR) {
      return ERROR;
    }
    if (call.function() == ScalarFunction.NOT) {
      return a == null ? null : !(Boolean) a;
    }
    if (a == null || b == null) {
      return null;
    }
    return switch (call.function()) {
      case DIVIDE ->
          (Long) b == 0 || ((Long) b == -1 && (Long) a == Long.MIN_VALUE)
              ? ERROR
              : (Object) ((Long) a / (Long) b);
      case GREATER -> (Long) a > (Long) b;
      case EQUAL -> a.equals(b);
      default -> !a.equals(b);
    };
  }

  @Test
  void like() {
    List<Type> types = List.of(Type.VARCHAR, Type.VARCHAR);
    for (int round = 0; round < 250; round++) {
      List<List<@Nullable Object>> rows = rows(types);
      check(
          new Call(ScalarFunction.LIKE, operands(Type.VARCHAR, Type.VARCHAR, rows), Type.BOOLEAN),
          types,
          rows,
          row -> {
            if (row.get(0) == null || row.get(1) == null) {
              return null;
            }
            StringBuilder regex = new StringBuilder();
            ((String) row.get(1))
                .codePoints()
                .forEach(
                    c ->
                        regex.append(
                            c == '%'
                                ? ".*"
                                : c == '_' ? "." : Pattern.quote(Character.toString(c))));
            return Pattern.compile(regex.toString(), Pattern.DOTALL)
                .matcher((String) row.get(0))
                .matches();
          });
    }
  }

  @Test
  void substrings() {
    List<Type> types = List.of(Type.VARCHAR, Type.INTEGER, Type.INTEGER);
    for (int round = 0; round < 200; round++) {
      List<List<@Nullable Object>> rows = rows(types);
      rows.replaceAll(row -> Arrays.asList(row.get(0), random.nextInt(14) - 3, random.nextInt(10)));
      check(
          new Call(
              ScalarFunction.SUBSTRING,
              List.of(column(0, Type.VARCHAR), column(1, Type.INTEGER), column(2, Type.INTEGER)),
              Type.VARCHAR),
          types,
          rows,
          row -> {
            if (row.get(0) == null) {
              return null;
            }
            int[] points = ((String) row.get(0)).codePoints().toArray();
            int start = (Integer) row.get(1);
            StringBuilder part = new StringBuilder();
            for (int at = start; at < start + (Integer) row.get(2); at++) {
              if (at >= 1 && at <= points.length) {
                part.appendCodePoint(points[at - 1]);
              }
            }
            return part.toString();
          });
    }
  }

  @Test
  void calendar() {
    for (int i = 0; i < 20_000; i++) {
      LocalDate date = LocalDate.ofEpochDay(random.nextInt(4_000_000) - 2_000_000);
      String what = "seed " + seed + ", " + date;
      long days = date.toEpochDay();
      assertEquals(date.getYear(), Calendar.extract(TimeUnit.YEAR, days), what);
      assertEquals(date.getMonthValue(), Calendar.extract(TimeUnit.MONTH, days), what);
      assertEquals(date.getDayOfMonth(), Calendar.extract(TimeUnit.DAY, days), what);
      assertEquals(date.getDayOfYear(), Calendar.extract(TimeUnit.DOY, days), what);
      assertEquals(
          date.get(IsoFields.QUARTER_OF_YEAR), Calendar.extract(TimeUnit.QUARTER, days), what);
      assertEquals(
          date.get(IsoFields.WEEK_OF_WEEK_BASED_YEAR), Calendar.extract(TimeUnit.WEEK, days), what);
      assertEquals(
          date.get(IsoFields.WEEK_BASED_YEAR), Calendar.extract(TimeUnit.ISOYEAR, days), what);
      assertEquals(
          date.get(ChronoField.DAY_OF_WEEK), Calendar.extract(TimeUnit.ISODOW, days), what);
      assertEquals(
          date.withDayOfMonth(1).toEpochDay(), Calendar.truncate(TimeUnit.MONTH, days), what);
      assertEquals(
          date.withDayOfYear(1).toEpochDay(), Calendar.truncate(TimeUnit.YEAR, days), what);
      int months = random.nextInt(1000) - 500;
      assertEquals(
          date.plusMonths(months).toEpochDay(),
          Calendar.addMonths(days, months),
          what + " + " + months);
      for (TimeUnit unit :
          List.of(TimeUnit.WEEK, TimeUnit.ISOYEAR, TimeUnit.CENTURY, TimeUnit.DECADE)) {
        long start = Calendar.truncate(unit, days);
        long next = Calendar.next(unit, start);
        assertTrue(start <= days && days < next, what + " " + unit);
        assertEquals(next, Calendar.truncate(unit, next), what + " " + unit);
        assertEquals(start, Calendar.truncate(unit, next - 1), what + " " + unit);
      }
    }
  }

  /** How often a unit can be added to the earlier time, as plus adds it, up to the later one. */
  private static long between(ChronoUnit unit, Temporal from, Temporal to) {
    boolean isBackwards = isBehind(from, to);
    Temporal first = isBackwards ? to : from;
    Temporal last = isBackwards ? from : to;
    long units = unit.between(first, last);
    if (!isBehind(first.plus(units + 1, unit), last)) {
      units++;
    }
    return isBackwards ? -units : units;
  }

  private static boolean isBehind(Temporal a, Temporal b) {
    return ChronoUnit.DAYS.between(b, a) > 0
        || a.isSupported(ChronoUnit.NANOS) && Duration.between(b, a).isPositive();
  }

  @Test
  void timeDifferences() {
    List<ChronoUnit> units =
        List.of(
            ChronoUnit.YEARS,
            ChronoUnit.MONTHS,
            ChronoUnit.WEEKS,
            ChronoUnit.DAYS,
            ChronoUnit.HOURS,
            ChronoUnit.SECONDS);
    List<String> names = List.of("YEAR", "MONTH", "WEEK", "DAY", "HOUR", "SECOND");
    for (int round = 0; round < 120; round++) {
      Type type = round % 2 == 0 ? new Type.Timestamp(3 * random.nextInt(4)) : Type.DATE;
      int unit = random.nextInt(type instanceof Type.Date ? 4 : 6);
      List<Type> types = List.of(type, type);
      check(
          new Call(
              ScalarFunction.DATE_DIFF,
              List.of(new Literal(Type.VARCHAR, names.get(unit)), column(0, type), column(1, type)),
              Type.BIGINT),
          types,
          rows(types),
          row -> {
            if (row.get(0) == null || row.get(1) == null) {
              return null;
            }
            Temporal from = (Temporal) row.get(0);
            Temporal to = (Temporal) row.get(1);
            return unit < 2
                ? between(units.get(unit), from, to)
                : units.get(unit).between(from, to);
          });
      Type interval = new Type.TimeInterval();
      Duration duration =
          type instanceof Type.Timestamp timestamp && timestamp.precision() >= 6
              ? Duration.ofNanos(random.nextInt() * 1000L)
              : Duration.ofMillis(random.nextInt());
      if (type instanceof Type.Timestamp timestamp && timestamp.precision() >= 3) {
        check(
            new Call(
                ScalarFunction.ADD,
                List.of(column(0, type), new Literal(interval, duration)),
                type),
            types,
            rows(types),
            row -> row.get(0) == null ? null : ((LocalDateTime) row.get(0)).plus(duration));
      }
    }
  }

  @Test
  void int128AgreesWithBigInteger() {
    Int128 a = new Int128();
    for (int i = 0; i < 40_000; i++) {
      BigInteger x =
          new BigInteger(1 + random.nextInt(127), random)
              .multiply(BigInteger.valueOf(random.nextBoolean() ? 1 : -1));
      BigInteger y =
          new BigInteger(1 + random.nextInt(127), random)
              .multiply(BigInteger.valueOf(random.nextBoolean() ? 1 : -1));
      String what = "seed " + seed + ", " + x + " and " + y;
      long low = y.longValue();
      long high = y.shiftRight(64).longValue();
      a.set(x);
      assertEquals(x, a.toBigInteger(), what);
      same(x.add(y), a.add(low, high), a, what);
      a.set(x);
      same(x.subtract(y), a.subtract(low, high), a, what);
      a.set(x);
      boolean multiplied = a.multiply(low, high);
      assertTrue(multiplied || x.multiply(y).bitLength() >= 127, what);
      if (multiplied) {
        assertEquals(x.multiply(y), a.toBigInteger(), what);
      }
      if (low != 0 && low != Long.MIN_VALUE) {
        a.set(x);
        a.divide(low, true);
        assertEquals(
            new BigDecimal(x)
                .divide(new BigDecimal(BigInteger.valueOf(low)), 0, RoundingMode.HALF_UP)
                .toBigInteger(),
            a.toBigInteger(),
            what);
      }
      int digits = random.nextInt(39);
      a.set(x);
      a.scaleDown(digits);
      assertEquals(
          new BigDecimal(x, digits).setScale(0, RoundingMode.HALF_UP).toBigInteger(),
          a.toBigInteger(),
          what);
      a.set(x);
      int precision = 1 + random.nextInt(38);
      assertEquals(x.abs().compareTo(BigInteger.TEN.pow(precision)) < 0, a.fits(precision), what);
    }
  }

  private static void same(BigInteger exact, boolean fits, Int128 actual, String what) {
    assertEquals(exact.bitLength() < 128, fits, what);
    if (fits) {
      assertEquals(exact, actual.toBigInteger(), what);
    }
  }
}
