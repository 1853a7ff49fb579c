package dev.tidemill.streaming.pipeline;

import dev.tidemill.foundation.type.Type;
import dev.tidemill.plan.batch.AggregateCall;
import dev.tidemill.plan.batch.AggregatePlan;
import dev.tidemill.plan.batch.AsofComparison;
import dev.tidemill.plan.batch.AsofJoinPlan;
import dev.tidemill.plan.batch.BatchPlan;
import dev.tidemill.plan.batch.Distribution;
import dev.tidemill.plan.batch.ExceptPlan;
import dev.tidemill.plan.batch.FilterPlan;
import dev.tidemill.plan.batch.HashJoinPlan;
import dev.tidemill.plan.batch.IntersectPlan;
import dev.tidemill.plan.batch.JoinKind;
import dev.tidemill.plan.batch.NestedLoopJoinPlan;
import dev.tidemill.plan.batch.OutputColumn;
import dev.tidemill.plan.batch.ProjectPlan;
import dev.tidemill.plan.batch.ScanPlan;
import dev.tidemill.plan.batch.SortKey;
import dev.tidemill.plan.batch.TableReference;
import dev.tidemill.plan.batch.TopNPlan;
import dev.tidemill.plan.batch.UnionPlan;
import dev.tidemill.plan.batch.WindowCall;
import dev.tidemill.plan.batch.WindowFrame;
import dev.tidemill.plan.batch.WindowPlan;
import dev.tidemill.plan.expression.Call;
import dev.tidemill.plan.expression.ColumnReference;
import dev.tidemill.plan.expression.Expression;
import dev.tidemill.plan.expression.Literal;
import dev.tidemill.plan.function.AggregateFunction;
import dev.tidemill.plan.function.ScalarFunction;
import dev.tidemill.plan.function.WindowFunction;
import java.util.ArrayList;
import java.util.List;
import java.util.Objects;
import java.util.Random;
import java.util.stream.IntStream;
import java.util.stream.Stream;
import org.jspecify.annotations.Nullable;

/** Random batch plans over some tables. */
final class RandomPlans {
  private static final int WIDEST = 7;

  private final Random random;
  private final List<TableReference> tables;
  private final List<List<OutputColumn>> schemas;

  RandomPlans(Random random, List<TableReference> tables, List<List<OutputColumn>> schemas) {
    this.random = random;
    this.tables = tables;
    this.schemas = schemas;
  }

  BatchPlan plan(int depth) {
    if (depth == 0) {
      return scan();
    }
    BatchPlan input = plan(depth - 1);
    return switch (random.nextInt(15)) {
      case 0 -> new FilterPlan(input, condition(input.columns()));
      case 1 -> project(input);
      case 2 -> union(input);
      case 3, 4 -> aggregate(input);
      case 5 -> distinct(input);
      case 6, 7, 8 -> join(input, plan(random.nextInt(depth)));
      case 9 -> topN(input);
      case 10 -> setOperation(input);
      case 11, 12 -> asofJoin(input, plan(random.nextInt(depth)));
      case 13 -> RandomMatches.match(random, input);
      default -> window(input);
    };
  }

  private BatchPlan scan() {
    int table = random.nextInt(tables.size());
    List<OutputColumn> columns = new ArrayList<>();
    for (OutputColumn column : schemas.get(table)) {
      if (random.nextInt(4) > 0) {
        columns.add(column);
      }
    }
    if (columns.isEmpty()) {
      columns.add(schemas.get(table).get(0));
    }
    List<Expression> filters = random.nextInt(3) == 0 ? List.of(condition(columns)) : List.of();
    return new ScanPlan(tables.get(table), columns, filters, -1, -1);
  }

  private Expression condition(List<OutputColumn> columns) {
    int column = random.nextInt(columns.size());
    Expression reference = reference(columns, column);
    return random.nextBoolean()
        ? new Call(ScalarFunction.IS_NOT_NULL, List.of(reference), Type.BOOLEAN)
        : new Call(
            ScalarFunction.GREATER,
            List.of(
                reference,
                new Literal(
                    columns.get(column).type(),
                    PipelineTables.value(random, columns.get(column).type()))),
            Type.BOOLEAN);
  }

  private static ColumnReference reference(List<OutputColumn> columns, int column) {
    return new ColumnReference(column, columns.get(column).type());
  }

  private BatchPlan project(BatchPlan input) {
    List<Expression> expressions = new ArrayList<>();
    List<OutputColumn> columns = new ArrayList<>();
    for (int i = 0; i < input.columns().size(); i++) {
      if (random.nextInt(4) > 0 || i == 0) {
        expressions.add(reference(input.columns(), i));
        columns.add(nullable(input.columns().get(i)));
      }
    }
    return new ProjectPlan(input, expressions, columns);
  }

  private static OutputColumn nullable(OutputColumn column) {
    return new OutputColumn(column.name(), column.type(), true);
  }

  private BatchPlan union(BatchPlan input) {
    return new UnionPlan(
        List.of(input, new FilterPlan(input, condition(input.columns()))),
        input.columns().stream().map(RandomPlans::nullable).toList());
  }

  private BatchPlan distinct(BatchPlan input) {
    List<Integer> keys = IntStream.range(0, input.columns().size()).boxed().toList();
    return new AggregatePlan(input, keys, List.of(keys), List.of(), input.columns(), -1);
  }

  private BatchPlan aggregate(BatchPlan input) {
    List<Integer> keys = new ArrayList<>();
    for (int i = 0; i < input.columns().size() && keys.size() < 2; i++) {
      if (random.nextInt(3) == 0) {
        keys.add(i);
      }
    }
    List<OutputColumn> columns =
        new ArrayList<>(keys.stream().map(k -> input.columns().get(k)).toList());
    List<AggregateCall> calls = new ArrayList<>();
    for (int i = random.nextInt(4); i >= 0; i--) {
      AggregateCall call = call(input.columns());
      calls.add(call);
      columns.add(new OutputColumn("a" + i, call.type(), true));
    }
    List<Integer> all = IntStream.range(0, keys.size()).boxed().toList();
    if (random.nextInt(6) > 0) {
      return new AggregatePlan(input, keys, List.of(all), calls, columns, -1);
    }
    for (int i = 0; i < keys.size(); i++) {
      columns.set(i, nullable(columns.get(i)));
    }
    List<List<Integer>> sets = List.of(all, all.subList(0, all.size() / 2), List.of());
    return new AggregatePlan(input, keys, sets, calls, columns, -1);
  }

  private AggregateCall call(List<OutputColumn> columns) {
    int argument = random.nextInt(columns.size());
    Type type = columns.get(argument).type();
    int filter = -1;
    for (int i = 0; i < columns.size(); i++) {
      filter = columns.get(i).type().equals(Type.BOOLEAN) && random.nextBoolean() ? i : filter;
    }
    boolean distinct = random.nextInt(4) == 0;
    if (random.nextInt(8) == 0) {
      return new AggregateCall(AggregateFunction.COUNT, List.of(), false, filter, Type.BIGINT);
    }
    List<AggregateFunction> functions =
        Stream.of(AggregateFunction.values()).filter(f -> resultType(f, type) != null).toList();
    AggregateFunction function = functions.get(random.nextInt(functions.size()));
    Type result = Objects.requireNonNull(resultType(function, type));
    return new AggregateCall(
        function, arguments(function, argument, columns), distinct, filter, result);
  }

  /** The argument and, where the function takes a pair, the first column that may be the other. */
  static List<Integer> arguments(
      AggregateFunction function, int argument, List<OutputColumn> columns) {
    if (function != AggregateFunction.COVAR_POP && function != AggregateFunction.COVAR_SAMP) {
      return List.of(argument);
    }
    int other = argument;
    while (other > 0 && !columns.get(other - 1).type().equals(Type.DOUBLE)) {
      other--;
    }
    return List.of(argument, other > 0 ? other - 1 : argument);
  }

  /**
   * The type of a call over an argument, or null where the function does not take it or fails on
   * many rows.
   */
  static @Nullable Type resultType(AggregateFunction function, Type argument) {
    boolean isInteger = argument instanceof Type.Int;
    boolean isDouble = argument instanceof Type.DoubleType;
    return switch (function) {
      case COUNT -> Type.BIGINT;
      case SUM, SUM0 ->
          argument instanceof Type.Decimal d
              ? new Type.Decimal(38, d.scale())
              : isInteger ? Type.BIGINT : isDouble ? Type.DOUBLE : null;
      case AVG ->
          argument instanceof Type.Decimal d
              ? new Type.Decimal(38, Math.min(38, d.scale() + 4))
              : isInteger || isDouble ? Type.DOUBLE : null;
      case MIN, MAX, ANY_VALUE -> argument;
      case BOOL_AND, BOOL_OR -> argument instanceof Type.Bool ? argument : null;
      case BIT_AND, BIT_OR, BIT_XOR -> isInteger ? argument : null;
      case STDDEV_POP, STDDEV_SAMP, VAR_POP, VAR_SAMP, COVAR_POP, COVAR_SAMP ->
          isDouble ? Type.DOUBLE : null;
      case SINGLE_VALUE -> null;
      // These are recomputed, the approximate ones over rows that go.
      case APPROX_COUNT_DISTINCT, APPROX_QUANTILE -> null;
      case SKEWNESS, KURTOSIS, KURTOSIS_POP, QUANTILE_CONT, QUANTILE_DISC -> null;
      case MODE -> argument;
      case PRODUCT, HISTOGRAM, LISTAGG, ARRAY_AGG, MAP_AGG, ARG_MIN, ARG_MAX, USER -> null;
    };
  }

  private BatchPlan join(BatchPlan left, BatchPlan right) {
    List<JoinKind> kinds = List.of(JoinKind.values());
    JoinKind kind =
        random.nextInt(2) == 0 ? JoinKind.INNER : kinds.get(random.nextInt(kinds.size()));
    if (left.columns().size() + right.columns().size() > WIDEST && kind.givesRight()) {
      kind = random.nextBoolean() ? JoinKind.SEMI : JoinKind.LEFT_MARK;
    }
    List<Integer> leftKeys = new ArrayList<>();
    List<Integer> rightKeys = new ArrayList<>();
    for (int i = 0; i < left.columns().size(); i++) {
      for (int j = 0; j < right.columns().size(); j++) {
        if (leftKeys.size() < 2
            && left.columns().get(i).type().equals(right.columns().get(j).type())
            && random.nextInt(2) == 0
            && !leftKeys.contains(i)
            && !rightKeys.contains(j)) {
          leftKeys.add(i);
          rightKeys.add(j);
        }
      }
    }
    boolean nullAware = kind == JoinKind.NULL_AWARE_ANTI || kind == JoinKind.NULL_AWARE_LEFT_MARK;
    if (nullAware && leftKeys.size() != 1) {
      kind = JoinKind.INNER;
      nullAware = false;
    }
    List<OutputColumn> columns = new ArrayList<>();
    left.columns().forEach(column -> columns.add(nullable(column)));
    List<OutputColumn> both = new ArrayList<>(columns);
    right.columns().forEach(column -> both.add(nullable(column)));
    if (kind.givesRight()) {
      columns.clear();
      columns.addAll(both);
    } else if (kind == JoinKind.LEFT_MARK || kind == JoinKind.NULL_AWARE_LEFT_MARK) {
      columns.add(new OutputColumn("mark", Type.BOOLEAN, true));
    }
    @Nullable Expression residual = nullAware || random.nextInt(3) > 0 ? null : condition(both);
    if (leftKeys.isEmpty()) {
      return new NestedLoopJoinPlan(left, right, kind, residual, columns, -1);
    }
    List<Boolean> nullsMatch = leftKeys.stream().map(key -> random.nextInt(3) == 0).toList();
    return new HashJoinPlan(
        left,
        right,
        kind,
        leftKeys,
        rightKeys,
        nullAware ? List.of(false) : nullsMatch,
        residual,
        (kind == JoinKind.SEMI || kind == JoinKind.ANTI) && random.nextBoolean(),
        columns,
        random.nextBoolean() ? Distribution.BROADCAST : Distribution.SHUFFLE,
        "",
        -1);
  }

  private BatchPlan asofJoin(BatchPlan left, BatchPlan right) {
    List<int[]> times = new ArrayList<>();
    for (int i = 0; i < left.columns().size(); i++) {
      for (int j = 0; j < right.columns().size(); j++) {
        Type type = left.columns().get(i).type();
        if (type.equals(right.columns().get(j).type())
            && !(type instanceof Type.Varchar)
            && !(type instanceof Type.Bool)
            && !(type instanceof Type.Decimal d && d.precision() > 18)) {
          times.add(new int[] {i, j});
        }
      }
    }
    if (times.isEmpty() || left.columns().size() + right.columns().size() > 2 * WIDEST) {
      return distinct(left);
    }
    int[] time = times.get(random.nextInt(times.size()));
    List<Integer> leftKeys = new ArrayList<>();
    List<Integer> rightKeys = new ArrayList<>();
    for (int i = 0; i < left.columns().size(); i++) {
      for (int j = 0; j < right.columns().size(); j++) {
        if (leftKeys.size() < 2
            && left.columns().get(i).type().equals(right.columns().get(j).type())
            && random.nextInt(4) == 0
            && !leftKeys.contains(i)
            && !rightKeys.contains(j)
            && j != time[1]) {
          leftKeys.add(i);
          rightKeys.add(j);
        }
      }
    }
    List<OutputColumn> columns = new ArrayList<>();
    left.columns().forEach(column -> columns.add(nullable(column)));
    right.columns().forEach(column -> columns.add(nullable(column)));
    return new AsofJoinPlan(
        left,
        right,
        random.nextBoolean(),
        leftKeys,
        rightKeys,
        leftKeys.stream().map(key -> random.nextInt(3) == 0).toList(),
        time[0],
        time[1],
        AsofComparison.values()[random.nextInt(4)],
        IntStream.range(0, right.columns().size())
            .filter(column -> column != time[1] && !rightKeys.contains(column))
            .boxed()
            .toList(),
        columns,
        -1);
  }

  private BatchPlan topN(BatchPlan input) {
    List<SortKey> keys =
        List.of(
            new SortKey(
                random.nextInt(input.columns().size()),
                random.nextBoolean(),
                random.nextBoolean()));
    return new TopNPlan(input, keys, random.nextInt(5), random.nextInt(3));
  }

  private BatchPlan setOperation(BatchPlan input) {
    BatchPlan other = new FilterPlan(input, condition(input.columns()));
    return random.nextBoolean()
        ? new IntersectPlan(input, other, random.nextBoolean(), input.columns())
        : new ExceptPlan(input, other, random.nextBoolean(), input.columns());
  }

  private BatchPlan window(BatchPlan input) {
    WindowFrame frame =
        new WindowFrame(
            WindowFrame.Unit.ROWS,
            new WindowFrame.UnboundedPreceding(),
            new WindowFrame.CurrentRow(),
            WindowFrame.Exclusion.NO_OTHERS);
    List<OutputColumn> columns = new ArrayList<>(input.columns());
    columns.add(new OutputColumn("n", Type.BIGINT, false));
    BatchPlan window = windowOf(input, frame, columns);
    return random.nextBoolean()
        ? window
        : new FilterPlan(
            window,
            new Call(
                random.nextBoolean() ? ScalarFunction.LESS_OR_EQUAL : ScalarFunction.EQUAL,
                List.of(
                    reference(columns, columns.size() - 1),
                    new Literal(Type.BIGINT, 1L + random.nextInt(2))),
                Type.BOOLEAN));
  }

  private BatchPlan windowOf(BatchPlan input, WindowFrame frame, List<OutputColumn> columns) {
    return new WindowPlan(
        input,
        List.of(random.nextInt(input.columns().size())),
        List.of(
            new SortKey(
                random.nextInt(input.columns().size()),
                random.nextBoolean(),
                random.nextBoolean())),
        List.of(
            new WindowCall.Function(
                List.of(WindowFunction.ROW_NUMBER, WindowFunction.RANK, WindowFunction.DENSE_RANK)
                    .get(random.nextInt(3)),
                List.of(),
                false,
                frame,
                Type.BIGINT)),
        columns);
  }
}
