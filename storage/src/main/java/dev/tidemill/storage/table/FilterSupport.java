package dev.tidemill.storage.table;

/** What a table does with a filter. */
public enum FilterSupport {
  /** Every row that comes passes it. */
  EXACT,
  /** Units of rows that cannot pass it may be left out; the rows that come are to be checked. */
  PRUNING,
  /** Nothing. */
  NO
}
