package dev.tidemill.exec.window;

import dev.tidemill.exec.key.KeyBytes;
import dev.tidemill.exec.memory.HeapMemory;
import dev.tidemill.exec.pipeline.Run;
import dev.tidemill.exec.sort.RowKeys;
import dev.tidemill.exec.sort.RowOrder;
import dev.tidemill.foundation.batch.Batch;
import dev.tidemill.foundation.batch.Batches;
import dev.tidemill.foundation.memory.MemoryScope;
import java.util.Arrays;
import org.jspecify.annotations.Nullable;

/**
 * All rows, sorted by partition, within it by the order of the window, ties by all columns; with
 * where partitions and groups of peers begin and end. Rows are counted from 0 through the whole
 * table.
 *
 * <pre>
 *   partition    a  a  a  a  b  b        partitions  0, 4, 6 (the end)
 *   order key    1  2  2  3  1  1
 *   peers from   0  1  1  3  4  4        peers to    1  3  3  4  6  6
 * </pre>
 */
public final class WindowRows implements AutoCloseable {
  private final Runnable check;
  private final MemoryScope memory;
  private final HeapMemory heap;
  private final Batch rows;
  private final int[] partitions;
  private final int[] peersFrom;
  private final int[] peersTo;

  /** What stands before each partition here, where these are parts, else null. */
  private final @Nullable WindowParts parts;

  private WindowRows(
      Runnable check,
      MemoryScope memory,
      HeapMemory heap,
      Batch rows,
      int[] partitions,
      int[] peersFrom,
      int[] peersTo,
      @Nullable WindowParts parts) {
    this.check = check;
    this.memory = memory;
    this.heap = heap;
    this.rows = rows;
    this.partitions = partitions;
    this.peersFrom = peersFrom;
    this.peersTo = peersTo;
    this.parts = parts;
  }

  /**
   * Parts of partitions, each as a partition.
   *
   * @param table the rows of the parts, and behind them the first rows of their partitions; taken
   *     over
   */
  static WindowRows of(Batch table, WindowParts parts, Runnable check, MemoryScope memory) {
    HeapMemory heap = new HeapMemory(memory);
    try {
      int count = parts.rowCount();
      int[] peersFrom = heap.ints(count);
      int[] peersTo = heap.ints(count);
      int[] partitions = parts.starts();
      for (int part = 0; part + 1 < partitions.length; part++) {
        int from = partitions[part];
        int to = partitions[part + 1];
        for (int row = from; row < to; row++) {
          peersFrom[row] = row == from || parts.beginsGroup(row) ? row : peersFrom[row - 1];
        }
        for (int row = to - 1; row >= from; row--) {
          peersTo[row] =
              row == to - 1 || peersFrom[row + 1] == row + 1 ? row + 1 : peersTo[row + 1];
        }
      }
      return new WindowRows(check, memory, heap, table, partitions, peersFrom, peersTo, parts);
    } catch (Throwable t) {
      table.close();
      heap.close();
      throw t;
    }
  }

  /**
   * What rows are sorted by.
   *
   * @param all partition, then order, then the other columns
   * @param peers partition, then order
   * @param partition the partition alone
   * @param ties the other columns
   */
  record Keys(RowKeys all, RowKeys peers, RowKeys partition, RowKeys ties) {}

  /** Sorts {@code table}, which stays the caller's. */
  static WindowRows of(Batch table, Keys keys, Run run, MemoryScope memory) {
    HeapMemory heap = new HeapMemory(memory);
    Batch sorted = null;
    try (HeapMemory sortHeap = new HeapMemory(memory)) {
      int count = table.length();
      int[] order;
      int[] partitions = heap.ints(count + 1);
      int partitionCount = 0;
      int[] peersFrom = heap.ints(count);
      int[] peersTo = heap.ints(count);
      try (HeapMemory keyHeap = new HeapMemory(memory)) {
        KeyBytes peerKeys = keys.peers().encodeAll(table, keyHeap, run);
        KeyBytes partitionKeys = keys.partition().encodeAll(table, keyHeap, run);
        order = RowOrder.sort(peerKeys, sortHeap, run);
        for (int row = 0; row < count; row++) {
          boolean newPeers = row == 0 || !peerKeys.equal(order[row - 1], order[row]);
          if (newPeers && (row == 0 || !partitionKeys.equal(order[row - 1], order[row]))) {
            partitions[partitionCount++] = row;
          }
          peersFrom[row] = newPeers ? row : peersFrom[row - 1];
        }
      }
      partitions[partitionCount] = count;
      for (int row = count - 1; row >= 0; row--) {
        boolean last = row == count - 1 || peersFrom[row + 1] == row + 1;
        peersTo[row] = last ? row + 1 : peersTo[row + 1];
      }
      sortPeers(table, keys.ties(), order, peersFrom, run, memory);
      sorted = Batches.take(table, order, 0, count, memory);
      return new WindowRows(
          run::check,
          memory,
          heap,
          sorted,
          Arrays.copyOf(partitions, partitionCount + 1),
          peersFrom,
          peersTo,
          null);
    } catch (Throwable t) {
      if (sorted != null) {
        sorted.close();
      }
      heap.close();
      throw t;
    }
  }

  /** Sorts peers by the other columns. */
  private static void sortPeers(
      Batch table, RowKeys ties, int[] order, int[] peersFrom, Run run, MemoryScope memory) {
    int count = table.length();
    int tied = 0;
    int runs = 0;
    for (int row = 1; row < count; row++) {
      if (peersFrom[row] < row) {
        boolean isSecond = peersFrom[row] == row - 1;
        tied += isSecond ? 2 : 1;
        runs += isSecond ? 1 : 0;
      }
    }
    if (tied == 0 || ties.isEmpty()) {
      return;
    }
    try (HeapMemory heap = new HeapMemory(memory)) {
      int[] rows = heap.ints(tied);
      int[] starts = heap.ints(runs);
      int[] places = heap.ints(tied);
      int filled = 0;
      int begun = 0;
      for (int row = 1; row < count; row++) {
        if (peersFrom[row] < row) {
          if (peersFrom[row] == row - 1) {
            starts[begun++] = filled;
            places[filled] = row - 1;
            rows[filled++] = order[row - 1];
          }
          places[filled] = row;
          rows[filled++] = order[row];
        }
      }
      KeyBytes keys = ties.encode(table, rows, tied, heap, run);
      int[] sorted = RowOrder.sortRuns(keys, starts, runs, heap, run);
      for (int i = 0; i < tied; i++) {
        order[places[i]] = rows[sorted[i]];
      }
    }
  }

  /** Throws if the work is to end. */
  public void check() {
    check.run();
  }

  @Nullable WindowParts parts() {
    return parts;
  }

  /** Rows of the partition before the first one here. */
  long rowsBefore(int partition) {
    return parts == null ? 0 : parts.rowsBefore(partition);
  }

  /** Groups of peers of the partition before the first row here. */
  long groupsBefore(int partition) {
    return parts == null ? 0 : parts.groupsBefore(partition);
  }

  /** Where the first row of the partition stands. */
  int head(int partition) {
    return parts == null ? partitions[partition] : parts.head(partition);
  }

  public MemoryScope memory() {
    return memory;
  }

  /** The rows' columns, borrowed. */
  public Batch rows() {
    return rows;
  }

  public int count() {
    return peersFrom.length;
  }

  public int partitionCount() {
    return partitions.length - 1;
  }

  public int partitionFrom(int partition) {
    return partitions[partition];
  }

  /** Behind the last row of the partition. */
  public int partitionTo(int partition) {
    return partitions[partition + 1];
  }

  /**
   * The first peer of the row: rows of one partition that are equal by the order keys are peers.
   */
  int peersFrom(int row) {
    return peersFrom[row];
  }

  /** Behind the last peer of the row. */
  int peersTo(int row) {
    return peersTo[row];
  }

  @Override
  public void close() {
    rows.close();
    heap.close();
  }
}
