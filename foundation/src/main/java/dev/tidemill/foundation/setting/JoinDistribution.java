package dev.tidemill.foundation.setting;

/** How joins meet their rows. */
public enum JoinDistribution {
  /** By the estimated bytes of the build side. */
  AUTO,
  /** One build table, shared by every task. */
  BROADCAST,
  /** Both sides partitioned by key. */
  SHUFFLE
}
