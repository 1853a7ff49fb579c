package dev.tidemill.exec;

import dev.tidemill.foundation.type.Type;
import dev.tidemill.plan.batch.BatchPlan;
import dev.tidemill.plan.batch.OutputColumn;
import dev.tidemill.plan.batch.SortKey;
import dev.tidemill.plan.batch.WindowCall;
import dev.tidemill.plan.batch.WindowFrame;
import dev.tidemill.plan.batch.WindowPlan;
import dev.tidemill.plan.expression.Literal;
import dev.tidemill.plan.function.AggregateFunction;
import dev.tidemill.plan.function.WindowFunction;
import java.math.BigDecimal;
import java.time.Duration;
import java.time.LocalDate;
import java.time.Period;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.Random;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.Test;

/**
 * Window functions against their definition: for each row, all rows of its partition are looked at.
 */
class WindowTest {
  private static final Type DECIMAL = new Type.Decimal(12, 2);
  private static final Type[] TYPES = {
    Type.INTEGER, Type.VARCHAR, Type.BIGINT, DECIMAL, Type.DOUBLE, Type.DATE, Type.BIGINT
  };

  @Test
  void randomFramesAndFunctions() {
    long seed = Long.getLong("tidemill.test.seed", System.nanoTime());
    Random random = new Random(seed);
    for (int round = 0; round < 30; round++) {
      List<List<@Nullable Object>> rows =
          Rows.random(random, round % 5 == 0 ? 900 : random.nextInt(120), TYPES);
      rows.forEach(
          row -> row.set(6, random.nextInt(8) == 0 ? null : (Object) (1L + random.nextInt(3))));
      List<Integer> partition = random.nextInt(5) == 0 ? List.of() : List.of(random.nextInt(2));
      List<SortKey> order = new ArrayList<>();
      for (int i = random.nextInt(3); i > 0; i--) {
        order.add(new SortKey(2 + random.nextInt(4), random.nextBoolean(), random.nextBoolean()));
      }
      List<WindowCall> calls = new ArrayList<>();
      List<OutputColumn> columns = new ArrayList<>(Rows.input(0, TYPES).columns());
      for (int i = random.nextInt(3); i >= 0; i--) {
        WindowCall call = call(random, order);
        calls.add(call);
        columns.add(new OutputColumn("w", call.type(), true));
      }
      BatchPlan plan = new WindowPlan(Rows.input(0, TYPES), partition, order, calls, columns);
      try {
        OperatorTester.of(plan, random.nextLong())
            .input(0, rows)
            .gives(expected(rows, partition, order, calls));
      } catch (AssertionError e) {
        throw new AssertionError(
            "seed " + seed + ", round " + round + ", " + plan + ": " + e.getMessage(), e);
      }
    }
  }

  private static WindowCall call(Random random, List<SortKey> order) {
    WindowFrame frame = frame(random, order);
    if (random.nextBoolean()) {
      int argument = 1 + random.nextInt(5);
      AggregateFunction function =
          switch (random.nextInt(5)) {
            case 0 -> AggregateFunction.MIN;
            case 1 -> AggregateFunction.MAX;
            case 2 -> AggregateFunction.COUNT;
            case 3 -> AggregateFunction.AVG;
            default -> AggregateFunction.SUM;
          };
      if (function == AggregateFunction.SUM || function == AggregateFunction.AVG) {
        argument = 2 + random.nextInt(3);
      }
      Type type =
          switch (function) {
            case COUNT -> Type.BIGINT;
            case SUM -> argument == 3 ? new Type.Decimal(22, 2) : TYPES[argument];
            case AVG -> argument == 3 ? new Type.Decimal(22, 6) : Type.DOUBLE;
            default -> TYPES[argument];
          };
      boolean star = function == AggregateFunction.COUNT && random.nextBoolean();
      return new WindowCall.Aggregate(function, star ? List.of() : List.of(argument), frame, type);
    }
    WindowFunction[] functions = WindowFunction.values();
    WindowFunction function = functions[random.nextInt(functions.length)];
    int argument = 1 + random.nextInt(5);
    boolean ignoreNulls = random.nextBoolean();
    return switch (function) {
      case ROW_NUMBER, RANK, DENSE_RANK ->
          new WindowCall.Function(function, List.of(), false, frame, Type.BIGINT);
      case PERCENT_RANK, CUME_DIST ->
          new WindowCall.Function(function, List.of(), false, frame, Type.DOUBLE);
      case NTILE -> new WindowCall.Function(function, List.of(6), false, frame, Type.BIGINT);
      case LAG, LEAD ->
          new WindowCall.Function(
              function,
              List.of(argument, 6, argument).subList(0, 1 + random.nextInt(3)),
              ignoreNulls,
              frame,
              TYPES[argument]);
      case FIRST_VALUE, LAST_VALUE ->
          new WindowCall.Function(function, List.of(argument), ignoreNulls, frame, TYPES[argument]);
      case NTH_VALUE, NTH_VALUE_FROM_LAST ->
          new WindowCall.Function(
              function, List.of(argument, 6), ignoreNulls, frame, TYPES[argument]);
    };
  }

  private static WindowFrame frame(Random random, List<SortKey> order) {
    WindowFrame.Exclusion exclusion =
        random.nextBoolean()
            ? WindowFrame.Exclusion.NO_OTHERS
            : WindowFrame.Exclusion.values()[random.nextInt(WindowFrame.Exclusion.values().length)];
    WindowFrame.Unit unit = WindowFrame.Unit.values()[random.nextInt(3)];
    boolean distances = unit != WindowFrame.Unit.RANGE || order.size() == 1;
    while (true) {
      int start = random.nextInt(5);
      int end = random.nextInt(5);
      if (start <= end && start < 4 && end > 0 && (distances || start % 2 == 0 && end % 2 == 0)) {
        return new WindowFrame(
            unit, bound(random, start, unit, order), bound(random, end, unit, order), exclusion);
      }
    }
  }

  private static WindowFrame.Bound bound(
      Random random, int kind, WindowFrame.Unit unit, List<SortKey> order) {
    return switch (kind) {
      case 0 -> new WindowFrame.UnboundedPreceding();
      case 1 -> new WindowFrame.Preceding(distance(random, unit, order));
      case 2 -> new WindowFrame.CurrentRow();
      case 3 -> new WindowFrame.Following(distance(random, unit, order));
      default -> new WindowFrame.UnboundedFollowing();
    };
  }

  private static Literal distance(Random random, WindowFrame.Unit unit, List<SortKey> order) {
    long number = random.nextInt(4) == 0 ? 50 : random.nextInt(4);
    if (unit != WindowFrame.Unit.RANGE) {
      return new Literal(Type.BIGINT, number);
    }
    return switch (order.get(0).column()) {
      case 2 -> new Literal(Type.BIGINT, number);
      case 3 -> new Literal(new Type.Decimal(10, 3), BigDecimal.valueOf(number * 5 + 5, 3));
      case 4 -> new Literal(Type.DOUBLE, number / 4.0);
      default ->
          random.nextBoolean()
              ? new Literal(new Type.TimeInterval(), Duration.ofHours(number * 20))
              : new Literal(new Type.MonthInterval(), Period.ofMonths((int) number).normalized());
    };
  }

  private static List<List<@Nullable Object>> expected(
      List<List<@Nullable Object>> rows,
      List<Integer> partitionKeys,
      List<SortKey> order,
      List<WindowCall> calls) {
    Map<List<@Nullable Object>, List<List<@Nullable Object>>> partitions = new LinkedHashMap<>();
    for (List<@Nullable Object> row : rows) {
      List<@Nullable Object> key = new ArrayList<>();
      partitionKeys.forEach(column -> key.add(row.get(column)));
      partitions.computeIfAbsent(key, k -> new ArrayList<>()).add(row);
    }
    List<List<@Nullable Object>> result = new ArrayList<>();
    for (List<List<@Nullable Object>> partition : partitions.values()) {
      List<SortKey> all = new ArrayList<>(order);
      for (int i = 0; i < TYPES.length; i++) {
        all.add(new SortKey(i, false, false));
      }
      partition.sort(OrderTest.comparator(all, false));
      Partition sorted = Partition.of(partition, order);
      for (int i = 0; i < partition.size(); i++) {
        List<@Nullable Object> row = new ArrayList<>(partition.get(i));
        for (WindowCall call : calls) {
          row.add(value(call, sorted, i, order));
        }
        result.add(row);
      }
    }
    return result;
  }

  /** A sorted partition, with the number of each row's group of peers. */
  private record Partition(List<List<@Nullable Object>> rows, int[] groups) {
    static Partition of(List<List<@Nullable Object>> rows, List<SortKey> order) {
      int[] groups = new int[rows.size()];
      for (int i = 1; i < groups.length; i++) {
        List<@Nullable Object> before = rows.get(i - 1);
        List<@Nullable Object> row = rows.get(i);
        boolean peers =
            order.stream()
                .allMatch(key -> Objects.equals(before.get(key.column()), row.get(key.column())));
        groups[i] = groups[i - 1] + (peers ? 0 : 1);
      }
      return new Partition(rows, groups);
    }

    List<@Nullable Object> get(int row) {
      return rows.get(row);
    }

    int size() {
      return groups.length;
    }

    boolean peers(int a, int b) {
      return groups[a] == groups[b];
    }
  }

  private static @Nullable Object value(
      WindowCall call, Partition partition, int row, List<SortKey> order) {
    List<Integer> frame = new ArrayList<>();
    for (int i = 0; i < partition.size(); i++) {
      boolean peer = partition.peers(row, i);
      boolean excluded =
          switch (call.frame().exclusion()) {
            case NO_OTHERS -> false;
            case CURRENT_ROW -> i == row;
            case GROUP -> peer;
            case TIES -> peer && i != row;
          };
      if (!excluded
          && within(call.frame(), call.frame().start(), true, partition, row, i, order)
          && within(call.frame(), call.frame().end(), false, partition, row, i, order)) {
        frame.add(i);
      }
    }
    return switch (call) {
      case WindowCall.Aggregate aggregate -> {
        if (aggregate.arguments().isEmpty()) {
          yield (long) frame.size();
        }
        List<Object> values = new ArrayList<>();
        for (int i : frame) {
          Object value = partition.get(i).get(aggregate.arguments().get(0));
          if (value != null) {
            values.add(value);
          }
        }
        yield AggregateTest.aggregate(aggregate.function(), values, aggregate.type());
      }
      case WindowCall.Function function -> function(function, partition, row, frame);
    };
  }

  /**
   * Whether row {@code i} is not before the start, or not behind the end, of the frame of {@code
   * row}.
   */
  private static boolean within(
      WindowFrame frame,
      WindowFrame.Bound bound,
      boolean isStart,
      Partition partition,
      int row,
      int i,
      List<SortKey> order) {
    int sign = isStart ? 1 : -1;
    return switch (bound) {
      case WindowFrame.UnboundedPreceding b -> true;
      case WindowFrame.UnboundedFollowing b -> true;
      case WindowFrame.CurrentRow b ->
          (i - row) * sign >= 0 || frame.unit() != WindowFrame.Unit.ROWS && partition.peers(i, row);
      case WindowFrame.Preceding b ->
          within(frame.unit(), b.distance(), -1, sign, partition, row, i, order);
      case WindowFrame.Following b ->
          within(frame.unit(), b.distance(), 1, sign, partition, row, i, order);
    };
  }

  private static boolean within(
      WindowFrame.Unit unit,
      Literal distance,
      int direction,
      int sign,
      Partition partition,
      int row,
      int i,
      List<SortKey> order) {
    Object far = Objects.requireNonNull(distance.value());
    if (unit == WindowFrame.Unit.ROWS) {
      return (i - (row + direction * (Long) far)) * sign >= 0;
    }
    if (unit == WindowFrame.Unit.GROUPS) {
      long wanted = partition.groups()[row] + direction * (Long) far;
      return (partition.groups()[i] - wanted) * sign >= 0;
    }
    SortKey key = order.get(0);
    Object own = partition.get(row).get(key.column());
    Object other = partition.get(i).get(key.column());
    if (own == null || other == null) {
      return own == other || (i - row) * sign >= 0;
    }
    int up = key.descending() ? -direction : direction;
    int compared =
        switch (own) {
          case Long number -> Long.compare((Long) other, number + up * (Long) far);
          case BigDecimal number ->
              ((BigDecimal) other)
                  .compareTo(number.add(((BigDecimal) far).multiply(BigDecimal.valueOf(up))));
          case Double number -> Double.compare((Double) other, number + up * (Double) far);
          case LocalDate date ->
              far instanceof Period months
                  ? ((LocalDate) other).compareTo(date.plusMonths(up * months.toTotalMonths()))
                  : ((LocalDate) other)
                      .atStartOfDay()
                      .compareTo(date.atStartOfDay().plus(((Duration) far).multipliedBy(up)));
          default -> throw new IllegalStateException(own.toString());
        };
    return (key.descending() ? -compared : compared) * sign >= 0;
  }

  private static @Nullable Object function(
      WindowCall.Function call, Partition partition, int row, List<Integer> frame) {
    int size = partition.size();
    int first = row;
    while (first > 0 && partition.peers(first - 1, row)) {
      first--;
    }
    int last = row;
    while (last < size - 1 && partition.peers(last + 1, row)) {
      last++;
    }
    Long n = call.arguments().contains(6) ? (Long) partition.get(row).get(6) : Long.valueOf(1);
    return switch (call.function()) {
      case ROW_NUMBER -> row + 1L;
      case RANK -> first + 1L;
      case DENSE_RANK -> partition.groups()[row] + 1L;
      case PERCENT_RANK -> size == 1 ? 0.0 : (double) first / (size - 1);
      case CUME_DIST -> (last + 1.0) / size;
      case NTILE -> n == null ? null : tile(row, size, n);
      case LAG, LEAD -> {
        if (n == null) {
          yield null;
        }
        int step = call.function() == WindowFunction.LAG ? -1 : 1;
        long left = n;
        for (int i = row + step; i >= 0 && i < size; i += step) {
          Object value = partition.get(i).get(call.arguments().get(0));
          left -= call.ignoreNulls() && value == null ? 0 : 1;
          if (left == 0) {
            yield value;
          }
        }
        yield call.arguments().size() == 3 ? partition.get(row).get(call.arguments().get(2)) : null;
      }
      case FIRST_VALUE, LAST_VALUE, NTH_VALUE, NTH_VALUE_FROM_LAST -> {
        List<@Nullable Object> values = new ArrayList<>();
        for (int i : frame) {
          Object value = partition.get(i).get(call.arguments().get(0));
          if (value != null || !call.ignoreNulls()) {
            values.add(value);
          }
        }
        if (n == null || values.isEmpty()) {
          yield null;
        }
        yield switch (call.function()) {
          case FIRST_VALUE -> values.get(0);
          case LAST_VALUE -> values.get(values.size() - 1);
          case NTH_VALUE_FROM_LAST ->
              n <= values.size() ? values.get((int) (values.size() - n)) : null;
          default -> n <= values.size() ? values.get((int) (n - 1)) : null;
        };
      }
    };
  }

  private static long tile(int row, int size, long buckets) {
    long at = 0;
    for (long bucket = 1; bucket <= buckets; bucket++) {
      at += size / buckets + (bucket <= size % buckets ? 1 : 0);
      if (row < at) {
        return bucket;
      }
    }
    throw new IllegalStateException();
  }
}
