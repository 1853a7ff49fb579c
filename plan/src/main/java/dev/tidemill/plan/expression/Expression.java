package dev.tidemill.plan.expression;

import com.fasterxml.jackson.annotation.JsonSubTypes;
import com.fasterxml.jackson.annotation.JsonTypeInfo;
import dev.tidemill.foundation.type.Type;
import java.util.List;

/**
 * A scalar expression over the columns of one row. Immutable, equal by value, JSON both ways.
 *
 * <p>Logic is three-valued. {@link And}, {@link Or} and {@link Case} evaluate an operand only for
 * rows whose result still depends on it, so that {@code x <> 0 AND 1 / x > 2} never divides by
 * zero; every other operand is evaluated for every row.
 */
@JsonTypeInfo(use = JsonTypeInfo.Id.NAME, property = "expression")
@JsonSubTypes({
  @JsonSubTypes.Type(value = ColumnReference.class, name = "column"),
  @JsonSubTypes.Type(value = Literal.class, name = "literal"),
  @JsonSubTypes.Type(value = Parameter.class, name = "parameter"),
  @JsonSubTypes.Type(value = Call.class, name = "call"),
  @JsonSubTypes.Type(value = UserCall.class, name = "user"),
  @JsonSubTypes.Type(value = Cast.class, name = "cast"),
  @JsonSubTypes.Type(value = Case.class, name = "case"),
  @JsonSubTypes.Type(value = And.class, name = "and"),
  @JsonSubTypes.Type(value = Or.class, name = "or"),
  @JsonSubTypes.Type(value = InList.class, name = "in"),
  @JsonSubTypes.Type(value = FieldAccess.class, name = "field"),
  @JsonSubTypes.Type(value = LambdaCall.class, name = "lambda"),
  @JsonSubTypes.Type(value = LambdaParameter.class, name = "lambda_parameter"),
})
public sealed interface Expression
    permits ColumnReference,
        Literal,
        Parameter,
        Call,
        UserCall,
        Cast,
        Case,
        And,
        Or,
        InList,
        FieldAccess,
        LambdaCall,
        LambdaParameter {
  Type type();

  /** The operands, in order. */
  List<Expression> operands();

  /**
   * Whether evaluating it may be an error for some row (a division, a narrowing cast, an overflow),
   * so that it must not be asked before a condition that keeps such rows away.
   */
  default boolean mayFail() {
    return Failures.mayFail(this);
  }
}
