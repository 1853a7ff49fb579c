package dev.tidemill.streaming.result;

import dev.tidemill.exec.key.GroupTable;
import dev.tidemill.exec.memory.HeapMemory;
import dev.tidemill.exec.pipeline.Worker;
import dev.tidemill.foundation.batch.Batch;
import dev.tidemill.foundation.batch.Column;
import dev.tidemill.foundation.batch.ColumnBuilder;
import dev.tidemill.foundation.batch.FixedColumn;
import dev.tidemill.foundation.memory.Buffer;
import dev.tidemill.foundation.memory.Ints;
import dev.tidemill.foundation.memory.Longs;
import dev.tidemill.foundation.memory.Memory;
import dev.tidemill.foundation.memory.MemoryScope;
import dev.tidemill.foundation.memory.StoredValues;
import dev.tidemill.foundation.row.EncodedRows;
import dev.tidemill.foundation.row.RowCodec;
import dev.tidemill.foundation.type.Type;
import dev.tidemill.streaming.state.ChangedNumbers;
import dev.tidemill.streaming.state.Compaction;
import dev.tidemill.streaming.state.VersionedColumns;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
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

  /** Of a value on the heap, beside its bytes. */
  private static final int VALUE_BYTES = 24;

  private static final int CHARGED_AT_ONCE = 1 << 16;

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
  private final Compaction compaction = new Compaction();

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
  private interface Content {
    long count(int row);

    byte @Nullable [] value(int row);
  }

  private List<Type> keyTypes() {
    return Arrays.stream(keyColumns).mapToObj(types::get).toList();
  }

  /** Rows by number. Guarded by itself. */
  private final class Tables implements Content {
    private final GroupTable table = GroupTable.of(keyTypes(), memory);
    private final Longs counts = new Longs(memory);

    /** By number, the values beside the key; empty where there are none. */
    private final StoredValues values = new StoredValues(memory);

    private long rowCount;
    private int there;

    /** What the running step has changed, in its order. */
    private final Ints changed = new Ints(memory);

    private final Longs before = new Longs(memory);
    private byte[] @Nullable [] valuesBefore = {};

    /** Of the values before, and bytes of these that are not charged yet. */
    private final HeapMemory heap = new HeapMemory(memory);

    private long uncharged;
    private int changes;

    /** The number of the last step, and what steps changed that a pinned version has not seen. */
    private long step;

    private final TreeMap<Long, Changes> undo = new TreeMap<>();
    private final TreeMap<Long, Integer> pinned = new TreeMap<>();
    private boolean isReplaced;
    private boolean isDone;

    void set(int row, long count, byte @Nullable [] value) {
      changed.ensure(changes + 1);
      before.ensure(changes + 1);
      if (valueColumns.length > 0) {
        byte[] valueBefore = values.get(row);
        uncharged += VALUE_BYTES + (valueBefore == null ? 0 : valueBefore.length);
        if (uncharged >= CHARGED_AT_ONCE) {
          heap.reserve(uncharged);
          uncharged = 0;
        }
        if (valuesBefore.length == changes) {
          valuesBefore = Arrays.copyOf(valuesBefore, Math.max(16, changes * 2));
        }
        valuesBefore[changes] = valueBefore;
      }
      changed.set(changes, row);
      before.set(changes, counts.get(row));
      changes++;
      put(row, count, value);
    }

    void put(int row, long count, byte @Nullable [] value) {
      if (valueColumns.length > 0) {
        values.set(row, value);
      }
      rowCount += count - counts.get(row);
      there += (count == 0 ? 0 : 1) - (counts.get(row) == 0 ? 0 : 1);
      counts.set(row, count);
    }

    void ensure() {
      counts.ensure(table.groupCount());
      if (valueColumns.length > 0) {
        values.ensure(table.groupCount());
      }
    }

    @Override
    public long count(int row) {
      return row < counts.length() ? counts.get(row) : 0;
    }

    @Override
    public byte @Nullable [] value(int row) {
      return valueColumns.length == 0 ? null : values.get(row);
    }

    void rollback() {
      while (changes > 0) {
        changes--;
        put(
            changed.get(changes),
            before.get(changes),
            valueColumns.length == 0 ? null : valuesBefore[changes]);
      }
      forgetValues();
    }

    /** A long step leaves no room for as many values. */
    private void forgetValues() {
      valuesBefore = new byte[0] @Nullable [];
      heap.close();
      uncharged = 0;
    }

    void commit() {
      step++;
      for (int i = 0; i < changes; i++) {
        unwritten.mark(changed.get(i));
      }
      if (!pinned.isEmpty() && changes > 0) {
        int[] rows = new int[changes];
        long[] counted = new long[changes];
        for (int i = 0; i < changes; i++) {
          rows[i] = changed.get(i);
          counted[i] = before.get(i);
        }
        undo.put(
            step,
            new Changes(
                rows,
                counted,
                valueColumns.length == 0 ? valuesBefore : Arrays.copyOf(valuesBefore, changes)));
      }
      forgetValues();
      changes = 0;
      values.tidy(valueColumns.length == 0 ? 0 : table.groupCount());
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
        closeAll();
        closedOne();
      }
    }

    void closeAll() {
      table.close();
      counts.close();
      values.close();
      changed.close();
      before.close();
      heap.close();
    }

    /** Adds the rows that others have. */
    void addAll(Tables others) {
      int count = others.table.groupCount();
      int[] part = new int[Batch.MAX_ROWS];
      int[] all = IntStream.range(0, part.length).toArray();
      int[] numbers = new int[part.length];
      int next = 0;
      while (next < count) {
        int length = 0;
        for (; next < count && length < part.length; next++) {
          if (others.count(next) != 0) {
            part[length++] = next;
          }
        }
        List<Column> columns = others.table.keys(part, length);
        try {
          table.groups(columns, all, length, numbers);
        } finally {
          columns.forEach(Column::close);
        }
        ensure();
        for (int i = 0; i < length; i++) {
          put(numbers[i], others.count(part[i]), others.value(part[i]));
        }
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
        long sum = Math.addExact(all.count(row), weight);
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
      compaction.attempt(this::compact);
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
    synchronized (old) {
      try {
        fewer.addAll(old);
      } catch (Throwable t) {
        fewer.closeAll();
        throw t;
      }
      synchronized (this) {
        open++;
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
      KeptRows.this.forEach(of, new Then(of, asOf), consumer, scope);
    }

    @Override
    public void close() {
      synchronized (of) {
        of.release(asOf);
      }
    }
  }

  /** What there was at a step: as it is now, but for what has been changed since. */
  private final class Then implements Content {
    private final Tables of;
    private final Map<Integer, Before> changed = new HashMap<>();

    /** Steps up to this one are in {@link #changed}. */
    private long seen;

    Then(Tables of, long asOf) {
      this.of = of;
      this.seen = asOf;
    }

    /** Takes what has been changed meanwhile; of what changed more than once, the first. */
    void catchUp() {
      for (Map.Entry<Long, Changes> each : of.undo.tailMap(seen, false).entrySet()) {
        Changes changes = each.getValue();
        for (int i = 0; i < changes.rows.length; i++) {
          byte[] value = valueColumns.length == 0 ? null : changes.values[i];
          changed.putIfAbsent(changes.rows[i], new Before(changes.counts[i], value));
        }
        seen = each.getKey();
      }
      for (int i = 0; i < of.changes; i++) {
        byte[] value = valueColumns.length == 0 ? null : of.valuesBefore[i];
        changed.putIfAbsent(of.changed.get(i), new Before(of.before.get(i), value));
      }
    }

    @Override
    public long count(int row) {
      Before then = changed.get(row);
      return then == null ? of.count(row) : then.count;
    }

    @Override
    public byte @Nullable [] value(int row) {
      Before then = changed.get(row);
      return then == null ? of.value(row) : then.value;
    }
  }

  /** What a row had. */
  private record Before(long count, byte @Nullable [] value) {}

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
    forEach(tables, tables, consumer, scope);
  }

  /** Steps go on between batches. */
  private void forEach(Tables of, Content content, BatchConsumer consumer, MemoryScope scope) {
    int[] rows = new int[Batch.MAX_ROWS];
    int length;
    synchronized (of) {
      length = of.table.groupCount();
    }
    int next = 0;
    while (next < length) {
      Batch batch;
      synchronized (of) {
        if (content instanceof Then then) {
          then.catchUp();
        }
        int count = 0;
        while (next < length && count < rows.length) {
          if (content.count(next) != 0) {
            rows[count++] = next;
          }
          next++;
        }
        if (count == 0) {
          continue;
        }
        batch = batch(of, rows, count, content, scope);
      }
      try (batch) {
        consumer.accept(batch);
      }
    }
  }

  private Batch batch(Tables of, int[] rows, int count, Content content, MemoryScope scope) {
    @Nullable Column[] columns = new @Nullable Column[types.size()];
    List<ColumnBuilder> builders = new ArrayList<>();
    try {
      List<Column> keys = of.table.keys(rows, count);
      for (int i = 0; i < keyColumns.length; i++) {
        columns[keyColumns[i]] = keys.get(i);
      }
      for (int column : valueColumns) {
        builders.add(ColumnBuilder.of(types.get(column), scope, count));
      }
      for (int i = 0; valueColumns.length > 0 && i < count; i++) {
        valueCodec.decode(Objects.requireNonNull(content.value(rows[i])), builders);
      }
      for (int i = 0; i < valueColumns.length; i++) {
        columns[valueColumns[i]] = builders.get(i).build();
      }
      Buffer weights = scope.allocate(count * 8L);
      for (int i = 0; i < count; i++) {
        Memory.putLong(weights.address() + i * 8L, content.count(rows[i]));
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
    return memory.used() + memory.onDisk();
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
    return tables.count(number) != 0;
  }

  @Override
  public Batch rows(int part, int[] numbers, int count) {
    Tables all = tables;
    try (Batch rows = batch(all, numbers, count, all, memory)) {
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
      tables.forgetValues();
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
