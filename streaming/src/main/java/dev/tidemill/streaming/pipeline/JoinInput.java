package dev.tidemill.streaming.pipeline;

import dev.tidemill.foundation.batch.Batch;
import dev.tidemill.foundation.batch.Column;
import dev.tidemill.foundation.type.Type;
import dev.tidemill.plan.batch.OutputColumn;
import dev.tidemill.plan.delta.DeltaJoinPlan;
import dev.tidemill.plan.delta.DeltaPlan;
import dev.tidemill.plan.delta.StaticPlan;
import dev.tidemill.streaming.rows.KeyedSide;
import java.util.ArrayList;
import java.util.List;

/**
 * One side of a join.
 *
 * @param number 0 for the left, 1 for the right
 * @param keys its key columns
 * @param nullsMatch by key whether NULL equals NULL
 * @param isTracked whether a row of it is in the result by whether it has matches
 * @param shape what is kept of it
 */
record JoinInput(
    int number,
    List<Integer> keys,
    List<Boolean> nullsMatch,
    boolean isTracked,
    KeyedSide.Shape shape) {
  static JoinInput of(DeltaJoinPlan plan, int number, JoinPresence presence) {
    DeltaPlan own = plan.inputs().get(number);
    boolean isAsked = !(plan.inputs().get(1 - number) instanceof StaticPlan) && !plan.asks(number);
    boolean hasCondition = plan.residual() != null;
    boolean isTracked = presence.tracks(number);
    List<Integer> keys = number == 0 ? plan.leftKeys() : plan.rightKeys();
    return new JoinInput(
        number,
        keys,
        plan.nullsMatch(),
        isTracked,
        new KeyedSide.Shape(
            own.columns().stream().map(OutputColumn::type).toList(),
            keys,
            /* keepsRows= */ isAsked && (plan.kind().givesRight() || hasCondition || isTracked),
            /* finds= */ own.changing(),
            /* counts= */ presence.tracks(1 - number) && !hasCondition,
            /* matches= */ isAsked && isTracked && hasCondition));
  }

  /** What the keys of both sides are compared as: of decimals the wider. */
  static List<Type> keyTypes(JoinInput left, JoinInput right) {
    List<Type> types = new ArrayList<>();
    for (int i = 0; i < left.keys.size(); i++) {
      Type a = left.shape.types().get(left.keys.get(i));
      Type b = right.shape.types().get(right.keys.get(i));
      types.add(
          a instanceof Type.Decimal x
                  && b instanceof Type.Decimal y
                  && y.precision() > x.precision()
              ? b
              : a);
    }
    return types;
  }

  /** Whether something of its rows is kept. */
  boolean isKept() {
    return shape.keepsRows() || shape.counts();
  }

  List<Column> keyColumns(Batch delta) {
    List<Column> columns = new ArrayList<>(keys.size());
    for (int key : keys) {
      columns.add(delta.column(key));
    }
    return columns;
  }

  /** Whether some row may have a NULL that matches nothing. */
  boolean mayMiss(Batch delta) {
    boolean may = false;
    for (int i = 0; i < keys.size(); i++) {
      may |= !nullsMatch.get(i) && delta.column(keys.get(i)).mayHaveNulls();
    }
    return may;
  }

  /** Whether a row has no NULL that matches nothing. */
  boolean canMatch(Batch delta, int row) {
    for (int i = 0; i < keys.size(); i++) {
      if (!nullsMatch.get(i) && delta.column(keys.get(i)).isNull(row)) {
        return false;
      }
    }
    return true;
  }
}
