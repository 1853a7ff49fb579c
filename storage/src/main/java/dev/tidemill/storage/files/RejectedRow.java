package dev.tidemill.storage.files;

/**
 * A row that cannot be read.
 *
 * @param source the file, or what else it stands in
 * @param modifiedNanos when a file was modified; 0 for what does not change
 * @param position of the row in its source
 * @param line where a reader of the message finds it: the line counted from 1, or the position
 * @param column name of the column that does not fit, or empty where the row as a whole does not
 * @param text what was found there
 * @param problem what is wrong with it
 */
public record RejectedRow(
    String source,
    long modifiedNanos,
    long position,
    long line,
    String column,
    String text,
    String problem) {
  /** The same in another line. */
  RejectedRow atLine(long other) {
    return new RejectedRow(source, modifiedNanos, position, other, column, text, problem);
  }
}
