package dev.tidemill.exec.expression;

import dev.tidemill.foundation.batch.Column;
import dev.tidemill.foundation.type.Type;

/** A column as long as the batch, borrowed from the evaluation. */
record Vector(Column column) implements Value {
  @Override
  public Type type() {
    return column.type();
  }
}
