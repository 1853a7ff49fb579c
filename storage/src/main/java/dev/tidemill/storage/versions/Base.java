package dev.tidemill.storage.versions;

import java.util.Map;

/**
 * What a table's history begins with: commits up to here are told no longer, because no snapshot
 * that can be read needs them.
 *
 * @param number of the last commit that is left out; 0 where none is
 * @param rows that there were behind it
 * @param removed whether a commit up to here removed rows
 * @param lastSteps the last step of each writer, up to here at least
 */
public record Base(long number, long rows, boolean removed, Map<String, Long> lastSteps) {
  public static final Base EMPTY = new Base(0, 0, false, Map.of());

  public Base {
    lastSteps = Map.copyOf(lastSteps);
  }
}
