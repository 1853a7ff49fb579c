package dev.tidemill.exec.window;

import dev.tidemill.foundation.batch.Batch;
import dev.tidemill.foundation.batch.Column;
import dev.tidemill.foundation.memory.MemoryScope;
import dev.tidemill.foundation.type.Type;
import dev.tidemill.plan.batch.WindowPlan;
import dev.tidemill.plan.batch.WindowReach;
import dev.tidemill.plan.expression.Literal;
import java.util.ArrayList;
import java.util.List;

/**
 * Computes a window for some rows of its partitions only, see {@link WindowParts}. What it gives is
 * what {@link WindowOperator} gives for these rows over whole partitions, to the last bit whichever
 * parts they are computed in, if {@link WindowReach} says so of the window.
 */
public final class PartialWindow {
  private final WindowPlan plan;
  private final List<Boolean> inOrder;

  public PartialWindow(WindowPlan plan) {
    this.plan = plan;
    this.inOrder = plan.calls().stream().map(call -> WindowReach.isRounded(plan, call)).toList();
  }

  /**
   * The results of the calls of all rows, a column each; the caller's to close.
   *
   * @param table the rows as {@link WindowParts#numbers} has them; taken over
   * @param states what parts begin with; copies of them are added
   * @param check throws when the work is to end
   */
  public List<Column> compute(
      Batch table, WindowParts parts, RunningStates states, Runnable check, MemoryScope memory) {
    List<Column> columns = new ArrayList<>();
    try (WindowRows rows = WindowRows.of(table, parts, check, memory)) {
      states.begin(parts);
      for (int i = 0; i < plan.calls().size(); i++) {
        columns.add(
            CallColumns.of(plan, plan.calls().get(i), rows, inOrder.get(i), states.places(i)));
      }
      return columns;
    } catch (Throwable t) {
      columns.forEach(Column::close);
      throw t;
    }
  }

  /**
   * A word as far away from that of a row, or a little further: of rows of a key that ascends,
   * words as in {@link RangeKeys}.
   *
   * @param type of the order key
   * @param upwards whether greater words are sought
   */
  public static long away(
      Type type, boolean descending, long word, Literal distance, boolean upwards) {
    return RangeKeys.away(type, descending, word, distance, upwards);
  }
}
