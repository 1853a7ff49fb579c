package dev.tidemill.exec;

import dev.tidemill.foundation.type.Type;
import dev.tidemill.plan.batch.AsofComparison;
import dev.tidemill.plan.batch.AsofJoinPlan;
import dev.tidemill.plan.batch.InputPlan;
import dev.tidemill.plan.batch.OutputColumn;
import java.math.BigDecimal;
import java.util.ArrayList;
import java.util.Collections;
import java.util.Comparator;
import java.util.List;
import java.util.Optional;
import java.util.Random;
import java.util.stream.IntStream;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.Test;

/** ASOF joins against two nested loops that look for the nearest row. */
class AsofJoinTest {
  /** Of decimals only those of up to 18 digits are times. */
  private static final Type[] TYPES = {
    Type.INTEGER, Type.VARCHAR, new Type.Decimal(12, 2), Type.BIGINT, Type.DOUBLE
  };

  private static final int[] TIMES = {0, 2, 3, 4};

  @Test
  void givesTheNearestRow() {
    long seed = Long.getLong("tidemill.test.seed", System.nanoTime());
    Random random = new Random(seed);
    for (int round = 0; round < Integer.getInteger("tidemill.rounds", 60); round++) {
      int time = TIMES[random.nextInt(TIMES.length)];
      List<Integer> keys = new ArrayList<>();
      List<Boolean> nullsMatch = new ArrayList<>();
      for (int key = 0; key < TYPES.length; key++) {
        if (key != time && random.nextInt(4) == 0) {
          keys.add(key);
          nullsMatch.add(random.nextInt(3) == 0);
        }
      }
      InputPlan left = Rows.input(0, TYPES);
      InputPlan right = Rows.input(1, TYPES);
      List<OutputColumn> columns = new ArrayList<>(left.columns());
      columns.addAll(right.columns());
      AsofJoinPlan plan =
          new AsofJoinPlan(
              left,
              right,
              random.nextBoolean(),
              keys,
              keys,
              nullsMatch,
              time,
              time,
              AsofComparison.values()[round % 4],
              IntStream.range(0, TYPES.length)
                  .filter(column -> column != time && !keys.contains(column))
                  .boxed()
                  .toList(),
              columns,
              -1);
      List<List<@Nullable Object>> leftRows = Rows.random(random, size(random), TYPES);
      List<List<@Nullable Object>> rightRows = Rows.random(random, size(random), TYPES);
      try {
        OperatorTester.of(plan, random.nextLong())
            .input(0, leftRows)
            .input(1, rightRows)
            .gives(expected(plan, leftRows, rightRows));
      } catch (AssertionError e) {
        throw new AssertionError(
            "seed " + seed + ", round " + round + ", " + plan + ": " + e.getMessage(), e);
      }
    }
  }

  private static int size(Random random) {
    return switch (random.nextInt(4)) {
      case 0 -> 0;
      case 1 -> 5;
      case 2 -> 500;
      default -> 30 + random.nextInt(130);
    };
  }

  private static List<List<@Nullable Object>> expected(
      AsofJoinPlan plan, List<List<@Nullable Object>> left, List<List<@Nullable Object>> right) {
    int time = plan.leftTime();
    Comparator<List<@Nullable Object>> nearest =
        (a, b) -> compare(a.get(time), b.get(time)) * (plan.comparison().looksBack() ? 1 : -1);
    for (int tie : plan.ties()) {
      nearest = nearest.thenComparing((a, b) -> compare(a.get(tie), b.get(tie)));
    }
    Comparator<List<@Nullable Object>> order = nearest;
    List<List<@Nullable Object>> expected = new ArrayList<>();
    for (List<@Nullable Object> row : left) {
      Optional<List<@Nullable Object>> match =
          right.stream().filter(other -> matches(plan, row, other)).max(order);
      if (match.isPresent() || plan.outer()) {
        List<@Nullable Object> joined = new ArrayList<>(row);
        joined.addAll(match.orElse(Collections.nCopies(TYPES.length, null)));
        expected.add(joined);
      }
    }
    return expected;
  }

  private static boolean matches(
      AsofJoinPlan plan, List<@Nullable Object> left, List<@Nullable Object> right) {
    for (int i = 0; i < plan.leftKeys().size(); i++) {
      Object a = left.get(plan.leftKeys().get(i));
      Object b = right.get(plan.rightKeys().get(i));
      boolean nullsMatch = plan.nullsMatch().get(i);
      if (a == null || b == null ? !(a == b && nullsMatch) : compare(a, b) != 0) {
        return false;
      }
    }
    Object a = left.get(plan.leftTime());
    Object b = right.get(plan.rightTime());
    if (a == null || b == null) {
      return false;
    }
    int compared = compare(a, b);
    return switch (plan.comparison()) {
      case GREATER_OR_EQUAL -> compared >= 0;
      case GREATER -> compared > 0;
      case LESS_OR_EQUAL -> compared <= 0;
      case LESS -> compared < 0;
    };
  }

  /** NULLs last. */
  private static int compare(@Nullable Object a, @Nullable Object b) {
    if (a == null || b == null) {
      return a == b ? 0 : a == null ? 1 : -1;
    }
    return switch (a) {
      case Integer number -> number.compareTo((Integer) b);
      case Long number -> number.compareTo((Long) b);
      case BigDecimal number -> number.compareTo((BigDecimal) b);
      case Double number -> Double.compare(number + 0.0, (Double) b + 0.0);
      default -> a.toString().compareTo(b.toString());
    };
  }
}
