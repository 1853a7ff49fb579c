package dev.tidemill.planner.sql;

import static org.junit.jupiter.api.Assertions.assertEquals;

import org.apache.calcite.plan.RelOptCluster;
import org.apache.calcite.plan.hep.HepPlanner;
import org.apache.calcite.plan.hep.HepProgram;
import org.apache.calcite.rel.RelNode;
import org.apache.calcite.rel.logical.LogicalValues;
import org.apache.calcite.rel.metadata.RelMetadataQuery;
import org.apache.calcite.rex.RexBuilder;
import org.junit.jupiter.api.Test;

class DeferredMetadataTest {
  @Test
  void whoAsksGetsTheRealAnswer() {
    HepPlanner planner = new HepPlanner(HepProgram.builder().build());
    RelOptCluster cluster =
        RelOptCluster.create(planner, new RexBuilder(new TidemillTypeFactory()));
    cluster.setMetadataQuerySupplier(() -> new RelMetadataQuery(DeferredMetadata.INSTANCE));
    RelNode one = LogicalValues.createOneRow(cluster);
    RelMetadataQuery query = cluster.getMetadataQuery();
    assertEquals(1.0, query.getRowCount(one));
    assertEquals(1.0, query.getMaxRowCount(one));
    assertEquals(Boolean.TRUE, query.areRowsUnique(one));
  }
}
