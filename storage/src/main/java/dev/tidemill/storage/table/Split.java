package dev.tidemill.storage.table;

/**
 * A unit of reading: a row group, a range of a file, a range of generated rows. Only the table that
 * made it understands it.
 */
public interface Split {
  /** About how many rows, or -1. */
  long estimatedRows();

  /** Where its rows are, for people: a file's path; empty where nothing can be said. */
  default String source() {
    return "";
  }

  /** Which of the table's {@link Table#partitions} its rows are of. */
  default String partition() {
    return "";
  }
}
