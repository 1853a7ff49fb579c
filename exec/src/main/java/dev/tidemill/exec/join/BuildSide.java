package dev.tidemill.exec.join;

import dev.tidemill.exec.error.ExecErrors;
import dev.tidemill.exec.key.KeyUniqueness;
import dev.tidemill.exec.memory.CollectedRows;
import dev.tidemill.exec.memory.Partitioner;
import dev.tidemill.exec.pipeline.BatchSink;
import dev.tidemill.exec.pipeline.Run;
import dev.tidemill.exec.pipeline.Sink;
import dev.tidemill.exec.pipeline.Source;
import dev.tidemill.exec.pipeline.SourceReader;
import dev.tidemill.exec.pipeline.Worker;
import dev.tidemill.exec.spill.MemoryShare;
import dev.tidemill.exec.spill.Spill;
import dev.tidemill.exec.spill.SpilledRows;
import dev.tidemill.foundation.batch.Batch;
import dev.tidemill.foundation.batch.Column;
import dev.tidemill.foundation.memory.MemoryScope;
import dev.tidemill.foundation.type.Type;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.concurrent.atomic.AtomicLong;
import org.jspecify.annotations.Nullable;

/**
 * The side of a join that is built, in one run: collected by the workers, then one table they
 * share, or a table for each of {@value Partitioner#PARTITIONS} partitions of the keys' hashes.
 * Where memory is short the rows are partitioned even if one table was planned, and the largest
 * partitions go to disk.
 *
 * <pre>
 *   whole:         rows ─▶ one table
 *   partitioned:   rows ─▶ 0  1  2  3  …        0, 2, 3: tables; 1: on disk, joined later
 * </pre>
 *
 * <p>{@code push* finish} by the workers; {@link #prepare}, then {@link #tables}; then any number
 * of workers probe.
 */
final class BuildSide implements Sink, KeyUniqueness, AutoCloseable {
  /** About what a row needs in a table, beside its columns. */
  private static final int TABLE_BYTES_PER_ROW = 64;

  private final String operator;
  private final List<Type> types;
  private final JoinKeys keys;
  private final boolean tracksMatches;
  private final boolean tracksNullKeys;
  private final Run run;
  private final MemoryScope memory;
  private final MemoryShare share;
  private final Spill spill;
  private final CollectedRows whole;
  private final List<CollectedRows> partitions = new ArrayList<>();

  /** By partition its rows on disk; null while it is in memory. */
  private final @Nullable SpilledRows[] spilled = new SpilledRows[Partitioner.PARTITIONS];

  private final @Nullable JoinTable[] partitionTables = new JoinTable[Partitioner.PARTITIONS];
  private @Nullable JoinTable wholeTable;
  private volatile boolean partitioned;
  private volatile boolean hasNullKey;
  private volatile boolean prepared;
  private volatile boolean hasEqualKeys;
  private final AtomicLong count = new AtomicLong();

  /**
   * @param tracksNullKeys whether the kind asks for {@link #hasNullKey}
   * @param partitioned whether partitions are planned
   * @param memory charged with rows and tables
   */
  BuildSide(
      String operator,
      List<Type> types,
      JoinKeys keys,
      boolean tracksMatches,
      boolean tracksNullKeys,
      boolean partitioned,
      Run run,
      MemoryScope memory,
      MemoryShare share,
      Spill spill) {
    this.operator = operator;
    this.types = types;
    this.keys = keys;
    this.tracksMatches = tracksMatches;
    this.tracksNullKeys = tracksNullKeys;
    this.partitioned = partitioned;
    this.run = run;
    this.memory = memory;
    this.share = share;
    this.spill = spill;
    this.whole = new CollectedRows(operator, types, memory);
    for (int i = 0; i < Partitioner.PARTITIONS; i++) {
      partitions.add(whole.sibling());
    }
  }

  /** Whether there are partitions in place of one table, once prepared. */
  boolean isPartitioned() {
    return partitioned;
  }

  /** Whether there is no row at all, once all have come. */
  boolean isEmpty() {
    return count.get() == 0;
  }

  /** Whether some row has a NULL in a key, once all have come. */
  boolean hasNullKey() {
    return hasNullKey;
  }

  /** Known once the tables are made; of rows on disk it is not known. */
  @Override
  public boolean areKeysUnique() {
    return prepared && !hasEqualKeys && !isSpilled();
  }

  /** The rows of a partition on disk, or null. */
  @Nullable SpilledRows spilled(int partition) {
    return spilled[partition];
  }

  boolean isSpilled() {
    for (SpilledRows rows : spilled) {
      if (rows != null) {
        return true;
      }
    }
    return false;
  }

  List<Type> types() {
    return types;
  }

  @Override
  public BatchSink open(Worker worker) {
    return new Part();
  }

  /** Whether there is no room for a batch of each worker, twice. */
  private boolean isFull(long batchBytes) {
    long size = share.size();
    return size != MemoryScope.UNLIMITED
        && share.isFull(Math.max(size / 16, batchBytes * 2 * run.threads()));
  }

  /** Moves rows into partitions, to disk where there is no room for both. */
  private void partition(CollectedRows rows, Partitioner partitioner, long batchBytes) {
    rows.drain(
        piece -> {
          partitioner.add(piece);
          spillLargest(partitioner, batchBytes);
        });
  }

  /** Puts the largest partitions on disk while memory is short. */
  private void spillLargest(Partitioner partitioner, long batchBytes) {
    while (isFull(batchBytes)) {
      int largest = partitioner.largest();
      if (partitioner.rows(largest).bytes() < Partitioner.SMALL_BYTES) {
        return;
      }
      partitioner.flush(largest, spillPartition(largest));
    }
  }

  private synchronized SpilledRows spillPartition(int partition) {
    SpilledRows rows = spilled[partition];
    if (rows == null) {
      rows = new SpilledRows(spill, types);
      spilled[partition] = rows;
    }
    return rows;
  }

  /** One worker's rows. */
  private final class Part implements BatchSink {
    private final CollectedRows rows = whole.sibling();
    private long bytesBefore;

    /** The most bytes that one batch has brought. */
    private long growth;

    private final Partitioner partitioner = new Partitioner(keys.indexArray(), rows, share);

    @Override
    public boolean push(Batch batch) {
      if (batch.weights() != null) {
        throw ExecErrors.weightedInput(operator);
      }
      count.addAndGet(batch.rowCount());
      if (tracksNullKeys && !hasNullKey) {
        lookForNullKeys(batch);
      }
      if (partitioned) {
        partitioner.add(batch);
        partitioner.flushLarge(partition -> spilled[partition]);
      } else {
        rows.add(batch);
      }
      long bytes = rows.bytes() + partitioner.bytes();
      growth = Math.max(growth, bytes - bytesBefore);
      bytesBefore = bytes;
      if (isFull(growth)) {
        makeRoom();
        bytesBefore = rows.bytes() + partitioner.bytes();
      }
      return true;
    }

    private void lookForNullKeys(Batch batch) {
      List<Column> columns = keys.columns(batch);
      if (keys.mayMiss(columns)) {
        for (int i = 0; i < batch.rowCount(); i++) {
          if (!keys.canMatch(columns, batch.row(i))) {
            hasNullKey = true;
            return;
          }
        }
      }
    }

    private void makeRoom() {
      partitioned = true;
      partition(rows, partitioner, growth);
      spillLargest(partitioner, growth);
    }

    @Override
    public void finish() {
      if (partitioned) {
        partition(rows, partitioner, growth);
      }
      synchronized (whole) {
        whole.addAll(rows);
        for (int i = 0; i < Partitioner.PARTITIONS; i++) {
          SpilledRows onDisk = spilled[i];
          if (onDisk != null) {
            partitioner.flush(i, onDisk);
          }
          partitions.get(i).addAll(partitioner.rows(i));
        }
      }
    }

    @Override
    public void close() {
      rows.close();
      partitioner.close();
    }
  }

  /**
   * All rows have come: decides what is whole, in partitions and on disk, so that the tables find
   * room, and makes the table of what is whole.
   */
  void prepare() {
    prepared = true;
    if (!partitioned && whole.count() > 0 && share.isFull(tableBytes(whole))) {
      partitioned = true;
    }
    if (!partitioned) {
      wholeTable = table(BuiltTexts.coded(whole.table(), keys, memory));
      return;
    }
    try (Partitioner partitioner = new Partitioner(keys.indexArray(), whole, share)) {
      partition(whole, partitioner, 0);
      for (int i = 0; i < Partitioner.PARTITIONS; i++) {
        partitions.get(i).addAll(partitioner.rows(i));
        if (spilled[i] != null) {
          partitioner.write(partitions.get(i), spillPartition(i));
        }
      }
      int largest = Partitioner.largest(partitions);
      while (share.isFull(allTableBytes())
          && partitions.get(largest).bytes() >= Partitioner.SMALL_BYTES) {
        partitioner.write(partitions.get(largest), spillPartition(largest));
        largest = Partitioner.largest(partitions);
      }
    }
  }

  private long allTableBytes() {
    return partitions.stream().mapToLong(BuildSide::tableBytes).sum();
  }

  /** About what making a table of rows needs beside them. */
  static long tableBytes(CollectedRows rows) {
    return rows.bytes() / 3 + rows.count() * TABLE_BYTES_PER_ROW;
  }

  /**
   * The pieces of a column, borrowed, before the tables are made; only where nothing is on disk.
   */
  List<Column> pieces(int column) {
    if (wholeTable != null) {
      return List.of(wholeTable.rows().column(column));
    }
    List<Column> pieces = new ArrayList<>();
    partitions.forEach(rows -> pieces.addAll(rows.pieces(column)));
    return pieces;
  }

  /** Makes the tables of the partitions in memory, one a morsel; gives no rows. */
  Source tables() {
    AtomicInteger next = new AtomicInteger();
    return new Source() {
      @Override
      public boolean isEmpty() {
        return !partitioned;
      }

      @Override
      public int parallelism() {
        return Math.min(run.threads(), Partitioner.PARTITIONS);
      }

      @Override
      public SourceReader open(Worker worker) {
        return new SourceReader() {
          @Override
          public boolean advance(BatchSink out) {
            int partition = next.getAndIncrement();
            if (partition >= Partitioner.PARTITIONS) {
              return false;
            }
            if (spilled[partition] == null) {
              partitionTables[partition] = table(partitions.get(partition));
            }
            return true;
          }

          @Override
          public void close() {}
        };
      }
    };
  }

  /** A table of rows, which it takes over. */
  JoinTable table(CollectedRows rows) {
    return table(rows.table());
  }

  private JoinTable table(Batch rows) {
    JoinTable table = JoinTable.build(rows, keys, tracksMatches, this, run, memory);
    if (!table.isUnique()) {
      hasEqualKeys = true;
    }
    return table;
  }

  /** An empty collection of rows of this side. */
  CollectedRows newRows() {
    return whole.sibling();
  }

  /** The table of all rows. */
  JoinTable table() {
    if (wholeTable == null) {
      throw ExecErrors.brokenPlan("a probe before the build");
    }
    return wholeTable;
  }

  /** The table of a partition; null where it is on disk. */
  @Nullable JoinTable table(int partition) {
    return partitionTables[partition];
  }

  /** The tables in memory, once they are made. */
  List<JoinTable> inMemory() {
    List<JoinTable> tables = new ArrayList<>();
    if (wholeTable != null) {
      tables.add(wholeTable);
    }
    for (JoinTable table : partitionTables) {
      if (table != null) {
        tables.add(table);
      }
    }
    return tables;
  }

  /** Frees the tables: all that concerns them is done. */
  void closeTables() {
    if (wholeTable != null) {
      wholeTable.close();
      wholeTable = null;
    }
    for (int i = 0; i < partitionTables.length; i++) {
      JoinTable table = partitionTables[i];
      if (table != null) {
        table.close();
        partitionTables[i] = null;
      }
    }
  }

  @Override
  public void close() {
    whole.close();
    partitions.forEach(CollectedRows::close);
    closeTables();
    spill.close();
    share.done();
  }
}
