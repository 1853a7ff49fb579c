package dev.tidemill.exec.join;

import dev.tidemill.exec.error.ExecErrors;
import dev.tidemill.exec.expression.EvaluationContext;
import dev.tidemill.exec.expression.Predicate;
import dev.tidemill.exec.key.GroupTable;
import dev.tidemill.exec.pipeline.BatchSink;
import dev.tidemill.exec.pipeline.Worker;
import dev.tidemill.foundation.batch.Batch;
import dev.tidemill.foundation.batch.Column;
import dev.tidemill.foundation.batch.Columns;
import dev.tidemill.foundation.batch.Selection;
import java.util.ArrayList;
import java.util.List;
import org.jspecify.annotations.Nullable;

/**
 * Right rows that probe a table of left ones and mark those that they match; no row goes on from
 * here. Rows that are marked already are not looked at again. One worker's; borrows the table, owns
 * {@code next}.
 */
final class MarkingProbe implements BatchSink {
  private final JoinKeys keys;
  private final JoinTable table;
  private final @Nullable Predicate condition;
  private final Worker worker;
  private final EvaluationContext evaluation;
  private final BatchSink next;
  private final GroupTable.Lookup lookup = new GroupTable.Lookup();
  private final int[] firsts = new int[Batch.MAX_ROWS];
  private final int[] leftRows = new int[Batch.MAX_ROWS];
  private final int[] rightRows = new int[Batch.MAX_ROWS];
  private int pairs;

  /**
   * @param keys of the right side
   * @param condition over left and right columns, or null
   */
  MarkingProbe(
      JoinKeys keys,
      JoinTable table,
      @Nullable Predicate condition,
      Worker worker,
      EvaluationContext evaluation,
      BatchSink next) {
    this.keys = keys;
    this.table = table;
    this.condition = condition;
    this.worker = worker;
    this.evaluation = evaluation;
    this.next = next;
  }

  @Override
  public boolean push(Batch batch) {
    if (batch.weights() != null) {
      throw ExecErrors.weightedInput("HashJoin");
    }
    if (table.isEmpty()) {
      return false;
    }
    int[] rows = Worker.rows(batch);
    int count = batch.rowCount();
    table.find(keys, batch, rows, count, firsts, lookup);
    if (condition == null) {
      for (int i = 0; i < count; i++) {
        if (firsts[i] >= 0 && !table.isMatched(firsts[i])) {
          markAll(firsts[i]);
        }
      }
    } else {
      for (int i = 0; i < count; i++) {
        for (int row = firsts[i]; row >= 0; row = table.next(row)) {
          if (!table.isMatched(row)) {
            pair(condition, batch, row, rows[i]);
          }
        }
      }
      flush(condition, batch);
    }
    return true;
  }

  /** All rows of a key match; the first is marked last, since it stands for all of them. */
  private void markAll(int first) {
    for (int row = table.next(first); row >= 0; row = table.next(row)) {
      table.setMatched(row);
    }
    table.setMatched(first);
  }

  private void pair(Predicate test, Batch batch, int leftRow, int rightRow) {
    leftRows[pairs] = leftRow;
    rightRows[pairs++] = rightRow;
    if (pairs == leftRows.length) {
      flush(test, batch);
    }
  }

  private void flush(Predicate test, Batch batch) {
    int count = pairs;
    pairs = 0;
    if (count == 0) {
      return;
    }
    worker.check();
    try (Batch joined = joined(batch, count)) {
      Selection passed = test.filter(joined, evaluation);
      int passing = passed == null ? count : passed.count();
      for (int i = 0; i < passing; i++) {
        table.setMatched(leftRows[passed == null ? i : passed.row(i)]);
      }
    }
  }

  private Batch joined(Batch batch, int count) {
    List<Column> columns = new ArrayList<>();
    try {
      for (int i = 0; i < table.rows().columnCount(); i++) {
        columns.add(Columns.take(table.rows().column(i), leftRows, 0, count, evaluation.memory()));
      }
      for (int i = 0; i < batch.columnCount(); i++) {
        columns.add(Columns.take(batch.column(i), rightRows, 0, count, evaluation.memory()));
      }
      return new Batch(count, columns);
    } catch (Throwable t) {
      columns.forEach(Column::close);
      throw t;
    }
  }

  @Override
  public void finish() {
    next.finish();
  }

  @Override
  public void close() {
    next.close();
  }
}
