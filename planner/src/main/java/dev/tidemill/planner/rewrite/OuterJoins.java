package dev.tidemill.planner.rewrite;

import dev.tidemill.plan.batch.JoinKind;
import dev.tidemill.plan.expression.Expression;
import dev.tidemill.planner.logical.Expressions;
import dev.tidemill.planner.logical.Node;
import dev.tidemill.planner.logical.Nodes;
import java.util.HashMap;
import java.util.List;
import java.util.Map;

/**
 * Outer joins whose made-up rows nobody lets through, as inner ones (and FULL ones as LEFT): those
 * that a filter above rejects, and those that find no match in a join above.
 *
 * <pre>
 *   Join c = y                     Join c = y
 *     LeftJoin a = b                 Join a = b
 *       Scan s [a, x]       ─▶         Scan s [a, x]
 *       Scan r [b, c]                  Scan r [b, c]
 *     Scan t [y]                     Scan t [y]
 * </pre>
 */
final class OuterJoins {
  private OuterJoins() {}

  /** The node, where of its rows those only count for which all {@code conditions} can be TRUE. */
  static Node reduced(Node node, List<Expression> conditions) {
    if (conditions.isEmpty()) {
      return node;
    }
    return switch (node) {
      case Node.Filter n -> input(n, conditions);
      case Node.Extend n -> {
        Map<Integer, Expression> meanings = new HashMap<>();
        for (Node.Computed c : n.computed()) {
          if (!Expressions.isVolatile(c.expression())) {
            meanings.put(c.field().id(), c.expression());
          }
        }
        yield input(n, Expressions.substitute(conditions, meanings));
      }
      // All rows of a group have the same keys.
      case Node.Aggregate n when n.isSimple() && !n.keys().isEmpty() -> input(n, conditions);
      case Node.Join n -> {
        Node.Join join = reduced(n, conditions);
        Node left =
            join.kind() == JoinKind.FULL || join.kind() == JoinKind.RIGHT
                ? join.left()
                : reduced(join.left(), conditions);
        Node right =
            join.kind() == JoinKind.INNER ? reduced(join.right(), conditions) : join.right();
        yield left == join.left() && right == join.right()
            ? join
            : join.withInputs(List.of(left, right));
      }
      default -> node;
    };
  }

  private static Node input(Node node, List<Expression> conditions) {
    Node input = node.inputs().get(0);
    Node reduced = reduced(input, conditions);
    return reduced == input ? node : node.withInputs(List.of(reduced));
  }

  /** The join without the sides' rows that the conditions reject anyway. */
  static Node.Join reduced(Node.Join join, List<Expression> conditions) {
    return switch (join.kind()) {
      case LEFT ->
          needs(join.right(), conditions) || isOneRow(join)
              ? new Node.Join(join.left(), join.right(), JoinKind.INNER, join.conjuncts(), null)
              : join;
      case FULL -> {
        boolean needsLeft = needs(join.left(), conditions);
        boolean needsRight = needs(join.right(), conditions);
        yield needsLeft && needsRight
            ? new Node.Join(join.left(), join.right(), JoinKind.INNER, join.conjuncts(), null)
            : needsLeft
                ? new Node.Join(join.left(), join.right(), JoinKind.LEFT, join.conjuncts(), null)
                : needsRight
                    ? new Node.Join(
                        join.right(), join.left(), JoinKind.LEFT, join.conjuncts(), null)
                    : join;
      }
      default -> join;
    };
  }

  private static boolean needs(Node side, List<Expression> conditions) {
    var fields = Nodes.ids(side);
    return conditions.stream().anyMatch(c -> Expressions.rejectsNulls(c, fields));
  }

  private static boolean isOneRow(Node.Join join) {
    return join.conjuncts().isEmpty() && hasExactlyOneRow(join.right());
  }

  private static boolean hasExactlyOneRow(Node node) {
    return switch (node) {
      case Node.Extend n -> hasExactlyOneRow(n.input());
      case Node.Aggregate n -> n.keys().isEmpty() && n.groupingSets().size() == 1;
      case Node.Values n -> n.rows().size() == 1;
      default -> false;
    };
  }
}
