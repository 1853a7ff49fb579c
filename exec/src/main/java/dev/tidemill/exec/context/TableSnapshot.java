package dev.tidemill.exec.context;

import dev.tidemill.plan.batch.TableReference;
import dev.tidemill.storage.table.Offset;
import dev.tidemill.storage.table.Table;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.ConcurrentMap;
import java.util.function.Function;

/**
 * The rows of a table between two of its offsets: what every scan of that table in one run reads.
 */
public record TableSnapshot(Table table, Offset from, Offset to) {
  /** All that has arrived by now. */
  public static TableSnapshot of(Table table) {
    return new TableSnapshot(table, table.start(), table.end());
  }

  /**
   * Pins each table of {@code tables} at its end when it is first asked for, so that all scans of
   * one run read one snapshot. Thread-safe; make one per run.
   */
  public static Function<TableReference, TableSnapshot> pinning(
      Function<TableReference, Table> tables) {
    ConcurrentMap<TableReference, TableSnapshot> pinned = new ConcurrentHashMap<>();
    return reference -> {
      TableSnapshot known = pinned.get(reference);
      return known != null
          ? known
          : pinned.computeIfAbsent(reference, r -> TableSnapshot.of(tables.apply(r)));
    };
  }
}
