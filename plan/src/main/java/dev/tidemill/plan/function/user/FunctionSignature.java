package dev.tidemill.plan.function.user;

import dev.tidemill.foundation.type.Type;
import java.lang.invoke.MethodType;
import java.lang.reflect.Method;
import java.util.List;
import java.util.stream.Collectors;
import org.jspecify.annotations.Nullable;

/**
 * One list of types that a user function takes.
 *
 * @param result of a table function an ARRAY of ROWs
 * @param method {@code eval}, {@code add} or {@code rows}
 * @param remove of an aggregate that has one
 * @param descriptor from the arguments to the result
 */
public record FunctionSignature(
    List<JavaParameter> parameters,
    Type result,
    Method method,
    @Nullable Method remove,
    MethodType descriptor) {
  public FunctionSignature {
    parameters = List.copyOf(parameters);
  }

  /** The parameters as SQL has them: {@code (BIGINT, VARCHAR)}. */
  @Override
  public String toString() {
    return parameters.stream()
        .map(JavaParameter::toString)
        .collect(Collectors.joining(", ", "(", ")"));
  }
}
