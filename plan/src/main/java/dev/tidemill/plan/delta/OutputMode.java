package dev.tidemill.plan.delta;

/** What a standing query writes out at a step. */
public enum OutputMode {
  /** Rows of the result that are final, once. */
  APPEND,
  /** What has changed in the result. */
  UPDATE,
  /** The whole result. */
  COMPLETE
}
