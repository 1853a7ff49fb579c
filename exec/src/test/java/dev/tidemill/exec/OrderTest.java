package dev.tidemill.exec;

import static org.junit.jupiter.api.Assertions.assertEquals;

import dev.tidemill.foundation.type.Type;
import dev.tidemill.plan.batch.BatchPlan;
import dev.tidemill.plan.batch.InputPlan;
import dev.tidemill.plan.batch.LimitPlan;
import dev.tidemill.plan.batch.SortKey;
import dev.tidemill.plan.batch.SortPlan;
import dev.tidemill.plan.batch.TopNPlan;
import java.util.ArrayList;
import java.util.Comparator;
import java.util.List;
import java.util.Random;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.Test;

/** Sort, top-N and LIMIT against sorted lists. */
class OrderTest {
  private static final Type[] TYPES = {
    Type.INTEGER, Type.VARCHAR, new Type.Decimal(30, 2), Type.BOOLEAN, Type.DOUBLE, Type.DATE
  };

  @Test
  void topNIsDetermined() {
    long seed = Long.getLong("tidemill.test.seed", System.nanoTime());
    Random random = new Random(seed);
    for (int round = 0; round < 10; round++) {
      InputPlan input = Rows.input(0, TYPES);
      List<SortKey> keys = keys(random);
      List<List<@Nullable Object>> rows = Rows.random(random, round == 0 ? 9_000 : 300, TYPES);
      int limit = random.nextInt(50);
      int offset = random.nextInt(3) == 0 ? random.nextInt(400) : 0;
      List<List<@Nullable Object>> sorted = new ArrayList<>(rows);
      sorted.sort(comparator(keys, true));
      List<List<@Nullable Object>> expected =
          sorted.subList(Math.min(sorted.size(), offset), Math.min(sorted.size(), offset + limit));
      BatchPlan plan = new TopNPlan(input, keys, limit, offset);
      try {
        OperatorTester.of(plan, random.nextLong()).input(0, rows).givesInOrder(expected);
      } catch (AssertionError e) {
        throw new AssertionError(
            "seed " + seed + ", round " + round + ", " + plan + ": " + e.getMessage(), e);
      }
    }
  }

  @Test
  void sortAndLimitKeepTheOrder() {
    long seed = Long.getLong("tidemill.test.seed", System.nanoTime());
    Random random = new Random(seed);
    for (int round = 0; round < 12; round++) {
      List<SortKey> keys = keys(random);
      List<List<@Nullable Object>> rows = Rows.random(random, 700, TYPES);
      int limit = random.nextInt(3) == 0 ? -1 : random.nextInt(900);
      int offset = random.nextInt(3) == 0 ? random.nextInt(800) : 0;
      BatchPlan plan = new LimitPlan(new SortPlan(Rows.input(0, TYPES), keys), limit, offset);
      List<List<@Nullable Object>> sorted = new ArrayList<>(rows);
      sorted.sort(comparator(keys, false));
      int from = Math.min(sorted.size(), offset);
      List<List<@Nullable Object>> expected =
          sorted.subList(from, limit < 0 ? sorted.size() : Math.min(sorted.size(), from + limit));
      try {
        OperatorTester.of(plan, random.nextLong())
            .input(0, rows)
            .holds(actual -> assertEquals(keyTexts(expected, keys), keyTexts(actual, keys)));
      } catch (AssertionError e) {
        throw new AssertionError(
            "seed " + seed + ", round " + round + ", " + plan + ": " + e.getMessage(), e);
      }
    }
  }

  @Test
  void limitTakesAnyRows() {
    List<List<@Nullable Object>> rows = Rows.random(new Random(1), 500, TYPES);
    OperatorTester.of(new LimitPlan(Rows.input(0, TYPES), 70, 20), 1)
        .input(0, rows)
        .holds(actual -> assertEquals(70, actual.size()));
    OperatorTester.of(new LimitPlan(Rows.input(0, TYPES), -1, 480), 1)
        .input(0, rows)
        .holds(actual -> assertEquals(20, actual.size()));
    OperatorTester.of(new LimitPlan(Rows.input(0, TYPES), 0, 0), 1)
        .input(0, rows)
        .holds(actual -> assertEquals(0, actual.size()));
  }

  private static List<String> keyTexts(List<List<@Nullable Object>> rows, List<SortKey> keys) {
    return rows.stream()
        .map(row -> OperatorTester.text(keys.stream().map(key -> row.get(key.column())).toList()))
        .toList();
  }

  private static List<SortKey> keys(Random random) {
    List<SortKey> keys = new ArrayList<>();
    for (int i = random.nextInt(3); i >= 0; i--) {
      int column = random.nextInt(TYPES.length);
      if (keys.stream().noneMatch(key -> key.column() == column)) {
        keys.add(new SortKey(column, random.nextBoolean(), random.nextBoolean()));
      }
    }
    return keys;
  }

  static Comparator<List<@Nullable Object>> comparator(List<SortKey> keys, boolean tieBreak) {
    Comparator<List<@Nullable Object>> result = (a, b) -> 0;
    for (SortKey key : keys) {
      result =
          result.thenComparing((a, b) -> compare(a.get(key.column()), b.get(key.column()), key));
    }
    if (tieBreak) {
      for (int i = 0; i < TYPES.length; i++) {
        int column = i;
        SortKey key = new SortKey(column, false, false);
        result = result.thenComparing((a, b) -> compare(a.get(column), b.get(column), key));
      }
    }
    return result;
  }

  @SuppressWarnings("unchecked")
  static int compare(@Nullable Object a, @Nullable Object b, SortKey key) {
    if (a == null || b == null) {
      return a == b ? 0 : (a == null) == key.nullsFirst() ? -1 : 1;
    }
    int order = ((Comparable<Object>) a).compareTo(b);
    return key.descending() ? -order : order;
  }
}
