package dev.tidemill.exec.join;

import dev.tidemill.exec.key.GroupTable;
import dev.tidemill.foundation.batch.Batch;
import dev.tidemill.foundation.batch.Bits;
import dev.tidemill.foundation.batch.BytesColumn;
import dev.tidemill.foundation.batch.Column;
import dev.tidemill.foundation.batch.DictionaryColumn;
import dev.tidemill.foundation.memory.Buffer;
import dev.tidemill.foundation.memory.Memory;
import dev.tidemill.foundation.memory.MemoryScope;
import dev.tidemill.foundation.type.Type;
import java.util.ArrayList;
import java.util.List;
import org.jspecify.annotations.Nullable;

/**
 * The texts of a few built rows as codes of a dictionary: rows of the other side, which are many,
 * take codes then, and what is above groups, compares and computes by these.
 *
 * <pre>
 *   built     1  'air'      codes  0  1  0      dictionary  'air'  'ship'
 *             2  'ship'
 *             3  'air'
 * </pre>
 */
final class BuiltTexts {
  /** So that making the dictionary is little beside a join of any rows. */
  private static final int MOST_ROWS = Batch.MAX_ROWS;

  private BuiltTexts() {}

  /**
   * The rows, which it takes over, with codes in place of texts. Keys stay as they are.
   *
   * @param memory charged with codes and dictionaries
   */
  static Batch coded(Batch rows, JoinKeys keys, MemoryScope memory) {
    if (rows.length() == 0 || rows.length() > MOST_ROWS) {
      return rows;
    }
    List<Column> columns = new ArrayList<>(rows.columnCount());
    try {
      boolean any = false;
      for (int i = 0; i < rows.columnCount(); i++) {
        Column column = rows.column(i);
        Column codes =
            column instanceof BytesColumn texts && isText(texts) && !isKey(keys, i)
                ? coded(texts, memory)
                : null;
        any |= codes != null;
        columns.add(codes == null ? column.retain() : codes);
      }
      if (!any) {
        columns.forEach(Column::close);
        return rows;
      }
    } catch (Throwable t) {
      columns.forEach(Column::close);
      rows.close();
      throw t;
    }
    int length = rows.length();
    rows.close();
    return new Batch(length, columns);
  }

  private static boolean isText(Column column) {
    return column.type() instanceof Type.Varchar || column.type() instanceof Type.Varbinary;
  }

  private static boolean isKey(JoinKeys keys, int column) {
    for (int key : keys.indexArray()) {
      if (key == column) {
        return true;
      }
    }
    return false;
  }

  /** A column's codes, or null where all of it is NULL. */
  private static @Nullable Column coded(BytesColumn texts, MemoryScope memory) {
    int length = texts.length();
    int[] rows = new int[length];
    int count = 0;
    for (int row = 0; row < length; row++) {
      rows[count] = row;
      count += texts.isNull(row) ? 0 : 1;
    }
    if (count == 0) {
      return null;
    }
    int[] codes = new int[count];
    try (GroupTable table = GroupTable.of(List.of(texts.type()), memory)) {
      table.groups(List.of(texts), rows, count, codes);
      Column dictionary = table.keys().getFirst();
      try {
        return column(length, rows, codes, count, dictionary, memory);
      } catch (Throwable t) {
        dictionary.close();
        throw t;
      }
    }
  }

  /** Takes over {@code dictionary} if it succeeds. */
  private static Column column(
      int length, int[] rows, int[] codes, int count, Column dictionary, MemoryScope memory) {
    Buffer all = memory.allocateZeroed(length * 4L);
    Buffer validity = null;
    try {
      if (count < length) {
        validity = memory.allocateZeroed(Math.max(8, Bits.bytes(length)));
      }
    } catch (Throwable t) {
      all.close();
      throw t;
    }
    for (int i = 0; i < count; i++) {
      Memory.putInt(all.address() + rows[i] * 4L, codes[i]);
      if (validity != null) {
        Bits.set(validity.address(), rows[i]);
      }
    }
    return new DictionaryColumn(length, all, dictionary, validity);
  }
}
