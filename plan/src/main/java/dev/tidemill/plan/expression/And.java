package dev.tidemill.plan.expression;

import dev.tidemill.foundation.type.Type;
import java.util.List;
import java.util.stream.Collectors;

/** Three-valued AND of two or more BOOLEAN operands, evaluated in order. */
public record And(List<Expression> operands) implements Expression {
  public And {
    operands = List.copyOf(operands);
    if (operands.size() < 2) {
      throw new IllegalArgumentException("AND of " + operands.size());
    }
  }

  @Override
  public Type type() {
    return Type.BOOLEAN;
  }

  @Override
  public String toString() {
    return operands.stream().map(Object::toString).collect(Collectors.joining(" AND ", "(", ")"));
  }
}
