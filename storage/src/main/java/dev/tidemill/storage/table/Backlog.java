package dev.tidemill.storage.table;

/**
 * What stands behind an offset, as far as that is known without reading it; what is not known is
 * {@link #UNKNOWN_COUNT}.
 *
 * @param rows about
 */
public record Backlog(long rows, long bytes, long files) {
  public static final long UNKNOWN_COUNT = -1;
  public static final Backlog NONE = new Backlog(0, 0, 0);
  public static final Backlog UNKNOWN = new Backlog(UNKNOWN_COUNT, UNKNOWN_COUNT, UNKNOWN_COUNT);

  public static Backlog ofRows(long rows) {
    return new Backlog(rows, rows == 0 ? 0 : UNKNOWN_COUNT, rows == 0 ? 0 : UNKNOWN_COUNT);
  }

  /** Both together; what of one is not known is not known of the sum. */
  public Backlog plus(Backlog other) {
    return new Backlog(sum(rows, other.rows), sum(bytes, other.bytes), sum(files, other.files));
  }

  private static long sum(long a, long b) {
    return a < 0 || b < 0 ? UNKNOWN_COUNT : a + b;
  }

  public boolean isNone() {
    return equals(NONE);
  }
}
