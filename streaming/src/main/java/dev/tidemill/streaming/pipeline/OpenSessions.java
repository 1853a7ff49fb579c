package dev.tidemill.streaming.pipeline;

import dev.tidemill.exec.key.GroupTable;
import dev.tidemill.exec.memory.HeapMemory;
import dev.tidemill.foundation.batch.Batch;
import dev.tidemill.foundation.batch.Column;
import dev.tidemill.foundation.memory.MemoryScope;
import dev.tidemill.foundation.type.Type;
import java.util.Arrays;
import java.util.List;
import java.util.stream.IntStream;

/**
 * The sessions of each key, in a chain from the last to the first, and the group that has what is
 * kept of a session. Two sessions of a key are further apart than the gap. All of it follows from
 * the groups.
 *
 * <pre>
 *   key  a  ─▶ [20 … 31] ─▶ [4 … 9]        a row at 14, gap 6, makes one of both: [4 … 31]
 * </pre>
 *
 * <p>A session's anchor is the time of its first row that came. No other session of its key has had
 * it, so key and anchor name a session whatever becomes of its start.
 */
final class OpenSessions implements AutoCloseable {
  /** Fewer keys without sessions are not worth making the table anew. */
  private static final int FEW = 1024;

  private final List<Type> keyTypes;
  private final MemoryScope memory;
  private final HeapMemory heap;

  /** The greatest distance of neighbours, in units of the time. */
  private final long gap;

  private GroupTable keys;

  /** By key its last session + 1. */
  private int[] lasts;

  /** By session the one before it + 1, or of those that are free the next. */
  private int[] earlier;

  private int[] keyOf;
  private long[] starts;
  private long[] ends;
  private long[] anchors;
  private int[] groups;

  /** By group its session + 1. */
  private int[] sessionOf;

  private int used;
  private int free;
  private int there;

  /**
   * Of the batch at hand: sessions that became one, the one that is no more and the one it is in.
   */
  private int[] merged = new int[16];

  private int mergedCount;

  /**
   * @param gap in units of the time
   */
  OpenSessions(List<Type> keyTypes, long gap, MemoryScope memory) {
    this.keyTypes = keyTypes;
    this.gap = gap;
    this.memory = memory;
    this.heap = new HeapMemory(memory);
    this.keys = GroupTable.of(keyTypes, memory);
    this.lasts = heap.ints(16);
    this.earlier = heap.ints(16);
    this.keyOf = heap.ints(16);
    this.starts = heap.longs(16);
    this.ends = heap.longs(16);
    this.anchors = heap.longs(16);
    this.groups = heap.ints(16);
    this.sessionOf = heap.ints(16);
  }

  /**
   * Puts rows into sessions, one after the other.
   *
   * @param times by row of the batch
   * @param sessions becomes each row's session
   * @param rowAnchors becomes, by row of the batch, the session's anchor
   */
  void assign(
      List<Column> keyColumns,
      int[] rows,
      int count,
      long[] times,
      int[] sessions,
      long[] rowAnchors) {
    mergedCount = 0;
    keys.groups(keyColumns, rows, count, sessions);
    lasts = heap.grow(lasts, Math.max(1, keys.groupCount()));
    for (int i = 0; i < count; i++) {
      int session = session(sessions[i], times[rows[i]]);
      sessions[i] = session;
      rowAnchors[rows[i]] = anchors[session];
    }
  }

  /** The session that a row comes into, which is longer or new then. */
  private int session(int key, long time) {
    int later = -1;
    int session = lasts[key] - 1;
    while (session >= 0 && !isNear(starts[session], time)) {
      later = session;
      session = earlier[session] - 1;
    }
    if (session < 0 || !isNear(time, ends[session])) {
      return insert(key, time, later, session);
    }
    starts[session] = Math.min(starts[session], time);
    ends[session] = Math.max(ends[session], time);
    int before = earlier[session] - 1;
    return before >= 0 && isNear(starts[session], ends[before])
        ? merge(later, session, before)
        : session;
  }

  /** Whether a time is before another, or behind it by no more than the gap. */
  private boolean isNear(long time, long other) {
    long apart = time - other;
    return time <= other || apart >= 0 && apart <= gap;
  }

  private int insert(int key, long time, int later, int before) {
    int session = free - 1;
    if (session >= 0) {
      free = earlier[session];
    } else {
      session = used++;
      earlier = heap.grow(earlier, used);
      keyOf = heap.grow(keyOf, used);
      starts = heap.grow(starts, used);
      ends = heap.grow(ends, used);
      anchors = heap.grow(anchors, used);
      groups = heap.grow(groups, used);
    }
    there++;
    keyOf[session] = key;
    starts[session] = time;
    ends[session] = time;
    anchors[session] = time;
    groups[session] = -1;
    earlier[session] = before + 1;
    link(key, later, session);
    return session;
  }

  private void link(int key, int later, int session) {
    if (later < 0) {
      lasts[key] = session + 1;
    } else {
      earlier[later] = session + 1;
    }
  }

  /** Makes one of a session and the one before it: the one that has been there for longer. */
  private int merge(int later, int session, int before) {
    boolean keepsBefore = groups[before] >= 0 && groups[session] < 0;
    int kept = keepsBefore ? before : session;
    int gone = keepsBefore ? session : before;
    starts[kept] = starts[before];
    ends[kept] = Math.max(ends[session], ends[before]);
    if (keepsBefore) {
      link(keyOf[session], later, before);
    } else {
      earlier[session] = earlier[before];
    }
    if (mergedCount + 2 > merged.length) {
      merged = Arrays.copyOf(merged, merged.length * 2);
    }
    merged[mergedCount++] = gone;
    merged[mergedCount++] = kept;
    there--;
    return kept;
  }

  /** What becomes of the groups of two sessions that are one. */
  interface Merging {
    void merge(int gone, int kept);
  }

  /**
   * Says which groups the rows' sessions have, then which of these are merged.
   *
   * @param rowGroups as {@code sessions} of {@link #assign}
   */
  void assigned(int[] sessions, int[] rowGroups, int count, Merging merging) {
    for (int i = 0; i < count; i++) {
      setGroup(sessions[i], rowGroups[i]);
    }
    for (int i = 0; i < mergedCount; i += 2) {
      int gone = merged[i];
      merging.merge(groups[gone], groups[merged[i + 1]]);
      sessionOf[groups[gone]] = 0;
      release(gone);
    }
    mergedCount = 0;
  }

  private void setGroup(int session, int group) {
    sessionOf = heap.grow(sessionOf, group + 1);
    groups[session] = group;
    sessionOf[group] = session + 1;
  }

  private void release(int session) {
    earlier[session] = free;
    free = session + 1;
  }

  /** The time of the last row of a group's session; {@link Long#MAX_VALUE} if it has none. */
  long last(int group) {
    int session = group < sessionOf.length ? sessionOf[group] - 1 : -1;
    return session < 0 ? Long.MAX_VALUE : ends[session];
  }

  /** Forgets the sessions of groups. */
  void end(int[] ended) {
    for (int group : ended) {
      int session = sessionOf[group] - 1;
      int key = keyOf[session];
      int later = -1;
      for (int at = lasts[key] - 1; at != session; at = earlier[at] - 1) {
        later = at;
      }
      link(key, later, earlier[session] - 1);
      sessionOf[group] = 0;
      release(session);
      there--;
    }
  }

  /** Whether there are many keys without a session: then it is better made anew. */
  boolean isSparse() {
    return keys.groupCount() > 2 * there + FEW;
  }

  /** Forgets all. */
  void clear() {
    keys.close();
    keys = GroupTable.of(keyTypes, memory);
    Arrays.fill(lasts, 0);
    Arrays.fill(sessionOf, 0);
    used = 0;
    free = 0;
    there = 0;
    mergedCount = 0;
  }

  /**
   * Adds sessions that are there, of rows of a batch.
   *
   * @param firsts the times of their first rows
   * @param lastTimes of their last
   * @param itsAnchors of each
   * @param itsGroups of each
   */
  void add(
      List<Column> keyColumns,
      int count,
      long[] firsts,
      long[] lastTimes,
      long[] itsAnchors,
      int[] itsGroups) {
    int[] rows = IntStream.range(0, count).toArray();
    int[] found = new int[Math.max(count, Batch.MAX_ROWS)];
    keys.groups(keyColumns, rows, count, found);
    lasts = heap.grow(lasts, Math.max(1, keys.groupCount()));
    for (int i = 0; i < count; i++) {
      int later = -1;
      int before = lasts[found[i]] - 1;
      while (before >= 0 && starts[before] > firsts[i]) {
        later = before;
        before = earlier[before] - 1;
      }
      int session = insert(found[i], firsts[i], later, before);
      ends[session] = lastTimes[i];
      anchors[session] = itsAnchors[i];
      setGroup(session, itsGroups[i]);
    }
  }

  long bytes() {
    return memory.used();
  }

  @Override
  public void close() {
    keys.close();
    heap.close();
    memory.close();
  }
}
