package dev.tidemill.plan.expression;

import dev.tidemill.foundation.type.Type;
import java.util.List;

/**
 * The operand as another type. What cannot be converted (text that is no number, a number that does
 * not fit) is an error, or NULL where {@code nullOnFailure} (TRY_CAST, SAFE_CAST).
 */
public record Cast(Expression operand, Type type, boolean nullOnFailure) implements Expression {
  @Override
  public List<Expression> operands() {
    return List.of(operand);
  }

  @Override
  public String toString() {
    return (nullOnFailure ? "TRY_CAST(" : "CAST(") + operand + " AS " + type + ")";
  }
}
