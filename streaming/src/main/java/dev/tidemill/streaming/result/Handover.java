package dev.tidemill.streaming.result;

import dev.tidemill.foundation.batch.Batch;
import dev.tidemill.foundation.batch.Column;
import dev.tidemill.foundation.batch.FixedColumn;
import dev.tidemill.foundation.memory.Buffer;
import dev.tidemill.foundation.memory.Memory;
import dev.tidemill.foundation.memory.MemoryScope;
import dev.tidemill.foundation.type.Type;
import dev.tidemill.plan.batch.OutputColumn;
import dev.tidemill.plan.delta.StandingPlan;
import dev.tidemill.streaming.state.QueryState;
import java.util.ArrayList;
import java.util.List;

/**
 * What is different in a result that stands in the place of another, for those who read that: they
 * take it as the change of a step.
 *
 * <pre>
 *   result before   step 5   step 7 |
 *   this result                     | step 8: the difference   step 9   …
 *   a reader                 took 7 | takes 8 and 9
 * </pre>
 *
 * <p>State, until all readers have taken it: each row that is different with how often it came, or
 * went where that is negative.
 */
final class Handover {
  private static final String STATE = "$handover";

  private final ResultSteps steps;
  private final int columns;
  private final KeptRows rows;

  Handover(StandingPlan plan, ResultSteps steps, QueryState state) {
    this.steps = steps;
    this.columns = plan.columns().size();
    this.rows =
        new KeptRows(
            plan.columns().stream().map(OutputColumn::type).toList(), List.of(), state.memory());
    state.columns(STATE, rows);
  }

  ResultSteps steps() {
    return steps;
  }

  boolean isEmpty() {
    return rows.rowsHeld() == 0;
  }

  /** Adds rows of the result, or takes away rows of the one before; borrows them. */
  void add(Batch result, int sign, MemoryScope scope) {
    List<Column> visible = new ArrayList<>(columns);
    for (int i = 0; i < columns; i++) {
      visible.add(result.column(i).retain());
    }
    Buffer weights = scope.allocate(Math.max(1, result.length()) * 8L);
    for (int i = 0; i < result.length(); i++) {
      Memory.putLong(weights.address() + i * 8L, sign * result.weightAt(i));
    }
    try (Batch delta =
        new Batch(
            result.length(),
            visible,
            result.selection(),
            new FixedColumn(Type.BIGINT, result.length(), 8, weights, null))) {
      rows.apply(delta);
    }
  }

  /** Lends what is different, with weights. */
  void forEach(KeptRows.BatchConsumer consumer, MemoryScope scope) {
    rows.forEach(consumer, scope);
  }

  /** Nobody needs it any more. */
  void clear(MemoryScope scope) {
    List<Batch> all = new ArrayList<>();
    try {
      rows.forEach(batch -> all.add(batch.retain()), scope);
      all.forEach(batch -> add(batch, -1, scope));
    } finally {
      all.forEach(Batch::close);
    }
  }
}
