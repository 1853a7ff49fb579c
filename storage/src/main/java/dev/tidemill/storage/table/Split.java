package dev.tidemill.storage.table;

/**
 * A unit of reading: a row group, a range of a file, a range of generated rows. Only the table that
 * made it understands it.
 */
public interface Split {
  /** About how many rows, or -1. */
  long estimatedRows();
}
