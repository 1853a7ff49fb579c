package dev.tidemill.planner.rewrite;

import dev.tidemill.plan.batch.JoinKind;
import dev.tidemill.plan.expression.Expression;
import dev.tidemill.planner.join.Estimator;
import dev.tidemill.planner.logical.Expressions;
import dev.tidemill.planner.logical.Field;
import dev.tidemill.planner.logical.FieldNumbers;
import dev.tidemill.planner.logical.Node;
import dev.tidemill.planner.logical.Nodes;
import java.util.ArrayList;
import java.util.BitSet;
import java.util.HashMap;
import java.util.HashSet;
import java.util.IdentityHashMap;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.TreeMap;

/**
 * Aggregates that differ only in conditions on their keys, made equal, so that they can be computed
 * once: each takes the rows of all of them, and its own groups are found above it.
 *
 * <pre>
 *   Aggregate by county, quarter          Filter quarter = 1
 *     sales ⋈ dates [quarter = 1]           Aggregate by county, quarter
 *                                  ─▶         sales ⋈ dates [quarter = 1 OR quarter = 2]
 *   Aggregate by county, quarter          Filter quarter = 2
 *     sales ⋈ dates [quarter = 2]           Aggregate by county, quarter
 *                                               sales ⋈ dates [quarter = 1 OR quarter = 2]
 * </pre>
 *
 * <p>That is what comes of a WITH query that is read more than once, each time for other groups.
 * Conditions are those that cannot fail, of keys whose equal values cannot be told apart, in places
 * from which rows come up to the aggregate or do not. Where they stand in more than one place, the
 * rows of all are fewer than those that pass each place; then nothing that is computed may fail.
 * Whether it pays is for the caller to say: it does not unless the aggregates are computed once.
 */
public final class SimilarAggregates {
  /** In several places: rows of all together beside the sum of each one's rows. */
  private static final double MOST_MORE_ROWS = 1.5;

  private final Estimator estimator;
  private final Map<Node, Node> replaced = new IdentityHashMap<>();

  private SimilarAggregates(Estimator estimator) {
    this.estimator = estimator;
  }

  /** The node with such aggregates made equal; the node itself where there are none. */
  public static Node alike(Node node, Estimator estimator) {
    Map<List<String>, List<Node.Aggregate>> byTables = new LinkedHashMap<>();
    collect(node, byTables);
    SimilarAggregates similar = new SimilarAggregates(estimator);
    for (List<Node.Aggregate> same : byTables.values()) {
      if (same.size() > 1) {
        similar.group(same);
      }
    }
    return similar.replaced.isEmpty() ? node : similar.replace(node);
  }

  /** Aggregates by what they look like from afar, outer ones first. */
  private static void collect(Node node, Map<List<String>, List<Node.Aggregate>> byTables) {
    if (node instanceof Node.Aggregate aggregate
        && aggregate.isSimple()
        && !aggregate.keys().isEmpty()) {
      List<String> look = new ArrayList<>();
      aggregate.keys().forEach(k -> look.add(k.name()));
      aggregate.calls().forEach(c -> look.add(c.function().name()));
      addTables(aggregate.input(), look);
      byTables.computeIfAbsent(look, l -> new ArrayList<>()).add(aggregate);
    }
    if (!(node instanceof Node.Recursion)) {
      node.inputs().forEach(input -> collect(input, byTables));
    }
  }

  private static void addTables(Node node, List<String> tables) {
    if (node instanceof Node.Scan scan) {
      tables.add(scan.table().toString());
    }
    node.inputs().forEach(input -> addTables(input, tables));
  }

  private Node replace(Node node) {
    Node other = replaced.get(node);
    return other != null ? other : Nodes.mapInputs(node, this::replace);
  }

  /**
   * An aggregate without the conditions on its keys.
   *
   * @param canonical the same with numbers that begin at zero: equal for equal aggregates
   * @param conditions by place, over the canonical fields
   * @param own the aggregate's field for a canonical one
   */
  private record Member(
      Node.Aggregate aggregate,
      Node.Aggregate plain,
      Node canonical,
      Map<Integer, List<Expression>> conditions,
      Map<Integer, Expression> own) {
    static Member of(Node.Aggregate aggregate) {
      Stripping stripping = new Stripping();
      Node.Aggregate plain =
          over(stripping.strip(aggregate.input(), Nodes.ids(values(aggregate))), aggregate);
      Nodes.Copy copy = Nodes.copy(plain, new FieldNumbers());
      Map<Integer, Expression> canonical = new HashMap<>();
      Map<Integer, Expression> own = new HashMap<>();
      copy.fields()
          .forEach(
              (id, field) -> {
                canonical.put(id, field.reference());
                own.put(field.id(), new Field(id, field.name(), field.type(), true).reference());
              });
      Map<Integer, List<Expression>> conditions = new TreeMap<>();
      stripping.conditions.forEach(
          (place, all) -> conditions.put(place, Expressions.substitute(all, canonical)));
      return new Member(aggregate, plain, copy.node(), conditions, own);
    }

    List<Expression> at(int place) {
      return conditions.getOrDefault(place, List.of());
    }

    /** The conditions that not all have. */
    List<Expression> rest(Map<Integer, List<Expression>> common) {
      List<Expression> rest = new ArrayList<>();
      conditions.forEach(
          (place, all) ->
              all.stream()
                  .filter(c -> !common.getOrDefault(place, List.of()).contains(c))
                  .forEach(rest::add));
      return rest;
    }
  }

  private static Node.Aggregate over(Node input, Node.Aggregate aggregate) {
    return new Node.Aggregate(
        input,
        aggregate.keys(),
        aggregate.keyFields(),
        aggregate.groupingSets(),
        aggregate.calls());
  }

  private static List<Field> values(Node.Aggregate aggregate) {
    return aggregate.keys().stream().filter(k -> DependentKeys.isOneValue(k.type())).toList();
  }

  private void group(List<Node.Aggregate> aggregates) {
    Map<Node, List<Member>> byShape = new LinkedHashMap<>();
    for (Node.Aggregate aggregate : aggregates) {
      Member member = Member.of(aggregate);
      byShape.computeIfAbsent(member.canonical(), c -> new ArrayList<>()).add(member);
    }
    byShape.values().forEach(this::merge);
  }

  private void merge(List<Member> members) {
    Map<Integer, List<Expression>> common = new TreeMap<>();
    Map<Integer, List<Expression>> weaker = new TreeMap<>();
    Set<Integer> places = new HashSet<>();
    members.forEach(m -> places.addAll(m.conditions().keySet()));
    int differing = 0;
    for (int place : places) {
      List<Expression> same = new ArrayList<>(members.get(0).at(place));
      members.forEach(m -> same.retainAll(m.at(place)));
      common.put(place, same);
      List<Expression> all = new ArrayList<>(same);
      if (members.stream().anyMatch(m -> m.at(place).size() > same.size())) {
        differing++;
        all.addAll(any(members.stream().map(m -> without(m.at(place), same)).toList()));
      }
      weaker.put(place, all);
    }
    if (differing == 0) {
      return;
    }
    List<Expression> exact =
        differing == 1 ? List.of() : any(members.stream().map(m -> m.rest(common)).toList());
    if (differing > 1 && !isHarmless(members.get(0).plain().input())) {
      return;
    }
    Map<Node, Node> alike = new IdentityHashMap<>();
    for (Member member : members) {
      Node input =
          new Weakening(weaker, member.own())
              .weaken(member.plain().input(), Nodes.ids(values(member.plain())));
      input = Nodes.filter(input, Expressions.substitute(exact, member.own()));
      if (differing > 1 && alike.isEmpty()) {
        double after = estimator.rows(input);
        double sum = members.stream().mapToDouble(m -> estimator.rows(m.aggregate().input())).sum();
        if (after > sum * MOST_MORE_ROWS) {
          return;
        }
      }
      alike.put(
          member.aggregate(),
          Nodes.filter(
              over(input, member.plain()),
              Expressions.substitute(member.rest(common), member.own())));
    }
    replaced.putAll(alike);
  }

  private static List<Expression> without(List<Expression> conditions, List<Expression> others) {
    return conditions.stream().filter(c -> !others.contains(c)).toList();
  }

  /** That one of the conjunctions holds. */
  private static List<Expression> any(List<List<Expression>> conjunctions) {
    if (conjunctions.stream().anyMatch(List::isEmpty)) {
      return List.of();
    }
    List<Expression> branches = conjunctions.stream().map(Expressions::and).distinct().toList();
    return Expressions.conjuncts(Simplification.simplify(Expressions.or(branches)));
  }

  /** Whether no row of joined tables can make anything fail. */
  private static boolean isHarmless(Node node) {
    boolean here =
        switch (node) {
          case Node.Scan n -> true;
          case Node.Values n -> true;
          case Node.Filter n -> n.conjuncts().stream().noneMatch(Expression::mayFail);
          case Node.Extend n -> n.computed().stream().noneMatch(c -> c.expression().mayFail());
          case Node.Join n -> n.conjuncts().stream().noneMatch(Expression::mayFail);
          default -> false;
        };
    return here && node.inputs().stream().allMatch(SimilarAggregates::isHarmless);
  }

  /**
   * Per input of a node the fields that conditions may be of: none where its rows do not come up as
   * they are, or not at all.
   *
   * @param keys fields of the aggregate above
   */
  private static List<BitSet> passing(Node node, BitSet keys) {
    BitSet none = new BitSet();
    return switch (node) {
      case Node.Filter n when n.conjuncts().stream().noneMatch(Expressions::isVolatile) ->
          List.of(keys);
      case Node.Extend n
          when n.computed().stream().noneMatch(c -> Expressions.isVolatile(c.expression())) ->
          List.of(keys);
      case Node.Join n when n.conjuncts().stream().noneMatch(Expressions::isVolatile) ->
          n.kind() == JoinKind.INNER
              ? List.of(keys, keys)
              : n.kind() == JoinKind.FULL || n.kind() == JoinKind.RIGHT
                  ? List.of(none, none)
                  : List.of(keys, none);
      case Node.Aggregate n when n.isSimple() -> {
        BitSet both = Nodes.ids(n.keys());
        both.and(keys);
        yield List.of(both);
      }
      default -> node.inputs().stream().map(input -> none).toList();
    };
  }

  /** Goes down to the places of conditions, which are numbered by the nodes they are above. */
  private abstract static class Descent {
    private int next;

    Node down(Node node, BitSet keys) {
      if (keys.isEmpty()) {
        return node;
      }
      int place = next;
      if (!(node instanceof Node.Filter)) {
        next++;
      }
      List<BitSet> passing = passing(node, keys);
      List<Node> inputs = new ArrayList<>();
      for (int i = 0; i < passing.size(); i++) {
        inputs.add(down(node.inputs().get(i), passing.get(i)));
      }
      return at(node, place, keys, inputs);
    }

    abstract Node at(Node node, int place, BitSet keys, List<Node> inputs);
  }

  /** Takes conditions on keys away. */
  private static final class Stripping extends Descent {
    private final Map<Integer, List<Expression>> conditions = new TreeMap<>();

    Node strip(Node node, BitSet keys) {
      return down(node, keys);
    }

    @Override
    Node at(Node node, int place, BitSet keys, List<Node> inputs) {
      if (!(node instanceof Node.Filter filter)) {
        return inputs.isEmpty() ? node : node.withInputs(inputs);
      }
      List<Expression> kept = new ArrayList<>();
      for (Expression conjunct : filter.conjuncts()) {
        boolean ofKeys =
            !Expressions.isVolatile(conjunct)
                && !conjunct.mayFail()
                && !Expressions.references(conjunct).isEmpty()
                && Expressions.within(conjunct, keys);
        if (ofKeys) {
          conditions.computeIfAbsent(place, p -> new ArrayList<>()).add(conjunct);
        } else {
          kept.add(conjunct);
        }
      }
      return Nodes.filter(inputs.get(0), kept);
    }
  }

  /** Puts weaker ones in their places. */
  private static final class Weakening extends Descent {
    private final Map<Integer, List<Expression>> conditions;
    private final Map<Integer, Expression> fields;

    Weakening(Map<Integer, List<Expression>> conditions, Map<Integer, Expression> fields) {
      this.conditions = conditions;
      this.fields = fields;
    }

    Node weaken(Node node, BitSet keys) {
      return down(node, keys);
    }

    @Override
    Node at(Node node, int place, BitSet keys, List<Node> inputs) {
      if (node instanceof Node.Filter filter) {
        return Nodes.filter(inputs.get(0), filter.conjuncts());
      }
      List<Expression> weaker = conditions.getOrDefault(place, List.of());
      return Nodes.filter(
          inputs.isEmpty() ? node : node.withInputs(inputs),
          Expressions.substitute(weaker, fields));
    }
  }
}
