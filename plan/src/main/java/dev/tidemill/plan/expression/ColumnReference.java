package dev.tidemill.plan.expression;

import dev.tidemill.foundation.type.Type;
import java.util.List;

/** The value of input column {@code index}, counted from 0. */
public record ColumnReference(int index, Type type) implements Expression {
  public ColumnReference {
    if (index < 0) {
      throw new IllegalArgumentException("index: " + index);
    }
  }

  @Override
  public List<Expression> operands() {
    return List.of();
  }

  @Override
  public String toString() {
    return "$" + index;
  }
}
