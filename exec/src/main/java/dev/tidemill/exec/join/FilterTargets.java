package dev.tidemill.exec.join;

import dev.tidemill.exec.pipeline.Operator;
import dev.tidemill.exec.scan.ScanOperator;
import dev.tidemill.plan.batch.AggregatePlan;
import dev.tidemill.plan.batch.AsofJoinPlan;
import dev.tidemill.plan.batch.ExceptPlan;
import dev.tidemill.plan.batch.ExchangePlan;
import dev.tidemill.plan.batch.FilterPlan;
import dev.tidemill.plan.batch.HashJoinPlan;
import dev.tidemill.plan.batch.InputPlan;
import dev.tidemill.plan.batch.IntersectPlan;
import dev.tidemill.plan.batch.JoinKind;
import dev.tidemill.plan.batch.LimitPlan;
import dev.tidemill.plan.batch.MatchPlan;
import dev.tidemill.plan.batch.NestedLoopJoinPlan;
import dev.tidemill.plan.batch.ProjectPlan;
import dev.tidemill.plan.batch.RecursivePlan;
import dev.tidemill.plan.batch.ScanPlan;
import dev.tidemill.plan.batch.SessionTablePlan;
import dev.tidemill.plan.batch.SharedPlan;
import dev.tidemill.plan.batch.SortPlan;
import dev.tidemill.plan.batch.TopNPlan;
import dev.tidemill.plan.batch.UnionPlan;
import dev.tidemill.plan.batch.UnnestPlan;
import dev.tidemill.plan.batch.ValuesPlan;
import dev.tidemill.plan.batch.WindowPlan;
import dev.tidemill.plan.batch.WindowTablePlan;
import dev.tidemill.plan.batch.WorkingTablePlan;
import dev.tidemill.plan.expression.ColumnReference;
import java.util.ArrayList;
import java.util.List;

/**
 * The scans whose rows may be left out where a column of an operator's result has a value that
 * nobody wants: the column comes from theirs unchanged, and what they leave out takes away rows of
 * that value from the result and nothing else.
 */
final class FilterTargets {
  private final List<Target> found = new ArrayList<>();

  /** A column of a scan. */
  record Target(ScanOperator scan, int column) {}

  private FilterTargets() {}

  /** What {@code column} of the operator's result comes from. */
  static List<Target> of(Operator operator, int column) {
    FilterTargets targets = new FilterTargets();
    targets.add(operator, column);
    return List.copyOf(targets.found);
  }

  private void add(Operator operator, int column) {
    switch (operator.plan()) {
      case ScanPlan p -> {
        if (operator instanceof ScanOperator scan) {
          found.add(new Target(scan, column));
        }
      }
      case FilterPlan p -> input(operator, column);
      case ExchangePlan p -> input(operator, column);
      case SortPlan p -> input(operator, column);
      case ProjectPlan p -> {
        if (p.expressions().get(column) instanceof ColumnReference reference) {
          input(operator, reference.index());
        }
      }
      case AggregatePlan p -> {
        // A grouping set without the column is made of all rows.
        if (column < p.keys().size()
            && p.groupingSets().stream().allMatch(set -> set.contains(column))) {
          input(operator, p.keys().get(column));
        }
      }
      case WindowPlan p -> {
        if (p.partitionKeys().contains(column)) {
          input(operator, column);
        }
      }
      case MatchPlan p -> {
        int key = p.givenKeys().indexOf(column);
        if (key >= 0) {
          input(operator, p.partitionKeys().get(key));
        }
      }
      case SessionTablePlan p -> {
        if (p.keys().contains(column)) {
          input(operator, column);
        }
      }
      case WindowTablePlan p -> {
        if (column < p.input().columns().size()) {
          input(operator, column);
        }
      }
      case UnnestPlan p -> {
        if (column < p.kept().size()) {
          input(operator, p.kept().get(column));
        }
      }
      case UnionPlan p -> operator.inputs().forEach(input -> add(input, column));
      case IntersectPlan p -> operator.inputs().forEach(input -> add(input, column));
      case ExceptPlan p -> operator.inputs().forEach(input -> add(input, column));
      case HashJoinPlan p -> joined(operator, p, column);
      case NestedLoopJoinPlan p -> {
        int left = p.left().columns().size();
        if (column < left) {
          if (p.kind() != JoinKind.RIGHT && p.kind() != JoinKind.FULL) {
            add(operator.inputs().get(0), column);
          }
        } else if (p.kind() == JoinKind.INNER || p.kind() == JoinKind.RIGHT) {
          add(operator.inputs().get(1), column - left);
        }
      }
      // With fewer right rows of a key another would be the nearest.
      case AsofJoinPlan p -> {
        if (column < p.left().columns().size()) {
          input(operator, column);
          int key = p.leftKeys().indexOf(column);
          if (key >= 0) {
            add(operator.inputs().get(1), p.rightKeys().get(key));
          }
        }
      }
      // Which rows come depends on the others.
      case TopNPlan p -> {}
      case LimitPlan p -> {}
      case InputPlan p -> {}
      // Others read them too.
      case SharedPlan p -> {}
      case ValuesPlan p -> {}
      // What is left out of one round is missing in the next.
      case RecursivePlan p -> {}
      case WorkingTablePlan p -> {}
    }
  }

  private void input(Operator operator, int column) {
    add(operator.inputs().get(0), column);
  }

  /** A key of both sides is filtered on both where each row of the result has a pair. */
  private void joined(Operator operator, HashJoinPlan join, int column) {
    int left = join.left().columns().size();
    boolean paired = join.kind() == JoinKind.INNER || join.kind() == JoinKind.SEMI;
    if (column < left) {
      if (join.kind() != JoinKind.RIGHT && join.kind() != JoinKind.FULL) {
        add(operator.inputs().get(0), column);
      }
      int key = join.leftKeys().indexOf(column);
      if (paired && key >= 0) {
        add(operator.inputs().get(1), join.rightKeys().get(key));
      }
    } else if (join.kind() == JoinKind.INNER || join.kind() == JoinKind.RIGHT) {
      add(operator.inputs().get(1), column - left);
      int key = join.rightKeys().indexOf(column - left);
      if (paired && key >= 0) {
        add(operator.inputs().get(0), join.leftKeys().get(key));
      }
    }
  }
}
