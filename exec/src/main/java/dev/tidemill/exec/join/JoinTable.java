package dev.tidemill.exec.join;

import dev.tidemill.exec.key.GroupTable;
import dev.tidemill.exec.memory.HeapMemory;
import dev.tidemill.exec.pipeline.Run;
import dev.tidemill.foundation.batch.Batch;
import dev.tidemill.foundation.batch.Column;
import dev.tidemill.foundation.memory.MemoryScope;
import java.util.Arrays;
import java.util.List;
import org.jspecify.annotations.Nullable;

/**
 * The build side of a hash join: its rows, and by key those that have it.
 *
 * <pre>
 *   build row   0  1  2  3  4         key ─▶ group id ─▶ first build row ─▶ next ─▶ … ─▶ -1
 *   key         a  b  a  ∅  a         a ─▶ 0 ─▶ 0 ─▶ 2 ─▶ 4 ─▶ -1
 *   next        2 -1  4 -1 -1         b ─▶ 1 ─▶ 1 ─▶ -1
 * </pre>
 *
 * <p>A row with a NULL in a key where NULLs do not match is in no chain. Where every key is unique
 * and none is NULL, the group id is the build row. Immutable once built but for {@link #matched};
 * shared by all workers.
 */
final class JoinTable implements AutoCloseable {
  private final Batch rows;
  private final HeapMemory heap;
  private final GroupTable groups;
  private final boolean isUnique;
  private final boolean hasNullKey;

  /** First build row by group id; empty where unique. */
  private final int[] first;

  /** The next build row of the same key, or -1; empty where unique. */
  private final int[] next;

  /** By build row whether it has had a match; workers only ever set it. Null where nobody asks. */
  private final boolean @Nullable [] matched;

  private JoinTable(
      Batch rows,
      HeapMemory heap,
      GroupTable groups,
      boolean hasNullKey,
      int @Nullable [] first,
      int @Nullable [] next,
      boolean @Nullable [] matched) {
    this.rows = rows;
    this.heap = heap;
    this.groups = groups;
    this.isUnique = first == null;
    this.hasNullKey = hasNullKey;
    this.first = first == null ? new int[0] : first;
    this.next = next == null ? new int[0] : next;
    this.matched = matched;
  }

  /**
   * Builds the table of {@code rows}, which it takes over.
   *
   * @param keys the key columns
   * @param tracksMatches whether {@link #matched} is needed
   */
  static JoinTable build(
      Batch rows, JoinKeys keys, boolean tracksMatches, Run run, MemoryScope memory) {
    HeapMemory heap = new HeapMemory(memory);
    GroupTable groups = null;
    try {
      groups = GroupTable.withoutKeys(keys.types(), memory);
      int count = rows.length();
      List<Column> columns = keys.columns(rows);
      int[] groupByRow = heap.ints(count);
      boolean hasNull = false;
      int[] chunk = new int[Batch.MAX_ROWS];
      int[] chunkGroups = new int[Batch.MAX_ROWS];
      for (int from = 0; from < count; from += Batch.MAX_ROWS) {
        run.check();
        int length = 0;
        for (int row = from; row < Math.min(count, from + Batch.MAX_ROWS); row++) {
          if (keys.canMatch(columns, row)) {
            chunk[length++] = row;
          } else {
            hasNull = true;
            groupByRow[row] = -1;
          }
        }
        groups.groups(columns, chunk, length, chunkGroups);
        for (int i = 0; i < length; i++) {
          groupByRow[chunk[i]] = chunkGroups[i];
        }
      }
      boolean[] matched = null;
      if (tracksMatches) {
        heap.reserve(count);
        matched = new boolean[count];
      }
      if (groups.groupCount() == count) {
        heap.release(count * 4L);
        return new JoinTable(rows, heap, groups, hasNull, null, null, matched);
      }
      int[] first = heap.ints(groups.groupCount());
      Arrays.fill(first, -1);
      int[] next = groupByRow;
      for (int row = count - 1; row >= 0; row--) {
        int group = groupByRow[row];
        if (group < 0) {
          next[row] = -1;
        } else {
          next[row] = first[group];
          first[group] = row;
        }
      }
      return new JoinTable(rows, heap, groups, hasNull, first, next, matched);
    } catch (Throwable t) {
      if (groups != null) {
        groups.close();
      }
      heap.close();
      rows.close();
      throw t;
    }
  }

  /** The build side's rows, borrowed: one batch of any length. */
  Batch rows() {
    return rows;
  }

  boolean isEmpty() {
    return rows.length() == 0;
  }

  /** Whether a build row has a NULL in a key where NULLs do not match. */
  boolean hasNullKey() {
    return hasNullKey;
  }

  /** Whether no two build rows share a key. */
  boolean isUnique() {
    return isUnique;
  }

  /**
   * Sets {@code firsts[i]} to the first build row with the key of probe row {@code probeRows[i]},
   * or -1.
   */
  void find(
      JoinKeys keys,
      Batch probe,
      int[] probeRows,
      int count,
      int[] firsts,
      GroupTable.Lookup lookup) {
    List<Column> columns = keys.columns(probe);
    groups.find(columns, probeRows, count, firsts, lookup);
    if (!isUnique) {
      for (int i = 0; i < count; i++) {
        firsts[i] = firsts[i] < 0 ? -1 : first[firsts[i]];
      }
    }
    if (keys.mayMiss(columns)) {
      for (int i = 0; i < count; i++) {
        if (!keys.canMatch(columns, probeRows[i])) {
          firsts[i] = -1;
        }
      }
    }
  }

  /** The next build row with the same key, or -1. */
  int next(int row) {
    return isUnique ? -1 : next[row];
  }

  void setMatched(int row) {
    if (matched != null) {
      matched[row] = true;
    }
  }

  boolean isMatched(int row) {
    return matched != null && matched[row];
  }

  @Override
  public void close() {
    groups.close();
    heap.close();
    rows.close();
  }
}
