package dev.tidemill.streaming.pipeline;

import dev.tidemill.foundation.batch.Batch;
import dev.tidemill.foundation.batch.Column;
import dev.tidemill.foundation.batch.Columns;
import dev.tidemill.foundation.batch.FixedColumn;
import dev.tidemill.foundation.memory.Buffer;
import dev.tidemill.foundation.memory.Memory;
import dev.tidemill.foundation.memory.MemoryScope;
import dev.tidemill.foundation.type.Type;
import dev.tidemill.plan.batch.OutputColumn;
import dev.tidemill.plan.delta.DeltaAggregatePlan;
import dev.tidemill.plan.delta.TimeBound;
import dev.tidemill.streaming.aggregate.StandingGroups;
import dev.tidemill.streaming.state.ChangedNumbers;
import dev.tidemill.streaming.state.ColumnState;
import dev.tidemill.streaming.state.QueryState;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import org.jspecify.annotations.Nullable;

/**
 * GROUP BY and DISTINCT. The groups that a step touches give their old row back and their new row
 * out once, if these differ. A group that loses its last row is gone; the one group without keys is
 * always there.
 *
 * <p>A group that ends is dropped (nothing comes for it any more). Where only final rows are
 * wanted, its row is given out then, and none before.
 *
 * <p>State: {@link StandingGroups}; when groups end.
 */
final class AggregateOperator extends DeltaOperator {
  private static final int ROOM = Batch.MAX_ROWS / 2;

  private final DeltaAggregatePlan plan;
  private final boolean atEnd;
  private final List<Type> types;
  private final StandingGroups groups;
  private final @Nullable GroupEnds ends;
  private final boolean[] differs = new boolean[ROOM];

  /**
   * @param atEnd whether rows are given out when their group ends
   */
  AggregateOperator(
      String name, DeltaAggregatePlan plan, boolean atEnd, QueryState state, Output output) {
    super(name, output);
    this.plan = plan;
    this.atEnd = atEnd;
    List<Type> inputTypes = plan.input().columns().stream().map(OutputColumn::type).toList();
    this.types = plan.columns().stream().map(OutputColumn::type).toList();
    this.groups =
        new StandingGroups(
            inputTypes, plan.keys(), plan.calls(), plan.input().changing(), state, name);
    TimeBound bound = plan.bound();
    this.ends =
        bound == null
            ? null
            : new GroupEnds(inputTypes.get(plan.keys().get(bound.column())), bound);
    state.columns(name + ".groups", new GroupsAndEnds());
  }

  /** The groups as state; when they end follows from their keys. */
  private final class GroupsAndEnds implements ColumnState {
    GroupsAndEnds() {
      if (ends != null) {
        groups.onRenumbering(ends::renumber);
      }
    }

    @Override
    public void commit() {
      if (ends != null) {
        ends.commit();
      }
      groups.commit();
    }

    @Override
    public void rollback() {
      groups.rollback();
      if (ends != null) {
        ends.rollback();
      }
    }

    @Override
    public long bytes() {
      return groups.bytes();
    }

    @Override
    public long keysHeld() {
      return groups.keysHeld();
    }

    @Override
    public long rowsHeld() {
      return groups.rowsHeld();
    }

    @Override
    public int parts() {
      return groups.parts();
    }

    @Override
    public List<Type> types(int part) {
      return groups.types(part);
    }

    @Override
    public int length(int part) {
      return groups.length(part);
    }

    @Override
    public ChangedNumbers changes(int part) {
      return groups.changes(part);
    }

    @Override
    public boolean isThere(int part, int number) {
      return groups.isThere(part, number);
    }

    @Override
    public Batch rows(int part, int[] numbers, int count) {
      return groups.rows(part, numbers, count);
    }

    @Override
    public void restore(int part, int[] numbers, Batch rows) {
      groups.restore(part, numbers, rows);
    }

    @Override
    public void restored() {
      groups.restored();
      if (ends != null) {
        int[] live = groups.live();
        addEnds(ends, live, live.length);
        ends.commit();
      }
    }

    @Override
    public void close() {
      groups.close();
    }
  }

  @Override
  void push(int input, Batch delta, Step step) {
    groups.add(delta, (rows, parts) -> step.together(name(), rows, parts), step.memory());
  }

  @Override
  void finish(Step step) {
    if (plan.keys().isEmpty()) {
      groups.touchOnly();
    }
    int count = groups.touchedCount();
    if (!atEnd) {
      for (int from = 0; from < count; from += ROOM) {
        giveOut(from, Math.min(ROOM, count - from), step);
      }
    }
    if (ends != null) {
      addNewEnds(ends, count);
      int[] ended = ends.take(step.watermarkMicros(), groups::isThere);
      if (atEnd) {
        giveOutFinal(ended, step);
      }
      groups.end(ended, ended.length);
    }
  }

  /** Notes when the groups end that have come in this step. */
  private void addNewEnds(GroupEnds to, int count) {
    int[] fresh = new int[count];
    int found = 0;
    for (int place = 0; place < count; place++) {
      int group = groups.group(place);
      if (!groups.wasThere(place) && groups.isThere(group)) {
        fresh[found++] = group;
      }
    }
    addEnds(to, fresh, found);
  }

  private void addEnds(GroupEnds to, int[] ids, int count) {
    TimeBound bound = plan.bound();
    if (count == 0 || bound == null) {
      return;
    }
    List<Column> keys = groups.keys(ids, count);
    try {
      to.add(keys.get(bound.column()), ids, count);
    } finally {
      keys.forEach(Column::close);
    }
  }

  /** Pushes the old and the new row of touched groups, where they differ. */
  private void giveOut(int from, int count, Step step) {
    MemoryScope memory = step.memory();
    int[] ids = new int[count];
    for (int i = 0; i < count; i++) {
      ids[i] = groups.group(from + i);
    }
    List<Column> owned = new ArrayList<>();
    try {
      List<Column> before = groups.before(from, count, memory);
      owned.addAll(before);
      List<Column> now = groups.now(ids, count, memory);
      owned.addAll(now);
      RowDifferences.mark(before, now, differs, count);
      int[] rows = new int[count * 2];
      long[] weights = new long[count * 2];
      int length = 0;
      for (int i = 0; i < count; i++) {
        boolean was = groups.wasThere(from + i);
        boolean is = groups.isThere(ids[i]);
        if (was && (!is || differs[i])) {
          rows[length] = i;
          weights[length++] = -1;
        }
        if (is && (!was || differs[i])) {
          rows[length] = count + i;
          weights[length++] = 1;
        }
      }
      if (length > 0) {
        try (Batch delta = delta(ids, before, now, rows, weights, length, memory)) {
          emit(delta, step);
        }
      }
    } finally {
      owned.forEach(Column::close);
    }
  }

  /** Rows of {@code before} followed by {@code now}, with the keys of their groups. */
  private Batch delta(
      int[] ids,
      List<Column> before,
      List<Column> now,
      int[] rows,
      long[] weights,
      int length,
      MemoryScope memory) {
    int[] keyRows = new int[length];
    for (int i = 0; i < length; i++) {
      keyRows[i] = rows[i] < ids.length ? rows[i] : rows[i] - ids.length;
    }
    List<Column> columns = new ArrayList<>(types.size());
    List<Column> keys = groups.keys(ids, ids.length);
    try {
      for (Column key : keys) {
        columns.add(Columns.take(key, keyRows, 0, length, memory));
      }
      for (int i = 0; i < before.size(); i++) {
        Type type = types.get(keys.size() + i);
        try (Column both = Columns.concat(List.of(before.get(i), now.get(i)), type, memory)) {
          columns.add(Columns.take(both, rows, 0, length, memory));
        }
      }
      return new Batch(length, columns, null, weights(weights, length, memory));
    } catch (Throwable t) {
      columns.forEach(Column::close);
      throw t;
    } finally {
      keys.forEach(Column::close);
    }
  }

  private static FixedColumn weights(long[] weights, int length, MemoryScope memory) {
    Buffer buffer = memory.allocate(length * 8L);
    for (int i = 0; i < length; i++) {
      Memory.putLong(buffer.address() + i * 8L, weights[i]);
    }
    return new FixedColumn(Type.BIGINT, length, 8, buffer, null);
  }

  private void giveOutFinal(int[] ended, Step step) {
    for (int from = 0; from < ended.length; from += Batch.MAX_ROWS) {
      int[] ids = Arrays.copyOfRange(ended, from, Math.min(ended.length, from + Batch.MAX_ROWS));
      List<Column> columns = new ArrayList<>(groups.keys(ids, ids.length));
      try {
        columns.addAll(groups.now(ids, ids.length, step.memory()));
      } catch (Throwable t) {
        columns.forEach(Column::close);
        throw t;
      }
      try (Batch rows = new Batch(ids.length, columns)) {
        emit(rows, step);
      }
    }
  }
}
