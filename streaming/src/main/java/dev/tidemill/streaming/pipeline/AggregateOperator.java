package dev.tidemill.streaming.pipeline;

import dev.tidemill.foundation.batch.Batch;
import dev.tidemill.foundation.batch.Column;
import dev.tidemill.foundation.memory.Ints;
import dev.tidemill.foundation.memory.MemoryScope;
import dev.tidemill.foundation.type.Type;
import dev.tidemill.plan.batch.AggregateCall;
import dev.tidemill.plan.batch.OutputColumn;
import dev.tidemill.plan.delta.DeltaAggregatePlan;
import dev.tidemill.plan.delta.TimeBound;
import dev.tidemill.streaming.aggregate.StandingGroups;
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
  private final DeltaAggregatePlan plan;
  private final boolean atEnd;
  private final StandingGroups groups;
  private final @Nullable GroupEnds ends;
  private final GroupChanges rows;

  /** Is charged with when groups end. */
  private final MemoryScope noted;

  /**
   * @param atEnd whether rows are given out when their group ends
   */
  /** By group, while groups are asked for, its number among these + 1. */
  private final Ints numbers;

  /** Whether it gives out its result, and not a change. */
  private boolean givesResult;

  /** The places, or the groups, before this have been given out. */
  private int givenEnd;

  AggregateOperator(
      String name, DeltaAggregatePlan plan, boolean atEnd, QueryState state, Output output) {
    super(name, output);
    this.plan = plan;
    this.atEnd = atEnd;
    List<Type> inputTypes = plan.input().columns().stream().map(OutputColumn::type).toList();
    this.groups =
        new StandingGroups(
            inputTypes, plan.keys(), plan.calls(), plan.input().changing(), state, name);
    this.rows =
        new GroupChanges(
            groups, plan.calls().stream().map(AggregateCall::type).toList(), GroupChanges.PLAIN);
    this.noted = state.memory().child(name);
    this.numbers = new Ints(noted);
    TimeBound bound = plan.bound();
    this.ends =
        bound == null
            ? null
            : new GroupEnds(inputTypes.get(plan.keys().get(bound.column())), bound, noted);
    state.columns(name + ".groups", new GroupsAndEnds());
  }

  /** The groups as state; when they end follows from their keys. */
  private final class GroupsAndEnds extends StateBeside {
    GroupsAndEnds() {
      super(groups);
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
    public void restored() {
      groups.restored();
      if (ends != null) {
        int[] live = groups.live();
        addEnds(ends, live, live.length);
        ends.commit();
      }
    }

    @Override
    public long bytes() {
      return groups.bytes() + noted.used() + noted.onDisk();
    }

    @Override
    public void close() {
      if (ends != null) {
        ends.close();
      }
      numbers.close();
      noted.close();
      groups.close();
    }
  }

  @Override
  void begin(Step step) {
    givesResult = false;
    givenEnd = 0;
  }

  @Override
  void conceal() {
    givesResult = true;
    givenEnd = 0;
  }

  /** How far it has come with giving out, which who gets a part of it remembers. */
  int givenEnd() {
    return givenEnd;
  }

  /**
   * The rows of some keys, as they are for who has been given a part of this step's change.
   *
   * @param ids becomes by row the number of its group among those given, -1 where there is none
   * @param seen what {@link #givenEnd} was with the last part
   * @return each group's row once; to be closed
   */
  GivenGroups given(
      List<Column> keys, int[] of, int count, int[] ids, int seen, MemoryScope memory) {
    groups.find(keys, of, count, ids);
    int[] asked = new int[count];
    int length = 0;
    for (int i = 0; i < count; i++) {
      int group = ids[i];
      if (group < 0 || !(givesResult ? group < seen : groups.wasThereAt(group, seen))) {
        ids[i] = -1;
        continue;
      }
      numbers.ensure(group + 1);
      if (numbers.get(group) == 0) {
        asked[length++] = group;
        numbers.set(group, length);
      }
      ids[i] = numbers.get(group) - 1;
    }
    for (int i = 0; i < length; i++) {
      numbers.set(asked[i], 0);
    }
    List<Column> columns = new ArrayList<>(groups.keys(asked, length));
    try {
      columns.addAll(
          givesResult
              ? groups.now(asked, length, memory)
              : groups.resultsAt(asked, length, seen, memory));
    } catch (Throwable t) {
      columns.forEach(Column::close);
      throw t;
    }
    return new GivenGroups(columns);
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
      for (int from = 0; from < count; from += GroupChanges.ROOM) {
        giveOut(from, Math.min(GroupChanges.ROOM, count - from), step);
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
    givenEnd = from + count;
    try (Batch delta = rows.changed(from, count, step.memory())) {
      if (delta != null) {
        emit(delta, step);
      }
    }
  }

  private void giveOutFinal(int[] ended, Step step) {
    giveRows(ended, this::emit, step);
  }

  private void giveRows(int[] of, Output to, Step step) {
    for (int from = 0; from < of.length; from += Batch.MAX_ROWS) {
      int[] ids = Arrays.copyOfRange(of, from, Math.min(of.length, from + Batch.MAX_ROWS));
      givenEnd = ids[ids.length - 1] + 1;
      try (Batch part = rows.rows(ids, step.memory())) {
        to.push(part, step);
      }
    }
  }

  @Override
  void giveResult(Output to, Step step) {
    giveRows(plan.keys().isEmpty() ? new int[1] : groups.live(), to, step);
  }
}
