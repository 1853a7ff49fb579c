package dev.tidemill.streaming.pipeline;

import dev.tidemill.foundation.batch.Batch;
import dev.tidemill.foundation.batch.Batches;
import dev.tidemill.foundation.memory.MemoryScope;
import dev.tidemill.foundation.type.ArrowTypes;
import dev.tidemill.foundation.type.Type;
import dev.tidemill.plan.batch.OutputColumn;
import dev.tidemill.storage.table.Advance;
import dev.tidemill.storage.table.BatchReader;
import dev.tidemill.storage.table.InputKind;
import dev.tidemill.storage.table.Offset;
import dev.tidemill.storage.table.ScanRequest;
import dev.tidemill.storage.table.Split;
import dev.tidemill.storage.table.Table;
import dev.tidemill.storage.table.TableStatistics;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import org.apache.arrow.vector.types.pojo.Schema;
import org.jspecify.annotations.Nullable;

/**
 * A growing table of objects, of which rows may be removed again. An offset is the number of
 * changes before it.
 */
final class DeltaTable implements Table {
  /** A row that comes (weight 1) or goes (-1). */
  record Change(List<@Nullable Object> row, long weight) {}

  private final List<OutputColumn> columns;
  private final InputKind kind;
  private final List<Change> changes = new ArrayList<>();

  DeltaTable(List<OutputColumn> columns, InputKind kind) {
    this.columns = columns;
    this.kind = kind;
  }

  List<OutputColumn> columns() {
    return columns;
  }

  void add(Change change) {
    changes.add(change);
  }

  List<Change> changes() {
    return changes;
  }

  Offset offset(int position) {
    return new Offset(Integer.toString(position));
  }

  @Override
  public Schema schema() {
    return new Schema(
        columns.stream().map(c -> ArrowTypes.field(c.name(), c.type(), c.nullable())).toList());
  }

  @Override
  public InputKind inputKind() {
    return kind;
  }

  @Override
  public TableStatistics statistics() {
    return new TableStatistics(changes.size(), -1, Map.of());
  }

  @Override
  public Offset start() {
    return offset(0);
  }

  @Override
  public Offset end() {
    return offset(changes.size());
  }

  @Override
  public Advance advance(Offset from, long maxRows) {
    throw new UnsupportedOperationException();
  }

  @Override
  public List<Split> splits(ScanRequest request) {
    return List.of((Split) () -> -1);
  }

  @Override
  public BatchReader open(Split split, ScanRequest request, MemoryScope scope) {
    int[] places =
        request.columns().stream()
            .mapToInt(name -> columns.stream().map(OutputColumn::name).toList().indexOf(name))
            .toArray();
    List<Type> types = new ArrayList<>();
    for (int place : places) {
      types.add(columns.get(place).type());
    }
    int end = Integer.parseInt(request.to().text());
    return new BatchReader() {
      private int at = Integer.parseInt(request.from().text());

      @Override
      public @Nullable Batch next() {
        if (at >= end) {
          return null;
        }
        List<List<@Nullable Object>> rows = new ArrayList<>();
        List<Long> weights = new ArrayList<>();
        for (; at < end && rows.size() < 3; at++) {
          List<@Nullable Object> row = new ArrayList<>();
          for (int place : places) {
            row.add(changes.get(at).row().get(place));
          }
          rows.add(row);
          weights.add(changes.get(at).weight());
        }
        boolean plain = weights.stream().allMatch(weight -> weight == 1);
        return Batches.fromRows(
            types,
            rows,
            plain ? null : weights.stream().mapToLong(Long::longValue).toArray(),
            scope);
      }

      @Override
      public void close() {}
    };
  }
}
