package dev.tidemill.exec.match;

import dev.tidemill.exec.aggregate.GroupedAccumulator;
import dev.tidemill.exec.expression.EvaluationContext;
import dev.tidemill.exec.memory.HeapMemory;
import dev.tidemill.exec.window.WindowRows;
import dev.tidemill.foundation.batch.Batch;
import dev.tidemill.foundation.batch.Column;
import dev.tidemill.foundation.batch.ColumnBuilder;
import dev.tidemill.foundation.batch.Columns;
import dev.tidemill.foundation.memory.MemoryScope;
import dev.tidemill.foundation.type.Type;
import dev.tidemill.plan.batch.MatchPlan;
import dev.tidemill.plan.batch.MatchValue;
import java.util.ArrayList;
import java.util.List;
import org.jspecify.annotations.Nullable;

/**
 * Makes rows of matches: collects for each row which rows its values come from, and computes the
 * measures of a batch of them at a time. One thread.
 */
final class MatchOutput implements AutoCloseable {
  private final CompiledMatch match;
  private final MatchPlan plan;
  private final WindowRows rows;
  private final EvaluationContext context;
  private final MemoryScope memory;
  private final HeapMemory heap;
  private final Column names;

  /** Of each row of the result the one of the input that it is, or begins with. */
  private final int[] given;

  private final long[] numbers;

  /** Of each row of the result where it stands, or -1 for one that no match has. */
  private final int[] matched;

  private final List<MatchedRows> sets = new ArrayList<>();
  private final List<Source> sources = new ArrayList<>();
  private final List<Batch> batches = new ArrayList<>();
  private int pending;
  private boolean hasUnmatched;

  /** Rows of a match that are of some variables. */
  private final class MatchedRows {
    final List<Integer> variables;
    final boolean[] members;
    int[] found = new int[16];
    int count;

    MatchedRows(List<Integer> variables) {
      this.variables = variables;
      this.members = MatchHistory.members(variables, match.program());
    }

    void add(int row, int step) {
      if (members[step]) {
        found = heap.grow(found, count + 1);
        found[count++] = row;
      }
    }

    int at(MatchValue.Place place) {
      int index = place.first() ? place.offset() : count - 1 - place.offset();
      return index >= 0 && index < count ? found[index] : -1;
    }
  }

  /** Where a value of the rows of the result comes from. */
  private final class Source implements AutoCloseable {
    final MatchValue value;

    /** Rows of the input, or numbers of variables, -1 for NULL. */
    final int[] places;

    final @Nullable MatchedRows set;
    final @Nullable RunningAggregate running;
    final @Nullable GroupedAccumulator results;

    Source(MatchValue value) {
      this.value = value;
      MatchValue.Place place = place();
      this.places = place == null ? new int[0] : heap.ints(Batch.MAX_ROWS);
      this.set = place == null ? null : set(place.variables());
      if (value instanceof MatchValue.Aggregate aggregate) {
        running = new RunningAggregate(aggregate, rows.rows(), match.program(), memory);
        results = running.accumulator(aggregate, memory);
        try {
          results.ensure(Batch.MAX_ROWS);
        } catch (Throwable t) {
          close();
          throw t;
        }
      } else {
        running = null;
        results = null;
      }
    }

    MatchValue.@Nullable Place place() {
      return switch (value) {
        case MatchValue.Column v -> v.place();
        case MatchValue.Classifier v -> v.place();
        case MatchValue.MatchNumber v -> null;
        case MatchValue.Aggregate v -> null;
      };
    }

    boolean isWhole() {
      MatchValue.Place place = place();
      return place != null
          ? place.whole()
          : value instanceof MatchValue.Aggregate aggregate && aggregate.whole();
    }

    @Override
    public void close() {
      if (running != null) {
        running.close();
      }
      if (results != null) {
        results.close();
      }
    }
  }

  MatchOutput(CompiledMatch match, WindowRows rows, EvaluationContext context, HeapMemory heap) {
    this.match = match;
    this.plan = match.plan();
    this.rows = rows;
    this.context = context;
    this.memory = rows.memory();
    this.heap = heap;
    this.given = heap.ints(Batch.MAX_ROWS);
    this.matched = heap.ints(Batch.MAX_ROWS);
    this.numbers = heap.longs(Batch.MAX_ROWS);
    this.names = names(plan, memory);
    try {
      for (MatchValue value : plan.values()) {
        sources.add(new Source(value));
      }
    } catch (Throwable t) {
      close();
      throw t;
    }
  }

  /** The names of the variables, the caller's to close. */
  static Column names(MatchPlan plan, MemoryScope memory) {
    try (ColumnBuilder builder = ColumnBuilder.of(Type.VARCHAR, memory, plan.variables().size())) {
      plan.variables().forEach(builder::appendValue);
      return builder.build();
    }
  }

  private MatchedRows set(List<Integer> variables) {
    for (MatchedRows set : sets) {
      if (set.variables.equals(variables)) {
        return set;
      }
    }
    MatchedRows set = new MatchedRows(variables);
    sets.add(set);
    return set;
  }

  /** One row for a match from {@code start} up to {@code end}. */
  void one(MatchHistory history, int partition, int start, int end, long number) {
    begin();
    for (int row = start; row < end; row++) {
      add(history, row);
    }
    for (Source source : sources) {
      place(source, history, partition, end);
    }
    next(start, number);
  }

  /** The rows of a match that has some. */
  void all(MatchHistory history, int partition, int start, int end, long number) {
    boolean needsWhole = sources.stream().anyMatch(Source::isWhole);
    if (needsWhole) {
      begin();
      for (int row = start; row < end; row++) {
        add(history, row);
      }
    }
    int[] whole = new int[sources.size()];
    for (int i = 0; i < whole.length; i++) {
      MatchValue.Place place = sources.get(i).place();
      if (place != null && sources.get(i).isWhole()) {
        whole[i] = found(sources.get(i), place, history, partition, start, end);
      }
    }
    for (MatchedRows set : sets) {
      set.count = 0;
    }
    for (Source source : sources) {
      if (source.running != null && !source.isWhole()) {
        source.running.reset();
      }
    }
    for (int row = start; row < end; row++) {
      int step = history.step(row);
      for (MatchedRows set : sets) {
        set.add(row, step);
      }
      for (Source source : sources) {
        if (source.running != null && !source.isWhole()) {
          source.running.add(row, step);
        }
      }
      if (match.program().isExcluded(step)) {
        continue;
      }
      for (int i = 0; i < whole.length; i++) {
        Source source = sources.get(i);
        if (source.place() != null && source.isWhole()) {
          source.places[pending] = whole[i];
        } else {
          place(source, history, partition, row + 1);
        }
      }
      next(row, number);
    }
  }

  /** A row that no match has. */
  void unmatched(int row) {
    begin();
    for (Source source : sources) {
      if (source.place() != null) {
        source.places[pending] = -1;
      }
    }
    hasUnmatched = true;
    matched[pending] = -1;
    given[pending] = row;
    numbers[pending] = 0;
    advance();
  }

  /** A row that a match may still begin with, or look back at. */
  void undecided(int row, boolean isPending) {
    given[pending] = row;
    numbers[pending] = isPending ? 1 : 0;
    advance();
  }

  private void begin() {
    for (MatchedRows set : sets) {
      set.count = 0;
    }
    for (Source source : sources) {
      if (source.running != null) {
        source.running.reset();
      }
    }
  }

  private void add(MatchHistory history, int row) {
    int step = history.step(row);
    for (MatchedRows set : sets) {
      set.add(row, step);
    }
    for (Source source : sources) {
      if (source.running != null) {
        source.running.add(row, step);
      }
    }
  }

  /** Notes what a value is with the rows so far, those before {@code end}. */
  private void place(Source source, MatchHistory history, int partition, int end) {
    MatchValue.Place place = source.place();
    if (place != null) {
      source.places[pending] = found(source, place, history, partition, history.start(), end);
    } else if (source.running != null && source.results != null) {
      source.running.copy(source.results, pending);
    }
  }

  /** The row at a place, or its variable's number for CLASSIFIER; -1 if there is none. */
  private int found(
      Source source,
      MatchValue.Place place,
      MatchHistory history,
      int partition,
      int start,
      int end) {
    int row = source.set == null ? -1 : source.set.at(place);
    if (row >= 0) {
      row =
          MatchHistory.shifted(
              row, place.shift(), rows.partitionFrom(partition), rows.partitionTo(partition));
    }
    if (row < 0 || source.value instanceof MatchValue.Column) {
      return row;
    }
    return row >= start && row < end ? match.program().variable(history.step(row)) : -1;
  }

  private void next(int row, long number) {
    matched[pending] = pending;
    given[pending] = row;
    numbers[pending] = number;
    advance();
  }

  private void advance() {
    pending++;
    if (pending == Batch.MAX_ROWS) {
      flush();
    }
  }

  private void flush() {
    if (pending == 0) {
      return;
    }
    rows.check();
    MatchPlan.Open open = plan.open();
    if (open != null && open.giving() == MatchPlan.Giving.UNDECIDED) {
      flushUndecided(open.pending());
      return;
    }
    List<Column> values = new ArrayList<>();
    List<Column> columns = new ArrayList<>();
    try {
      for (Source source : sources) {
        values.add(column(source));
      }
      addInput(columns);
      addMeasures(values, columns);
      batches.add(new Batch(pending, columns));
    } catch (Throwable t) {
      columns.forEach(Column::close);
      throw t;
    } finally {
      values.forEach(Column::close);
    }
    for (Source source : sources) {
      if (source.results != null) {
        source.results.reset(pending);
      }
    }
    pending = 0;
    hasUnmatched = false;
  }

  private void flushUndecided(int flag) {
    List<Column> columns = new ArrayList<>();
    try {
      for (int i = 0; i < rows.rows().columnCount(); i++) {
        columns.add(
            i == flag
                ? integers(Type.INTEGER)
                : Columns.take(rows.rows().column(i), given, 0, pending, memory));
      }
      batches.add(new Batch(pending, columns));
    } catch (Throwable t) {
      columns.forEach(Column::close);
      throw t;
    }
    pending = 0;
  }

  private Column integers(Type type) {
    try (ColumnBuilder builder = ColumnBuilder.of(type, memory, pending)) {
      for (int i = 0; i < pending; i++) {
        builder.appendLong(numbers[i]);
      }
      return builder.build();
    }
  }

  private Column column(Source source) {
    return switch (source.value) {
      case MatchValue.Column v ->
          Columns.take(rows.rows().column(v.column()), source.places, 0, pending, memory);
      case MatchValue.Classifier v -> Columns.take(names, source.places, 0, pending, memory);
      case MatchValue.MatchNumber v -> integers(v.type());
      case MatchValue.Aggregate v -> {
        if (source.results == null) {
          throw new IllegalStateException("no results of " + v);
        }
        yield source.results.result(0, pending, memory);
      }
    };
  }

  private void addInput(List<Column> columns) {
    int count = plan.givesInput() ? rows.rows().columnCount() : plan.partitionKeys().size();
    for (int i = 0; i < count; i++) {
      int column = plan.givesInput() ? i : plan.partitionKeys().get(i);
      columns.add(Columns.take(rows.rows().column(column), given, 0, pending, memory));
    }
  }

  private void addMeasures(List<Column> values, List<Column> columns) {
    Batch batch = new Batch(pending, values.stream().map(Column::retain).toList());
    try (batch) {
      List<Column> measures = match.measures().evaluate(batch, context);
      if (!hasUnmatched) {
        columns.addAll(measures);
        return;
      }
      try {
        for (Column measure : measures) {
          columns.add(Columns.take(measure, matched, 0, pending, memory));
        }
      } finally {
        measures.forEach(Column::close);
      }
    }
  }

  /** All rows, the caller's to close. */
  List<Batch> finish() {
    flush();
    List<Batch> all = List.copyOf(batches);
    batches.clear();
    return all;
  }

  @Override
  public void close() {
    batches.forEach(Batch::close);
    sources.forEach(Source::close);
    names.close();
  }
}
