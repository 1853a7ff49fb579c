package dev.tidemill.storage.files;

import dev.tidemill.foundation.batch.Batch;
import dev.tidemill.foundation.batch.BatchBuilder;
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
import java.util.Map;
import org.apache.arrow.vector.types.pojo.Schema;
import org.jspecify.annotations.Nullable;

/**
 * {@code t$rejected}: the rows of {@code t} that could not be read. An offset is how many rows are
 * before it.
 */
public final class RejectedTable implements Table {
  private final RejectLog log;
  private final Schema schema;

  private record Range(int from, int to) implements Split {
    @Override
    public long estimatedRows() {
      return to - from;
    }
  }

  /** Of a table of files. */
  RejectedTable(RejectLog log) {
    this(log, "file", "line");
  }

  /**
   * @param source name of the column that tells what a row stands in
   * @param place name of the column that tells where in it
   */
  public RejectedTable(RejectLog log, String source, String place) {
    this.log = log;
    this.schema =
        new Schema(
            List.of(
                ArrowTypes.field(source, Type.VARCHAR, false),
                ArrowTypes.field(place, Type.BIGINT, false),
                ArrowTypes.field("column", Type.VARCHAR, true),
                ArrowTypes.field("text", Type.VARCHAR, false),
                ArrowTypes.field("error", Type.VARCHAR, false)));
  }

  @Override
  public Schema schema() {
    return schema;
  }

  @Override
  public InputKind inputKind() {
    return InputKind.GROWING;
  }

  @Override
  public TableStatistics statistics() {
    return new TableStatistics(log.count(), -1, Map.of());
  }

  @Override
  public Offset start() {
    return offset(0);
  }

  @Override
  public Offset end() {
    return offset(log.count());
  }

  private static Offset offset(int rows) {
    return new Offset(Integer.toString(rows));
  }

  private static int rows(Offset offset) {
    try {
      return Integer.parseInt(offset.text());
    } catch (NumberFormatException e) {
      throw FilesErrors.badOffset(offset.text());
    }
  }

  @Override
  public Advance advance(Offset from, long maxRows) {
    int start = rows(from);
    int end = log.count();
    int to = (int) Math.min(end, start + Math.min(maxRows, Integer.MAX_VALUE));
    return new Advance(offset(to), to - start, to == end, false);
  }

  @Override
  public List<Split> splits(ScanRequest request) {
    int from = rows(request.from());
    int to = rows(request.to());
    return from == to ? List.of() : List.of(new Range(from, to));
  }

  @Override
  public BatchReader open(Split split, ScanRequest request, MemoryScope scope) {
    Range range = (Range) split;
    int[] columns =
        request.columns().stream()
            .mapToInt(c -> ColumnNames.indexOf(ColumnNames.names(schema), c))
            .toArray();
    return new Reader(range, columns, scope);
  }

  private final class Reader implements BatchReader {
    private final int[] columns;
    private final BatchBuilder builder;
    private final int to;
    private int next;

    Reader(Range range, int[] columns, MemoryScope scope) {
      this.columns = columns;
      this.next = range.from();
      this.to = range.to();
      List<Type> types = new ArrayList<>();
      for (int column : columns) {
        types.add(ArrowTypes.type(schema.getFields().get(column)));
      }
      this.builder = BatchBuilder.of(types, scope, 64);
    }

    @Override
    public @Nullable Batch next() {
      if (next == to) {
        return null;
      }
      int end = Math.min(to, next + Batch.MAX_ROWS);
      for (RejectLog.Rejected row : log.rows(next, end)) {
        @Nullable Object[] values = new @Nullable Object[columns.length];
        for (int i = 0; i < columns.length; i++) {
          values[i] =
              switch (columns[i]) {
                case 0 -> row.place().file();
                case 1 -> row.line();
                case 2 -> row.column().isEmpty() ? null : row.column();
                case 3 -> row.text();
                default -> row.problem();
              };
        }
        builder.appendRow(values);
      }
      next = end;
      return builder.build();
    }

    @Override
    public void close() {
      builder.close();
    }
  }
}
