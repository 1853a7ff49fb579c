package dev.tidemill.exec.aggregate;

import dev.tidemill.exec.key.GroupTable;
import dev.tidemill.exec.memory.HeapMemory;
import dev.tidemill.exec.pipeline.Worker;
import dev.tidemill.exec.spill.HashPart;
import dev.tidemill.exec.spill.MemoryShare;
import dev.tidemill.exec.spill.Spill;
import dev.tidemill.exec.spill.SpilledRows;
import dev.tidemill.foundation.batch.Batch;
import dev.tidemill.foundation.batch.Column;
import dev.tidemill.foundation.batch.ColumnBuilder;
import dev.tidemill.foundation.batch.Columns;
import dev.tidemill.foundation.batch.FixedColumn;
import dev.tidemill.foundation.batch.Selection;
import dev.tidemill.foundation.hash.Hash;
import dev.tidemill.foundation.hash.KeyGroups;
import dev.tidemill.foundation.memory.Buffer;
import dev.tidemill.foundation.memory.Memory;
import dev.tidemill.foundation.memory.MemoryScope;
import dev.tidemill.foundation.type.Type;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import org.jspecify.annotations.Nullable;

/**
 * The state of a DISTINCT call: the set of (group, arguments) that have come. Only when no row
 * comes any more does each element go to the accumulator, so that the sets of several workers can
 * be put together before.
 */
final class DistinctState implements CallState {
  private final GroupedAccumulator accumulator;

  /** What an element has before the arguments: the id of its group, or nothing if all are one. */
  private final int groupColumns;

  private final List<Type> elementTypes;

  /** Of elements on disk: the place of the group first, whatever stands here. */
  private final List<Type> writtenTypes;

  private GroupTable elements;
  private final MemoryScope memory;
  private final HeapMemory heap;
  private int[] scratch = new int[Batch.MAX_ROWS];

  /**
   * Once frozen: the elements' columns; of one group only when they are asked for, by the one
   * thread that merges it.
   */
  private List<Column> frozen = List.of();

  /** Whether all is frozen, and one group. */
  private boolean isOneGroup;

  /** Once frozen: the elements in the order of their groups' partitions, and where these begin. */
  private int[] order = new int[0];

  private int[] starts = new int[0];

  /** By place in that order, the place of the group in the order of the groups. */
  private int[] places = new int[0];

  /**
   * @param isGrouped whether there are other groups than 0
   */
  DistinctState(Call call, GroupedAccumulator accumulator, boolean isGrouped, MemoryScope memory) {
    this.accumulator = accumulator;
    this.memory = memory;
    this.heap = new HeapMemory(memory);
    this.writtenTypes = new ArrayList<>();
    writtenTypes.add(Type.BIGINT);
    writtenTypes.addAll(call.argumentTypes());
    this.groupColumns = isGrouped ? 1 : 0;
    this.elementTypes = writtenTypes.subList(1 - groupColumns, writtenTypes.size());
    this.elements = GroupTable.of(elementTypes, memory);
  }

  @Override
  public boolean takesNulls() {
    return accumulator.takesNulls();
  }

  @Override
  public boolean takesDictionaries() {
    return true;
  }

  @Override
  public void add(
      List<Column> arguments,
      int length,
      int[] rows,
      int[] groups,
      int count,
      @Nullable GroupRuns runs,
      int groupCount) {
    Buffer ids = memory.allocate(Math.max(length, 1) * 8L);
    for (int i = 0; i < count; i++) {
      Memory.putLong(ids.address() + rows[i] * 8L, groups[i]);
    }
    try (Column groupColumn = new FixedColumn(Type.BIGINT, length, 8, ids, null)) {
      insert(groupColumn, arguments, rows, count);
    }
  }

  private void insert(Column groupColumn, List<Column> arguments, int[] rows, int count) {
    if (scratch.length < count) {
      scratch = new int[count];
    }
    List<Column> columns = new ArrayList<>(arguments.size() + 1);
    if (groupColumns > 0) {
      columns.add(groupColumn);
    }
    columns.addAll(arguments);
    elements.groups(columns, rows, count, scratch);
  }

  @Override
  public void freeze(GroupPartitions partitions) {
    heap.release((order.length + places.length) * 4L);
    order = new int[0];
    places = new int[0];
    isOneGroup = partitions.groupCount() == 1;
    if (isOneGroup) {
      freezeOne(partitions);
    } else {
      freezeAll(partitions);
    }
  }

  /** All elements, as they are, are those of the one group. */
  private void freezeOne(GroupPartitions partitions) {
    int count = elements.groupCount();
    starts = new int[KeyGroups.COUNT + 1];
    for (int partition = 0; partition <= KeyGroups.COUNT; partition++) {
      starts[partition] = partitions.start(partition) * count;
    }
    order = heap.ints(count);
    Arrays.setAll(order, element -> element);
    places = heap.ints(count);
    elements.freeze();
  }

  private void freezeAll(GroupPartitions partitions) {
    int[] placeOfGroup = heap.ints(partitions.groupCount());
    int[] partitionOfGroup = heap.ints(partitions.groupCount());
    for (int partition = 0; partition < KeyGroups.COUNT; partition++) {
      for (int at = partitions.start(partition); at < partitions.start(partition + 1); at++) {
        placeOfGroup[partitions.group(at)] = at;
        partitionOfGroup[partitions.group(at)] = partition;
      }
    }
    if (frozen.isEmpty()) {
      frozen = elements.keys();
      dropElements();
    }
    FixedColumn ids = (FixedColumn) frozen.getFirst();
    int count = ids.length();
    starts = new int[KeyGroups.COUNT + 1];
    for (int i = 0; i < count; i++) {
      starts[partitionOfGroup[(int) ids.longAt(i)] + 1]++;
    }
    for (int partition = 0; partition < KeyGroups.COUNT; partition++) {
      starts[partition + 1] += starts[partition];
    }
    order = heap.ints(count);
    places = heap.ints(count);
    int[] next = starts.clone();
    for (int i = 0; i < count; i++) {
      int group = (int) ids.longAt(i);
      int at = next[partitionOfGroup[group]]++;
      order[at] = i;
      places[at] = placeOfGroup[group];
    }
    heap.release(partitions.groupCount() * 8L);
  }

  /** The elements' columns, once frozen. */
  private List<Column> frozen() {
    if (frozen.isEmpty()) {
      frozen = elements.keys();
    }
    return frozen;
  }

  @Override
  public void merge(CallState other, GroupMapping mapping, int groupCount) {
    DistinctState that = (DistinctState) other;
    if (that.isOneGroup
        && that.elements.form() == GroupTable.Form.BYTES
        && mapping.count() == 1
        && mapping.to()[0] == 0) {
      mergeBytes(that);
    } else {
      mergeColumns(that, mapping);
    }
  }

  /** All are elements of group 0, there as here, so that what they are as bytes is the same. */
  private void mergeBytes(DistinctState that) {
    int end = that.order.length;
    int[] others = new int[Math.min(end, Batch.MAX_ROWS)];
    if (scratch.length < others.length) {
      scratch = new int[others.length];
    }
    for (int from = 0; from < end; from += Batch.MAX_ROWS) {
      int count = Math.min(Batch.MAX_ROWS, end - from);
      for (int i = 0; i < count; i++) {
        others[i] = from + i;
      }
      elements.merge(that.elements, others, count, scratch);
    }
  }

  private void mergeColumns(DistinctState that, GroupMapping mapping) {
    List<Column> those = that.frozen();
    int firstPlace = mapping.partitions().start(mapping.firstPartition());
    int end = that.starts[mapping.endPartition()];
    for (int from = that.starts[mapping.firstPartition()]; from < end; from += Batch.MAX_ROWS) {
      int count = Math.min(Batch.MAX_ROWS, end - from);
      Buffer mapped = memory.allocate(count * 8L);
      for (int i = 0; i < count; i++) {
        Memory.putLong(mapped.address() + i * 8L, mapping.to()[that.places[from + i] - firstPlace]);
      }
      List<Column> arguments = new ArrayList<>();
      try (Column groupColumn = new FixedColumn(Type.BIGINT, count, 8, mapped, null)) {
        for (Column argument : those.subList(groupColumns, those.size())) {
          arguments.add(Columns.take(argument, that.order, from, count, memory));
        }
        insert(groupColumn, arguments, Worker.allRows(count), count);
      } finally {
        arguments.forEach(Column::close);
      }
    }
  }

  /** Writes the frozen elements of the groups of some partitions, by slices of their hashes. */
  SpilledRows[] spill(
      int firstPartition, int endPartition, int firstPlace, Spill spill, MemoryShare share) {
    SpilledRows[] slices = new SpilledRows[SpilledGroups.SLICES];
    for (int slice = 0; slice < slices.length; slice++) {
      slices[slice] = new SpilledRows(spill, writtenTypes);
    }
    int end = starts[endPartition];
    int[][] rows = new int[slices.length][Batch.MAX_ROWS];
    int[] counts = new int[slices.length];
    int blockRows = share.blockRows(memory.used() / Math.max(1, order.length));
    for (int from = starts[firstPartition]; from < end; from += blockRows) {
      int count = Math.min(blockRows, end - from);
      try (Batch chunk = chunk(from, count, firstPlace)) {
        long[] hashes = elementHashes(chunk);
        Arrays.fill(counts, 0);
        for (int i = 0; i < count; i++) {
          int slice = (int) (hashes[i] >>> 32) & (slices.length - 1);
          rows[slice][counts[slice]++] = i;
        }
        for (int slice = 0; slice < slices.length; slice++) {
          if (counts[slice] > 0) {
            int[] chosen = Arrays.copyOf(rows[slice], counts[slice]);
            try (Batch part = chunk.select(new Selection(chosen, chosen.length))) {
              slices[slice].add(part);
            }
          }
        }
      }
    }
    return slices;
  }

  /** Some frozen elements, each behind the place of its group. */
  private Batch chunk(int from, int count, int firstPlace) {
    List<Column> columns = new ArrayList<>();
    try {
      Buffer groupPlaces = memory.allocate(count * 8L);
      for (int i = 0; i < count; i++) {
        Memory.putLong(groupPlaces.address() + i * 8L, places[from + i] - firstPlace);
      }
      columns.add(new FixedColumn(Type.BIGINT, count, 8, groupPlaces, null));
      for (Column argument : frozen().subList(groupColumns, elementTypes.size())) {
        columns.add(Columns.take(argument, order, from, count, memory));
      }
      return new Batch(count, columns);
    } catch (Throwable t) {
      columns.forEach(Column::close);
      throw t;
    }
  }

  /** By row, the hash of the arguments. */
  private static long[] elementHashes(Batch chunk) {
    int[] columns = new int[chunk.columnCount() - 1];
    for (int i = 0; i < columns.length; i++) {
      columns[i] = i + 1;
    }
    long[] hashes = new long[chunk.length()];
    Hash.keys(chunk, columns, hashes);
    return hashes;
  }

  /**
   * Adds elements that were written.
   *
   * @param groups by place of a group, its id here, or -1 where its elements are not wanted
   * @param part the elements that are wanted
   */
  void mergeElements(Batch written, int[] groups, HashPart part) {
    int count = written.length();
    int[] chosen = new int[count];
    int kept = 0;
    long[] hashes = part.isAll() ? new long[0] : elementHashes(written);
    FixedColumn groupPlaces = (FixedColumn) written.column(0);
    Buffer ids = memory.allocate(Math.max(1, count) * 8L);
    for (int row = 0; row < count; row++) {
      int group = groups[(int) groupPlaces.longAt(row)];
      Memory.putLong(ids.address() + row * 8L, group);
      chosen[kept] = row;
      kept += group >= 0 && (part.isAll() || part.has(hashes[row])) ? 1 : 0;
    }
    List<Column> arguments = new ArrayList<>();
    for (int i = 1; i < written.columnCount(); i++) {
      arguments.add(written.column(i));
    }
    try (Column groupColumn = new FixedColumn(Type.BIGINT, count, 8, ids, null)) {
      insert(groupColumn, arguments, chosen, kept);
    }
  }

  /** Forgets all elements. */
  void dropElements() {
    elements.close();
    elements = GroupTable.of(elementTypes, memory);
  }

  @Override
  public List<Type> stateTypes() {
    return List.of();
  }

  @Override
  public void writeState(int group, List<ColumnBuilder> state) {}

  @Override
  public void mergeState(List<Column> state, int[] rows, int[] groups, int count, int groupCount) {}

  @Override
  public void finish(int groupCount) {
    drain(groupCount);
  }

  /** Gives all elements to the accumulator, to which the same ones never come again. */
  void drain(int groupCount) {
    accumulator.ensure(groupCount);
    if (accumulator instanceof CountAccumulator counts) {
      try (FixedColumn ids = elementGroups()) {
        counts.addRows(ids);
      }
      dropElements();
      return;
    }
    int[] groups = new int[Batch.MAX_ROWS];
    List<Column> arguments = new ArrayList<>();
    try (FixedColumn ids = elementGroups()) {
      frozen();
      dropElements();
      for (Column argument : frozen.subList(groupColumns, frozen.size())) {
        arguments.add(Columns.decode(argument, memory));
      }
      forChunks(
          ids.length(),
          (rows, count) -> {
            for (int i = 0; i < count; i++) {
              groups[i] = (int) ids.longAt(rows[i]);
            }
            accumulator.addAll(arguments, rows, groups, count);
          });
    } finally {
      arguments.forEach(Column::close);
    }
    frozen.forEach(Column::close);
    frozen = List.of();
  }

  /** The group of each element. */
  private FixedColumn elementGroups() {
    if (groupColumns > 0) {
      return (FixedColumn) elements.firstKeys();
    }
    int count = elements.groupCount();
    return new FixedColumn(
        Type.BIGINT, count, 8, memory.allocateZeroed(Math.max(1, count) * 8L), null);
  }

  private interface Chunk {
    void take(int[] rows, int count);
  }

  private static void forChunks(int length, Chunk chunk) {
    int[] rows = new int[Math.min(length, Batch.MAX_ROWS)];
    for (int from = 0; from < length; from += Batch.MAX_ROWS) {
      int count = Math.min(Batch.MAX_ROWS, length - from);
      for (int i = 0; i < count; i++) {
        rows[i] = from + i;
      }
      chunk.take(rows, count);
    }
  }

  @Override
  public Column result(int from, int count, MemoryScope scope) {
    return accumulator.result(from, count, scope);
  }

  @Override
  public void close() {
    frozen.forEach(Column::close);
    heap.close();
    elements.close();
    accumulator.close();
  }
}
