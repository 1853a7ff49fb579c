package dev.tidemill.plan.expression;

import dev.tidemill.foundation.type.Type;
import java.util.List;
import java.util.stream.Collectors;

/**
 * Whether the operand equals one of the values, which are literals of its type and not NULL; NULL
 * where the operand is. NOT IN is {@code NOT(InList)}.
 */
public record InList(Expression operand, List<Literal> values) implements Expression {
  public InList {
    values = List.copyOf(values);
  }

  @Override
  public Type type() {
    return Type.BOOLEAN;
  }

  @Override
  public List<Expression> operands() {
    return List.of(operand);
  }

  @Override
  public String toString() {
    return values.stream()
        .map(Object::toString)
        .collect(Collectors.joining(", ", operand + " IN (", ")"));
  }
}
