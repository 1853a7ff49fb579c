package dev.tidemill.exec.join;

import dev.tidemill.exec.pipeline.Operator;
import dev.tidemill.foundation.type.Type;
import dev.tidemill.plan.batch.BatchPlan;
import dev.tidemill.plan.batch.ExchangePlan;
import dev.tidemill.plan.batch.FilterPlan;
import dev.tidemill.plan.batch.HashJoinPlan;
import dev.tidemill.plan.batch.JoinKind;
import dev.tidemill.plan.batch.ProjectPlan;
import dev.tidemill.plan.batch.ScanPlan;
import dev.tidemill.plan.explain.PlanText;
import dev.tidemill.plan.expression.ColumnReference;
import java.util.ArrayList;
import java.util.List;

/**
 * A join below the probing side of another, whose build side is made before the other's: a key of
 * the rows that will probe comes from a column of it, so that the other need not build rows whose
 * key is none of its values.
 *
 * <pre>
 *   join a.y = c.y ── builds c ◀──────── only the y of b
 *     join a.x = b.x ── builds b   b.y is the y of all rows that probe c
 *       a
 * </pre>
 *
 * @param join the join below
 * @param column of its build side
 * @param targets the scans below the build side of the join above that leave out rows
 */
record EarlierBuild(HashJoinOperator join, int column, List<FilterTargets.Target> targets) {
  /** Values of a build side that are looked at to leave out one row of another. */
  private static final double MOST_VALUES_PER_ROW = 8;

  EarlierBuild {
    targets = List.copyOf(targets);
  }

  /**
   * What is to be built before a join that has no use for built rows that nothing can match.
   *
   * @param probe the input that probes
   * @param build the input that is built
   * @param filters what the join itself tells the scans below {@code probe}
   */
  static List<EarlierBuild> of(
      HashJoinPlan plan, Operator probe, Operator build, KeyFilters filters) {
    List<Integer> probing = plan.buildsLeft() ? plan.rightKeys() : plan.leftKeys();
    List<Integer> built = plan.buildsLeft() ? plan.leftKeys() : plan.rightKeys();
    List<EarlierBuild> earlier = new ArrayList<>();
    for (int i = 0; i < built.size(); i++) {
      Type type = build.plan().columns().get(built.get(i)).type();
      List<FilterTargets.Target> targets = FilterTargets.of(build, built.get(i));
      if (!plan.nullsMatch().get(i) && KeySet.fits(type) && !targets.isEmpty()) {
        List<Origin> origins = new ArrayList<>();
        collect(probe, probing.get(i), origins);
        for (Origin origin : origins) {
          if (origin.hasValuesOf(type) && origin.isWorthIt(build, filters)) {
            earlier.add(new EarlierBuild(origin.join, origin.column, targets));
          }
        }
      }
    }
    return List.copyOf(earlier);
  }

  /** A column of a build side that has all values, but NULL, of a column above. */
  private record Origin(HashJoinOperator join, int column) {
    private Operator build() {
      return join.inputs().get(1);
    }

    boolean hasValuesOf(Type type) {
      Type own = build().plan().columns().get(column).type();
      return own.equals(type) || own instanceof Type.Int && type instanceof Type.Int;
    }

    /**
     * Whether it pays to have this build side before {@code other}: it is not much larger, and of
     * the two the one that says more about the other.
     *
     * @param filters what the join that builds {@code other} says
     */
    boolean isWorthIt(Operator other, KeyFilters filters) {
      double own = PlanText.estimatedRows(build().plan());
      double others = PlanText.estimatedRows(other.plan());
      if (own > others * MOST_VALUES_PER_ROW) {
        return false;
      }
      return !filters.reach(build())
          || isWholeTable(other.plan())
          || own >= 0 && others >= 0 && own < others;
    }
  }

  /** Whether nothing leaves out rows, so that most keys there are will be among them. */
  private static boolean isWholeTable(BatchPlan plan) {
    return switch (plan) {
      case ScanPlan scan -> scan.filters().isEmpty() && scan.limit() < 0;
      case ProjectPlan project -> isWholeTable(project.input());
      case ExchangePlan exchange -> isWholeTable(exchange.input());
      default -> false;
    };
  }

  /**
   * Where the values of a column come from, along the rows that probe. A join on the way may put
   * NULL in their place; that has no match above.
   */
  private static void collect(Operator operator, int column, List<Origin> origins) {
    switch (operator.plan()) {
      case FilterPlan p -> collect(operator.inputs().get(0), column, origins);
      case ExchangePlan p -> collect(operator.inputs().get(0), column, origins);
      case ProjectPlan p -> {
        if (p.expressions().get(column) instanceof ColumnReference reference) {
          collect(operator.inputs().get(0), reference.index(), origins);
        }
      }
      case HashJoinPlan p -> {
        if (operator instanceof HashJoinOperator join && !p.buildsLeft()) {
          collect(join, p, column, origins);
        }
      }
      default -> {}
    }
  }

  private static void collect(
      HashJoinOperator join, HashJoinPlan plan, int column, List<Origin> origins) {
    int left = plan.left().columns().size();
    if (column < left) {
      int key = plan.leftKeys().indexOf(column);
      if (key >= 0 && (plan.kind() == JoinKind.INNER || plan.kind() == JoinKind.SEMI)) {
        origins.add(new Origin(join, plan.rightKeys().get(key)));
      }
      collect(join.inputs().get(0), column, origins);
    } else if (plan.kind().givesRight()) {
      origins.add(new Origin(join, column - left));
      int key = plan.rightKeys().indexOf(column - left);
      if (key >= 0 && plan.kind() == JoinKind.INNER) {
        collect(join.inputs().get(0), plan.leftKeys().get(key), origins);
      }
    }
  }
}
