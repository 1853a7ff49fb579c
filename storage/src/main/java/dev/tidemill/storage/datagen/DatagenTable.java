package dev.tidemill.storage.datagen;

import dev.tidemill.foundation.batch.Batch;
import dev.tidemill.foundation.batch.ColumnBuilder;
import dev.tidemill.foundation.memory.MemoryScope;
import dev.tidemill.foundation.type.ArrowTypes;
import dev.tidemill.foundation.type.Type;
import dev.tidemill.storage.table.Advance;
import dev.tidemill.storage.table.Backlog;
import dev.tidemill.storage.table.BatchReader;
import dev.tidemill.storage.table.InputKind;
import dev.tidemill.storage.table.Offset;
import dev.tidemill.storage.table.ScanRequest;
import dev.tidemill.storage.table.Split;
import dev.tidemill.storage.table.Table;
import dev.tidemill.storage.table.TableStatistics;
import java.time.Instant;
import java.time.InstantSource;
import java.time.temporal.ChronoUnit;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import org.apache.arrow.vector.types.pojo.Schema;
import org.jspecify.annotations.Nullable;

/**
 * Generated rows; an offset is the number of rows before it. Of a table with a rate, rows arrive
 * from the moment it was opened, on top of what a step had taken before (a resumed query goes on at
 * the rate, it is not flooded). A batch query over a bounded table takes all its rows, whatever the
 * rate.
 */
final class DatagenTable implements Table {
  private static final long ROWS_PER_SPLIT = 1 << 18;
  private static final long MAX_SPLITS = 1 << 12;

  private final Schema schema;
  private final List<Type> types;
  private final InputKind kind;
  private final List<ColumnGenerator> generators;
  private final long perSecond;
  private final long total;
  private final InstantSource clock;
  private final Instant opened;
  private long before = -1;

  private record Range(long from, long to) implements Split {
    @Override
    public long estimatedRows() {
      return to - from;
    }
  }

  /**
   * @param perSecond rows that arrive a second, or 0 for all at once
   * @param total rows in all, or -1
   */
  DatagenTable(
      Schema schema,
      InputKind kind,
      List<ColumnGenerator> generators,
      long perSecond,
      long total,
      InstantSource clock) {
    this.schema = schema;
    this.types = ArrowTypes.types(schema);
    this.kind = kind;
    this.generators = List.copyOf(generators);
    this.perSecond = perSecond;
    this.total = total;
    this.clock = clock;
    this.opened = clock.instant();
  }

  @Override
  public Schema schema() {
    return schema;
  }

  @Override
  public InputKind inputKind() {
    return kind;
  }

  @Override
  public TableStatistics statistics() {
    return new TableStatistics(total, -1, Map.of());
  }

  @Override
  public Offset start() {
    return new Offset("0");
  }

  @Override
  public Offset end() {
    return new Offset(Long.toString(total >= 0 ? total : arrived(0)));
  }

  @Override
  public Backlog backlog(Offset from) {
    return Backlog.ofRows(advance(from, Long.MAX_VALUE).rows());
  }

  @Override
  public synchronized Advance advance(Offset from, long maxRows) {
    long start = position(from);
    if (before < 0) {
      before = start;
    }
    long there = perSecond == 0 ? total : arrived(before);
    long to = Math.max(start, Math.min(there, saturatedAdd(start, maxRows)));
    return new Advance(new Offset(Long.toString(to)), to - start, to >= there, to == total);
  }

  private long arrived(long base) {
    if (perSecond == 0) {
      return total;
    }
    long micros = Math.max(0, ChronoUnit.MICROS.between(opened, clock.instant()));
    long sinceOpened =
        Math.addExact(micros / 1_000_000 * perSecond, micros % 1_000_000 * perSecond / 1_000_000);
    return total < 0 ? base + sinceOpened : Math.min(total, base + sinceOpened);
  }

  private static long saturatedAdd(long a, long b) {
    long sum = a + b;
    return sum < a ? Long.MAX_VALUE : sum;
  }

  private static long position(Offset offset) {
    return Long.parseLong(offset.text());
  }

  @Override
  public List<Split> splits(ScanRequest request) {
    List<Split> splits = new ArrayList<>();
    long to = position(request.to());
    long from = position(request.from());
    long rows = Math.max(ROWS_PER_SPLIT, (to - from) / MAX_SPLITS + 1);
    while (from < to) {
      long end = to - from <= rows ? to : from + rows;
      splits.add(new Range(from, end));
      from = end;
    }
    return splits;
  }

  @Override
  public BatchReader open(Split split, ScanRequest request, MemoryScope scope) {
    int[] columns = new int[request.columns().size()];
    for (int i = 0; i < columns.length; i++) {
      columns[i] = schema.getFields().indexOf(schema.findField(request.columns().get(i)));
    }
    return new Reader((Range) split, columns, scope);
  }

  private final class Reader implements BatchReader {
    private final int[] columns;
    private final List<ColumnBuilder> builders = new ArrayList<>();
    private final long to;
    private long row;

    Reader(Range range, int[] columns, MemoryScope scope) {
      this.columns = columns;
      this.row = range.from();
      this.to = range.to();
      for (int column : columns) {
        builders.add(ColumnBuilder.of(types.get(column), scope, Batch.MAX_ROWS));
      }
    }

    @Override
    public @Nullable Batch next() {
      int count = (int) Math.min(Batch.MAX_ROWS, to - row);
      if (count == 0) {
        return null;
      }
      for (int c = 0; c < columns.length; c++) {
        ColumnGenerator generator = generators.get(columns[c]);
        ColumnBuilder builder = builders.get(c);
        for (int i = 0; i < count; i++) {
          generator.append(row + i, builder);
        }
      }
      row += count;
      return new Batch(count, builders.stream().map(ColumnBuilder::build).toList());
    }

    @Override
    public void close() {
      builders.forEach(ColumnBuilder::close);
    }
  }
}
