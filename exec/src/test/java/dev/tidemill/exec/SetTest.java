package dev.tidemill.exec;

import dev.tidemill.foundation.type.Type;
import dev.tidemill.plan.batch.BatchPlan;
import dev.tidemill.plan.batch.ExceptPlan;
import dev.tidemill.plan.batch.InputPlan;
import dev.tidemill.plan.batch.IntersectPlan;
import dev.tidemill.plan.batch.UnionPlan;
import java.util.ArrayList;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Random;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.Test;

/** Set operations against lists. */
class SetTest {
  @Test
  void setOperations() {
    long seed = Long.getLong("tidemill.test.seed", System.nanoTime());
    Random random = new Random(seed);
    for (int round = 0; round < 20; round++) {
      Type[] types =
          round % 3 == 0 ? new Type[] {Type.INTEGER} : new Type[] {Type.VARCHAR, Type.BOOLEAN};
      InputPlan left = Rows.input(0, types);
      InputPlan right = Rows.input(1, types);
      List<List<@Nullable Object>> l = Rows.random(random, random.nextInt(200), types);
      List<List<@Nullable Object>> r = Rows.random(random, random.nextInt(20), types);
      boolean all = random.nextBoolean();
      boolean except = random.nextBoolean();
      BatchPlan plan =
          except
              ? new ExceptPlan(left, right, all, left.columns())
              : new IntersectPlan(left, right, all, left.columns());
      List<List<@Nullable Object>> rest = new ArrayList<>(r);
      List<List<@Nullable Object>> expected = new ArrayList<>();
      for (List<@Nullable Object> row : all ? l : new LinkedHashSet<>(l)) {
        boolean inRight = all ? rest.remove(row) : r.contains(row);
        if (inRight != except) {
          expected.add(row);
        }
      }
      try {
        OperatorTester.of(plan, random.nextLong()).input(0, l).input(1, r).gives(expected);
        expected = new ArrayList<>(l);
        expected.addAll(r);
        expected.addAll(l);
        OperatorTester.of(
                new UnionPlan(List.of(left, right, left), left.columns()), random.nextLong())
            .input(0, l)
            .input(1, r)
            .gives(expected);
      } catch (AssertionError e) {
        throw new AssertionError(
            "seed " + seed + ", round " + round + ", " + plan + ": " + e.getMessage(), e);
      }
    }
  }
}
