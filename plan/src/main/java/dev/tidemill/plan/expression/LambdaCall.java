package dev.tidemill.plan.expression;

import com.fasterxml.jackson.annotation.JsonInclude;
import dev.tidemill.foundation.error.SourcePosition;
import dev.tidemill.foundation.type.Type;
import java.util.ArrayList;
import java.util.List;
import java.util.Objects;
import java.util.stream.Collectors;
import org.jspecify.annotations.Nullable;

/**
 * A function of an ARRAY and of a lambda, whose body is evaluated for the array's elements. NULL
 * where the array is. The body may name columns and the parameters of lambdas around it.
 *
 * <pre>{@code
 * TRANSFORM(array, (element, number) -> body)
 * FILTER(array, (element, number) -> body)              the body is BOOLEAN
 * REDUCE(array, [initial,] (reduced, element, number) -> body)   of the initial value's type
 * }</pre>
 *
 * @param arguments the array, and what a REDUCE begins with; without that it begins with the first
 *     element and gives NULL where there is none
 * @param parameters all that the function has, in order, whether the body names them or not; the
 *     numbers of elements are BIGINTs from 1
 * @param position where the call stands in the statement's text, for errors, or null where no text
 *     is to blame; no part of what is equal
 */
public record LambdaCall(
    LambdaFunction function,
    List<Expression> arguments,
    List<LambdaParameter> parameters,
    Expression body,
    Type type,
    @JsonInclude(JsonInclude.Include.NON_NULL) @Nullable SourcePosition position)
    implements Expression {
  /** What is done with the values of the body. */
  public enum LambdaFunction {
    /** They are the elements. */
    TRANSFORM(2),
    /** They say which elements are kept. */
    FILTER(2),
    /** Each is what the next is evaluated with; the last is the value. */
    REDUCE(3);

    private final int parameters;

    LambdaFunction(int parameters) {
      this.parameters = parameters;
    }

    public int parameters() {
      return parameters;
    }
  }

  public LambdaCall {
    arguments = List.copyOf(arguments);
    parameters = List.copyOf(parameters);
    int most = function == LambdaFunction.REDUCE ? 2 : 1;
    if (arguments.isEmpty()
        || arguments.size() > most
        || parameters.size() != function.parameters()) {
      throw new IllegalArgumentException(
          function + " of " + arguments + " and a lambda of " + parameters);
    }
  }

  /** The same function of other arguments and another body. */
  public LambdaCall of(List<Expression> otherArguments, Expression otherBody) {
    return new LambdaCall(function, otherArguments, parameters, otherBody, type, position);
  }

  /** The same call with a place in the text. */
  public LambdaCall at(@Nullable SourcePosition other) {
    return new LambdaCall(function, arguments, parameters, body, type, other);
  }

  /** The arguments and, last, the body. */
  @Override
  public List<Expression> operands() {
    List<Expression> operands = new ArrayList<>(arguments);
    operands.add(body);
    return operands;
  }

  @Override
  public boolean equals(@Nullable Object other) {
    return other instanceof LambdaCall call
        && function == call.function
        && type.equals(call.type)
        && parameters.equals(call.parameters)
        && arguments.equals(call.arguments)
        && body.equals(call.body);
  }

  @Override
  public int hashCode() {
    return Objects.hash(function, arguments, parameters, body, type);
  }

  @Override
  public String toString() {
    return arguments.stream()
            .map(Object::toString)
            .collect(Collectors.joining(", ", function + "(", ", "))
        + parameters.stream()
            .map(Object::toString)
            .collect(Collectors.joining(", ", "(", ") -> " + body + ")"));
  }
}
