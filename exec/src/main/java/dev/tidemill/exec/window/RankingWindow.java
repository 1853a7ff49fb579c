package dev.tidemill.exec.window;

import dev.tidemill.exec.error.ExecErrors;
import dev.tidemill.foundation.batch.Column;
import dev.tidemill.foundation.batch.ColumnBuilder;
import dev.tidemill.foundation.batch.Columns;
import dev.tidemill.foundation.batch.FixedColumn;
import dev.tidemill.plan.batch.WindowCall;

/**
 * ROW_NUMBER and the functions like it: where a row stands in its partition, whatever the frame.
 */
final class RankingWindow {
  private RankingWindow() {}

  /** The results of all rows, the caller's to close. */
  static Column compute(WindowCall.Function call, WindowRows rows) {
    try (ColumnBuilder builder =
        ColumnBuilder.of(call.type(), rows.memory(), Math.max(1, rows.count()))) {
      for (int partition = 0; partition < rows.partitionCount(); partition++) {
        rows.check();
        int from = rows.partitionFrom(partition);
        int to = rows.partitionTo(partition);
        long before = rows.rowsBefore(partition);
        switch (call.function()) {
          case ROW_NUMBER -> {
            for (int row = from; row < to; row++) {
              builder.appendLong(before + row - from + 1L);
            }
          }
          case RANK -> {
            for (int row = from; row < to; row++) {
              builder.appendLong(before + rows.peersFrom(row) - from + 1L);
            }
          }
          case DENSE_RANK -> {
            long rank = rows.groupsBefore(partition);
            for (int row = from; row < to; row++) {
              rank += rows.peersFrom(row) == row ? 1 : 0;
              builder.appendLong(rank);
            }
          }
          case PERCENT_RANK -> {
            for (int row = from; row < to; row++) {
              int rank = rows.peersFrom(row) - from;
              builder.appendDouble(rank == 0 ? 0 : (double) rank / (to - from - 1));
            }
          }
          case CUME_DIST -> {
            for (int row = from; row < to; row++) {
              builder.appendDouble((double) (rows.peersTo(row) - from) / (to - from));
            }
          }
          case NTILE -> appendTiles(call, rows, from, to, builder);
          case LAG, LEAD, FIRST_VALUE, LAST_VALUE, NTH_VALUE, NTH_VALUE_FROM_LAST ->
              throw new IllegalStateException("no ranking: " + call.function());
        }
      }
      return builder.build();
    }
  }

  /** Buckets as even as can be, the larger ones first. */
  private static void appendTiles(
      WindowCall.Function call, WindowRows rows, int from, int to, ColumnBuilder builder) {
    try (Column decoded =
        Columns.decode(rows.rows().column(call.arguments().get(0)), rows.memory())) {
      FixedColumn buckets = (FixedColumn) decoded;
      for (int row = from; row < to; row++) {
        if (buckets.isNull(row)) {
          builder.appendNull();
          continue;
        }
        long count = buckets.longAt(row);
        if (count <= 0) {
          throw ExecErrors.invalidBuckets(count);
        }
        long size = (to - from) / count;
        long larger = (to - from) % count;
        long index = row - from;
        long inLarger = larger * (size + 1);
        builder.appendLong(
            index < inLarger ? index / (size + 1) + 1 : larger + (index - inLarger) / size + 1);
      }
    }
  }
}
