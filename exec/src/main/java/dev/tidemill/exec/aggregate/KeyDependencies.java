package dev.tidemill.exec.aggregate;

import dev.tidemill.exec.key.KeyUniqueness;
import dev.tidemill.exec.pipeline.Operator;
import dev.tidemill.exec.pipeline.Run;
import dev.tidemill.foundation.type.Type;
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
import dev.tidemill.plan.batch.OutputColumn;
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
import java.util.BitSet;
import java.util.Comparator;
import java.util.List;

/**
 * Which of the columns to group by are functions of others, so that rows need not be compared by
 * them: those of a join's build side whose keys turn out to be unique, and those of an aggregate
 * below.
 *
 * <pre>
 *   GROUP BY c_custkey, c_name, n_name          orders ⋈ customer ON o_custkey = c_custkey   (unique)
 *                                               … ⋈ nation ON c_nationkey = n_nationkey      (unique)
 *   c_custkey decides c_name and c_nationkey, which decides n_name: one key is left
 * </pre>
 *
 * <p>What is not known is taken not to depend. Of one run, once the joins below have their tables.
 */
final class KeyDependencies {
  private final Run run;

  KeyDependencies(Run run) {
    this.run = run;
  }

  /**
   * Positions in {@code keys}, ascending, of as few as are found to decide all of them; long values
   * are left out first.
   *
   * @param keys columns of {@code input}
   */
  int[] deciding(Operator input, int[] keys) {
    List<Integer> kept = new ArrayList<>();
    for (int position = 0; position < keys.length; position++) {
      kept.add(position);
    }
    if (keys.length > 1) {
      List<OutputColumn> columns = input.plan().columns();
      List<Integer> dearestFirst = new ArrayList<>(kept.reversed());
      dearestFirst.sort(
          Comparator.comparing(position -> -weight(columns.get(keys[position]).type())));
      for (Integer position : dearestFirst) {
        BitSet others = new BitSet();
        kept.stream().filter(k -> !k.equals(position)).forEach(k -> others.set(keys[k]));
        if (!others.isEmpty() && decided(input, others).get(keys[position])) {
          kept.remove(position);
        }
      }
    }
    return kept.stream().mapToInt(Integer::intValue).toArray();
  }

  /** Roughly how dear it is to compare by the type. */
  private static int weight(Type type) {
    return switch (type) {
      case Type.Array t -> 3;
      case Type.MapType t -> 3;
      case Type.Row t -> 3;
      case Type.Varchar t -> 2;
      case Type.Varbinary t -> 2;
      case Type.Decimal t -> 1;
      case Type.Real t -> 1;
      case Type.DoubleType t -> 1;
      case Type.Bool t -> 0;
      case Type.Int t -> 0;
      case Type.Date t -> 0;
      case Type.Time t -> 0;
      case Type.Timestamp t -> 0;
      case Type.ZonedTimestamp t -> 0;
      case Type.MonthInterval t -> 0;
      case Type.TimeInterval t -> 0;
      case Type.Null t -> 0;
    };
  }

  /** The columns of the operator's rows that {@code known} columns decide, these among them. */
  private BitSet decided(Operator operator, BitSet known) {
    return switch (operator.plan()) {
      case FilterPlan p -> decided(operator.inputs().get(0), known);
      case LimitPlan p -> decided(operator.inputs().get(0), known);
      case SortPlan p -> decided(operator.inputs().get(0), known);
      case TopNPlan p -> decided(operator.inputs().get(0), known);
      case ExchangePlan p -> decided(operator.inputs().get(0), known);
      case SharedPlan p -> decided(operator.inputs().get(0), known);
      case WindowPlan p -> decidedByInput(operator, p.input().columns().size(), known);
      case SessionTablePlan p -> decidedByInput(operator, p.input().columns().size(), known);
      case WindowTablePlan p -> decidedByInput(operator, p.input().columns().size(), known);
      case AsofJoinPlan p -> decidedByInput(operator, p.left().columns().size(), known);
      case ProjectPlan p -> ofProject(operator, p, known);
      case AggregatePlan p -> ofAggregate(operator, p, known);
      case HashJoinPlan p -> ofJoin(operator, p, known);
      case ScanPlan p -> known;
      case InputPlan p -> known;
      case ValuesPlan p -> known;
      case MatchPlan p -> known;
      case UnnestPlan p -> known;
      case NestedLoopJoinPlan p -> known;
      case UnionPlan p -> known;
      case IntersectPlan p -> known;
      case ExceptPlan p -> known;
      case RecursivePlan p -> known;
      case WorkingTablePlan p -> known;
    };
  }

  /** Where the rows are those of the input with more columns behind. */
  private BitSet decidedByInput(Operator operator, int width, BitSet known) {
    BitSet all = decided(operator.inputs().get(0), known.get(0, width));
    all.or(known);
    return all;
  }

  private BitSet ofProject(Operator operator, ProjectPlan plan, BitSet known) {
    int[] sources =
        plan.expressions().stream()
            .mapToInt(e -> e instanceof ColumnReference column ? column.index() : -1)
            .toArray();
    return through(operator, sources, known);
  }

  private BitSet ofAggregate(Operator operator, AggregatePlan plan, BitSet known) {
    if (!plan.isSimple()) {
      return known;
    }
    int width = plan.columns().size();
    int[] sources = new int[width];
    for (int i = 0; i < width; i++) {
      sources[i] = i < plan.keys().size() ? plan.keys().get(i) : -1;
    }
    BitSet all = through(operator, sources, known);
    if (all.nextClearBit(0) >= plan.keys().size()) {
      all.set(0, width);
    }
    return all;
  }

  /** {@code sources[i]} is the input's column that column i is, or -1. */
  private BitSet through(Operator operator, int[] sources, BitSet known) {
    BitSet below = new BitSet();
    for (int i = 0; i < sources.length; i++) {
      if (sources[i] >= 0 && known.get(i)) {
        below.set(sources[i]);
      }
    }
    BitSet decided = decided(operator.inputs().get(0), below);
    BitSet all = (BitSet) known.clone();
    for (int i = 0; i < sources.length; i++) {
      if (sources[i] >= 0 && decided.get(sources[i])) {
        all.set(i);
      }
    }
    return all;
  }

  private BitSet ofJoin(Operator operator, HashJoinPlan plan, BitSet known) {
    JoinKind kind = plan.kind();
    int leftWidth = plan.left().columns().size();
    if (kind == JoinKind.RIGHT || kind == JoinKind.FULL) {
      return known;
    }
    if (!kind.givesRight()) {
      return decidedByInput(operator, leftWidth, known);
    }
    int rightWidth = plan.right().columns().size();
    boolean inner = kind == JoinKind.INNER;
    boolean matchIsDecided = (inner || plan.residual() == null) && isUnique(operator);
    BitSet left = known.get(0, leftWidth);
    BitSet right = known.get(leftWidth, leftWidth + rightWidth);
    int before = -1;
    while (left.cardinality() + right.cardinality() > before) {
      before = left.cardinality() + right.cardinality();
      left = decided(operator.inputs().get(0), left);
      if (inner) {
        right = decided(operator.inputs().get(1), right);
        for (int i = 0; i < plan.leftKeys().size(); i++) {
          int leftKey = plan.leftKeys().get(i);
          int rightKey = plan.rightKeys().get(i);
          if (left.get(leftKey) || right.get(rightKey)) {
            left.set(leftKey);
            right.set(rightKey);
          }
        }
      }
      if (matchIsDecided && plan.leftKeys().stream().allMatch(left::get)) {
        right.set(0, rightWidth);
      }
    }
    BitSet all = (BitSet) left.clone();
    right.stream().forEach(column -> all.set(leftWidth + column));
    return all;
  }

  private boolean isUnique(Operator join) {
    List<KeyUniqueness> built = run.attached(join, KeyUniqueness.class);
    return !built.isEmpty() && built.stream().allMatch(KeyUniqueness::areKeysUnique);
  }
}
