package dev.tidemill.storage.versions;

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
import java.util.function.LongSupplier;
import org.apache.arrow.vector.types.pojo.Field;
import org.apache.arrow.vector.types.pojo.Schema;
import org.jspecify.annotations.Nullable;

/** {@code t$snapshots}: the commits of a table. */
final class SnapshotsTable implements Table {
  private static final Type TIME = new Type.ZonedTimestamp(3);
  private static final List<Field> FIELDS =
      List.of(
          ArrowTypes.field("snapshot", Type.BIGINT, false),
          ArrowTypes.field("time", TIME, false),
          ArrowTypes.field("operation", Type.VARCHAR, false),
          ArrowTypes.field("rows_in", Type.BIGINT, false),
          ArrowTypes.field("rows_out", Type.BIGINT, false));

  private final LongSupplier last;
  private final Commits commits;

  /** Gives the commits behind one snapshot up to another, those that can be read still. */
  interface Commits {
    List<Commit> between(long from, long to);
  }

  private record Range(long from, long to) implements Split {
    @Override
    public long estimatedRows() {
      return to - from;
    }
  }

  /**
   * @param last gives the number of the last snapshot
   */
  SnapshotsTable(LongSupplier last, Commits commits) {
    this.last = last;
    this.commits = commits;
  }

  @Override
  public Schema schema() {
    return new Schema(FIELDS);
  }

  @Override
  public InputKind inputKind() {
    return InputKind.GROWING;
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
    return new Offset(Long.toString(last.getAsLong()));
  }

  @Override
  public Advance advance(Offset from, long maxRows) {
    long start = Place.parse(from).commit();
    long end = last.getAsLong();
    long to = Math.min(end, start + maxRows);
    return new Advance(new Offset(Long.toString(to)), to - start, to == end, false);
  }

  @Override
  public List<Split> splits(ScanRequest request) {
    long from = Place.parse(request.from()).commit();
    long to = Place.parse(request.to()).commit();
    List<Split> splits = new ArrayList<>();
    for (long at = from; at < to; at += Batch.MAX_ROWS) {
      splits.add(new Range(at, Math.min(to, at + Batch.MAX_ROWS)));
    }
    return splits;
  }

  @Override
  public BatchReader open(Split split, ScanRequest request, MemoryScope scope) {
    Range range = (Range) split;
    return new BatchReader() {
      private boolean given;

      @Override
      public @Nullable Batch next() {
        if (given) {
          return null;
        }
        given = true;
        List<Type> types = FIELDS.stream().map(ArrowTypes::type).toList();
        List<Commit> shown = commits.between(range.from(), range.to());
        try (BatchBuilder builder = BatchBuilder.of(types, scope, Math.max(1, shown.size()))) {
          for (Commit commit : shown) {
            builder.column(0).appendLong(commit.number());
            builder.column(1).appendLong(commit.timeMillis());
            builder.column(2).appendValue(operation(commit));
            builder.column(3).appendLong(commit.rowsIn());
            builder.column(4).appendLong(commit.rowsOut());
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

  private static Batch chosen(Batch all, List<String> names) {
    List<String> known = FIELDS.stream().map(Field::getName).toList();
    List<Column> columns = new ArrayList<>();
    for (String name : names) {
      columns.add(all.column(known.indexOf(name)).retain());
    }
    return all.withColumns(columns);
  }

  private static String operation(Commit commit) {
    if (commit.compacted()) {
      return "COMPACT";
    }
    if (commit.rowsOut() == 0) {
      return "INSERT";
    }
    return commit.rowsIn() == 0 ? "DELETE" : "UPDATE";
  }
}
