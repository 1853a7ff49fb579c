package dev.tidemill.plan.batch;

import com.fasterxml.jackson.annotation.JsonInclude;
import com.fasterxml.jackson.annotation.JsonSubTypes;
import com.fasterxml.jackson.annotation.JsonTypeInfo;
import dev.tidemill.foundation.type.Type;
import dev.tidemill.plan.expression.Literal;
import dev.tidemill.plan.function.AggregateFunction;
import dev.tidemill.plan.function.user.UserMethod;
import java.util.List;
import java.util.function.IntUnaryOperator;
import org.jspecify.annotations.Nullable;

/** What conditions and measures of a {@link MatchPlan} know of the match they are in. */
@JsonTypeInfo(use = JsonTypeInfo.Id.NAME, property = "value")
@JsonSubTypes({
  @JsonSubTypes.Type(value = MatchValue.Column.class, name = "column"),
  @JsonSubTypes.Type(value = MatchValue.Classifier.class, name = "classifier"),
  @JsonSubTypes.Type(value = MatchValue.MatchNumber.class, name = "matchNumber"),
  @JsonSubTypes.Type(value = MatchValue.Aggregate.class, name = "aggregate"),
})
public sealed interface MatchValue {
  Type type();

  /** The same value of columns with other numbers. */
  MatchValue withColumns(IntUnaryOperator numbers);

  /**
   * A row of the match, or one of its partition that lies before or behind that.
   *
   * @param variables whose rows count; none for all rows
   * @param first whether it is counted from the first of them, else from the last
   * @param offset how many of them lie between
   * @param shift by how many rows of the partition the row lies further on
   * @param whole whether the rows of the whole match count (FINAL), else those up to the current
   *     one
   */
  record Place(List<Integer> variables, boolean first, int offset, int shift, boolean whole) {
    public Place {
      variables = List.copyOf(variables);
      if (offset < 0) {
        throw new IllegalArgumentException("an offset of " + offset);
      }
    }

    /** The row at which a condition of the variable is asked, but for the shift. */
    public boolean isCurrent(int variable) {
      return !first
          && offset == 0
          && !whole
          && (variables.isEmpty() || variables.contains(variable));
    }
  }

  /** A column of a row, NULL where there is no such row. */
  record Column(Place place, int column, Type type) implements MatchValue {
    @Override
    public Column withColumns(IntUnaryOperator numbers) {
      return new Column(place, numbers.applyAsInt(column), type);
    }
  }

  /** The name of the variable that a row is matched to, NULL where it is none. */
  record Classifier(Place place) implements MatchValue {
    @Override
    public Type type() {
      return Type.VARCHAR;
    }

    @Override
    public Classifier withColumns(IntUnaryOperator numbers) {
      return this;
    }
  }

  /** The number of the match in its partition, from 1 on. */
  record MatchNumber() implements MatchValue {
    @Override
    public Type type() {
      return Type.BIGINT;
    }

    @Override
    public MatchNumber withColumns(IntUnaryOperator numbers) {
      return this;
    }
  }

  /**
   * An aggregate over rows of the match.
   *
   * @param variables whose rows count; none for all rows
   * @param whole as in {@link Place}
   * @param user the function of a user that {@link AggregateFunction#USER} is, else null
   */
  record Aggregate(
      AggregateFunction function,
      List<Integer> arguments,
      List<Integer> variables,
      boolean whole,
      Type type,
      @JsonInclude(JsonInclude.Include.NON_EMPTY) List<Literal> parameters,
      @JsonInclude(JsonInclude.Include.NON_NULL) @Nullable UserMethod user)
      implements MatchValue {
    public Aggregate {
      arguments = List.copyOf(arguments);
      variables = List.copyOf(variables);
      parameters = parameters == null ? List.of() : List.copyOf(parameters);
    }

    @Override
    public Aggregate withColumns(IntUnaryOperator numbers) {
      List<Integer> numbered = arguments.stream().map(a -> numbers.applyAsInt(a)).toList();
      return new Aggregate(function, numbered, variables, whole, type, parameters, user);
    }

    /** What SQL calls the function. */
    public String functionName() {
      return user == null ? function.name() : user.function();
    }
  }
}
