package dev.tidemill.planner.logical;

import dev.tidemill.foundation.type.Type;

/** Gives fields their ids. One per query. */
public final class FieldNumbers {
  private int next;

  public Field field(String name, Type type, boolean nullable) {
    return new Field(next++, name, type, nullable);
  }

  /** The same column under an identity of its own. */
  public Field copy(Field field) {
    return field(field.name(), field.type(), field.nullable());
  }
}
