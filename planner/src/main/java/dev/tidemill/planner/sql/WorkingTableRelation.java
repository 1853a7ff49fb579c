package dev.tidemill.planner.sql;

import org.apache.calcite.plan.RelOptCluster;
import org.apache.calcite.rel.AbstractRelNode;
import org.apache.calcite.rel.type.RelDataType;

/** What a query of WITH RECURSIVE reads where it names itself: the rows of the round before. */
final class WorkingTableRelation extends AbstractRelNode {
  private final int number;

  /**
   * @param number of the {@link RecursiveRelation}
   */
  WorkingTableRelation(RelOptCluster cluster, RelDataType rowType, int number) {
    super(cluster, cluster.traitSet());
    this.rowType = rowType;
    this.number = number;
  }

  int number() {
    return number;
  }
}
