package dev.tidemill.storage.files;

import dev.tidemill.storage.table.Backlog;

/** How many bytes of a file a row takes, by what has been counted of late. Any thread. */
final class RowSizes {
  private static final double REMEMBERED_BYTES = 1 << 28;

  private double rows;
  private double bytes;

  /** So many rows were counted in so many bytes. */
  synchronized void add(long counted, long within) {
    if (within > 0) {
      rows += counted;
      bytes += within;
      if (bytes > REMEMBERED_BYTES) {
        rows /= 2;
        bytes /= 2;
      }
    }
  }

  /** About how many rows there are in so many bytes; unknown before any were counted. */
  synchronized long rows(long within) {
    if (within == 0) {
      return 0;
    }
    return bytes == 0 ? Backlog.UNKNOWN_COUNT : Math.round(within * (rows / bytes));
  }
}
