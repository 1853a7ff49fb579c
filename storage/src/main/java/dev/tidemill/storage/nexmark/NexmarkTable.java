package dev.tidemill.storage.nexmark;

import dev.tidemill.foundation.memory.MemoryScope;
import dev.tidemill.storage.table.Advance;
import dev.tidemill.storage.table.Backlog;
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

/** The events of one kind. An offset is the number of an event, of whatever kind. */
final class NexmarkTable implements Table {
  private static final long ROWS_PER_SPLIT = 1 << 18;
  private static final long MAX_SPLITS = 1 << 12;

  private final EventKind kind;
  private final Schema schema;
  private final List<EventColumn> columns;
  private final TextPool pool;
  private final InputKind inputKind;
  private final Arrivals arrivals;
  private final long perStep;

  /** Rows {@code from} to {@code to - 1}. */
  private record Range(long from, long to) implements Split {
    @Override
    public long estimatedRows() {
      return to - from;
    }
  }

  /**
   * @param columns those of {@code schema}
   * @param pool what texts are views into
   * @param perStep the most events that a step goes on by
   */
  NexmarkTable(
      EventKind kind,
      Schema schema,
      List<EventColumn> columns,
      TextPool pool,
      InputKind inputKind,
      Arrivals arrivals,
      long perStep) {
    this.kind = kind;
    this.schema = schema;
    this.columns = List.copyOf(columns);
    this.pool = pool;
    this.inputKind = inputKind;
    this.arrivals = arrivals;
    this.perStep = perStep;
  }

  @Override
  public Schema schema() {
    return schema;
  }

  @Override
  public InputKind inputKind() {
    return inputKind;
  }

  @Override
  public TableStatistics statistics() {
    long total = arrivals.total();
    return new TableStatistics(total < 0 ? -1 : kind.rowsBefore(total), -1, Map.of());
  }

  @Override
  public Offset start() {
    return offset(0);
  }

  @Override
  public Offset end() {
    return offset(arrivals.all());
  }

  /**
   * Goes on by events, so that tables that are asked alike go on together; by more than a step may
   * have where among them is no row of this kind.
   */
  @Override
  public Advance advance(Offset from, long maxRows) {
    long start = event(from);
    long there = Math.max(start, arrivals.since(start));
    long first = kind.rowsBefore(start);
    long most = first + maxRows < first ? Long.MAX_VALUE : first + maxRows;
    long to = start + perStep < start ? Long.MAX_VALUE : start + perStep;
    to = Math.max(to, kind.eventBehind(first));
    if (most < kind.rowsBefore(Math.min(to, there))) {
      to = kind.eventBehind(most - 1);
    }
    to = Math.min(to, there);
    long rows = kind.rowsBefore(to) - first;
    return new Advance(offset(to), rows, to == there, to == arrivals.total());
  }

  @Override
  public Backlog backlog(Offset from) {
    long start = event(from);
    long there = Math.max(start, arrivals.since(start));
    return Backlog.ofRows(kind.rowsBefore(there) - kind.rowsBefore(start));
  }

  private static Offset offset(long event) {
    return new Offset(Long.toString(event));
  }

  private static long event(Offset offset) {
    return Long.parseLong(offset.text());
  }

  @Override
  public List<Split> splits(ScanRequest request) {
    return splits(request, 1);
  }

  @Override
  public List<Split> splits(ScanRequest request, int parts) {
    List<Split> splits = new ArrayList<>();
    long from = kind.rowsBefore(event(request.from()));
    long to = kind.rowsBefore(event(request.to()));
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
    List<EventColumn> chosen = new ArrayList<>();
    for (String name : request.columns()) {
      chosen.add(columns.get(schema.getFields().indexOf(schema.findField(name))));
    }
    Range range = (Range) split;
    return new EventReader(kind, chosen, pool, range.from(), range.to(), scope);
  }
}
