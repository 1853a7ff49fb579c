package dev.tidemill.storage.cache;

import dev.tidemill.foundation.batch.Batch;
import dev.tidemill.foundation.batch.Batches;
import dev.tidemill.foundation.batch.Column;
import dev.tidemill.foundation.batch.Selection;
import dev.tidemill.foundation.error.TidemillException;
import dev.tidemill.foundation.memory.MemoryScope;
import dev.tidemill.storage.table.Advance;
import dev.tidemill.storage.table.BatchReader;
import dev.tidemill.storage.table.ColumnFilter;
import dev.tidemill.storage.table.FilterSupport;
import dev.tidemill.storage.table.InputKind;
import dev.tidemill.storage.table.Offset;
import dev.tidemill.storage.table.ScanRequest;
import dev.tidemill.storage.table.SkippedReads;
import dev.tidemill.storage.table.Split;
import dev.tidemill.storage.table.StagedReader;
import dev.tidemill.storage.table.Table;
import dev.tidemill.storage.table.TableStatistics;
import dev.tidemill.storage.table.ValueBits;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import org.apache.arrow.vector.types.pojo.Field;
import org.apache.arrow.vector.types.pojo.Schema;
import org.jspecify.annotations.Nullable;

/**
 * The rows of a table in memory, in the dictionaries that its reader gave, and its columns packed
 * ({@link CachedColumn}). Who reads takes a {@link Reading}, which holds the rows until it is
 * closed; filters leave out chunks and batches, conditions columns of the rows they reject.
 *
 * <pre>
 *   table     start ─────────── cached up to ─────── end
 *   chunks    c0 │ c1 │ c2 │ c3                           rows that were appended since are read
 *                                                         and added as further chunks by read()
 * </pre>
 *
 * <p>What stands between two offsets of a table never changes, so that rows once read stay right as
 * long as the table itself would still give them, which each {@link #read} asks it. Thread-safe.
 */
public final class CachedTable {
  private static final int BATCHES_PER_CHUNK = 16;

  private final Table table;
  private final MemoryScope memory;
  private final List<String> columns;
  private final Map<String, Integer> places = new HashMap<>();
  private final List<CachedChunk> chunks = new ArrayList<>();
  private Offset end;
  private int readings;
  private boolean dropped;

  /**
   * Nothing of the table yet: {@link #read} fills it.
   *
   * @param memory what the rows are charged to
   */
  public CachedTable(Table table, MemoryScope memory) {
    this.table = table;
    this.memory = memory;
    this.columns = table.schema().getFields().stream().map(Field::getName).toList();
    for (int i = 0; i < columns.size(); i++) {
      places.put(columns.get(i), i);
    }
    this.end = table.start();
  }

  /** Whether these are rows of {@code other}. */
  public boolean isOf(Table other) {
    return table == other;
  }

  /** Bytes that the rows take. */
  public synchronized long bytes() {
    return dropped ? 0 : memory.used();
  }

  /**
   * The table with all rows there are now, to be closed by the caller; null if the table has lost
   * or changed rows, and this is good for nothing any more.
   *
   * @param check called now and then while rows are read; throws to end that
   * @throws TidemillException where the rows do not fit the memory, or cannot be read
   */
  public synchronized @Nullable Reading read(Runnable check) {
    if (dropped) {
      return null;
    }
    Offset now = table.end();
    if (!chunks.isEmpty() && !isUnchanged()) {
      return null;
    }
    if (!now.equals(end) && !end.equals(table.start()) && table.changing()) {
      return null;
    }
    if (!now.equals(end)) {
      try {
        extend(now, check);
      } catch (TidemillException e) {
        if (chunks.isEmpty()) {
          throw e;
        }
        return null;
      }
    }
    readings++;
    return new Reading(List.copyOf(chunks), end);
  }

  /** Whether the table would still give the rows that are here. */
  private boolean isUnchanged() {
    try {
      table.splits(new ScanRequest(List.of(), table.start(), end, List.of(), -1));
      return true;
    } catch (TidemillException changed) {
      return false;
    }
  }

  private void extend(Offset now, Runnable check) {
    ScanRequest request = new ScanRequest(columns, end, now, List.of(), -1);
    List<CachedChunk> added = new ArrayList<>();
    List<CachedBatch> batches = new ArrayList<>();
    try {
      for (Split split : table.splits(request)) {
        try (BatchReader reader = table.open(split, request, memory)) {
          for (Batch batch = reader.next(); batch != null; batch = reader.next()) {
            batches.add(kept(batch));
            check.run();
            if (batches.size() == BATCHES_PER_CHUNK) {
              added.add(new CachedChunk(batches, columns.size()));
              batches.clear();
            }
          }
        }
      }
      if (!batches.isEmpty()) {
        added.add(new CachedChunk(batches, columns.size()));
        batches.clear();
      }
    } catch (RuntimeException | Error e) {
      batches.forEach(CachedBatch::close);
      added.forEach(CachedChunk::close);
      throw e;
    }
    chunks.addAll(added);
    end = now;
  }

  /**
   * The rows that count. What a table has in memory itself stays charged to it, as far as it is
   * kept as it is.
   */
  private CachedBatch kept(Batch batch) {
    try (batch) {
      if (batch.selection() == null) {
        return CachedBatch.of(batch, memory);
      }
      try (Batch whole = Batches.compact(batch, memory)) {
        return CachedBatch.of(whole, memory);
      }
    }
  }

  /** Gives the memory back, at once or when the last reading is closed. */
  public synchronized void drop() {
    if (!dropped) {
      dropped = true;
      release();
    }
  }

  private void release() {
    if (dropped && readings == 0) {
      chunks.forEach(CachedChunk::close);
      chunks.clear();
      memory.close();
    }
  }

  private synchronized void finished() {
    readings--;
    release();
  }

  /** The rows that were there when it was made, as a table. */
  public final class Reading implements Table, AutoCloseable {
    private final List<CachedChunk> read;
    private final Offset to;
    private boolean closed;

    private Reading(List<CachedChunk> read, Offset to) {
      this.read = read;
      this.to = to;
    }

    @Override
    public Schema schema() {
      return table.schema();
    }

    @Override
    public InputKind inputKind() {
      return table.inputKind();
    }

    @Override
    public TableStatistics statistics() {
      return table.statistics();
    }

    @Override
    public FilterSupport support(ColumnFilter filter) {
      return FilterSupport.PRUNING;
    }

    @Override
    public Offset start() {
      return table.start();
    }

    @Override
    public Offset end() {
      return to;
    }

    @Override
    public Advance advance(Offset from, long maxRows) {
      return table.advance(from, maxRows);
    }

    @Override
    public List<Split> splits(ScanRequest request) {
      List<Split> splits = new ArrayList<>();
      for (CachedChunk chunk : read) {
        if (!chunk.isRejected(request.filters(), places)) {
          splits.add(chunk);
        }
      }
      return splits;
    }

    @Override
    public BatchReader open(Split split, ScanRequest request, MemoryScope scope) {
      CachedChunk chunk = (CachedChunk) split;
      List<CachedBatch> batches = new ArrayList<>();
      if (!chunk.isRejected(request.filters(), places)) {
        for (CachedBatch batch : chunk.batches()) {
          if (!chunk.isRejected(batch, request.filters(), places)) {
            batches.add(batch);
          }
        }
      }
      int[] wanted = request.columns().stream().mapToInt(places::get).toArray();
      return new Reader(batches, chunk.estimatedRows(), wanted, scope);
    }

    @Override
    public void close() {
      if (!closed) {
        closed = true;
        finished();
      }
    }
  }

  private static final class Reader implements BatchReader, StagedReader {
    private final List<CachedBatch> batches;
    private final int[] columns;
    private final MemoryScope scope;
    private final long skippedRows;

    /** How many batches have been gone on to. */
    private int read;

    /**
     * @param rows of the chunk
     */
    Reader(List<CachedBatch> batches, long rows, int[] columns, MemoryScope scope) {
      this.batches = batches;
      this.columns = columns;
      this.scope = scope;
      this.skippedRows = rows - batches.stream().mapToLong(CachedBatch::length).sum();
    }

    @Override
    public StagedReader staged() {
      return this;
    }

    @Override
    public int advance() {
      int length = 0;
      while (length == 0 && read < batches.size()) {
        length = batches.get(read++).length();
      }
      return length;
    }

    @Override
    public Column read(int column, @Nullable Selection rows) {
      return current(column).read(rows, scope);
    }

    private CachedColumn current(int column) {
      return batches.get(read - 1).columns().get(columns[column]);
    }

    @Override
    public boolean asksUnread(int column) {
      return current(column) instanceof CachedColumn.OfOffsets offsets
          && offsets.validity() == null;
    }

    @Override
    public int between(
        int column, long low, long high, int @Nullable [] rows, int count, int[] found) {
      return current(column) instanceof CachedColumn.OfOffsets offsets
          ? offsets.between(low, high, rows, count, found)
          : StagedReader.super.between(column, low, high, rows, count, found);
    }

    @Override
    public int among(int column, ValueBits values, int @Nullable [] rows, int count, int[] found) {
      return current(column) instanceof CachedColumn.OfOffsets offsets
          ? offsets.among(values, rows, count, found)
          : StagedReader.super.among(column, values, rows, count, found);
    }

    @Override
    public @Nullable Batch next() {
      int length = advance();
      if (length == 0) {
        return null;
      }
      List<Column> chosen = new ArrayList<>(columns.length);
      try {
        for (int i = 0; i < columns.length; i++) {
          chosen.add(read(i, null));
        }
      } catch (RuntimeException | Error e) {
        chosen.forEach(Column::close);
        throw e;
      }
      return new Batch(length, chosen);
    }

    @Override
    public SkippedReads skipped() {
      return new SkippedReads(0, 0, skippedRows);
    }

    @Override
    public void close() {}
  }
}
