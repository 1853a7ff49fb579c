package dev.tidemill.planner.rewrite;

import dev.tidemill.foundation.type.Type;
import dev.tidemill.plan.batch.JoinKind;
import dev.tidemill.plan.expression.Call;
import dev.tidemill.plan.expression.ColumnReference;
import dev.tidemill.plan.expression.Expression;
import dev.tidemill.plan.function.ScalarFunction;
import dev.tidemill.planner.join.Estimate;
import dev.tidemill.planner.join.Estimator;
import dev.tidemill.planner.logical.Expressions;
import dev.tidemill.planner.logical.Field;
import dev.tidemill.planner.logical.FieldNumbers;
import dev.tidemill.planner.logical.Node;
import dev.tidemill.planner.logical.Nodes;
import java.util.ArrayList;
import java.util.BitSet;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import org.jspecify.annotations.Nullable;

/**
 * Aggregates rows before they are joined, where they have few keys there, and what comes of that
 * again behind the joins (eager aggregation: Yan and Larson, VLDB 1995):
 *
 * <pre>
 *   Aggregate by week: SUM(CASE WHEN day = 'Monday' THEN price END)
 *     Join sold = date                                        a row of each sale
 *
 *   Aggregate by week: SUM(CASE WHEN day = 'Monday' THEN s END)
 *     Join sold = date                                        a row of each date
 *       Aggregate by sold: SUM(price) AS s
 * </pre>
 *
 * <p>Rows of one group below have the same values in all that joins, filters and keys above ask of
 * them, so they come together or not at all, and as often as each other. The side of a join that
 * they are on must be one of which the join makes no rows up. After the joins have been ordered:
 * the place is chosen by what it is thought to save. For queries that run once only: a standing
 * query would keep the groups as well.
 */
public final class EagerAggregation {
  /** Nanoseconds a row, roughly: what is compared are shares of these. */
  private static final double PROBE = 12;

  private static final double GATHERED = 3;
  private static final double GATHERED_TEXT = 6;
  private static final double COMPUTED = 4;
  private static final double ADDED = 4;
  private static final double ONE_WORD = 10;
  private static final double TWO_WORDS = 20;
  private static final double BYTES = 60;
  private static final double TEXT = 40;

  /** Groups whose table is in the cache near a core, and those whose is in none. */
  private static final double FEW_GROUPS = 16_384;

  private static final double MANY_GROUPS = 262_144;

  /** Texts with so few values have codes, and each part of a table is taken to have all of them. */
  private static final double CODES = 4_096;

  /** What is done must be less than this share of what it saves. */
  private static final double GAIN = 0.75;

  private final Estimator estimator;
  private final FieldNumbers numbers;

  private EagerAggregation(Estimator estimator, FieldNumbers numbers) {
    this.estimator = estimator;
    this.numbers = numbers;
  }

  public static Node place(Node node, Estimator estimator, FieldNumbers numbers) {
    return new EagerAggregation(estimator, numbers).placed(node);
  }

  private Node placed(Node node) {
    Node changed = Nodes.mapInputs(node, this::placed);
    return changed instanceof Node.Aggregate aggregate ? aggregate(aggregate) : changed;
  }

  private Node aggregate(Node.Aggregate aggregate) {
    List<PartialCalls.Taken> taken = new ArrayList<>();
    for (Node.Call call : aggregate.calls()) {
      PartialCalls.Taken one = PartialCalls.taken(call, aggregate.input());
      if (one == null) {
        return aggregate;
      }
      taken.add(one);
    }
    Descent descent = new Descent(aggregate, taken);
    Place best = null;
    while (descent.down()) {
      Place place = descent.place();
      if (place != null && (best == null || place.saved() > best.saved())) {
        best = place;
      }
    }
    return best == null ? aggregate : best.node();
  }

  /** The aggregate with another below some joins, and what that is thought to save. */
  private record Place(Node node, double saved) {}

  /**
   * A node between the aggregate and the place that has been reached.
   *
   * @param input which of its inputs leads there
   * @param needed what is asked of it
   */
  private record Step(Node node, int input, BitSet needed) {}

  /** The way down from an aggregate, one join after the other. */
  private final class Descent {
    private final Node.Aggregate aggregate;
    private final List<Step> steps = new ArrayList<>();

    /** Keys that others decide. */
    private final BitSet decided = new BitSet();

    private Node node;
    private BitSet needed;
    private List<PartialCalls.Taken> taken;

    /** What the nodes on the way cost. */
    private double passed;

    Descent(Node.Aggregate aggregate, List<PartialCalls.Taken> taken) {
      this.aggregate = aggregate;
      this.taken = taken;
      node = aggregate.input();
      needed = Nodes.ids(aggregate.keys());
    }

    /** Goes on to the side of the next join whose rows are aggregated; false if there is none. */
    boolean down() {
      while (true) {
        switch (node) {
          case Node.Extend n
              when n.computed().stream().noneMatch(c -> Expressions.isVolatile(c.expression())) ->
              extend(n);
          case Node.Filter n when n.conjuncts().stream().noneMatch(Expressions::isVolatile) -> {
            step(n, 0, n.conjuncts());
            passed += estimator.rows(n.input()) * COMPUTED;
          }
          case Node.Join n when n.conjuncts().stream().noneMatch(Expressions::isVolatile) -> {
            int side = side(n);
            if (side >= 0) {
              join(n, side);
            }
            return side >= 0;
          }
          default -> {
            return false;
          }
        }
      }
    }

    private void extend(Node.Extend extend) {
      Map<Integer, Expression> meanings = new HashMap<>();
      List<Expression> asked = new ArrayList<>();
      BitSet computed = new BitSet();
      for (Node.Computed c : extend.computed()) {
        meanings.put(c.field().id(), c.expression());
        computed.set(c.field().id());
        if (needed.get(c.field().id())) {
          asked.add(c.expression());
        }
      }
      passed += estimator.rows(extend) * COMPUTED * asked.size();
      taken =
          taken.stream()
              .map(t -> t.with(e -> PartialCalls.opened(Expressions.substitute(e, meanings))))
              .toList();
      step(extend, 0, asked);
      needed.andNot(computed);
    }

    private void step(Node above, int input, List<Expression> asked) {
      steps.add(new Step(above, input, needed));
      needed = (BitSet) needed.clone();
      asked.forEach(e -> Expressions.addReferences(e, needed));
      node = above.inputs().get(input);
    }

    /** The side whose rows all calls can be told of, the larger one of two; or -1. */
    private int side(Node.Join join) {
      boolean left = join.kind() != JoinKind.FULL && isSide(join.left());
      boolean right = join.kind() == JoinKind.INNER && isSide(join.right());
      return left && right
          ? estimator.rows(join.left()) >= estimator.rows(join.right()) ? 0 : 1
          : left ? 0 : right ? 1 : -1;
    }

    private boolean isSide(Node side) {
      PartialCalls calls = new PartialCalls(numbers, Nodes.ids(side));
      return taken.stream().allMatch(calls::splits);
    }

    private void join(Node.Join join, int side) {
      Node other = join.inputs().get(1 - side);
      double rows = estimator.rows(join.inputs().get(side));
      double joined = estimator.rows(join);
      double gathered = 0;
      for (Field field : other.fields()) {
        if (needed.get(field.id())) {
          gathered += field.type() instanceof Type.Varchar ? GATHERED_TEXT : GATHERED;
        }
      }
      passed += rows * PROBE + joined * gathered;
      if (joined <= rows * 1.01) {
        decide(join, other);
      }
      step(join, side, join.conjuncts());
    }

    /** One row of the other side at most: its columns follow from what it is found by. */
    private void decide(Node.Join join, Node other) {
      BitSet keys = Nodes.ids(aggregate.keys());
      BitSet others = Nodes.ids(other);
      for (Expression conjunct : join.conjuncts()) {
        if (conjunct instanceof Call call
            && call.function() == ScalarFunction.EQUAL
            && call.arguments().get(0) instanceof ColumnReference a
            && call.arguments().get(1) instanceof ColumnReference b
            && (keys.get(a.index()) || keys.get(b.index()))) {
          others.clear(a.index());
          others.clear(b.index());
          decided.or(others);
          return;
        }
      }
    }

    /** With the side's rows aggregated, or null where that saves nothing. */
    @Nullable Place place() {
      BitSet side = Nodes.ids(node);
      PartialCalls calls = new PartialCalls(numbers, side);
      taken.forEach(calls::add);
      BitSet ids = (BitSet) needed.clone();
      ids.and(side);
      ids.or(calls.keys());
      List<Field> keys = node.fields().stream().filter(f -> ids.get(f.id())).toList();
      Estimate input = estimator.of(node);
      if (keys.isEmpty() || !keys.stream().allMatch(k -> isKnown(k, input))) {
        return null;
      }
      Node.Aggregate first = calls.first(node, keys);
      double rows = input.rows();
      double groups = groups(keys, input);
      double before = passed + last();
      double after =
          rows
                  * (grouping(keys, input, groups)
                      + calls.size() * ADDED
                      + calls.computed() * COMPUTED)
              + before * Math.min(1, groups / Math.max(1, rows));
      if (after > GAIN * before) {
        return null;
      }
      Node lower = first;
      for (Step step : steps.reversed()) {
        lower = over(step, lower);
      }
      return new Place(calls.last(aggregate, lower), before - after);
    }

    /** What the aggregate itself costs. */
    private double last() {
      Estimate input = estimator.of(aggregate.input());
      List<Field> keys = aggregate.keys().stream().filter(k -> !decided.get(k.id())).toList();
      double call = 0;
      for (PartialCalls.Taken one : taken) {
        boolean plain = one.arguments().stream().allMatch(a -> a instanceof ColumnReference);
        call += plain ? ADDED : ADDED + COMPUTED;
      }
      return input.rows() * (grouping(keys, input, estimator.rows(aggregate)) + call);
    }
  }

  private static Node over(Step step, Node lower) {
    if (step.node() instanceof Node.Extend extend) {
      List<Node.Computed> computed =
          extend.computed().stream().filter(c -> step.needed().get(c.field().id())).toList();
      return computed.isEmpty() ? lower : new Node.Extend(lower, computed);
    }
    List<Node> inputs = new ArrayList<>(step.node().inputs());
    inputs.set(step.input(), lower);
    return step.node().withInputs(inputs);
  }

  /**
   * Whether there are no more values than the estimate says, and equal ones are the same in every
   * respect.
   */
  private static boolean isKnown(Field field, Estimate input) {
    Estimate.Column column = input.columns().get(field.id());
    boolean bounded =
        column != null && (column.spread() != null || !Double.isNaN(column.max() - column.min()));
    return switch (field.type()) {
      case Type.Bool t -> true;
      case Type.Int t -> bounded;
      case Type.Date t -> bounded;
      default ->
          column != null && column.spread() != null && DependentKeys.isOneValue(field.type());
    };
  }

  /**
   * How many groups the rows fall into. Statistics of a file's parts do not tell how many values
   * they have in common: of many, the truth is between those of the part with the most and all of
   * the range.
   */
  private static double groups(List<Field> keys, Estimate input) {
    double product = 1;
    for (Field key : keys) {
      Estimate.Column column = input.columns().get(key.id());
      double distinct = input.distinct(key.id());
      double range = column == null ? Double.NaN : column.max() - column.min() + 1;
      product *=
          distinct <= CODES || Double.isNaN(range) || column != null && column.spread() != null
              ? distinct
              : Math.sqrt(distinct * Math.max(distinct, Math.min(range, input.rows())));
    }
    return Math.min(product, input.rows());
  }

  /** What finding the group of a row costs. */
  private static double grouping(List<Field> keys, Estimate input, double groups) {
    double bits = 0;
    int texts = 0;
    for (Field key : keys) {
      Estimate.Column column = input.columns().get(key.id());
      double distinct = input.distinct(key.id());
      if (key.type() instanceof Type.Varchar) {
        if (distinct <= CODES) {
          bits += log2(distinct);
        } else {
          texts++;
        }
      } else {
        double range = column == null ? Double.NaN : column.max() - column.min();
        bits += Double.isNaN(range) ? Estimate.width(key.type()) * 8 : log2(range + 1);
      }
    }
    double each =
        texts > 0
            ? BYTES + texts * TEXT
            : bits <= Long.SIZE ? ONE_WORD : bits <= 2 * Long.SIZE ? TWO_WORDS : BYTES;
    return keys.isEmpty()
        ? 0
        : groups <= FEW_GROUPS ? each : groups <= MANY_GROUPS ? each * 2 : each * 3;
  }

  private static double log2(double values) {
    return Math.log(Math.max(2, values)) / Math.log(2);
  }
}
