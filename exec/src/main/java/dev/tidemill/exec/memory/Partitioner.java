package dev.tidemill.exec.memory;

import dev.tidemill.exec.pipeline.Worker;
import dev.tidemill.exec.spill.MemoryShare;
import dev.tidemill.exec.spill.SpilledRows;
import dev.tidemill.foundation.batch.Batch;
import dev.tidemill.foundation.batch.Column;
import dev.tidemill.foundation.batch.Columns;
import dev.tidemill.foundation.batch.Selection;
import dev.tidemill.foundation.hash.Hash;
import dev.tidemill.foundation.hash.KeyGroups;
import dev.tidemill.foundation.memory.MemoryScope;
import java.util.ArrayList;
import java.util.List;
import java.util.function.IntFunction;
import org.jspecify.annotations.Nullable;

/**
 * One worker's rows by partitions of the hash of their keys: the same key is in the same partition
 * everywhere.
 */
public final class Partitioner implements AutoCloseable {
  public static final int PARTITIONS = 32;

  /** Rows below this are not worth a block of their own. */
  public static final int SMALL_BYTES = 1 << 11;

  private final int[] keys;
  private final MemoryShare share;
  private final List<CollectedRows> partitions = new ArrayList<>(PARTITIONS);
  private final long[] hashes = new long[Batch.MAX_ROWS];
  private final int[] counts = new int[PARTITIONS];

  /**
   * @param keys the key columns
   * @param share of the operator
   * @param kind an example of what the rows are collected in
   */
  public Partitioner(int[] keys, CollectedRows kind, MemoryShare share) {
    this.keys = keys;
    this.share = share;
    for (int i = 0; i < PARTITIONS; i++) {
      partitions.add(kind.sibling());
    }
  }

  public CollectedRows rows(int partition) {
    return partitions.get(partition);
  }

  /** Copies the rows that count into their partitions; the batch is borrowed. */
  public void add(Batch batch) {
    int[][] rows = split(batch);
    for (int partition = 0; partition < PARTITIONS; partition++) {
      if (counts[partition] > 0) {
        try (Batch part = batch.select(new Selection(rows[partition], counts[partition]))) {
          partitions.get(partition).add(part);
        }
      }
    }
  }

  private int[][] split(Batch batch) {
    Hash.keys(batch, keys, hashes);
    int[] selected = Worker.rows(batch);
    int count = batch.rowCount();
    int[][] rows = new int[PARTITIONS][];
    for (int partition = 0; partition < PARTITIONS; partition++) {
      rows[partition] = new int[count];
      counts[partition] = 0;
    }
    for (int i = 0; i < count; i++) {
      int partition = KeyGroups.of(hashes[selected[i]]) * PARTITIONS / KeyGroups.COUNT;
      rows[partition][counts[partition]++] = selected[i];
    }
    return rows;
  }

  /** The partition with most bytes. */
  public int largest() {
    return largest(partitions);
  }

  public static int largest(List<CollectedRows> partitions) {
    int largest = 0;
    for (int i = 1; i < partitions.size(); i++) {
      if (partitions.get(i).bytes() > partitions.get(largest).bytes()) {
        largest = i;
      }
    }
    return largest;
  }

  /** Writes those partitions that have a place on disk and enough rows for a block. */
  public void flushLarge(IntFunction<@Nullable SpilledRows> onDisk) {
    int blockBytes = share.blockBytes();
    for (int i = 0; i < PARTITIONS; i++) {
      CollectedRows rows = partitions.get(i);
      if (rows.count() >= Batch.MAX_ROWS || rows.bytes() >= blockBytes) {
        SpilledRows place = onDisk.apply(i);
        if (place != null) {
          write(rows, place);
        }
      }
    }
  }

  /** Writes a partition's rows, which are gone here then. */
  public void flush(int partition, SpilledRows onDisk) {
    write(partitions.get(partition), onDisk);
  }

  /** Writes rows, which are gone then. */
  public void write(CollectedRows rows, SpilledRows onDisk) {
    rows.drainBlocks(share.blockBytes(), onDisk::add);
  }

  /** Bytes of all partitions. */
  public long bytes() {
    long bytes = 0;
    for (CollectedRows rows : partitions) {
      bytes += rows.bytes();
    }
    return bytes;
  }

  /** Consecutive rows of a table. */
  public static Batch slice(Batch table, int from, int count, MemoryScope memory) {
    List<Column> columns = new ArrayList<>();
    try {
      for (int i = 0; i < table.columnCount(); i++) {
        columns.add(Columns.slice(table.column(i), from, count, memory));
      }
      return new Batch(count, columns);
    } catch (Throwable t) {
      columns.forEach(Column::close);
      throw t;
    }
  }

  @Override
  public void close() {
    partitions.forEach(CollectedRows::close);
  }
}
