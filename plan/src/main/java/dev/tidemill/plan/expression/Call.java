package dev.tidemill.plan.expression;

import com.fasterxml.jackson.annotation.JsonInclude;
import dev.tidemill.foundation.error.SourcePosition;
import dev.tidemill.foundation.type.Type;
import dev.tidemill.plan.function.ScalarFunction;
import java.util.List;
import java.util.Objects;
import java.util.stream.Collectors;
import org.jspecify.annotations.Nullable;

/**
 * A scalar function applied to arguments of the types its {@link ScalarFunction} documents.
 *
 * @param position where it stands in the statement's text, for errors, or null where no text is to
 *     blame; no part of what is equal
 */
public record Call(
    ScalarFunction function,
    List<Expression> arguments,
    Type type,
    @JsonInclude(JsonInclude.Include.NON_NULL) @Nullable SourcePosition position)
    implements Expression {
  public Call {
    arguments = List.copyOf(arguments);
  }

  public Call(ScalarFunction function, List<Expression> arguments, Type type) {
    this(function, arguments, type, null);
  }

  @Override
  public List<Expression> operands() {
    return arguments;
  }

  @Override
  public boolean equals(@Nullable Object other) {
    return other instanceof Call call
        && function == call.function
        && type.equals(call.type)
        && arguments.equals(call.arguments);
  }

  @Override
  public int hashCode() {
    return Objects.hash(function, arguments, type);
  }

  @Override
  public String toString() {
    return arguments.stream()
        .map(Object::toString)
        .collect(Collectors.joining(", ", function + "(", ")"));
  }
}
