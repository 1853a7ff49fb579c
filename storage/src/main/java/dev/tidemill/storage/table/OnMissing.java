package dev.tidemill.storage.table;

/** What the removal of a row that is not there does. */
public enum OnMissing {
  /** It is an error. */
  FAIL,
  /** Nothing, and it is counted. */
  IGNORE,
  /** Nothing. */
  TRUST
}
