package dev.tidemill.streaming.pipeline;

import dev.tidemill.foundation.type.Type;
import dev.tidemill.plan.batch.BatchPlan;
import dev.tidemill.plan.batch.MatchPlan;
import dev.tidemill.plan.batch.MatchSkip;
import dev.tidemill.plan.batch.MatchValue;
import dev.tidemill.plan.batch.OutputColumn;
import dev.tidemill.plan.batch.RowPattern;
import dev.tidemill.plan.batch.RowsPerMatch;
import dev.tidemill.plan.batch.SortKey;
import dev.tidemill.plan.expression.And;
import dev.tidemill.plan.expression.Call;
import dev.tidemill.plan.expression.ColumnReference;
import dev.tidemill.plan.expression.Expression;
import dev.tidemill.plan.expression.Literal;
import dev.tidemill.plan.function.AggregateFunction;
import dev.tidemill.plan.function.ScalarFunction;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Random;
import org.jspecify.annotations.Nullable;

/** Random MATCH_RECOGNIZE over any rows. */
final class RandomMatches {
  private static final List<String> VARIABLES = List.of("a", "b", "c");

  private final Random random;
  private final BatchPlan input;
  private final List<MatchValue> values = new ArrayList<>();

  private RandomMatches(Random random, BatchPlan input) {
    this.random = random;
    this.input = input;
  }

  /** A pattern over rows in a random order. */
  static MatchPlan match(Random random, BatchPlan input) {
    int columns = input.columns().size();
    SortKey key = new SortKey(random.nextInt(columns), random.nextBoolean(), random.nextBoolean());
    return match(random, input, List.of(random.nextInt(columns)), List.of(key), null);
  }

  /**
   * @param withinMillis of the first column of the order, or null
   */
  static MatchPlan match(
      Random random,
      BatchPlan input,
      List<Integer> partition,
      List<SortKey> order,
      @Nullable Long withinMillis) {
    return new RandomMatches(random, input).plan(partition, order, withinMillis);
  }

  private MatchPlan plan(
      List<Integer> partition, List<SortKey> order, @Nullable Long withinMillis) {
    List<Expression> conditions = new ArrayList<>();
    for (int i = 0; i < VARIABLES.size(); i++) {
      Expression condition = random.nextInt(4) == 0 ? Literal.TRUE : condition(i);
      conditions.add(
          withinMillis == null
              ? condition
              : new And(List.of(condition, within(order.get(0).column(), withinMillis))));
    }
    RowPattern pattern = pattern(2);
    RowsPerMatch rows = RowsPerMatch.values()[random.nextInt(RowsPerMatch.values().length)];
    List<Expression> measures = new ArrayList<>();
    List<OutputColumn> columns = new ArrayList<>();
    if (rows == RowsPerMatch.ONE) {
      partition.forEach(k -> columns.add(input.columns().get(k)));
    } else {
      columns.addAll(input.columns());
    }
    boolean whole = random.nextBoolean();
    if (random.nextBoolean()) {
      measures.add(value(new MatchValue.MatchNumber()));
    }
    measures.add(value(new MatchValue.Classifier(place(true))));
    measures.add(
        value(
            new MatchValue.Aggregate(
                AggregateFunction.COUNT, List.of(), some(), whole, Type.BIGINT, List.of(), null)));
    measures.add(value(column(random.nextInt(input.columns().size()), place(true))));
    for (Expression measure : measures) {
      columns.add(new OutputColumn("m" + columns.size(), measure.type(), true));
    }
    MatchSkip.Kind skip =
        random.nextBoolean() ? MatchSkip.Kind.PAST_LAST_ROW : MatchSkip.Kind.TO_NEXT_ROW;
    return new MatchPlan(
        input,
        partition,
        order,
        VARIABLES,
        pattern,
        conditions,
        new MatchSkip(skip, List.of()),
        rows,
        values,
        measures,
        columns,
        withinMillis);
  }

  private Expression within(int time, long millis) {
    Expression first = value(column(time, new MatchValue.Place(List.of(), true, 0, 0, false)));
    Expression here = value(column(time, new MatchValue.Place(List.of(), false, 0, 0, false)));
    Literal interval = new Literal(new Type.TimeInterval(), Duration.ofMillis(millis));
    Expression end = new Call(ScalarFunction.ADD, List.of(first, interval), first.type());
    return new Call(ScalarFunction.LESS, List.of(here, end), Type.BOOLEAN);
  }

  private Expression value(MatchValue value) {
    int known = values.indexOf(value);
    if (known < 0) {
      values.add(value);
      known = values.size() - 1;
    }
    return new ColumnReference(known, value.type());
  }

  private MatchValue column(int column, MatchValue.Place place) {
    return new MatchValue.Column(place, column, input.columns().get(column).type());
  }

  private Expression condition(int variable) {
    int column = random.nextInt(input.columns().size());
    Expression here =
        value(column(column, new MatchValue.Place(List.of(variable), false, 0, 0, false)));
    if (random.nextInt(3) == 0) {
      return new Call(ScalarFunction.IS_NOT_NULL, List.of(here), Type.BOOLEAN);
    }
    ScalarFunction function =
        List.of(ScalarFunction.GREATER, ScalarFunction.LESS_OR_EQUAL, ScalarFunction.NOT_EQUAL)
            .get(random.nextInt(3));
    return new Call(function, List.of(here, value(column(column, place(false)))), Type.BOOLEAN);
  }

  private MatchValue.Place place(boolean inMeasures) {
    return new MatchValue.Place(
        some(),
        random.nextInt(3) == 0,
        random.nextInt(4) == 0 ? 1 : 0,
        random.nextInt(3) == 0 ? random.nextInt(4) - 2 : 0,
        inMeasures && random.nextBoolean());
  }

  private List<Integer> some() {
    return switch (random.nextInt(4)) {
      case 0 -> List.of();
      case 1 -> List.of(0, 1);
      default -> List.of(random.nextInt(VARIABLES.size()));
    };
  }

  private RowPattern pattern(int depth) {
    if (depth == 0) {
      return new RowPattern.Variable(random.nextInt(VARIABLES.size()));
    }
    List<RowPattern> parts = List.of(pattern(depth - 1), pattern(depth - 1));
    return switch (random.nextInt(5)) {
      case 0 -> new RowPattern.Alternation(parts);
      case 1 -> new RowPattern.Repetition(parts.get(0), 1, -1, random.nextBoolean());
      case 2 ->
          new RowPattern.Concatenation(
              List.of(
                  new RowPattern.Repetition(parts.get(0), 0, 2, random.nextBoolean()),
                  parts.get(1)));
      default -> new RowPattern.Concatenation(parts);
    };
  }
}
