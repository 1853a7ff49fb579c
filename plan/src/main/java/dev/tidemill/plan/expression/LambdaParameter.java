package dev.tidemill.plan.expression;

import dev.tidemill.foundation.type.Type;
import java.util.List;

/**
 * What the body of the innermost {@link LambdaCall} around it that has this parameter is evaluated
 * for: an element, its number, or what was reduced so far.
 */
public record LambdaParameter(int id, Type type) implements Expression {
  public LambdaParameter {
    if (id < 0) {
      throw new IllegalArgumentException("id: " + id);
    }
  }

  @Override
  public List<Expression> operands() {
    return List.of();
  }

  @Override
  public String toString() {
    return "#" + id;
  }
}
