package dev.tidemill.streaming.aggregate;

import dev.tidemill.foundation.batch.Batch;
import dev.tidemill.foundation.batch.BooleanColumn;
import dev.tidemill.foundation.batch.Column;
import dev.tidemill.foundation.batch.ColumnBuilder;
import dev.tidemill.foundation.batch.Columns;
import dev.tidemill.foundation.memory.Flags;
import dev.tidemill.foundation.memory.Ints;
import dev.tidemill.foundation.memory.MemoryScope;
import dev.tidemill.foundation.type.Type;
import dev.tidemill.plan.batch.AggregateCall;
import dev.tidemill.plan.function.AggregateFunction;
import dev.tidemill.streaming.rows.RowLists;
import dev.tidemill.streaming.state.ChangedNumbers;
import dev.tidemill.streaming.state.Renumbered;
import java.util.List;

/**
 * MIN, MAX and ANY_VALUE of values that come and go: all values of a group with how often they
 * stand there, and a heap of them, so that the next one is found when the best goes.
 *
 * <pre>
 *   values   7 'b' ×1   7 'a' ×2   9 'c' ×0      by number 0, 1, 2: group, value, how often
 *   heaps    7: 1 0     9: 2                     the best first; 2 is gone and leaves when it is seen
 * </pre>
 *
 * <p>The heaps follow from the values: they are made anew where a step was undone, groups have got
 * other numbers, or a snapshot was read.
 */
final class ExtremeCall extends GroupCall {
  private final AggregateCall call;
  private final Type type;
  private final boolean greatest;
  private final DistinctValues values;

  /** By group its values, as a binary heap. */
  private final RowLists heaps;

  /** By value, whether it is in the heap of its group. */
  private final Flags inHeap;

  private boolean isStale;

  /** Of saved groups the best value + 1, 0 where there was none. */
  private final Ints saved;

  private int savedCount;
  private int groupCount;
  private final CountedRows counted = new CountedRows();

  ExtremeCall(AggregateCall call, Type type, MemoryScope memory) {
    this.call = call;
    this.type = type;
    this.greatest = call.function() == AggregateFunction.MAX;
    this.values = new DistinctValues(List.of(type), memory, this::appeared);
    this.heaps = new RowLists(memory);
    this.inHeap = new Flags(memory);
    this.saved = new Ints(memory);
  }

  @Override
  void ensure(int count) {
    groupCount = Math.max(groupCount, count);
    heaps.ensureKeys(count);
  }

  @Override
  boolean isHeavy() {
    return true;
  }

  /** A value stands in a group in which it did not. */
  private void appeared(int group, int value) {
    inHeap.ensure(value + 1);
    if (!inHeap.get(value)) {
      heaps.insert(group, heaps.length(group), value);
      inHeap.set(value, true);
      rise(group, heaps.length(group) - 1, value);
    }
  }

  private boolean isBetter(int value, int other) {
    int order = values.compare(value, other);
    return greatest ? order > 0 : order < 0;
  }

  private void rise(int group, int from, int value) {
    int place = from;
    while (place > 0) {
      int above = (place - 1) >>> 1;
      int other = heaps.row(group, above);
      if (!isBetter(value, other)) {
        break;
      }
      heaps.set(group, place, other);
      place = above;
    }
    heaps.set(group, place, value);
  }

  private void sink(int group, int value) {
    int length = heaps.length(group);
    int place = 0;
    int below = 1;
    while (below < length) {
      if (below + 1 < length && isBetter(heaps.row(group, below + 1), heaps.row(group, below))) {
        below++;
      }
      if (!isBetter(heaps.row(group, below), value)) {
        break;
      }
      heaps.set(group, place, heaps.row(group, below));
      place = below;
      below = 2 * place + 1;
    }
    heaps.set(group, place, value);
  }

  /** The best value of a group, or -1. */
  private int best(int group) {
    while (heaps.length(group) > 0) {
      int best = heaps.row(group, 0);
      if (values.count(best) > 0) {
        return best;
      }
      inHeap.set(best, false);
      int last = heaps.removeLast(group);
      if (heaps.length(group) > 0) {
        sink(group, last);
      }
    }
    return -1;
  }

  /** Makes the heaps anew, where they do not follow from the values. */
  private void order() {
    if (isStale) {
      heaps.clear();
      heaps.ensureKeys(groupCount);
      inHeap.clear(0, inHeap.length());
      values.forEachThere(this::appeared);
      isStale = false;
    }
  }

  @Override
  void save(int[] touched, int count) {
    order();
    saved.ensure(savedCount + count);
    for (int i = 0; i < count; i++) {
      saved.set(savedCount + i, best(touched[i]) + 1);
    }
    savedCount += count;
  }

  @Override
  void add(
      Batch delta,
      int[] deltaRows,
      int[] deltaGroups,
      long[] deltaWeights,
      int count,
      MemoryScope memory) {
    order();
    try (Column argument = Columns.decode(delta.column(call.arguments().getFirst()), memory);
        Column filter =
            call.filter() < 0 ? null : Columns.decode(delta.column(call.filter()), memory)) {
      int kept =
          counted.keep(
              List.of(argument),
              (BooleanColumn) filter,
              deltaRows,
              deltaGroups,
              deltaWeights,
              count);
      values.add(
          List.of(argument),
          delta.length(),
          counted.rows,
          counted.groups,
          counted.weights,
          kept,
          memory);
    }
  }

  @Override
  Column before(int from, int count, MemoryScope memory) {
    int[] best = new int[count];
    for (int i = 0; i < count; i++) {
      best[i] = saved.get(from + i) - 1;
    }
    return values(best, memory);
  }

  @Override
  Column now(int[] asked, int count, MemoryScope memory) {
    order();
    int[] best = new int[count];
    for (int i = 0; i < count; i++) {
      best[i] = best(asked[i]);
    }
    return values(best, memory);
  }

  /** Values by number, -1 for NULL. */
  private Column values(int[] best, MemoryScope memory) {
    int[] known = new int[best.length];
    int[] places = new int[best.length];
    int found = 0;
    for (int i = 0; i < best.length; i++) {
      places[i] = best[i] < 0 ? -1 : found;
      if (best[i] >= 0) {
        known[found++] = best[i];
      }
    }
    if (found == 0) {
      return Columns.nulls(type, best.length, memory);
    }
    try (Column there = values.values(known, found)) {
      return found == best.length
          ? there.retain()
          : Columns.take(there, places, 0, best.length, memory);
    }
  }

  @Override
  void clear(int[] cleared, int count) {
    order();
    for (int i = 0; i < count; i++) {
      for (int place = 0; place < heaps.length(cleared[i]); place++) {
        int value = heaps.row(cleared[i], place);
        values.remove(value);
        inHeap.set(value, false);
      }
      heaps.clear(cleared[i]);
    }
  }

  @Override
  void restore(int[] touched, int count) {
    values.rollback();
    savedCount = 0;
    isStale = true;
  }

  @Override
  void forgetSaved() {
    isStale |= values.commit();
    savedCount = 0;
  }

  @Override
  Renumbered renumbered(int[] live, int count) {
    Renumbered fewer = values.renumbered(live, count);
    return new Renumbered() {
      @Override
      public void take() {
        fewer.take();
        groupCount = count;
        isStale = true;
      }

      @Override
      public void close() {
        fewer.close();
      }
    };
  }

  @Override
  List<Type> stateTypes() {
    return List.of();
  }

  @Override
  void writeState(int group, List<ColumnBuilder> state) {}

  @Override
  void readState(List<Column> state, int first, int count) {
    ensure(first + count);
  }

  @Override
  List<Type> partTypes() {
    return values.types();
  }

  @Override
  int partLength() {
    return values.length();
  }

  @Override
  ChangedNumbers partChanges() {
    return values.changes();
  }

  @Override
  boolean isPartThere(int number) {
    return values.isThere(number);
  }

  @Override
  Batch partRows(int[] numbers, int count, MemoryScope memory) {
    return values.rows(numbers, count, memory);
  }

  @Override
  void readPart(Batch part, int[] groupIds) {
    values.read(part, groupIds);
    isStale = true;
  }

  @Override
  public void close() {
    values.close();
    heaps.close();
    inHeap.close();
    saved.close();
  }
}
