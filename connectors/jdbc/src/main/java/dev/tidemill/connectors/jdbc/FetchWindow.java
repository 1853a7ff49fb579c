package dev.tidemill.connectors.jdbc;

import dev.tidemill.foundation.batch.Batch;
import dev.tidemill.foundation.batch.BytesColumn;
import dev.tidemill.foundation.batch.Column;
import dev.tidemill.foundation.memory.MemoryScope;

/**
 * How many rows a driver is asked to hold at a time, and what they are charged with. How wide rows
 * are is known only when some were read, so it begins with few; then as many as fit.
 *
 * <pre>
 *   rows of 100 bytes     32  256  2048  4096  4096 …
 *   of 100,000 bytes      32  160   160 …             16 MB at a time
 * </pre>
 */
final class FetchWindow implements AutoCloseable {
  private static final int FIRST_ROWS = 32;
  private static final int GROWTH = 8;
  private static final long MIN_BYTES = 256 << 10;
  private static final long MAX_BYTES = 16 << 20;
  private static final int PARTS_OF_BUDGET = 32;

  /** What an array for a row takes, and one for a value of it. */
  private static final long ROW_BYTES = 48;

  private static final long VALUE_BYTES = 32;

  private final int mostRows;
  private final MemoryScope scope;
  private final long mostBytes;
  private int rows;
  private long charged;

  /**
   * @param mostRows that are fetched at a time
   */
  FetchWindow(int mostRows, int columns, MemoryScope scope) {
    this.mostRows = mostRows;
    this.scope = scope;
    this.mostBytes = Math.clamp(scope.budget() / PARTS_OF_BUDGET, MIN_BYTES, MAX_BYTES);
    this.rows = Math.min(mostRows, FIRST_ROWS);
    charge(rows * (ROW_BYTES + columns * VALUE_BYTES));
  }

  /** The rows of the next fetch. */
  int rows() {
    return rows;
  }

  /** The rows of a fetch were read; borrowed. */
  void read(Batch batch) {
    if (batch.rowCount() == 0) {
      return;
    }
    long bytes = 0;
    for (int c = 0; c < batch.columnCount(); c++) {
      bytes += textBytes(batch.column(c));
    }
    long rowBytes = ROW_BYTES + batch.columnCount() * VALUE_BYTES + bytes / batch.rowCount();
    long free = charged + Math.min(scope.available(), scope.availableHeap()) / 2;
    long fitting = Math.min(mostBytes, free) / rowBytes;
    rows = (int) Math.clamp(fitting, 1, Math.min(mostRows, (long) rows * GROWTH));
    charge(rows * rowBytes);
  }

  private static long textBytes(Column column) {
    if (!(column instanceof BytesColumn texts)) {
      return 0;
    }
    long bytes = 0;
    for (int row = 0; row < texts.length(); row++) {
      bytes += texts.isNull(row) ? 0 : texts.lengthAt(row);
    }
    return bytes;
  }

  private void charge(long bytes) {
    if (bytes > charged) {
      scope.reserveHeap(bytes - charged);
    } else {
      scope.releaseHeap(charged - bytes);
    }
    charged = bytes;
  }

  @Override
  public void close() {
    charge(0);
  }
}
