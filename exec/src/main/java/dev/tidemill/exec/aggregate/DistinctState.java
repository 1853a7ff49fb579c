package dev.tidemill.exec.aggregate;

import dev.tidemill.exec.key.GroupTable;
import dev.tidemill.foundation.batch.Batch;
import dev.tidemill.foundation.batch.Column;
import dev.tidemill.foundation.batch.FixedColumn;
import dev.tidemill.foundation.memory.Buffer;
import dev.tidemill.foundation.memory.Memory;
import dev.tidemill.foundation.memory.MemoryScope;
import dev.tidemill.foundation.type.Type;
import java.util.ArrayList;
import java.util.List;

/**
 * The state of a DISTINCT call: the set of (group, arguments) that have come. Only when no row
 * comes any more does each element go to the accumulator, so that the sets of several workers can
 * be put together before.
 */
final class DistinctState implements CallState {
  private final GroupedAccumulator accumulator;
  private final GroupTable elements;
  private final MemoryScope memory;
  private int[] scratch = new int[Batch.MAX_ROWS];

  DistinctState(Call call, GroupedAccumulator accumulator, MemoryScope memory) {
    this.accumulator = accumulator;
    this.memory = memory;
    List<Type> types = new ArrayList<>();
    types.add(Type.BIGINT);
    types.addAll(call.argumentTypes());
    this.elements = GroupTable.of(types, memory);
  }

  @Override
  public boolean takesNulls() {
    return accumulator.takesNulls();
  }

  @Override
  public void add(
      List<Column> arguments, int length, int[] rows, int[] groups, int count, int groupCount) {
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
    columns.add(groupColumn);
    columns.addAll(arguments);
    elements.groups(columns, rows, count, scratch);
  }

  @Override
  public void merge(CallState other, int[] mapping, int otherGroupCount, int groupCount) {
    DistinctState that = (DistinctState) other;
    List<Column> theirs = that.elements.keys();
    try {
      FixedColumn ids = (FixedColumn) theirs.get(0);
      int length = ids.length();
      Buffer mapped = memory.allocate(Math.max(length, 1) * 8L);
      for (int i = 0; i < length; i++) {
        Memory.putLong(mapped.address() + i * 8L, mapping[(int) ids.longAt(i)]);
      }
      try (Column groupColumn = new FixedColumn(Type.BIGINT, length, 8, mapped, null)) {
        forChunks(
            length,
            (rows, count) -> insert(groupColumn, theirs.subList(1, theirs.size()), rows, count));
      }
    } finally {
      theirs.forEach(Column::close);
    }
  }

  @Override
  public void finish(int groupCount) {
    accumulator.ensure(groupCount);
    List<Column> all = elements.keys();
    try {
      FixedColumn ids = (FixedColumn) all.get(0);
      int[] groups = new int[Batch.MAX_ROWS];
      forChunks(
          ids.length(),
          (rows, count) -> {
            for (int i = 0; i < count; i++) {
              groups[i] = (int) ids.longAt(rows[i]);
            }
            accumulator.add(all.get(1), rows, groups, count);
          });
    } finally {
      all.forEach(Column::close);
    }
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
    elements.close();
    accumulator.close();
  }
}
