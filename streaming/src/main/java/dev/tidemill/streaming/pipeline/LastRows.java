package dev.tidemill.streaming.pipeline;

import dev.tidemill.foundation.batch.Batch;
import dev.tidemill.foundation.batch.Batches;
import dev.tidemill.foundation.row.EncodedRows;
import dev.tidemill.foundation.row.RowBytes;
import dev.tidemill.foundation.row.RowCodec;
import dev.tidemill.foundation.type.Type;
import dev.tidemill.plan.batch.OutputColumn;
import dev.tidemill.storage.table.OnMissing;
import dev.tidemill.streaming.state.KeyedValueState;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import org.jspecify.annotations.Nullable;

/**
 * Makes a delta of changes that tell by their key which row goes: the last row of each key is kept.
 *
 * <pre>
 *   kept        changes of a step          delta
 *   1: (1, a)   +(1, b)  -(1)  +(1, c)     -(1, a)  +(1, c)
 *               +(2, x)  -(2)
 * </pre>
 *
 * <p>State: per key the row, as bytes.
 */
final class LastRows {
  /** What a key that a step touches costs on the heap beside its bytes, about. */
  private static final long ENTRY_BYTES = 160;

  private final String table;
  private final List<OutputColumn> columns;
  private final RowFormat format;
  private final RowCodec keyCodec;
  private final int[] keyColumns;
  private final OnMissing onMissing;
  private final KeyedValueState state;
  private final EncodedRows keys = new EncodedRows();
  private final EncodedRows rows = new EncodedRows();

  /** Per key that the step touches its row before; empty where there was none. */
  private final Map<RowBytes, byte[]> before = new LinkedHashMap<>();

  private long missing;

  /**
   * @param keyColumns the key's among {@code columns}
   */
  LastRows(
      String table,
      List<OutputColumn> columns,
      int[] keyColumns,
      OnMissing onMissing,
      KeyedValueState state) {
    this.table = table;
    this.columns = List.copyOf(columns);
    this.format = RowFormat.of(columns);
    List<Type> types = Arrays.stream(keyColumns).mapToObj(c -> columns.get(c).type()).toList();
    this.keyCodec = RowCodec.of(types);
    this.keyColumns = keyColumns;
    this.onMissing = onMissing;
    this.state = state;
  }

  /** Goes on with the rows of another of the same table and columns. */
  void takeOver(LastRows other) {
    other.state.forEach(state::put);
  }

  void begin() {
    before.clear();
    missing = 0;
  }

  /** Removals of the step that were left out since there was no row to be removed. */
  long missing() {
    return missing;
  }

  /**
   * Adds changes, in their order.
   *
   * @throws dev.tidemill.foundation.error.TidemillException REMOVED_ROW_NOT_THERE
   */
  void add(Batch changes, long number, Step step) {
    keyCodec.encode(changes, keyColumns, keys);
    format.encode(changes, rows);
    for (int i = 0; i < changes.rowCount(); i++) {
      int row = changes.row(i);
      byte[] key = keys.key(i);
      byte[] last = state.get(key);
      boolean goes = changes.weightAt(row) < 0;
      if (goes && last == null) {
        missing(changes, row, number);
        continue;
      }
      int known = before.size();
      before.putIfAbsent(new RowBytes(key), last == null ? RowBytes.NONE : last);
      if (before.size() > known) {
        step.charge(ENTRY_BYTES + key.length + (last == null ? 0 : last.length));
      }
      if (goes) {
        state.remove(key);
      } else {
        state.put(key, rows.key(i));
      }
    }
  }

  private void missing(Batch changes, int row, long number) {
    switch (onMissing) {
      case TRUST -> {}
      case IGNORE -> missing++;
      case FAIL -> {
        List<@Nullable Object> values = Batches.row(changes, row);
        List<String> parts = new ArrayList<>();
        for (int column : keyColumns) {
          parts.add(columns.get(column).name() + " = " + values.get(column));
        }
        throw PipelineErrors.removedMissing(table, String.join(", ", parts), number);
      }
    }
  }

  /** What the step changes, once per row; the caller's to close. */
  List<Batch> delta(Step step) {
    try (RowFormat.Collector collector = format.deltas(step.memory(), 2 * before.size())) {
      before.forEach(
          (key, old) -> {
            byte[] now = state.get(key.value());
            if (now == null ? old.length == 0 : Arrays.equals(now, old)) {
              return;
            }
            if (old.length > 0) {
              collector.add(old, -1);
            }
            if (now != null) {
              collector.add(now, 1);
            }
          });
      before.clear();
      return collector.batches();
    }
  }
}
