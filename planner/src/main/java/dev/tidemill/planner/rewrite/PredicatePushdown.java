package dev.tidemill.planner.rewrite;

import dev.tidemill.plan.batch.JoinKind;
import dev.tidemill.plan.expression.Call;
import dev.tidemill.plan.expression.ColumnReference;
import dev.tidemill.plan.expression.Expression;
import dev.tidemill.plan.expression.Literal;
import dev.tidemill.plan.expression.Or;
import dev.tidemill.plan.function.ScalarFunction;
import dev.tidemill.planner.logical.Expressions;
import dev.tidemill.planner.logical.Field;
import dev.tidemill.planner.logical.Node;
import dev.tidemill.planner.logical.Nodes;
import java.util.ArrayList;
import java.util.BitSet;
import java.util.HashMap;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.function.Predicate;

/**
 * Moves conditions as far down as they are still right: through projections, joins, aggregates,
 * windows and set operations, to both sides of an equality. Outer joins whose made-up rows cannot
 * pass become inner ones on the way. Where no row can pass, and above that, nothing is left to be
 * computed. Volatile conditions stay where they are.
 */
public final class PredicatePushdown {
  private PredicatePushdown() {}

  public static Node push(Node node) {
    return push(node, List.of());
  }

  /** The node's rows for which all of {@code conditions} are TRUE. */
  private static Node push(Node node, List<Expression> conditions) {
    List<Expression> fixed = conditions.stream().filter(Expressions::isVolatile).toList();
    if (!fixed.isEmpty()) {
      return new Node.Filter(
          push(node, conditions.stream().filter(c -> !Expressions.isVolatile(c)).toList()), fixed);
    }
    if (conditions.stream().anyMatch(PredicatePushdown::isNever)) {
      return empty(node);
    }
    Node pushed = pushInto(node, conditions);
    return isEmptyByInputs(pushed) ? empty(pushed) : pushed;
  }

  private static Node pushInto(Node node, List<Expression> conditions) {
    return switch (node) {
      case Node.Filter n -> filter(n, conditions);
      case Node.Extend n -> extend(n, conditions);
      case Node.Join n -> join(n, conditions);
      case Node.AsofJoin n -> asofJoin(n, conditions);
      case Node.Aggregate n -> {
        BitSet keys = Nodes.ids(n.keys());
        yield split(
            n, conditions, c -> n.isSimple() && !n.keys().isEmpty() && refersOnlyTo(c, keys));
      }
      case Node.Window n -> {
        BitSet keys = new BitSet();
        n.partition().forEach(keys::set);
        yield split(n, conditions, c -> refersOnlyTo(c, keys));
      }
      case Node.Match n -> {
        BitSet keys = new BitSet();
        n.partition().forEach(keys::set);
        yield split(n, conditions, c -> refersOnlyTo(c, keys));
      }
      case Node.SessionTable n -> {
        BitSet keys = new BitSet();
        n.partition().forEach(keys::set);
        yield split(n, conditions, c -> refersOnlyTo(c, keys));
      }
      case Node.WindowTable n -> {
        BitSet input = Nodes.ids(n.input());
        yield split(n, conditions, c -> Expressions.within(c, input));
      }
      case Node.Unnest n -> {
        BitSet input = Nodes.ids(n.input());
        yield split(n, conditions, c -> Expressions.within(c, input));
      }
      case Node.Sort n -> n.limit() == 0 ? empty(n) : split(n, conditions, c -> !n.isLimit());
      case Node.SetOperation n -> setOperation(n, conditions);
      // A row that the conditions reject may lead to one that they do not.
      case Node.Recursion n ->
          Nodes.filter(n.withInputs(List.of(push(n.first()), push(n.next()))), conditions);
      case Node.WorkingTable n -> Nodes.filter(n, conditions);
      case Node.Scan n -> Nodes.filter(n, conditions);
      case Node.Values n -> Nodes.filter(n, conditions);
    };
  }

  private static boolean isNever(Expression condition) {
    return condition instanceof Literal literal && !Boolean.TRUE.equals(literal.value());
  }

  private static Node empty(Node node) {
    return new Node.Values(node.fields(), List.of());
  }

  private static boolean isEmpty(Node node) {
    return node instanceof Node.Values values && values.rows().isEmpty();
  }

  /** Whether a node has no rows because of inputs that have none. */
  private static boolean isEmptyByInputs(Node node) {
    return switch (node) {
      case Node.Filter n -> isEmpty(n.input());
      case Node.Extend n -> isEmpty(n.input());
      case Node.Sort n -> isEmpty(n.input());
      case Node.Window n -> isEmpty(n.input());
      case Node.Aggregate n -> n.isSimple() && !n.keys().isEmpty() && isEmpty(n.input());
      case Node.Join n ->
          switch (n.kind()) {
            case INNER, SEMI -> isEmpty(n.left()) || isEmpty(n.right());
            case LEFT, ANTI, LEFT_MARK, NULL_AWARE_ANTI, NULL_AWARE_LEFT_MARK -> isEmpty(n.left());
            case RIGHT -> isEmpty(n.right());
            case FULL -> isEmpty(n.left()) && isEmpty(n.right());
          };
      case Node.SetOperation n -> n.inputs().stream().allMatch(PredicatePushdown::isEmpty);
      default -> false;
    };
  }

  private static boolean refersOnlyTo(Expression condition, BitSet fields) {
    BitSet references = Expressions.references(condition);
    references.andNot(fields);
    return references.isEmpty() && !Expressions.references(condition).isEmpty();
  }

  private static Node filter(Node.Filter filter, List<Expression> conditions) {
    List<Expression> all = new ArrayList<>();
    List<Expression> fixed = new ArrayList<>();
    for (Expression conjunct : filter.conjuncts()) {
      (Expressions.isVolatile(conjunct) ? fixed : all).add(conjunct);
    }
    for (Expression condition : conditions) {
      if (!all.contains(condition)) {
        all.add(condition);
      }
    }
    Node input = push(filter.input(), all);
    return fixed.isEmpty() ? input : new Node.Filter(input, fixed);
  }

  private static Node extend(Node.Extend extend, List<Expression> conditions) {
    Map<Integer, Expression> meanings = new HashMap<>();
    BitSet computed = new BitSet();
    for (Node.Computed c : extend.computed()) {
      computed.set(c.field().id());
      if (!Expressions.isVolatile(c.expression())) {
        meanings.put(c.field().id(), c.expression());
      }
    }
    List<Expression> below = new ArrayList<>();
    List<Expression> above = new ArrayList<>();
    for (Expression condition : conditions) {
      Expression inlined = Expressions.substitute(condition, meanings);
      if (Expressions.refersToAny(inlined, computed)) {
        above.add(condition);
      } else {
        below.addAll(Expressions.conjuncts(Simplification.simplify(inlined)));
      }
    }
    return Nodes.filter(new Node.Extend(push(extend.input(), below), extend.computed()), above);
  }

  private static Node split(Node node, List<Expression> conditions, Predicate<Expression> passes) {
    List<Expression> below = new ArrayList<>();
    List<Expression> above = new ArrayList<>();
    for (Expression condition : conditions) {
      (passes.test(condition) ? below : above).add(condition);
    }
    return Nodes.filter(node.withInputs(List.of(push(node.inputs().get(0), below))), above);
  }

  private static Node setOperation(Node.SetOperation operation, List<Expression> conditions) {
    List<Node> inputs = new ArrayList<>();
    for (int i = 0; i < operation.inputs().size(); i++) {
      Map<Integer, Expression> columns = new HashMap<>();
      for (int c = 0; c < operation.fields().size(); c++) {
        Field field = operation.fields().get(c);
        columns.put(
            field.id(), new ColumnReference(operation.columns().get(i).get(c), field.type()));
      }
      inputs.add(push(operation.inputs().get(i), Expressions.substitute(conditions, columns)));
    }
    return operation.kind() == Node.SetOperation.Kind.UNION
        ? union(operation, inputs)
        : operation.withInputs(inputs);
  }

  /** Without the inputs that have no rows. */
  private static Node union(Node.SetOperation union, List<Node> inputs) {
    List<Node> left = new ArrayList<>();
    List<List<Integer>> columns = new ArrayList<>();
    for (int i = 0; i < inputs.size(); i++) {
      if (!isEmpty(inputs.get(i))) {
        left.add(inputs.get(i));
        columns.add(union.columns().get(i));
      }
    }
    if (left.size() != 1) {
      return left.isEmpty()
          ? empty(union)
          : new Node.SetOperation(union.kind(), union.all(), left, columns, union.fields());
    }
    List<Node.Computed> renamed = new ArrayList<>();
    for (int c = 0; c < union.fields().size(); c++) {
      Field field = union.fields().get(c);
      renamed.add(
          new Node.Computed(field, new ColumnReference(columns.get(0).get(c), field.type())));
    }
    return Nodes.extend(left.get(0), renamed);
  }

  private static Node join(Node.Join join, List<Expression> conditions) {
    Node.Join reduced = OuterJoins.reduced(join, conditions);
    return switch (reduced.kind()) {
      case INNER -> inner(reduced, conditions);
      case LEFT -> left(reduced, conditions);
      case SEMI -> semi(reduced, conditions);
      case ANTI, LEFT_MARK -> {
        BitSet right = Nodes.ids(reduced.right());
        List<Expression> below = new ArrayList<>();
        List<Expression> stay = new ArrayList<>();
        for (Expression conjunct : reduced.conjuncts()) {
          (refersOnlyTo(conjunct, right) && !Expressions.isVolatile(conjunct) ? below : stay)
              .add(conjunct);
        }
        yield leftOnly(reduced, conditions, stay, below);
      }
      case NULL_AWARE_ANTI, NULL_AWARE_LEFT_MARK ->
          leftOnly(reduced, conditions, reduced.conjuncts(), List.of());
      case FULL, RIGHT ->
          Nodes.filter(
              reduced.withInputs(List.of(push(reduced.left()), push(reduced.right()))), conditions);
    };
  }

  /** Of conditions those that give the same whenever they are asked. */
  private static List<Expression> settled(List<Expression> conditions) {
    return conditions.stream().filter(c -> !Expressions.isVolatile(c)).toList();
  }

  private static Node inner(Node.Join join, List<Expression> conditions) {
    Set<Expression> all = new LinkedHashSet<>(join.conjuncts());
    all.addAll(conditions);
    implied(all);
    BitSet left = Nodes.ids(join.left());
    BitSet right = Nodes.ids(join.right());
    List<Expression> toLeft = new ArrayList<>();
    List<Expression> toRight = new ArrayList<>();
    List<Expression> stay = new ArrayList<>();
    for (Expression condition : all) {
      boolean fixed = Expressions.isVolatile(condition);
      if (!fixed && Expressions.within(condition, left)) {
        toLeft.add(condition);
      } else if (!fixed && Expressions.within(condition, right)) {
        toRight.add(condition);
      } else {
        stay.add(condition);
        addWeaker(condition, left, toLeft);
        addWeaker(condition, right, toRight);
      }
    }
    List<Expression> matched = settled(stay);
    return new Node.Join(
        push(OuterJoins.reduced(join.left(), matched), toLeft),
        push(OuterJoins.reduced(join.right(), matched), toRight),
        JoinKind.INNER,
        stay,
        null);
  }

  /**
   * What an OR over both sides says of one of them: the OR of each branch's parts there, if each
   * has any.
   */
  private static void addWeaker(Expression condition, BitSet side, List<Expression> conditions) {
    if (!(condition instanceof Or or) || Expressions.isVolatile(condition)) {
      return;
    }
    List<Expression> branches = new ArrayList<>();
    for (Expression branch : or.operands()) {
      List<Expression> parts =
          Expressions.conjuncts(branch).stream().filter(p -> refersOnlyTo(p, side)).toList();
      if (parts.isEmpty()) {
        return;
      }
      branches.add(Expressions.and(parts));
    }
    for (Expression weaker :
        Expressions.conjuncts(Simplification.simplify(Expressions.or(branches)))) {
      if (!conditions.contains(weaker)) {
        conditions.add(weaker);
      }
    }
  }

  /** Adds to conditions on one field the same on fields that are equal to it. */
  private static void implied(Set<Expression> conditions) {
    List<Call> equalities = new ArrayList<>();
    for (Expression condition : conditions) {
      if (condition instanceof Call call
          && call.function() == ScalarFunction.EQUAL
          && call.arguments().get(0) instanceof ColumnReference a
          && call.arguments().get(1) instanceof ColumnReference b
          && a.type().equals(b.type())) {
        equalities.add(call);
      }
    }
    boolean more = !equalities.isEmpty();
    while (more) {
      more = false;
      for (Expression condition : List.copyOf(conditions)) {
        BitSet fields = Expressions.references(condition);
        if (fields.cardinality() != 1 || Expressions.isVolatile(condition)) {
          continue;
        }
        for (Call equality : equalities) {
          ColumnReference a = (ColumnReference) equality.arguments().get(0);
          ColumnReference b = (ColumnReference) equality.arguments().get(1);
          if (fields.get(a.index())) {
            more |= conditions.add(Expressions.substitute(condition, Map.of(a.index(), b)));
          } else if (fields.get(b.index())) {
            more |= conditions.add(Expressions.substitute(condition, Map.of(b.index(), a)));
          }
        }
      }
    }
  }

  private static Node left(Node.Join join, List<Expression> conditions) {
    BitSet left = Nodes.ids(join.left());
    BitSet rightFields = Nodes.ids(join.right());
    List<Expression> toLeft = new ArrayList<>();
    List<Expression> above = new ArrayList<>();
    for (Expression condition : conditions) {
      (Expressions.within(condition, left) ? toLeft : above).add(condition);
    }
    List<Expression> toRight = new ArrayList<>();
    List<Expression> stay = new ArrayList<>();
    for (Expression conjunct : join.conjuncts()) {
      (refersOnlyTo(conjunct, rightFields) && !Expressions.isVolatile(conjunct) ? toRight : stay)
          .add(conjunct);
    }
    toRight.addAll(impliedFor(rightFields, toLeft, stay));
    Node right = OuterJoins.reduced(join.right(), settled(stay));
    Node joined =
        new Node.Join(push(join.left(), toLeft), push(right, toRight), JoinKind.LEFT, stay, null);
    return Nodes.filter(joined, above);
  }

  /**
   * Conditions on left rows go to the left, and those on keys to both sides. One on the right row
   * stays above: with fewer right rows another would be the nearest.
   */
  private static Node asofJoin(Node.AsofJoin join, List<Expression> conditions) {
    BitSet left = Nodes.ids(join.left());
    BitSet right = Nodes.ids(join.right());
    boolean needsRight = conditions.stream().anyMatch(c -> Expressions.rejectsNulls(c, right));
    List<Expression> toLeft = new ArrayList<>();
    List<Expression> above = new ArrayList<>();
    for (Expression condition : conditions) {
      (Expressions.within(condition, left) ? toLeft : above).add(condition);
    }
    List<Expression> keys = new ArrayList<>();
    for (int i = 0; i < join.leftKeys().size(); i++) {
      if (!join.nullsMatch().get(i)) {
        keys.add(
            Expressions.equal(
                Node.field(join.left().fields(), join.leftKeys().get(i)).reference(),
                Node.field(join.right().fields(), join.rightKeys().get(i)).reference()));
      }
    }
    List<Expression> toRight = impliedFor(right, toLeft, keys);
    return Nodes.filter(
        new Node.AsofJoin(
            push(join.left(), toLeft),
            push(join.right(), toRight),
            join.outer() && !needsRight,
            join.leftKeys(),
            join.rightKeys(),
            join.nullsMatch(),
            join.leftTime(),
            join.rightTime(),
            join.comparison()),
        above);
  }

  /** What the conditions on the left say of the right's rows that can match at all. */
  private static List<Expression> impliedFor(
      BitSet right, List<Expression> left, List<Expression> on) {
    Set<Expression> all = new LinkedHashSet<>(on);
    all.addAll(left);
    implied(all);
    return all.stream().filter(c -> refersOnlyTo(c, right) && !on.contains(c)).toList();
  }

  private static Node semi(Node.Join join, List<Expression> conditions) {
    BitSet left = Nodes.ids(join.left());
    BitSet right = Nodes.ids(join.right());
    Set<Expression> all = new LinkedHashSet<>(join.conjuncts());
    all.addAll(conditions);
    implied(all);
    List<Expression> toLeft = new ArrayList<>();
    List<Expression> toRight = new ArrayList<>();
    List<Expression> stay = new ArrayList<>();
    for (Expression condition : all) {
      boolean fixed = Expressions.isVolatile(condition);
      if (!fixed && refersOnlyTo(condition, left)) {
        toLeft.add(condition);
      } else if (!fixed && refersOnlyTo(condition, right)) {
        toRight.add(condition);
      } else {
        stay.add(condition);
      }
    }
    List<Expression> matched = settled(stay);
    return new Node.Join(
        push(OuterJoins.reduced(join.left(), matched), toLeft),
        push(OuterJoins.reduced(join.right(), matched), toRight),
        JoinKind.SEMI,
        stay,
        null);
  }

  private static Node leftOnly(
      Node.Join join,
      List<Expression> conditions,
      List<Expression> stay,
      List<Expression> toRight) {
    BitSet left = Nodes.ids(join.left());
    List<Expression> toLeft = new ArrayList<>();
    List<Expression> above = new ArrayList<>();
    for (Expression condition : conditions) {
      (Expressions.within(condition, left) ? toLeft : above).add(condition);
    }
    List<Expression> right = new ArrayList<>(toRight);
    if (join.kind() == JoinKind.ANTI) {
      right.addAll(impliedFor(Nodes.ids(join.right()), toLeft, stay));
    }
    return Nodes.filter(
        new Node.Join(
            push(join.left(), toLeft), push(join.right(), right), join.kind(), stay, join.mark()),
        above);
  }
}
