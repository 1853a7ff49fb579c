package dev.tidemill.storage.table;

import dev.tidemill.foundation.memory.MemoryScope;
import java.util.List;

/**
 * The changes of a table as they came, for standing queries, where the rows between two offsets
 * cannot be told without the rows before.
 *
 * <pre>
 *   weight  keysOnly()                                  otherwise
 *     +1    this is the row of its key from now on      a row that is there more than before
 *     -1    there is no row of its key any more; but    a row that is there less than before
 *           for the key's columns it may be all NULL
 * </pre>
 */
public interface Changelog {
  /** Names of the key's columns, stored ones. */
  List<String> key();

  /**
   * Whether what goes is told by its key only, so that who takes the changes keeps the last row.
   */
  boolean keysOnly();

  OnMissing onMissing();

  /** As {@link Table#splits(ScanRequest)}; filters are ignored. */
  List<Split> splits(ScanRequest request);

  /** As {@link Table#open}; the changes in their order, with weights. */
  BatchReader open(Split split, ScanRequest request, MemoryScope scope);
}
