package dev.tidemill.streaming.result;

import dev.tidemill.exec.key.GroupTable;
import dev.tidemill.exec.pipeline.Worker;
import dev.tidemill.foundation.batch.Batch;
import dev.tidemill.foundation.batch.Batches;
import dev.tidemill.foundation.batch.Column;
import dev.tidemill.foundation.memory.MemoryScope;
import dev.tidemill.foundation.type.Type;
import dev.tidemill.plan.batch.OutputColumn;
import dev.tidemill.plan.delta.StandingPlan;
import dev.tidemill.storage.table.RowOperation;
import dev.tidemill.storage.table.TableSink;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.EnumMap;
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
  private final List<Type> keyTypes;
  private int[] numbers = new int[0];

  ChangeRows(StandingPlan plan) {
    List<OutputColumn> columns = plan.keptColumns();
    this.key = plan.key().stream().mapToInt(Integer::intValue).toArray();
    this.keyTypes = plan.key().stream().map(c -> columns.get(c).type()).toList();
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
    return writeAll(change, operations(change, scope), writer, scope);
  }

  /** Per batch the rows that each operation is about. */
  private List<Map<RowOperation, Rows>> operations(List<Batch> change, MemoryScope scope) {
    List<Map<RowOperation, Rows>> operations = new ArrayList<>();
    change.forEach(batch -> operations.add(new EnumMap<>(RowOperation.class)));
    if (key.length == 0) {
      byWeight(change, operations);
    } else {
      byKey(change, operations, scope);
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
  long count(List<Batch> change, MemoryScope scope) {
    if (key.length > 0) {
      try (GroupTable keys = GroupTable.of(keyTypes, scope)) {
        for (Batch batch : change) {
          keys.groups(keyColumns(batch), Worker.rows(batch), batch.rowCount(), room(batch));
        }
        return change.isEmpty() ? 0 : keys.groupCount();
      }
    }
    long count = 0;
    for (Batch batch : change) {
      for (int i = 0; i < batch.rowCount(); i++) {
        count += Math.abs(batch.weightAt(batch.row(i)));
      }
    }
    return count;
  }

  private List<Column> keyColumns(Batch batch) {
    List<Column> columns = new ArrayList<>();
    for (int column : key) {
      columns.add(batch.column(column));
    }
    return columns;
  }

  /** Room for the keys' numbers of a batch. */
  private int[] room(Batch batch) {
    if (numbers.length < batch.rowCount()) {
      numbers = new int[Math.max(Batch.MAX_ROWS, batch.rowCount())];
    }
    return numbers;
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

  private void byKey(
      List<Batch> change, List<Map<RowOperation, Rows>> operations, MemoryScope scope) {
    int rows = change.stream().mapToInt(Batch::rowCount).sum();
    // By key: batch and row of the row that goes and of the one that comes, or -1.
    long[] gone = new long[rows];
    long[] come = new long[rows];
    Arrays.fill(gone, -1);
    Arrays.fill(come, -1);
    int count;
    try (GroupTable keys = GroupTable.of(keyTypes, scope)) {
      for (int b = 0; b < change.size(); b++) {
        Batch batch = change.get(b);
        int[] found = room(batch);
        keys.groups(keyColumns(batch), Worker.rows(batch), batch.rowCount(), found);
        for (int i = 0; i < batch.rowCount(); i++) {
          int row = batch.row(i);
          (batch.weightAt(row) > 0 ? come : gone)[found[i]] = (long) b << 32 | row;
        }
      }
      count = rows == 0 ? 0 : keys.groupCount();
    }
    for (int i = 0; i < count; i++) {
      RowOperation operation =
          come[i] < 0
              ? RowOperation.DELETE
              : gone[i] < 0 ? RowOperation.INSERT : RowOperation.UPDATE;
      long place = come[i] < 0 ? gone[i] : come[i];
      operations
          .get((int) (place >>> 32))
          .computeIfAbsent(operation, o -> new Rows())
          .add((int) place);
    }
  }
}
