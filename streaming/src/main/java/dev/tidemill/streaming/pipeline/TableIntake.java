package dev.tidemill.streaming.pipeline;

import dev.tidemill.exec.expression.CompiledExpression;
import dev.tidemill.exec.expression.ExpressionCompiler;
import dev.tidemill.foundation.batch.Batch;
import dev.tidemill.foundation.batch.Column;
import dev.tidemill.foundation.batch.Columns;
import dev.tidemill.foundation.batch.FixedColumn;
import dev.tidemill.foundation.batch.Selection;
import dev.tidemill.foundation.type.ArrowTypes;
import dev.tidemill.plan.batch.OutputColumn;
import dev.tidemill.plan.batch.TableReference;
import dev.tidemill.plan.delta.EventTime;
import dev.tidemill.plan.delta.EventTime.TimeWindows;
import dev.tidemill.plan.expression.Expression;
import dev.tidemill.storage.table.BatchReader;
import dev.tidemill.storage.table.Changelog;
import dev.tidemill.storage.table.ScanRequest;
import dev.tidemill.storage.table.Split;
import dev.tidemill.storage.table.Table;
import dev.tidemill.streaming.state.KeyedValueState;
import dev.tidemill.streaming.state.QueryState;
import java.nio.charset.StandardCharsets;
import java.util.ArrayList;
import java.util.List;
import org.apache.arrow.vector.types.pojo.Field;
import org.jspecify.annotations.Nullable;

/**
 * The rows that a step takes from one table, read once for all scans of it, in the order that the
 * promise needs: the maximum of the watermark expression over <em>all</em> rows, then lateness,
 * then each scan's filters.
 *
 * <p>State: how far the table's event time has come, and whether it has ended.
 */
final class TableIntake {
  private static final String STATE = "watermarks";
  private static final String ROWS = "rows of ";

  private final TableReference reference;
  private final Table table;
  private final List<OutputColumn> columns = new ArrayList<>();
  private final List<ScanOperator> scans = new ArrayList<>();
  private final QueryState states;
  private final KeyedValueState state;
  private final byte[] key;

  private boolean hasWatermark;
  private long maxAheadMillis;
  private long idleTimeoutMillis;
  private @Nullable CompiledExpression watermark;
  private @Nullable CompiledExpression time;
  private List<TimeWindows> windows = List.of();

  /** Where rows that go are told by their key. */
  private @Nullable LastRows lastRows;

  private @Nullable Changelog changelog;

  /** Where rows may be late. */
  private @Nullable LateRowCollector late;

  /** Whether the plan has a place for rows that go. */
  private boolean changing;

  private long rows;
  private long untimedRows;
  private long aheadRows;
  private long lateRows;
  private long rejectedRows;
  private final TableTimes.Maxima maxima = new TableTimes.Maxima();

  TableIntake(TableReference reference, Table table, QueryState states) {
    this.reference = reference;
    this.table = table;
    this.states = states;
    this.state = states.keyedValue(STATE);
    this.key = String.join("\u0000", reference.path()).getBytes(StandardCharsets.UTF_8);
  }

  /**
   * Adds a scan of the table; once all are there, {@link #compile}.
   *
   * @throws dev.tidemill.foundation.error.TidemillException TABLE_CHANGED
   */
  void add(ScanOperator scan) {
    List<OutputColumn> wanted = scan.plan().columns();
    int[] places = new int[wanted.size()];
    for (int i = 0; i < places.length; i++) {
      places[i] = place(wanted.get(i));
    }
    scan.setPlaces(places);
    scans.add(scan);
  }

  private int place(OutputColumn wanted) {
    for (int i = 0; i < columns.size(); i++) {
      if (columns.get(i).name().equals(wanted.name())) {
        return i;
      }
    }
    for (Field field : table.schema().getFields()) {
      if (field.getName().equals(wanted.name()) && ArrowTypes.type(field).equals(wanted.type())) {
        columns.add(wanted);
        return columns.size() - 1;
      }
    }
    throw PipelineErrors.columnGone(reference.toString(), wanted.name() + " " + wanted.type());
  }

  /**
   * Compiles the event time, which is the same in all scans of a table, over the columns of the
   * first.
   */
  void compile() {
    changelog = table.changelog();
    changing = scans.get(0).plan().changing();
    List<String> keyNames = scans.get(0).plan().key();
    if (!keyNames.isEmpty()) {
      lastRows = lastRows(keyNames);
    }
    EventTime eventTime = scans.get(0).plan().eventTime();
    hasWatermark = scans.get(0).plan().ofResult();
    if (eventTime == null) {
      return;
    }
    hasWatermark = true;
    maxAheadMillis = eventTime.maxAheadMillis();
    idleTimeoutMillis = eventTime.idleTimeoutMillis();
    watermark = compile(eventTime.watermark());
    switch (eventTime.lateness()) {
      case EventTime.Never never -> {}
      case EventTime.ByWindow byWindow -> {
        time = compile(eventTime.time());
        windows = byWindow.windows();
      }
      case EventTime.ByTime byTime -> time = compile(eventTime.time());
    }
    if (time != null) {
      late = new LateRowCollector(table, columns);
    }
  }

  private LastRows lastRows(List<String> keyNames) {
    Changelog changes = changelog;
    if (changes == null || !changes.key().equals(keyNames)) {
      throw PipelineErrors.columnGone(
          reference.toString(), "PRIMARY KEY (" + String.join(", ", keyNames) + ")");
    }
    int[] key = keyNames.stream().mapToInt(this::keyPlace).toArray();
    return new LastRows(
        reference.toString(),
        columns,
        key,
        changes.onMissing(),
        states.keyedValue(ROWS + String.join("\u0000", reference.path())));
  }

  private int keyPlace(String name) {
    for (Field field : table.schema().getFields()) {
      if (field.getName().equals(name)) {
        return place(new OutputColumn(name, ArrowTypes.type(field), field.isNullable()));
      }
    }
    throw PipelineErrors.columnGone(reference.toString(), name);
  }

  /** The first scan's columns are the first that are read, in its order. */
  private CompiledExpression compile(Expression expression) {
    return ExpressionCompiler.compile(
        expression, columns.stream().map(OutputColumn::type).toList());
  }

  TableReference table() {
    return reference;
  }

  boolean hasWatermark() {
    return hasWatermark;
  }

  /** Rows read in this step. */
  long rows() {
    return rows;
  }

  long lateRows() {
    return lateRows;
  }

  /** Rows that could not be read and were left out. */
  long rejectedRows() {
    return rejectedRows;
  }

  UnusualRows unusual() {
    return new UnusualRows(lastRows == null ? 0 : lastRows.missing(), untimedRows, aheadRows);
  }

  /** Goes on where another of the same table stands. */
  void takeOver(TableIntake before) {
    byte[] times = before.state.get(key);
    if (times != null) {
      state.put(key, times);
    }
    if (lastRows != null && before.lastRows != null) {
      lastRows.takeOver(before.lastRows);
    }
  }

  /** Its part of W. */
  QueryTimes.Of times() {
    return new QueryTimes.Of(kept(), idleTimeoutMillis);
  }

  private TableTimes kept() {
    byte[] kept = state.get(key);
    return kept == null ? TableTimes.NONE : TableTimes.decode(kept);
  }

  /** The late rows of the step; the caller's from now on. */
  List<Batch> takeLate() {
    return late == null ? List.of() : late.take();
  }

  void begin() {
    rows = 0;
    lateRows = 0;
    untimedRows = 0;
    aheadRows = 0;
    if (lastRows != null) {
      lastRows.begin();
    }
    rejectedRows = 0;
    maxima.clear();
    if (late != null) {
      late.begin();
    }
  }

  /** Reads the range and gives its rows to the scans. */
  void take(StepInput.Range range, long number, Step step) {
    String before = step.times().enter("intake of " + reference);
    ScanRequest request =
        new ScanRequest(
            columns.stream().map(OutputColumn::name).toList(),
            range.from() == null ? table.start() : range.from(),
            range.to(),
            List.of(),
            -1);
    for (Split split : changelog == null ? table.splits(request) : changelog.splits(request)) {
      take(split, request, number, step);
    }
    if (lastRows != null) {
      passChanges(lastRows.delta(step), step);
    }
    boolean ended = range.ended();
    if (scans.get(0).plan().ofResult() && table instanceof WatermarkSource result) {
      long micros = result.watermarkMicros(range.to());
      ended |= micros == Long.MAX_VALUE;
      maxima.add("", micros);
    }
    if (hasWatermark) {
      TableTimes after =
          kept()
              .after(
                  table.partitions(range.to()),
                  maxima.all(),
                  range.waiting(),
                  ended,
                  step.timeMicros(),
                  idleTimeoutMillis);
      state.put(key, after.encode());
    }
    step.times().enter(before);
  }

  private void take(Split split, ScanRequest request, long number, Step step) {
    LastRows keyed = lastRows;
    // Where a late row stands is asked of the reader while it is at its batch.
    boolean readsAhead = late == null;
    try (BatchReader reader = open(split, request, step);
        ReadAhead batches = new ReadAhead(reader, readsAhead, step)) {
      for (Batch next = batches.next(); next != null; next = batches.next()) {
        try (Batch batch = next) {
          rows += batch.rowCount();
          if (!changing && batch.weights() != null) {
            throw PipelineErrors.removesRows(reference.toString());
          }
          observe(batch, split.partition(), step);
          if (keyed == null) {
            passOnTime(batch, split, reader, step);
          } else {
            keyed.add(batch, number, step);
          }
        }
      }
      rejectedRows += reader.rejectedRows();
    }
    if (late != null) {
      late.endSplit(
          split,
          all ->
              open(
                  split,
                  new ScanRequest(all, request.from(), request.to(), request.filters(), -1),
                  step),
          step);
    }
  }

  private BatchReader open(Split split, ScanRequest request, Step step) {
    return changelog == null
        ? table.open(split, request, step.memory())
        : changelog.open(split, request, step.memory());
  }

  private void passChanges(List<Batch> changes, Step step) {
    try {
      for (Batch batch : changes) {
        passOnTime(batch, null, null, step);
      }
    } finally {
      changes.forEach(Batch::close);
    }
  }

  /**
   * @param split where the batch was read, by {@code reader}; null where its rows are not as they
   *     were read
   */
  private void passOnTime(
      Batch batch, @Nullable Split split, @Nullable BatchReader reader, Step step) {
    LateRowCollector collector = late;
    CompiledExpression timeExpression = time;
    if (collector == null || timeExpression == null) {
      pass(batch, step);
      return;
    }
    int[] places = new int[step.watermarkBefore() == Long.MIN_VALUE ? 0 : batch.rowCount()];
    int count = places.length == 0 ? 0 : late(batch, timeExpression, places, step);
    if (count == 0) {
      pass(batch, step);
    } else {
      lateRows += count;
      if (split == null || reader == null) {
        collector.add(batch, places, count, step);
      } else {
        collector.add(batch, places, count, split, reader, step);
      }
      try (Batch rest = batch.select(without(batch, places, count))) {
        pass(rest, step);
      }
    }
    if (split != null) {
      collector.passed(batch);
    }
  }

  /** The rows of a batch but for some, given by their ascending places among those that count. */
  private static Selection without(Batch batch, int[] places, int count) {
    int[] kept = new int[batch.rowCount() - count];
    int next = 0;
    int length = 0;
    for (int i = 0; i < batch.rowCount(); i++) {
      if (next < count && places[next] == i) {
        next++;
      } else {
        kept[length++] = batch.row(i);
      }
    }
    return new Selection(kept, length);
  }

  private void observe(Batch batch, String partition, Step step) {
    CompiledExpression expression = watermark;
    if (expression == null) {
      return;
    }
    try (Column evaluated = expression.evaluate(batch, step.evaluation());
        Column plain = Columns.decode(evaluated, step.memory())) {
      FixedColumn times = (FixedColumn) plain;
      long perSecond = EventTimes.perSecond(times.type());
      long greatest = Long.MIN_VALUE;
      long last = maxAheadMillis == 0 ? Long.MAX_VALUE : step.timeMicros() + maxAheadMillis * 1000;
      for (int i = 0; i < batch.rowCount(); i++) {
        int row = batch.row(i);
        if (batch.weightAt(row) < 0) {
          continue;
        }
        if (times.isNull(row)) {
          untimedRows++;
        } else if (maxAheadMillis > 0
            && EventTimes.microsFloor(times.longAt(row), perSecond) > last) {
          aheadRows++;
        } else {
          greatest = Math.max(greatest, times.longAt(row));
        }
      }
      if (batch.rowCount() > 0) {
        maxima.add(
            partition,
            greatest == Long.MIN_VALUE
                ? Long.MIN_VALUE
                : EventTimes.microsFloor(greatest, perSecond));
      }
    }
  }

  /** Gives the places of the late rows among those of the batch that count, and their number. */
  private int late(Batch batch, CompiledExpression expression, int[] places, Step step) {
    int count = 0;
    try (Column evaluated = expression.evaluate(batch, step.evaluation());
        Column plain = Columns.decode(evaluated, step.memory())) {
      FixedColumn times = (FixedColumn) plain;
      long perSecond = EventTimes.perSecond(times.type());
      for (int i = 0; i < batch.rowCount(); i++) {
        int row = batch.row(i);
        if (!times.isNull(row) && isLate(times.longAt(row), perSecond, step.watermarkBefore())) {
          places[count++] = i;
        }
      }
    }
    return count;
  }

  private boolean isLate(long at, long perSecond, long watermarkMicros) {
    if (windows.isEmpty()) {
      return EventTimes.microsCeil(at, perSecond) < watermarkMicros;
    }
    long end = EventTimes.earliestEnd(at, perSecond, windows);
    return end != Long.MAX_VALUE && end <= watermarkMicros;
  }

  /** Gives back what a step that failed may have left. */
  void close() {
    if (late != null) {
      late.begin();
    }
  }

  private void pass(Batch batch, Step step) {
    for (ScanOperator scan : scans) {
      scan.input(0).push(batch, step);
    }
  }
}
