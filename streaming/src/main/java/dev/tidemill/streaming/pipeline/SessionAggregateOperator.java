package dev.tidemill.streaming.pipeline;

import dev.tidemill.exec.error.ExecErrors;
import dev.tidemill.exec.pipeline.Worker;
import dev.tidemill.foundation.batch.Batch;
import dev.tidemill.foundation.batch.Column;
import dev.tidemill.foundation.batch.FixedColumn;
import dev.tidemill.foundation.batch.Selection;
import dev.tidemill.foundation.memory.Buffer;
import dev.tidemill.foundation.memory.Memory;
import dev.tidemill.foundation.memory.MemoryScope;
import dev.tidemill.foundation.type.Type;
import dev.tidemill.plan.batch.AggregateCall;
import dev.tidemill.plan.batch.OutputColumn;
import dev.tidemill.plan.delta.SessionBound;
import dev.tidemill.plan.delta.SessionGroups;
import dev.tidemill.plan.function.AggregateFunction;
import dev.tidemill.streaming.aggregate.StandingGroups;
import dev.tidemill.streaming.state.QueryState;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;

/**
 * GROUP BY of sessions over rows that only come. A step costs as much as its rows, however long the
 * sessions are.
 *
 * <p>State: {@link StandingGroups} by key and anchor of the session ({@link OpenSessions}), the
 * times of the first and the last row being calls of their own. Where sessions stand and when they
 * end follows from that.
 */
final class SessionAggregateOperator extends DeltaOperator {
  /** The first calls: the times of a session's first and last row. */
  private static final int TIMES = 2;

  private final SessionGroups plan;
  private final boolean atEnd;
  private final Type time;
  private final long perSecond;
  private final StandingGroups groups;
  private final OpenSessions sessions;

  /** Is charged with when sessions end. */
  private final MemoryScope noted;

  private final OrderedIds ends;
  private final GroupChanges rows;

  /** Whether the sessions do not know the groups as they are. */
  private boolean isStale;

  /**
   * @param atEnd whether rows are given out when their session ends
   */
  SessionAggregateOperator(
      String name, SessionGroups plan, boolean atEnd, QueryState state, Output output) {
    super(name, output);
    this.plan = plan;
    this.atEnd = atEnd;
    List<Type> types =
        new ArrayList<>(plan.input().columns().stream().map(OutputColumn::type).toList());
    this.time = types.get(plan.timeColumn());
    this.perSecond = EventTimes.perSecond(time);
    List<Integer> keys = new ArrayList<>(plan.keys());
    keys.add(types.size());
    types.add(time);
    List<AggregateCall> calls = new ArrayList<>();
    for (AggregateFunction function : List.of(AggregateFunction.MIN, AggregateFunction.MAX)) {
      calls.add(new AggregateCall(function, List.of(plan.timeColumn()), false, -1, time));
    }
    calls.addAll(plan.calls());
    this.groups = new StandingGroups(types, keys, calls, /* changing= */ false, state, name);
    this.rows =
        new GroupChanges(groups, calls.stream().map(AggregateCall::type).toList(), this::columns);
    this.sessions =
        new OpenSessions(
            plan.keys().stream().map(types::get).toList(),
            EventTimes.units(plan.gapMillis(), perSecond),
            state.memory().child(name + ".sessions"));
    this.noted = state.memory().child(name);
    this.ends = new OrderedIds(noted);
    state.columns(name + ".groups", new GroupsAndSessions());
  }

  @Override
  void begin(Step step) {
    if (isStale) {
      readSessions(/* andEnds= */ false);
      isStale = false;
    }
  }

  /** Keys, the session's bounds where the GROUP BY has them, and the results of its calls. */
  private List<Column> columns(List<Column> keys, List<Column> results, MemoryScope memory) {
    List<Column> columns = new ArrayList<>();
    try {
      for (int output : plan.outputs()) {
        int bound = output - plan.keys().size();
        columns.add(
            bound < 0
                ? keys.get(output).retain()
                : bound == 0
                    ? results.get(0).retain()
                    : later((FixedColumn) results.get(1), memory));
      }
      results.subList(TIMES, results.size()).forEach(result -> columns.add(result.retain()));
      return columns;
    } catch (Throwable t) {
      columns.forEach(Column::close);
      throw t;
    }
  }

  /** Times plus the gap; none is NULL. */
  private FixedColumn later(FixedColumn times, MemoryScope memory) {
    long gap = EventTimes.units(plan.gapMillis(), perSecond);
    Buffer buffer = memory.allocate(times.length() * 8L);
    for (int i = 0; i < times.length(); i++) {
      long at = times.longAt(i);
      long end = at + gap;
      if (end < at) {
        buffer.close();
        throw ExecErrors.windowTimeOutOfRange(timeName(), String.valueOf(times.value(i)));
      }
      Memory.putLong(buffer.address() + i * 8L, end);
    }
    return new FixedColumn(time, times.length(), 8, buffer, null);
  }

  private String timeName() {
    return plan.input().columns().get(plan.timeColumn()).name();
  }

  @Override
  void push(int input, Batch delta, Step step) {
    FixedColumn times = (FixedColumn) delta.column(plan.timeColumn());
    int[] all = Worker.rows(delta);
    int[] timed = new int[delta.rowCount()];
    int count = 0;
    long[] at = new long[delta.length()];
    for (int i = 0; i < timed.length; i++) {
      int row = all[i];
      if (!times.isNull(row)) {
        timed[count++] = row;
        at[row] = times.longAt(row);
      }
    }
    if (count == 0) {
      return;
    }
    List<Column> keys = new ArrayList<>();
    plan.keys().forEach(key -> keys.add(delta.column(key)));
    int[] rowSessions = new int[count];
    long[] anchors = new long[delta.length()];
    sessions.assign(keys, timed, count, at, rowSessions, anchors);
    try (Batch anchored = anchored(delta, new Selection(timed, count), anchors, step.memory())) {
      groups.add(anchored, (length, parts) -> step.together(name(), length, parts), step.memory());
    }
    int[] rowGroups = new int[count];
    for (int i = 0; i < count; i++) {
      rowGroups[i] = groups.added(i);
    }
    sessions.assigned(rowSessions, rowGroups, count, groups::merge);
  }

  /** Rows of a batch with their sessions' anchors behind their columns. */
  private Batch anchored(Batch delta, Selection timed, long[] anchors, MemoryScope memory) {
    Buffer buffer = memory.allocate(anchors.length * 8L);
    for (int i = 0; i < anchors.length; i++) {
      Memory.putLong(buffer.address() + i * 8L, anchors[i]);
    }
    List<Column> columns = new ArrayList<>();
    for (int i = 0; i < delta.columnCount(); i++) {
      columns.add(delta.column(i).retain());
    }
    columns.add(new FixedColumn(time, anchors.length, 8, buffer, null));
    FixedColumn weights = delta.weights();
    return new Batch(
        delta.length(), columns, timed, weights == null ? null : (FixedColumn) weights.retain());
  }

  @Override
  void finish(Step step) {
    int count = groups.touchedCount();
    if (!atEnd) {
      for (int from = 0; from < count; from += GroupChanges.ROOM) {
        try (Batch delta =
            rows.changed(from, Math.min(GroupChanges.ROOM, count - from), step.memory())) {
          if (delta != null) {
            emit(delta, step);
          }
        }
      }
    }
    SessionBound bound = plan.bound();
    if (bound == null) {
      return;
    }
    for (int place = 0; place < count; place++) {
      addEnd(groups.group(place), bound);
    }
    long watermark = step.watermarkMicros();
    int[] ended =
        ends.take(
            watermark,
            true,
            group -> groups.isThere(group) && end(sessions.last(group), bound) <= watermark);
    for (int from = 0; atEnd && from < ended.length; from += Batch.MAX_ROWS) {
      int[] part = Arrays.copyOfRange(ended, from, Math.min(ended.length, from + Batch.MAX_ROWS));
      try (Batch last = rows.rows(part, step.memory())) {
        emit(last, step);
      }
    }
    sessions.end(ended);
    groups.end(ended, ended.length);
  }

  /** Notes when a group ends as it is; a note of before does no harm. */
  private void addEnd(int group, SessionBound bound) {
    if (groups.isThere(group)) {
      ends.add(end(sessions.last(group), bound), group);
    }
  }

  private long end(long last, SessionBound bound) {
    return EventTimes.plusMillis(
        EventTimes.microsCeil(last, perSecond), bound.gapMillis() + bound.plusMillis());
  }

  /** Makes the sessions, and when they end, of the groups. */
  private void readSessions(boolean andEnds) {
    sessions.clear();
    int[] live = groups.live();
    MemoryScope memory = groups.memory();
    for (int from = 0; from < live.length; from += Batch.MAX_ROWS) {
      int[] part = Arrays.copyOfRange(live, from, Math.min(live.length, from + Batch.MAX_ROWS));
      List<Column> keys = groups.keys(part, part.length);
      List<Column> results = List.of();
      try {
        results = groups.now(part, part.length, memory);
        int width = plan.keys().size();
        sessions.add(
            keys.subList(0, width),
            part.length,
            longs(results.get(0)),
            longs(results.get(1)),
            longs(keys.get(width)),
            part);
      } finally {
        keys.forEach(Column::close);
        results.forEach(Column::close);
      }
    }
    SessionBound bound = plan.bound();
    if (andEnds && bound != null) {
      for (int group : live) {
        addEnd(group, bound);
      }
      ends.commit();
    }
  }

  private static long[] longs(Column column) {
    long[] values = new long[column.length()];
    for (int i = 0; i < values.length; i++) {
      values[i] = ((FixedColumn) column).longAt(i);
    }
    return values;
  }

  /** The groups as state; the rest follows from them. */
  private final class GroupsAndSessions extends StateBeside {
    GroupsAndSessions() {
      super(groups);
      groups.onRenumbering(
          (live, count) -> {
            ends.renumber(live, count);
            isStale = true;
          });
    }

    @Override
    public void commit() {
      ends.commit();
      groups.commit();
      isStale |= sessions.isSparse();
    }

    @Override
    public void rollback() {
      groups.rollback();
      ends.rollback();
      isStale = true;
    }

    @Override
    public long bytes() {
      return groups.bytes() + sessions.bytes() + noted.used() + noted.onDisk();
    }

    @Override
    public void restored() {
      groups.restored();
      readSessions(/* andEnds= */ true);
    }

    @Override
    public void close() {
      sessions.close();
      ends.close();
      noted.close();
      groups.close();
    }
  }
}
