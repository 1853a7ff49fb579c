package dev.tidemill.storage.versions;

import dev.tidemill.foundation.batch.Batch;
import dev.tidemill.foundation.memory.MemoryScope;
import dev.tidemill.storage.table.BatchReader;
import dev.tidemill.storage.table.ColumnFilter;
import dev.tidemill.storage.table.FilterSupport;
import dev.tidemill.storage.table.ScanRequest;
import dev.tidemill.storage.table.TableStatistics;
import dev.tidemill.storage.table.ValueExtremes;
import java.util.List;
import org.jspecify.annotations.Nullable;

/** Where the segments of a table and its log of commits are kept. */
public interface SegmentStore {
  /**
   * A range of a segment's rows.
   *
   * @param from number of the first
   * @param to behind the last
   */
  record Part(Segment segment, long from, long to) {}

  /**
   * What is kept of the table's writers.
   *
   * @param base where the log was begun anew, what it begins with now: what was told before does
   *     not count any more; else null
   * @param oldest the first snapshot that can be read still, or 0 where that is as it was
   */
  record Kept(@Nullable Base base, List<Commit> commits, boolean ended, long oldest) {}

  /** What was added to the log since the last call, in order; null where nothing was. */
  @Nullable Kept news();

  FilterSupport support(ColumnFilter filter);

  TableStatistics statistics(List<Segment> segments);

  /** Divides rows of a segment, leaving out ranges in which no row passes the request's filters. */
  List<Part> parts(Segment segment, long from, long to, ScanRequest request);

  /**
   * The least and greatest value of each of the request's columns in a part, where they are known
   * exactly and without reading rows, else null.
   */
  default @Nullable List<ValueExtremes> extremes(Part part, ScanRequest request) {
    return null;
  }

  /** Divides a part further, into parts of about so many rows. */
  List<Part> divide(Part part, long rows);

  /**
   * Reads a part; {@link BatchReader#positionOf} gives the rows' numbers in their segment where the
   * request has no filters, and then all rows are given.
   */
  BatchReader open(Part part, ScanRequest request, MemoryScope scope);

  /**
   * Takes the table for writing.
   *
   * @throws dev.tidemill.foundation.error.TidemillException if another writer has it
   */
  Writing write(String writer);

  /** The table, taken for writing. */
  interface Writing extends AutoCloseable {
    /** Begins a segment of the commit with the number given. */
    SegmentWriter segment(long commit, boolean gone, MemoryScope scope);

    /** Makes a commit durable. */
    void commit(Commit commit);

    /** Notes that nothing will come any more. */
    void end();

    /** Notes, durably, that no snapshot before this one will be read. */
    void expire(long oldest);

    /**
     * Removes segments, those that are there still, and what says which of their rows are gone.
     *
     * @param compaction the commit up to which rows that are gone are in no segment that stays
     */
    void remove(List<Segment> segments, long compaction);

    /**
     * Begins the log anew, as a whole or not at all: with a base, the commits behind it, and what
     * else it says. What the base leaves out is {@linkplain #remove removed}. This store does not
     * give it as {@linkplain SegmentStore#news news}.
     */
    void begin(Base base, List<Commit> commits, boolean ended, long oldest);

    @Override
    void close();
  }

  /** The rows of a segment. */
  interface SegmentWriter extends AutoCloseable {
    /** Adds the rows that count; the stored columns in order. The batch is borrowed. */
    void write(Batch rows);

    /** The segment with all rows, durable; none of it is seen before a commit names it. */
    Segment finish();

    /** Forgets the rows unless finished. */
    @Override
    void close();
  }
}
