package dev.tidemill.exec.aggregate;

import dev.tidemill.exec.key.GroupTable;
import dev.tidemill.exec.pipeline.Worker;
import dev.tidemill.foundation.batch.Batch;
import dev.tidemill.foundation.batch.Bits;
import dev.tidemill.foundation.batch.BooleanColumn;
import dev.tidemill.foundation.batch.Column;
import dev.tidemill.foundation.batch.Columns;
import dev.tidemill.foundation.batch.DictionaryColumn;
import dev.tidemill.foundation.memory.MemoryScope;
import dev.tidemill.foundation.type.Type;
import java.util.ArrayList;
import java.util.List;
import org.jspecify.annotations.Nullable;

/**
 * Groups by one grouping set, with the state of each call: a worker's part first, the whole after
 * the merge. One thread at a time; {@code (add | merge)* finish result* close}, the results by any
 * number of threads.
 */
final class GroupedAggregation implements AutoCloseable {
  private final int[] keys;
  private final List<Call> calls;
  private final MemoryScope memory;
  private final GroupTable table;
  private final List<CallState> states = new ArrayList<>();
  private List<Column> keyColumns = List.of();

  private final int[] groups = new int[Batch.MAX_ROWS];
  private final int[] chosenRows = new int[Batch.MAX_ROWS];
  private final int[] chosenGroups = new int[Batch.MAX_ROWS];

  /** {@code keys} are the input columns of the grouping set. */
  GroupedAggregation(int[] keys, List<Type> inputTypes, List<Call> calls, MemoryScope memory) {
    this.keys = keys;
    this.calls = calls;
    this.memory = memory;
    List<Type> keyTypes = new ArrayList<>();
    for (int key : keys) {
      keyTypes.add(inputTypes.get(key));
    }
    this.table = GroupTable.of(keyTypes, memory);
    for (Call call : calls) {
      states.add(call.state(memory));
    }
  }

  int groupCount() {
    return table.groupCount();
  }

  /** Adds the rows that count; the batch is borrowed. */
  void add(Batch batch) {
    List<Column> columns = new ArrayList<>(keys.length);
    for (int key : keys) {
      columns.add(batch.column(key));
    }
    int[] rows = Worker.rows(batch);
    int count = batch.rowCount();
    table.groups(columns, rows, count, groups);
    Column[] decoded = new Column[batch.columnCount()];
    try {
      for (int i = 0; i < calls.size(); i++) {
        add(calls.get(i), states.get(i), batch, decoded, rows, count);
      }
    } finally {
      for (Column column : decoded) {
        if (column != null) {
          column.close();
        }
      }
    }
  }

  private void add(
      Call call,
      CallState state,
      Batch batch,
      @Nullable Column[] decoded,
      int[] allRows,
      int allCount) {
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
      Column argument = argument(batch, decoded, index);
      arguments.add(argument);
      if (argument.mayHaveNulls() && !state.takesNulls()) {
        count = keepValid(argument, rows, ids, count);
        rows = chosenRows;
        ids = chosenGroups;
      }
    }
    if (count > 0) {
      state.add(arguments, batch.length(), rows, ids, count, table.groupCount());
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
   * Adds all groups of another aggregation of the same set and calls, which takes no more rows
   * then.
   */
  void merge(GroupedAggregation other) {
    int count = other.groupCount();
    int[] mapping = new int[count];
    List<Column> theirs = other.table.keys();
    try {
      int[] rows = new int[Batch.MAX_ROWS];
      for (int from = 0; from < count; from += Batch.MAX_ROWS) {
        int chunk = Math.min(Batch.MAX_ROWS, count - from);
        for (int i = 0; i < chunk; i++) {
          rows[i] = from + i;
        }
        table.groups(theirs, rows, chunk, groups);
        System.arraycopy(groups, 0, mapping, from, chunk);
      }
    } finally {
      theirs.forEach(Column::close);
    }
    for (int i = 0; i < states.size(); i++) {
      states.get(i).merge(other.states.get(i), mapping, count, table.groupCount());
    }
  }

  /** No row comes any more. */
  void finish() {
    keyColumns = table.keys();
    for (CallState state : states) {
      state.finish(table.groupCount());
    }
  }

  /** A key of {@code count} groups, the caller's to close. */
  Column key(int index, int from, int count, MemoryScope scope) {
    return Columns.slice(keyColumns.get(index), from, count, scope);
  }

  /** A call's result of {@code count} groups, the caller's to close. */
  Column result(int call, int from, int count, MemoryScope scope) {
    return states.get(call).result(from, count, scope);
  }

  @Override
  public void close() {
    keyColumns.forEach(Column::close);
    keyColumns = List.of();
    table.close();
    states.forEach(CallState::close);
  }
}
