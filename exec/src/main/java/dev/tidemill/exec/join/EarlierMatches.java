package dev.tidemill.exec.join;

/**
 * Which probing rows have had a match, where the built rows come in several tables, one after the
 * other: what becomes of a row without a match is known at the last. Rows are counted in the order
 * in which they pass each table. One thread.
 */
final class EarlierMatches {
  private final boolean[] matched;
  private int next;
  private boolean isLast;

  /** {@code matched} has a place for each probing row. */
  EarlierMatches(boolean[] matched) {
    this.matched = matched;
  }

  /** All rows pass another table. */
  void begin(boolean last) {
    next = 0;
    isLast = last;
  }

  boolean isLast() {
    return isLast;
  }

  /** Adds the earlier matches of the next {@code count} rows to {@code flags}. */
  void load(boolean[] flags, int count) {
    for (int row = 0; row < count; row++) {
      flags[row] |= matched[next + row];
    }
  }

  /** Keeps the matches of the next {@code count} rows, and goes on behind them. */
  void store(boolean[] flags, int count) {
    System.arraycopy(flags, 0, matched, next, count);
    next += count;
  }
}
