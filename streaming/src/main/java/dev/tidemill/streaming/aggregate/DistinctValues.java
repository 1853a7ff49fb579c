package dev.tidemill.streaming.aggregate;

import dev.tidemill.exec.key.GroupTable;
import dev.tidemill.exec.memory.HeapMemory;
import dev.tidemill.foundation.batch.Batch;
import dev.tidemill.foundation.batch.Column;
import dev.tidemill.foundation.batch.FixedColumn;
import dev.tidemill.foundation.memory.Buffer;
import dev.tidemill.foundation.memory.Ints;
import dev.tidemill.foundation.memory.Longs;
import dev.tidemill.foundation.memory.Memory;
import dev.tidemill.foundation.memory.MemoryScope;
import dev.tidemill.foundation.type.Type;
import dev.tidemill.streaming.state.ChangedNumbers;
import dev.tidemill.streaming.state.Compaction;
import dev.tidemill.streaming.state.Renumbered;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.BitSet;
import java.util.List;
import org.jspecify.annotations.Nullable;

/**
 * How often each value stands in each group, where equal values count once: the first that comes
 * and the last that goes are what the accumulator learns of.
 *
 * <pre>
 *   group  value  weight     was  is     learns
 *   7      'a'    +1         0    1      +1
 *   7      'a'    +2         1    3
 *   7      'b'    -1         1    0      -1
 * </pre>
 */
final class DistinctValues implements AutoCloseable {
  /** Fewer values that are gone are not worth making the table anew. */
  private static final int FEW = 1024;

  private final List<Type> types;
  private final MemoryScope memory;
  private GroupTable table;

  /** By value of a group, how often it stands there. */
  private Longs counts;

  /** How many values stand somewhere. */
  private int there;

  /** Values that the running step changed, and how often they stood there before, in its order. */
  private final Ints changed;

  private final Longs before;
  private int changes;
  private final ChangedNumbers unwritten = new ChangedNumbers();
  private final Compaction compaction = new Compaction();
  private final @Nullable Appearance appearance;
  private int[] found = new int[0];

  /**
   * @param argumentTypes of the values
   */
  DistinctValues(List<Type> argumentTypes, MemoryScope memory) {
    this(argumentTypes, memory, null);
  }

  /** Told of values that stand in a group in which they did not. */
  interface Appearance {
    void accept(int group, int value);
  }

  /**
   * @param argumentTypes of the values
   * @param appearance where values are to be compared, is told of those that come
   */
  DistinctValues(List<Type> argumentTypes, MemoryScope memory, @Nullable Appearance appearance) {
    this.appearance = appearance;
    List<Type> keys = new ArrayList<>();
    keys.add(Type.BIGINT);
    keys.addAll(argumentTypes);
    this.types = List.copyOf(keys);
    this.memory = memory;
    this.table = newTable();
    this.counts = new Longs(memory);
    this.changed = new Ints(memory);
    this.before = new Longs(memory);
  }

  private GroupTable newTable() {
    return appearance == null ? GroupTable.of(types, memory) : GroupTable.ordered(types, memory);
  }

  /** Which of two values of a group comes first, where they are to be compared. */
  int compare(int value, int other) {
    return table.compare(value, other);
  }

  /** How often a value stands in its group. */
  long count(int value) {
    return value < counts.length() ? counts.get(value) : 0;
  }

  /** Values by number, each at most once; the caller's to close. */
  Column values(int[] numbers, int count) {
    List<Column> columns = table.keys(numbers, count);
    columns.getFirst().close();
    return columns.get(1);
  }

  /** Gives all values that stand somewhere. */
  void forEachThere(Appearance consumer) {
    int[] part = new int[Batch.MAX_ROWS];
    int value = 0;
    while (value < table.groupCount()) {
      int count = 0;
      for (; value < table.groupCount() && count < part.length; value++) {
        if (count(value) > 0) {
          part[count++] = value;
        }
      }
      List<Column> columns = table.keys(part, count);
      try {
        FixedColumn groups = (FixedColumn) columns.getFirst();
        for (int i = 0; i < count; i++) {
          consumer.accept((int) groups.longAt(i), part[i]);
        }
      } finally {
        columns.forEach(Column::close);
      }
    }
  }

  /** Removes a value, however often it stands there. */
  void remove(int value) {
    if (counts.get(value) != 0) {
      set(value, 0);
    }
  }

  /**
   * Adds values, and leaves in the arrays those that the accumulator is to learn of, with weights 1
   * and -1.
   *
   * @param length rows that the columns have
   * @return how many these are
   */
  int add(
      List<Column> arguments,
      int length,
      int[] rows,
      int[] groups,
      long[] weights,
      int count,
      MemoryScope scope) {
    if (found.length < count) {
      found = new int[count];
    }
    try (Buffer ids = scope.allocate(Math.max(1, length) * 8L)) {
      for (int i = 0; i < count; i++) {
        Memory.putLong(ids.address() + rows[i] * 8L, groups[i]);
      }
      try (Column group = new FixedColumn(Type.BIGINT, length, 8, ids.retain(), null)) {
        List<Column> keys = new ArrayList<>();
        keys.add(group);
        keys.addAll(arguments);
        table.groups(keys, rows, count, found);
      }
    }
    counts.ensure(table.groupCount());
    int kept = 0;
    for (int i = 0; i < count; i++) {
      long was = counts.get(found[i]);
      long is = Math.addExact(was, weights[i]);
      set(found[i], is);
      if (appearance != null && was <= 0 && is > 0) {
        appearance.accept(groups[i], found[i]);
      }
      if (was == 0 || is == 0) {
        rows[kept] = rows[i];
        groups[kept] = groups[i];
        weights[kept++] = was == 0 ? 1 : -1;
      }
    }
    return kept;
  }

  private void set(int value, long count) {
    changed.ensure(changes + 1);
    before.ensure(changes + 1);
    changed.set(changes, value);
    before.set(changes, counts.get(value));
    changes++;
    put(value, count);
  }

  private void put(int value, long count) {
    there += (count == 0 ? 0 : 1) - (counts.get(value) == 0 ? 0 : 1);
    counts.set(value, count);
  }

  /** Forgets the values of groups. */
  void clear(int[] cleared, int count) {
    BitSet groups = new BitSet();
    for (int i = 0; i < count; i++) {
      groups.set(cleared[i]);
    }
    FixedColumn ids = groupIds();
    try (ids) {
      for (int value = 0; value < table.groupCount(); value++) {
        if (count(value) != 0 && groups.get((int) ids.longAt(value))) {
          set(value, 0);
        }
      }
    }
  }

  /** By value, its group. */
  private FixedColumn groupIds() {
    List<Column> keys = table.keys();
    keys.subList(1, keys.size()).forEach(Column::close);
    return (FixedColumn) keys.get(0);
  }

  /** Whether values have got other numbers. */
  boolean commit() {
    for (int i = 0; i < changes; i++) {
      unwritten.mark(changed.get(i));
    }
    changes = 0;
    GroupTable before = table;
    if (table.groupCount() - there > Math.max(FEW, table.groupCount() / 2)) {
      compaction.attempt(
          () -> {
            try (Renumbered fewer = fewer(null)) {
              fewer.take();
            }
          });
    }
    return table != before;
  }

  void rollback() {
    while (changes > 0) {
      changes--;
      put(changed.get(changes), before.get(changes));
    }
  }

  /** As {@link GroupCall#renumbered}. */
  Renumbered renumbered(int[] live, int count) {
    try (HeapMemory heap = new HeapMemory(memory)) {
      int[] numbers = heap.ints(count == 0 ? 0 : live[count - 1] + 1);
      Arrays.fill(numbers, -1);
      for (int i = 0; i < count; i++) {
        numbers[live[i]] = i;
      }
      return fewer(numbers);
    }
  }

  /**
   * A table of what is there.
   *
   * @param numbers by group its new number, or -1; null where they stay
   */
  private Renumbered fewer(int @Nullable [] numbers) {
    GroupTable fewer = newTable();
    Longs fewerCounts = new Longs(memory);
    try {
      fewerCounts.ensure(there);
      List<Column> keys = table.keys();
      try {
        int[] rows = new int[Batch.MAX_ROWS];
        int[] to = new int[Batch.MAX_ROWS];
        FixedColumn ids = (FixedColumn) keys.get(0);
        try (Buffer renamed = memory.allocate(Math.max(1, ids.length()) * 8L);
            Column group = new FixedColumn(Type.BIGINT, ids.length(), 8, renamed.retain(), null)) {
          List<Column> columns = new ArrayList<>(keys);
          columns.set(0, group);
          int pending = 0;
          for (int value = 0; value <= ids.length(); value++) {
            if (pending == rows.length || value == ids.length() && pending > 0) {
              fewer.groups(columns, rows, pending, to);
              for (int i = 0; i < pending; i++) {
                fewerCounts.set(to[i], counts.get(rows[i]));
              }
              pending = 0;
            }
            if (value < ids.length() && count(value) != 0) {
              int old = (int) ids.longAt(value);
              int number = numbers == null ? old : old < numbers.length ? numbers[old] : -1;
              if (number >= 0) {
                Memory.putLong(renamed.address() + value * 8L, number);
                rows[pending++] = value;
              }
            }
          }
        }
      } finally {
        keys.forEach(Column::close);
      }
    } catch (Throwable t) {
      fewer.close();
      fewerCounts.close();
      throw t;
    }
    int left = fewer.groupCount();
    return new Renumbered() {
      private GroupTable otherTable = fewer;
      private Longs otherCounts = fewerCounts;

      @Override
      public void take() {
        GroupTable tableBefore = table;
        Longs countsBefore = counts;
        table = otherTable;
        counts = otherCounts;
        otherTable = tableBefore;
        otherCounts = countsBefore;
        there = left;
        unwritten.renumbered();
      }

      @Override
      public void close() {
        otherTable.close();
        otherCounts.close();
      }
    };
  }

  /** Of the rows that are written: the group's number, the values, how often. */
  List<Type> types() {
    List<Type> all = new ArrayList<>(types);
    all.add(Type.BIGINT);
    return all;
  }

  int length() {
    return table.groupCount();
  }

  ChangedNumbers changes() {
    return unwritten;
  }

  boolean isThere(int value) {
    return count(value) != 0;
  }

  /** As {@link GroupCall#partRows}. */
  Batch rows(int[] values, int count, MemoryScope scope) {
    List<Column> columns = new ArrayList<>(table.keys(values, count));
    try {
      Buffer written = scope.allocate(Math.max(1, count) * 8L);
      for (int i = 0; i < count; i++) {
        Memory.putLong(written.address() + i * 8L, counts.get(values[i]));
      }
      columns.add(new FixedColumn(Type.BIGINT, count, 8, written, null));
      return new Batch(count, columns);
    } catch (Throwable t) {
      columns.forEach(Column::close);
      throw t;
    }
  }

  /** Takes rows that were written, as {@link GroupCall#readPart}. */
  void read(Batch rows, int[] groups) {
    int length = rows.length();
    int[] all = new int[length];
    int[] to = new int[length];
    int count = 0;
    FixedColumn then = (FixedColumn) rows.column(0);
    try (Buffer ids = memory.allocate(Math.max(1, length) * 8L)) {
      for (int i = 0; i < length; i++) {
        int old = (int) then.longAt(i);
        int now = old < groups.length ? groups[old] - 1 : -1;
        Memory.putLong(ids.address() + i * 8L, now);
        if (now >= 0) {
          all[count++] = i;
        }
      }
      try (Column group = new FixedColumn(Type.BIGINT, length, 8, ids.retain(), null)) {
        List<Column> keys = new ArrayList<>();
        keys.add(group);
        for (int i = 1; i < types.size(); i++) {
          keys.add(rows.column(i));
        }
        table.groups(keys, all, count, to);
      }
    }
    counts.ensure(table.groupCount());
    FixedColumn written = (FixedColumn) rows.column(types.size());
    for (int i = 0; i < count; i++) {
      put(to[i], written.longAt(all[i]));
    }
  }

  @Override
  public void close() {
    table.close();
    counts.close();
    changed.close();
    before.close();
  }
}
