package dev.tidemill.planner.sql;

import java.util.List;
import org.apache.calcite.plan.RelTraitSet;
import org.apache.calcite.rel.RelNode;
import org.apache.calcite.rel.SingleRel;
import org.jspecify.annotations.Nullable;

/** The plan of a view where a query names it: positions below count in the view's own text. */
final class ViewRelation extends SingleRel {
  private final String view;
  private final @Nullable String timeZone;

  /**
   * @param timeZone that the view was made in, null for UTC
   */
  ViewRelation(RelNode input, String view, @Nullable String timeZone) {
    super(input.getCluster(), input.getTraitSet(), input);
    this.view = view;
    this.timeZone = timeZone;
  }

  String view() {
    return view;
  }

  @Nullable String timeZone() {
    return timeZone;
  }

  @Override
  public RelNode copy(RelTraitSet traits, List<RelNode> inputs) {
    return new ViewRelation(inputs.get(0), view, timeZone);
  }
}
