package dev.tidemill.exec.expression;

import static dev.tidemill.exec.expression.ExpressionTester.call;
import static dev.tidemill.exec.expression.ExpressionTester.column;
import static dev.tidemill.exec.expression.ExpressionTester.literal;
import static org.junit.jupiter.api.Assertions.assertEquals;

import dev.tidemill.foundation.batch.Batch;
import dev.tidemill.foundation.batch.Selection;
import dev.tidemill.foundation.type.Type;
import dev.tidemill.plan.expression.Expression;
import dev.tidemill.plan.expression.InList;
import dev.tidemill.plan.expression.Literal;
import dev.tidemill.plan.function.ScalarFunction;
import java.time.LocalDate;
import java.time.temporal.ChronoUnit;
import java.time.temporal.IsoFields;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.HashSet;
import java.util.List;
import java.util.Locale;
import java.util.Random;
import java.util.Set;
import java.util.function.Function;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.Test;

/** Functions over whole columns beside what Java says of each row. */
final class ColumnKernelsTest {
  private static final int ROWS = 500;

  private final long seed = Long.getLong("tidemill.test.seed", System.nanoTime());
  private final Random random = new Random(seed);

  /** Each row of the batch, some of them not selected, gives what {@code expected} makes of it. */
  private void check(
      Expression expression,
      List<Type> types,
      List<List<@Nullable Object>> rows,
      Function<List<@Nullable Object>, @Nullable Object> expected) {
    Selection some =
        random.nextBoolean()
            ? null
            : new Selection(random.ints(0, ROWS).distinct().limit(90).sorted().toArray(), 90);
    try (ExpressionTester tester = new ExpressionTester();
        Batch batch = tester.batch(types, rows, some)) {
      List<@Nullable Object> wanted = new ArrayList<>();
      for (int i = 0; i < batch.rowCount(); i++) {
        wanted.add(expected.apply(rows.get(batch.row(i))));
      }
      assertEquals(wanted, tester.evaluate(expression, batch), () -> expression + ", seed " + seed);
    }
  }

  private @Nullable Object orNull(Object value) {
    return random.nextInt(9) == 0 ? null : value;
  }

  private LocalDate date() {
    return random.nextInt(20) == 0
        ? LocalDate.of(random.nextInt(40_000) - 20_000, 3, 1).minusDays(random.nextInt(3))
        : LocalDate.of(2024, 1, 1).plusDays(random.nextInt(3_000) - 1_500);
  }

  @Test
  void findsNumbers() {
    for (long range : new long[] {20, 300, 100_000, 10_000_000, Long.MAX_VALUE}) {
      Set<Object> wanted = new HashSet<>();
      List<Literal> values = new ArrayList<>();
      for (int i = 0, n = random.nextInt(200) + 1; i < n; i++) {
        long value = random.nextLong(range) - range / 2;
        wanted.add(value);
        values.add(literal("BIGINT", value));
      }
      List<Object> known = new ArrayList<>(wanted);
      List<List<@Nullable Object>> rows = new ArrayList<>();
      for (int i = 0; i < ROWS; i++) {
        Object value =
            random.nextBoolean() ? known.get(random.nextInt(known.size())) : random.nextLong(range);
        rows.add(Arrays.asList(orNull(value)));
      }
      check(
          new InList(column(0, "BIGINT"), values),
          List.of(Type.BIGINT),
          rows,
          row -> row.get(0) == null ? null : wanted.contains(row.get(0)));
    }
  }

  @Test
  void choosesNumbersAndDates() {
    List<List<@Nullable Object>> rows = new ArrayList<>();
    for (int i = 0; i < ROWS; i++) {
      rows.add(
          Arrays.asList(
              orNull(random.nextInt(9) - 4L), orNull(random.nextLong()), orNull(date()), date()));
    }
    List<Type> types = List.of(Type.BIGINT, Type.BIGINT, Type.DATE, Type.DATE);
    check(
        call(ScalarFunction.GREATEST, "BIGINT", column(0, "BIGINT"), column(1, "BIGINT")),
        types,
        rows,
        row -> extreme(row.get(0), row.get(1), 1));
    check(
        call(ScalarFunction.LEAST, "BIGINT", column(0, "BIGINT"), literal("BIGINT", 1L)),
        types,
        rows,
        row -> extreme(row.get(0), 1L, -1));
    check(
        call(ScalarFunction.LEAST, "DATE", column(2, "DATE"), column(3, "DATE")),
        types,
        rows,
        row -> extreme(row.get(2), row.get(3), -1));
  }

  @SuppressWarnings("unchecked")
  private static @Nullable Object extreme(@Nullable Object a, @Nullable Object b, int sign) {
    if (a == null || b == null) {
      return a == null ? b : a;
    }
    return ((Comparable<Object>) a).compareTo(b) * sign > 0 ? a : b;
  }

  @Test
  void takesDatesApart() {
    List<List<@Nullable Object>> rows = new ArrayList<>();
    for (int i = 0; i < ROWS; i++) {
      rows.add(Arrays.asList(orNull(date())));
    }
    part("YEAR", rows, LocalDate::getYear);
    part("MONTH", rows, LocalDate::getMonthValue);
    part("DAY", rows, LocalDate::getDayOfMonth);
    part("DOY", rows, LocalDate::getDayOfYear);
    part("WEEK", rows, d -> d.get(IsoFields.WEEK_OF_WEEK_BASED_YEAR));
    part("QUARTER", rows, d -> d.get(IsoFields.QUARTER_OF_YEAR));
  }

  private void part(
      String unit, List<List<@Nullable Object>> rows, Function<LocalDate, Integer> expected) {
    check(
        call(ScalarFunction.EXTRACT, "BIGINT", literal("VARCHAR", unit), column(0, "DATE")),
        List.of(Type.DATE),
        rows,
        row -> row.get(0) instanceof LocalDate date ? (long) expected.apply(date) : null);
  }

  @Test
  void countsBetweenDates() {
    List<List<@Nullable Object>> rows = new ArrayList<>();
    for (int i = 0; i < ROWS; i++) {
      rows.add(Arrays.asList(orNull(date()), orNull(date())));
    }
    between("DAY", rows, ChronoUnit.DAYS::between);
    between("WEEK", rows, ChronoUnit.WEEKS::between);
    between("HOUR", rows, (a, b) -> ChronoUnit.DAYS.between(a, b) * 24);
    between("MONTH", rows, ColumnKernelsTest::months);
    between("YEAR", rows, (a, b) -> months(a, b) / 12);
  }

  /** By adding months, which end on a month's last day. */
  private static long months(LocalDate a, LocalDate b) {
    if (b.isBefore(a)) {
      return -months(b, a);
    }
    long months = (b.getYear() - a.getYear()) * 12L + b.getMonthValue() - a.getMonthValue();
    return a.plusMonths(months).isAfter(b) ? months - 1 : months;
  }

  private interface Between {
    long of(LocalDate from, LocalDate to);
  }

  private void between(String unit, List<List<@Nullable Object>> rows, Between expected) {
    check(
        call(
            ScalarFunction.DATE_DIFF,
            "BIGINT",
            literal("VARCHAR", unit),
            column(0, "DATE"),
            column(1, "DATE")),
        List.of(Type.DATE, Type.DATE),
        rows,
        row ->
            row.get(0) instanceof LocalDate a && row.get(1) instanceof LocalDate b
                ? expected.of(a, b)
                : null);
  }

  @Test
  void writesTexts() {
    List<List<@Nullable Object>> rows = new ArrayList<>();
    for (int i = 0; i < ROWS; i++) {
      rows.add(Arrays.asList(orNull(text()), orNull(text())));
    }
    List<Type> types = List.of(Type.VARCHAR, Type.VARCHAR);
    check(
        call(ScalarFunction.UPPER, "VARCHAR", column(0, "VARCHAR")),
        types,
        rows,
        row -> row.get(0) instanceof String a ? a.toUpperCase(Locale.ROOT) : null);
    check(
        call(ScalarFunction.LOWER, "VARCHAR", column(0, "VARCHAR")),
        types,
        rows,
        row -> row.get(0) instanceof String a ? a.toLowerCase(Locale.ROOT) : null);
    check(
        call(
            ScalarFunction.CONCAT,
            "VARCHAR",
            column(0, "VARCHAR"),
            literal("VARCHAR", "-ü"),
            column(1, "VARCHAR")),
        types,
        rows,
        row ->
            row.get(0) instanceof String a && row.get(1) instanceof String b ? a + "-ü" + b : null);
  }

  private String text() {
    StringBuilder text = new StringBuilder();
    for (int i = 0, n = random.nextInt(random.nextBoolean() ? 10 : 60); i < n; i++) {
      boolean plain = random.nextInt(60) > 0;
      text.append(plain ? (char) random.nextInt(128) : "üßİ€".charAt(random.nextInt(4)));
    }
    return text.toString();
  }
}
