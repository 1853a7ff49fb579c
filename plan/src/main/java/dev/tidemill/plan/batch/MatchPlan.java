package dev.tidemill.plan.batch;

import com.fasterxml.jackson.annotation.JsonInclude;
import dev.tidemill.plan.expression.Expression;
import java.util.List;
import java.util.stream.IntStream;
import org.jspecify.annotations.Nullable;

/**
 * MATCH_RECOGNIZE: finds in each partition, in its order, the rows that match a pattern. Ties of
 * the order are broken by all columns. With {@link RowsPerMatch#ONE} the result has the partition's
 * keys and the measures, else the input's columns and the measures.
 *
 * @param variables the names of the pattern's variables
 * @param conditions what a row of each variable has to be, over {@code values}
 * @param values what conditions and measures refer to
 * @param measures over {@code values}
 * @param withinMillis how far behind the first row of a match its last one may lie, by the first
 *     column of the order, rounded up; null where it may lie anywhere. The conditions say it, too
 * @param open what is wanted where more rows may come behind those of a partition, or null
 */
public record MatchPlan(
    BatchPlan input,
    List<Integer> partitionKeys,
    List<SortKey> orderKeys,
    List<String> variables,
    RowPattern pattern,
    List<Expression> conditions,
    MatchSkip skip,
    RowsPerMatch rows,
    List<MatchValue> values,
    List<Expression> measures,
    List<OutputColumn> columns,
    @JsonInclude(JsonInclude.Include.NON_NULL) @Nullable Long withinMillis,
    @JsonInclude(JsonInclude.Include.NON_NULL) @Nullable Open open)
    implements BatchPlan {
  /**
   * Partitions of which not all rows are here.
   *
   * @param giving what is given
   * @param pending an INTEGER column, of which rows are {@link #BEFORE}, {@link #PENDING} or {@link
   *     #CLOSED}
   */
  public record Open(Giving giving, int pending) {
    /** Rows that come before all others of their partition, and no match begins with them. */
    public static final int BEFORE = 0;

    /** Rows that matches may begin with. */
    public static final int PENDING = 1;

    /** As {@link #PENDING}, but no row to come can be in a match that begins with it. */
    public static final int CLOSED = 2;
  }

  /** What is given of open partitions. */
  public enum Giving {
    /** All matches, as if no more rows came. */
    ALL,
    /** What rows that come behind cannot change. */
    DECIDED,
    /** The rows that matches may still begin with or look back at, in place of matches. */
    UNDECIDED
  }

  public MatchPlan {
    partitionKeys = List.copyOf(partitionKeys);
    orderKeys = List.copyOf(orderKeys);
    variables = List.copyOf(variables);
    conditions = List.copyOf(conditions);
    values = List.copyOf(values);
    measures = List.copyOf(measures);
    columns = List.copyOf(columns);
    int given = rows == RowsPerMatch.ONE ? partitionKeys.size() : input.columns().size();
    if (conditions.size() != variables.size() || columns.size() != given + measures.size()) {
      throw new IllegalArgumentException(
          "%d variables with %d conditions, %d columns of %d and %d"
              .formatted(
                  variables.size(), conditions.size(), columns.size(), given, measures.size()));
    }
  }

  public MatchPlan(
      BatchPlan input,
      List<Integer> partitionKeys,
      List<SortKey> orderKeys,
      List<String> variables,
      RowPattern pattern,
      List<Expression> conditions,
      MatchSkip skip,
      RowsPerMatch rows,
      List<MatchValue> values,
      List<Expression> measures,
      List<OutputColumn> columns,
      @Nullable Long withinMillis) {
    this(
        input,
        partitionKeys,
        orderKeys,
        variables,
        pattern,
        conditions,
        skip,
        rows,
        values,
        measures,
        columns,
        withinMillis,
        null);
  }

  /** How many rows before the first one of a match are asked for, at most. */
  public int rowsBefore() {
    int rows = RowPattern.hasStart(pattern) ? 1 : 0;
    for (MatchValue value : values) {
      rows = Math.max(rows, -shift(value));
    }
    return rows;
  }

  /** How many rows behind the last one of a match are asked for, at most. */
  public int rowsBehind() {
    int rows = 0;
    for (MatchValue value : values) {
      rows = Math.max(rows, shift(value));
    }
    return rows;
  }

  private static int shift(MatchValue value) {
    return switch (value) {
      case MatchValue.Column v -> v.place().shift();
      case MatchValue.Classifier v -> v.place().shift();
      case MatchValue.MatchNumber v -> 0;
      case MatchValue.Aggregate v -> 0;
    };
  }

  /** Whether matches are what they are whatever was matched before. */
  public boolean startsAnew() {
    return rows != RowsPerMatch.ALL_WITH_UNMATCHED
        && values.stream().noneMatch(value -> value instanceof MatchValue.MatchNumber);
  }

  /** Where the partition's keys are in the result. */
  public List<Integer> givenKeys() {
    return rows == RowsPerMatch.ONE
        ? IntStream.range(0, partitionKeys.size()).boxed().toList()
        : partitionKeys;
  }

  /** Whether the first columns of the result are the input's. */
  public boolean givesInput() {
    return rows != RowsPerMatch.ONE;
  }

  @Override
  public List<BatchPlan> inputs() {
    return List.of(input);
  }

  @Override
  public MatchPlan withInputs(List<BatchPlan> inputs) {
    return new MatchPlan(
        inputs.get(0),
        partitionKeys,
        orderKeys,
        variables,
        pattern,
        conditions,
        skip,
        rows,
        values,
        measures,
        columns,
        withinMillis,
        open);
  }
}
