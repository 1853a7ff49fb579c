package dev.tidemill.planner.sql;

import java.util.List;
import org.apache.calcite.plan.RelTraitSet;
import org.apache.calcite.rel.BiRel;
import org.apache.calcite.rel.RelNode;
import org.apache.calcite.rel.type.RelDataType;

/**
 * A query of WITH RECURSIVE: what it begins with and what makes the next rows of those before. The
 * columns of both may be of other types and need a cast.
 */
final class RecursiveRelation extends BiRel {
  private final int number;
  private final boolean distinct;

  /**
   * @param number of the {@link WorkingTableRelation} that {@code next} reads
   * @param distinct whether each row comes once
   */
  RecursiveRelation(
      RelNode first, RelNode next, RelDataType rowType, int number, boolean distinct) {
    super(first.getCluster(), first.getTraitSet(), first, next);
    this.rowType = rowType;
    this.number = number;
    this.distinct = distinct;
  }

  int number() {
    return number;
  }

  boolean isDistinct() {
    return distinct;
  }

  @Override
  public RelNode copy(RelTraitSet traits, List<RelNode> inputs) {
    return new RecursiveRelation(inputs.get(0), inputs.get(1), getRowType(), number, distinct);
  }
}
