package dev.tidemill.planner.rewrite;

import dev.tidemill.foundation.type.Type;
import dev.tidemill.plan.batch.JoinKind;
import dev.tidemill.plan.batch.WindowFrame;
import dev.tidemill.plan.expression.Call;
import dev.tidemill.plan.expression.Case;
import dev.tidemill.plan.expression.ColumnReference;
import dev.tidemill.plan.expression.Expression;
import dev.tidemill.plan.expression.Literal;
import dev.tidemill.plan.function.ScalarFunction;
import dev.tidemill.plan.function.WindowFunction;
import dev.tidemill.planner.error.PlannerErrors;
import dev.tidemill.planner.logical.Casts;
import dev.tidemill.planner.logical.Expressions;
import dev.tidemill.planner.logical.Field;
import dev.tidemill.planner.logical.FieldNumbers;
import dev.tidemill.planner.logical.Node;
import dev.tidemill.planner.logical.Nodes;
import java.util.ArrayList;
import java.util.BitSet;
import java.util.HashMap;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import org.jspecify.annotations.Nullable;

/**
 * Makes ordinary joins of dependent ones, whose right side refers to fields of the left.
 *
 * <p>First by pulling: conditions on outer fields move up from the right side into the join's
 * condition, through filters, joins and, where they are equalities, through aggregates, which then
 * group by the inner side as well. This gives semi and anti joins with the correlation as their
 * condition, whatever its form, and for scalar aggregates the group-by join.
 *
 * <p>Where that does not go, in general (Neumann and Kemper, <em>Unnesting Arbitrary Queries</em>,
 * BTW 2015): the distinct values of the outer fields become a relation of their own, the domain,
 * which is pushed into the right side until nothing there is free; the join then matches on the
 * domain's columns, NULL matching NULL.
 */
public final class Unnesting {
  private final FieldNumbers numbers;

  public Unnesting(FieldNumbers numbers) {
    this.numbers = numbers;
  }

  /** The same relation without free fields below a join that binds them. */
  public Node unnest(Node node) {
    Node changed = Nodes.mapInputs(node, this::unnest);
    if (changed instanceof Node.Join join) {
      BitSet bound = Nodes.free(join.right());
      bound.and(Nodes.ids(join.left()));
      if (!bound.isEmpty()) {
        return independent(join, bound);
      }
    }
    return changed;
  }

  private Node independent(Node.Join join, BitSet outer) {
    if (join.kind() == JoinKind.FULL
        || join.kind() == JoinKind.NULL_AWARE_ANTI
        || join.kind() == JoinKind.NULL_AWARE_LEFT_MARK) {
      throw PlannerErrors.unsupported("CORRELATED_SUBQUERY", "this correlated subquery", null);
    }
    if (join.kind() == JoinKind.LEFT && join.conjuncts().isEmpty()) {
      Node aggregated = overGlobalAggregate(join, outer);
      if (aggregated != null) {
        return aggregated;
      }
    }
    Node unnested = overCollections(join);
    if (unnested != null) {
      return unnested;
    }
    Pulled pulled = pull(join.right(), outer);
    if (pulled != null) {
      List<Expression> conjuncts = new ArrayList<>(join.conjuncts());
      conjuncts.addAll(pulled.conjuncts());
      return new Node.Join(join.left(), pulled.node(), join.kind(), conjuncts, join.mark());
    }
    return overDomain(join, outer);
  }

  /**
   * {@code left, UNNEST(left.a)}: the collections are columns of the left side, and each of its
   * rows comes once per element; null where the right side is something else.
   */
  private static @Nullable Node overCollections(Node.Join join) {
    List<Node> above = new ArrayList<>();
    Node node = join.right();
    while (node instanceof Node.Filter || node instanceof Node.Extend) {
      above.addFirst(node);
      node = node.inputs().get(0);
    }
    if (!(node instanceof Node.Unnest unnest)) {
      return null;
    }
    List<Node.Extend> below = new ArrayList<>();
    Node source = unnest.input();
    while (source instanceof Node.Extend extend) {
      below.addFirst(extend);
      source = extend.input();
    }
    boolean isInner = join.kind() == JoinKind.INNER;
    boolean isOuter = join.kind() == JoinKind.LEFT && above.isEmpty() && join.conjuncts().isEmpty();
    if (!(source instanceof Node.Values values)
        || values.rows().size() != 1
        || !isInner && !isOuter) {
      return null;
    }
    List<Node.Computed> literals = new ArrayList<>();
    for (Field field : values.fields()) {
      literals.add(new Node.Computed(field, values.rows().get(0).get(literals.size())));
    }
    Node result = Nodes.extend(join.left(), literals);
    for (Node.Extend extend : below) {
      result = Nodes.extend(result, extend.computed());
    }
    result =
        new Node.Unnest(
            result,
            unnest.collections(),
            unnest.columns(),
            unnest.ordinality(),
            isOuter || unnest.outer());
    for (Node over : above) {
      result =
          over instanceof Node.Filter filter
              ? Nodes.filter(result, filter.conjuncts())
              : Nodes.extend(result, ((Node.Extend) over).computed());
    }
    return Nodes.filter(result, join.conjuncts());
  }

  /** A relation without outer fields, and the conditions that make of it what it was. */
  private record Pulled(Node node, List<Expression> conjuncts) {}

  /**
   * Pulls all conditions on {@code outer} out of the node, or gives null where one cannot be
   * pulled.
   */
  private @Nullable Pulled pull(Node node, BitSet outer) {
    if (!Nodes.free(node).intersects(outer)) {
      return new Pulled(node, List.of());
    }
    return switch (node) {
      case Node.Filter n -> {
        Pulled input = pull(n.input(), outer);
        if (input == null) {
          yield null;
        }
        List<Expression> stay = new ArrayList<>();
        List<Expression> move = new ArrayList<>(input.conjuncts());
        for (Expression conjunct : n.conjuncts()) {
          (Expressions.refersToAny(conjunct, outer) ? move : stay).add(conjunct);
        }
        yield new Pulled(Nodes.filter(input.node(), stay), move);
      }
      case Node.Extend n -> {
        Pulled input =
            n.computed().stream().anyMatch(c -> Expressions.refersToAny(c.expression(), outer))
                ? null
                : pull(n.input(), outer);
        yield input == null
            ? null
            : new Pulled(Nodes.extend(input.node(), n.computed()), input.conjuncts());
      }
      case Node.Join n -> pullJoin(n, outer);
      case Node.AsofJoin n -> {
        Pulled left = Nodes.free(n.right()).intersects(outer) ? null : pull(n.left(), outer);
        yield left == null
            ? null
            : new Pulled(n.withInputs(List.of(left.node(), n.right())), left.conjuncts());
      }
      case Node.Aggregate n -> n.isSimple() && !n.keys().isEmpty() ? pullAggregate(n, outer) : null;
      case Node.Window n -> {
        Pulled input = pull(n.input(), outer);
        List<Field> keys = input == null ? null : innerSides(input, outer);
        if (input == null || keys == null) {
          yield null;
        }
        Node below = withColumns(input.node(), keys);
        List<Integer> partition = new ArrayList<>(n.partition());
        keys.stream().map(Field::id).filter(id -> !partition.contains(id)).forEach(partition::add);
        yield new Pulled(
            new Node.Window(below, partition, n.order(), n.calls()),
            renamed(input.conjuncts(), outer, keys));
      }
      case Node.Match n -> {
        Pulled input = pull(n.input(), outer);
        List<Field> keys = input == null ? null : innerSides(input, outer);
        if (input == null || keys == null) {
          yield null;
        }
        List<Integer> partition = new ArrayList<>(n.partition());
        keys.stream().map(Field::id).filter(id -> !partition.contains(id)).forEach(partition::add);
        yield new Pulled(
            n.within(withColumns(input.node(), keys), partition),
            renamed(input.conjuncts(), outer, keys));
      }
      case Node.SessionTable n -> {
        Pulled input = pull(n.input(), outer);
        List<Field> keys = input == null ? null : innerSides(input, outer);
        if (input == null || keys == null) {
          yield null;
        }
        yield new Pulled(
            sessions(n, withColumns(input.node(), keys), keys),
            renamed(input.conjuncts(), outer, keys));
      }
      case Node.WindowTable n -> {
        Pulled input = pull(n.input(), outer);
        yield input == null
            ? null
            : new Pulled(n.withInputs(List.of(input.node())), input.conjuncts());
      }
      case Node.Unnest n -> {
        Pulled input = pull(n.input(), outer);
        yield input == null
            ? null
            : new Pulled(n.withInputs(List.of(input.node())), input.conjuncts());
      }
      case Node.Sort n -> n.isLimit() ? null : pull(n.input(), outer);
      case Node.Scan n -> null;
      case Node.Values n -> null;
      case Node.SetOperation n -> null;
      case Node.Recursion n -> null;
      case Node.WorkingTable n -> null;
    };
  }

  /** Sessions over another input, of whose rows those of other keys are apart too. */
  private static Node sessions(Node.SessionTable sessions, Node input, List<Field> keys) {
    List<Integer> partition = new ArrayList<>(sessions.partition());
    keys.stream().map(Field::id).filter(id -> !partition.contains(id)).forEach(partition::add);
    return new Node.SessionTable(
        input,
        partition,
        sessions.timeField(),
        sessions.gapMillis(),
        sessions.start(),
        sessions.end());
  }

  private @Nullable Pulled pullJoin(Node.Join join, BitSet outer) {
    Pulled left = pull(join.left(), outer);
    if (left == null) {
      return null;
    }
    List<Expression> move = new ArrayList<>(left.conjuncts());
    if (join.kind() == JoinKind.INNER) {
      Pulled right = pull(join.right(), outer);
      if (right == null) {
        return null;
      }
      move.addAll(right.conjuncts());
      List<Expression> stay = new ArrayList<>();
      for (Expression conjunct : join.conjuncts()) {
        (Expressions.refersToAny(conjunct, outer) ? move : stay).add(conjunct);
      }
      return new Pulled(new Node.Join(left.node(), right.node(), JoinKind.INNER, stay, null), move);
    }
    boolean rightFree =
        Nodes.free(join.right()).intersects(outer)
            || join.conjuncts().stream().anyMatch(c -> Expressions.refersToAny(c, outer));
    if (join.kind() == JoinKind.FULL || rightFree) {
      return null;
    }
    return new Pulled(
        new Node.Join(left.node(), join.right(), join.kind(), join.conjuncts(), join.mark()), move);
  }

  /** Through a GROUP BY with keys: equalities between inner and outer become further keys. */
  private @Nullable Pulled pullAggregate(Node.Aggregate aggregate, BitSet outer) {
    Pulled input = pull(aggregate.input(), outer);
    List<Field> keys = input == null ? null : innerSides(input, outer);
    if (input == null || keys == null) {
      return null;
    }
    Node below = withColumns(input.node(), keys);
    List<Field> all = new ArrayList<>(aggregate.keys());
    keys.stream().filter(k -> all.stream().noneMatch(a -> a.id() == k.id())).forEach(all::add);
    return new Pulled(
        Node.Aggregate.of(below, all, aggregate.calls()), renamed(input.conjuncts(), outer, keys));
  }

  /**
   * The inner sides of equalities {@code inner = outer}, as fields to be made, or null where a
   * condition is something else. Fields that stand for expressions are new, and so are those that
   * stand for columns from further outside, which keep their number there.
   */
  private @Nullable List<Field> innerSides(Pulled input, BitSet outer) {
    List<Field> sides = new ArrayList<>();
    BitSet there = Nodes.ids(input.node());
    innerExpressions.clear();
    for (Expression conjunct : input.conjuncts()) {
      Expression inner = innerSide(conjunct, outer);
      if (inner == null) {
        return null;
      }
      Field field =
          inner instanceof ColumnReference column && there.get(column.index())
              ? new Field(column.index(), "key", column.type(), true)
              : numbers.field("key", inner.type(), true);
      innerExpressions.put(field.id(), inner);
      sides.add(field);
    }
    return sides;
  }

  private final Map<Integer, Expression> innerExpressions = new HashMap<>();

  private static @Nullable Expression innerSide(Expression conjunct, BitSet outer) {
    if (conjunct instanceof Call call && call.function() == ScalarFunction.EQUAL) {
      Expression left = call.arguments().get(0);
      Expression right = call.arguments().get(1);
      BitSet leftFields = Expressions.references(left);
      BitSet rightFields = Expressions.references(right);
      boolean leftOuter = leftFields.intersects(outer);
      boolean rightOuter = rightFields.intersects(outer);
      if (leftOuter != rightOuter) {
        BitSet outerSide = leftOuter ? leftFields : rightFields;
        BitSet mixed = (BitSet) outerSide.clone();
        mixed.andNot(outer);
        return mixed.isEmpty() ? (leftOuter ? right : left) : null;
      }
    }
    return null;
  }

  /** The node with those of {@code keys} that it has not, computed. */
  private Node withColumns(Node node, List<Field> keys) {
    BitSet there = Nodes.ids(node);
    List<Node.Computed> computed = new ArrayList<>();
    for (Field key : keys) {
      Expression expression = innerExpressions.get(key.id());
      if (!there.get(key.id()) && expression != null) {
        computed.add(new Node.Computed(key, expression));
      }
    }
    return Nodes.extend(node, computed);
  }

  /** The equalities with their inner sides replaced by the key columns. */
  private static List<Expression> renamed(
      List<Expression> conjuncts, BitSet outer, List<Field> keys) {
    List<Expression> renamed = new ArrayList<>();
    for (int i = 0; i < conjuncts.size(); i++) {
      Call call = (Call) conjuncts.get(i);
      boolean leftOuter = Expressions.refersToAny(call.arguments().get(0), outer);
      Expression outerSide = call.arguments().get(leftOuter ? 0 : 1);
      renamed.add(Expressions.equal(outerSide, keys.get(i).reference()));
    }
    return renamed;
  }

  /**
   * A scalar aggregate: {@code left LEFT JOIN (Extend*(Aggregate without keys))} with equalities
   * below. The aggregate groups by their inner sides; a left row without a group gets what the
   * aggregate gives over no rows.
   */
  private @Nullable Node overGlobalAggregate(Node.Join join, BitSet outer) {
    List<Node.Extend> extensions = new ArrayList<>();
    Node node = join.right();
    while (node instanceof Node.Extend extend) {
      extensions.add(0, extend);
      node = extend.input();
    }
    if (!(node instanceof Node.Aggregate aggregate)
        || !aggregate.keys().isEmpty()
        || aggregate.groupingSets().size() != 1) {
      return null;
    }
    Pulled input = pull(aggregate.input(), outer);
    List<Field> keys = input == null ? null : innerSides(input, outer);
    if (input == null || keys == null) {
      return null;
    }
    Node below = withColumns(input.node(), keys);
    List<Expression> conjuncts = renamed(input.conjuncts(), outer, keys);
    Counts counts = counts(aggregate.calls());
    List<Field> distinctKeys = new ArrayList<>();
    for (Field key : keys) {
      if (distinctKeys.stream().noneMatch(k -> k.id() == key.id())) {
        distinctKeys.add(key);
      }
    }
    Node grouped = Node.Aggregate.of(below, distinctKeys, counts.calls());
    Node result = new Node.Join(join.left(), grouped, JoinKind.LEFT, conjuncts, null);
    result = Nodes.extend(result, counts.corrections());
    for (Node.Extend extension : extensions) {
      result = new Node.Extend(result, extension.computed());
    }
    return result;
  }

  /**
   * Aggregates that are 0 over no rows, under new names, and what gives the old ones after an outer
   * join.
   */
  private record Counts(List<Node.Call> calls, List<Node.Computed> corrections) {}

  private Counts counts(List<Node.Call> calls) {
    List<Node.Call> renamed = new ArrayList<>();
    List<Node.Computed> corrections = new ArrayList<>();
    for (Node.Call call : calls) {
      if (call.user() != null) {
        throw PlannerErrors.unsupported(
            "CORRELATED_USER_AGGREGATE",
            call.user().function() + " in a correlated subquery without GROUP BY",
            call.position());
      }
      if (call.function().isZeroOverNone()) {
        Field raw = numbers.copy(call.field());
        renamed.add(
            new Node.Call(
                raw,
                call.function(),
                call.arguments(),
                call.distinct(),
                call.filter(),
                call.position()));
        corrections.add(new Node.Computed(call.field(), orZero(raw)));
      } else {
        renamed.add(call);
      }
    }
    return new Counts(renamed, corrections);
  }

  private static Expression orZero(Field raw) {
    Literal zero = Casts.fold(new Literal(Type.BIGINT, 0L), raw.type());
    return new Case(
        List.of(new Case.When(Expressions.isNotNull(raw.reference()), raw.reference())),
        zero == null ? Literal.nullOf(raw.type()) : zero,
        raw.type());
  }

  // The general way.

  private Node overDomain(Node.Join join, BitSet outer) {
    if (Nodes.isVolatile(join.left())) {
      throw PlannerErrors.unsupported(
          "CORRELATED_SUBQUERY", "a correlated subquery beside RANDOM or UUID", null);
    }
    List<Field> columns = join.left().fields().stream().filter(f -> outer.get(f.id())).toList();
    Domain domain = new Domain(join.left(), columns);
    Pushed pushed = push(domain, join.right(), outer);
    List<Expression> conjuncts = new ArrayList<>(join.conjuncts());
    for (Field column : columns) {
      conjuncts.add(same(column, pushed.of(column)));
    }
    return new Node.Join(join.left(), pushed.node(), join.kind(), conjuncts, join.mark());
  }

  private static Expression same(Field left, Field right) {
    return left.nullable() || right.nullable()
        ? Expressions.call(
            ScalarFunction.IS_NOT_DISTINCT, Type.BOOLEAN, left.reference(), right.reference())
        : Expressions.equal(left.reference(), right.reference());
  }

  /** The distinct values of outer columns; every use is a copy of its own. */
  private final class Domain {
    private final Node source;
    private final List<Field> columns;

    Domain(Node source, List<Field> columns) {
      this.source = Node.Aggregate.of(source, columns, List.of());
      this.columns = columns;
    }

    Pushed fresh() {
      Nodes.Copy copy = Nodes.copy(source, numbers);
      Map<Integer, Field> fields = new LinkedHashMap<>();
      columns.forEach(c -> fields.put(c.id(), copy.of(c)));
      return new Pushed(copy.node(), fields);
    }
  }

  /** A relation with the domain's columns in it. */
  private record Pushed(Node node, Map<Integer, Field> domain) {
    Field of(Field outer) {
      Field field = domain.get(outer.id());
      if (field == null) {
        throw new IllegalStateException("no column for " + outer);
      }
      return field;
    }

    Expression in(Expression expression) {
      Map<Integer, Expression> references = new HashMap<>();
      domain.forEach((id, field) -> references.put(id, field.reference()));
      return Expressions.substitute(expression, references);
    }

    List<Expression> in(List<Expression> expressions) {
      return expressions.stream().map(this::in).toList();
    }

    Pushed over(Node changed) {
      return new Pushed(changed, domain);
    }

    List<Field> columns() {
      return List.copyOf(domain.values());
    }
  }

  /** For every row of the domain, the node's rows under it. */
  private Pushed push(Domain domain, Node node, BitSet outer) {
    if (!Nodes.free(node).intersects(outer)) {
      Pushed fresh = domain.fresh();
      return fresh.over(new Node.Join(fresh.node(), node, JoinKind.INNER, List.of(), null));
    }
    return switch (node) {
      case Node.Filter n -> {
        Pushed input = push(domain, n.input(), outer);
        yield input.over(Nodes.filter(input.node(), input.in(n.conjuncts())));
      }
      case Node.Extend n -> {
        Pushed input = push(domain, n.input(), outer);
        yield input.over(
            new Node.Extend(
                input.node(),
                n.computed().stream()
                    .map(c -> new Node.Computed(c.field(), input.in(c.expression())))
                    .toList()));
      }
      case Node.Join n -> pushJoin(domain, n, outer);
      case Node.AsofJoin n -> pushAsofJoin(domain, n, outer);
      case Node.Aggregate n -> pushAggregate(domain, n, outer);
      case Node.Window n -> {
        Pushed input = push(domain, n.input(), outer);
        List<Integer> partition = new ArrayList<>(n.partition());
        input.columns().forEach(c -> partition.add(c.id()));
        yield input.over(new Node.Window(input.node(), partition, n.order(), n.calls()));
      }
      case Node.Match n -> {
        Pushed input = push(domain, n.input(), outer);
        List<Integer> partition = new ArrayList<>(n.partition());
        input.columns().forEach(c -> partition.add(c.id()));
        yield input.over(n.within(input.node(), partition));
      }
      case Node.SessionTable n -> {
        Pushed input = push(domain, n.input(), outer);
        yield input.over(sessions(n, input.node(), input.columns()));
      }
      case Node.WindowTable n -> {
        Pushed input = push(domain, n.input(), outer);
        yield input.over(n.withInputs(List.of(input.node())));
      }
      case Node.Unnest n -> {
        Pushed input = push(domain, n.input(), outer);
        yield input.over(n.withInputs(List.of(input.node())));
      }
      case Node.Sort n -> pushSort(domain, n, outer);
      case Node.SetOperation n -> pushSetOperation(domain, n, outer);
      case Node.Scan n -> throw new IllegalStateException("free fields in a scan");
      case Node.Values n -> throw new IllegalStateException("free fields in values");
      case Node.Recursion n -> throw new IllegalStateException("free fields in a recursion");
      case Node.WorkingTable n -> throw new IllegalStateException("free fields in a table");
    };
  }

  private Pushed pushJoin(Domain domain, Node.Join join, BitSet outer) {
    boolean leftFree = Nodes.free(join.left()).intersects(outer);
    boolean rightFree = Nodes.free(join.right()).intersects(outer);
    switch (join.kind()) {
      case INNER -> {
        if (!leftFree && rightFree) {
          Pushed right = push(domain, join.right(), outer);
          return right.over(
              new Node.Join(
                  join.left(), right.node(), JoinKind.INNER, right.in(join.conjuncts()), null));
        }
        Pushed left = push(domain, join.left(), outer);
        return left.over(joined(domain, join, left, rightFree, outer));
      }
      case LEFT, SEMI, ANTI, LEFT_MARK -> {
        Pushed left = push(domain, join.left(), outer);
        return left.over(joined(domain, join, left, rightFree, outer));
      }
      case NULL_AWARE_ANTI, NULL_AWARE_LEFT_MARK -> {
        boolean conditionFree =
            join.conjuncts().stream().anyMatch(c -> Expressions.refersToAny(c, outer));
        if (!rightFree) {
          Pushed left = push(domain, join.left(), outer);
          // The comparison may refer to outer fields: they are columns of the left side now.
          List<Expression> conjuncts = conditionFree ? left.in(join.conjuncts()) : join.conjuncts();
          return left.over(
              new Node.Join(left.node(), join.right(), join.kind(), conjuncts, join.mark()));
        }
        throw PlannerErrors.unsupported("CORRELATED_SUBQUERY", "this correlated subquery", null);
      }
      case FULL, RIGHT ->
          throw PlannerErrors.unsupported(
              "CORRELATED_SUBQUERY", "a FULL JOIN in a correlated subquery", null);
    }
    throw new IllegalStateException(join.kind().toString());
  }

  private Node joined(Domain domain, Node.Join join, Pushed left, boolean rightFree, BitSet outer) {
    List<Expression> conjuncts = new ArrayList<>(left.in(join.conjuncts()));
    Node right = join.right();
    if (rightFree) {
      Pushed pushed = push(domain, join.right(), outer);
      right = pushed.node();
      for (Field column : domain.columns) {
        conjuncts.add(same(left.of(column), pushed.of(column)));
      }
    }
    return new Node.Join(left.node(), right, join.kind(), conjuncts, join.mark());
  }

  private Pushed pushAsofJoin(Domain domain, Node.AsofJoin join, BitSet outer) {
    Pushed left = push(domain, join.left(), outer);
    if (!Nodes.free(join.right()).intersects(outer)) {
      return left.over(join.withInputs(List.of(left.node(), join.right())));
    }
    Pushed right = push(domain, join.right(), outer);
    List<Integer> leftKeys = new ArrayList<>(join.leftKeys());
    List<Integer> rightKeys = new ArrayList<>(join.rightKeys());
    List<Boolean> nullsMatch = new ArrayList<>(join.nullsMatch());
    for (Field column : domain.columns) {
      leftKeys.add(left.of(column).id());
      rightKeys.add(right.of(column).id());
      nullsMatch.add(true);
    }
    return left.over(
        new Node.AsofJoin(
            left.node(),
            right.node(),
            join.outer(),
            leftKeys,
            rightKeys,
            nullsMatch,
            join.leftTime(),
            join.rightTime(),
            join.comparison()));
  }

  private Pushed pushAggregate(Domain domain, Node.Aggregate aggregate, BitSet outer) {
    Pushed input = push(domain, aggregate.input(), outer);
    boolean global = aggregate.keys().isEmpty() && aggregate.groupingSets().size() == 1;
    if (!global && aggregate.groupingSets().stream().anyMatch(List::isEmpty)) {
      throw PlannerErrors.unsupported(
          "CORRELATED_SUBQUERY", "GROUPING SETS in a correlated subquery", null);
    }
    if (!global) {
      List<Field> keys = new ArrayList<>(aggregate.keys());
      List<Field> keyFields = new ArrayList<>(aggregate.keyFields());
      List<List<Integer>> sets = new ArrayList<>();
      aggregate.groupingSets().forEach(s -> sets.add(new ArrayList<>(s)));
      for (Field column : input.columns()) {
        sets.forEach(s -> s.add(keys.size()));
        keys.add(column);
        keyFields.add(column);
      }
      return input.over(new Node.Aggregate(input.node(), keys, keyFields, sets, aggregate.calls()));
    }
    Counts counts = counts(aggregate.calls());
    Node grouped = Node.Aggregate.of(input.node(), input.columns(), counts.calls());
    Pushed all = domain.fresh();
    List<Expression> conjuncts = new ArrayList<>();
    for (Field column : domain.columns) {
      conjuncts.add(same(all.of(column), input.of(column)));
    }
    Node complete = new Node.Join(all.node(), grouped, JoinKind.LEFT, conjuncts, null);
    return all.over(Nodes.extend(complete, counts.corrections()));
  }

  /** The first rows of each domain row: by their numbers. */
  private Pushed pushSort(Domain domain, Node.Sort sort, BitSet outer) {
    Pushed input = push(domain, sort.input(), outer);
    if (!sort.isLimit()) {
      return input;
    }
    Field number = numbers.field("row_number", Type.BIGINT, false);
    WindowFrame frame =
        new WindowFrame(
            WindowFrame.Unit.ROWS,
            new WindowFrame.UnboundedPreceding(),
            new WindowFrame.CurrentRow(),
            WindowFrame.Exclusion.NO_OTHERS);
    Node numbered =
        new Node.Window(
            input.node(),
            input.columns().stream().map(Field::id).toList(),
            sort.keys(),
            List.of(
                new Node.Over(
                    number,
                    null,
                    WindowFunction.ROW_NUMBER,
                    List.of(),
                    false,
                    frame,
                    List.of(),
                    null)));
    List<Expression> conjuncts = new ArrayList<>();
    if (sort.offset() > 0) {
      conjuncts.add(compared(ScalarFunction.GREATER, number, sort.offset()));
    }
    if (sort.limit() >= 0) {
      conjuncts.add(compared(ScalarFunction.LESS_OR_EQUAL, number, sort.offset() + sort.limit()));
    }
    return input.over(new Node.Filter(numbered, conjuncts));
  }

  private static Expression compared(ScalarFunction function, Field field, long bound) {
    return Expressions.call(
        function, Type.BOOLEAN, field.reference(), new Literal(Type.BIGINT, bound));
  }

  private Pushed pushSetOperation(Domain domain, Node.SetOperation operation, BitSet outer) {
    List<Node> inputs = new ArrayList<>();
    List<List<Integer>> columns = new ArrayList<>();
    for (int i = 0; i < operation.inputs().size(); i++) {
      Pushed input = push(domain, operation.inputs().get(i), outer);
      inputs.add(input.node());
      List<Integer> ids = new ArrayList<>(operation.columns().get(i));
      domain.columns.forEach(c -> ids.add(input.of(c).id()));
      columns.add(ids);
    }
    List<Field> fields = new ArrayList<>(operation.fields());
    Map<Integer, Field> map = new LinkedHashMap<>();
    for (Field column : domain.columns) {
      Field field = numbers.copy(column);
      fields.add(field);
      map.put(column.id(), field);
    }
    return new Pushed(
        new Node.SetOperation(operation.kind(), operation.all(), inputs, columns, fields), map);
  }
}
