package dev.tidemill.plan.batch;

import dev.tidemill.plan.expression.Expression;
import java.util.List;
import java.util.stream.IntStream;

/**
 * MATCH_RECOGNIZE: finds in each partition, in its order, the rows that match a pattern. Ties of
 * the order are broken by all columns. With {@link RowsPerMatch#ONE} the result has the partition's
 * keys and the measures, else the input's columns and the measures.
 *
 * @param variables the names of the pattern's variables
 * @param conditions what a row of each variable has to be, over {@code values}
 * @param values what conditions and measures refer to
 * @param measures over {@code values}
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
    List<OutputColumn> columns)
    implements BatchPlan {
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
        columns);
  }
}
