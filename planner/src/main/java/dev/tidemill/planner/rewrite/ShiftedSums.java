package dev.tidemill.planner.rewrite;

import dev.tidemill.foundation.type.Type;
import dev.tidemill.plan.expression.Call;
import dev.tidemill.plan.expression.Cast;
import dev.tidemill.plan.expression.ColumnReference;
import dev.tidemill.plan.expression.Expression;
import dev.tidemill.plan.expression.Literal;
import dev.tidemill.plan.function.AggregateFunction;
import dev.tidemill.plan.function.ScalarFunction;
import dev.tidemill.planner.logical.Casts;
import dev.tidemill.planner.logical.Field;
import dev.tidemill.planner.logical.FieldNumbers;
import dev.tidemill.planner.logical.Node;
import dev.tidemill.planner.logical.Nodes;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import org.jspecify.annotations.Nullable;

/**
 * Sums of a column and constants, from the column's sum and its count:
 *
 * <pre>
 *   Aggregate SUM(x), SUM(x + 1), SUM(x + 2)        Extend s, s + 1 * n, s + 2 * n
 *     Extend x + 1, x + 2                     ─▶      Aggregate SUM(x) AS s, COUNT(x) AS n
 * </pre>
 *
 * <p>Only where {@code x + 1} is computed in a wider type than {@code x} and no value of {@code x}
 * makes it overflow, as that is an error that must stay one; so {@code x} is an integer of at most
 * 32 bits, of which the sum is a BIGINT. A sum, and a constant of 32 bits times the count, come to
 * an end of BIGINT after 2^32 rows at the earliest. Without values all of them are NULL, as the sum
 * is.
 */
public final class ShiftedSums {
  /** Of columns and constants. */
  private static final int MOST_BITS = 32;

  private final FieldNumbers numbers;

  private ShiftedSums(FieldNumbers numbers) {
    this.numbers = numbers;
  }

  public static Node rewrite(Node node, FieldNumbers numbers) {
    return new ShiftedSums(numbers).rewritten(node);
  }

  private Node rewritten(Node node) {
    Node changed = Nodes.mapInputs(node, this::rewritten);
    return changed instanceof Node.Aggregate aggregate ? aggregate(aggregate) : changed;
  }

  /**
   * What is summed, and of which rows.
   *
   * @param field the column
   * @param filter of the call
   */
  private record Base(Field field, @Nullable Integer filter) {}

  /** A call that sums {@code base} and a constant in each row. */
  private record Shifted(Node.Call call, Base base, long constant) {}

  private Node aggregate(Node.Aggregate aggregate) {
    Map<Integer, Expression> computed = new HashMap<>();
    if (aggregate.input() instanceof Node.Extend extend) {
      extend.computed().forEach(c -> computed.put(c.field().id(), c.expression()));
    }
    Map<Base, List<Shifted>> calls = new LinkedHashMap<>();
    for (Node.Call call : aggregate.calls()) {
      Shifted one = shifted(call, aggregate.input(), computed);
      if (one != null) {
        calls.computeIfAbsent(one.base(), b -> new ArrayList<>()).add(one);
      }
    }
    calls.values().removeIf(sums -> sums.size() < 2);
    if (calls.isEmpty()) {
      return aggregate;
    }
    List<Node.Call> kept = new ArrayList<>(aggregate.calls());
    List<Node.Computed> sums = new ArrayList<>();
    calls.forEach(
        (base, ofBase) -> {
          Node.Call first = ofBase.get(0).call();
          Node.Call sum = call(AggregateFunction.SUM, base, first.field().nullable(), first);
          Node.Call count = call(AggregateFunction.COUNT, base, false, first);
          for (Shifted one : ofBase) {
            kept.remove(one.call());
            sums.add(
                new Node.Computed(
                    one.call().field(), total(sum, count, one.constant(), one.call())));
          }
          kept.add(sum);
          kept.add(count);
        });
    Node.Aggregate fewer =
        new Node.Aggregate(
            aggregate.input(),
            aggregate.keys(),
            aggregate.keyFields(),
            aggregate.groupingSets(),
            kept);
    return new Node.Extend(fewer, sums);
  }

  private Node.Call call(
      AggregateFunction function, Base base, boolean nullable, Node.Call original) {
    Field field = base.field();
    return new Node.Call(
        numbers.field(function + "(" + field.name() + ")", Type.BIGINT, nullable),
        function,
        function == AggregateFunction.COUNT && !field.nullable() ? List.of() : List.of(field.id()),
        false,
        base.filter(),
        original.position());
  }

  private static Expression total(Node.Call sum, Node.Call count, long constant, Node.Call call) {
    Expression total = sum.field().reference();
    if (constant == 0) {
      return total;
    }
    Expression more =
        new Call(
            ScalarFunction.MULTIPLY,
            List.of(count.field().reference(), new Literal(Type.BIGINT, constant)),
            Type.BIGINT,
            call.position());
    return new Call(ScalarFunction.ADD, List.of(total, more), Type.BIGINT, call.position());
  }

  private static @Nullable Shifted shifted(
      Node.Call call, Node input, Map<Integer, Expression> computed) {
    if (call.function() != AggregateFunction.SUM
        || call.distinct()
        || !call.field().type().equals(Type.BIGINT)) {
      return null;
    }
    Integer argument = call.arguments().get(0);
    Expression expression = computed.get(argument);
    if (expression == null) {
      Field field = Node.field(input.fields(), argument);
      return isNarrow(field.type()) ? new Shifted(call, new Base(field, call.filter()), 0) : null;
    }
    Expression value = expression;
    long constant = 0;
    if (expression instanceof Call sum && constant(sum) instanceof Long found) {
      value = sum.arguments().get(sum.arguments().get(0) instanceof Literal ? 1 : 0);
      constant = found;
    }
    if (value instanceof Cast cast && isWidened(cast)) {
      value = cast.operand();
    }
    if (!(value instanceof ColumnReference column)
        || computed.containsKey(column.index())
        || !fits(column.type(), constant, expression.type())) {
      return null;
    }
    Field field = Node.field(input.fields(), column.index());
    return new Shifted(call, new Base(field, call.filter()), constant);
  }

  /** What is added to the other operand, or null where it is not a constant that is added. */
  private static @Nullable Long constant(Call call) {
    boolean adds = call.function() == ScalarFunction.ADD;
    if (!adds && call.function() != ScalarFunction.SUBTRACT) {
      return null;
    }
    Expression left = call.arguments().get(0);
    Expression right = call.arguments().get(1);
    Expression constant = adds && left instanceof Literal ? left : right;
    if (constant instanceof Literal literal
        && Casts.fold(literal, Type.BIGINT) instanceof Literal folded
        && folded.value() instanceof Long value
        && value == value.intValue()) {
      return adds ? value : -value;
    }
    return null;
  }

  private static boolean isNarrow(Type type) {
    return type instanceof Type.Int integer && integer.bits() <= MOST_BITS;
  }

  private static boolean isWidened(Cast cast) {
    return cast.operand().type() instanceof Type.Int from
        && cast.type() instanceof Type.Int to
        && to.bits() >= from.bits();
  }

  /** Whether every value of a type and a constant fit the type of their sum. */
  private static boolean fits(Type type, long constant, Type sum) {
    if (!isNarrow(type) || !(type instanceof Type.Int from) || !(sum instanceof Type.Int to)) {
      return false;
    }
    long greatest = (1L << from.bits() - 1) - 1;
    long most = to.bits() == Long.SIZE ? Long.MAX_VALUE : (1L << to.bits() - 1) - 1;
    return greatest + constant <= most && -greatest - 1 + constant >= -most - 1;
  }
}
