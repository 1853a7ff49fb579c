package dev.tidemill.storage.versions;

import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;

/**
 * The commits of a table behind a {@link Base}, and what they make of its segments. Not safe for
 * use by many threads.
 */
final class History {
  private final List<Commit> commits = new ArrayList<>();
  private final Map<String, Long> lastSteps = new HashMap<>();

  /** The rows of each segment that were removed since, by all commits. */
  private final Map<Long, int[]> deleted = new HashMap<>();

  /** Number of the last commit that is not among {@link #commits}. */
  private long base;

  private long rowsAtBase;

  /** Numbers of commits, or 0. */
  private long lastRemoval;

  private long lastCompaction;

  /** The last compaction that left rows out. */
  private long lastForgetting;

  private long rows;
  private long oldest;
  private boolean removed;
  private boolean ended;

  History(Base base) {
    this.base = base.number();
    this.rowsAtBase = base.rows();
    this.rows = base.rows();
    this.removed = base.removed();
    lastSteps.putAll(base.lastSteps());
  }

  void add(Commit commit) {
    commits.add(commit);
    ended &= commit.compacted();
    if (commit.writer() != null) {
      lastSteps.put(commit.writer(), commit.step());
    }
    removed |= commit.rowsOut() > 0;
    if (!commit.deletes().isEmpty()) {
      lastRemoval = last();
      commit
          .deletes()
          .rows()
          .forEach((segment, gone) -> deleted.merge(segment, gone, Deletes::merge));
    }
    if (commit.compacted()) {
      lastCompaction = last();
      long whole = commit.added() == null ? 0 : commit.added().rows();
      lastForgetting = whole < rows ? last() : lastForgetting;
      rows = whole;
    }
    rows += commit.rowsIn() - commit.rowsOut();
  }

  void end() {
    ended = true;
  }

  /** From now on no snapshot before this one can be read. */
  void expire(long snapshot) {
    oldest = Math.max(oldest, snapshot);
  }

  /** The first snapshot that can be read. */
  long oldest() {
    return oldest;
  }

  /**
   * The snapshot that who begins to read takes first, whole; 0 where all commits can be followed.
   */
  long first() {
    return Math.max(oldest, lastForgetting);
  }

  /** The rows that a snapshot has. */
  long rows(long snapshot) {
    long compaction = compaction(snapshot);
    long there = rowsAtBase;
    if (compaction > 0) {
      Segment whole = commit(compaction).added();
      there = whole == null ? 0 : whole.rows();
    }
    for (Commit commit : between(Math.max(base, compaction), snapshot)) {
      there += commit.rowsIn() - commit.rowsOut();
    }
    return there;
  }

  /** The last compaction up to a snapshot, behind which its rows are; 0 where there is none. */
  long compaction(long snapshot) {
    for (long number = Math.min(snapshot, lastCompaction); number > base; number--) {
      if (commit(number).compacted()) {
        return number;
      }
    }
    return 0;
  }

  /** Segments that nothing needs that reads the oldest snapshot, a later one, or changes since. */
  List<Segment> expired() {
    long compaction = compaction(oldest);
    List<Segment> expired = new ArrayList<>();
    for (Commit commit : between(base, oldest)) {
      if (commit.gone() != null) {
        expired.add(commit.gone());
      }
      if (commit.added() != null && commit.number() < compaction) {
        expired.add(commit.added());
      }
    }
    return expired;
  }

  boolean ended() {
    return ended;
  }

  long last() {
    return base + commits.size();
  }

  /** The number of the last commit that is told no longer; 0 where all are. */
  long base() {
    return base;
  }

  /**
   * The base that a history may have of which the oldest snapshot, later ones and changes since are
   * read: it ends before the compaction behind which these rows are.
   */
  Base newBase() {
    long number = Math.max(base, compaction(oldest) - 1);
    return new Base(number, rows(number), removed, lastSteps);
  }

  /** Forgets the commits up to a base. */
  void begin(Base begin) {
    commits.subList(0, Math.toIntExact(begin.number() - base)).clear();
    base = begin.number();
    rowsAtBase = begin.rows();
    deleted.keySet().removeIf(segment -> segment <= base);
  }

  /** The commits behind one snapshot up to another. */
  List<Commit> between(long from, long to) {
    return commits.subList(Math.toIntExact(from - base), Math.toIntExact(to - base));
  }

  /** The rows there are. */
  long rows() {
    return rows;
  }

  Commit commit(long number) {
    return commits.get(Math.toIntExact(number - base - 1));
  }

  long lastStep(String writer) {
    return lastSteps.getOrDefault(writer, -1L);
  }

  /** Whether a row was ever removed. */
  boolean hasRemoved() {
    return removed;
  }

  /** The segments whose rows are those of a snapshot, but for what was removed of them. */
  List<Segment> segments(long snapshot) {
    long first = Math.max(base + 1, compaction(snapshot));
    List<Segment> segments = new ArrayList<>();
    for (long number = first; number <= snapshot; number++) {
      Segment added = commit(number).added();
      if (added != null) {
        segments.add(added);
      }
    }
    return segments;
  }

  /** Numbers of the rows of a segment that are not there in a snapshot, ascending. */
  int[] deleted(Segment segment, long snapshot) {
    int[] all = deleted.get(segment.id());
    if (all == null) {
      return new int[0];
    }
    if (snapshot >= lastRemoval) {
      return all;
    }
    int[] until = new int[0];
    for (long number = segment.id() + 1; number <= snapshot; number++) {
      int[] gone = commit(number).deletes().rows().get(segment.id());
      if (gone != null) {
        until = Deletes.merge(until, gone);
      }
    }
    return until;
  }

  /**
   * The last snapshot that is not later than a time; 0 is the empty table, and the number of the
   * base stands for it and all before.
   */
  long at(long timeMillis) {
    long found = base;
    for (Commit commit : commits) {
      if (commit.timeMillis() <= timeMillis) {
        found = commit.number();
      }
    }
    return found;
  }
}
