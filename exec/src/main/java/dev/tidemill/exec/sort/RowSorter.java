package dev.tidemill.exec.sort;

import dev.tidemill.exec.error.ExecErrors;
import dev.tidemill.exec.memory.CollectedRows;
import dev.tidemill.exec.memory.HeapMemory;
import dev.tidemill.exec.pipeline.BatchSink;
import dev.tidemill.exec.pipeline.Operator;
import dev.tidemill.exec.pipeline.Run;
import dev.tidemill.exec.pipeline.Sink;
import dev.tidemill.exec.pipeline.Team;
import dev.tidemill.exec.spill.MemoryShare;
import dev.tidemill.exec.spill.Spill;
import dev.tidemill.exec.spill.SpilledRows;
import dev.tidemill.foundation.batch.Batch;
import dev.tidemill.foundation.batch.Batches;
import dev.tidemill.foundation.batch.ColumnBuilder;
import dev.tidemill.foundation.batch.ColumnBuilders;
import dev.tidemill.foundation.memory.MemoryScope;
import dev.tidemill.foundation.row.EncodedRows;
import dev.tidemill.foundation.type.Type;
import java.util.ArrayList;
import java.util.List;
import java.util.PriorityQueue;
import org.jspecify.annotations.Nullable;

/**
 * Rows put into the order of their keys, in one run: in memory, by all threads, where they fit the
 * operator's share, else in sorted runs on disk, which are merged.
 *
 * <pre>
 *   worker 1   rows … full: sort ─▶ run 1   rows … full: sort ─▶ run 3   rows ┐
 *   worker 2   rows … full: sort ─▶ run 2   rows ─────────────────────────────┴▶ sort ─▶ in memory
 *                                                   runs 1 2 3, in memory ─▶ merge ─▶ rows in order
 * </pre>
 *
 * <p>Of each run only the first {@code most} rows are kept. Workers {@link #add} side by side; then
 * one thread calls {@link #finish} and {@link #next}.
 */
public final class RowSorter implements AutoCloseable {
  /** The most runs merged at once, where nothing else is read beside. */
  private static final int FAN_IN = 32;

  /** How many batches a thread makes before they are given on. */
  private static final int BATCHES_AHEAD = 8;

  private final String operator;
  private final List<Type> types;
  private final RowKeys keys;
  private final long most;
  private final int fanIn;
  private final Run run;
  private final MemoryScope memory;
  private final MemoryShare share;
  private final Spill spill;
  private final HeapMemory heap;
  private final CollectedRows whole;
  private final List<SpilledRows> runs = new ArrayList<>();

  /** The rows in memory and their order, once finished. */
  private @Nullable Batch table;

  private int[] order = new int[0];
  private @Nullable Merge merge;
  private int nextInTable;

  /**
   * @param most how many rows of the whole are asked for, at most
   */
  public RowSorter(Operator operator, List<Type> types, RowKeys keys, long most, Run run) {
    this(operator, run.memory(operator), types, keys, most, FAN_IN, run);
  }

  private RowSorter(
      Operator operator,
      MemoryScope memory,
      List<Type> types,
      RowKeys keys,
      long most,
      int fanIn,
      Run run) {
    this.operator = operator.name();
    this.types = types;
    this.keys = keys;
    this.most = most;
    this.fanIn = fanIn;
    this.run = run;
    this.memory = memory;
    this.share = run.share(memory);
    this.spill = run.spill(operator, memory);
    this.heap = new HeapMemory(memory);
    this.whole = new CollectedRows(operator.name(), types, memory);
  }

  /** One of two of an operator, whose rows are read side by side. */
  public static RowSorter ofTwo(
      Operator operator, MemoryScope memory, List<Type> types, RowKeys keys, Run run) {
    return new RowSorter(operator, memory, types, keys, Long.MAX_VALUE, FAN_IN / 2, run);
  }

  /** What a worker collects rows in. */
  public CollectedRows rows() {
    return whole.sibling();
  }

  /** Whether a worker has to {@link #spill} before it collects more: there must be room to sort. */
  public boolean isFull(CollectedRows rows) {
    long toSort = rows.bytes() * 3 + rows.count() * 64;
    return rows.count() > 0 && share.isFull(toSort * run.threads());
  }

  /** Makes a sorted run of a worker's rows, which are gone then. */
  public void spill(CollectedRows rows) {
    long bytes = rows.bytes();
    try (Batch all = rows.table();
        HeapMemory sortHeap = new HeapMemory(memory)) {
      int[] sorted = sorted(all, sortHeap, Team.alone(run));
      int count = (int) Math.min(most, sorted.length);
      int blockRows = share.blockRows(bytes / Math.max(1, sorted.length));
      SpilledRows written = new SpilledRows(spill, types);
      for (int from = 0; from < count; from += blockRows) {
        run.check();
        try (Batch block =
            Batches.take(all, sorted, from, Math.min(blockRows, count - from), memory)) {
          written.add(block);
        }
      }
      synchronized (runs) {
        runs.add(written);
      }
    }
  }

  private int[] sorted(Batch all, HeapMemory sortHeap, Team team) {
    return SortedOrder.of(all, keys.keys(), new int[0], team, sortHeap, memory).rows();
  }

  /** Bytes the operator may hold in all. */
  public long size() {
    return share.size();
  }

  /** How many rows make a batch that takes little of that. */
  public int batchRows() {
    return (int) Math.clamp(size() >>> 14, 64, Batch.MAX_ROWS);
  }

  /** Whether something is on disk. */
  public boolean isSpilled() {
    return !runs.isEmpty();
  }

  /** All rows, not sorted, where nothing is on disk; in place of {@link #finish}. */
  public CollectedRows unsorted() {
    return whole;
  }

  /** Where a worker's rows are collected. */
  public Sink sink() {
    return worker -> new Part();
  }

  /** One worker's rows. */
  private final class Part implements BatchSink {
    private final CollectedRows rows = rows();

    @Override
    public boolean push(Batch batch) {
      if (batch.weights() != null) {
        throw ExecErrors.weightedInput(operator);
      }
      if (isFull(rows)) {
        spill(rows);
      }
      rows.add(batch);
      return true;
    }

    @Override
    public void finish() {
      add(rows);
    }

    @Override
    public void close() {
      rows.close();
    }
  }

  /** Takes over what a worker has collected when no more rows come to it. */
  public void add(CollectedRows rows) {
    synchronized (whole) {
      whole.addAll(rows);
    }
  }

  /**
   * All rows have come: sorts what is in memory, on all threads, and merges runs until few enough
   * are left.
   */
  public void finish() {
    if (!runs.isEmpty() && isFull(whole)) {
      spill(whole);
    }
    Batch all = whole.table(Team.of(run));
    table = all;
    order = sorted(all, heap, Team.of(run));
    if (!runs.isEmpty()) {
      while (runs.size() > fanIn) {
        mergeRuns();
      }
      merge = new Merge(runs, all);
    }
  }

  /** Merges the first runs to one, which becomes the last. */
  private void mergeRuns() {
    List<SpilledRows> first = runs.subList(0, fanIn);
    SpilledRows merged = new SpilledRows(spill, types);
    try (Merge some = new Merge(first, null)) {
      long left = most;
      while (left > 0) {
        try (Batch batch = some.next(left)) {
          if (batch == null) {
            break;
          }
          left -= batch.length();
          merged.add(batch);
        }
      }
    }
    first.clear();
    runs.add(merged);
  }

  /**
   * The next rows in order, at most {@link Batch#MAX_ROWS} and {@code limit}, the caller's to
   * close; null at the end.
   */
  public @Nullable Batch next(long limit) {
    if (merge != null) {
      return merge.next(limit);
    }
    Batch all = table;
    int count = (int) Math.min(Math.min(Batch.MAX_ROWS, limit), order.length - nextInTable);
    if (all == null || count <= 0) {
      return null;
    }
    Batch rows = Batches.take(all, order, nextInTable, count, memory);
    nextInTable += count;
    return rows;
  }

  /**
   * The next rows in order as some batches, made side by side, the caller's to close; none at the
   * end. As {@link #next}, for the run's own thread in a step on one thread.
   *
   * @param limit rows at most
   */
  List<Batch> nextTogether(long limit) {
    Team team = Team.of(run);
    Batch all = table;
    if (merge != null || all == null || team.size() == 1) {
      Batch one = next(limit);
      return one == null ? List.of() : List.of(one);
    }
    int from = nextInTable;
    int most = team.size() * BATCHES_AHEAD * Batch.MAX_ROWS;
    int count = (int) Math.min(Math.min(most, limit), order.length - from);
    if (count <= 0) {
      return List.of();
    }
    Batch[] batches = new Batch[(count + Batch.MAX_ROWS - 1) / Batch.MAX_ROWS];
    try {
      team.each(
          batches.length,
          i -> {
            int begin = i * Batch.MAX_ROWS;
            int length = Math.min(Batch.MAX_ROWS, count - begin);
            batches[i] = Batches.take(all, order, from + begin, length, memory);
          });
    } catch (Throwable t) {
      for (Batch batch : batches) {
        if (batch != null) {
          batch.close();
        }
      }
      throw t;
    }
    nextInTable += count;
    return List.of(batches);
  }

  /** Leaves out the next rows. */
  void skip(long rows) {
    if (merge == null) {
      nextInTable = (int) Math.min(order.length, rows);
      return;
    }
    long left = rows;
    while (left > 0) {
      Batch skipped = merge.next(left);
      if (skipped == null) {
        return;
      }
      left -= skipped.length();
      skipped.close();
    }
  }

  @Override
  public void close() {
    if (merge != null) {
      merge.close();
      merge = null;
    }
    if (table != null) {
      table.close();
      table = null;
    }
    order = new int[0];
    heap.close();
    whole.close();
    spill.close();
    share.done();
  }

  /** Merges runs, and the rows in memory, row by row. */
  private final class Merge implements AutoCloseable {
    private final PriorityQueue<RunReader> queue = new PriorityQueue<>();
    private final List<RunReader> readers = new ArrayList<>();

    Merge(List<SpilledRows> spilled, @Nullable Batch inMemory) {
      try {
        for (SpilledRows each : spilled) {
          add(new RunReader(readers.size(), each, null));
        }
        if (inMemory != null) {
          add(new RunReader(readers.size(), null, inMemory));
        }
      } catch (Throwable t) {
        close();
        throw t;
      }
    }

    private void add(RunReader reader) {
      readers.add(reader);
      if (reader.advance()) {
        queue.add(reader);
      }
    }

    @Nullable Batch next(long limit) {
      run.check();
      int most = (int) Math.min(Batch.MAX_ROWS, limit);
      if (queue.isEmpty() || most <= 0) {
        return null;
      }
      try (ColumnBuilders builders = new ColumnBuilders(types, memory, most)) {
        int count = 0;
        while (count < most && !queue.isEmpty()) {
          RunReader least = queue.poll();
          least.append(builders.all());
          count++;
          if (least.advance()) {
            queue.add(least);
          }
        }
        return new Batch(count, builders.build());
      }
    }

    @Override
    public void close() {
      readers.forEach(RunReader::close);
    }
  }

  /** The rows of one run, one by one, in order: a block or a chunk of the table at a time. */
  private final class RunReader implements Comparable<RunReader>, AutoCloseable {
    private final int number;
    private final @Nullable SpilledRows spilled;
    private final @Nullable Batch inMemory;
    private final EncodedRows encoded = new EncodedRows();
    private @Nullable Batch rows;
    private int row = -1;
    private int nextBlock;

    RunReader(int number, @Nullable SpilledRows spilled, @Nullable Batch inMemory) {
      this.number = number;
      this.spilled = spilled;
      this.inMemory = inMemory;
    }

    /** Goes to the next row; false behind the last. */
    boolean advance() {
      row++;
      if (rows != null && row < rows.length()) {
        return true;
      }
      close();
      Batch next = nextRows();
      if (next == null) {
        return false;
      }
      rows = next;
      row = 0;
      keys.encode(next, encoded);
      return true;
    }

    private @Nullable Batch nextRows() {
      if (spilled != null) {
        return nextBlock < spilled.blockCount() ? spilled.block(nextBlock++, memory) : null;
      }
      int count = Math.min(Batch.MAX_ROWS, order.length - nextInTable);
      if (inMemory == null || count <= 0) {
        return null;
      }
      Batch chunk = Batches.take(inMemory, order, nextInTable, count, memory);
      nextInTable += count;
      return chunk;
    }

    void append(List<ColumnBuilder> builders) {
      Batch from = rows;
      if (from == null) {
        throw new IllegalStateException("behind the last row");
      }
      for (int i = 0; i < builders.size(); i++) {
        builders.get(i).appendFrom(from.column(i), row);
      }
    }

    @Override
    public int compareTo(RunReader other) {
      int compared = encoded.compare(row, other.encoded, other.row);
      return compared != 0 ? compared : Integer.compare(number, other.number);
    }

    @Override
    public void close() {
      if (rows != null) {
        rows.close();
        rows = null;
      }
    }
  }
}
