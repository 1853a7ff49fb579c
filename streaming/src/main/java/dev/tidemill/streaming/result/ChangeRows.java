package dev.tidemill.streaming.result;

import dev.tidemill.foundation.batch.Batch;
import dev.tidemill.foundation.batch.Batches;
import dev.tidemill.foundation.batch.Column;
import dev.tidemill.foundation.memory.MemoryScope;
import dev.tidemill.foundation.row.RowCodec;
import dev.tidemill.plan.batch.OutputColumn;
import dev.tidemill.plan.delta.StandingPlan;
import dev.tidemill.storage.table.RowOperation;
import dev.tidemill.storage.table.TableSink;
import java.nio.ByteBuffer;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.EnumMap;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;

/**
 * The change of a step as operations on rows. With a key there is exactly one operation per key: an
 * UPDATE where a row goes and another of the same key comes. Without one, rows come (INSERT) and go
 * (DELETE), each as often as its weight says.
 */
final class ChangeRows {
  private static final List<RowOperation> WRITE_ORDER =
      List.of(RowOperation.DELETE, RowOperation.UPDATE, RowOperation.INSERT);

  private final int[] key;
  private final RowCodec keyCodec;

  ChangeRows(StandingPlan plan) {
    List<OutputColumn> columns = plan.keptColumns();
    this.key = plan.key().stream().mapToInt(Integer::intValue).toArray();
    this.keyCodec = RowCodec.of(plan.key().stream().map(c -> columns.get(c).type()).toList());
  }

  /** Rows of one batch that one operation is about, some repeated. */
  private static final class Rows {
    private int[] rows = new int[16];
    private int count;

    void add(int row) {
      if (count == rows.length) {
        rows = Arrays.copyOf(rows, count * 2);
      }
      rows[count++] = row;
    }
  }

  /** Writes the operations, deletes first; how many there were. */
  long write(List<Batch> change, TableSink.StepWriter writer, MemoryScope scope) {
    return writeAll(change, operations(change), writer, scope);
  }

  /** Per batch the rows that each operation is about. */
  private List<Map<RowOperation, Rows>> operations(List<Batch> change) {
    List<Map<RowOperation, Rows>> operations = new ArrayList<>();
    change.forEach(batch -> operations.add(new EnumMap<>(RowOperation.class)));
    if (key.length == 0) {
      byWeight(change, operations);
    } else {
      byKey(change, operations);
    }
    return operations;
  }

  private static long writeAll(
      List<Batch> change,
      List<Map<RowOperation, Rows>> operations,
      TableSink.StepWriter writer,
      MemoryScope scope) {
    long written = 0;
    for (RowOperation operation : WRITE_ORDER) {
      for (int b = 0; b < change.size(); b++) {
        Rows rows = operations.get(b).get(operation);
        if (rows != null) {
          writeRows(change.get(b), rows, operation, writer, scope);
          written += rows.count;
        }
      }
    }
    return written;
  }

  /** How many operations {@link #write} would write. */
  long count(List<Batch> change) {
    List<Map<RowOperation, Rows>> operations = operations(change);
    return operations.stream()
        .flatMap(of -> of.values().stream())
        .mapToLong(rows -> rows.count)
        .sum();
  }

  /** Writes every row as an INSERT, as often as its weight says; all weights are positive. */
  static long appendAll(List<Batch> change, TableSink.StepWriter writer, MemoryScope scope) {
    List<Map<RowOperation, Rows>> operations = new ArrayList<>();
    change.forEach(batch -> operations.add(new EnumMap<>(RowOperation.class)));
    byWeight(change, operations);
    return writeAll(change, operations, writer, scope);
  }

  private static void writeRows(
      Batch batch,
      Rows rows,
      RowOperation operation,
      TableSink.StepWriter writer,
      MemoryScope scope) {
    for (int at = 0; at < rows.count; at += Batch.MAX_ROWS) {
      try (Batch taken =
          Batches.take(batch, rows.rows, at, Math.min(Batch.MAX_ROWS, rows.count - at), scope)) {
        writer.write(taken, operation);
      }
    }
  }

  private static void byWeight(List<Batch> change, List<Map<RowOperation, Rows>> operations) {
    for (int b = 0; b < change.size(); b++) {
      Batch batch = change.get(b);
      for (int i = 0; i < batch.rowCount(); i++) {
        int row = batch.row(i);
        long weight = batch.weightAt(row);
        RowOperation operation = weight > 0 ? RowOperation.INSERT : RowOperation.DELETE;
        Rows rows = operations.get(b).computeIfAbsent(operation, o -> new Rows());
        for (long n = Math.abs(weight); n > 0; n--) {
          rows.add(row);
        }
      }
    }
  }

  /** Where the row that goes and the row that comes of a key are, or -1. */
  private static final class KeyChange {
    private int goneBatch = -1;
    private int goneRow;
    private int newBatch = -1;
    private int newRow;
  }

  private void byKey(List<Batch> change, List<Map<RowOperation, Rows>> operations) {
    Map<ByteBuffer, KeyChange> changes = new LinkedHashMap<>();
    for (int b = 0; b < change.size(); b++) {
      Batch batch = change.get(b);
      List<Column> columns = new ArrayList<>();
      for (int column : key) {
        columns.add(batch.column(column));
      }
      for (int i = 0; i < batch.rowCount(); i++) {
        int row = batch.row(i);
        KeyChange of =
            changes.computeIfAbsent(
                ByteBuffer.wrap(keyCodec.encodeRow(columns, row)), k -> new KeyChange());
        if (batch.weightAt(row) > 0) {
          of.newBatch = b;
          of.newRow = row;
        } else {
          of.goneBatch = b;
          of.goneRow = row;
        }
      }
    }
    for (KeyChange of : changes.values()) {
      RowOperation operation =
          of.newBatch < 0
              ? RowOperation.DELETE
              : of.goneBatch < 0 ? RowOperation.INSERT : RowOperation.UPDATE;
      int batch = of.newBatch < 0 ? of.goneBatch : of.newBatch;
      int row = of.newBatch < 0 ? of.goneRow : of.newRow;
      operations.get(batch).computeIfAbsent(operation, o -> new Rows()).add(row);
    }
  }
}
