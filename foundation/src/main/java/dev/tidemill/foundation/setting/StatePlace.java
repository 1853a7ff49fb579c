package dev.tidemill.foundation.setting;

/** Where standing queries keep their state. */
public enum StatePlace {
  /** In memory, until the state of all queries has half the budget; what comes then, on disk. */
  AUTO,
  MEMORY,
  DISK
}
