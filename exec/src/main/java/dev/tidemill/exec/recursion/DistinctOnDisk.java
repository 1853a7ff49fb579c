package dev.tidemill.exec.recursion;

import dev.tidemill.exec.key.GroupTable;
import dev.tidemill.exec.memory.CollectedRows;
import dev.tidemill.exec.memory.Partitioner;
import dev.tidemill.exec.pipeline.BatchSink;
import dev.tidemill.exec.pipeline.Run;
import dev.tidemill.exec.spill.HashPart;
import dev.tidemill.exec.spill.MemoryShare;
import dev.tidemill.exec.spill.Spill;
import dev.tidemill.exec.spill.SpilledRows;
import dev.tidemill.foundation.batch.Batch;
import dev.tidemill.foundation.batch.Batches;
import dev.tidemill.foundation.batch.Column;
import dev.tidemill.foundation.hash.Hash;
import dev.tidemill.foundation.memory.MemoryScope;
import dev.tidemill.foundation.type.Type;
import java.util.ArrayList;
import java.util.List;
import java.util.function.Consumer;
import java.util.stream.IntStream;

/**
 * Rows that have passed, on disk by partitions of their hashes. What comes is put aside by the same
 * partitions, and at the end of a round each of these is looked through:
 *
 * <pre>
 *   known  a b c d        table of the new ones   b x y
 *   new    b x x y        known ones struck off     x y   pass, and are known
 * </pre>
 *
 * So only new rows of a partition are in memory, of many some part of their hashes at a time, and
 * partitions without new rows are not read.
 */
final class DistinctOnDisk implements AutoCloseable {
  /** A table below this is not worth splitting. */
  private static final int SMALL_BYTES = 1 << 16;

  private final List<Type> types;
  private final int[] columns;
  private final Run run;
  private final MemoryScope memory;
  private final MemoryShare share;
  private final Spill spill;

  /** By partition. */
  private final List<SpilledRows> known = new ArrayList<>();

  /** By partition what was put aside in this round: in memory, and on disk. */
  private final List<CollectedRows> fewAside = new ArrayList<>();

  private final List<SpilledRows> aside = new ArrayList<>();
  private Spill asideSpill;

  DistinctOnDisk(List<Type> types, Run run, MemoryScope memory, MemoryShare share, Spill spill) {
    this.types = types;
    this.columns = IntStream.range(0, types.size()).toArray();
    this.run = run;
    this.memory = memory;
    this.share = share;
    this.spill = spill;
    this.asideSpill = spill.sibling();
    for (int i = 0; i < Partitioner.PARTITIONS; i++) {
      known.add(new SpilledRows(spill, types));
      fewAside.add(newRows());
      aside.add(new SpilledRows(asideSpill, types));
    }
  }

  private CollectedRows newRows() {
    return new CollectedRows("Recursive", types, memory);
  }

  /** The keys of a table are known; it takes no more. */
  void takeOver(GroupTable table) {
    int count = table.groupCount();
    try (Batch all = new Batch(count, table.keys());
        Partitioner parts = new Partitioner(columns, newRows(), share)) {
      for (int from = 0; from < count; from += Batch.MAX_ROWS) {
        run.check();
        int length = Math.min(Batch.MAX_ROWS, count - from);
        try (Batch batch = Partitioner.slice(all, from, length, memory)) {
          parts.add(batch);
        }
        parts.flushLarge(known::get);
      }
      for (int i = 0; i < Partitioner.PARTITIONS; i++) {
        parts.flush(i, known.get(i));
      }
    }
  }

  /** Where one worker's rows are put aside. */
  BatchSink open() {
    return new BatchSink() {
      private final Partitioner parts = new Partitioner(columns, newRows(), share);

      @Override
      public boolean push(Batch batch) {
        parts.add(batch);
        parts.flushLarge(aside::get);
        flushUntilThereIsRoom();
        return true;
      }

      /** Blocks that are begun may be more than there is room for, in all workers. */
      private void flushUntilThereIsRoom() {
        while (parts.bytes() > SMALL_BYTES
            && share.isFull(2L * share.blockBytes() * run.threads())) {
          int largest = parts.largest();
          parts.flush(largest, aside.get(largest));
        }
      }

      @Override
      public void finish() {
        boolean isMuch = parts.bytes() > SMALL_BYTES && share.isFull(parts.bytes());
        for (int i = 0; i < Partitioner.PARTITIONS; i++) {
          if (isMuch) {
            parts.flush(i, aside.get(i));
          } else {
            synchronized (fewAside) {
              fewAside.get(i).addAll(parts.rows(i));
            }
          }
        }
      }

      @Override
      public void close() {
        parts.close();
      }
    };
  }

  /** What was put aside and is new goes to {@code taker}, and is known then. */
  void endRound(Consumer<Batch> taker) {
    for (int partition = 0; partition < Partitioner.PARTITIONS; partition++) {
      CollectedRows few = fewAside.get(partition);
      SpilledRows many = aside.get(partition);
      if (few.count() > 0 && many.count() > 0) {
        few.drainBlocks(share.blockBytes(), many::add);
      }
      if (few.count() + many.count() > 0) {
        pass(partition, HashPart.ALL, taker);
        few.close();
      }
    }
    Spill done = asideSpill;
    asideSpill = spill.sibling();
    aside.replaceAll(rows -> new SpilledRows(asideSpill, types));
    done.close();
  }

  private void pass(int partition, HashPart part, Consumer<Batch> taker) {
    boolean passed;
    MemoryScope tableMemory = memory.part();
    try (GroupTable table = GroupTable.of(types, tableMemory)) {
      passed = collect(partition, part, table, tableMemory);
      if (passed) {
        passNew(partition, part, table, tableMemory, taker);
      }
    }
    if (!passed) {
      pass(partition, part.lower(), taker);
      pass(partition, part.upper(), taker);
    }
  }

  /** Puts what was put aside into a table; says false if that is too much. */
  private boolean collect(int partition, HashPart part, GroupTable table, MemoryScope tableMemory) {
    int[] groups = new int[Batch.MAX_ROWS];
    CollectedRows few = fewAside.get(partition);
    if (few.count() > 0) {
      try (Batch batch = few.table()) {
        addAll(batch, part, table, groups);
      }
      return true;
    }
    SpilledRows many = aside.get(partition);
    for (int block = 0; block < many.blockCount(); block++) {
      run.check();
      if (part.canSplit() && isTooLarge(tableMemory)) {
        return false;
      }
      try (Batch batch = many.block(block, memory)) {
        addAll(batch, part, table, groups);
      }
    }
    return true;
  }

  private boolean isTooLarge(MemoryScope tableMemory) {
    return tableMemory.used() > SMALL_BYTES
        && (tableMemory.used() > share.size() / 3 || share.isFull(tableMemory.used() * 2));
  }

  private void addAll(Batch batch, HashPart part, GroupTable table, int[] groups) {
    List<Column> all = columns(batch);
    int[] rows = new int[Batch.MAX_ROWS];
    long[] hashes = hashes(batch, part);
    for (int from = 0; from < batch.length(); from += Batch.MAX_ROWS) {
      int count = chosen(from, Math.min(batch.length(), from + Batch.MAX_ROWS), part, hashes, rows);
      table.groups(all, rows, count, groups);
    }
  }

  /** The new keys of a table go to {@code taker}. */
  private void passNew(
      int partition,
      HashPart part,
      GroupTable table,
      MemoryScope tableMemory,
      Consumer<Batch> taker) {
    int count = table.groupCount();
    boolean[] isKnown = new boolean[count];
    GroupTable.Lookup lookup = new GroupTable.Lookup();
    int[] groups = new int[Batch.MAX_ROWS];
    int[] rows = new int[Batch.MAX_ROWS];
    SpilledRows before = known.get(partition);
    for (int block = 0; block < before.blockCount(); block++) {
      run.check();
      try (Batch batch = before.block(block, memory)) {
        int some = chosen(0, batch.length(), part, hashes(batch, part), rows);
        table.find(columns(batch), rows, some, groups, lookup);
        for (int i = 0; i < some; i++) {
          if (groups[i] >= 0) {
            isKnown[groups[i]] = true;
          }
        }
      }
    }
    int step = share.blockRows(tableMemory.used() / Math.max(1, count));
    try (Batch all = new Batch(count, table.keys())) {
      for (int next = 0; next < count; ) {
        int fresh = 0;
        for (; next < count && fresh < step; next++) {
          groups[fresh] = next;
          fresh += isKnown[next] ? 0 : 1;
        }
        if (fresh > 0) {
          try (Batch batch = Batches.take(all, groups, 0, fresh, memory)) {
            before.add(batch);
            taker.accept(batch);
          }
        }
      }
    }
  }

  private static List<Column> columns(Batch batch) {
    List<Column> columns = new ArrayList<>(batch.columnCount());
    for (int i = 0; i < batch.columnCount(); i++) {
      columns.add(batch.column(i));
    }
    return columns;
  }

  private long[] hashes(Batch batch, HashPart part) {
    if (part.isAll()) {
      return new long[0];
    }
    long[] hashes = new long[batch.length()];
    Hash.keys(batch, columns, hashes);
    return hashes;
  }

  /** The rows of a range that are of the part. */
  private static int chosen(int from, int to, HashPart part, long[] hashes, int[] rows) {
    int count = 0;
    for (int row = from; row < to; row++) {
      rows[count] = row;
      count += part.isAll() || part.has(hashes[row]) ? 1 : 0;
    }
    return count;
  }

  @Override
  public void close() {
    fewAside.forEach(CollectedRows::close);
    asideSpill.close();
  }
}
