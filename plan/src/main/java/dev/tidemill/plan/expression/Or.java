package dev.tidemill.plan.expression;

import dev.tidemill.foundation.type.Type;
import java.util.List;
import java.util.stream.Collectors;

/** Three-valued OR of two or more BOOLEAN operands, evaluated in order. */
public record Or(List<Expression> operands) implements Expression {
  public Or {
    operands = List.copyOf(operands);
    if (operands.size() < 2) {
      throw new IllegalArgumentException("OR of " + operands.size());
    }
  }

  @Override
  public Type type() {
    return Type.BOOLEAN;
  }

  @Override
  public String toString() {
    return operands.stream().map(Object::toString).collect(Collectors.joining(" OR ", "(", ")"));
  }
}
