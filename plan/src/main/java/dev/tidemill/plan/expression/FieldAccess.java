package dev.tidemill.plan.expression;

import dev.tidemill.foundation.type.Type;
import java.util.List;

/** Field {@code field} (counted from 0) of a ROW; NULL where the row is. */
public record FieldAccess(Expression row, int field, Type type) implements Expression {
  @Override
  public List<Expression> operands() {
    return List.of(row);
  }

  @Override
  public String toString() {
    return row + "." + field;
  }
}
