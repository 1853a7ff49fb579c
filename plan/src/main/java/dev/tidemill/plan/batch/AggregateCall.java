package dev.tidemill.plan.batch;

import com.fasterxml.jackson.annotation.JsonInclude;
import dev.tidemill.foundation.error.SourcePosition;
import dev.tidemill.foundation.type.Type;
import dev.tidemill.plan.expression.Literal;
import dev.tidemill.plan.function.AggregateFunction;
import dev.tidemill.plan.function.user.UserMethod;
import java.util.List;
import java.util.Objects;
import org.jspecify.annotations.Nullable;

/**
 * An aggregate over a group's rows.
 *
 * @param arguments input columns
 * @param distinct whether equal argument values count once
 * @param filter a BOOLEAN input column; only rows where it is TRUE count; or -1
 * @param parameters what is the same for all rows, as the function has it
 * @param user the function of a user that {@link AggregateFunction#USER} is, else null
 * @param position where it stands in the statement's text, for errors, or null where no text is to
 *     blame; no part of what is equal
 */
public record AggregateCall(
    AggregateFunction function,
    List<Integer> arguments,
    boolean distinct,
    int filter,
    Type type,
    @JsonInclude(JsonInclude.Include.NON_EMPTY) List<Literal> parameters,
    @JsonInclude(JsonInclude.Include.NON_NULL) @Nullable UserMethod user,
    @JsonInclude(JsonInclude.Include.NON_NULL) @Nullable SourcePosition position) {
  public AggregateCall {
    arguments = List.copyOf(arguments);
    parameters = parameters == null ? List.of() : List.copyOf(parameters);
    if ((function == AggregateFunction.USER) != (user != null)) {
      throw new IllegalArgumentException(function + " of " + user);
    }
  }

  /** Of a function that is built in. */
  public AggregateCall(
      AggregateFunction function,
      List<Integer> arguments,
      boolean distinct,
      int filter,
      Type type,
      List<Literal> parameters,
      @Nullable SourcePosition position) {
    this(function, arguments, distinct, filter, type, parameters, null, position);
  }

  public AggregateCall(
      AggregateFunction function,
      List<Integer> arguments,
      boolean distinct,
      int filter,
      Type type) {
    this(function, arguments, distinct, filter, type, List.of(), null, null);
  }

  @Override
  public boolean equals(@Nullable Object other) {
    return other instanceof AggregateCall call
        && function == call.function
        && distinct == call.distinct
        && filter == call.filter
        && arguments.equals(call.arguments)
        && parameters.equals(call.parameters)
        && Objects.equals(user, call.user)
        && type.equals(call.type);
  }

  @Override
  public int hashCode() {
    return Objects.hash(function, arguments, distinct, filter, type, parameters, user);
  }

  /** What SQL calls the function. */
  public String functionName() {
    return user == null ? function.name() : user.function();
  }

  @Override
  public String toString() {
    StringBuilder text = new StringBuilder(functionName()).append(distinct ? "(DISTINCT " : "(");
    text.append(arguments.isEmpty() ? "*" : "$" + arguments.get(0)).append(')');
    return filter < 0 ? text.toString() : text + " FILTER $" + filter;
  }
}
