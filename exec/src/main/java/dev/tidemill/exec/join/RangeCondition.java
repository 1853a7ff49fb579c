package dev.tidemill.exec.join;

import dev.tidemill.exec.expression.CompiledExpressions;
import dev.tidemill.exec.expression.EvaluationContext;
import dev.tidemill.exec.expression.ExpressionCompiler;
import dev.tidemill.exec.pipeline.Worker;
import dev.tidemill.foundation.batch.Batch;
import dev.tidemill.foundation.batch.Column;
import dev.tidemill.foundation.batch.Columns;
import dev.tidemill.foundation.batch.FixedColumn;
import dev.tidemill.foundation.type.Type;
import dev.tidemill.plan.expression.And;
import dev.tidemill.plan.expression.Call;
import dev.tidemill.plan.expression.ColumnReference;
import dev.tidemill.plan.expression.Expression;
import dev.tidemill.plan.expression.LambdaCall;
import dev.tidemill.plan.expression.LambdaParameter;
import dev.tidemill.plan.expression.UserCall;
import dev.tidemill.plan.function.ScalarFunction;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import org.jspecify.annotations.Nullable;

/**
 * The comparisons of a left with a right value that a join's condition demands, and what else it
 * demands.
 *
 * <p>Values are looked at as longs in the order of the type, and turned round (all bits inverted)
 * where the right value is to be the less, so that each comparison reads {@code right >= left}:
 *
 * <pre>
 *   a.x BETWEEN b.low AND b.high      ~b.low >= ~a.x,  b.high >= a.x
 *   a.x &lt; b.y                         b.y >= a.x + 1
 * </pre>
 *
 * Immutable.
 */
final class RangeCondition {
  /**
   * One comparison.
   *
   * @param isTurned whether the right value is to be the less
   * @param isStrict whether equal values do not match
   */
  private record Bound(Expression left, Expression right, boolean isTurned, boolean isStrict) {}

  private final List<Bound> bounds;
  private final @Nullable Expression rest;
  private final List<Type> leftTypes;
  private final CompiledExpressions left;
  private final CompiledExpressions right;
  private final boolean[] isNamed;

  private RangeCondition(
      List<Bound> bounds, @Nullable Expression rest, List<Type> leftTypes, List<Type> rightTypes) {
    this.bounds = bounds;
    this.rest = rest;
    this.leftTypes = leftTypes;
    List<Type> both = new ArrayList<>(leftTypes);
    both.addAll(rightTypes);
    this.left = ExpressionCompiler.compile(bounds.stream().map(Bound::left).toList(), leftTypes);
    this.right = ExpressionCompiler.compile(bounds.stream().map(Bound::right).toList(), both);
    this.isNamed = new boolean[rightTypes.size()];
    bounds.forEach(bound -> name(bound.right));
  }

  private void name(Expression expression) {
    if (expression instanceof ColumnReference reference) {
      isNamed[reference.index() - leftTypes.size()] = true;
    }
    expression.operands().forEach(this::name);
  }

  /** What there is to find in a condition over left and right columns; null where nothing is. */
  static @Nullable RangeCondition of(
      @Nullable Expression condition, List<Type> leftTypes, List<Type> rightTypes) {
    if (condition == null) {
      return null;
    }
    List<Bound> bounds = new ArrayList<>();
    List<Expression> others = new ArrayList<>();
    collect(condition, leftTypes.size(), bounds, others);
    if (bounds.isEmpty()) {
      return null;
    }
    Expression rest =
        switch (others.size()) {
          case 0 -> null;
          case 1 -> others.getFirst();
          default -> new And(others);
        };
    return new RangeCondition(bounds, rest, leftTypes, rightTypes);
  }

  private static void collect(
      Expression condition, int leftCount, List<Bound> bounds, List<Expression> others) {
    if (condition instanceof And and) {
      and.operands().forEach(operand -> collect(operand, leftCount, bounds, others));
      return;
    }
    Bound bound = condition instanceof Call call ? bound(call, leftCount) : null;
    if (bound == null) {
      others.add(condition);
    } else {
      bounds.add(bound);
    }
  }

  private static @Nullable Bound bound(Call call, int leftCount) {
    boolean isLess;
    boolean isStrict;
    switch (call.function()) {
      case LESS -> {
        isLess = true;
        isStrict = true;
      }
      case LESS_OR_EQUAL -> {
        isLess = true;
        isStrict = false;
      }
      case GREATER -> {
        isLess = false;
        isStrict = true;
      }
      case GREATER_OR_EQUAL -> {
        isLess = false;
        isStrict = false;
      }
      default -> {
        return null;
      }
    }
    Expression a = call.arguments().get(0);
    Expression b = call.arguments().get(1);
    if (!isComparedAsLongs(a.type(), b.type())) {
      return null;
    }
    if (isOf(a, 0, leftCount) && isOf(b, leftCount, Integer.MAX_VALUE)) {
      return new Bound(a, b, !isLess, isStrict);
    }
    if (isOf(b, 0, leftCount) && isOf(a, leftCount, Integer.MAX_VALUE)) {
      return new Bound(b, a, isLess, isStrict);
    }
    return null;
  }

  private static boolean isComparedAsLongs(Type a, Type b) {
    return switch (a) {
      case Type.Int t -> b instanceof Type.Int;
      case Type.Decimal t -> b instanceof Type.Decimal other && t.scale() == other.scale();
      case Type.Real t -> b instanceof Type.Real;
      case Type.DoubleType t -> b instanceof Type.DoubleType;
      case Type.Date t -> b instanceof Type.Date;
      case Type.Time t -> a.equals(b);
      case Type.Timestamp t -> a.equals(b);
      case Type.ZonedTimestamp t -> a.equals(b);
      default -> false;
    };
  }

  /** Whether a value depends on columns of one side, and on nothing that differs by pair. */
  private static boolean isOf(Expression expression, int from, int to) {
    return namesColumn(expression) && namesOnly(expression, from, to);
  }

  private static boolean namesColumn(Expression expression) {
    return expression instanceof ColumnReference
        || expression.operands().stream().anyMatch(RangeCondition::namesColumn);
  }

  private static boolean namesOnly(Expression expression, int from, int to) {
    boolean itself =
        switch (expression) {
          case ColumnReference reference -> reference.index() >= from && reference.index() < to;
          case Call call ->
              call.function() != ScalarFunction.RANDOM && call.function() != ScalarFunction.UUID;
          case UserCall call -> call.method().deterministic();
          case LambdaCall call -> false;
          case LambdaParameter parameter -> false;
          default -> true;
        };
    return itself
        && expression.operands().stream().allMatch(operand -> namesOnly(operand, from, to));
  }

  /** How many comparisons there are. */
  int count() {
    return bounds.size();
  }

  /** What is demanded besides, over left and right columns; null for nothing. */
  @Nullable Expression rest() {
    return rest;
  }

  /** Numbers of comparisons, one of each right value that rows may be sorted by. */
  int[] keys() {
    List<Expression> seen = new ArrayList<>();
    int[] keys = new int[count()];
    int n = 0;
    for (int i = 0; i < keys.length; i++) {
      if (!seen.contains(bounds.get(i).right)) {
        seen.add(bounds.get(i).right);
        keys[n++] = i;
      }
    }
    return Arrays.copyOf(keys, n);
  }

  /**
   * By comparison and row, the least that a right value must be.
   *
   * @param none is set for selected rows that no right row can match
   * @return false where some value is no long
   */
  boolean loadLeft(Batch batch, EvaluationContext context, long[][] values, boolean[] none) {
    return load(left, batch, context, true, values, 0, none);
  }

  /**
   * By comparison and row, the right values of rows from {@code from} on.
   *
   * @param none is set for rows that match nothing
   * @return false where some value is no long
   */
  boolean loadRight(
      Batch table,
      int from,
      int count,
      EvaluationContext context,
      long[][] values,
      boolean[] none) {
    List<Column> columns = new ArrayList<>();
    try {
      for (int i = 0; i < isNamed.length; i++) {
        if (isNamed[i]) {
          columns.add(Columns.slice(table.column(i), from, count, context.memory()));
        }
      }
    } catch (Throwable t) {
      columns.forEach(Column::close);
      throw t;
    }
    try (Batch named = new Batch(count, columns);
        Batch placed = new Batch(count, placed(named))) {
      return load(right, placed, context, false, values, from, none);
    }
  }

  /** The columns where the expressions look for them; any stands where none looks. */
  private List<Column> placed(Batch named) {
    List<Column> columns = new ArrayList<>();
    for (int i = 0; i < leftTypes.size(); i++) {
      columns.add(named.column(0).retain());
    }
    int next = 0;
    for (boolean isHere : isNamed) {
      columns.add(named.column(isHere ? next++ : 0).retain());
    }
    return columns;
  }

  private boolean load(
      CompiledExpressions expressions,
      Batch batch,
      EvaluationContext context,
      boolean isLeft,
      long[][] values,
      int at,
      boolean[] none) {
    int[] rows = Worker.rows(batch);
    int count = batch.rowCount();
    List<Column> columns = expressions.evaluate(batch, context);
    try {
      for (int i = 0; i < values.length; i++) {
        Bound bound = bounds.get(i);
        try (Column plain = Columns.decode(columns.get(i), context.memory())) {
          FixedColumn column = (FixedColumn) plain;
          if (!load(column, rows, count, bound.isTurned ? -1 : 0, values[i], at, none)) {
            return false;
          }
          if (isLeft && bound.isStrict) {
            next(rows, count, values[i], none);
          }
        }
      }
      return true;
    } finally {
      columns.forEach(Column::close);
    }
  }

  private static boolean load(
      FixedColumn column, int[] rows, int count, long turn, long[] values, int at, boolean[] none) {
    if (column.mayHaveNulls()) {
      for (int i = 0; i < count; i++) {
        none[at + rows[i]] |= column.isNull(rows[i]);
      }
    }
    if (column.type() instanceof Type.Real || column.type() instanceof Type.DoubleType) {
      for (int i = 0; i < count; i++) {
        long bits = Double.doubleToLongBits(column.doubleAt(rows[i]) + 0.0);
        values[at + rows[i]] = bits ^ (bits >> 63) >>> 1 ^ turn;
      }
      return true;
    }
    if (column.width() == 16) {
      for (int i = 0; i < count; i++) {
        if (column.highAt(rows[i]) != column.longAt(rows[i]) >> 63 && !column.isNull(rows[i])) {
          return false;
        }
      }
    }
    for (int i = 0; i < count; i++) {
      values[at + rows[i]] = column.longAt(rows[i]) ^ turn;
    }
    return true;
  }

  /** Of a value that is to be exceeded, the least that does. */
  private static void next(int[] rows, int count, long[] values, boolean[] none) {
    for (int i = 0; i < count; i++) {
      none[rows[i]] |= values[rows[i]] == Long.MAX_VALUE;
      values[rows[i]]++;
    }
  }
}
