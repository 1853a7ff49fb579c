package dev.tidemill.streaming.pipeline;

import dev.tidemill.foundation.batch.Batch;
import dev.tidemill.foundation.memory.MemoryScope;
import dev.tidemill.foundation.row.EncodedRows;
import dev.tidemill.foundation.row.RowCodec;
import dev.tidemill.foundation.type.Type;
import dev.tidemill.plan.batch.OutputColumn;
import dev.tidemill.streaming.state.KeyedMultisetState;
import dev.tidemill.streaming.state.QueryState;
import java.util.Collection;
import java.util.List;

/** The rows of one side of a join, by key. State: one multiset. */
final class JoinSide {
  private final int[] keyColumns;
  private final List<Boolean> nullsMatch;
  private final RowCodec keyCodec;
  private final RowFormat format;
  private final KeyedMultisetState rows;

  JoinSide(
      String name,
      List<OutputColumn> columns,
      List<Integer> keys,
      List<Boolean> nullsMatch,
      QueryState state) {
    this.keyColumns = keys.stream().mapToInt(Integer::intValue).toArray();
    this.nullsMatch = nullsMatch;
    this.keyCodec = RowCodec.of(keys.stream().map(key -> columns.get(key).type()).toList());
    this.format = RowFormat.of(columns);
    this.rows = state.keyedMultiset(name);
  }

  List<Type> keyTypes() {
    return keyCodec.types();
  }

  RowFormat format() {
    return format;
  }

  /** The rows' keys. */
  EncodedRows keys(Batch batch) {
    EncodedRows keys = new EncodedRows();
    keyCodec.encode(batch, keyColumns, keys);
    return keys;
  }

  /** Whether a row has no NULL that matches nothing. */
  boolean canMatch(Batch batch, int row) {
    for (int i = 0; i < keyColumns.length; i++) {
      if (!nullsMatch.get(i) && batch.column(keyColumns[i]).isNull(row)) {
        return false;
      }
    }
    return true;
  }

  void add(byte[] key, byte[] row, long weight) {
    rows.add(key, row, weight);
  }

  void forEach(byte[] key, KeyedMultisetState.RowConsumer consumer) {
    rows.forEach(key, consumer);
  }

  boolean has(byte[] key) {
    boolean[] any = {false};
    rows.forEach(key, (row, weight) -> any[0] = true);
    return any[0];
  }

  void remove(byte[] key) {
    rows.remove(key);
  }

  /** All rows of some keys, with weights, the caller's to close. */
  List<Batch> rowsOf(Collection<RowBytes> keys, MemoryScope memory) {
    try (RowFormat.Collector collector = format.deltas(memory, keys.size())) {
      for (RowBytes key : keys) {
        rows.forEach(key.value, collector::add);
      }
      return collector.batches();
    }
  }
}
