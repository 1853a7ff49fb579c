package dev.tidemill.testing.random;

/**
 * How a query went.
 *
 * @param detail in full
 */
record Outcome(Verdict verdict, String detail) {
  /** The kinds of it. */
  enum Verdict {
    AGREES,
    /** Both have no answer: a value out of range, a second row of a scalar subquery. */
    DATA_ERROR,
    /** Tidemill has no such thing, and says so. */
    UNSUPPORTED,
    /** Out of memory, or of time. */
    RESOURCE,
    /** DuckDB refuses it. */
    REFUSED_BY_DUCKDB,
    /** Tidemill refuses it as an error of its user's. */
    REFUSED,
    INTERNAL_ERROR,
    DIFFERS_FROM_DUCKDB,
    STANDS_DIFFERENTLY;

    boolean isFailure() {
      return this == INTERNAL_ERROR
          || this == DIFFERS_FROM_DUCKDB
          || this == STANDS_DIFFERENTLY
          || this == REFUSED;
    }
  }

  static final Outcome AGREED = new Outcome(Verdict.AGREES, "");

  /** What kind of thing it says, without names and numbers, to count by. */
  String brief() {
    String line = detail.lines().findFirst().orElse("");
    String brief = line.replaceAll("[0-9]+", "#").replaceAll("'[^']*'", "'…'");
    return verdict + " " + (brief.length() > 140 ? brief.substring(0, 140) : brief);
  }
}
