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
 *   build row   0  1  2  3  4         key ─▶ first build row ─▶ next ─▶ … ─▶ -1
 *   key         a  b  a  ∅  a         a ─▶ 0 ─▶ 2 ─▶ 4 ─▶ -1
 *   next        2 -1  4 -1 -1         b ─▶ 1 ─▶ -1
 * </pre>
 *
 * <p>A row with a NULL in a key where NULLs do not match is in no chain. Immutable once built but
 * for {@link #matched}; shared by all workers.
 */
final class JoinTable implements AutoCloseable {
  private final Batch rows;
  private final HeapMemory heap;
  private final FirstRows firstRows;
  private final BuildSide side;

  /** The next build row of the same key, or -1; empty where every key is one row's. */
  private final int[] next;

  /** By build row whether it has had a match; workers only ever set it. Null where nobody asks. */
  private final boolean @Nullable [] matched;

  private JoinTable(
      Batch rows,
      HeapMemory heap,
      FirstRows firstRows,
      BuildSide side,
      int[] next,
      boolean @Nullable [] matched) {
    this.rows = rows;
    this.heap = heap;
    this.firstRows = firstRows;
    this.side = side;
    this.next = next;
    this.matched = matched;
  }

  /**
   * Builds the table of {@code rows}, which it takes over.
   *
   * @param keys the key columns
   * @param tracksMatches whether {@link #matched} is needed
   * @param side what the rows are all, or a part of
   */
  static JoinTable build(
      Batch rows,
      JoinKeys keys,
      boolean tracksMatches,
      BuildSide side,
      Run run,
      MemoryScope memory) {
    HeapMemory heap = new HeapMemory(memory);
    FirstRows first = null;
    try {
      int count = rows.length();
      boolean[] matched = null;
      if (tracksMatches) {
        heap.reserve(count);
        matched = new boolean[count];
      }
      List<Column> columns = keys.columns(rows);
      int[] next = heap.ints(count);
      if (keys.types().size() == 1
          && KeySet.fits(keys.types().get(0))
          && !keys.nullsMatch().get(0)) {
        first = DenseFirstRows.of(columns.get(0), next, heap, run);
      }
      if (first == null) {
        first = hashed(columns, keys, next, heap, run, memory);
      }
      if (isUnlinked(next)) {
        heap.release(count * 4L);
        next = new int[0];
      }
      return new JoinTable(rows, heap, first, side, next, matched);
    } catch (Throwable t) {
      if (first != null) {
        first.close();
      }
      heap.close();
      rows.close();
      throw t;
    }
  }

  private static boolean isUnlinked(int[] next) {
    for (int row : next) {
      if (row >= 0) {
        return false;
      }
    }
    return true;
  }

  /** Groups the rows by key, and links those of a group in {@code next}, ascending. */
  private static FirstRows hashed(
      List<Column> columns,
      JoinKeys keys,
      int[] next,
      HeapMemory heap,
      Run run,
      MemoryScope memory) {
    GroupTable groups = GroupTable.forLookup(keys.types(), memory);
    try {
      int count = next.length;
      int[] groupByRow = next;
      boolean mayMiss = keys.mayMiss(columns);
      int[] chunk = new int[Batch.MAX_ROWS];
      int[] chunkGroups = new int[Batch.MAX_ROWS];
      for (int from = 0; from < count; from += Batch.MAX_ROWS) {
        run.check();
        int length = 0;
        for (int row = from; row < Math.min(count, from + Batch.MAX_ROWS); row++) {
          if (!mayMiss || keys.canMatch(columns, row)) {
            chunk[length++] = row;
          } else {
            groupByRow[row] = -1;
          }
        }
        groups.groups(columns, chunk, length, chunkGroups);
        for (int i = 0; i < length; i++) {
          groupByRow[chunk[i]] = chunkGroups[i];
        }
      }
      if (groups.groupCount() == count) {
        Arrays.fill(next, -1);
        return new HashedFirstRows(groups, new int[0]);
      }
      int[] first = heap.ints(groups.groupCount());
      Arrays.fill(first, -1);
      for (int row = count - 1; row >= 0; row--) {
        int group = groupByRow[row];
        if (group < 0) {
          next[row] = -1;
        } else {
          next[row] = first[group];
          first[group] = row;
        }
      }
      return new HashedFirstRows(groups, first);
    } catch (Throwable t) {
      groups.close();
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

  /** The whole that the rows are of. */
  BuildSide side() {
    return side;
  }

  /** Whether no two build rows share a key. */
  boolean isUnique() {
    return next.length == 0;
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
    firstRows.find(columns, probeRows, count, firsts, lookup);
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
    return next.length == 0 ? -1 : next[row];
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
    firstRows.close();
    heap.close();
    rows.close();
  }
}
