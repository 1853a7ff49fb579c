package dev.tidemill.streaming.pipeline;

import dev.tidemill.foundation.batch.BooleanColumn;
import dev.tidemill.foundation.batch.BytesColumn;
import dev.tidemill.foundation.batch.Column;
import dev.tidemill.foundation.batch.FixedColumn;
import dev.tidemill.foundation.memory.Memory;
import dev.tidemill.foundation.row.EncodedRows;
import dev.tidemill.foundation.row.RowCodec;
import java.util.Arrays;
import java.util.List;

/** Which rows of columns differ from those of others of the same types, NULLs being equal. */
final class RowDifferences {
  private RowDifferences() {}

  /** Sets {@code differs[i]} where row i is another; the columns have no dictionaries. */
  static void mark(List<Column> before, List<Column> now, boolean[] differs, int count) {
    Arrays.fill(differs, 0, count, false);
    for (int i = 0; i < before.size(); i++) {
      mark(before.get(i), now.get(i), differs, count);
    }
  }

  private static void mark(Column before, Column now, boolean[] differs, int count) {
    if (before instanceof FixedColumn a && now instanceof FixedColumn b && a.width() == b.width()) {
      int width = a.width();
      for (int i = 0; i < count; i++) {
        differs[i] |=
            a.isNull(i) != b.isNull(i)
                || !a.isNull(i)
                    && !Memory.equal(
                        a.address() + (long) i * width, b.address() + (long) i * width, width);
      }
    } else if (before instanceof BytesColumn a && now instanceof BytesColumn b) {
      for (int i = 0; i < count; i++) {
        differs[i] |= a.isNull(i) != b.isNull(i) || !a.isNull(i) && !a.equalAt(i, b, i);
      }
    } else if (before instanceof BooleanColumn a && now instanceof BooleanColumn b) {
      for (int i = 0; i < count; i++) {
        differs[i] |=
            a.isNull(i) != b.isNull(i) || !a.isNull(i) && a.booleanAt(i) != b.booleanAt(i);
      }
    } else {
      markEncoded(before, now, differs, count);
    }
  }

  private static void markEncoded(Column before, Column now, boolean[] differs, int count) {
    RowCodec codec = RowCodec.of(List.of(before.type()));
    EncodedRows then = new EncodedRows();
    EncodedRows is = new EncodedRows();
    codec.encode(List.of(before), null, count, then);
    codec.encode(List.of(now), null, count, is);
    for (int i = 0; i < count; i++) {
      differs[i] |= !then.equal(i, is, i);
    }
  }
}
