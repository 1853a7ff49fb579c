package dev.tidemill.planner.rewrite;

import dev.tidemill.foundation.type.Type;
import dev.tidemill.plan.expression.Expression;
import dev.tidemill.planner.logical.Expressions;
import dev.tidemill.planner.logical.Field;
import dev.tidemill.planner.logical.Node;
import dev.tidemill.planner.logical.Nodes;
import java.util.ArrayList;
import java.util.BitSet;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import org.jspecify.annotations.Nullable;

/**
 * Leaves keys out of an aggregate that follow from its other keys, constants too, and computes them
 * of each group:
 *
 * <pre>
 *   Aggregate by x, y, z: COUNT(*)        Extend x - 1 AS y, 1 AS z
 *     Extend x - 1 AS y, 1 AS z      ─▶     Aggregate by x: COUNT(*)
 * </pre>
 *
 * <p>Only where equal values of the other keys cannot be told apart: zeros of floating point, which
 * are two, can. One key stays always, since an aggregate without has a row over nothing.
 */
public final class DependentKeys {
  private DependentKeys() {}

  public static Node leaveOut(Node node) {
    Node changed = Nodes.mapInputs(node, DependentKeys::leaveOut);
    return changed instanceof Node.Aggregate aggregate
            && aggregate.isSimple()
            && aggregate.keys().size() > 1
            && aggregate.keys().equals(aggregate.keyFields())
        ? leftOut(aggregate)
        : changed;
  }

  private static Node leftOut(Node.Aggregate aggregate) {
    if (!(aggregate.input() instanceof Node.Extend extend)) {
      return aggregate;
    }
    Map<Integer, Expression> computed = new HashMap<>();
    extend.computed().forEach(c -> computed.put(c.field().id(), c.expression()));
    BitSet given = new BitSet();
    for (Field key : aggregate.keys()) {
      if (!computed.containsKey(key.id()) && isOneValue(key.type())) {
        given.set(key.id());
      }
    }
    List<Field> kept = new ArrayList<>();
    List<Node.Computed> dependent = new ArrayList<>();
    for (Field key : aggregate.keys()) {
      Expression expression = dependent(key, computed, given);
      if (expression != null) {
        dependent.add(new Node.Computed(key, expression));
      } else {
        kept.add(key);
      }
    }
    if (kept.isEmpty()) {
      kept.add(dependent.remove(0).field());
    }
    return dependent.isEmpty()
        ? aggregate
        : new Node.Extend(Node.Aggregate.of(aggregate.input(), kept, aggregate.calls()), dependent);
  }

  /** What a key is of the keys that stay, or null where it is not of them alone. */
  private static @Nullable Expression dependent(
      Field key, Map<Integer, Expression> computed, BitSet given) {
    Expression expression = computed.get(key.id());
    return expression != null
            && !Expressions.isVolatile(expression)
            && Expressions.within(expression, given)
        ? expression
        : null;
  }

  /** Whether equal values of a type are the same in every respect. */
  static boolean isOneValue(Type type) {
    return switch (type) {
      case Type.Bool t -> true;
      case Type.Int t -> true;
      case Type.Decimal t -> true;
      case Type.Date t -> true;
      case Type.Time t -> true;
      case Type.Timestamp t -> true;
      case Type.ZonedTimestamp t -> true;
      case Type.Varchar t -> true;
      default -> false;
    };
  }
}
