package dev.tidemill.exec.sort;

import dev.tidemill.exec.key.KeyBytes;
import dev.tidemill.exec.memory.HeapMemory;
import dev.tidemill.exec.pipeline.Team;
import dev.tidemill.foundation.batch.Batch;
import dev.tidemill.foundation.batch.Column;
import dev.tidemill.foundation.batch.Selection;
import dev.tidemill.foundation.row.EncodedRows;
import dev.tidemill.foundation.row.RowCodec;
import dev.tidemill.foundation.row.SortOrder;
import dev.tidemill.foundation.type.Type;
import dev.tidemill.plan.batch.SortKey;
import java.util.ArrayList;
import java.util.List;

/** Columns of rows as byte strings in the order of the keys, see {@link RowCodec}. Immutable. */
public final class RowKeys {
  private final List<SortKey> keys;
  private final int[] columns;
  private final RowCodec codec;

  private RowKeys(List<SortKey> keys, List<Type> types) {
    this.keys = List.copyOf(keys);
    this.columns = keys.stream().mapToInt(SortKey::column).toArray();
    this.codec =
        RowCodec.of(
            keys.stream().map(key -> types.get(key.column())).toList(),
            keys.stream().map(key -> SortOrder.of(key.descending(), key.nullsFirst())).toList());
  }

  /** The keys alone: rows of equal keys are equal. */
  public static RowKeys of(List<SortKey> keys, List<Type> types) {
    return new RowKeys(keys, types);
  }

  /** The keys, then all other columns, ascending, NULLs last: only equal rows are equal. */
  public static RowKeys withTieBreak(List<SortKey> keys, List<Type> types) {
    return new RowKeys(tiesBroken(keys, types), types);
  }

  /** The keys, then all other columns, ascending, NULLs last. */
  public static List<SortKey> tiesBroken(List<SortKey> keys, List<Type> types) {
    List<SortKey> all = new ArrayList<>(keys);
    all.addAll(others(keys, types));
    return all;
  }

  /** All other columns than those of some keys, ascending, NULLs last. */
  public static RowKeys tieBreak(List<SortKey> keys, List<Type> types) {
    return new RowKeys(others(keys, types), types);
  }

  private static List<SortKey> others(List<SortKey> keys, List<Type> types) {
    List<SortKey> others = new ArrayList<>();
    for (int i = 0; i < types.size(); i++) {
      int column = i;
      if (keys.stream().noneMatch(key -> key.column() == column)) {
        others.add(new SortKey(i, false, false));
      }
    }
    return others;
  }

  public List<SortKey> keys() {
    return keys;
  }

  /** Whether there is a key at all. */
  public boolean isEmpty() {
    return columns.length == 0;
  }

  /** The key of one row. */
  byte[] key(Batch batch, int row) {
    return codec.encodeRow(chosen(batch), row);
  }

  private List<Column> chosen(Batch batch) {
    List<Column> chosen = new ArrayList<>();
    for (int column : columns) {
      chosen.add(batch.column(column));
    }
    return chosen;
  }

  /** The keys of the rows that count of a batch. */
  public void encode(Batch batch, EncodedRows out) {
    codec.encode(batch, columns, out);
  }

  /**
   * The keys of rows of a table of any length, charged to {@code heap}.
   *
   * @param which the rows, the first {@code count}
   */
  public KeyBytes encode(Batch table, int[] which, int count, HeapMemory heap, Team team) {
    KeyBytes keys = new KeyBytes(heap);
    List<Column> chosen = chosen(table);
    EncodedRows encoded = new EncodedRows();
    int[] rows = new int[Batch.MAX_ROWS];
    for (int from = 0; from < count; from += Batch.MAX_ROWS) {
      team.check();
      int length = Math.min(Batch.MAX_ROWS, count - from);
      for (int i = 0; i < length; i++) {
        rows[i] = which[from + i];
      }
      codec.encode(chosen, new Selection(rows, length), 0, encoded);
      for (int i = 0; i < length; i++) {
        keys.add(encoded, i);
      }
    }
    return keys;
  }
}
