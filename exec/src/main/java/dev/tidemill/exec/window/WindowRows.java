package dev.tidemill.exec.window;

import dev.tidemill.exec.memory.HeapMemory;
import dev.tidemill.exec.sort.SortedOrder;
import dev.tidemill.foundation.batch.Batch;
import dev.tidemill.foundation.batch.Batches;
import dev.tidemill.foundation.memory.MemoryScope;
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
   * Some partitions of a table.
   *
   * @param order of all rows of {@code table}, with where partitions and groups of peers begin
   * @param from the place in the order where a partition begins
   * @param to where one ends
   */
  static WindowRows of(
      Batch table, SortedOrder order, int from, int to, Runnable check, MemoryScope memory) {
    HeapMemory heap = new HeapMemory(memory);
    try {
      int count = to - from;
      boolean[] beginsPartition = order.begins(0);
      boolean[] beginsPeers = order.begins(1);
      int partitionCount = 0;
      for (int place = from; place < to; place++) {
        partitionCount += beginsPartition[place] ? 1 : 0;
      }
      int[] partitions = heap.ints(partitionCount + 1);
      int[] peersFrom = heap.ints(count);
      int[] peersTo = heap.ints(count);
      int partition = 0;
      int peers = 0;
      for (int row = 0; row < count; row++) {
        if (beginsPartition[from + row]) {
          partitions[partition++] = row;
        }
        peers = beginsPeers[from + row] ? row : peers;
        peersFrom[row] = peers;
      }
      partitions[partitionCount] = count;
      int end = count;
      for (int row = count - 1; row >= 0; row--) {
        peersTo[row] = end;
        end = beginsPeers[from + row] ? row : end;
      }
      Batch sorted = Batches.take(table, order.rows(), from, count, memory);
      return new WindowRows(check, memory, heap, sorted, partitions, peersFrom, peersTo, null);
    } catch (Throwable t) {
      heap.close();
      throw t;
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
