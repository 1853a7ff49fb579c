package dev.tidemill.storage.memory;

import dev.tidemill.foundation.batch.Batch;
import dev.tidemill.foundation.batch.Column;
import dev.tidemill.foundation.batch.ColumnBuilder;
import dev.tidemill.foundation.batch.Selection;
import dev.tidemill.foundation.memory.MemoryScope;
import dev.tidemill.foundation.type.ArrowTypes;
import dev.tidemill.foundation.type.Type;
import dev.tidemill.storage.table.BatchReader;
import dev.tidemill.storage.table.ColumnFilter;
import dev.tidemill.storage.table.FilterSupport;
import dev.tidemill.storage.table.ScanRequest;
import dev.tidemill.storage.table.TableStatistics;
import dev.tidemill.storage.versions.Base;
import dev.tidemill.storage.versions.Commit;
import dev.tidemill.storage.versions.Segment;
import dev.tidemill.storage.versions.SegmentStore;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import org.apache.arrow.vector.types.pojo.Schema;
import org.jspecify.annotations.Nullable;

/** Segments as batches in memory, which stay there as long as the process. */
final class MemorySegments implements SegmentStore {
  private static final int ROWS_PER_PART = 64 * Batch.MAX_ROWS;

  private final Schema schema;
  private final List<Type> types;
  private final MemoryScope scope;
  private final Map<String, List<Batch>> batches = new HashMap<>();
  private final List<Commit> news = new ArrayList<>();
  private boolean ended;
  private long oldest;
  private long names;

  MemorySegments(Schema schema, MemoryScope scope) {
    this.schema = schema;
    this.types = ArrowTypes.types(schema);
    this.scope = scope;
  }

  @Override
  public synchronized @Nullable Kept news() {
    if (news.isEmpty() && !ended && oldest == 0) {
      return null;
    }
    Kept kept = new Kept(null, List.copyOf(news), ended, oldest);
    news.clear();
    ended = false;
    oldest = 0;
    return kept;
  }

  @Override
  public FilterSupport support(ColumnFilter filter) {
    return FilterSupport.NO;
  }

  @Override
  public TableStatistics statistics(List<Segment> segments) {
    return new TableStatistics(
        segments.stream().mapToLong(Segment::rows).sum(), scope.used(), Map.of());
  }

  @Override
  public List<Part> parts(Segment segment, long from, long to, ScanRequest request) {
    List<Part> parts = new ArrayList<>();
    for (long at = from; at < to; at += ROWS_PER_PART) {
      parts.add(new Part(segment, at, Math.min(to, at + ROWS_PER_PART)));
    }
    return parts;
  }

  @Override
  public List<Part> divide(Part part, long rows) {
    return List.of(part);
  }

  @Override
  public BatchReader open(Part part, ScanRequest request, MemoryScope ignored) {
    int[] columns = request.columns().stream().mapToInt(this::columnIndex).toArray();
    synchronized (this) {
      return new Reader(batches.getOrDefault(part.segment().name(), List.of()), columns, part);
    }
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
  public Writing write(String writer) {
    return new Writing() {
      @Override
      public SegmentWriter segment(long commit, boolean gone, MemoryScope charged) {
        return new Writer(commit, gone);
      }

      @Override
      public void commit(Commit commit) {
        synchronized (MemorySegments.this) {
          news.add(commit);
        }
      }

      @Override
      public void end() {
        synchronized (MemorySegments.this) {
          ended = true;
        }
      }

      @Override
      public void expire(long snapshot) {
        synchronized (MemorySegments.this) {
          oldest = snapshot;
        }
      }

      @Override
      public void remove(List<Segment> segments, long compaction) {
        synchronized (MemorySegments.this) {
          for (Segment segment : segments) {
            List<Batch> removed = batches.remove(segment.name());
            if (removed != null) {
              removed.forEach(Batch::close);
            }
          }
        }
      }

      @Override
      public void begin(Base base, List<Commit> commits, boolean isEnded, long first) {}

      @Override
      public void close() {}
    };
  }

  private synchronized String keep(List<Batch> segment) {
    String name = Long.toString(names++);
    batches.put(name, List.copyOf(segment));
    return name;
  }

  /** All batches but the last have {@link Batch#MAX_ROWS} rows. */
  private static final class Reader implements BatchReader {
    private final List<Batch> batches;
    private final int[] columns;
    private final Part part;
    private int next;

    Reader(List<Batch> batches, int[] columns, Part part) {
      this.batches = batches;
      this.columns = columns;
      this.part = part;
      this.next = Math.toIntExact(part.from() / Batch.MAX_ROWS);
    }

    @Override
    public @Nullable Batch next() {
      long start = (long) next * Batch.MAX_ROWS;
      if (next >= batches.size() || start >= part.to()) {
        return null;
      }
      Batch batch = batches.get(next++);
      int first = (int) Math.max(0, part.from() - start);
      int end = (int) Math.min(batch.length(), part.to() - start);
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
    public long positionOf(int row) {
      return (next - 1L) * Batch.MAX_ROWS + row;
    }

    @Override
    public void close() {}
  }

  private final class Writer implements SegmentWriter {
    private final long commit;
    private final boolean gone;
    private final List<ColumnBuilder> builders = new ArrayList<>();
    private final List<Batch> finished = new ArrayList<>();
    private long rows;

    Writer(long commit, boolean gone) {
      this.commit = commit;
      this.gone = gone;
      for (Type type : types) {
        builders.add(ColumnBuilder.of(type, scope, 16));
      }
    }

    @Override
    public void write(Batch batch) {
      for (int i = 0; i < batch.rowCount(); i++) {
        int row = batch.row(i);
        for (int c = 0; c < builders.size(); c++) {
          builders.get(c).appendFrom(batch.column(c), row);
        }
        if (builders.get(0).length() == Batch.MAX_ROWS) {
          build();
        }
      }
    }

    private void build() {
      int length = builders.get(0).length();
      if (length > 0) {
        finished.add(new Batch(length, builders.stream().map(ColumnBuilder::build).toList()));
        rows += length;
      }
    }

    @Override
    public Segment finish() {
      build();
      Segment segment = new Segment(commit, gone, keep(finished), 0, rows);
      finished.clear();
      return segment;
    }

    @Override
    public void close() {
      finished.forEach(Batch::close);
      finished.clear();
      builders.forEach(ColumnBuilder::close);
    }
  }
}
