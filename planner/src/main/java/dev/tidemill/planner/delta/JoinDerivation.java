package dev.tidemill.planner.delta;

import dev.tidemill.foundation.type.Type;
import dev.tidemill.plan.batch.AggregatePlan;
import dev.tidemill.plan.batch.AsofJoinPlan;
import dev.tidemill.plan.batch.BatchPlan;
import dev.tidemill.plan.batch.ExchangePlan;
import dev.tidemill.plan.batch.FilterPlan;
import dev.tidemill.plan.batch.InputPlan;
import dev.tidemill.plan.batch.JoinKind;
import dev.tidemill.plan.batch.NestedLoopJoinPlan;
import dev.tidemill.plan.batch.OutputColumn;
import dev.tidemill.plan.batch.ProjectPlan;
import dev.tidemill.plan.batch.SharedPlan;
import dev.tidemill.plan.batch.TableReference;
import dev.tidemill.plan.batch.WindowTablePlan;
import dev.tidemill.plan.delta.DeltaAggregatePlan;
import dev.tidemill.plan.delta.DeltaAsofJoinPlan;
import dev.tidemill.plan.delta.DeltaJoinPlan;
import dev.tidemill.plan.delta.DeltaPlan;
import dev.tidemill.plan.delta.DynamicFilterPlan;
import dev.tidemill.plan.delta.DynamicFilterPlan.Threshold;
import dev.tidemill.plan.delta.SessionGroups;
import dev.tidemill.plan.delta.StaticPlan;
import dev.tidemill.plan.delta.TimeBound;
import dev.tidemill.plan.expression.ColumnReference;
import dev.tidemill.plan.expression.Expression;
import dev.tidemill.planner.logical.Thresholds;
import java.util.ArrayList;
import java.util.HashSet;
import java.util.List;
import java.util.Objects;
import java.util.Set;
import java.util.stream.IntStream;
import org.jspecify.annotations.Nullable;

/** The part of {@link Derivation} that turns joins into delta joins. */
final class JoinDerivation {
  private final Derivation derivation;

  JoinDerivation(Derivation derivation) {
    this.derivation = derivation;
  }

  /** What both kinds of join have in common. */
  record Join(
      BatchPlan plan,
      JoinKind kind,
      List<Integer> leftKeys,
      List<Integer> rightKeys,
      List<Boolean> nullsMatch,
      @Nullable Expression residual,
      List<OutputColumn> columns) {}

  Edge nestedLoopJoin(NestedLoopJoinPlan join) {
    Edge filter = dynamicFilter(join);
    return filter != null
        ? filter
        : join(
            new Join(
                join,
                join.kind(),
                List.of(),
                List.of(),
                List.of(),
                join.condition(),
                join.columns()));
  }

  /** A semi-join with one row as a filter by its values, or null where it is something else. */
  private @Nullable Edge dynamicFilter(NestedLoopJoinPlan join) {
    int leftColumns = join.left().columns().size();
    Expression condition = join.condition();
    if (join.kind() != JoinKind.SEMI
        || condition == null
        || !isOneRow(join.right())
        || derivation.isStatic(join.left())
        || derivation.isStatic(join.right())) {
      return null;
    }
    List<Threshold> thresholds = Thresholds.of(condition, column -> column >= leftColumns);
    if (thresholds == null) {
      return null;
    }
    List<Threshold> ofRow = new ArrayList<>();
    for (Threshold threshold : thresholds) {
      Expression moved =
          ExpressionColumns.replace(
              threshold.threshold(),
              column -> new ColumnReference(column.index() - leftColumns, column.type()));
      ofRow.add(
          new Threshold(threshold.value(), threshold.comparison(), Objects.requireNonNull(moved)));
    }
    Edge left = derivation.edge(join.left());
    Edge right = derivation.edge(join.right());
    String reason = Edge.firstReason(List.of(left, right));
    return new Edge(
        new DynamicFilterPlan(left.plan(), right.plan(), condition, ofRow),
        List.of(),
        reason != null ? reason : Modes.takenBack("a condition on an aggregate"));
  }

  /** Whether a plan gives at most one row. */
  private static boolean isOneRow(BatchPlan plan) {
    return switch (plan) {
      case AggregatePlan p -> p.keys().isEmpty() && p.isSimple();
      case ProjectPlan p -> isOneRow(p.input());
      case FilterPlan p -> isOneRow(p.input());
      case ExchangePlan p -> isOneRow(p.input());
      case SharedPlan p -> isOneRow(p.input());
      case NestedLoopJoinPlan p ->
          (p.kind() == JoinKind.INNER || p.kind() == JoinKind.LEFT)
              && isOneRow(p.left())
              && isOneRow(p.right());
      default -> false;
    };
  }

  Edge join(Join join) {
    if (derivation.isStatic(join.plan().inputs().get(0)) && join.kind() == JoinKind.RIGHT) {
      return rightAsLeft(join);
    }
    Edge left = derivation.edge(join.plan().inputs().get(0));
    Edge right = derivation.edge(join.plan().inputs().get(1));
    int leftColumns = left.plan().columns().size();
    boolean bothGrow = !left.isStatic() && !right.isStatic();
    boolean isNullAware =
        join.kind() == JoinKind.NULL_AWARE_ANTI || join.kind() == JoinKind.NULL_AWARE_LEFT_MARK;
    TimeBound ends = bothGrow && !isNullAware ? endingKey(join, left, right) : null;
    SideEnds sides =
        bothGrow && !isNullAware && ends == null
            ? sideEnds(join, left, right)
            : new SideEnds(null, null);
    DeltaJoinPlan delta =
        new DeltaJoinPlan(
            left.plan(),
            right.plan(),
            join.kind(),
            join.leftKeys(),
            join.rightKeys(),
            join.nullsMatch(),
            join.residual(),
            join.columns(),
            ends,
            sides.left(),
            sides.right(),
            ends == null && sides.left() == null && sides.right() == null
                ? askedSide(join, left.plan(), right.plan())
                : null);
    List<TimeBound> bounds = new ArrayList<>();
    if (!bothGrow) {
      if (delta.bilinear()) {
        bounds.addAll(left.isStatic() ? moved(right.bounds(), leftColumns) : left.bounds());
      }
    } else if (ends != null) {
      TimeBound byLeft = new TimeBound(join.leftKeys().get(ends.column()), ends.plusMillis());
      TimeBound byRight = new TimeBound(join.rightKeys().get(ends.column()), ends.plusMillis());
      bounds.addAll(bounds(join.kind(), List.of(byLeft), List.of(byRight), leftColumns));
    } else {
      bounds.addAll(
          bounds(
              join.kind(),
              withWindows(join.plan().inputs().get(0), later(sides.left(), left)),
              withWindows(join.plan().inputs().get(1), later(sides.right(), right)),
              leftColumns));
    }
    String notAppend = Edge.firstReason(List.of(left, right));
    if (notAppend == null && !delta.bilinear() && !delta.closes() && delta.changing()) {
      notAppend =
          bothGrow
              ? Modes.joinNeverEnds(join.kind())
              : Modes.takenBack("a " + join.kind() + " JOIN");
    }
    return new Edge(delta, bounds, notAppend);
  }

  /** The side of a join that is an aggregate by just the keys of the join, or null. */
  private static @Nullable Integer askedSide(Join join, DeltaPlan left, DeltaPlan right) {
    if (join.kind() != JoinKind.INNER
        || left instanceof StaticPlan
        || right instanceof StaticPlan
        || !sameTypes(join, left, right)) {
      return null;
    }
    return isAggregateBy(join.rightKeys(), right)
        ? Integer.valueOf(1)
        : isAggregateBy(join.leftKeys(), left) ? Integer.valueOf(0) : null;
  }

  private static boolean sameTypes(Join join, DeltaPlan left, DeltaPlan right) {
    return IntStream.range(0, join.leftKeys().size())
        .allMatch(
            i ->
                left.columns()
                    .get(join.leftKeys().get(i))
                    .type()
                    .equals(right.columns().get(join.rightKeys().get(i)).type()));
  }

  private static boolean isAggregateBy(List<Integer> keys, DeltaPlan plan) {
    return plan instanceof DeltaAggregatePlan aggregate
        && !keys.isEmpty()
        && aggregate.bound() == null
        && SessionGroups.of(aggregate) == null
        && keys.stream().sorted().toList().equals(places(aggregate.keys().size()));
  }

  private static List<Integer> places(int count) {
    return IntStream.range(0, count).boxed().toList();
  }

  /**
   * Rows of both sides that come are bounded by the watermark. Of a join that looks back, left rows
   * behind it are final, and of the right rows behind it those that have another such behind them
   * match nothing any more. Of one that looks forward, right rows behind it match no left row to
   * come, and left rows that one of them is the match of are final; the others wait, since the next
   * right row may be far away.
   */
  Edge asofJoin(AsofJoinPlan join) {
    Edge left = derivation.edge(join.left());
    Edge right = derivation.edge(join.right());
    TimeBound leftComes = left.bound(join.leftTime());
    TimeBound rightComes = right.bound(join.rightTime());
    boolean ends = !left.isStatic() && !right.isStatic() && leftComes != null && rightComes != null;
    TimeBound leftEnd = null;
    TimeBound rightEnd = null;
    List<TimeBound> bounds = new ArrayList<>();
    if (right.isStatic()) {
      bounds.addAll(left.bounds());
    }
    if (ends && leftComes != null && rightComes != null) {
      long later = Math.max(leftComes.plusMillis(), rightComes.plusMillis());
      boolean looksBack = join.comparison().looksBack();
      leftEnd = new TimeBound(join.leftTime(), looksBack ? rightComes.plusMillis() : later);
      rightEnd = new TimeBound(join.rightTime(), later);
      if (looksBack) {
        bounds.addAll(withWindows(join.left(), new TimeBound(join.leftTime(), later)));
      } else if (!join.outer()) {
        int leftColumns = join.left().columns().size();
        bounds.add(new TimeBound(leftColumns + join.rightTime(), later));
      }
      derivation.bound(derivation.timed(join.left(), join.leftTime()));
      derivation.bound(derivation.timed(join.right(), join.rightTime()));
    }
    DeltaAsofJoinPlan delta =
        new DeltaAsofJoinPlan(
            left.plan(),
            right.plan(),
            join.outer(),
            join.leftKeys(),
            join.rightKeys(),
            join.nullsMatch(),
            join.leftTime(),
            join.rightTime(),
            join.comparison(),
            join.ties(),
            join.columns(),
            leftEnd,
            rightEnd);
    String notAppend = Edge.firstReason(List.of(left, right));
    if (notAppend == null && !delta.pinsRight() && !delta.closes()) {
      notAppend = Modes.asofJoinNeverEnds();
    }
    return new Edge(delta, bounds, notAppend);
  }

  private static List<TimeBound> moved(List<TimeBound> bounds, int by) {
    return bounds.stream().map(b -> new TimeBound(b.column() + by, b.plusMillis())).toList();
  }

  /** When rows of either side can have no more matches, by the distance of their times. */
  private record SideEnds(@Nullable TimeBound left, @Nullable TimeBound right) {}

  private SideEnds sideEnds(Join join, Edge left, Edge right) {
    int leftColumns = left.plan().columns().size();
    TimeBound ofLeft = null;
    TimeBound ofRight = null;
    Set<TableReference> timed = new HashSet<>();
    for (TimeDistance distance : TimeDistance.of(join.residual(), leftColumns)) {
      boolean isLeft = distance.earlier() < leftColumns;
      Edge later = isLeft ? right : left;
      int laterColumn = isLeft ? distance.later() - leftColumns : distance.later();
      TimeBound come = later.bound(laterColumn);
      if (come == null) {
        continue;
      }
      TimeBound end =
          new TimeBound(
              isLeft ? distance.earlier() : distance.earlier() - leftColumns,
              distance.plusMillis() + come.plusMillis());
      if (isLeft) {
        ofLeft = sooner(ofLeft, end);
      } else {
        ofRight = sooner(ofRight, end);
      }
      timed.addAll(derivation.timed(join.plan().inputs().get(isLeft ? 1 : 0), laterColumn));
    }
    if (ofLeft != null && ofRight != null) {
      derivation.bound(timed);
    }
    return new SideEnds(ofLeft, ofRight);
  }

  private static TimeBound sooner(@Nullable TimeBound known, TimeBound other) {
    return known == null || other.plusMillis() < known.plusMillis() ? other : known;
  }

  /**
   * By when rows of the result come: those with a row of this side that comes now as that does, and
   * those with an older one not after it can have no more matches.
   */
  private static @Nullable TimeBound later(@Nullable TimeBound end, Edge side) {
    if (end == null) {
      return null;
    }
    TimeBound own = side.bound(end.column());
    return own == null
        ? null
        : new TimeBound(end.column(), Math.max(own.plusMillis(), end.plusMillis()));
  }

  /** A bound of a time, and of the windows that a plan cuts that time into. */
  private static List<TimeBound> withWindows(BatchPlan plan, @Nullable TimeBound bound) {
    List<TimeBound> bounds = new ArrayList<>();
    if (bound != null) {
      bounds.add(bound);
      for (TimeBound window : windows(plan, bound.column())) {
        bounds.add(new TimeBound(window.column(), window.plusMillis() + bound.plusMillis()));
      }
    }
    return bounds;
  }

  /**
   * The columns that are the beginning or end of a row's window over a time, and how long that is
   * before its end.
   */
  private static List<TimeBound> windows(BatchPlan plan, int time) {
    return switch (plan) {
      case WindowTablePlan windows when time < windows.input().columns().size() -> {
        List<TimeBound> found = new ArrayList<>(windows(windows.input(), time));
        if (windows.timeColumn() == time) {
          int columns = windows.input().columns().size();
          found.add(new TimeBound(columns, windows.sizeMillis()));
          found.add(new TimeBound(columns + 1, 0));
        }
        yield found;
      }
      case FilterPlan filter -> windows(filter.input(), time);
      case ExchangePlan exchange -> windows(exchange.input(), time);
      case SharedPlan shared -> windows(shared.input(), time);
      case ProjectPlan project -> {
        List<TimeBound> found = new ArrayList<>();
        if (project.expressions().get(time) instanceof ColumnReference below) {
          for (TimeBound window : windows(project.input(), below.index())) {
            for (int i = 0; i < project.expressions().size(); i++) {
              if (project.expressions().get(i) instanceof ColumnReference column
                  && column.index() == window.column()) {
                found.add(new TimeBound(i, window.plusMillis()));
              }
            }
          }
        }
        yield found;
      }
      default -> List.of();
    };
  }

  /** The bounds of the result, but of columns that are NULL in rows without a match. */
  private static List<TimeBound> bounds(
      JoinKind kind, List<TimeBound> left, List<TimeBound> right, int leftColumns) {
    boolean givesLeft =
        switch (kind) {
          case INNER, LEFT, SEMI, ANTI, LEFT_MARK -> true;
          case RIGHT, FULL, NULL_AWARE_ANTI, NULL_AWARE_LEFT_MARK -> false;
        };
    boolean givesRight =
        switch (kind) {
          case INNER, RIGHT -> true;
          case LEFT, FULL, SEMI, ANTI, LEFT_MARK, NULL_AWARE_ANTI, NULL_AWARE_LEFT_MARK -> false;
        };
    List<TimeBound> bounds = new ArrayList<>();
    if (givesLeft) {
      bounds.addAll(left);
    }
    if (givesRight) {
      bounds.addAll(moved(right, leftColumns));
    }
    return bounds;
  }

  /** The first key that is bounded alike on both sides, by its place in the keys, or null. */
  private static @Nullable TimeBound endingKey(Join join, Edge left, Edge right) {
    for (int i = 0; i < join.leftKeys().size(); i++) {
      TimeBound a = left.bound(join.leftKeys().get(i));
      TimeBound b = right.bound(join.rightKeys().get(i));
      if (a != null && b != null && a.plusMillis() == b.plusMillis()) {
        return new TimeBound(i, a.plusMillis());
      }
    }
    return null;
  }

  /** A RIGHT join with a static left side as a LEFT join of the sides changed about. */
  private Edge rightAsLeft(Join join) {
    List<OutputColumn> left = join.plan().inputs().get(0).columns();
    List<OutputColumn> right = join.plan().inputs().get(1).columns();
    Expression residual =
        join.residual() == null
            ? null
            : ExpressionColumns.replace(
                join.residual(),
                column ->
                    new ColumnReference(
                        column.index() < left.size()
                            ? column.index() + right.size()
                            : column.index() - left.size(),
                        column.type()));
    List<OutputColumn> turned =
        new ArrayList<>(join.columns().subList(left.size(), join.columns().size()));
    turned.addAll(join.columns().subList(0, left.size()));
    List<Expression> back = new ArrayList<>();
    for (int i = 0; i < join.columns().size(); i++) {
      Type type = join.columns().get(i).type();
      back.add(new ColumnReference(i < left.size() ? i + right.size() : i - left.size(), type));
    }
    NestedLoopJoinPlan sides =
        new NestedLoopJoinPlan(
            join.plan().inputs().get(1),
            join.plan().inputs().get(0),
            JoinKind.LEFT,
            residual,
            turned,
            -1);
    Edge joined =
        join(
            new Join(
                sides,
                JoinKind.LEFT,
                /* leftKeys= */ join.rightKeys(),
                /* rightKeys= */ join.leftKeys(),
                join.nullsMatch(),
                residual,
                turned));
    List<TimeBound> bounds =
        joined.bounds().stream()
            .map(b -> new TimeBound(b.column() + left.size(), b.plusMillis()))
            .toList();
    return Derivation.linear(
        new ProjectPlan(new InputPlan(0, turned), back, join.columns()), List.of(joined), bounds);
  }
}
