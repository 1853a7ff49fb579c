package dev.tidemill.planner.rewrite;

import dev.tidemill.planner.logical.Field;
import dev.tidemill.planner.logical.Node;
import dev.tidemill.planner.logical.Nodes;
import java.util.ArrayList;
import java.util.BitSet;
import java.util.List;

/** Leaves out what nobody asks for: computed columns, aggregates, window functions. */
public final class Pruning {
  private Pruning() {}

  /** The node with at least the fields {@code needed}. */
  public static Node prune(Node node, BitSet needed) {
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
                  n.calls().stream().filter(c -> needed.get(c.field().id())).toList());
          case Node.Window n -> {
            List<Node.Over> calls =
                n.calls().stream().filter(c -> needed.get(c.field().id())).toList();
            yield calls.isEmpty()
                ? n.input()
                : new Node.Window(n.input(), n.partition(), n.order(), calls);
          }
          case Node.Join n -> n;
          case Node.Scan n -> scan(n, needed);
          case Node.Values n -> n;
          case Node.Filter n -> n;
          case Node.WindowTable n -> n;
          case Node.Unnest n -> n;
          case Node.Sort n -> n;
          case Node.SetOperation n -> n;
        };
    if (kept instanceof Node.Scan) {
      return kept;
    }
    if (kept != node && !kept.getClass().equals(node.getClass())) {
      return prune(kept, needed);
    }
    BitSet below = (BitSet) needed.clone();
    below.or(Nodes.ownReferences(kept));
    if (kept instanceof Node.SetOperation operation) {
      List<Node> inputs = new ArrayList<>();
      for (int i = 0; i < operation.inputs().size(); i++) {
        BitSet columns = new BitSet();
        operation.columns().get(i).forEach(columns::set);
        inputs.add(prune(operation.inputs().get(i), columns));
      }
      return operation.withInputs(inputs);
    }
    return Nodes.mapInputs(kept, input -> prune(input, below));
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
