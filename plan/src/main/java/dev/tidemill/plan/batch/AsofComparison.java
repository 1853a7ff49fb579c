package dev.tidemill.plan.batch;

/** How the time of a left row stands to that of the right row that an ASOF join gives it. */
public enum AsofComparison {
  /** The last right row at or before the left one. */
  GREATER_OR_EQUAL(">="),
  /** The last right row before the left one. */
  GREATER(">"),
  /** The first right row at or behind the left one. */
  LESS_OR_EQUAL("<="),
  /** The first right row behind the left one. */
  LESS("<");

  private final String symbol;

  AsofComparison(String symbol) {
    this.symbol = symbol;
  }

  /** As it is written: left time, symbol, right time. */
  public String symbol() {
    return symbol;
  }

  /** Whether it looks back, from the left row to right ones that are no later. */
  public boolean looksBack() {
    return this == GREATER_OR_EQUAL || this == GREATER;
  }

  /** Whether equal times match. */
  public boolean isInclusive() {
    return this == GREATER_OR_EQUAL || this == LESS_OR_EQUAL;
  }

  /** The same said of the right row. */
  public AsofComparison turned() {
    return switch (this) {
      case GREATER_OR_EQUAL -> LESS_OR_EQUAL;
      case GREATER -> LESS;
      case LESS_OR_EQUAL -> GREATER_OR_EQUAL;
      case LESS -> GREATER;
    };
  }
}
