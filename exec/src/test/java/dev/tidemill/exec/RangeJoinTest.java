package dev.tidemill.exec;

import dev.tidemill.foundation.type.Type;
import dev.tidemill.plan.batch.InputPlan;
import dev.tidemill.plan.batch.JoinKind;
import dev.tidemill.plan.batch.NestedLoopJoinPlan;
import dev.tidemill.plan.batch.OutputColumn;
import dev.tidemill.plan.expression.And;
import dev.tidemill.plan.expression.Call;
import dev.tidemill.plan.expression.ColumnReference;
import dev.tidemill.plan.expression.Expression;
import dev.tidemill.plan.function.ScalarFunction;
import java.math.BigDecimal;
import java.math.BigInteger;
import java.time.LocalDate;
import java.time.LocalDateTime;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.Collections;
import java.util.List;
import java.util.Random;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.Test;

/** Joins by comparisons of both sides' values against two loops over all pairs. */
class RangeJoinTest {
  private static final Type[] TYPES = {
    Type.INTEGER,
    Type.BIGINT,
    Type.BIGINT,
    new Type.Decimal(30, 2),
    Type.DOUBLE,
    Type.REAL,
    Type.DATE,
    new Type.Timestamp(6),
    Type.VARCHAR
  };

  private static final JoinKind[] KINDS = {
    JoinKind.INNER,
    JoinKind.LEFT,
    JoinKind.RIGHT,
    JoinKind.FULL,
    JoinKind.SEMI,
    JoinKind.ANTI,
    JoinKind.LEFT_MARK
  };

  private static final ScalarFunction[] FUNCTIONS = {
    ScalarFunction.LESS,
    ScalarFunction.LESS_OR_EQUAL,
    ScalarFunction.GREATER,
    ScalarFunction.GREATER_OR_EQUAL
  };

  /** {@code left.column function right.other}, or the other way round. */
  private record Comparing(int column, int other, ScalarFunction function, boolean isMirrored) {
    Expression expression() {
      Expression l = new ColumnReference(column, TYPES[column]);
      Expression r = new ColumnReference(TYPES.length + other, TYPES[other]);
      return new Call(function, isMirrored ? List.of(r, l) : List.of(l, r), Type.BOOLEAN);
    }

    @SuppressWarnings({"unchecked", "rawtypes"})
    boolean holds(List<@Nullable Object> left, List<@Nullable Object> right) {
      Object l = ordered(left.get(column));
      Object r = ordered(right.get(other));
      if (l == null || r == null) {
        return false;
      }
      int compared = isMirrored ? ((Comparable) r).compareTo(l) : ((Comparable) l).compareTo(r);
      return switch (function) {
        case LESS -> compared < 0;
        case LESS_OR_EQUAL -> compared <= 0;
        case GREATER -> compared > 0;
        default -> compared >= 0;
      };
    }
  }

  /** Where zeros are equal, as in SQL. */
  private static @Nullable Object ordered(@Nullable Object value) {
    return switch (value) {
      case Double d -> (Object) (d + 0.0);
      case Float f -> (Object) (f + 0.0f);
      case null -> null;
      default -> value;
    };
  }

  @Test
  void randomConditionsOfEveryKind() {
    long seed = Long.getLong("tidemill.test.seed", System.nanoTime());
    Random random = new Random(seed);
    for (int round = 0; round < 21; round++) {
      JoinKind kind = KINDS[round % KINDS.length];
      List<Comparing> tests = new ArrayList<>();
      for (int i = random.nextInt(3); i >= 0; i--) {
        int column = random.nextInt(TYPES.length);
        int other = TYPES[column] == Type.BIGINT ? 1 + random.nextInt(2) : column;
        tests.add(
            new Comparing(
                column, other, FUNCTIONS[random.nextInt(FUNCTIONS.length)], random.nextBoolean()));
      }
      List<Expression> conditions = tests.stream().map(Comparing::expression).toList();
      Expression condition = conditions.size() == 1 ? conditions.getFirst() : new And(conditions);
      List<List<@Nullable Object>> leftRows = rows(random);
      List<List<@Nullable Object>> rightRows = rows(random);
      try {
        OperatorTester.of(plan(kind, condition), random.nextLong())
            .input(0, leftRows)
            .input(1, rightRows)
            .gives(expected(kind, leftRows, rightRows, tests));
      } catch (AssertionError e) {
        throw new AssertionError(
            "seed "
                + seed
                + ", round "
                + round
                + ", "
                + kind
                + " "
                + condition
                + ": "
                + e.getMessage(),
            e);
      }
    }
  }

  private static NestedLoopJoinPlan plan(JoinKind kind, Expression condition) {
    InputPlan left = Rows.input(0, TYPES);
    InputPlan right = Rows.input(1, TYPES);
    List<OutputColumn> columns = new ArrayList<>(left.columns());
    if (kind.givesRight()) {
      columns.addAll(right.columns());
    } else if (kind == JoinKind.LEFT_MARK) {
      columns.add(new OutputColumn("mark", Type.BOOLEAN, false));
    }
    return new NestedLoopJoinPlan(left, right, kind, condition, columns, -1);
  }

  private static List<List<@Nullable Object>> rows(Random random) {
    int count =
        switch (random.nextInt(6)) {
          case 0 -> 0;
          case 1 -> 3;
          case 2 -> 200;
          default -> 20 + random.nextInt(60);
        };
    int spread = random.nextBoolean() ? 6 : 1000;
    boolean hasWide = random.nextInt(4) == 0;
    int nulls = random.nextBoolean() ? 7 : Integer.MAX_VALUE;
    List<List<@Nullable Object>> rows = new ArrayList<>();
    for (int i = 0; i < count; i++) {
      List<@Nullable Object> row = new ArrayList<>();
      for (Type type : TYPES) {
        row.add(random.nextInt(nulls) == 0 ? null : value(random, type, spread, hasWide));
      }
      // The second number is a little more than the first: an interval.
      if (row.get(1) instanceof Long low && row.get(2) instanceof Long width && low < 5000) {
        row.set(2, low + Math.floorMod(width, 30));
      }
      rows.add(row);
    }
    return rows;
  }

  private static Object value(Random random, Type type, int spread, boolean hasWide) {
    int small = random.nextInt(spread) - spread / 2;
    boolean isSpecial = random.nextInt(20) == 0;
    return switch (type) {
      case Type.Int t when t.bits() == 32 -> isSpecial ? Integer.MAX_VALUE : small;
      case Type.Int t ->
          isSpecial ? (random.nextBoolean() ? Long.MAX_VALUE : Long.MIN_VALUE) : (long) small;
      case Type.Real t -> isSpecial ? (small < 0 ? Float.NaN : -0.0f) : small / 4f;
      case Type.DoubleType t -> isSpecial ? (small < 0 ? Double.NaN : -0.0) : small / 4.0;
      case Type.Decimal t -> {
        BigInteger unscaled = BigInteger.valueOf(small);
        boolean isWide = hasWide && isSpecial;
        yield new BigDecimal(isWide ? unscaled.multiply(BigInteger.TEN.pow(24)) : unscaled, 2);
      }
      case Type.Date t -> LocalDate.of(2024, 2, 27).plusDays(small);
      case Type.Timestamp t -> LocalDateTime.of(1970, 1, 1, 0, 0).plusSeconds(small * 7L);
      default -> "text " + small;
    };
  }

  private static List<List<@Nullable Object>> expected(
      JoinKind kind,
      List<List<@Nullable Object>> left,
      List<List<@Nullable Object>> right,
      List<Comparing> tests) {
    List<List<@Nullable Object>> result = new ArrayList<>();
    List<@Nullable Object> nulls = new ArrayList<>(Collections.nCopies(TYPES.length, null));
    boolean[] rightMatched = new boolean[right.size()];
    for (List<@Nullable Object> l : left) {
      boolean matched = false;
      for (int r = 0; r < right.size(); r++) {
        List<@Nullable Object> other = right.get(r);
        if (tests.stream().allMatch(test -> test.holds(l, other))) {
          matched = true;
          rightMatched[r] = true;
          if (kind.givesRight()) {
            result.add(both(l, other));
          }
        }
      }
      switch (kind) {
        case LEFT, FULL -> result.addAll(matched ? List.of() : List.of(both(l, nulls)));
        case SEMI -> result.addAll(matched ? List.of(l) : List.of());
        case ANTI -> result.addAll(matched ? List.of() : List.of(l));
        case LEFT_MARK -> result.add(both(l, Arrays.asList(matched)));
        default -> {}
      }
    }
    for (int r = 0; r < right.size(); r++) {
      if ((kind == JoinKind.RIGHT || kind == JoinKind.FULL) && !rightMatched[r]) {
        result.add(both(nulls, right.get(r)));
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
