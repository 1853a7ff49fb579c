package dev.tidemill.plan.batch;

/** How a join's sides come together. */
public enum Distribution {
  /** One build table shared by every task. */
  BROADCAST,
  /** Both sides partitioned by key. */
  SHUFFLE
}
