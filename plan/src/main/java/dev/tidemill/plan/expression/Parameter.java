package dev.tidemill.plan.expression;

import dev.tidemill.foundation.type.Type;
import java.util.List;

/** The value bound to the {@code index}th question mark of a prepared statement, counted from 0. */
public record Parameter(int index, Type type) implements Expression {
  @Override
  public List<Expression> operands() {
    return List.of();
  }

  @Override
  public String toString() {
    return "?" + index;
  }
}
