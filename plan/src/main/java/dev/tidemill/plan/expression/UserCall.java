package dev.tidemill.plan.expression;

import com.fasterxml.jackson.annotation.JsonInclude;
import dev.tidemill.foundation.error.SourcePosition;
import dev.tidemill.foundation.type.Type;
import dev.tidemill.plan.function.user.UserMethod;
import java.util.List;
import java.util.Objects;
import java.util.stream.Collectors;
import org.jspecify.annotations.Nullable;

/**
 * A user function applied to arguments of the types its method takes. A table function's rows are
 * an ARRAY of ROWs.
 *
 * @param position where it stands in the statement's text, for errors, or null where no text is to
 *     blame; no part of what is equal
 */
public record UserCall(
    UserMethod method,
    List<Expression> arguments,
    Type type,
    @JsonInclude(JsonInclude.Include.NON_NULL) @Nullable SourcePosition position)
    implements Expression {
  public UserCall {
    arguments = List.copyOf(arguments);
  }

  @Override
  public List<Expression> operands() {
    return arguments;
  }

  @Override
  public boolean equals(@Nullable Object other) {
    return other instanceof UserCall call
        && method.equals(call.method)
        && type.equals(call.type)
        && arguments.equals(call.arguments);
  }

  @Override
  public int hashCode() {
    return Objects.hash(method, arguments, type);
  }

  @Override
  public String toString() {
    return arguments.stream()
        .map(Object::toString)
        .collect(Collectors.joining(", ", method + "(", ")"));
  }
}
