package dev.tidemill.planner.delta;

import dev.tidemill.plan.batch.AggregatePlan;
import dev.tidemill.plan.batch.AsofJoinPlan;
import dev.tidemill.plan.batch.BatchPlan;
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
import dev.tidemill.plan.batch.TableReference;
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
import java.util.Map;
import java.util.stream.IntStream;
import org.jspecify.annotations.Nullable;

/** Columns that identify a row of a plan's result: no two rows agree in them, NULLs equal. */
final class ResultKeys {
  private final Map<TableReference, TableTraits> tables;

  ResultKeys(Map<TableReference, TableTraits> tables) {
    this.tables = tables;
  }

  /** The key's columns, none where there is at most one row, or null where no key is known. */
  @Nullable List<Integer> of(BatchPlan plan) {
    return switch (plan) {
      case ScanPlan scan -> scanned(scan);
      case InputPlan input -> null;
      case ValuesPlan values -> values.rows().size() <= 1 ? List.of() : null;
      case FilterPlan filter -> of(filter.input());
      case SortPlan sort -> of(sort.input());
      case LimitPlan limit ->
          limit.limit() >= 0 && limit.limit() <= 1 ? List.of() : of(limit.input());
      case TopNPlan top -> top.limit() <= 1 ? List.of() : of(top.input());
      case ExchangePlan exchange -> of(exchange.input());
      case SharedPlan shared -> of(shared.input());
      case WindowPlan window -> of(window.input());
      case SessionTablePlan sessions -> of(sessions.input());
      case ProjectPlan project -> projected(project);
      case WindowTablePlan windows -> {
        List<Integer> key = of(windows.input());
        int start = windows.input().columns().size();
        yield key == null || windows.sizeMillis() <= windows.slideMillis()
            ? key
            : with(key, windows.cumulative() ? start + 1 : start);
      }
      case MatchPlan match -> null;
      case UnnestPlan unnest -> null;
      case AggregatePlan aggregate ->
          aggregate.isSimple()
              ? IntStream.range(0, aggregate.keys().size()).boxed().toList()
              : null;
      case UnionPlan union -> union.inputs().size() == 1 ? of(union.inputs().get(0)) : null;
      case IntersectPlan intersect ->
          intersect.all()
              ? of(intersect.left())
              : IntStream.range(0, intersect.columns().size()).boxed().toList();
      case ExceptPlan except ->
          except.all()
              ? of(except.left())
              : IntStream.range(0, except.columns().size()).boxed().toList();
      case RecursivePlan recursive ->
          recursive.distinct()
              ? IntStream.range(0, recursive.columns().size()).boxed().toList()
              : null;
      case WorkingTablePlan table -> null;
      case HashJoinPlan join -> joined(join, join.kind(), join.leftKeys(), join.rightKeys());
      case AsofJoinPlan join -> of(join.left());
      case NestedLoopJoinPlan join -> joined(join, join.kind(), List.of(), List.of());
    };
  }

  private @Nullable List<Integer> scanned(ScanPlan scan) {
    TableTraits traits = tables.get(scan.table());
    if (traits == null || traits.key().isEmpty()) {
      return null;
    }
    List<Integer> key = new ArrayList<>();
    for (String name : traits.key()) {
      int found = -1;
      for (int i = 0; i < scan.columns().size(); i++) {
        found = scan.columns().get(i).name().equals(name) ? i : found;
      }
      if (found < 0) {
        return null;
      }
      key.add(found);
    }
    return key;
  }

  private @Nullable List<Integer> projected(ProjectPlan project) {
    List<Integer> key = of(project.input());
    if (key == null) {
      return null;
    }
    List<Integer> projected = new ArrayList<>();
    for (int column : key) {
      int found = -1;
      for (int i = project.expressions().size() - 1; i >= 0; i--) {
        if (project.expressions().get(i) instanceof ColumnReference reference
            && reference.index() == column) {
          found = i;
        }
      }
      if (found < 0) {
        return null;
      }
      projected.add(found);
    }
    return projected;
  }

  private @Nullable List<Integer> joined(
      BatchPlan join, JoinKind kind, List<Integer> leftKeys, List<Integer> rightKeys) {
    List<Integer> left = of(join.inputs().get(0));
    if (!kind.givesRight()) {
      return left;
    }
    List<Integer> right = of(join.inputs().get(1));
    if (left == null || right == null) {
      return null;
    }
    boolean oneRight = rightKeys.containsAll(right);
    boolean oneLeft = leftKeys.containsAll(left);
    if (oneRight && (kind == JoinKind.INNER || kind == JoinKind.LEFT)) {
      return left;
    }
    int leftColumns = join.inputs().get(0).columns().size();
    List<Integer> shifted = right.stream().map(column -> column + leftColumns).toList();
    if (oneLeft && (kind == JoinKind.INNER || kind == JoinKind.RIGHT)) {
      return shifted;
    }
    List<Integer> both = new ArrayList<>(left);
    both.addAll(shifted);
    // Of a FULL join two rows may be all NULL in both keys: an unmatched one of either side.
    return kind == JoinKind.FULL ? null : both;
  }

  private static List<Integer> with(List<Integer> key, int column) {
    List<Integer> longer = new ArrayList<>(key);
    longer.add(column);
    return longer;
  }
}
