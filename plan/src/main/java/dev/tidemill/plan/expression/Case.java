package dev.tidemill.plan.expression;

import dev.tidemill.foundation.type.Type;
import java.util.ArrayList;
import java.util.List;

/**
 * The value of the first branch whose condition is TRUE, else {@code otherwise}. COALESCE, NULLIF
 * and IF are written with it. Branches have the type of the whole.
 */
public record Case(List<When> branches, Expression otherwise, Type type) implements Expression {
  /** {@code WHEN condition THEN value}; the condition is BOOLEAN. */
  public record When(Expression condition, Expression value) {}

  public Case {
    branches = List.copyOf(branches);
    if (branches.isEmpty()) {
      throw new IllegalArgumentException("CASE without WHEN");
    }
  }

  @Override
  public List<Expression> operands() {
    List<Expression> operands = new ArrayList<>();
    for (When branch : branches) {
      operands.add(branch.condition());
      operands.add(branch.value());
    }
    operands.add(otherwise);
    return operands;
  }

  @Override
  public String toString() {
    StringBuilder text = new StringBuilder("CASE");
    for (When branch : branches) {
      text.append(" WHEN ").append(branch.condition()).append(" THEN ").append(branch.value());
    }
    return text.append(" ELSE ").append(otherwise).append(" END").toString();
  }
}
