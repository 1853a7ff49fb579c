package dev.tidemill.streaming;

import java.util.ArrayDeque;
import java.util.Deque;
import java.util.List;

/** The last steps that a query has taken in this process. Any thread. */
final class StepHistory {
  /** So many are remembered. */
  private static final int MOST = 1000;

  private final Deque<Past> steps = new ArrayDeque<>();

  /** A step that was taken, and the step of the newest snapshot then, or -1. */
  record Past(StepProgress progress, long snapshotStep) {}

  synchronized void add(StepProgress progress, long snapshotStep) {
    if (steps.size() == MOST) {
      steps.removeFirst();
    }
    steps.addLast(new Past(progress, snapshotStep));
  }

  /** The oldest first. */
  synchronized List<Past> all() {
    return List.copyOf(steps);
  }
}
