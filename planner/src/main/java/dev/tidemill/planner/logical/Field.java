package dev.tidemill.planner.logical;

import dev.tidemill.foundation.type.Type;
import dev.tidemill.plan.expression.ColumnReference;

/**
 * A column with an identity: wherever in a logical plan the value is the same, the id is the same,
 * so expressions never need renumbering when nodes move. An expression refers to it as {@code
 * ColumnReference(id)}.
 *
 * @param id unique within one query
 * @param name for plans and messages only
 */
public record Field(int id, String name, Type type, boolean nullable) {
  public ColumnReference reference() {
    return new ColumnReference(id, type);
  }

  public Field asNullable() {
    return nullable ? this : new Field(id, name, type, true);
  }
}
