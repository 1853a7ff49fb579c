package dev.tidemill.exec.join;

import dev.tidemill.exec.expression.EvaluationContext;
import dev.tidemill.exec.pipeline.BatchSink;
import dev.tidemill.exec.pipeline.Worker;
import dev.tidemill.foundation.batch.Batch;
import dev.tidemill.foundation.batch.Bits;
import dev.tidemill.foundation.batch.BooleanColumn;
import dev.tidemill.foundation.batch.Column;
import dev.tidemill.foundation.batch.Columns;
import dev.tidemill.foundation.batch.Selection;
import dev.tidemill.foundation.memory.Buffer;
import dev.tidemill.foundation.memory.MemoryScope;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.function.IntConsumer;
import org.jspecify.annotations.Nullable;

/**
 * Makes a join's result of the pairs of rows that are found for it, batch of the left side by
 * batch:
 *
 * <pre>
 *   begin(batch)  (pair(left, right) | match(left))*  end()
 * </pre>
 *
 * Pairs are collected, put side by side as columns, and checked against the condition, {@link
 * Batch#MAX_ROWS} at a time. Where only the existence of a match counts, no pair is kept longer
 * than that. One worker's.
 */
final class JoinOutput {
  private final JoinShape shape;
  private final Batch right;
  private final IntConsumer rightMatched;
  private final Worker worker;
  private final EvaluationContext evaluation;
  private final MemoryScope memory;
  private final BatchSink next;

  private final int[] leftRows = new int[Batch.MAX_ROWS];
  private final int[] rightRows = new int[Batch.MAX_ROWS];
  private int count;
  private boolean[] matched = new boolean[Batch.MAX_ROWS];
  private @Nullable Batch left;

  /**
   * Borrows {@code right}, all rows of the right side.
   *
   * @param rightMatched is told of every right row in a pair of the result
   */
  JoinOutput(
      JoinShape shape,
      Batch right,
      IntConsumer rightMatched,
      Worker worker,
      EvaluationContext evaluation,
      BatchSink next) {
    this.shape = shape;
    this.right = right;
    this.rightMatched = rightMatched;
    this.worker = worker;
    this.evaluation = evaluation;
    this.memory = evaluation.memory();
    this.next = next;
  }

  /** Pairs from now on are of {@code batch}, which is borrowed until {@link #end()}. */
  void begin(Batch batch) {
    left = batch;
    count = 0;
    if (matched.length < batch.length()) {
      matched = new boolean[batch.length()];
    } else {
      Arrays.fill(matched, 0, batch.length(), false);
    }
  }

  /** A left row has a match; for kinds where the pair does not matter, and without a condition. */
  void match(int leftRow) {
    matched[leftRow] = true;
  }

  /** Rows of the batch have matches from before. */
  void addEarlier(EarlierMatches earlier) {
    earlier.load(matched, left().length());
  }

  /** Ends the batch for now: more tables follow, and what is known of its rows is kept. */
  boolean pause(EarlierMatches earlier) {
    boolean more = flush();
    earlier.store(matched, left().length());
    left = null;
    return more;
  }

  boolean isMatched(int leftRow) {
    return matched[leftRow];
  }

  /** Adds a pair; says whether more are needed. */
  boolean pair(int leftRow, int rightRow) {
    leftRows[count] = leftRow;
    rightRows[count++] = rightRow;
    return count < leftRows.length || flush();
  }

  /** Adds the pairs of a left row with some right rows; says whether more are needed. */
  boolean pairs(int leftRow, int[] rights, int from, int to) {
    if (to - from == 1) {
      return pair(leftRow, rights[from]);
    }
    for (int next = from; next < to; ) {
      int some = Math.min(to - next, leftRows.length - count);
      Arrays.fill(leftRows, count, count + some, leftRow);
      System.arraycopy(rights, next, rightRows, count, some);
      count += some;
      next += some;
      if (count == leftRows.length) {
        if (!flush()) {
          return false;
        }
        if (matched[leftRow] && !shape.givesPairs()) {
          return true;
        }
      }
    }
    return true;
  }

  private Batch left() {
    if (left == null) {
      throw new IllegalStateException("a pair without a batch");
    }
    return left;
  }

  private boolean flush() {
    int pairs = count;
    count = 0;
    if (pairs == 0) {
      return true;
    }
    worker.check();
    if (shape.condition() == null && !shape.givesPairs()) {
      for (int i = 0; i < pairs; i++) {
        matched[leftRows[i]] = true;
      }
      return true;
    }
    try (Batch joined = joined(pairs)) {
      if (shape.condition() == null) {
        for (int i = 0; i < pairs; i++) {
          note(i);
        }
        return next.push(joined);
      }
      Selection passed = shape.condition().filter(joined, evaluation);
      int passing = passed == null ? pairs : passed.count();
      for (int i = 0; i < passing; i++) {
        note(passed == null ? i : passed.row(i));
      }
      if (!shape.givesPairs() || passing == 0) {
        return true;
      }
      try (Batch selected = joined.select(passed)) {
        return next.push(selected);
      }
    }
  }

  private void note(int pair) {
    matched[leftRows[pair]] = true;
    if (shape.keepsRight()) {
      rightMatched.accept(rightRows[pair]);
    }
  }

  /** The pairs' columns side by side; a right row -1 is all NULL. */
  private Batch joined(int pairs) {
    List<Column> columns = new ArrayList<>();
    try {
      for (int i = 0; i < left().columnCount(); i++) {
        columns.add(Columns.take(left().column(i), leftRows, 0, pairs, memory));
      }
      for (int i = 0; i < right.columnCount(); i++) {
        columns.add(Columns.take(right.column(i), rightRows, 0, pairs, memory));
      }
      return new Batch(pairs, columns);
    } catch (Throwable t) {
      columns.forEach(Column::close);
      throw t;
    }
  }

  /** As {@link #end()}, at the last of several tables. */
  boolean end(EarlierMatches earlier) {
    int rows = left().length();
    boolean more = end();
    earlier.store(matched, rows);
    return more;
  }

  /** Ends the batch: what its kind makes of the rows with and without a match. */
  boolean end() {
    boolean more =
        flush()
            && switch (shape.kind()) {
              case INNER, RIGHT -> true;
              case LEFT, FULL -> pushUnmatched();
              case SEMI -> pushSelected(true);
              case ANTI, NULL_AWARE_ANTI -> pushSelected(false);
              case LEFT_MARK, NULL_AWARE_LEFT_MARK -> pushMarked(new boolean[0]);
            };
    left = null;
    return more;
  }

  /**
   * As {@link #end()} of a mark join, where the mark of a row without a match is NULL if {@code
   * unknown[row]}.
   */
  boolean endMarked(boolean[] unknown, @Nullable EarlierMatches earlier) {
    boolean more = flush() && pushMarked(unknown);
    if (earlier != null) {
      earlier.store(matched, left().length());
    }
    left = null;
    return more;
  }

  private boolean pushUnmatched() {
    int[] rows = Worker.rows(left());
    int selected = left().rowCount();
    for (int i = 0; i < selected; i++) {
      if (!matched[rows[i]]) {
        leftRows[count] = rows[i];
        rightRows[count++] = -1;
        if (count == leftRows.length && !flushUnmatched()) {
          return false;
        }
      }
    }
    return flushUnmatched();
  }

  private boolean flushUnmatched() {
    int pairs = count;
    count = 0;
    if (pairs == 0) {
      return true;
    }
    try (Batch joined = joined(pairs)) {
      return next.push(joined);
    }
  }

  /** Pushes the left rows with, or those without, a match. */
  private boolean pushSelected(boolean withMatch) {
    int[] rows = Worker.rows(left());
    int selected = left().rowCount();
    int[] kept = new int[selected];
    int keptCount = 0;
    for (int i = 0; i < selected; i++) {
      kept[keptCount] = rows[i];
      keptCount += matched[rows[i]] == withMatch ? 1 : 0;
    }
    return push(new Selection(kept, keptCount));
  }

  private boolean push(Selection rows) {
    try (Batch selected = left().select(rows)) {
      return next.push(selected);
    }
  }

  private boolean pushMarked(boolean[] unknown) {
    int length = left().length();
    List<Column> columns = new ArrayList<>();
    for (int i = 0; i < left().columnCount(); i++) {
      columns.add(left().column(i).retain());
    }
    try {
      Buffer marks = memory.allocateZeroed(Math.max(8, Bits.bytes(length)));
      Buffer validity = null;
      if (unknown.length > 0) {
        try {
          validity = memory.allocateZeroed(Math.max(8, Bits.bytes(length)));
        } catch (Throwable t) {
          marks.close();
          throw t;
        }
      }
      for (int row = 0; row < length; row++) {
        if (matched[row]) {
          Bits.set(marks.address(), row);
        }
        if (validity != null && (matched[row] || !unknown[row])) {
          Bits.set(validity.address(), row);
        }
      }
      columns.add(new BooleanColumn(length, marks, validity));
    } catch (Throwable t) {
      columns.forEach(Column::close);
      throw t;
    }
    try (Batch marked = left().withColumns(columns)) {
      return next.push(marked);
    }
  }
}
