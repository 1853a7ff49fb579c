package dev.tidemill.storage.memory;

import dev.tidemill.foundation.batch.Batch;
import dev.tidemill.foundation.batch.Column;
import dev.tidemill.foundation.batch.ColumnBuilder;
import dev.tidemill.foundation.batch.Selection;
import dev.tidemill.foundation.memory.MemoryScope;
import dev.tidemill.foundation.type.ArrowTypes;
import dev.tidemill.foundation.type.Type;
import dev.tidemill.storage.table.Advance;
import dev.tidemill.storage.table.BatchReader;
import dev.tidemill.storage.table.InputKind;
import dev.tidemill.storage.table.Offset;
import dev.tidemill.storage.table.RowOperation;
import dev.tidemill.storage.table.ScanRequest;
import dev.tidemill.storage.table.SinkMode;
import dev.tidemill.storage.table.Split;
import dev.tidemill.storage.table.Table;
import dev.tidemill.storage.table.TableSink;
import dev.tidemill.storage.table.TableStatistics;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Set;
import org.apache.arrow.vector.types.pojo.Schema;
import org.jspecify.annotations.Nullable;

/**
 * Rows in memory, appended to. An offset is the number of rows before it.
 *
 * <pre>
 *   batches   | b0: rows 0..99 | b1: rows 100..4195 | b2: … |     a committed step adds its batches at the end
 * </pre>
 */
public final class MemoryTable implements Table {
  private static final int BATCHES_PER_SPLIT = 64;

  private final Schema schema;
  private final List<Type> types;
  private final InputKind kind;
  private final MemoryScope scope;
  private final List<Stored> batches = new ArrayList<>();
  private long rows;
  private final Map<String, Long> lastSteps = new HashMap<>();
  private boolean ended;

  /** A batch and the number of rows before it. */
  private record Stored(long start, Batch batch) {}

  private record Range(int firstBatch, int endBatch, long rows) implements Split {
    @Override
    public long estimatedRows() {
      return rows;
    }
  }

  public MemoryTable(Schema schema, InputKind kind, MemoryScope scope) {
    this.schema = schema;
    this.types = ArrowTypes.types(schema);
    this.kind = kind;
    this.scope = scope;
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
  public synchronized TableStatistics statistics() {
    return new TableStatistics(rows, scope.used(), Map.of());
  }

  @Override
  public Offset start() {
    return new Offset("0");
  }

  @Override
  public synchronized Offset end() {
    return new Offset(Long.toString(rows));
  }

  @Override
  public synchronized Advance advance(Offset from, long maxRows) {
    long start = position(from);
    long taken = Math.min(maxRows, rows - start);
    long to = start + taken;
    boolean caughtUp = to == rows;
    return new Advance(
        new Offset(Long.toString(to)),
        taken,
        caughtUp,
        caughtUp && (ended || kind != InputKind.GROWING));
  }

  private static long position(Offset offset) {
    return Long.parseLong(offset.text());
  }

  @Override
  public synchronized List<Split> splits(ScanRequest request) {
    long from = position(request.from());
    long to = position(request.to());
    List<Split> splits = new ArrayList<>();
    int first = -1;
    long splitRows = 0;
    for (int i = 0; i < batches.size(); i++) {
      Stored stored = batches.get(i);
      if (stored.start() + stored.batch().length() <= from || stored.start() >= to) {
        continue;
      }
      if (first < 0) {
        first = i;
      }
      splitRows += stored.batch().length();
      if (i - first + 1 == BATCHES_PER_SPLIT) {
        splits.add(new Range(first, i + 1, splitRows));
        first = -1;
        splitRows = 0;
      }
    }
    if (first >= 0) {
      splits.add(new Range(first, batches.size(), splitRows));
    }
    return splits;
  }

  @Override
  public BatchReader open(Split split, ScanRequest request, MemoryScope ignored) {
    Range range = (Range) split;
    List<Stored> taken;
    synchronized (this) {
      taken = List.copyOf(batches.subList(range.firstBatch(), range.endBatch()));
    }
    int[] columns = request.columns().stream().mapToInt(this::columnIndex).toArray();
    return new Reader(taken, columns, position(request.from()), position(request.to()));
  }

  private int columnIndex(String name) {
    for (int i = 0; i < schema.getFields().size(); i++) {
      if (schema.getFields().get(i).getName().equals(name)) {
        return i;
      }
    }
    throw new IllegalArgumentException("no stored column " + name);
  }

  @Override
  public Set<SinkMode> sinkModes() {
    return Set.of(SinkMode.APPEND);
  }

  @Override
  public TableSink sink(String writer) {
    return new Sink(writer);
  }

  private synchronized void commit(String writer, long step, List<Batch> added) {
    for (Batch batch : added) {
      batches.add(new Stored(rows, batch));
      rows += batch.length();
    }
    lastSteps.put(writer, step);
  }

  private static final class Reader implements BatchReader {
    private final List<Stored> batches;
    private final int[] columns;
    private final long from;
    private final long to;
    private int next;

    Reader(List<Stored> batches, int[] columns, long from, long to) {
      this.batches = batches;
      this.columns = columns;
      this.from = from;
      this.to = to;
    }

    @Override
    public @Nullable Batch next() {
      while (next < batches.size()) {
        Stored stored = batches.get(next++);
        int first = (int) Math.max(0, from - stored.start());
        int end = (int) Math.min(stored.batch().length(), to - stored.start());
        if (first < end) {
          return part(stored.batch(), first, end);
        }
      }
      return null;
    }

    private Batch part(Batch batch, int first, int end) {
      List<Column> chosen = new ArrayList<>(columns.length);
      for (int column : columns) {
        chosen.add(batch.column(column).retain());
      }
      Selection selection = null;
      if (end - first < batch.length()) {
        int[] rows = new int[end - first];
        for (int i = 0; i < rows.length; i++) {
          rows[i] = first + i;
        }
        selection = new Selection(rows, rows.length);
      }
      return new Batch(batch.length(), chosen, selection, null);
    }

    @Override
    public void close() {}
  }

  private final class Sink implements TableSink {
    private final String writer;

    Sink(String writer) {
      this.writer = writer;
    }

    @Override
    public long lastStep() {
      synchronized (MemoryTable.this) {
        return lastSteps.getOrDefault(writer, -1L);
      }
    }

    @Override
    public StepWriter begin(long step, SinkMode mode, MemoryScope ignored) {
      return new Writer(writer, step);
    }

    @Override
    public void end() {
      synchronized (MemoryTable.this) {
        ended = true;
      }
    }

    @Override
    public void close() {}
  }

  private final class Writer implements TableSink.StepWriter {
    private final String writer;
    private final long step;
    private final List<ColumnBuilder> builders = new ArrayList<>();
    private final List<Batch> finished = new ArrayList<>();

    Writer(String writer, long step) {
      this.writer = writer;
      this.step = step;
      for (Type type : types) {
        builders.add(ColumnBuilder.of(type, scope, 16));
      }
    }

    @Override
    public void write(Batch rows, RowOperation operation) {
      for (int i = 0; i < rows.rowCount(); i++) {
        int row = rows.row(i);
        for (int c = 0; c < builders.size(); c++) {
          builders.get(c).appendFrom(rows.column(c), row);
        }
        if (builders.get(0).length() == Batch.MAX_ROWS) {
          finish();
        }
      }
    }

    private void finish() {
      int length = builders.get(0).length();
      if (length > 0) {
        finished.add(new Batch(length, builders.stream().map(ColumnBuilder::build).toList()));
      }
    }

    @Override
    public void commit() {
      finish();
      MemoryTable.this.commit(writer, step, finished);
      finished.clear();
    }

    @Override
    public void close() {
      finished.forEach(Batch::close);
      finished.clear();
      builders.forEach(ColumnBuilder::close);
    }
  }
}
