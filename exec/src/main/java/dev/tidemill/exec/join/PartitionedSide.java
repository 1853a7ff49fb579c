package dev.tidemill.exec.join;

import dev.tidemill.exec.error.ExecErrors;
import dev.tidemill.exec.memory.CollectedRows;
import dev.tidemill.exec.pipeline.BatchSink;
import dev.tidemill.exec.pipeline.Sink;
import dev.tidemill.exec.pipeline.Worker;
import dev.tidemill.foundation.batch.Batch;
import dev.tidemill.foundation.batch.Column;
import dev.tidemill.foundation.batch.Selection;
import dev.tidemill.foundation.hash.Hash;
import dev.tidemill.foundation.hash.KeyGroups;
import dev.tidemill.foundation.memory.MemoryScope;
import dev.tidemill.foundation.type.Type;
import java.util.ArrayList;
import java.util.List;

/** One side of a shuffle join in one run: its rows, partitioned by the hash of their keys. */
final class PartitionedSide implements Sink, AutoCloseable {
  static final int PARTITIONS = 32;

  private final String operator;
  private final int[] keys;
  private final List<Type> types;
  private final MemoryScope memory;
  private final List<CollectedRows> partitions;

  PartitionedSide(String operator, int[] keys, List<Type> types, MemoryScope memory) {
    this.operator = operator;
    this.keys = keys;
    this.types = types;
    this.memory = memory;
    this.partitions = newPartitions();
  }

  private List<CollectedRows> newPartitions() {
    List<CollectedRows> rows = new ArrayList<>(PARTITIONS);
    for (int i = 0; i < PARTITIONS; i++) {
      rows.add(new CollectedRows(operator, types, memory));
    }
    return rows;
  }

  /** The rows of a partition, once all workers have finished; not the caller's to close. */
  CollectedRows partition(int index) {
    return partitions.get(index);
  }

  /** The pieces of a column, borrowed, once all workers have finished. */
  List<Column> pieces(int column) {
    List<Column> pieces = new ArrayList<>();
    partitions.forEach(rows -> pieces.addAll(rows.pieces(column)));
    return pieces;
  }

  @Override
  public BatchSink open(Worker worker) {
    return new Part();
  }

  private final class Part implements BatchSink {
    private final List<CollectedRows> own = newPartitions();
    private final long[] hashes = new long[Batch.MAX_ROWS];
    private final int[][] rows = new int[PARTITIONS][];
    private final int[] counts = new int[PARTITIONS];

    @Override
    public boolean push(Batch batch) {
      if (batch.weights() != null) {
        throw ExecErrors.weightedInput(operator);
      }
      Hash.keys(batch, keys, hashes);
      int[] selected = Worker.rows(batch);
      int count = batch.rowCount();
      for (int partition = 0; partition < PARTITIONS; partition++) {
        rows[partition] = new int[count];
        counts[partition] = 0;
      }
      for (int i = 0; i < count; i++) {
        int partition = KeyGroups.of(hashes[selected[i]]) * PARTITIONS / KeyGroups.COUNT;
        rows[partition][counts[partition]++] = selected[i];
      }
      for (int partition = 0; partition < PARTITIONS; partition++) {
        if (counts[partition] > 0) {
          try (Batch part = batch.select(new Selection(rows[partition], counts[partition]))) {
            own.get(partition).add(part);
          }
        }
      }
      return true;
    }

    @Override
    public void finish() {
      synchronized (partitions) {
        for (int i = 0; i < PARTITIONS; i++) {
          partitions.get(i).addAll(own.get(i));
        }
      }
    }

    @Override
    public void close() {
      own.forEach(CollectedRows::close);
    }
  }

  @Override
  public void close() {
    partitions.forEach(CollectedRows::close);
  }
}
