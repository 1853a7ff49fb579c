package dev.tidemill.storage.tpch;

import dev.tidemill.foundation.batch.Batch;
import dev.tidemill.foundation.batch.ColumnBuilder;
import dev.tidemill.foundation.memory.MemoryScope;
import dev.tidemill.foundation.type.ArrowTypes;
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
import java.util.function.LongFunction;
import org.apache.arrow.vector.types.pojo.Schema;
import org.jspecify.annotations.Nullable;

/**
 * A table of TPC-H at a scale factor, generated column by column while it is read, by ranges of
 * base rows (see {@link ColumnSource}). Static; its offsets are {@code 0} and {@code end}.
 */
final class GeneratedTpchTable implements Table {
  private static final Offset START = new Offset("0");
  private static final Offset END = new Offset("end");
  private static final double ROWS_PER_PART = 100_000;

  private final List<TpchTables.Column> columns;
  private final long baseRows;
  private final double linesPerRow;
  private final LongFunction<LineCounts> lineCounts;
  private final Schema schema;

  /** Base rows {@code first} to {@code first + count - 1}. */
  private record Part(long first, long count, long estimatedRows) implements Split {}

  /**
   * @param linesPerRow how many rows a base row has on the average
   * @param lineCounts how many each has, from a base row on
   */
  GeneratedTpchTable(
      List<TpchTables.Column> columns,
      long baseRows,
      double linesPerRow,
      LongFunction<LineCounts> lineCounts) {
    this.columns = columns;
    this.baseRows = baseRows;
    this.linesPerRow = linesPerRow;
    this.lineCounts = lineCounts;
    this.schema =
        new Schema(columns.stream().map(c -> ArrowTypes.field(c.name(), c.type(), false)).toList());
  }

  @Override
  public Schema schema() {
    return schema;
  }

  @Override
  public InputKind inputKind() {
    return InputKind.STATIC;
  }

  @Override
  public TableStatistics statistics() {
    return new TableStatistics(Math.floor(baseRows * linesPerRow), -1, Map.of());
  }

  @Override
  public Offset start() {
    return START;
  }

  @Override
  public Offset end() {
    return END;
  }

  @Override
  public Advance advance(Offset from, long maxRows) {
    if (from.equals(END)) {
      return new Advance(END, 0, true, true);
    }
    LineCounts counts = lineCounts.apply(0);
    long rows = 0;
    for (long row = 0; row < baseRows; row++) {
      rows += counts.next();
    }
    return new Advance(END, rows, true, true);
  }

  @Override
  public List<Split> splits(ScanRequest request) {
    if (request.from().equals(request.to())) {
      return List.of();
    }
    long rowsPerPart = (long) (ROWS_PER_PART / linesPerRow);
    List<Split> parts = new ArrayList<>();
    for (long first = 0; first < baseRows; first += rowsPerPart) {
      parts.add(part(first, Math.min(rowsPerPart, baseRows - first)));
    }
    return parts;
  }

  private Part part(long first, long count) {
    return new Part(first, count, (long) (count * linesPerRow));
  }

  @Override
  public BatchReader open(Split split, ScanRequest request, MemoryScope scope) {
    Part part = (Part) split;
    List<TpchTables.Column> chosen = new ArrayList<>();
    for (String name : request.columns()) {
      for (TpchTables.Column column : columns) {
        if (column.name().equals(name)) {
          chosen.add(column);
        }
      }
    }
    return new Reader(part, lineCounts.apply(part.first()), chosen, scope);
  }

  private static final class Reader implements BatchReader {
    private final LineCounts counts;
    private final List<ColumnSource> sources = new ArrayList<>();
    private final List<ColumnBuilder> builders = new ArrayList<>();
    private final int[] lines = new int[Batch.MAX_ROWS];
    private final long end;
    private long row;

    /** The rows of base row {@link #row}. */
    private int pending;

    Reader(Part part, LineCounts counts, List<TpchTables.Column> columns, MemoryScope scope) {
      this.counts = counts;
      for (TpchTables.Column column : columns) {
        sources.add(column.source().apply(part.first()));
        builders.add(ColumnBuilder.of(column.type(), scope, Batch.MAX_ROWS));
      }
      row = part.first();
      end = row + part.count();
      pending = counts.next();
    }

    @Override
    public @Nullable Batch next() {
      int baseCount = 0;
      int rowCount = 0;
      for (; row + baseCount < end && rowCount + pending <= Batch.MAX_ROWS; baseCount++) {
        lines[baseCount] = pending;
        rowCount += pending;
        pending = counts.next();
      }
      if (baseCount == 0) {
        return null;
      }
      for (int column = 0; column < builders.size(); column++) {
        ColumnSource source = sources.get(column);
        ColumnBuilder builder = builders.get(column);
        for (int i = 0; i < baseCount; i++) {
          source.append(row + i, lines[i], builder);
        }
      }
      row += baseCount;
      return new Batch(rowCount, builders.stream().map(ColumnBuilder::build).toList());
    }

    @Override
    public void close() {
      builders.forEach(ColumnBuilder::close);
    }
  }
}
