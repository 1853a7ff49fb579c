package dev.tidemill.streaming;

import java.time.Instant;
import java.time.temporal.ChronoUnit;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;

/**
 * The last steps that a query has taken in this process. Any thread.
 *
 * <p>As numbers in one array, the oldest overwritten: objects that live for a thousand steps and
 * die would fill the old generation of the heap, and have to be collected there.
 */
final class StepHistory {
  /** So many are remembered. */
  private static final int MOST = 1000;

  private static final int LEAST_CAPACITY = 16;

  /** Places of a step's numbers; behind them the time of each operator. */
  private static final int STEP = 0;

  private static final int TIME_MICROS = 1;
  private static final int ROWS_IN = 2;
  private static final int ROWS_OUT = 3;
  private static final int LATE_ROWS = 4;
  private static final int REJECTED_ROWS = 5;
  private static final int WATERMARK_MICROS = 6;
  private static final int MILLIS = 7;
  private static final int STATE_BYTES = 8;
  private static final int SNAPSHOT_STEP = 9;
  private static final int OPERATORS = 10;

  /** The time of an operator that a step did not have. */
  private static final long NONE = -1;

  private final List<String> operators = new ArrayList<>();
  private long[] numbers = new long[LEAST_CAPACITY * OPERATORS];
  private int capacity = LEAST_CAPACITY;
  private int oldest;
  private int count;

  /**
   * A step that was taken.
   *
   * @param watermarkMicros after the step, as in {@code StepOutput}
   * @param operatorNanos CPU time per operator
   * @param snapshotStep the step of the newest snapshot then, or -1
   */
  record Past(
      long step,
      Instant time,
      long rowsIn,
      long rowsOut,
      long lateRows,
      long rejectedRows,
      long watermarkMicros,
      double millis,
      Map<String, Long> operatorNanos,
      long stateBytes,
      long snapshotStep) {}

  synchronized void add(StepProgress progress, long snapshotStep) {
    List<String> all = new ArrayList<>(operators);
    for (String operator : progress.operatorNanos().keySet()) {
      if (!all.contains(operator)) {
        all.add(operator);
      }
    }
    if (all.size() > operators.size()) {
      arrange(capacity, all);
    }
    if (count == capacity && capacity < MOST) {
      arrange(Math.min(MOST, 2 * capacity), all);
    }
    if (count == capacity) {
      oldest = (oldest + 1) % capacity;
      count--;
    }
    int at = place(count++);
    numbers[at + STEP] = progress.step();
    numbers[at + TIME_MICROS] = ChronoUnit.MICROS.between(Instant.EPOCH, progress.time());
    numbers[at + ROWS_IN] = progress.rowsIn();
    numbers[at + ROWS_OUT] = progress.rowsOut();
    numbers[at + LATE_ROWS] = progress.lateRows();
    numbers[at + REJECTED_ROWS] = progress.rejectedRows();
    numbers[at + WATERMARK_MICROS] = progress.watermarkMicros();
    numbers[at + MILLIS] = Double.doubleToRawLongBits(progress.millis());
    numbers[at + STATE_BYTES] = progress.stateBytes();
    numbers[at + SNAPSHOT_STEP] = snapshotStep;
    for (int i = 0; i < operators.size(); i++) {
      Long nanos = progress.operatorNanos().get(operators.get(i));
      numbers[at + OPERATORS + i] = nanos == null ? NONE : nanos;
    }
  }

  private int width() {
    return OPERATORS + operators.size();
  }

  /** Where the numbers of a step begin, the oldest being 0. */
  private int place(int index) {
    return (oldest + index) % capacity * width();
  }

  /** Makes room for so many steps of these operators, of which the first are those there are. */
  private void arrange(int newCapacity, List<String> all) {
    int newWidth = OPERATORS + all.size();
    long[] arranged = new long[newCapacity * newWidth];
    Arrays.fill(arranged, NONE);
    for (int i = 0; i < count; i++) {
      System.arraycopy(numbers, place(i), arranged, i * newWidth, width());
    }
    operators.addAll(all.subList(operators.size(), all.size()));
    numbers = arranged;
    capacity = newCapacity;
    oldest = 0;
  }

  /** The oldest first. */
  synchronized List<Past> all() {
    List<Past> steps = new ArrayList<>(count);
    for (int i = 0; i < count; i++) {
      int at = place(i);
      Map<String, Long> nanos = new LinkedHashMap<>();
      for (int operator = 0; operator < operators.size(); operator++) {
        if (numbers[at + OPERATORS + operator] != NONE) {
          nanos.put(operators.get(operator), numbers[at + OPERATORS + operator]);
        }
      }
      steps.add(
          new Past(
              numbers[at + STEP],
              Instant.EPOCH.plus(numbers[at + TIME_MICROS], ChronoUnit.MICROS),
              numbers[at + ROWS_IN],
              numbers[at + ROWS_OUT],
              numbers[at + LATE_ROWS],
              numbers[at + REJECTED_ROWS],
              numbers[at + WATERMARK_MICROS],
              Double.longBitsToDouble(numbers[at + MILLIS]),
              nanos,
              numbers[at + STATE_BYTES],
              numbers[at + SNAPSHOT_STEP]));
    }
    return steps;
  }
}
