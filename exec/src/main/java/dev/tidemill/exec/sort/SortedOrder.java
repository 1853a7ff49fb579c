package dev.tidemill.exec.sort;

import dev.tidemill.exec.key.KeyBytes;
import dev.tidemill.exec.memory.HeapMemory;
import dev.tidemill.exec.pipeline.Team;
import dev.tidemill.foundation.batch.Batch;
import dev.tidemill.foundation.batch.Column;
import dev.tidemill.foundation.batch.Columns;
import dev.tidemill.foundation.memory.MemoryScope;
import dev.tidemill.foundation.type.Type;
import dev.tidemill.plan.batch.SortKey;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.function.IntFunction;

/**
 * The rows of a table in the order of keys, equal ones as they stand in the table.
 *
 * <p>Rows are sorted by the {@linkplain SortWords words} of as many keys as these hold. What is
 * tied then, and only that, is sorted by the words of the keys that are left, and so on; few ties,
 * and what no word tells apart, by the keys as byte strings.
 */
public final class SortedOrder {
  /** So many times ties of text are sorted by their next bytes. */
  private static final int MOST_ROUNDS = 4;

  /** Fewer ties than this are sorted by byte strings at once. */
  private static final int FEW_TIES = 1 << 8;

  private final Batch table;
  private final List<SortKey> keys;
  private final int[] prefixes;
  private final Team team;
  private final HeapMemory heap;
  private final MemoryScope memory;
  private final int count;
  private final int[] rows;

  /** By place, whether the row differs from the one before by the keys looked at so far. */
  private final boolean[] first;

  /** By number of a prefix, the same by its keys; empty until these have been looked at. */
  private final boolean[][] begins;

  /** How many keys have been looked at. */
  private int done;

  /** Bytes of the next key, which is text, that have been looked at. */
  private int bytesDone;

  private SortedOrder(
      Batch table,
      List<SortKey> keys,
      int[] prefixes,
      Team team,
      HeapMemory heap,
      MemoryScope memory) {
    this.table = table;
    this.keys = keys;
    this.prefixes = prefixes;
    this.team = team;
    this.heap = heap;
    this.memory = memory;
    this.count = table.length();
    this.rows = heap.ints(count);
    heap.reserve(count);
    this.first = new boolean[count];
    this.begins = new boolean[prefixes.length][];
  }

  /**
   * Sorts the rows of a table of any length, which is borrowed.
   *
   * @param prefixes numbers of first keys that {@link #begins} will be asked for, ascending
   * @param heap charged with the result and, for the length of the call, {@code memory} with more
   */
  public static SortedOrder of(
      Batch table,
      List<SortKey> keys,
      int[] prefixes,
      Team team,
      HeapMemory heap,
      MemoryScope memory) {
    SortedOrder order = new SortedOrder(table, keys, prefixes, team, heap, memory);
    order.sort();
    return order;
  }

  /** Row numbers in order. */
  public int[] rows() {
    return rows;
  }

  /**
   * By place in the order, whether the row differs from the one before in one of the first keys:
   * {@code prefixes[prefix]} of them.
   */
  public boolean[] begins(int prefix) {
    return begins[prefix];
  }

  private void sort() {
    for (int i = 0; i < count; i++) {
      rows[i] = i;
    }
    if (count > 0) {
      first[0] = true;
    }
    int tied = count < 2 ? 0 : count;
    record(0);
    for (int round = 0; tied > 0 && done < keys.size(); round++) {
      team.check();
      try (HeapMemory roundHeap = new HeapMemory(memory)) {
        if (round == 0) {
          sortWhole(roundHeap);
        } else {
          sortTied(tied, round < MOST_ROUNDS && tied > FEW_TIES, roundHeap);
        }
      }
      tied = tied();
    }
    record(Integer.MAX_VALUE);
  }

  /** The first keys up to {@code most} have been looked at. */
  private void record(int most) {
    for (int i = 0; i < prefixes.length; i++) {
      if (begins[i] == null && prefixes[i] <= most) {
        begins[i] = copyOfFirst();
      }
    }
  }

  private boolean[] copyOfFirst() {
    heap.reserve(count);
    return first.clone();
  }

  /** How many rows stand beside an equal one. */
  private int tied() {
    int tied = 0;
    for (int i = 0; i < count; i++) {
      tied += first[i] && (i + 1 == count || first[i + 1]) ? 0 : 1;
    }
    return tied;
  }

  private void sortWhole(HeapMemory roundHeap) {
    long[] words = roundHeap.longs(count);
    try (SortWords packed = pack(key -> column(key).retain(), count, words, roundHeap)) {
      WordSort sort = new WordSort(words, rows, roundHeap.longs(count), roundHeap.ints(count));
      sort.sortAll(count, packed.bits(), team);
      List<boolean[]> inside = prefixesInside(packed);
      int pieces = team.pieces(count, 16 * Batch.MAX_ROWS);
      team.each(
          pieces,
          piece -> {
            int from = Math.max(1, (int) ((long) count * piece / pieces));
            int to = (int) ((long) count * (piece + 1) / pieces);
            for (int i = from; i < to; i++) {
              first[i] = words[i] != words[i - 1];
            }
            int number = 0;
            for (boolean[] begin : inside) {
              long mask = mask(packed, number++);
              for (int i = from; i < to; i++) {
                begin[i] = ((words[i] ^ words[i - 1]) & mask) != 0;
              }
            }
          });
      advance(packed);
    }
  }

  private Column column(int key) {
    return table.column(keys.get(key).column());
  }

  /** The words of the next keys, written to {@code words}. */
  private SortWords pack(
      IntFunction<Column> columns, int length, long[] words, HeapMemory roundHeap) {
    SortWords packed =
        SortWords.of(keys, done, bytesDone, columns, length, team, roundHeap, memory);
    try {
      int pieces = team.pieces(length, 16 * Batch.MAX_ROWS);
      team.each(
          pieces,
          piece ->
              packed.write(
                  words,
                  (int) ((long) length * piece / pieces),
                  (int) ((long) length * (piece + 1) / pieces)));
      return packed;
    } catch (Throwable t) {
      packed.close();
      throw t;
    }
  }

  /** Flags of the prefixes that end among the keys of the words, as they were before. */
  private List<boolean[]> prefixesInside(SortWords packed) {
    List<boolean[]> inside = new ArrayList<>();
    for (int i = 0; i < prefixes.length; i++) {
      if (prefixes[i] > done && prefixes[i] <= done + packed.decided()) {
        begins[i] = copyOfFirst();
        inside.add(begins[i]);
      }
    }
    return inside;
  }

  /** The bits of the prefix that is the {@code number}th inside. */
  private long mask(SortWords packed, int number) {
    int left = number;
    for (int prefix : prefixes) {
      if (prefix > done && prefix <= done + packed.decided() && left-- == 0) {
        return packed.mask(prefix - done);
      }
    }
    throw new IllegalArgumentException("no such prefix");
  }

  private void advance(SortWords packed) {
    bytesDone = Math.max(packed.bytesInside(), packed.decided() == 0 ? bytesDone : 0);
    done += packed.decided();
  }

  /** Sorts the rows that are tied, each run of them by itself. */
  private void sortTied(int tied, boolean byWords, HeapMemory roundHeap) {
    int[] places = roundHeap.ints(tied);
    int[] which = roundHeap.ints(tied);
    int filled = 0;
    for (int i = 0; i < count; i++) {
      if (!first[i] || (i + 1 < count && !first[i + 1])) {
        places[filled] = i;
        which[filled++] = rows[i];
      }
    }
    if (!byWords || !sortByWords(places, which, tied, roundHeap)) {
      sortByBytes(places, which, tied, roundHeap);
    }
  }

  /** Says whether the words said anything new. */
  private boolean sortByWords(int[] places, int[] which, int tied, HeapMemory roundHeap) {
    long[] words = roundHeap.longs(tied);
    int[] sorted = roundHeap.ints(tied);
    System.arraycopy(which, 0, sorted, 0, tied);
    try (SortWords packed =
        pack(key -> Columns.take(column(key), which, 0, tied, memory), tied, words, roundHeap)) {
      if (packed.decided() == 0 && packed.bytesInside() <= bytesDone) {
        return false;
      }
      WordSort sort = new WordSort(words, sorted, roundHeap.longs(tied), roundHeap.ints(tied));
      List<boolean[]> inside = prefixesInside(packed);
      long[] masks = new long[inside.size()];
      Arrays.setAll(masks, number -> mask(packed, number));
      int pieces = team.pieces(tied, 4 * Batch.MAX_ROWS);
      team.each(
          pieces,
          piece -> {
            int from = runFrom(places, (int) ((long) tied * piece / pieces), tied);
            int to = runFrom(places, (int) ((long) tied * (piece + 1) / pieces), tied);
            while (from < to) {
              int end = runEnd(places, from, tied);
              sort.sort(from, end);
              for (int i = from; i < end; i++) {
                rows[places[i]] = sorted[i];
              }
              for (int i = from + 1; i < end; i++) {
                long different = words[i] ^ words[i - 1];
                for (int p = 0; p < masks.length; p++) {
                  inside.get(p)[places[i]] = (different & masks[p]) != 0;
                }
              }
              from = end;
            }
          });
      for (int i = 1; i < tied; i++) {
        if (!first[places[i]]) {
          first[places[i]] = words[i] != words[i - 1];
        }
      }
      advance(packed);
    }
    return true;
  }

  /** The first place from {@code at} on where a run begins. */
  private int runFrom(int[] places, int at, int tied) {
    int from = at;
    while (from < tied && !first[places[from]]) {
      from++;
    }
    return from;
  }

  private int runEnd(int[] places, int from, int tied) {
    return runFrom(places, from + 1, tied);
  }

  /** By the keys up to the next prefix that somebody asks for. */
  private void sortByBytes(int[] places, int[] which, int tied, HeapMemory roundHeap) {
    int end = keys.size();
    for (int prefix : prefixes) {
      if (prefix > done) {
        end = Math.min(end, prefix);
      }
    }
    List<Type> types = new ArrayList<>();
    for (int i = 0; i < table.columnCount(); i++) {
      types.add(table.column(i).type());
    }
    int[] starts = roundHeap.ints(tied);
    int runs = 0;
    for (int i = 0; i < tied; i++) {
      if (first[places[i]]) {
        starts[runs++] = i;
      }
    }
    RowKeys codec = RowKeys.of(keys.subList(done, end), types);
    KeyBytes bytes = codec.encode(table, which, tied, roundHeap, team);
    int[] sorted = RowOrder.sortRuns(bytes, starts, runs, roundHeap, team);
    for (int i = 0; i < tied; i++) {
      rows[places[i]] = which[sorted[i]];
      if (!first[places[i]]) {
        first[places[i]] = !bytes.equal(sorted[i - 1], sorted[i]);
      }
    }
    done = end;
    bytesDone = 0;
    record(end);
  }
}
