package dev.tidemill.streaming.pipeline;

import dev.tidemill.exec.CompiledPlan;
import dev.tidemill.foundation.batch.Batch;
import dev.tidemill.foundation.batch.Column;
import dev.tidemill.foundation.batch.ColumnBuilder;
import dev.tidemill.foundation.batch.Columns;
import dev.tidemill.foundation.batch.FixedColumn;
import dev.tidemill.foundation.memory.MemoryScope;
import dev.tidemill.foundation.type.Type;
import dev.tidemill.plan.batch.BatchPlan;
import dev.tidemill.plan.batch.Distribution;
import dev.tidemill.plan.batch.HashJoinPlan;
import dev.tidemill.plan.batch.InputPlan;
import dev.tidemill.plan.batch.NestedLoopJoinPlan;
import dev.tidemill.plan.batch.OutputColumn;
import dev.tidemill.plan.delta.DeltaJoinPlan;
import dev.tidemill.plan.expression.And;
import dev.tidemill.plan.expression.Call;
import dev.tidemill.plan.expression.Case;
import dev.tidemill.plan.expression.Cast;
import dev.tidemill.plan.expression.ColumnReference;
import dev.tidemill.plan.expression.Expression;
import dev.tidemill.plan.expression.FieldAccess;
import dev.tidemill.plan.expression.InList;
import dev.tidemill.plan.expression.LambdaCall;
import dev.tidemill.plan.expression.LambdaParameter;
import dev.tidemill.plan.expression.Literal;
import dev.tidemill.plan.expression.Or;
import dev.tidemill.plan.expression.Parameter;
import dev.tidemill.plan.expression.UserCall;
import java.util.ArrayList;
import java.util.List;

/**
 * The batch join behind a delta join, over rows with weights. A join knows no weights, so they are
 * a column behind each side's; a pair's weight is the product, a lone row's its own.
 *
 * <pre>
 *   left columns, weight | right columns, weight      joined by the batch operator
 *   left columns         | right columns              with weight * weight as the weight of the delta
 * </pre>
 */
final class JoinBody {
  private final DeltaJoinPlan plan;
  private final CompiledPlan body;
  private final int leftColumns;
  private final int rightColumns;

  JoinBody(DeltaJoinPlan plan) {
    this.plan = plan;
    this.leftColumns = plan.left().columns().size();
    this.rightColumns = plan.right().columns().size();
    this.body = CompiledPlan.compile(weighted());
  }

  private BatchPlan weighted() {
    OutputColumn weight = new OutputColumn("weight", Type.BIGINT, true);
    InputPlan left = new InputPlan(0, with(plan.left().columns(), weight));
    InputPlan right = new InputPlan(1, with(plan.right().columns(), weight));
    List<OutputColumn> columns = new ArrayList<>(plan.columns().subList(0, leftColumns));
    columns.add(weight);
    columns.addAll(plan.columns().subList(leftColumns, plan.columns().size()));
    if (plan.kind().givesRight()) {
      columns.add(weight);
    }
    Expression condition = plan.residual() == null ? null : moved(plan.residual());
    return plan.leftKeys().isEmpty()
        ? new NestedLoopJoinPlan(left, right, plan.kind(), condition, columns, -1)
        : new HashJoinPlan(
            left,
            right,
            plan.kind(),
            plan.leftKeys(),
            plan.rightKeys(),
            plan.nullsMatch(),
            condition,
            false,
            columns,
            Distribution.BROADCAST,
            "rows of a step",
            -1);
  }

  private static List<OutputColumn> with(List<OutputColumn> columns, OutputColumn last) {
    List<OutputColumn> more = new ArrayList<>(columns);
    more.add(last);
    return more;
  }

  /** The condition with the right columns one further, behind the left weight. */
  private Expression moved(Expression expression) {
    return switch (expression) {
      case ColumnReference e ->
          e.index() < leftColumns ? e : new ColumnReference(e.index() + 1, e.type());
      case Literal e -> e;
      case Parameter e -> e;
      case Call e -> new Call(e.function(), moved(e.arguments()), e.type(), e.position());
      case UserCall e -> new UserCall(e.method(), moved(e.arguments()), e.type(), e.position());
      case Cast e -> e.of(moved(e.operand()));
      case Case e ->
          new Case(
              e.branches().stream()
                  .map(b -> new Case.When(moved(b.condition()), moved(b.value())))
                  .toList(),
              moved(e.otherwise()),
              e.type());
      case And e -> new And(moved(e.operands()));
      case Or e -> new Or(moved(e.operands()));
      case InList e -> new InList(moved(e.operand()), e.values());
      case FieldAccess e -> new FieldAccess(moved(e.row()), e.field(), e.type());
      case LambdaCall e -> e.of(moved(e.arguments()), moved(e.body()));
      case LambdaParameter e -> e;
    };
  }

  private List<Expression> moved(List<Expression> expressions) {
    return expressions.stream().map(this::moved).toList();
  }

  /** The weighted join of rows with weights, as deltas, the caller's to close. */
  List<Batch> join(List<Batch> left, List<Batch> right, Step step) {
    List<Batch> weightedLeft = new ArrayList<>();
    List<Batch> weightedRight = new ArrayList<>();
    List<Batch> results = new ArrayList<>();
    try {
      left.forEach(batch -> weightedLeft.add(withWeightColumn(batch, step.memory())));
      right.forEach(batch -> weightedRight.add(withWeightColumn(batch, step.memory())));
      for (Batch joined : step.run(body, List.of(weightedLeft, weightedRight))) {
        try (joined) {
          results.add(delta(joined, step.memory()));
        }
      }
      return results;
    } catch (Throwable t) {
      results.forEach(Batch::close);
      throw t;
    } finally {
      weightedLeft.forEach(Batch::close);
      weightedRight.forEach(Batch::close);
    }
  }

  /** The same rows without weights but with a column of them. */
  private static Batch withWeightColumn(Batch batch, MemoryScope memory) {
    List<Column> columns = new ArrayList<>();
    for (int i = 0; i < batch.columnCount(); i++) {
      columns.add(batch.column(i).retain());
    }
    FixedColumn weights = batch.weights();
    columns.add(
        weights == null
            ? Columns.constant(Type.BIGINT, 1L, batch.length(), memory)
            : weights.retain());
    return new Batch(batch.length(), columns, batch.selection(), null);
  }

  /** The rows with the weights of their two sides multiplied. */
  private Batch delta(Batch joined, MemoryScope memory) {
    boolean hasRight = plan.kind().givesRight();
    int rightWeight = leftColumns + 1 + rightColumns;
    List<Column> columns = new ArrayList<>();
    for (int i = 0; i < joined.columnCount(); i++) {
      if (i != leftColumns && !(hasRight && i == rightWeight)) {
        columns.add(joined.column(i).retain());
      }
    }
    try (Column left = Columns.decode(joined.column(leftColumns), memory);
        Column right = Columns.decode(joined.column(hasRight ? rightWeight : leftColumns), memory);
        ColumnBuilder weights = ColumnBuilder.of(Type.BIGINT, memory, joined.length())) {
      for (int row = 0; row < joined.length(); row++) {
        long a = left.isNull(row) ? 1 : ((FixedColumn) left).longAt(row);
        long b = !hasRight || right.isNull(row) ? 1 : ((FixedColumn) right).longAt(row);
        weights.appendLong(a * b);
      }
      return new Batch(joined.length(), columns, joined.selection(), (FixedColumn) weights.build());
    } catch (Throwable t) {
      columns.forEach(Column::close);
      throw t;
    }
  }
}
