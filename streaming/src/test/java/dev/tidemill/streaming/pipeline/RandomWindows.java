package dev.tidemill.streaming.pipeline;

import dev.tidemill.foundation.type.Type;
import dev.tidemill.plan.batch.BatchPlan;
import dev.tidemill.plan.batch.OutputColumn;
import dev.tidemill.plan.batch.ProjectPlan;
import dev.tidemill.plan.batch.SortKey;
import dev.tidemill.plan.batch.WindowCall;
import dev.tidemill.plan.batch.WindowFrame;
import dev.tidemill.plan.batch.WindowPlan;
import dev.tidemill.plan.expression.ColumnReference;
import dev.tidemill.plan.expression.Expression;
import dev.tidemill.plan.expression.Literal;
import dev.tidemill.plan.function.AggregateFunction;
import dev.tidemill.plan.function.WindowFunction;
import java.math.BigDecimal;
import java.time.Duration;
import java.time.Period;
import java.util.ArrayList;
import java.util.List;
import java.util.Random;

/** Random windows over the rows k, s, d, m, b, ts of {@link PipelineTables}. */
final class RandomWindows {
  private static final int K = 0;
  private static final int S = 1;
  private static final int D = 2;
  private static final int M = 3;
  private static final int B = 4;
  private static final int TS = 5;

  private final Random random;
  private final List<OutputColumn> columns;

  /** The column of the offsets of LAG and LEAD. */
  private final int offset;

  private List<SortKey> order = List.of();

  private RandomWindows(Random random, List<OutputColumn> columns) {
    this.random = random;
    this.columns = columns;
    this.offset = columns.size() - 1;
  }

  /** A window, or one over another. */
  static BatchPlan window(Random random, BatchPlan rows) {
    List<Expression> expressions = new ArrayList<>();
    for (int i = 0; i < rows.columns().size(); i++) {
      expressions.add(new ColumnReference(i, rows.columns().get(i).type()));
    }
    expressions.add(
        random.nextInt(4) == 0
            ? new Literal(Type.INTEGER, random.nextInt(4))
            : new Literal(Type.INTEGER, 1));
    List<OutputColumn> columns = new ArrayList<>(rows.columns());
    columns.add(new OutputColumn("n", Type.INTEGER, false));
    BatchPlan input = new ProjectPlan(rows, expressions, columns);
    RandomWindows windows = new RandomWindows(random, columns);
    BatchPlan window = windows.window(input);
    return random.nextInt(4) == 0 ? windows.window(window) : window;
  }

  private BatchPlan window(BatchPlan input) {
    order = order();
    List<WindowCall> calls = new ArrayList<>();
    List<OutputColumn> result = new ArrayList<>(input.columns());
    int count = 1 + random.nextInt(2);
    for (int i = 0; i < count; i++) {
      WindowCall call = random.nextBoolean() ? function() : aggregate();
      calls.add(call);
      result.add(new OutputColumn("w" + result.size(), call.type(), true));
    }
    List<Integer> partition =
        random.nextInt(5) == 0 ? List.of() : random.nextInt(8) == 0 ? List.of(K, B) : List.of(K);
    return new WindowPlan(input, partition, order, calls, result);
  }

  private List<SortKey> order() {
    return switch (random.nextInt(8)) {
      case 0 -> List.of();
      case 1 -> List.of(key(S), key(TS));
      case 2 -> List.of(key(D));
      case 3 -> List.of(key(M));
      default -> List.of(key(TS));
    };
  }

  private SortKey key(int column) {
    return new SortKey(column, random.nextInt(3) == 0, random.nextBoolean());
  }

  private WindowCall function() {
    WindowFunction function = WindowFunction.values()[random.nextInt(11)];
    return switch (function) {
      case ROW_NUMBER, RANK, DENSE_RANK ->
          new WindowCall.Function(function, List.of(), false, frame(), Type.BIGINT);
      case PERCENT_RANK, CUME_DIST ->
          new WindowCall.Function(function, List.of(), false, frame(), Type.DOUBLE);
      case LAG, LEAD -> {
        int value = random.nextInt(6);
        Type type = columns.get(value).type();
        List<Integer> arguments =
            switch (random.nextInt(3)) {
              case 0 -> List.of(value);
              case 1 -> List.of(value, offset);
              default -> List.of(value, offset, value);
            };
        yield new WindowCall.Function(function, arguments, random.nextInt(5) == 0, frame(), type);
      }
      default -> {
        int value = random.nextInt(6);
        yield new WindowCall.Function(
            random.nextBoolean() ? WindowFunction.FIRST_VALUE : WindowFunction.LAST_VALUE,
            List.of(value),
            random.nextInt(5) == 0,
            frame(),
            columns.get(value).type());
      }
    };
  }

  private WindowCall aggregate() {
    Type sum = new Type.Decimal(20, 2);
    return switch (random.nextInt(9)) {
      case 0 -> call(AggregateFunction.COUNT, List.of(), Type.BIGINT);
      case 1 -> call(AggregateFunction.COUNT, List.of(S), Type.BIGINT);
      case 2 -> call(AggregateFunction.SUM, List.of(M), sum);
      case 3 -> call(AggregateFunction.SUM, List.of(D), Type.DOUBLE);
      case 4 -> call(AggregateFunction.AVG, List.of(D), Type.DOUBLE);
      case 5 -> call(AggregateFunction.MIN, List.of(S), Type.VARCHAR);
      case 6 -> call(AggregateFunction.MAX, List.of(TS), columns.get(TS).type());
      case 7 -> call(AggregateFunction.VAR_SAMP, List.of(D), Type.DOUBLE);
      default -> call(AggregateFunction.BOOL_AND, List.of(B), Type.BOOLEAN);
    };
  }

  private WindowCall call(AggregateFunction function, List<Integer> arguments, Type type) {
    return new WindowCall.Aggregate(function, arguments, frame(), type);
  }

  private WindowFrame frame() {
    List<WindowFrame.Unit> units =
        order.size() == 1 && order.get(0).column() != S
            ? List.of(WindowFrame.Unit.values())
            : List.of(WindowFrame.Unit.ROWS, WindowFrame.Unit.GROUPS);
    WindowFrame.Unit unit = units.get(random.nextInt(units.size()));
    WindowFrame.Bound start =
        random.nextInt(2) == 0 ? new WindowFrame.UnboundedPreceding() : bound(unit);
    WindowFrame.Bound end =
        switch (random.nextInt(12)) {
          case 0 -> new WindowFrame.UnboundedFollowing();
          case 1, 2, 3 -> bound(unit);
          default -> new WindowFrame.CurrentRow();
        };
    WindowFrame.Exclusion exclusion =
        random.nextInt(6) == 0
            ? WindowFrame.Exclusion.values()[random.nextInt(4)]
            : WindowFrame.Exclusion.NO_OTHERS;
    return new WindowFrame(unit, start, end, exclusion);
  }

  private WindowFrame.Bound bound(WindowFrame.Unit unit) {
    Literal distance =
        unit == WindowFrame.Unit.RANGE
            ? distance()
            : new Literal(Type.BIGINT, (long) (random.nextInt(6) == 0 ? 40 : random.nextInt(4)));
    return random.nextInt(3) == 0
        ? new WindowFrame.Following(distance)
        : new WindowFrame.Preceding(distance);
  }

  private Literal distance() {
    return switch (order.get(0).column()) {
      case D -> new Literal(Type.DOUBLE, random.nextInt(5) / 4.0);
      case M -> new Literal(new Type.Decimal(3, 2), BigDecimal.valueOf(random.nextInt(150), 2));
      default ->
          random.nextInt(8) == 0
              ? new Literal(new Type.MonthInterval(), Period.ofMonths(random.nextInt(2)))
              : new Literal(new Type.TimeInterval(), Duration.ofSeconds(random.nextInt(30)));
    };
  }
}
