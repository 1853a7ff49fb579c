package dev.tidemill.storage.table;

/**
 * What reading a split touched and what it could leave out.
 *
 * @param pages of columns that were decoded
 * @param skippedPages of the columns asked for that were passed over undecoded
 * @param skippedRows that an index, a bloom filter or a dictionary ruled out before any column was
 *     read
 */
public record SkippedReads(long pages, long skippedPages, long skippedRows) {
  public static final SkippedReads NONE = new SkippedReads(0, 0, 0);
}
