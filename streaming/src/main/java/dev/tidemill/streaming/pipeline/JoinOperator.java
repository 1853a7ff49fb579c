package dev.tidemill.streaming.pipeline;

import dev.tidemill.foundation.batch.Batch;
import dev.tidemill.foundation.row.EncodedRows;
import dev.tidemill.plan.batch.JoinKind;
import dev.tidemill.plan.delta.DeltaJoinPlan;
import dev.tidemill.plan.delta.StaticPlan;
import dev.tidemill.streaming.state.KeyedValueState;
import dev.tidemill.streaming.state.QueryState;
import java.util.ArrayList;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Set;
import org.jspecify.annotations.Nullable;

/**
 * A join that is linear in each side: an inner join, or one of any kind whose right side is static
 * and so there before the first left row. A batch of one side is joined with those rows of the
 * other that have its keys, then added to its own side, unless that will never be asked for again:
 *
 * <pre>
 *   d(A join B)  =  dA join B  +  A join dB  +  dA join dB        batch by batch, whatever the order
 * </pre>
 *
 * <p>State: the rows of each side by key; when keys end. Of the right side of a join that knows NOT
 * IN also one row, and one whose key is NULL, since that is all that matters of the rows with other
 * keys.
 */
final class JoinOperator extends DeltaOperator {
  private static final byte[] ANY = {0};
  private static final byte[] ANY_NULL = {1};

  private final DeltaJoinPlan plan;
  private final JoinBody body;
  private final JoinSide left;
  private final JoinSide right;
  private final KeyedValueState samples;
  private final @Nullable KeyEnds ends;

  JoinOperator(String name, DeltaJoinPlan plan, QueryState state, Output output) {
    super(name, output);
    this.plan = plan;
    this.body = new JoinBody(plan);
    this.left =
        new JoinSide(
            name + ".left", plan.left().columns(), plan.leftKeys(), plan.nullsMatch(), state);
    this.right =
        new JoinSide(
            name + ".right", plan.right().columns(), plan.rightKeys(), plan.nullsMatch(), state);
    this.samples = state.keyedValue(name + ".samples");
    this.ends =
        plan.bound() == null
            ? null
            : new KeyEnds(name + ".ends", left.keyTypes(), plan.bound(), state);
  }

  private boolean isNullAware() {
    return plan.kind() == JoinKind.NULL_AWARE_ANTI || plan.kind() == JoinKind.NULL_AWARE_LEFT_MARK;
  }

  @Override
  void push(int input, Batch delta, Step step) {
    if (input == 0) {
      EncodedRows keys = left.keys(delta);
      join(delta, keys, true, step);
      if (!(plan.right() instanceof StaticPlan)) {
        add(left, delta, keys, step);
      }
    } else {
      EncodedRows keys = right.keys(delta);
      if (plan.kind() == JoinKind.INNER) {
        join(delta, keys, false, step);
      }
      if (!(plan.left() instanceof StaticPlan)) {
        add(right, delta, keys, step);
      }
      if (isNullAware()) {
        sample(delta);
      }
    }
  }

  /** Joins a batch with the rows that the other side has for its keys. */
  private void join(Batch delta, EncodedRows keys, boolean isLeft, Step step) {
    JoinSide own = isLeft ? left : right;
    JoinSide other = isLeft ? right : left;
    Set<RowBytes> wanted = new LinkedHashSet<>();
    for (int i = 0; i < delta.rowCount(); i++) {
      if ((i == 0 || !keys.equal(i, keys, i - 1)) && own.canMatch(delta, delta.row(i))) {
        wanted.add(new RowBytes(keys.key(i)));
      }
    }
    List<Batch> matches = new ArrayList<>(other.rowsOf(wanted, step.memory()));
    try {
      if (isNullAware()) {
        matches.addAll(sampled(step));
      }
      if (matches.isEmpty() && plan.kind() == JoinKind.INNER) {
        return;
      }
      emitAll(
          isLeft
              ? body.join(List.of(delta), matches, step)
              : body.join(matches, List.of(delta), step),
          step);
    } finally {
      matches.forEach(Batch::close);
    }
  }

  private void add(JoinSide side, Batch delta, EncodedRows keys, Step step) {
    EncodedRows rows = new EncodedRows();
    side.format().encode(delta, rows);
    Set<RowBytes> came = new LinkedHashSet<>();
    for (int i = 0; i < delta.rowCount(); i++) {
      int row = delta.row(i);
      if (side.canMatch(delta, row)) {
        byte[] key = keys.key(i);
        if (ends != null && !left.has(key) && !right.has(key)) {
          came.add(new RowBytes(key));
        }
        side.add(key, rows.key(i), delta.weightAt(row));
      }
    }
    if (ends != null) {
      ends.set(came.stream().map(key -> key.value).toList(), step.memory());
    }
  }

  /** Keeps a row, and one whose key is NULL. */
  private void sample(Batch delta) {
    EncodedRows rows = new EncodedRows();
    right.format().encode(delta, rows);
    for (int i = 0; i < delta.rowCount(); i++) {
      byte[] place = right.canMatch(delta, delta.row(i)) ? ANY : ANY_NULL;
      if (samples.get(place) == null) {
        samples.put(place, rows.key(i));
      }
    }
  }

  private List<Batch> sampled(Step step) {
    try (RowFormat.Collector collector = right.format().deltas(step.memory(), 2)) {
      samples.forEach((place, row) -> collector.add(row, 1));
      return collector.batches();
    }
  }

  @Override
  void finish(Step step) {
    if (ends != null) {
      for (byte[] key : ends.takeEnded(step.watermarkMicros())) {
        left.remove(key);
        right.remove(key);
      }
    }
  }
}
