package dev.tidemill.planner.rewrite;

import dev.tidemill.plan.batch.JoinKind;
import dev.tidemill.plan.batch.TableReference;
import dev.tidemill.planner.logical.Field;
import dev.tidemill.planner.logical.Node;
import dev.tidemill.planner.logical.Nodes;
import java.util.ArrayList;
import java.util.BitSet;
import java.util.HashSet;
import java.util.List;
import java.util.Set;

/** Leaves out what nobody asks for: computed columns, aggregates, window functions. */
public final class Pruning {
  private final Set<TableReference> repeated = new HashSet<>();

  private Pruning(Node root) {
    addRepeated(root, new HashSet<>());
  }

  /**
   * The node with at least the fields {@code needed}. Where tables are read more than once, their
   * columns and all aggregates stay, as parts that occur twice may be told by them.
   */
  public static Node prune(Node node, BitSet needed) {
    return new Pruning(node).pruned(node, needed);
  }

  private void addRepeated(Node node, Set<TableReference> seen) {
    if (node instanceof Node.Scan scan && !seen.add(scan.table())) {
      repeated.add(scan.table());
    }
    node.inputs().forEach(input -> addRepeated(input, seen));
  }

  private Node pruned(Node node, BitSet needed) {
    Node kept =
        switch (node) {
          case Node.Extend n -> {
            List<Node.Computed> computed =
                n.computed().stream().filter(c -> needed.get(c.field().id())).toList();
            yield Nodes.extend(n.input(), computed);
          }
          case Node.Aggregate n ->
              new Node.Aggregate(
                  n.input(),
                  n.keys(),
                  n.keyFields(),
                  n.groupingSets(),
                  n.calls().stream()
                      .filter(c -> !repeated.isEmpty() || needed.get(c.field().id()))
                      .toList());
          case Node.Window n -> {
            List<Node.Over> calls =
                n.calls().stream().filter(c -> needed.get(c.field().id())).toList();
            yield calls.isEmpty()
                ? n.input()
                : new Node.Window(n.input(), n.partition(), n.order(), calls);
          }
          case Node.Match n ->
              n.withMeasures(
                  n.measures().stream().filter(m -> needed.get(m.field().id())).toList());
          case Node.Join n -> withoutUnusedRow(n, needed);
          // Each left row comes once, with a match or without.
          case Node.AsofJoin n ->
              n.outer() && !needed.intersects(Nodes.ids(n.right())) ? n.left() : n;
          case Node.Scan n -> repeated.contains(n.table()) ? n : scan(n, needed);
          case Node.Values n -> n;
          case Node.Filter n -> n;
          case Node.WindowTable n -> n;
          case Node.SessionTable n -> n;
          case Node.Unnest n -> n;
          case Node.Sort n -> n;
          case Node.SetOperation n -> n;
          case Node.Recursion n -> n;
          case Node.WorkingTable n -> n;
        };
    if (kept instanceof Node.Scan) {
      return kept;
    }
    if (kept != node && !kept.getClass().equals(node.getClass())) {
      return pruned(kept, needed);
    }
    BitSet below = (BitSet) needed.clone();
    below.or(Nodes.ownReferences(kept));
    if (kept instanceof Node.SetOperation operation) {
      return pruned(operation, operation.columns());
    }
    if (kept instanceof Node.Recursion recursion) {
      return pruned(recursion, recursion.columns());
    }
    return Nodes.mapInputs(kept, input -> pruned(input, below));
  }

  /** A product with just one row, of which nothing is asked for, is the other side. */
  private static Node withoutUnusedRow(Node.Join join, BitSet needed) {
    if (!join.conjuncts().isEmpty()
        || join.kind() != JoinKind.INNER && join.kind() != JoinKind.LEFT) {
      return join;
    }
    if (isJustOneRow(join.right()) && !needed.intersects(Nodes.ids(join.right()))) {
      return join.left();
    }
    return join.kind() == JoinKind.INNER
            && isJustOneRow(join.left())
            && !needed.intersects(Nodes.ids(join.left()))
        ? join.right()
        : join;
  }

  private static boolean isJustOneRow(Node node) {
    return switch (node) {
      case Node.Aggregate n -> n.keys().isEmpty() && n.isSimple();
      case Node.Extend n -> isJustOneRow(n.input());
      default -> false;
    };
  }

  /** Each input with its columns alone. */
  private Node pruned(Node node, List<List<Integer>> columns) {
    List<Node> inputs = new ArrayList<>();
    for (int i = 0; i < columns.size(); i++) {
      BitSet needed = new BitSet();
      columns.get(i).forEach(needed::set);
      inputs.add(pruned(node.inputs().get(i), needed));
    }
    return node.withInputs(inputs);
  }

  private static Node scan(Node.Scan scan, BitSet needed) {
    List<Field> fields = new ArrayList<>();
    List<String> columns = new ArrayList<>();
    for (int i = 0; i < scan.fields().size(); i++) {
      if (needed.get(scan.fields().get(i).id())) {
        fields.add(scan.fields().get(i));
        columns.add(scan.columns().get(i));
      }
    }
    return new Node.Scan(
        scan.table(), scan.hint(), scan.statistics(), columns, fields, scan.keys());
  }
}
