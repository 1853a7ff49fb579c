package dev.tidemill.plan.batch;

/** Which rows a {@link MatchPlan} gives. */
public enum RowsPerMatch {
  /** One of each match, also of an empty one. */
  ONE,
  /** Those of each match; of an empty one the row at which it is. */
  ALL,
  /** Those of each match. */
  ALL_OMIT_EMPTY,
  /** As {@link #ALL}, and those that no match has. */
  ALL_WITH_UNMATCHED
}
