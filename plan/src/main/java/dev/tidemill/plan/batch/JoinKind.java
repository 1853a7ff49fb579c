package dev.tidemill.plan.batch;

/** What a join gives of its left and its right side. */
public enum JoinKind {
  INNER,
  LEFT,
  RIGHT,
  FULL,
  /** Left rows with a match, once each; left columns only. */
  SEMI,
  /** Left rows without a match; left columns only. */
  ANTI,
  /**
   * NOT IN: as ANTI, but the keys' equality is three-valued: a left row with a NULL key has no
   * place in the result unless the right side is empty, and a NULL key on the right removes every
   * left row. One key; no residual.
   */
  NULL_AWARE_ANTI,
  /**
   * Every left row once, with a BOOLEAN column behind: TRUE with a match, FALSE without; never
   * NULL.
   */
  LEFT_MARK,
  /**
   * IN as a value: as LEFT_MARK, but NULL where SQL's IN is (no match, and a NULL among the keys).
   * One key.
   */
  NULL_AWARE_LEFT_MARK;

  /** Whether the right side's columns are part of the result. */
  public boolean givesRight() {
    return this == INNER || this == LEFT || this == RIGHT || this == FULL;
  }
}
