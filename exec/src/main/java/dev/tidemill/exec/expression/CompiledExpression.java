package dev.tidemill.exec.expression;

import dev.tidemill.foundation.batch.Batch;
import dev.tidemill.foundation.batch.Column;
import dev.tidemill.foundation.type.Type;

/** One compiled expression. Immutable; any thread. */
public final class CompiledExpression {
  private final CompiledExpressions only;

  CompiledExpression(CompiledExpressions only) {
    this.only = only;
  }

  public Type type() {
    return only.type(0);
  }

  /** As {@link CompiledExpressions#evaluate}. */
  public Column evaluate(Batch batch, EvaluationContext context) {
    return only.evaluate(batch, context).getFirst();
  }
}
