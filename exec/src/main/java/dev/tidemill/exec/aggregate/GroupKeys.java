package dev.tidemill.exec.aggregate;

import java.util.Arrays;
import java.util.stream.IntStream;

/**
 * The keys of a grouping set: rows are of one group where the deciding ones agree; the others are
 * carried along, since then they agree too.
 *
 * @param columns the input columns
 * @param deciding positions in {@code columns}, ascending
 * @param carried the other positions, ascending
 */
record GroupKeys(int[] columns, int[] deciding, int[] carried) {
  /** Where {@code deciding} are positions that decide all. */
  static GroupKeys of(int[] columns, int[] deciding) {
    int[] carried =
        IntStream.range(0, columns.length)
            .filter(position -> Arrays.binarySearch(deciding, position) < 0)
            .toArray();
    return new GroupKeys(columns, deciding, carried);
  }
}
