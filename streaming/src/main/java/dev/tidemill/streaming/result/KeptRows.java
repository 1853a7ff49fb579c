package dev.tidemill.streaming.result;

import dev.tidemill.exec.key.GroupTable;
import dev.tidemill.exec.memory.HeapMemory;
import dev.tidemill.exec.pipeline.Worker;
import dev.tidemill.foundation.batch.Batch;
import dev.tidemill.foundation.batch.Column;
import dev.tidemill.foundation.batch.ColumnBuilder;
import dev.tidemill.foundation.batch.FixedColumn;
import dev.tidemill.foundation.memory.Buffer;
import dev.tidemill.foundation.memory.Memory;
import dev.tidemill.foundation.memory.MemoryScope;
import dev.tidemill.foundation.row.EncodedRows;
import dev.tidemill.foundation.row.RowCodec;
import dev.tidemill.foundation.type.Type;
import dev.tidemill.streaming.state.ChangedNumbers;
import dev.tidemill.streaming.state.VersionedColumns;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.Objects;
import java.util.TreeMap;
import java.util.stream.IntStream;
import org.jspecify.annotations.Nullable;

/**
 * A multiset of rows in columns: each distinct row has a number, and by number how often it stands
 * there. Versions are pinned as the numbers are now, and what steps since then have changed:
 *
 * <pre>
 *   rows       a b c      counts  2 0 1
 *   undo of step 7        c: 0              so before step 7 c was not there
 * </pre>
 *
 * <p>Where the result has a key, a number is a key's, and the values of the other columns stand
 * beside as bytes: an update is no new number. Where it has none, a number is a whole row's.
 *
 * <p>When many rows are gone, the others are numbered anew in tables of their own; pinned versions
 * keep those that they have. One thread writes; any may pin and read pinned versions.
 */
public final class KeptRows implements VersionedColumns {
  /** Fewer rows that are gone are not worth numbering the others anew. */
  private static final int FEW = 1024;

  /** Of bytes on the heap, beside them. */
  private static final long ARRAY_BYTES = 24;

  private final List<Type> types;

  /** The columns whose values have a number, and the others. */
  private final int[] keyColumns;

  private final int[] valueColumns;
  private final RowCodec valueCodec;
  private final EncodedRows encoded = new EncodedRows();
  private final MemoryScope memory;
  private Tables tables;

  /** How many tables are not closed: the last ones and those that pinned versions need. */
  private int open = 1;

  private boolean isClosed;
  private int[] found = new int[Batch.MAX_ROWS];
  private final ChangedNumbers unwritten = new ChangedNumbers();

  /**
   * @param types of the rows
   * @param key columns of which no two rows agree in all, or none where there are none such
   * @param parent is charged with them
   */
  public KeptRows(List<Type> types, List<Integer> key, MemoryScope parent) {
    this.types = List.copyOf(types);
    IntStream all = IntStream.range(0, types.size());
    this.keyColumns =
        key.isEmpty() ? all.toArray() : key.stream().mapToInt(Integer::intValue).toArray();
    this.valueColumns =
        IntStream.range(0, types.size())
            .filter(column -> !key.isEmpty() && !key.contains(column))
            .toArray();
    this.valueCodec = RowCodec.unordered(Arrays.stream(valueColumns).mapToObj(types::get).toList());
    this.memory = parent.child("result");
    this.tables = new Tables();
  }

  /** What rows had before the changes of a step. */
  private record Changes(int[] rows, long[] counts, byte[] @Nullable [] values) {}

  /** How often each row stands there at some time, and its values beside the key. */
  private record Content(long[] counts, byte[] @Nullable [] values) {}

  private List<Type> keyTypes() {
    return Arrays.stream(keyColumns).mapToObj(types::get).toList();
  }

  /** Rows by number. Guarded by itself. */
  private final class Tables {
    private final HeapMemory heap = new HeapMemory(memory);
    private final GroupTable table = GroupTable.of(keyTypes(), memory);
    private long[] counts = heap.longs(16);

    /** By number, the values beside the key; empty where there are none. */
    private byte[] @Nullable [] values = {};

    private long rowCount;
    private int there;

    /** What the running step has changed, in its order. */
    private int[] changed = heap.ints(16);

    private long[] before = heap.longs(16);
    private byte[] @Nullable [] valuesBefore = {};
    private int changes;

    /** The number of the last step, and what steps changed that a pinned version has not seen. */
    private long step;

    private final TreeMap<Long, Changes> undo = new TreeMap<>();
    private final TreeMap<Long, Integer> pinned = new TreeMap<>();
    private boolean isReplaced;
    private boolean isDone;

    void set(int row, long count, byte @Nullable [] value) {
      changed = heap.grow(changed, changes + 1);
      before = heap.grow(before, changes + 1);
      changed[changes] = row;
      before[changes] = counts[row];
      if (valueColumns.length > 0) {
        valuesBefore = heap.grow(valuesBefore, changes + 1);
        valuesBefore[changes] = values[row];
      }
      changes++;
      put(row, count, value);
    }

    void put(int row, long count, byte @Nullable [] value) {
      rowCount += count - counts[row];
      there += (count == 0 ? 0 : 1) - (counts[row] == 0 ? 0 : 1);
      counts[row] = count;
      if (valueColumns.length > 0) {
        byte[] old = values[row];
        heap.release(old == null ? 0 : old.length + ARRAY_BYTES);
        heap.reserve(value == null ? 0 : value.length + ARRAY_BYTES);
        values[row] = value;
      }
    }

    void ensure() {
      counts = heap.grow(counts, table.groupCount());
      if (valueColumns.length > 0) {
        values = heap.grow(values, table.groupCount());
      }
    }

    byte @Nullable [] value(int row) {
      return valueColumns.length == 0 ? null : values[row];
    }

    void rollback() {
      while (changes > 0) {
        changes--;
        put(
            changed[changes],
            before[changes],
            valueColumns.length == 0 ? null : valuesBefore[changes]);
      }
    }

    /** What there was at a step, the running one included in what is undone. */
    Content contentAt(long asOf) {
      long[] then = Arrays.copyOf(counts, table.groupCount());
      byte[] @Nullable [] valuesThen =
          valueColumns.length == 0 ? values : Arrays.copyOf(values, table.groupCount());
      undo(then, valuesThen, changed, before, valuesBefore, changes);
      for (Changes of : undo.tailMap(asOf, false).descendingMap().values()) {
        undo(then, valuesThen, of.rows(), of.counts(), of.values(), of.rows().length);
      }
      return new Content(then, valuesThen);
    }

    private void undo(
        long[] then,
        byte[] @Nullable [] valuesThen,
        int[] rows,
        long[] countsBefore,
        byte[] @Nullable [] before,
        int length) {
      for (int i = length - 1; i >= 0; i--) {
        then[rows[i]] = countsBefore[i];
        if (valueColumns.length > 0) {
          valuesThen[rows[i]] = before[i];
        }
      }
    }

    void commit() {
      step++;
      for (int i = 0; i < changes; i++) {
        unwritten.mark(changed[i]);
      }
      if (!pinned.isEmpty() && changes > 0) {
        undo.put(
            step,
            new Changes(
                Arrays.copyOf(changed, changes),
                Arrays.copyOf(before, changes),
                valueColumns.length == 0 ? valuesBefore : Arrays.copyOf(valuesBefore, changes)));
      }
      Arrays.fill(valuesBefore, 0, Math.min(changes, valuesBefore.length), null);
      changes = 0;
    }

    void release(long asOf) {
      pinned.computeIfPresent(asOf, (at, readers) -> readers == 1 ? null : readers - 1);
      if (pinned.isEmpty()) {
        undo.clear();
      } else {
        undo.headMap(pinned.firstKey(), true).clear();
      }
      closeIfUnused();
    }

    /** The last to need it closes it. */
    void closeIfUnused() {
      if (isReplaced && pinned.isEmpty() && !isDone) {
        isDone = true;
        table.close();
        heap.close();
        closedOne();
      }
    }
  }

  private synchronized void closedOne() {
    open--;
    if (isClosed && open == 0) {
      memory.close();
    }
  }

  /** Adds the rows of a delta. */
  public void apply(Batch delta) {
    int count = delta.rowCount();
    if (found.length < count) {
      found = new int[count];
    }
    List<Column> columns = new ArrayList<>(keyColumns.length);
    for (int column : keyColumns) {
      columns.add(delta.column(column));
    }
    if (valueColumns.length > 0) {
      valueCodec.encode(delta, valueColumns, encoded);
    }
    int[] rows = Worker.rows(delta);
    Tables all = tables;
    synchronized (all) {
      all.table.groups(columns, rows, count, found);
      all.ensure();
      for (int i = 0; i < count; i++) {
        int row = found[i];
        long weight = delta.weightAt(rows[i]);
        long sum = Math.addExact(all.counts[row], weight);
        byte[] value = null;
        if (valueColumns.length > 0 && sum != 0) {
          value = weight > 0 ? encoded.key(i) : all.value(row);
        }
        all.set(row, sum, value);
      }
    }
  }

  @Override
  public long keysHeld() {
    return tables.there;
  }

  @Override
  public long rowsHeld() {
    return tables.there;
  }

  /** How many rows there are, those of the running step included. */
  public long rowCount() {
    return tables.rowCount;
  }

  @Override
  public void commit() {
    Tables all = tables;
    synchronized (all) {
      all.commit();
    }
    if (all.table.groupCount() - all.there > Math.max(FEW, all.table.groupCount() / 2)) {
      compact();
    }
  }

  @Override
  public void rollback() {
    Tables all = tables;
    synchronized (all) {
      all.rollback();
    }
  }

  /** Numbers the rows that are there anew; no step is running. */
  private void compact() {
    Tables old = tables;
    Tables fewer = new Tables();
    synchronized (this) {
      open++;
    }
    synchronized (old) {
      int[] live =
          IntStream.range(0, old.table.groupCount()).filter(row -> old.counts[row] != 0).toArray();
      int[] part = new int[Batch.MAX_ROWS];
      for (int from = 0; from < live.length; from += Batch.MAX_ROWS) {
        int length = Math.min(Batch.MAX_ROWS, live.length - from);
        System.arraycopy(live, from, part, 0, length);
        List<Column> columns = old.table.keys(part, length);
        try {
          fewer.table.groups(columns, IntStream.range(0, length).toArray(), length, found);
        } finally {
          columns.forEach(Column::close);
        }
        fewer.ensure();
        for (int i = 0; i < length; i++) {
          fewer.put(found[i], old.counts[part[i]], old.value(part[i]));
        }
      }
      tables = fewer;
      unwritten.renumbered();
      old.isReplaced = true;
      old.closeIfUnused();
    }
  }

  /** A version of the rows. */
  public final class Version implements Pin {
    private final Tables of;
    private final long asOf;

    private Version(Tables of, long asOf) {
      this.of = of;
      this.asOf = asOf;
    }

    /** Lends all rows as deltas, in no order. */
    public void forEach(BatchConsumer consumer, MemoryScope scope) {
      Content content;
      synchronized (of) {
        content = of.contentAt(asOf);
      }
      KeptRows.this.forEach(of, content, consumer, scope);
    }

    @Override
    public void close() {
      synchronized (of) {
        of.release(asOf);
      }
    }
  }

  /** Borrows batches. */
  public interface BatchConsumer {
    void accept(Batch rows);
  }

  @Override
  public Version pin() {
    Tables all = tables;
    synchronized (all) {
      all.pinned.merge(all.step, 1, Integer::sum);
      return new Version(all, all.step);
    }
  }

  /** Lends all rows as they are in the running step. */
  public void forEach(BatchConsumer consumer, MemoryScope scope) {
    forEach(tables, new Content(tables.counts, tables.values), consumer, scope);
  }

  private void forEach(Tables of, Content content, BatchConsumer consumer, MemoryScope scope) {
    long[] counts = content.counts();
    int[] rows = new int[Batch.MAX_ROWS];
    int pending = 0;
    int length = Math.min(counts.length, of.table.groupCount());
    for (int row = 0; row <= length; row++) {
      if (pending == rows.length || row == length && pending > 0) {
        try (Batch batch = batch(of, rows, pending, content, scope)) {
          consumer.accept(batch);
        }
        pending = 0;
      }
      if (row < length && counts[row] != 0) {
        rows[pending++] = row;
      }
    }
  }

  private Batch batch(Tables of, int[] rows, int count, Content content, MemoryScope scope) {
    @Nullable Column[] columns = new @Nullable Column[types.size()];
    List<ColumnBuilder> builders = new ArrayList<>();
    try {
      synchronized (of) {
        List<Column> keys = of.table.keys(rows, count);
        for (int i = 0; i < keyColumns.length; i++) {
          columns[keyColumns[i]] = keys.get(i);
        }
      }
      for (int column : valueColumns) {
        builders.add(ColumnBuilder.of(types.get(column), scope, count));
      }
      for (int i = 0; valueColumns.length > 0 && i < count; i++) {
        valueCodec.decode(Objects.requireNonNull(content.values()[rows[i]]), builders);
      }
      for (int i = 0; i < valueColumns.length; i++) {
        columns[valueColumns[i]] = builders.get(i).build();
      }
      Buffer weights = scope.allocate(count * 8L);
      for (int i = 0; i < count; i++) {
        Memory.putLong(weights.address() + i * 8L, content.counts()[rows[i]]);
      }
      return new Batch(
          count,
          Arrays.stream(columns).map(Objects::requireNonNull).toList(),
          null,
          new FixedColumn(Type.BIGINT, count, 8, weights, null));
    } catch (Throwable t) {
      Arrays.stream(columns).filter(Objects::nonNull).forEach(Column::close);
      throw t;
    } finally {
      builders.forEach(ColumnBuilder::close);
    }
  }

  @Override
  public long bytes() {
    return memory.used();
  }

  @Override
  public int parts() {
    return 1;
  }

  @Override
  public List<Type> types(int part) {
    List<Type> all = new ArrayList<>(types);
    all.add(Type.BIGINT);
    return all;
  }

  @Override
  public int length(int part) {
    return tables.table.groupCount();
  }

  @Override
  public ChangedNumbers changes(int part) {
    return unwritten;
  }

  @Override
  public boolean isThere(int part, int number) {
    return tables.counts[number] != 0;
  }

  @Override
  public Batch rows(int part, int[] numbers, int count) {
    Tables all = tables;
    try (Batch rows = batch(all, numbers, count, new Content(all.counts, all.values), memory)) {
      List<Column> columns = new ArrayList<>();
      for (int i = 0; i < types.size(); i++) {
        columns.add(rows.column(i).retain());
      }
      columns.add(Objects.requireNonNull(rows.weights()).retain());
      return new Batch(count, columns);
    }
  }

  @Override
  public void restore(int part, int[] numbers, Batch written) {
    List<Column> columns = new ArrayList<>();
    for (int i = 0; i < types.size(); i++) {
      columns.add(written.column(i).retain());
    }
    FixedColumn weights = (FixedColumn) written.column(types.size()).retain();
    try (Batch delta = new Batch(written.length(), columns, null, weights)) {
      apply(delta);
    }
    synchronized (tables) {
      tables.changes = 0;
    }
  }

  @Override
  public void close() {
    isClosed = true;
    Tables all = tables;
    synchronized (all) {
      all.isReplaced = true;
      all.closeIfUnused();
    }
  }
}
