package dev.tidemill.foundation.batch;

/**
 * The rows of a batch that count, ascending. Owned by the batch it stands in; its array may be
 * longer than {@code count}.
 *
 * @param rows row numbers; only the first {@code count} mean something
 */
public record Selection(int[] rows, int count) {
  public Selection {
    if (count < 0 || count > rows.length) {
      throw new IllegalArgumentException("count " + count + " of " + rows.length);
    }
  }

  public int row(int index) {
    return rows[index];
  }
}
