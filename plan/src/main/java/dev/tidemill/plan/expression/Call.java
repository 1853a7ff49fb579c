package dev.tidemill.plan.expression;

import dev.tidemill.foundation.type.Type;
import dev.tidemill.plan.function.ScalarFunction;
import java.util.List;
import java.util.stream.Collectors;

/** A scalar function applied to arguments of the types its {@link ScalarFunction} documents. */
public record Call(ScalarFunction function, List<Expression> arguments, Type type)
    implements Expression {
  public Call {
    arguments = List.copyOf(arguments);
  }

  @Override
  public List<Expression> operands() {
    return arguments;
  }

  @Override
  public String toString() {
    return arguments.stream()
        .map(Object::toString)
        .collect(Collectors.joining(", ", function + "(", ")"));
  }
}
