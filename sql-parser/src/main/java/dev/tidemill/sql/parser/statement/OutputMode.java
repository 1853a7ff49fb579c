package dev.tidemill.sql.parser.statement;

/** What a standing query hands on after each step. */
public enum OutputMode {
  /** Rows that are final, each once. */
  APPEND,
  /** The net change of the result. */
  UPDATE,
  /** The whole result. */
  COMPLETE
}
