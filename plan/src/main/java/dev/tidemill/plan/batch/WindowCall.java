package dev.tidemill.plan.batch;

import com.fasterxml.jackson.annotation.JsonInclude;
import com.fasterxml.jackson.annotation.JsonSubTypes;
import com.fasterxml.jackson.annotation.JsonTypeInfo;
import dev.tidemill.foundation.error.SourcePosition;
import dev.tidemill.foundation.type.Type;
import dev.tidemill.plan.expression.Literal;
import dev.tidemill.plan.function.AggregateFunction;
import dev.tidemill.plan.function.WindowFunction;
import dev.tidemill.plan.function.user.UserMethod;
import java.util.List;
import java.util.Objects;
import org.jspecify.annotations.Nullable;

/** A function over the window of each row; arguments are input columns. */
@JsonTypeInfo(use = JsonTypeInfo.Id.NAME, property = "call")
@JsonSubTypes({
  @JsonSubTypes.Type(value = WindowCall.Aggregate.class, name = "aggregate"),
  @JsonSubTypes.Type(value = WindowCall.Function.class, name = "function"),
})
public sealed interface WindowCall {
  Type type();

  WindowFrame frame();

  /**
   * Where it stands in the statement's text, for errors, or null where no text is to blame; no part
   * of what is equal.
   */
  @Nullable SourcePosition position();

  /**
   * An aggregate over the frame's rows.
   *
   * @param user the function of a user that {@link AggregateFunction#USER} is, else null
   */
  record Aggregate(
      AggregateFunction function,
      List<Integer> arguments,
      WindowFrame frame,
      Type type,
      @JsonInclude(JsonInclude.Include.NON_EMPTY) List<Literal> parameters,
      @JsonInclude(JsonInclude.Include.NON_NULL) @Nullable UserMethod user,
      @JsonInclude(JsonInclude.Include.NON_NULL) @Nullable SourcePosition position)
      implements WindowCall {
    public Aggregate {
      arguments = List.copyOf(arguments);
      parameters = parameters == null ? List.of() : List.copyOf(parameters);
      if ((function == AggregateFunction.USER) != (user != null)) {
        throw new IllegalArgumentException(function + " of " + user);
      }
    }

    public Aggregate(
        AggregateFunction function, List<Integer> arguments, WindowFrame frame, Type type) {
      this(function, arguments, frame, type, List.of(), null, null);
    }

    @Override
    public boolean equals(@Nullable Object other) {
      return other instanceof Aggregate call
          && function == call.function
          && arguments.equals(call.arguments)
          && parameters.equals(call.parameters)
          && Objects.equals(user, call.user)
          && frame.equals(call.frame)
          && type.equals(call.type);
    }

    @Override
    public int hashCode() {
      return Objects.hash(function, arguments, frame, type, parameters, user);
    }

    /** What SQL calls the function. */
    public String functionName() {
      return user == null ? function.name() : user.function();
    }
  }

  /** A function that only windows have; rankings and LAG, LEAD ignore the frame. */
  record Function(
      WindowFunction function,
      List<Integer> arguments,
      boolean ignoreNulls,
      WindowFrame frame,
      Type type,
      @JsonInclude(JsonInclude.Include.NON_NULL) @Nullable SourcePosition position)
      implements WindowCall {
    public Function {
      arguments = List.copyOf(arguments);
    }

    public Function(
        WindowFunction function,
        List<Integer> arguments,
        boolean ignoreNulls,
        WindowFrame frame,
        Type type) {
      this(function, arguments, ignoreNulls, frame, type, null);
    }

    @Override
    public boolean equals(@Nullable Object other) {
      return other instanceof Function call
          && function == call.function
          && ignoreNulls == call.ignoreNulls
          && arguments.equals(call.arguments)
          && frame.equals(call.frame)
          && type.equals(call.type);
    }

    @Override
    public int hashCode() {
      return Objects.hash(function, arguments, ignoreNulls, frame, type);
    }
  }
}
