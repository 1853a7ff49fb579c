package dev.tidemill.planner.sql;

import java.util.List;
import org.apache.calcite.plan.RelTraitSet;
import org.apache.calcite.rel.RelNode;
import org.apache.calcite.rel.SingleRel;

/** The plan of a view where a query names it: positions below count in the view's own text. */
final class ViewRelation extends SingleRel {
  private final String view;

  ViewRelation(RelNode input, String view) {
    super(input.getCluster(), input.getTraitSet(), input);
    this.view = view;
  }

  String view() {
    return view;
  }

  @Override
  public RelNode copy(RelTraitSet traits, List<RelNode> inputs) {
    return new ViewRelation(inputs.get(0), view);
  }
}
