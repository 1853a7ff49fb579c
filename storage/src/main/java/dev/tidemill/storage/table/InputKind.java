package dev.tidemill.storage.table;

/** Whether a table may get more rows. */
public enum InputKind {
  /** It may, for ever. */
  GROWING,
  /** It has an end; standing queries take it in steps, and at its end every window closes. */
  BOUNDED,
  /** It never changes while a query stands on it. */
  STATIC
}
