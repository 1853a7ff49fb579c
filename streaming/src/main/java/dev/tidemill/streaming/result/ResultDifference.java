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
 * What is different between two results, in the state of a query: each row with how often it came,
 * or went where that is negative.
 */
final class ResultDifference {
  private final int columns;
  private final KeptRows rows;

  /**
   * @param plan of a query whose result has the rows' columns
   * @param name of the state
   */
  ResultDifference(StandingPlan plan, String name, QueryState state) {
    this.columns = plan.columns().size();
    this.rows =
        new KeptRows(
            plan.columns().stream().map(OutputColumn::type).toList(), List.of(), state.memory());
    state.columns(name, rows);
  }

  boolean isEmpty() {
    return rows.rowsHeld() == 0;
  }

  /** Adds rows of a result, or takes them away; borrows them. */
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

  /** All of it with weights; the caller's to close. */
  List<Batch> read(MemoryScope scope) {
    List<Batch> all = new ArrayList<>();
    try {
      rows.forEach(batch -> all.add(batch.retain()), scope);
      return all;
    } catch (Throwable t) {
      all.forEach(Batch::close);
      throw t;
    }
  }

  /** Nobody needs it any more. */
  void clear(MemoryScope scope) {
    List<Batch> all = read(scope);
    try {
      all.forEach(batch -> add(batch, -1, scope));
    } finally {
      all.forEach(Batch::close);
    }
  }
}
