package dev.tidemill.streaming;

/** What becomes of a standing query of which a CREATE says something else. */
public enum Replacing {
  /** It stays, and the CREATE is an error. */
  NO,
  /** It stays, and the error says what replacing it would keep and what not. */
  ASK,
  /** It is replaced. */
  YES
}
