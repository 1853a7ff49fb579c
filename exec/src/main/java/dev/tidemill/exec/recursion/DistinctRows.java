package dev.tidemill.exec.recursion;

import dev.tidemill.exec.key.GroupTable;
import dev.tidemill.exec.pipeline.BatchSink;
import dev.tidemill.exec.pipeline.Run;
import dev.tidemill.exec.pipeline.Worker;
import dev.tidemill.exec.spill.MemoryShare;
import dev.tidemill.exec.spill.Spill;
import dev.tidemill.foundation.batch.Batch;
import dev.tidemill.foundation.batch.Column;
import dev.tidemill.foundation.batch.Selection;
import dev.tidemill.foundation.memory.MemoryScope;
import dev.tidemill.foundation.type.Type;
import java.util.ArrayList;
import java.util.List;
import java.util.function.Consumer;
import org.jspecify.annotations.Nullable;

/**
 * Lets each row pass once, whoever brings it; NULLs are equal. While what has passed fits memory,
 * new rows pass at once; from then on they are put aside, and pass at the end of their round.
 */
final class DistinctRows implements AutoCloseable {
  /** Known rows below this are not worth a place on disk. */
  private static final int SMALL_BYTES = 1 << 15;

  private final List<Type> types;
  private final Run run;
  private final MemoryScope memory;
  private final MemoryShare share;
  private final Spill spill;
  private final int[] groups = new int[Batch.MAX_ROWS];

  /** What is charged for the known rows. */
  private final MemoryScope knownMemory;

  private final GroupTable known;

  /** Null while all known rows are in memory. */
  private volatile @Nullable DistinctOnDisk onDisk;

  /**
   * @param memory charged with all rows that have passed, whose {@code share} says how many may
   *     stay there
   */
  DistinctRows(List<Type> types, Run run, MemoryScope memory, MemoryShare share, Spill spill) {
    this.types = types;
    this.run = run;
    this.memory = memory;
    this.share = share;
    this.spill = spill;
    this.knownMemory = memory.part();
    this.known = GroupTable.forLookup(types, knownMemory);
  }

  /** The rows that are new go on to {@code next}, which belongs to one worker. */
  BatchSink before(BatchSink next) {
    return new Part(next);
  }

  /** One worker's rows. */
  private final class Part implements BatchSink {
    private final BatchSink next;
    private @Nullable BatchSink aside;

    Part(BatchSink next) {
      this.next = next;
    }

    @Override
    public boolean push(Batch batch) {
      if (aside == null) {
        Selection fresh = fresh(batch);
        if (fresh != null) {
          return fresh.count() == 0 || pass(batch, fresh);
        }
        DistinctOnDisk disk = onDisk;
        if (disk == null) {
          throw new IllegalStateException("neither in memory nor on disk");
        }
        aside = disk.open();
      }
      return aside.push(batch);
    }

    private boolean pass(Batch batch, Selection fresh) {
      try (Batch selected = batch.select(fresh)) {
        return next.push(selected);
      }
    }

    @Override
    public void finish() {
      if (aside != null) {
        aside.finish();
      }
      next.finish();
    }

    @Override
    public void close() {
      if (aside != null) {
        aside.close();
      }
      next.close();
    }
  }

  /**
   * The rows of the batch that have not come before, which have come now; null if the known rows
   * are on disk.
   */
  private synchronized @Nullable Selection fresh(Batch batch) {
    if (onDisk == null && isFull()) {
      onDisk = new DistinctOnDisk(types, run, memory, share, spill);
      onDisk.takeOver(known);
      known.close();
    }
    if (onDisk != null) {
      return null;
    }
    List<Column> columns = new ArrayList<>(batch.columnCount());
    for (int i = 0; i < batch.columnCount(); i++) {
      columns.add(batch.column(i));
    }
    int[] rows = Worker.rows(batch);
    int count = batch.rowCount();
    int groupCount = known.groupCount();
    known.groups(columns, rows, count, groups);
    int[] fresh = new int[count];
    int freshCount = 0;
    for (int i = 0; i < count; i++) {
      // A new group has the next number where it comes first.
      if (groups[i] == groupCount) {
        fresh[freshCount++] = rows[i];
        groupCount++;
      }
    }
    return new Selection(fresh, freshCount);
  }

  /** Whether there is no room for the known rows to grow, or to be written. */
  private boolean isFull() {
    return knownMemory.used() > SMALL_BYTES && share.isFull(2 * knownMemory.used());
  }

  /** All rows of a round have come: what was put aside and is new goes to {@code taker}. */
  void endRound(Consumer<Batch> taker) {
    DistinctOnDisk disk = onDisk;
    if (disk != null) {
      disk.endRound(taker);
    }
  }

  @Override
  public synchronized void close() {
    known.close();
    if (onDisk != null) {
      onDisk.close();
      onDisk = null;
    }
    spill.close();
  }
}
