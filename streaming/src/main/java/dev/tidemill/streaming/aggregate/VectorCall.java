package dev.tidemill.streaming.aggregate;

import dev.tidemill.exec.aggregate.WeightedAccumulator;
import dev.tidemill.foundation.batch.Batch;
import dev.tidemill.foundation.batch.BooleanColumn;
import dev.tidemill.foundation.batch.Column;
import dev.tidemill.foundation.batch.ColumnBuilder;
import dev.tidemill.foundation.batch.Columns;
import dev.tidemill.foundation.memory.MemoryScope;
import dev.tidemill.foundation.type.Type;
import dev.tidemill.plan.batch.AggregateCall;
import dev.tidemill.streaming.state.ChangedNumbers;
import dev.tidemill.streaming.state.Renumbered;
import java.util.ArrayList;
import java.util.List;
import java.util.function.Supplier;
import org.jspecify.annotations.Nullable;

/** A call whose states are columns: those of the batch operators' accumulators. */
final class VectorCall extends GroupCall {
  private final AggregateCall call;
  private final Supplier<WeightedAccumulator> factory;
  private final @Nullable DistinctValues distinct;
  private WeightedAccumulator states;
  private final WeightedAccumulator saved;
  private final WeightedAccumulator scratch;
  private int savedCount;
  private final CountedRows counted = new CountedRows();
  private int[] places = new int[0];

  /**
   * @param factory makes accumulators of the call without groups
   * @param distinct where equal values count once
   */
  VectorCall(
      AggregateCall call,
      Supplier<WeightedAccumulator> factory,
      @Nullable DistinctValues distinct) {
    this.call = call;
    this.factory = factory;
    this.distinct = distinct;
    this.states = factory.get();
    this.saved = factory.get();
    this.scratch = factory.get();
  }

  @Override
  void ensure(int count) {
    states.ensure(count);
  }

  /** 0, 1, 2 … */
  private int[] places(int count) {
    if (places.length < count) {
      places = new int[Math.max(count, places.length * 2)];
      for (int i = 0; i < places.length; i++) {
        places[i] = i;
      }
    }
    return places;
  }

  @Override
  void save(int[] touched, int count) {
    saved.ensure(savedCount + count);
    int[] to = new int[count];
    for (int i = 0; i < count; i++) {
      to[i] = savedCount + i;
    }
    try {
      saved.merge(states, touched, to, count);
    } catch (Throwable t) {
      saved.clear(to, count);
      throw t;
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
    List<Column> arguments = new ArrayList<>();
    BooleanColumn filter = null;
    try {
      for (int argument : call.arguments()) {
        arguments.add(Columns.decode(delta.column(argument), memory));
      }
      if (call.filter() >= 0) {
        filter = (BooleanColumn) Columns.decode(delta.column(call.filter()), memory);
      }
      boolean all =
          filter == null && distinct == null && arguments.stream().noneMatch(Column::mayHaveNulls);
      if (all) {
        states.addWeighted(first(arguments), deltaRows, deltaGroups, deltaWeights, count);
        return;
      }
      int kept = counted.keep(arguments, filter, deltaRows, deltaGroups, deltaWeights, count);
      if (distinct != null) {
        kept =
            distinct.add(
                arguments,
                delta.length(),
                counted.rows,
                counted.groups,
                counted.weights,
                kept,
                memory);
      }
      states.addWeighted(first(arguments), counted.rows, counted.groups, counted.weights, kept);
    } finally {
      arguments.forEach(Column::close);
      if (filter != null) {
        filter.close();
      }
    }
  }

  @Override
  boolean isHeavy() {
    return distinct != null;
  }

  private static @Nullable Column first(List<Column> arguments) {
    return arguments.isEmpty() ? null : arguments.get(0);
  }

  @Override
  Column before(int from, int count, MemoryScope memory) {
    return saved.result(from, count, memory);
  }

  @Override
  Column now(int[] asked, int count, MemoryScope memory) {
    scratch.ensure(count);
    scratch.reset(count);
    scratch.merge(states, asked, places(count), count);
    return scratch.result(0, count, memory);
  }

  @Override
  void merge(int from, int to) {
    if (distinct != null) {
      super.merge(from, to);
    }
    scratch.ensure(1);
    scratch.reset(1);
    scratch.merge(states, new int[] {from}, places(1), 1);
    states.merge(scratch, places(1), new int[] {to}, 1);
  }

  @Override
  void clear(int[] cleared, int count) {
    states.clear(cleared, count);
    if (distinct != null) {
      distinct.clear(cleared, count);
    }
  }

  @Override
  void restore(int[] touched, int count) {
    int known = Math.min(count, savedCount);
    states.clear(touched, known);
    states.merge(saved, places(known), touched, known);
    if (distinct != null) {
      distinct.rollback();
    }
    forget();
  }

  @Override
  void forgetSaved() {
    if (distinct != null) {
      distinct.commit();
    }
    forget();
  }

  private void forget() {
    saved.reset(savedCount);
    savedCount = 0;
  }

  @Override
  Renumbered renumbered(int[] live, int count) {
    WeightedAccumulator fewer = factory.get();
    Renumbered values;
    try {
      fewer.ensure(count);
      int[] from = new int[Math.min(count, Batch.MAX_ROWS)];
      int[] to = new int[from.length];
      for (int first = 0; first < count; first += from.length) {
        int length = Math.min(from.length, count - first);
        for (int i = 0; i < length; i++) {
          from[i] = live[first + i];
          to[i] = first + i;
        }
        fewer.merge(states, from, to, length);
      }
      values = distinct == null ? null : distinct.renumbered(live, count);
    } catch (Throwable t) {
      fewer.close();
      throw t;
    }
    return new Renumbered() {
      private WeightedAccumulator other = fewer;

      @Override
      public void take() {
        WeightedAccumulator before = states;
        states = other;
        other = before;
        if (values != null) {
          values.take();
        }
      }

      @Override
      public void close() {
        other.close();
        if (values != null) {
          values.close();
        }
      }
    };
  }

  @Override
  List<Type> stateTypes() {
    return states.stateTypes();
  }

  @Override
  void writeState(int group, List<ColumnBuilder> state) {
    states.writeState(group, state);
  }

  @Override
  void readState(List<Column> state, int first, int count) {
    int[] to = new int[count];
    for (int i = 0; i < count; i++) {
      to[i] = first + i;
    }
    states.ensure(first + count);
    states.mergeState(state, places(count), to, count);
  }

  @Override
  List<Type> partTypes() {
    return distinct == null ? List.of() : distinct.types();
  }

  @Override
  int partLength() {
    return distinct == null ? 0 : distinct.length();
  }

  @Override
  ChangedNumbers partChanges() {
    return distinct == null ? super.partChanges() : distinct.changes();
  }

  @Override
  boolean isPartThere(int number) {
    return distinct != null && distinct.isThere(number);
  }

  @Override
  Batch partRows(int[] numbers, int count, MemoryScope memory) {
    return distinct == null
        ? super.partRows(numbers, count, memory)
        : distinct.rows(numbers, count, memory);
  }

  @Override
  void readPart(Batch part, int[] groupIds) {
    if (distinct == null) {
      super.readPart(part, groupIds);
    } else {
      distinct.read(part, groupIds);
    }
  }

  @Override
  public void close() {
    states.close();
    saved.close();
    scratch.close();
    if (distinct != null) {
      distinct.close();
    }
  }
}
