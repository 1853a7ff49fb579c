package dev.tidemill.connectors.iceberg;

import dev.tidemill.foundation.batch.Batch;
import dev.tidemill.foundation.batch.BatchBuilder;
import dev.tidemill.foundation.batch.Column;
import dev.tidemill.foundation.memory.MemoryScope;
import dev.tidemill.foundation.type.ArrowTypes;
import dev.tidemill.foundation.type.Type;
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
import org.apache.arrow.vector.types.pojo.Field;
import org.apache.arrow.vector.types.pojo.Schema;
import org.apache.iceberg.Snapshot;
import org.jspecify.annotations.Nullable;

/** {@code t$snapshots}: the snapshots that the metadata has, as it is when it is read. */
final class SnapshotList implements Table {
  private static final List<Field> FIELDS =
      List.of(
          ArrowTypes.field("snapshot", Type.BIGINT, false),
          ArrowTypes.field("time", new Type.ZonedTimestamp(3), false),
          ArrowTypes.field("operation", Type.VARCHAR, true),
          ArrowTypes.field("rows_in", Type.BIGINT, true),
          ArrowTypes.field("rows_out", Type.BIGINT, true),
          ArrowTypes.field("step", Type.BIGINT, true));

  private final DirectoryTable directory;

  SnapshotList(DirectoryTable directory) {
    this.directory = directory;
  }

  private record Part(int from, int to, List<Snapshot> snapshots) implements Split {
    @Override
    public long estimatedRows() {
      return (long) to - from;
    }
  }

  @Override
  public Schema schema() {
    return new Schema(FIELDS);
  }

  @Override
  public InputKind inputKind() {
    return InputKind.STATIC;
  }

  @Override
  public boolean replayable() {
    return false;
  }

  @Override
  public TableStatistics statistics() {
    return TableStatistics.UNKNOWN;
  }

  @Override
  public Offset start() {
    return new Offset("0");
  }

  @Override
  public Offset end() {
    return new Offset("1");
  }

  @Override
  public Advance advance(Offset from, long maxRows) {
    return new Advance(end(), 0, true, true);
  }

  @Override
  public List<Split> splits(ScanRequest request) {
    List<Split> splits = new ArrayList<>();
    if (!request.from().equals(request.to())) {
      List<Snapshot> snapshots = List.copyOf(directory.newest().snapshots());
      for (int at = 0; at < snapshots.size(); at += Batch.MAX_ROWS) {
        splits.add(new Part(at, Math.min(snapshots.size(), at + Batch.MAX_ROWS), snapshots));
      }
    }
    return splits;
  }

  @Override
  public BatchReader open(Split split, ScanRequest request, MemoryScope scope) {
    Part part = (Part) split;
    return new BatchReader() {
      private boolean given;

      @Override
      public @Nullable Batch next() {
        if (given) {
          return null;
        }
        given = true;
        List<Type> types = FIELDS.stream().map(ArrowTypes::type).toList();
        try (BatchBuilder builder = BatchBuilder.of(types, scope, part.to - part.from)) {
          for (Snapshot snapshot : part.snapshots.subList(part.from, part.to)) {
            builder.column(0).appendLong(snapshot.snapshotId());
            builder.column(1).appendLong(snapshot.timestampMillis());
            builder.column(2).appendValue(snapshot.operation());
            builder.column(3).appendValue(number(snapshot, "added-records"));
            builder.column(4).appendValue(number(snapshot, "deleted-records"));
            builder.column(5).appendValue(number(snapshot, IcebergSink.STEP));
            builder.endRow();
          }
          try (Batch all = builder.build()) {
            return chosen(all, request.columns());
          }
        }
      }

      @Override
      public void close() {}
    };
  }

  private static @Nullable Object number(Snapshot snapshot, String property) {
    String value = snapshot.summary().get(property);
    return value != null && value.matches("[0-9]{1,18}") ? (Object) Long.parseLong(value) : null;
  }

  private static Batch chosen(Batch all, List<String> names) {
    List<String> known = FIELDS.stream().map(Field::getName).toList();
    List<Column> columns = new ArrayList<>();
    for (String name : names) {
      columns.add(all.column(known.indexOf(name)).retain());
    }
    return all.withColumns(columns);
  }
}
