package dev.tidemill.exec.key;

import dev.tidemill.exec.pipeline.Run;

/**
 * Whether no two of the rows that an operator has collected share a key; {@linkplain Run#attach
 * attached} to a join, of its build side.
 */
public interface KeyUniqueness {
  /** False also while it is not known; once it is true it stays so. */
  boolean areKeysUnique();
}
