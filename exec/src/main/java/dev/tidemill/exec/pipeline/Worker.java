package dev.tidemill.exec.pipeline;

import dev.tidemill.foundation.batch.Batch;
import dev.tidemill.foundation.batch.Selection;

/**
 * One thread's part in one pipeline of a run. It knows whose work it is doing, so that time is
 * charged to the right operator, and whether the run has been cancelled.
 */
public final class Worker {
  private static final int[] ALL_ROWS = new int[Batch.MAX_ROWS];

  static {
    for (int i = 0; i < ALL_ROWS.length; i++) {
      ALL_ROWS[i] = i;
    }
  }

  private final Run run;
  private OperatorCounters current;
  private long since = System.nanoTime();

  Worker(Run run, OperatorCounters first) {
    this.run = run;
    this.current = first;
  }

  public Run run() {
    return run;
  }

  /**
   * Throws if the run has been cancelled or another worker has failed. To be called at least once
   * per batch.
   */
  public void check() {
    run.check();
  }

  /** The numbers 0, 1, 2 … of {@link Batch#MAX_ROWS} rows; not to be written. */
  public static int[] allRows(int count) {
    if (count <= ALL_ROWS.length) {
      return ALL_ROWS;
    }
    int[] rows = new int[count];
    for (int i = 0; i < count; i++) {
      rows[i] = i;
    }
    return rows;
  }

  /**
   * The numbers of the rows that count, the first {@code batch.rowCount()} of the array; not to be
   * written.
   */
  public static int[] rows(Batch batch) {
    Selection selection = batch.selection();
    return selection == null ? allRows(batch.length()) : selection.rows();
  }

  /** Time from now on is {@code operator}'s; says whose it was. */
  OperatorCounters charge(OperatorCounters operator) {
    long now = System.nanoTime();
    OperatorCounters before = current;
    before.nanos.add(now - since);
    since = now;
    current = operator;
    return before;
  }

  /** Time that was spent waiting is nobody's. */
  void forgetWaiting() {
    since = System.nanoTime();
  }
}
