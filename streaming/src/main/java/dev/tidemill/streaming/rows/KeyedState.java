package dev.tidemill.streaming.rows;

import dev.tidemill.exec.key.GroupTable;
import dev.tidemill.exec.memory.HeapMemory;
import dev.tidemill.foundation.batch.Batch;
import dev.tidemill.foundation.batch.Column;
import dev.tidemill.foundation.batch.ColumnBuilder;
import dev.tidemill.foundation.batch.FixedColumn;
import dev.tidemill.foundation.memory.Flags;
import dev.tidemill.foundation.memory.MemoryScope;
import dev.tidemill.foundation.type.Type;
import dev.tidemill.streaming.state.ChangedNumbers;
import dev.tidemill.streaming.state.ColumnState;
import dev.tidemill.streaming.state.Compaction;
import dev.tidemill.streaming.state.Renumbered;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.stream.IntStream;
import org.jspecify.annotations.Nullable;

/**
 * Rows of one or more relations by a key that they share: the sides of a join, the partitions of a
 * window. Keys have dense numbers.
 *
 * <p>As state: a part for each side.
 */
public final class KeyedState implements ColumnState {
  /** Fewer rows that are gone are not worth numbering the others anew. */
  private static final int FEW = 1024;

  /** What numbering anew takes on the heap: whether it is used, and its number twice. */
  private static final long HEAP_BYTES_A_KEY = 9;

  private final List<Type> keyTypes;
  private final MemoryScope memory;
  private final List<KeyedSide> sides = new ArrayList<>();
  private final GroupTable.Lookup lookup = new GroupTable.Lookup();
  private GroupTable keys;

  /** How many keys there were when those without rows were last taken out. */
  private int keysThen;

  private final Flags seen;
  private final Compaction compaction = new Compaction();
  private long numberings;

  private Renumbering renumbering = (live, count) -> {};

  /** Told when keys get other numbers: key {@code live[i]} becomes i. */
  public interface Renumbering {
    void accept(int[] live, int count);
  }

  /**
   * @param keyTypes what the keys of all sides are compared as
   * @param memory its own, closed with it
   */
  public KeyedState(List<Type> keyTypes, List<KeyedSide.Shape> shapes, MemoryScope memory) {
    this.keyTypes = List.copyOf(keyTypes);
    this.memory = memory;
    this.seen = new Flags(memory);
    this.keys = GroupTable.of(keyTypes, memory);
    shapes.forEach(shape -> sides.add(new KeyedSide(shape, memory)));
  }

  /** Says when keys get other numbers. */
  public void onRenumbering(Renumbering told) {
    renumbering = told;
  }

  public KeyedSide side(int number) {
    return sides.get(number);
  }

  /** Key numbers go from 0 up to, without, this. */
  public int keyCount() {
    return keys.groupCount();
  }

  /**
   * Another number whenever rows may have got other numbers, or may have gone by {@link #rollback}:
   * what was noted of them is to be noted anew.
   */
  public long numbering() {
    return numberings;
  }

  /** The numbers of rows' keys, those of new keys being made. */
  public void keys(List<Column> columns, int[] rows, int count, int[] numbers) {
    keys.groups(columns, rows, count, numbers);
    for (KeyedSide side : sides) {
      side.ensureKeys(keys.groupCount());
    }
  }

  /** The numbers of rows' keys, -1 of those that are not there. */
  public void find(List<Column> columns, int[] rows, int count, int[] numbers) {
    keys.find(columns, rows, count, numbers, lookup);
  }

  /** The columns of keys, each at most once; the caller's to close. */
  public List<Column> keyColumns(int[] numbers, int count) {
    return keys.keys(numbers, count);
  }

  public List<Type> keyTypes() {
    return keyTypes;
  }

  /** Whether this is the first time that a key is asked for; {@link #forgetFirst} begins anew. */
  public boolean isFirst(int key) {
    seen.ensure(keys.groupCount());
    boolean isFirst = !seen.get(key);
    seen.set(key, true);
    return isFirst;
  }

  public void forgetFirst(int[] asked, int count) {
    for (int i = 0; i < count; i++) {
      if (asked[i] < seen.length()) {
        seen.set(asked[i], false);
      }
    }
  }

  /** Removes all rows of some keys. */
  public void drop(int[] ended) {
    for (KeyedSide side : sides) {
      side.drop(ended);
    }
  }

  @Override
  public void commit() {
    long gone = 0;
    long live = 0;
    for (KeyedSide side : sides) {
      side.commit();
      gone += side.length() - side.live();
      live += side.live();
    }
    if (gone > Math.max(FEW, live) || keys.groupCount() > 2L * keysThen + FEW) {
      compaction.attempt(this::renumber);
    }
  }

  @Override
  public void rollback() {
    numberings++;
    seen.clear(0, seen.length());
    sides.forEach(KeyedSide::rollback);
  }

  /** All that needs room is made first, then nothing can fail. */
  private void renumber() {
    List<Renumbered> made = new ArrayList<>();
    try (HeapMemory heap = new HeapMemory(memory)) {
      heap.reserve(keys.groupCount() * HEAP_BYTES_A_KEY);
      boolean[] used = new boolean[keys.groupCount()];
      for (KeyedSide side : sides) {
        side.markUsed(used);
      }
      int[] live = marked(used);
      int[] numbers = new int[used.length];
      for (int i = 0; i < live.length; i++) {
        numbers[live[i]] = i;
      }
      for (KeyedSide side : sides) {
        heap.reserve(side.live() * 4L);
        made.add(side.renumbered(live, numbers));
      }
      if (live.length < used.length) {
        GroupTable fewer = keysOf(live);
        keys.close();
        keys = fewer;
        renumbering.accept(live, live.length);
      }
      numberings++;
      made.forEach(Renumbered::take);
      keysThen = live.length;
    } finally {
      made.forEach(Renumbered::close);
    }
  }

  private static int[] marked(boolean[] used) {
    int count = 0;
    for (boolean is : used) {
      count += is ? 1 : 0;
    }
    int[] numbers = new int[count];
    int found = 0;
    for (int i = 0; i < used.length; i++) {
      if (used[i]) {
        numbers[found++] = i;
      }
    }
    return numbers;
  }

  /** A table of some of the keys. */
  private GroupTable keysOf(int[] live) {
    GroupTable fewer = GroupTable.of(keyTypes, memory);
    try {
      fewer.expect(live.length);
      int[] to = new int[Batch.MAX_ROWS];
      int[] all = IntStream.range(0, to.length).toArray();
      for (int from = 0; from < live.length; from += to.length) {
        int[] part = Arrays.copyOfRange(live, from, Math.min(live.length, from + to.length));
        List<Column> columns = keys.keys(part, part.length);
        try {
          fewer.groups(columns, all, part.length, to);
        } finally {
          columns.forEach(Column::close);
        }
      }
    } catch (Throwable t) {
      fewer.close();
      throw t;
    }
    return fewer;
  }

  @Override
  public long bytes() {
    return memory.used() + memory.onDisk();
  }

  @Override
  public long keysHeld() {
    return keys.groupCount();
  }

  @Override
  public long rowsHeld() {
    return sides.stream().mapToLong(KeyedSide::live).sum();
  }

  @Override
  public int parts() {
    return sides.size();
  }

  @Override
  public List<Type> types(int part) {
    List<Type> types = new ArrayList<>(sides.get(part).shape().types(keyTypes));
    types.add(Type.BIGINT);
    types.add(Type.BIGINT);
    return types;
  }

  @Override
  public int length(int part) {
    KeyedSide side = sides.get(part);
    return side.rows() == null ? keys.groupCount() : side.length();
  }

  @Override
  public ChangedNumbers changes(int part) {
    return sides.get(part).changes();
  }

  @Override
  public boolean isThere(int part, int number) {
    return sides.get(part).isWritten(number);
  }

  /** Rows, or keys, each with its weight, or count, and its matches. */
  @Override
  public Batch rows(int part, int[] numbers, int count) {
    KeyedSide side = sides.get(part);
    return written(side, side.rows(), Arrays.copyOf(numbers, count));
  }

  private Batch written(KeyedSide side, @Nullable KeyedRows rows, int[] part) {
    List<Column> columns = new ArrayList<>();
    try (ColumnBuilder weights = ColumnBuilder.of(Type.BIGINT, memory, part.length);
        ColumnBuilder matches = ColumnBuilder.of(Type.BIGINT, memory, part.length)) {
      columns.addAll(
          rows == null ? keys.keys(part, part.length) : rows.take(part, part.length, memory));
      for (int number : part) {
        weights.appendLong(rows == null ? side.count(number) : rows.weight(number));
        matches.appendLong(rows == null ? 0 : side.matches(number));
      }
      columns.add(weights.build());
      columns.add(matches.build());
      return new Batch(part.length, columns);
    } catch (Throwable t) {
      columns.forEach(Column::close);
      throw t;
    }
  }

  @Override
  public void restore(int part, int[] numbersThen, Batch written) {
    numberings++;
    KeyedSide side = sides.get(part);
    int count = written.length();
    int[] all = IntStream.range(0, count).toArray();
    int[] numbers = new int[count];
    List<Column> keyColumns = new ArrayList<>();
    KeyedRows rows = side.rows();
    for (int i = 0; i < keyTypes.size(); i++) {
      keyColumns.add(written.column(rows == null ? i : side.shape().keys().get(i)));
    }
    keys(keyColumns, all, count, numbers);
    int last = written.columnCount() - 2;
    FixedColumn weights = (FixedColumn) written.column(last);
    FixedColumn matches = (FixedColumn) written.column(last + 1);
    long[] rowWeights = new long[count];
    for (int i = 0; i < count; i++) {
      rowWeights[i] = weights.longAt(i);
    }
    int[] rowNumbers = new int[count];
    side.add(written, all, numbers, rowWeights, count, rowNumbers);
    for (int i = 0; rows != null && i < count; i++) {
      side.restoreMatches(rowNumbers[i], matches.longAt(i));
    }
    side.commit();
    keysThen = keys.groupCount();
  }

  @Override
  public void close() {
    sides.forEach(KeyedSide::close);
    keys.close();
    seen.close();
    memory.close();
  }
}
