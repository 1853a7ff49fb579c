package dev.tidemill.planner.sql;

import dev.tidemill.planner.logical.Field;
import dev.tidemill.planner.logical.Node;
import java.util.List;

/**
 * A translated relation.
 *
 * @param row the columns in Calcite's order; one field may stand several times, and the node may
 *     have more
 */
public record Relation(Node node, List<Field> row) {
  public Relation {
    row = List.copyOf(row);
  }
}
