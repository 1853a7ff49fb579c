package dev.tidemill.planner.logical;

import dev.tidemill.plan.expression.Expression;
import java.util.ArrayList;
import java.util.BitSet;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.function.UnaryOperator;

/** What one does with nodes: look into, copy, rewrite. */
public final class Nodes {
  private Nodes() {}

  /** The ids of the fields. */
  public static BitSet ids(List<Field> fields) {
    BitSet ids = new BitSet();
    fields.forEach(f -> ids.set(f.id()));
    return ids;
  }

  public static BitSet ids(Node node) {
    return ids(node.fields());
  }

  public static BitSet nullable(List<Field> fields) {
    BitSet ids = new BitSet();
    fields.forEach(f -> ids.set(f.id(), f.nullable()));
    return ids;
  }

  /** A filter, unless there is nothing to filter by. */
  public static Node filter(Node input, List<Expression> conjuncts) {
    if (conjuncts.isEmpty()) {
      return input;
    }
    if (input instanceof Node.Filter filter) {
      List<Expression> all = new ArrayList<>(filter.conjuncts());
      conjuncts.stream().filter(c -> !all.contains(c)).forEach(all::add);
      return new Node.Filter(filter.input(), all);
    }
    return new Node.Filter(input, conjuncts);
  }

  /** The input with further columns. */
  public static Node extend(Node input, List<Node.Computed> computed) {
    if (computed.isEmpty()) {
      return input;
    }
    if (input instanceof Node.Extend below) {
      BitSet made = ids(below.computed().stream().map(Node.Computed::field).toList());
      if (computed.stream().noneMatch(c -> Expressions.refersToAny(c.expression(), made))) {
        List<Node.Computed> all = new ArrayList<>(below.computed());
        all.addAll(computed);
        return new Node.Extend(below.input(), all);
      }
    }
    return new Node.Extend(input, computed);
  }

  public static Node mapInputs(Node node, UnaryOperator<Node> change) {
    List<Node> inputs = node.inputs();
    if (inputs.isEmpty()) {
      return node;
    }
    List<Node> changed = new ArrayList<>();
    boolean same = true;
    for (Node input : inputs) {
      Node other = change.apply(input);
      same &= other == input;
      changed.add(other);
    }
    return same ? node : node.withInputs(changed);
  }

  /** The fields that the node itself refers to, inputs not looked at. */
  public static BitSet ownReferences(Node node) {
    BitSet ids = new BitSet();
    switch (node) {
      case Node.Scan n -> {}
      case Node.Values n -> {}
      case Node.Filter n -> n.conjuncts().forEach(c -> Expressions.addReferences(c, ids));
      case Node.Extend n ->
          n.computed().forEach(c -> Expressions.addReferences(c.expression(), ids));
      case Node.Join n -> n.conjuncts().forEach(c -> Expressions.addReferences(c, ids));
      case Node.AsofJoin n -> {
        n.leftKeys().forEach(ids::set);
        n.rightKeys().forEach(ids::set);
        ids.set(n.leftTime());
        ids.set(n.rightTime());
      }
      case Node.Aggregate n -> {
        n.keys().forEach(k -> ids.set(k.id()));
        for (Node.Call call : n.calls()) {
          call.arguments().forEach(ids::set);
          if (call.filter() != null) {
            ids.set(call.filter());
          }
        }
      }
      case Node.Window n -> {
        n.partition().forEach(ids::set);
        n.order().forEach(o -> ids.set(o.field()));
        n.calls().forEach(c -> c.arguments().forEach(ids::set));
      }
      case Node.Match n -> {
        n.partition().forEach(ids::set);
        n.order().forEach(o -> ids.set(o.field()));
        n.values().forEach(v -> v.columns().forEach(ids::set));
      }
      case Node.WindowTable n -> ids.set(n.timeField());
      case Node.SessionTable n -> {
        n.partition().forEach(ids::set);
        ids.set(n.timeField());
      }
      case Node.Unnest n -> n.collections().forEach(ids::set);
      case Node.Sort n -> n.keys().forEach(k -> ids.set(k.field()));
      case Node.SetOperation n -> n.columns().forEach(c -> c.forEach(ids::set));
      case Node.Recursion n -> n.columns().forEach(c -> c.forEach(ids::set));
      case Node.WorkingTable n -> {}
    }
    return ids;
  }

  /** The fields that the node or one below it refers to and no input supplies. */
  public static BitSet free(Node node) {
    BitSet free = ownReferences(node);
    for (Node input : node.inputs()) {
      free.andNot(ids(input));
    }
    List<Node> inputs = node.inputs();
    for (int i = 0; i < inputs.size(); i++) {
      BitSet below = free(inputs.get(i));
      if (i > 0 && node instanceof Node.Join) {
        below.andNot(ids(inputs.get(0)));
      }
      free.or(below);
    }
    return free;
  }

  /** The same relation with identities of its own; free fields stay. */
  public static Copy copy(Node node, FieldNumbers numbers) {
    Map<Integer, Field> fields = new HashMap<>();
    Node copy = copy(node, numbers, fields);
    return new Copy(copy, fields);
  }

  /**
   * A copy.
   *
   * @param fields the new field for every old one
   */
  public record Copy(Node node, Map<Integer, Field> fields) {
    public Field of(Field old) {
      Field copied = fields.get(old.id());
      return copied == null ? old : likewise(copied, old);
    }
  }

  /** The copy of a field where that may be NULL: an outer join below may have made it so. */
  private static Field likewise(Field copied, Field old) {
    return copied.nullable() == old.nullable()
        ? copied
        : new Field(copied.id(), copied.name(), copied.type(), old.nullable());
  }

  private static Node copy(Node node, FieldNumbers numbers, Map<Integer, Field> fields) {
    List<Node> inputs = new ArrayList<>();
    for (Node input : node.inputs()) {
      inputs.add(copy(input, numbers, fields));
    }
    return renamed(node, inputs, fields, numbers);
  }

  private static Node renamed(
      Node node, List<Node> inputs, Map<Integer, Field> fields, FieldNumbers numbers) {
    UnaryOperator<Field> fresh =
        f -> likewise(fields.computeIfAbsent(f.id(), id -> numbers.copy(f)), f);
    UnaryOperator<Expression> change =
        e -> {
          Map<Integer, Expression> references = new HashMap<>();
          Expressions.references(e).stream()
              .forEach(
                  id -> {
                    Field copied = fields.get(id);
                    if (copied != null) {
                      references.put(id, copied.reference());
                    }
                  });
          return Expressions.substitute(e, references);
        };
    UnaryOperator<Integer> id =
        old -> {
          Field copied = fields.get(old);
          return copied == null ? old : copied.id();
        };
    return switch (node) {
      case Node.Scan n ->
          new Node.Scan(
              n.table(),
              n.hint(),
              n.statistics(),
              n.columns(),
              n.fields().stream().map(fresh).toList(),
              n.keys().stream().map(k -> Set.copyOf(k.stream().map(id).toList())).toList());
      case Node.Values n -> new Node.Values(n.fields().stream().map(fresh).toList(), n.rows());
      case Node.Filter n ->
          new Node.Filter(inputs.get(0), n.conjuncts().stream().map(change).toList());
      case Node.Extend n -> {
        List<Node.Computed> computed = new ArrayList<>();
        for (Node.Computed c : n.computed()) {
          computed.add(new Node.Computed(fresh.apply(c.field()), change.apply(c.expression())));
        }
        yield new Node.Extend(inputs.get(0), computed);
      }
      case Node.Join n ->
          new Node.Join(
              inputs.get(0),
              inputs.get(1),
              n.kind(),
              n.conjuncts().stream().map(change).toList(),
              n.mark() == null ? null : fresh.apply(n.mark()));
      case Node.AsofJoin n ->
          new Node.AsofJoin(
              inputs.get(0),
              inputs.get(1),
              n.outer(),
              n.leftKeys().stream().map(id).toList(),
              n.rightKeys().stream().map(id).toList(),
              n.nullsMatch(),
              id.apply(n.leftTime()),
              id.apply(n.rightTime()),
              n.comparison());
      case Node.Aggregate n ->
          new Node.Aggregate(
              inputs.get(0),
              n.keys().stream().map(k -> fields.getOrDefault(k.id(), k)).toList(),
              n.keyFields().stream().map(fresh).toList(),
              n.groupingSets(),
              n.calls().stream()
                  .map(
                      c ->
                          new Node.Call(
                              fresh.apply(c.field()),
                              c.function(),
                              c.arguments().stream().map(id).toList(),
                              c.distinct(),
                              c.filter() == null ? null : id.apply(c.filter()),
                              c.parameters(),
                              c.user(),
                              c.position()))
                  .toList());
      case Node.Window n ->
          new Node.Window(
              inputs.get(0),
              n.partition().stream().map(id).toList(),
              n.order().stream()
                  .map(o -> new Node.Order(id.apply(o.field()), o.descending(), o.nullsFirst()))
                  .toList(),
              n.calls().stream()
                  .map(
                      c ->
                          new Node.Over(
                              fresh.apply(c.field()),
                              c.aggregate(),
                              c.function(),
                              c.arguments().stream().map(id).toList(),
                              c.ignoreNulls(),
                              c.frame(),
                              c.parameters(),
                              c.user(),
                              c.position()))
                  .toList());
      case Node.Match n -> {
        List<Node.Value> values = new ArrayList<>();
        for (Node.Value value : n.values()) {
          values.add(
              new Node.Value(fresh.apply(value.field()), value.value().withColumns(id::apply)));
        }
        List<Node.Computed> measures = new ArrayList<>();
        for (Node.Computed m : n.measures()) {
          measures.add(new Node.Computed(fresh.apply(m.field()), change.apply(m.expression())));
        }
        yield new Node.Match(
            inputs.get(0),
            n.partition().stream().map(id).toList(),
            n.order().stream()
                .map(o -> new Node.Order(id.apply(o.field()), o.descending(), o.nullsFirst()))
                .toList(),
            n.pattern(),
            n.conditions().stream().map(change).toList(),
            values,
            measures);
      }
      case Node.WindowTable n ->
          new Node.WindowTable(
              inputs.get(0),
              id.apply(n.timeField()),
              n.sizeMillis(),
              n.slideMillis(),
              n.offsetMillis(),
              n.cumulative(),
              fresh.apply(n.start()),
              fresh.apply(n.end()));
      case Node.SessionTable n ->
          new Node.SessionTable(
              inputs.get(0),
              n.partition().stream().map(id).toList(),
              id.apply(n.timeField()),
              n.gapMillis(),
              fresh.apply(n.start()),
              fresh.apply(n.end()));
      case Node.Unnest n ->
          new Node.Unnest(
              inputs.get(0),
              n.collections().stream().map(id).toList(),
              n.columns().stream().map(c -> c.stream().map(fresh).toList()).toList(),
              n.ordinality() == null ? null : fresh.apply(n.ordinality()),
              n.outer());
      case Node.Sort n ->
          new Node.Sort(
              inputs.get(0),
              n.keys().stream()
                  .map(o -> new Node.Order(id.apply(o.field()), o.descending(), o.nullsFirst()))
                  .toList(),
              n.limit(),
              n.offset());
      case Node.SetOperation n ->
          new Node.SetOperation(
              n.kind(),
              n.all(),
              inputs,
              n.columns().stream().map(c -> c.stream().map(id).toList()).toList(),
              n.fields().stream().map(fresh).toList());
      case Node.Recursion n ->
          new Node.Recursion(
              inputs.get(0),
              inputs.get(1),
              n.number(),
              n.distinct(),
              n.columns().stream().map(c -> c.stream().map(id).toList()).toList(),
              n.fields().stream().map(fresh).toList());
      case Node.WorkingTable n ->
          new Node.WorkingTable(n.number(), n.fields().stream().map(fresh).toList());
    };
  }

  /** Whether any expression of the tree is volatile. */
  public static boolean isVolatile(Node node) {
    boolean here =
        switch (node) {
          case Node.Filter n -> n.conjuncts().stream().anyMatch(Expressions::isVolatile);
          case Node.Extend n ->
              n.computed().stream().anyMatch(c -> Expressions.isVolatile(c.expression()));
          case Node.Join n -> n.conjuncts().stream().anyMatch(Expressions::isVolatile);
          case Node.Match n ->
              n.conditions().stream().anyMatch(Expressions::isVolatile)
                  || n.measures().stream().anyMatch(m -> Expressions.isVolatile(m.expression()));
          default -> false;
        };
    return here || node.inputs().stream().anyMatch(Nodes::isVolatile);
  }
}
