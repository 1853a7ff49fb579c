package dev.tidemill.exec.match;

/** What a row has to be to be taken as a variable. */
interface RowConditions {
  /**
   * Whether a row may be taken as a variable, where the rows before it have been taken as the
   * {@link MatchHistory} says, and so has the row itself, for the time being.
   */
  boolean holds(int variable, int row);
}
