package dev.tidemill.exec.sort;

import dev.tidemill.exec.memory.HeapMemory;
import dev.tidemill.exec.pipeline.Team;
import dev.tidemill.foundation.batch.Batch;
import dev.tidemill.foundation.batch.BooleanColumn;
import dev.tidemill.foundation.batch.BytesColumn;
import dev.tidemill.foundation.batch.Column;
import dev.tidemill.foundation.batch.Columns;
import dev.tidemill.foundation.batch.DictionaryColumn;
import dev.tidemill.foundation.batch.FixedColumn;
import dev.tidemill.foundation.batch.ListColumn;
import dev.tidemill.foundation.batch.RowColumn;
import dev.tidemill.foundation.memory.MemoryScope;
import dev.tidemill.plan.batch.SortKey;
import java.util.List;

/**
 * One key as some bits of a {@link SortWords}: unsigned numbers in the order of the key, NULLs
 * included. Any thread writes.
 */
abstract sealed class SortField implements AutoCloseable permits SortNumber, SortText {
  private final Column column;
  private final boolean nullsFirst;

  /** Bits of a value; with NULLs there is one more above them. */
  private int valueBits;

  SortField(Column column, SortKey key) {
    this.column = column.retain();
    this.nullsFirst = key.nullsFirst();
  }

  /**
   * The field of a column.
   *
   * @param column borrowed
   * @param skip bytes of text that are no part of it
   * @param room bits it may have
   */
  static SortField of(
      Column column,
      SortKey key,
      int skip,
      int count,
      int room,
      Team team,
      HeapMemory heap,
      MemoryScope memory) {
    int forValues = room - (column.mayHaveNulls() ? 1 : 0);
    return switch (column) {
      case FixedColumn fixed -> SortNumber.of(fixed, key, count, forValues, team);
      case BooleanColumn booleans -> SortNumber.of(booleans, key, forValues);
      case BytesColumn bytes -> SortText.of(bytes, key, skip, count, forValues, team);
      case DictionaryColumn codes -> {
        if (skip == 0 && codes.dictionary().length() <= count) {
          int[] ranks = ranks(codes.dictionary(), team, heap, memory);
          yield SortNumber.of(codes, ranks, key, forValues);
        }
        try (Column plain = Columns.decode(codes, memory)) {
          yield of(plain, key, skip, count, room, team, heap, memory);
        }
      }
      case ListColumn lists -> SortNumber.nothing(lists, key);
      case RowColumn row -> SortNumber.nothing(row, key);
    };
  }

  /** By code, how many values of the dictionary are before it. */
  private static int[] ranks(Column dictionary, Team team, HeapMemory heap, MemoryScope memory) {
    int count = dictionary.length();
    int[] ranks = heap.ints(count);
    try (Batch table = new Batch(count, List.of(dictionary.retain()));
        HeapMemory sortHeap = new HeapMemory(memory)) {
      SortKey ascending = new SortKey(0, false, false);
      SortedOrder order =
          SortedOrder.of(table, List.of(ascending), new int[] {1}, team, sortHeap, memory);
      int rank = 0;
      for (int i = 0; i < count; i++) {
        rank += i > 0 && order.begins(0)[i] ? 1 : 0;
        ranks[order.rows()[i]] = rank;
      }
    }
    return ranks;
  }

  final Column column() {
    return column;
  }

  final void setValueBits(int bits) {
    valueBits = bits;
  }

  final int valueBits() {
    return valueBits;
  }

  /** How many bits it takes. */
  final int bits() {
    return column.mayHaveNulls() ? valueBits + 1 : valueBits;
  }

  /** Whether rows of equal bits have equal keys. */
  abstract boolean decides();

  /** How many bytes of text are decided by equal bits, with those skipped. */
  int bytesInside() {
    return 0;
  }

  /** Puts the bits of rows behind those that their words have. */
  final void add(long[] words, int from, int to) {
    if (bits() == 0) {
      return;
    }
    boolean nulls = column.mayHaveNulls();
    if (nulls) {
      long valueMark = nullsFirst ? 1 : 0;
      for (int i = from; i < to; i++) {
        words[i] = words[i] << 1 | (column.isNull(i) ? 1 - valueMark : valueMark);
      }
    }
    if (valueBits == 0) {
      return;
    }
    long[] values = new long[Batch.MAX_ROWS];
    for (int start = from; start < to; start += Batch.MAX_ROWS) {
      int count = Math.min(Batch.MAX_ROWS, to - start);
      values(start, count, values);
      if (nulls) {
        for (int i = 0; i < count; i++) {
          values[i] = column.isNull(start + i) ? 0 : values[i];
        }
      }
      if (valueBits == Long.SIZE) {
        System.arraycopy(values, 0, words, start, count);
      } else {
        for (int i = 0; i < count; i++) {
          words[start + i] = words[start + i] << valueBits | values[i];
        }
      }
    }
  }

  /**
   * The bits of rows {@code from} to {@code from + count}, at the low end; of a NULL row whatever.
   */
  abstract void values(int from, int count, long[] out);

  @Override
  public final void close() {
    column.close();
  }
}
