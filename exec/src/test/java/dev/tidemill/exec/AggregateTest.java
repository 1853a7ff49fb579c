package dev.tidemill.exec;

import static org.junit.jupiter.api.Assertions.assertTrue;

import dev.tidemill.foundation.type.Type;
import dev.tidemill.plan.batch.AggregateCall;
import dev.tidemill.plan.batch.AggregatePlan;
import dev.tidemill.plan.batch.BatchPlan;
import dev.tidemill.plan.batch.OutputColumn;
import dev.tidemill.plan.function.AggregateFunction;
import java.math.BigDecimal;
import java.math.RoundingMode;
import java.util.ArrayList;
import java.util.Comparator;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.Random;
import java.util.stream.LongStream;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.Test;

/** Hash aggregation against lists of rows by group. */
class AggregateTest {
  private static final Type DECIMAL = new Type.Decimal(12, 2);
  private static final Type WIDE = new Type.Decimal(38, 4);
  private static final Type[] TYPES = {
    Type.INTEGER,
    Type.VARCHAR,
    Type.BIGINT,
    DECIMAL,
    Type.DOUBLE,
    Type.BOOLEAN,
    WIDE,
    Type.DATE,
    Type.DOUBLE
  };

  @Test
  void randomCallsOverRandomKeys() {
    long seed = Long.getLong("tidemill.test.seed", System.nanoTime());
    Random random = new Random(seed);
    for (int round = 0; round < 25; round++) {
      List<List<@Nullable Object>> rows =
          Rows.random(random, random.nextInt(4) == 0 ? 3 : 600, TYPES);
      List<Integer> keys = new ArrayList<>();
      for (int i = random.nextInt(4); i > 0; i--) {
        keys.add(random.nextInt(TYPES.length));
      }
      List<List<Integer>> sets = new ArrayList<>();
      sets.add(positions(keys, keys.size()));
      if (random.nextInt(3) == 0) {
        for (int i = keys.size() - 1; i >= 0; i--) {
          sets.add(positions(keys, i));
        }
      }
      List<AggregateCall> calls = new ArrayList<>();
      for (int i = random.nextInt(5); i >= 0; i--) {
        calls.add(call(random));
      }
      BatchPlan plan = plan(keys, sets, calls);
      try {
        OperatorTester.of(plan, random.nextLong())
            .input(0, rows)
            .gives(expected(rows, keys, sets, calls));
      } catch (AssertionError e) {
        throw new AssertionError(
            "seed " + seed + ", round " + round + ", " + plan + ": " + e.getMessage(), e);
      }
    }
  }

  private static List<Integer> positions(List<Integer> keys, int count) {
    List<Integer> positions = new ArrayList<>();
    for (int i = 0; i < count; i++) {
      positions.add(i);
    }
    return positions.subList(0, Math.min(count, keys.size()));
  }

  private static AggregateCall call(Random random) {
    AggregateFunction[] functions = AggregateFunction.values();
    while (true) {
      AggregateFunction function = functions[random.nextInt(functions.length)];
      int argument = random.nextInt(TYPES.length);
      Type type = resultType(function, TYPES[argument]);
      if (type != null) {
        boolean star = function == AggregateFunction.COUNT && random.nextInt(3) == 0;
        return new AggregateCall(
            function,
            star ? List.of() : List.of(argument),
            !star && random.nextInt(3) == 0,
            random.nextInt(3) == 0 ? 5 : -1,
            type);
      }
    }
  }

  /** The call's type, or null if the function does not take the argument. */
  private static @Nullable Type resultType(AggregateFunction function, Type argument) {
    boolean isDecimal = argument instanceof Type.Decimal;
    boolean isInt = argument instanceof Type.Int;
    return switch (function) {
      case COUNT -> Type.BIGINT;
      case SUM, SUM0 ->
          isInt
              ? Type.BIGINT
              : argument.equals(DECIMAL)
                  ? new Type.Decimal(22, 2)
                  : argument.equals(Type.DOUBLE) ? Type.DOUBLE : null;
      case AVG ->
          isInt || argument.equals(Type.DOUBLE)
              ? Type.DOUBLE
              : isDecimal ? argument.equals(DECIMAL) ? new Type.Decimal(16, 4) : argument : null;
      case MIN, MAX, ANY_VALUE -> argument;
      case BOOL_AND, BOOL_OR -> argument.equals(Type.BOOLEAN) ? argument : null;
      case BIT_AND, BIT_OR, BIT_XOR -> isInt ? argument : null;
      case STDDEV_POP, STDDEV_SAMP, VAR_POP, VAR_SAMP ->
          argument.equals(Type.DOUBLE) ? argument : null;
      case SINGLE_VALUE -> null;
      // Scripts have these.
      case APPROX_COUNT_DISTINCT, APPROX_QUANTILE -> null;
      case COVAR_POP, COVAR_SAMP -> null;
      case SKEWNESS, KURTOSIS, KURTOSIS_POP, QUANTILE_CONT, QUANTILE_DISC -> null;
      case MODE, PRODUCT, HISTOGRAM, LISTAGG, ARRAY_AGG, MAP_AGG, ARG_MIN, ARG_MAX, USER -> null;
    };
  }

  private static BatchPlan plan(
      List<Integer> keys, List<List<Integer>> sets, List<AggregateCall> calls) {
    List<OutputColumn> columns = new ArrayList<>();
    keys.forEach(key -> columns.add(new OutputColumn("k", TYPES[key], true)));
    calls.forEach(call -> columns.add(new OutputColumn("a", call.type(), true)));
    return new AggregatePlan(Rows.input(0, TYPES), keys, sets, calls, columns, -1);
  }

  private static List<List<@Nullable Object>> expected(
      List<List<@Nullable Object>> rows,
      List<Integer> keys,
      List<List<Integer>> sets,
      List<AggregateCall> calls) {
    List<List<@Nullable Object>> result = new ArrayList<>();
    for (List<Integer> set : sets) {
      Map<List<@Nullable Object>, List<List<@Nullable Object>>> groups = new LinkedHashMap<>();
      if (set.isEmpty()) {
        groups.put(
            new ArrayList<>(java.util.Collections.nCopies(keys.size(), null)), new ArrayList<>());
      }
      for (List<@Nullable Object> row : rows) {
        List<@Nullable Object> key = new ArrayList<>();
        for (int i = 0; i < keys.size(); i++) {
          key.add(set.contains(i) ? row.get(keys.get(i)) : null);
        }
        groups.computeIfAbsent(key, k -> new ArrayList<>()).add(row);
      }
      groups.forEach(
          (key, members) -> {
            List<@Nullable Object> row = new ArrayList<>(key);
            calls.forEach(call -> row.add(aggregate(call, members)));
            result.add(row);
          });
    }
    return result;
  }

  static @Nullable Object aggregate(AggregateCall call, List<List<@Nullable Object>> rows) {
    List<List<@Nullable Object>> counted = new ArrayList<>(rows);
    if (call.filter() >= 0) {
      counted.removeIf(row -> !Boolean.TRUE.equals(row.get(call.filter())));
    }
    if (call.arguments().isEmpty()) {
      return (long) counted.size();
    }
    List<Object> values = new ArrayList<>();
    for (List<@Nullable Object> row : counted) {
      Object value = row.get(call.arguments().get(0));
      if (value != null && !(call.distinct() && values.contains(value))) {
        values.add(value);
      }
    }
    return aggregate(call.function(), values, call.type());
  }

  @SuppressWarnings("unchecked")
  static @Nullable Object aggregate(AggregateFunction function, List<Object> values, Type type) {
    if (function == AggregateFunction.COUNT) {
      return (long) values.size();
    }
    if (values.isEmpty() && function == AggregateFunction.SUM0) {
      return type instanceof Type.Decimal t
          ? BigDecimal.ZERO.setScale(t.scale())
          : type.equals(Type.DOUBLE) ? (Object) 0.0 : (Object) 0L;
    }
    if (values.isEmpty()) {
      return null;
    }
    return switch (function) {
      case SUM, SUM0 -> sum(values, type);
      case AVG ->
          type instanceof Type.Decimal t
              ? values.stream()
                  .map(BigDecimal.class::cast)
                  .reduce(BigDecimal.ZERO, BigDecimal::add)
                  .divide(BigDecimal.valueOf(values.size()), t.scale(), RoundingMode.HALF_UP)
              : (Object)
                  (values.stream().mapToDouble(v -> ((Number) v).doubleValue()).sum()
                      / values.size());
      case MIN, ANY_VALUE ->
          values.stream().min((Comparator<Object>) (Comparator<?>) Comparator.naturalOrder()).get();
      case MAX ->
          values.stream().max((Comparator<Object>) (Comparator<?>) Comparator.naturalOrder()).get();
      case BOOL_AND -> values.stream().allMatch(Boolean.TRUE::equals);
      case BOOL_OR -> values.stream().anyMatch(Boolean.TRUE::equals);
      case BIT_AND -> narrow(longs(values).reduce(-1, (a, b) -> a & b), type);
      case BIT_OR -> narrow(longs(values).reduce(0, (a, b) -> a | b), type);
      case BIT_XOR -> narrow(longs(values).reduce(0, (a, b) -> a ^ b), type);
      case VAR_POP -> variance(values, 0);
      case VAR_SAMP -> variance(values, 1);
      case STDDEV_POP -> root(variance(values, 0));
      case STDDEV_SAMP -> root(variance(values, 1));
      default -> throw new IllegalArgumentException(function.name());
    };
  }

  private static Object sum(List<Object> values, Type type) {
    if (type instanceof Type.Decimal) {
      return values.stream().map(BigDecimal.class::cast).reduce(BigDecimal::add).get();
    }
    return type.equals(Type.DOUBLE)
        ? (Object) values.stream().mapToDouble(v -> ((Number) v).doubleValue()).sum()
        : (Object) values.stream().mapToLong(v -> ((Number) v).longValue()).sum();
  }

  private static LongStream longs(List<Object> values) {
    return values.stream().mapToLong(value -> ((Number) value).longValue());
  }

  private static Object narrow(long value, Type type) {
    return type.equals(Type.INTEGER) ? (Object) (int) value : (Object) value;
  }

  private static @Nullable Double variance(List<Object> values, int less) {
    if (values.size() <= less) {
      return null;
    }
    double mean = values.stream().mapToDouble(v -> (Double) v).average().getAsDouble();
    return values.stream().mapToDouble(v -> ((Double) v - mean) * ((Double) v - mean)).sum()
        / (values.size() - less);
  }

  private static @Nullable Double root(@Nullable Double value) {
    return value == null ? null : Math.sqrt(value);
  }

  @Test
  void sumsOverflowOnlyAtTheEnd() {
    AggregateCall call =
        new AggregateCall(AggregateFunction.SUM, List.of(0), false, -1, Type.BIGINT);
    BatchPlan plan =
        new AggregatePlan(
            Rows.input(0, Type.BIGINT),
            List.of(),
            List.of(List.of()),
            List.of(call),
            List.of(new OutputColumn("s", Type.BIGINT, true)),
            -1);
    OperatorTester.of(plan, 1)
        .input(0, List.of(List.of(Long.MAX_VALUE), List.of(5L), List.of(-7L)))
        .gives(List.of(List.of(Long.MAX_VALUE - 2)));
    TidemillExceptionText.contains(
        OperatorTester.of(plan, 1)
            .input(0, List.of(List.of(Long.MAX_VALUE), List.of(5L)))
            .fails("AGGREGATE_OVERFLOW"),
        "SUM does not fit BIGINT");
  }

  @Test
  void wideDecimalsWrapAround128Bits() {
    Type type = new Type.Decimal(38, 0);
    AggregateCall call = new AggregateCall(AggregateFunction.SUM, List.of(0), false, -1, type);
    BatchPlan plan =
        new AggregatePlan(
            Rows.input(0, type),
            List.of(),
            List.of(List.of()),
            List.of(call),
            List.of(new OutputColumn("s", type, true)),
            -1);
    BigDecimal most = BigDecimal.TEN.pow(38).subtract(BigDecimal.ONE);
    List<List<Object>> rows = new ArrayList<>();
    for (int i = 0; i < 5; i++) {
      rows.add(List.of(most));
    }
    OperatorTester.of(plan, 1).input(0, rows).fails("AGGREGATE_OVERFLOW");
    for (int i = 0; i < 4; i++) {
      rows.add(List.of(most.negate()));
    }
    OperatorTester.of(plan, 1).input(0, rows).gives(List.of(List.of(most)));
  }

  @Test
  void aSubqueryOfTwoRowsIsNoValue() {
    AggregateCall call =
        new AggregateCall(AggregateFunction.SINGLE_VALUE, List.of(0), false, -1, Type.VARCHAR);
    BatchPlan plan =
        new AggregatePlan(
            Rows.input(0, Type.VARCHAR),
            List.of(),
            List.of(List.of()),
            List.of(call),
            List.of(new OutputColumn("s", Type.VARCHAR, true)),
            -1);
    OperatorTester.of(plan, 1)
        .input(0, List.of())
        .gives(List.of(java.util.Collections.singletonList(null)));
    OperatorTester.of(plan, 1).input(0, List.of(List.of("x"))).gives(List.of(List.of("x")));
    assertTrue(
        Objects.requireNonNull(
                OperatorTester.of(plan, 1)
                    .input(0, List.of(List.of("x"), java.util.Collections.singletonList(null)))
                    .fails("SUBQUERY_MORE_THAN_ONE_ROW")
                    .getMessage())
            .contains("at most one row"));
  }
}
