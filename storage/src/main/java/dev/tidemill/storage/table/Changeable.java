package dev.tidemill.storage.table;

import dev.tidemill.foundation.batch.Batch;
import dev.tidemill.foundation.memory.MemoryScope;
import java.util.List;

/** A table whose rows can be removed and changed, each time as a whole, and which remembers. */
public interface Changeable extends Versions {
  /** Name of the column of {@link #withRowIds}, a BIGINT that is not NULL. */
  String ROW = "$row";

  /** The same table with the column {@link #ROW} behind the others: what a {@link Change} takes. */
  Table withRowIds();

  /**
   * Begins a change; one is made at a time.
   *
   * @param scope what buffered rows are charged to
   */
  Change change(MemoryScope scope);

  /**
   * Puts the rows that are there into one segment, without those that were removed; no change to
   * readers. A sink of the table may be open, as long as it is between two steps.
   *
   * @param expires whether snapshots older than those that are to be kept are removed, but those
   *     that splits in use need
   * @param places where those stand who follow the changes, who need what comes behind
   * @return how many segments there were
   */
  long compact(boolean expires, List<Offset> places, MemoryScope scope);

  /**
   * As {@link #compact}, and rows that are too old are not there any more. Who follows the changes
   * sees none go.
   *
   * @param column a TIMESTAMP(6), of which no value is NULL
   * @param beforeMicros rows with a time before this go
   */
  void forget(String column, long beforeMicros, List<Offset> places, MemoryScope scope);

  /** Whether it was declared so that no row ever goes. */
  boolean appendOnly();

  /** Rows that go and come at once. */
  interface Change extends AutoCloseable {
    /**
     * Rows that go, as they are: {@link #ROW}, then the stored columns.
     *
     * @throws dev.tidemill.foundation.error.TidemillException if a row goes twice
     */
    void remove(Batch rows);

    /** Rows that come: the stored columns. */
    void insert(Batch rows);

    /** Makes the change visible, durably; one of no rows is none. */
    void commit();

    /** Forgets the change unless committed. */
    @Override
    void close();
  }
}
