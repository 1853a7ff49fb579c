package dev.tidemill.planner.physical;

import dev.tidemill.plan.explain.ExpressionText;
import dev.tidemill.plan.expression.Expression;
import dev.tidemill.planner.logical.Field;
import dev.tidemill.planner.logical.Node;
import dev.tidemill.planner.logical.Nodes;
import java.util.ArrayList;
import java.util.BitSet;
import java.util.HashMap;
import java.util.HashSet;
import java.util.IdentityHashMap;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.stream.Collectors;

/**
 * Joins and aggregates that occur more than once and differ only in the columns that are wanted of
 * them. If each gives what any of them is asked for, their plans are equal and may be shared.
 *
 * <pre>
 *   Aggregate by ps_partkey     ─ of ─▶  partsupp ⋈ supplier  [ps_partkey, cost]
 *   Aggregate of all            ─ of ─▶  partsupp ⋈ supplier  [cost]              + ps_partkey
 * </pre>
 *
 * <p>Parts are recognised by names and texts, which may be wrong: then more columns come than are
 * needed, and no more harm is done.
 */
public final class RepeatedJoins {
  private final Map<Integer, String> names = new HashMap<>();
  private final Map<Node, String> texts = new IdentityHashMap<>();
  private final Map<String, List<Occurrence>> occurrences = new HashMap<>();

  private RepeatedJoins() {}

  /** A part and the fields that are wanted of it. */
  private record Occurrence(Node node, BitSet wanted) {
    /** The wanted fields by name and type; two of one kind stand for neither. */
    Map<String, Field> byName() {
      Map<String, Field> found = new HashMap<>();
      List<String> twice = new ArrayList<>();
      for (Field field : node.fields()) {
        if (found.put(kind(field), field) != null) {
          twice.add(kind(field));
        }
      }
      twice.forEach(found::remove);
      return found;
    }

    static String kind(Field field) {
      return field.name() + " " + field.type();
    }
  }

  /**
   * Per node the fields that it is to give beside those asked for.
   *
   * @param needed fields of the root
   */
  public static Map<Node, BitSet> columns(Node root, BitSet needed) {
    RepeatedJoins repeated = new RepeatedJoins();
    if (!repeated.hasEqualLeaves(root, new HashSet<>())) {
      return Map.of();
    }
    repeated.name(root);
    repeated.find(root, needed);
    Map<Node, BitSet> added = new IdentityHashMap<>();
    for (List<Occurrence> same : repeated.occurrences.values()) {
      if (same.size() > 1) {
        widen(same, added);
      }
    }
    return added;
  }

  /** Parts that are equal have leaves that are. */
  private boolean hasEqualLeaves(Node node, Set<String> seen) {
    List<Node> inputs = node.inputs();
    return inputs.isEmpty()
        ? !seen.add(text(node))
        : inputs.stream().anyMatch(input -> hasEqualLeaves(input, seen));
  }

  private void name(Node node) {
    node.fields().forEach(field -> names.put(field.id(), field.name()));
    node.inputs().forEach(this::name);
  }

  private void find(Node node, BitSet wanted) {
    if (node instanceof Node.Join || node instanceof Node.Aggregate) {
      BitSet own = (BitSet) wanted.clone();
      own.and(Nodes.ids(node));
      occurrences
          .computeIfAbsent(text(node), text -> new ArrayList<>())
          .add(new Occurrence(node, own));
    }
    BitSet below = (BitSet) wanted.clone();
    switch (node) {
      case Node.Extend n ->
          n.computed().stream()
              .filter(c -> wanted.get(c.field().id()))
              .forEach(c -> below.or(Nodes.ownReferences(new Node.Extend(n.input(), List.of(c)))));
      case Node.Aggregate n ->
          below.or(
              Nodes.ownReferences(
                  new Node.Aggregate(
                      n.input(),
                      n.keys(),
                      n.keyFields(),
                      n.groupingSets(),
                      n.calls().stream().filter(c -> wanted.get(c.field().id())).toList())));
      default -> below.or(Nodes.ownReferences(node));
    }
    node.inputs().forEach(input -> find(input, below));
  }

  /** What a part is, whatever is wanted of it. */
  private String text(Node node) {
    String known = texts.get(node);
    if (known == null) {
      known = made(node);
      texts.put(node, known);
    }
    return known;
  }

  private String made(Node node) {
    String inputs = node.inputs().stream().map(this::text).collect(Collectors.joining(" "));
    return switch (node) {
      case Node.Scan n -> n.table().toString();
      case Node.Extend n -> inputs;
      case Node.Filter n -> inputs + texts(n.conjuncts());
      case Node.Join n -> "(" + n.kind() + " " + inputs + texts(n.conjuncts()) + ")";
      case Node.Aggregate n ->
          "(" + n.keys().stream().map(Field::name).toList() + n.groupingSets() + inputs + ")";
      case Node other -> "(" + other.getClass().getSimpleName() + " " + inputs + ")";
    };
  }

  private String texts(List<Expression> conjuncts) {
    return conjuncts.stream()
        .map(c -> ExpressionText.of(c, id -> names.getOrDefault(id, "?")))
        .sorted()
        .toList()
        .toString();
  }

  private static void widen(List<Occurrence> same, Map<Node, BitSet> added) {
    List<String> kinds = new ArrayList<>();
    for (Occurrence one : same) {
      one.byName()
          .forEach(
              (kind, field) -> {
                if (one.wanted().get(field.id()) && !kinds.contains(kind)) {
                  kinds.add(kind);
                }
              });
    }
    for (Occurrence one : same) {
      Map<String, Field> fields = one.byName();
      BitSet more = new BitSet();
      for (String kind : kinds) {
        Field field = fields.get(kind);
        if (field == null) {
          return;
        }
        more.set(field.id());
      }
      more.andNot(one.wanted());
      if (!more.isEmpty()) {
        added.put(one.node(), more);
      }
    }
  }
}
