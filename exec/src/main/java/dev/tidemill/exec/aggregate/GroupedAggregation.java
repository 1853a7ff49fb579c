package dev.tidemill.exec.aggregate;

import dev.tidemill.exec.key.GroupTable;
import dev.tidemill.exec.key.SharedTexts;
import dev.tidemill.exec.memory.HeapMemory;
import dev.tidemill.exec.pipeline.Run;
import dev.tidemill.exec.pipeline.Worker;
import dev.tidemill.exec.spill.HashPart;
import dev.tidemill.exec.spill.MemoryShare;
import dev.tidemill.exec.spill.Spill;
import dev.tidemill.exec.spill.SpilledRows;
import dev.tidemill.foundation.batch.Batch;
import dev.tidemill.foundation.batch.Bits;
import dev.tidemill.foundation.batch.BooleanColumn;
import dev.tidemill.foundation.batch.Column;
import dev.tidemill.foundation.batch.ColumnBuilders;
import dev.tidemill.foundation.batch.Columns;
import dev.tidemill.foundation.batch.DictionaryColumn;
import dev.tidemill.foundation.error.TidemillException;
import dev.tidemill.foundation.hash.Hash;
import dev.tidemill.foundation.hash.KeyGroups;
import dev.tidemill.foundation.memory.MemoryScope;
import dev.tidemill.foundation.type.Type;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import org.jspecify.annotations.Nullable;

/**
 * Groups by one grouping set, with the state of each call: some of a worker's rows first, the whole
 * or some partitions of it after the merge. One thread at a time; {@code (add | rollUp | merge)*
 * freeze close} where it is merged into others, which may be done by any number of threads, and
 * {@code (add | rollUp | merge)* finish result* close}, the results by any number of threads.
 */
final class GroupedAggregation implements AutoCloseable {
  private final GroupKeys keys;
  private final List<Call> calls;
  private final MemoryScope memory;
  private final HeapMemory heap;
  private final GroupTable table;
  private final CarriedKeys carried;
  private final List<Type> keyTypes;
  private final List<CallState> states;
  private int groupCount;

  /** By position, once no more rows come and they are asked for. */
  private List<Column> keyColumns = List.of();

  /** In the order of {@link GroupKeys#carried}, once no more rows come. */
  private List<Column> carriedColumns = List.of();

  /** Null until the aggregation is frozen. */
  private @Nullable GroupPartitions partitions;

  /** Once frozen: by what the groups are merged, and partitioned. */
  private GroupTable.Form form = GroupTable.Form.COLUMNS;

  private final int[] groups = new int[Batch.MAX_ROWS];
  private final int[] chosenRows = new int[Batch.MAX_ROWS];
  private final int[] chosenGroups = new int[Batch.MAX_ROWS];
  private final GroupRuns runs = new GroupRuns();

  GroupedAggregation(GroupKeys keys, List<Type> inputTypes, List<Call> calls, MemoryScope memory) {
    this.keys = keys;
    this.calls = calls;
    this.memory = memory.part();
    this.heap = new HeapMemory(this.memory);
    List<Type> keyTypes = new ArrayList<>();
    for (int key : keys.columns()) {
      keyTypes.add(inputTypes.get(key));
    }
    this.keyTypes = keyTypes;
    this.table = GroupTable.of(chosen(keyTypes, keys.deciding()), this.memory);
    this.carried = new CarriedKeys(chosen(keyTypes, keys.carried()), this.memory);
    this.states = Call.states(calls, keys.columns().length > 0, this.memory);
    this.groupCount = table.groupCount();
  }

  int groupCount() {
    return groupCount;
  }

  /** Bytes that it holds. */
  long bytes() {
    return memory.used();
  }

  /** Adds the rows that count; the batch is borrowed. */
  void add(Batch batch) {
    List<Column> columns = new ArrayList<>(keys.columns().length);
    for (int key : keys.columns()) {
      columns.add(batch.column(key));
    }
    int[] rows = Worker.rows(batch);
    int count = batch.rowCount();
    findGroups(columns, rows, count);
    boolean hasRuns = GroupRuns.pays(count, groupCount);
    if (hasRuns) {
      runs.sort(rows, groups, count, groupCount);
    }
    Column[] decoded = new Column[batch.columnCount()];
    try {
      for (int i = 0; i < calls.size(); i++) {
        add(calls.get(i), states.get(i), batch, decoded, rows, count, hasRuns ? runs : null);
      }
    } finally {
      for (Column column : decoded) {
        if (column != null) {
          column.close();
        }
      }
    }
  }

  /** Sets {@link #groups}, and makes those that are new. */
  private void findGroups(List<Column> keyValues, int[] rows, int count) {
    table.groups(chosen(keyValues, keys.deciding()), rows, count, groups);
    if (table.groupCount() > groupCount) {
      carry(chosen(keyValues, keys.carried()), rows, count);
    }
  }

  /** Takes the carried keys of new groups. */
  private void carry(List<Column> columns, int[] rows, int count) {
    groupCount = table.groupCount();
    carried.add(columns, rows, groups, count, groupCount);
  }

  private static <T> List<T> chosen(List<T> all, int[] positions) {
    return Arrays.stream(positions).mapToObj(all::get).toList();
  }

  private void add(
      Call call,
      CallState state,
      Batch batch,
      @Nullable Column[] decoded,
      int[] allRows,
      int allCount,
      @Nullable GroupRuns allRuns) {
    if (state instanceof SharedState) {
      return;
    }
    int[] rows = allRows;
    int[] ids = groups;
    int count = allCount;
    int filter = call.call().filter();
    if (filter >= 0) {
      count = keepTrue(argument(batch, decoded, filter), rows, ids, count);
      rows = chosenRows;
      ids = chosenGroups;
    }
    List<Column> arguments = new ArrayList<>();
    for (int index : call.call().arguments()) {
      Column argument =
          state.takesDictionaries() ? batch.column(index) : argument(batch, decoded, index);
      arguments.add(argument);
      if (argument.mayHaveNulls() && !state.takesNulls()) {
        count = keepValid(argument, rows, ids, count);
        rows = chosenRows;
        ids = chosenGroups;
      }
    }
    if (count > 0) {
      try {
        state.add(
            arguments,
            batch.length(),
            rows,
            ids,
            count,
            rows == allRows ? allRuns : null,
            groupCount);
      } catch (TidemillException failure) {
        throw call.placed(failure);
      }
    }
  }

  /** The column without a dictionary; made once per batch. */
  private Column argument(Batch batch, @Nullable Column[] decoded, int index) {
    Column column = batch.column(index);
    if (!(column instanceof DictionaryColumn)) {
      return column;
    }
    Column known = decoded[index];
    if (known == null) {
      known = Columns.decode(column, memory);
      decoded[index] = known;
    }
    return known;
  }

  private int keepTrue(Column column, int[] rows, int[] ids, int count) {
    BooleanColumn filter = (BooleanColumn) column;
    int kept = 0;
    for (int i = 0; i < count; i++) {
      int row = rows[i];
      if (filter.booleanAt(row) && !filter.isNull(row)) {
        chosenRows[kept] = row;
        chosenGroups[kept++] = ids[i];
      }
    }
    return kept;
  }

  private int keepValid(Column column, int[] rows, int[] ids, int count) {
    long validity = column.validityAddress();
    int kept = 0;
    for (int i = 0; i < count; i++) {
      int row = rows[i];
      if (Bits.get(validity, row)) {
        chosenRows[kept] = row;
        chosenGroups[kept++] = ids[i];
      }
    }
    return kept;
  }

  /**
   * No row comes any more, and the groups are only merged into other aggregations: those of which
   * all agree in their {@link #form}, which {@link #freezeByColumns} makes so.
   */
  void freeze() {
    if (partitions == null) {
      if (table.form() == GroupTable.Form.COLUMNS) {
        freezeByColumns();
      } else {
        form = table.form();
        table.freeze();
        carriedColumns = carried.build();
        freeze(
            form == GroupTable.Form.BYTES
                ? GroupPartitions.ofHashes(table.hashes(), groupCount, heap)
                : GroupPartitions.ofPacked(table, heap));
      }
    }
  }

  /** As {@link #freeze}, to be merged, or written, by the columns of the keys. */
  void freezeByColumns() {
    if (partitions == null || form != GroupTable.Form.COLUMNS) {
      form = GroupTable.Form.COLUMNS;
      keyColumns = buildKeys();
      table.close();
      freeze(GroupPartitions.ofKeys(chosen(keyColumns, keys.deciding()), groupCount, heap));
    }
  }

  private void freeze(GroupPartitions frozen) {
    partitions = frozen;
    for (CallState state : states) {
      state.freeze(frozen);
    }
  }

  /**
   * What makes merges of these, which are frozen alike, cheaper; closed after all of them. One
   * thread, before the first merge.
   */
  static @Nullable SharedTexts sharedTexts(List<GroupedAggregation> ofSet, MemoryScope memory) {
    return ofSet.getFirst().form == GroupTable.Form.PACKED
        ? SharedTexts.of(ofSet.stream().map(set -> set.table).toList(), memory)
        : null;
  }

  /** By what frozen groups are merged. */
  GroupTable.Form form() {
    return form;
  }

  private List<Column> buildKeys() {
    if (carriedColumns.isEmpty()) {
      carriedColumns = carried.build();
    }
    List<Column> decided = table.keys();
    Column[] ordered = new Column[keys.columns().length];
    for (int i = 0; i < decided.size(); i++) {
      ordered[keys.deciding()[i]] = decided.get(i);
    }
    for (int i = 0; i < carriedColumns.size(); i++) {
      ordered[keys.carried()[i]] = carriedColumns.get(i);
    }
    carriedColumns = List.of();
    return List.of(ordered);
  }

  boolean isFrozen() {
    return partitions != null;
  }

  /** How many groups are in some partitions of a frozen aggregation. */
  int groupCount(int firstPartition, int endPartition) {
    return partitions == null
        ? 0
        : partitions.start(endPartition) - partitions.start(firstPartition);
  }

  /** Says that about so many groups will come, before the first. */
  void expect(int groupsToCome) {
    table.expect(groupsToCome);
  }

  /**
   * Adds the groups of some partitions of a frozen aggregation of the same set and calls, which is
   * closed after this one.
   */
  void merge(GroupedAggregation other, int firstPartition, int endPartition) {
    if (other.partitions == null) {
      throw new IllegalStateException("merges what is not frozen");
    }
    int[] from = other.partitions.groups(firstPartition, endPartition);
    int[] to = new int[from.length];
    for (int start = 0; start < from.length; start += Batch.MAX_ROWS) {
      int count = Math.min(Batch.MAX_ROWS, from.length - start);
      System.arraycopy(from, start, chosenRows, 0, count);
      findGroups(other, chosenRows, count);
      System.arraycopy(groups, 0, to, start, count);
    }
    GroupMapping mapping =
        new GroupMapping(other.partitions, firstPartition, endPartition, from, to);
    for (int i = 0; i < states.size(); i++) {
      try {
        states.get(i).merge(other.states.get(i), mapping, groupCount);
      } catch (TidemillException failure) {
        throw calls.get(i).placed(failure);
      }
    }
  }

  /**
   * Adds the groups of a finer grouping set with the same calls, none of them DISTINCT.
   *
   * @param finer takes no more rows
   * @param positions where the keys are among those of {@code finer}
   */
  void rollUp(GroupedAggregation finer, int[] positions) {
    if (finer.keys.carried().length > 0) {
      finer.freezeByColumns();
    }
    int[] from = new int[Math.min(Batch.MAX_ROWS, finer.groupCount)];
    for (int start = 0; start < finer.groupCount; start += from.length) {
      int count = Math.min(from.length, finer.groupCount - start);
      for (int i = 0; i < count; i++) {
        from[i] = start + i;
      }
      List<Column> columns = finer.keys(from, start, count);
      try {
        findGroups(chosen(columns, positions), Worker.allRows(count), count);
      } finally {
        columns.forEach(Column::close);
      }
      for (int i = 0; i < states.size(); i++) {
        if (states.get(i) instanceof PlainState state) {
          try {
            state.rollUp(
                (PlainState) finer.states.get(i),
                finer.groupCount,
                from,
                groups,
                count,
                groupCount);
          } catch (TidemillException failure) {
            throw calls.get(i).placed(failure);
          }
        }
      }
    }
  }

  /** The keys of some groups next to each other, the caller's to close. */
  private List<Column> keys(int[] ids, int from, int count) {
    return keyColumns.isEmpty()
        ? table.keys(ids, count)
        : keyColumns.stream().map(key -> Columns.slice(key, from, count, memory)).toList();
  }

  /** As {@link #findGroups(List, int[], int)}, for groups of a frozen aggregation. */
  private void findGroups(GroupedAggregation other, int[] others, int count) {
    if (other.form == GroupTable.Form.COLUMNS) {
      findGroups(other.keyColumns, others, count);
      return;
    }
    table.merge(other.table, others, count, groups);
    if (table.groupCount() > groupCount) {
      carry(other.carriedColumns, others, count);
    }
  }

  /** Writes an aggregation that is frozen by columns; nothing changes here. */
  SpilledGroups spill(Spill spill, MemoryShare share, Run run) {
    GroupPartitions frozen = partitions;
    if (frozen == null || form != GroupTable.Form.COLUMNS) {
      throw new IllegalStateException("spills what is not frozen by columns");
    }
    SpilledGroups spilled = new SpilledGroups(states.size());
    int blockRows = share.blockRows(bytes() / Math.max(1, groupCount));
    int step = KeyGroups.COUNT / SpilledGroups.PARTITIONS;
    for (int partition = 0; partition < SpilledGroups.PARTITIONS; partition++) {
      run.check();
      int first = partition * step;
      int[] ids = frozen.groups(first, first + step);
      if (ids.length == 0) {
        continue;
      }
      SpilledRows rows = new SpilledRows(spill, rowTypes());
      for (int from = 0; from < ids.length; from += blockRows) {
        try (Batch batch = rows(ids, from, Math.min(blockRows, ids.length - from))) {
          rows.add(batch);
        }
      }
      spilled.setGroups(partition, rows);
      for (int i = 0; i < states.size(); i++) {
        if (states.get(i) instanceof DistinctState distinct) {
          spilled.setElements(
              i, partition, distinct.spill(first, first + step, frozen.start(first), spill, share));
        }
      }
    }
    return spilled;
  }

  /** The keys' types, then those of all states. */
  private List<Type> rowTypes() {
    List<Type> types = new ArrayList<>(keyTypes);
    for (CallState state : states) {
      types.addAll(state.stateTypes());
    }
    return types;
  }

  private Batch rows(int[] ids, int from, int count) {
    List<Column> columns = new ArrayList<>();
    try {
      for (Column key : keyColumns) {
        columns.add(Columns.take(key, ids, from, count, memory));
      }
      for (CallState state : states) {
        try (ColumnBuilders builders = new ColumnBuilders(state.stateTypes(), memory, count)) {
          for (int i = 0; i < count; i++) {
            state.writeState(ids[from + i], builders.all());
          }
          columns.addAll(builders.build());
        }
      }
      return new Batch(count, columns);
    } catch (Throwable t) {
      columns.forEach(Column::close);
      throw t;
    }
  }

  /**
   * Adds groups that were written, without the elements of DISTINCT calls.
   *
   * @param part the groups that are wanted
   * @param ids set to the group of each row, -1 where it is not wanted
   */
  void mergeRows(Batch written, HashPart part, int[] ids) {
    int count = written.length();
    int kept = count;
    int[] rows = Worker.allRows(count);
    if (!part.isAll()) {
      long[] hashes = new long[count];
      if (keys.deciding().length > 0) {
        Hash.keys(written, keys.deciding(), hashes);
      }
      kept = 0;
      rows = chosenRows;
      for (int row = 0; row < count; row++) {
        rows[kept] = row;
        kept += part.has(hashes[row]) ? 1 : 0;
      }
    }
    List<Column> columns = new ArrayList<>();
    for (int i = 0; i < written.columnCount(); i++) {
      columns.add(written.column(i));
    }
    findGroups(columns.subList(0, keyTypes.size()), rows, kept);
    int next = keyTypes.size();
    for (int i = 0; i < states.size(); i++) {
      CallState state = states.get(i);
      int end = next + state.stateTypes().size();
      try {
        state.mergeState(columns.subList(next, end), rows, groups, kept, groupCount);
      } catch (TidemillException failure) {
        throw calls.get(i).placed(failure);
      }
      next = end;
    }
    Arrays.fill(ids, 0, count, -1);
    for (int i = 0; i < kept; i++) {
      ids[rows[i]] = groups[i];
    }
  }

  /** The state of a DISTINCT call, or null of any other. */
  @Nullable DistinctState distinct(int call) {
    return states.get(call) instanceof DistinctState distinct ? distinct : null;
  }

  /** No row comes any more, and results are asked for. */
  void finish() {
    if (keyColumns.isEmpty()) {
      keyColumns = buildKeys();
    }
    for (CallState state : states) {
      state.finish(groupCount);
    }
  }

  /** A key of {@code count} groups, the caller's to close. */
  Column key(int index, int from, int count, MemoryScope scope) {
    return Columns.slice(keyColumns.get(index), from, count, scope);
  }

  /** A call's result of {@code count} groups, the caller's to close. */
  Column result(int call, int from, int count, MemoryScope scope) {
    try {
      return states.get(call).result(from, count, scope);
    } catch (TidemillException failure) {
      throw calls.get(call).placed(failure);
    }
  }

  @Override
  public void close() {
    keyColumns.forEach(Column::close);
    keyColumns = List.of();
    carriedColumns.forEach(Column::close);
    carriedColumns = List.of();
    table.close();
    carried.close();
    states.forEach(CallState::close);
    heap.close();
  }
}
