package dev.tidemill.planner.rewrite;

import dev.tidemill.plan.batch.JoinKind;
import dev.tidemill.plan.expression.Expression;
import dev.tidemill.planner.logical.Expressions;
import dev.tidemill.planner.logical.Node;
import dev.tidemill.planner.logical.Nodes;
import dev.tidemill.planner.logical.Thresholds;
import java.util.ArrayList;
import java.util.BitSet;
import java.util.List;

/**
 * Makes semi-joins of inner joins with the one row of an aggregate, where nobody but a condition
 * asks for that row: as standing queries these look at no more rows than the change of the row
 * matters to.
 *
 * <pre>
 *   Join INNER (t, AVG(v) AS a) if v &gt; a        Join SEMI (t, AVG(v) AS a) if v &gt; a
 * </pre>
 */
public final class DynamicFilters {
  private DynamicFilters() {}

  /**
   * @param needed the fields that are asked for of the node
   */
  public static Node place(Node node, BitSet needed) {
    Node placed =
        node instanceof Node.Join join && join.kind() == JoinKind.INNER
            ? placed(join, needed)
            : node;
    BitSet below = (BitSet) needed.clone();
    below.or(Nodes.ownReferences(placed));
    return Nodes.mapInputs(placed, input -> place(input, below));
  }

  private static Node placed(Node.Join join, BitSet needed) {
    Node semi = semi(join.left(), join.right(), join.conjuncts(), needed);
    return semi != join.left()
        ? semi
        : isOneRow(join.left())
            ? replaced(join, semi(join.right(), join.left(), join.conjuncts(), needed))
            : join;
  }

  private static Node replaced(Node.Join join, Node semi) {
    return semi == join.right() ? join : semi;
  }

  /** The rows that pass conditions on one row, or the rows themselves where that cannot be. */
  private static Node semi(Node rows, Node one, List<Expression> conjuncts, BitSet needed) {
    BitSet ofOne = Nodes.ids(one);
    if (!isOneRow(one) || needed.intersects(ofOne)) {
      return rows;
    }
    List<Expression> conditions = new ArrayList<>();
    List<Expression> others = new ArrayList<>();
    for (Expression conjunct : conjuncts) {
      (Expressions.refersToAny(conjunct, ofOne) ? conditions : others).add(conjunct);
    }
    if (conditions.isEmpty() || Thresholds.of(Expressions.and(conditions), ofOne::get) == null) {
      return rows;
    }
    return new Node.Join(Nodes.filter(rows, others), one, JoinKind.SEMI, conditions, null);
  }

  /** Whether a node gives at most one row. */
  private static boolean isOneRow(Node node) {
    return switch (node) {
      case Node.Aggregate n -> n.keys().isEmpty() && n.isSimple();
      case Node.Extend n -> isOneRow(n.input());
      case Node.Filter n -> isOneRow(n.input());
      case Node.Join n ->
          (n.kind() == JoinKind.INNER || n.kind() == JoinKind.LEFT)
              && isOneRow(n.left())
              && isOneRow(n.right());
      default -> false;
    };
  }
}
