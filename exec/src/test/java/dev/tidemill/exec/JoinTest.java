package dev.tidemill.exec;

import dev.tidemill.foundation.type.Type;
import dev.tidemill.plan.batch.BatchPlan;
import dev.tidemill.plan.batch.Distribution;
import dev.tidemill.plan.batch.HashJoinPlan;
import dev.tidemill.plan.batch.InputPlan;
import dev.tidemill.plan.batch.JoinKind;
import dev.tidemill.plan.batch.NestedLoopJoinPlan;
import dev.tidemill.plan.batch.OutputColumn;
import dev.tidemill.plan.expression.Call;
import dev.tidemill.plan.expression.ColumnReference;
import dev.tidemill.plan.expression.Expression;
import dev.tidemill.plan.function.ScalarFunction;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.Collections;
import java.util.List;
import java.util.Random;
import java.util.function.BiPredicate;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.Test;

/** Joins of every kind against two nested loops. */
class JoinTest {
  private static final Type[] TYPES = {
    Type.INTEGER, Type.VARCHAR, new Type.Decimal(30, 2), Type.BIGINT, Type.DOUBLE
  };

  /** left.c3 < right.c3 */
  private static final Expression LESS =
      new Call(
          ScalarFunction.LESS,
          List.of(
              new ColumnReference(3, Type.BIGINT),
              new ColumnReference(TYPES.length + 3, Type.BIGINT)),
          Type.BOOLEAN);

  @Test
  void hashJoinsOfEveryKind() {
    long seed = Long.getLong("tidemill.test.seed", System.nanoTime());
    Random random = new Random(seed);
    for (int round = 0; round < 45; round++) {
      JoinKind kind = JoinKind.values()[round % JoinKind.values().length];
      boolean nullAware = kind == JoinKind.NULL_AWARE_ANTI || kind == JoinKind.NULL_AWARE_LEFT_MARK;
      List<Integer> keys = new ArrayList<>();
      List<Boolean> nullsMatch = new ArrayList<>();
      for (int i = nullAware ? 0 : random.nextInt(3); i >= 0; i--) {
        keys.add(random.nextInt(TYPES.length));
        nullsMatch.add(!nullAware && random.nextInt(3) == 0);
      }
      boolean hasResidual = !nullAware && random.nextInt(3) == 0;
      InputPlan left = Rows.input(0, TYPES);
      InputPlan right = Rows.input(1, TYPES);
      BatchPlan plan =
          new HashJoinPlan(
              left,
              right,
              kind,
              keys,
              keys,
              nullsMatch,
              hasResidual ? LESS : null,
              (kind == JoinKind.SEMI || kind == JoinKind.ANTI) && random.nextBoolean(),
              columns(left, right, kind),
              random.nextBoolean() ? Distribution.BROADCAST : Distribution.SHUFFLE,
              "",
              -1);
      List<List<@Nullable Object>> leftRows = Rows.random(random, size(random), TYPES);
      List<List<@Nullable Object>> rightRows = Rows.random(random, size(random), TYPES);
      if (nullAware && random.nextBoolean()) {
        rightRows.removeIf(row -> row.get(keys.get(0)) == null);
      }
      List<List<@Nullable Object>> expected =
          nullAware
              ? nullAware(kind, leftRows, rightRows, keys.get(0))
              : expected(
                  kind,
                  leftRows,
                  rightRows,
                  (l, r) -> {
                    for (int i = 0; i < keys.size(); i++) {
                      Object a = l.get(keys.get(i));
                      Object b = r.get(keys.get(i));
                      if (a == null || b == null ? !(a == b && nullsMatch.get(i)) : !a.equals(b)) {
                        return false;
                      }
                    }
                    return !hasResidual || less(l, r);
                  });
      try {
        OperatorTester.of(plan, random.nextLong())
            .input(0, leftRows)
            .input(1, rightRows)
            .gives(expected);
      } catch (AssertionError e) {
        throw new AssertionError(
            "seed " + seed + ", round " + round + ", " + plan + ": " + e.getMessage(), e);
      }
    }
  }

  @Test
  void nestedLoopJoinsOfEveryKind() {
    long seed = Long.getLong("tidemill.test.seed", System.nanoTime());
    Random random = new Random(seed);
    for (int round = 0; round < 14; round++) {
      JoinKind kind = JoinKind.values()[round % JoinKind.values().length];
      if (kind == JoinKind.NULL_AWARE_ANTI || kind == JoinKind.NULL_AWARE_LEFT_MARK) {
        continue;
      }
      boolean hasCondition = random.nextInt(4) > 0;
      InputPlan left = Rows.input(0, TYPES);
      InputPlan right = Rows.input(1, TYPES);
      BatchPlan plan =
          new NestedLoopJoinPlan(
              left, right, kind, hasCondition ? LESS : null, columns(left, right, kind), -1);
      List<List<@Nullable Object>> leftRows = Rows.random(random, size(random) / 2, TYPES);
      List<List<@Nullable Object>> rightRows = Rows.random(random, size(random) / 2, TYPES);
      List<List<@Nullable Object>> expected =
          expected(kind, leftRows, rightRows, (l, r) -> !hasCondition || less(l, r));
      try {
        OperatorTester.of(plan, random.nextLong())
            .input(0, leftRows)
            .input(1, rightRows)
            .gives(expected);
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
      default -> 30 + random.nextInt(130);
    };
  }

  private static boolean less(List<@Nullable Object> left, List<@Nullable Object> right) {
    return left.get(3) instanceof Long a && right.get(3) instanceof Long b && a < b;
  }

  private static List<OutputColumn> columns(InputPlan left, InputPlan right, JoinKind kind) {
    List<OutputColumn> columns = new ArrayList<>(left.columns());
    if (kind.givesRight()) {
      columns.addAll(right.columns());
    } else if (kind == JoinKind.LEFT_MARK || kind == JoinKind.NULL_AWARE_LEFT_MARK) {
      columns.add(new OutputColumn("mark", Type.BOOLEAN, kind == JoinKind.NULL_AWARE_LEFT_MARK));
    }
    return columns;
  }

  private static List<List<@Nullable Object>> expected(
      JoinKind kind,
      List<List<@Nullable Object>> left,
      List<List<@Nullable Object>> right,
      BiPredicate<List<@Nullable Object>, List<@Nullable Object>> matches) {
    List<List<@Nullable Object>> result = new ArrayList<>();
    List<@Nullable Object> nulls = new ArrayList<>(Collections.nCopies(TYPES.length, null));
    boolean[] rightMatched = new boolean[right.size()];
    for (List<@Nullable Object> l : left) {
      boolean matched = false;
      for (int r = 0; r < right.size(); r++) {
        if (matches.test(l, right.get(r))) {
          matched = true;
          rightMatched[r] = true;
          if (kind.givesRight()) {
            result.add(both(l, right.get(r)));
          }
        }
      }
      switch (kind) {
        case LEFT, FULL -> {
          if (!matched) {
            result.add(both(l, nulls));
          }
        }
        case SEMI -> {
          if (matched) {
            result.add(l);
          }
        }
        case ANTI -> {
          if (!matched) {
            result.add(l);
          }
        }
        case LEFT_MARK -> result.add(both(l, Arrays.asList(matched)));
        default -> {}
      }
    }
    if (kind == JoinKind.RIGHT || kind == JoinKind.FULL) {
      for (int r = 0; r < right.size(); r++) {
        if (!rightMatched[r]) {
          result.add(both(nulls, right.get(r)));
        }
      }
    }
    return result;
  }

  /** NOT IN and IN by SQL's definition: a disjunction of equalities. */
  private static List<List<@Nullable Object>> nullAware(
      JoinKind kind,
      List<List<@Nullable Object>> left,
      List<List<@Nullable Object>> right,
      int key) {
    List<List<@Nullable Object>> result = new ArrayList<>();
    for (List<@Nullable Object> l : left) {
      @Nullable Boolean in = false;
      for (List<@Nullable Object> r : right) {
        Object a = l.get(key);
        Object b = r.get(key);
        @Nullable Boolean equal = a == null || b == null ? null : a.equals(b);
        in =
            Boolean.TRUE.equals(in) || Boolean.TRUE.equals(equal)
                ? Boolean.TRUE
                : equal == null ? null : in;
      }
      if (kind == JoinKind.NULL_AWARE_LEFT_MARK) {
        result.add(both(l, Arrays.asList(in)));
      } else if (Boolean.FALSE.equals(in)) {
        result.add(l);
      }
    }
    return result;
  }

  private static List<@Nullable Object> both(
      List<? extends @Nullable Object> left, List<? extends @Nullable Object> right) {
    List<@Nullable Object> row = new ArrayList<>(left);
    row.addAll(right);
    return row;
  }
}
