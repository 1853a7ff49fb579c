package dev.tidemill.planner.physical;

/** The setting {@code join_distribution}. */
public enum JoinDistribution {
  /** By the estimated bytes of the build side. */
  AUTO,
  BROADCAST,
  SHUFFLE
}
