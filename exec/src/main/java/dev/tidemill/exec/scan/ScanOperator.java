package dev.tidemill.exec.scan;

import dev.tidemill.exec.context.TableSnapshot;
import dev.tidemill.exec.error.ExecErrors;
import dev.tidemill.exec.expression.ColumnRange;
import dev.tidemill.exec.expression.EvaluationContext;
import dev.tidemill.exec.linear.Evaluations;
import dev.tidemill.exec.pipeline.BatchSink;
import dev.tidemill.exec.pipeline.Downstream;
import dev.tidemill.exec.pipeline.Operator;
import dev.tidemill.exec.pipeline.Run;
import dev.tidemill.exec.pipeline.Source;
import dev.tidemill.exec.pipeline.SourceReader;
import dev.tidemill.exec.pipeline.Worker;
import dev.tidemill.foundation.batch.Batch;
import dev.tidemill.foundation.memory.MemoryScope;
import dev.tidemill.foundation.type.ArrowTypes;
import dev.tidemill.foundation.type.Type;
import dev.tidemill.plan.batch.OutputColumn;
import dev.tidemill.plan.batch.ScanPlan;
import dev.tidemill.plan.expression.Expression;
import dev.tidemill.storage.table.BatchReader;
import dev.tidemill.storage.table.ColumnFilter;
import dev.tidemill.storage.table.FilterSupport;
import dev.tidemill.storage.table.ScanRequest;
import dev.tidemill.storage.table.Split;
import dev.tidemill.storage.table.StagedReader;
import dev.tidemill.storage.table.ValueExtremes;
import java.util.ArrayList;
import java.util.HashSet;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.ConcurrentMap;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.concurrent.atomic.AtomicLong;
import org.apache.arrow.vector.types.pojo.Field;
import org.jspecify.annotations.Nullable;

/**
 * Reads a snapshot of a table, split by split; a split is a morsel. The plan's conditions go down
 * to the table as far as it takes them; all that it does not apply exactly are checked here. {@link
 * RuntimeFilter}s that are known when a split is opened go down with it, and are applied here.
 */
public final class ScanOperator extends Operator {
  /** So many let threads end at about the same time, and dictionaries be read few times. */
  private static final int SPLITS_PER_THREAD = 2;

  private final ScanPlan scan;
  private final List<Type> types;

  /** The conditions that some run had to check. */
  private final ConcurrentMap<Expression, ScanCondition> conditions = new ConcurrentHashMap<>();

  public ScanOperator(ScanPlan plan) {
    super(plan, List.of());
    this.scan = plan;
    this.types = plan.columns().stream().map(OutputColumn::type).toList();
    ColumnRange.paired(plan.filters()).forEach(this::condition);
  }

  private ScanCondition condition(Expression condition) {
    return conditions.computeIfAbsent(condition, c -> ScanCondition.OfPlan.of(c, types));
  }

  /**
   * Lets the scan of this run leave out rows that {@code filter} rejects; while operators are
   * connected.
   */
  public void addFilter(Run run, RuntimeFilter filter) {
    run.attach(this, filter);
  }

  /**
   * Lets the scan of this run, which has no conditions, give other rows with the same least and
   * greatest values; while operators are connected.
   */
  public void needsExtremesOnly(Run run) {
    run.attach(this, Need.EXTREMES);
  }

  /** What is needed of the rows, where that is not all. */
  private enum Need {
    EXTREMES
  }

  @Override
  public String name() {
    return "Scan(" + scan.table() + ")";
  }

  @Override
  protected void connect(Run run, Downstream down) {
    TableSnapshot snapshot = run.context().table(scan.table());
    checkColumns(snapshot);
    ColumnFilters translation = new ColumnFilters(scan.columns(), run.context().parameters());
    List<ColumnFilter> pushed = new ArrayList<>();
    List<Expression> unsure = new ArrayList<>();
    for (Expression condition : scan.filters()) {
      ColumnFilter filter = translation.of(condition);
      FilterSupport support = filter == null ? FilterSupport.NO : snapshot.table().support(filter);
      if (filter != null && support != FilterSupport.NO) {
        pushed.add(filter);
      }
      if (support != FilterSupport.EXACT) {
        unsure.add(condition);
      }
    }
    List<ScanCondition> left = ColumnRange.paired(unsure).stream().map(this::condition).toList();
    ScanRequest request =
        new ScanRequest(
            scan.columns().stream().map(OutputColumn::name).toList(),
            snapshot.from(),
            snapshot.to(),
            pushed,
            left.isEmpty() ? scan.limit() : -1);
    run.pipeline(this, new Splits(run, snapshot, request, left), down);
  }

  private void checkColumns(TableSnapshot snapshot) {
    for (OutputColumn column : scan.columns()) {
      Field found = null;
      for (Field field : snapshot.table().schema().getFields()) {
        found = field.getName().equals(column.name()) ? field : found;
      }
      if (found == null || !ArrowTypes.type(found).equals(column.type())) {
        throw ExecErrors.columnGone(scan.table().toString(), column.name() + " " + column.type());
      }
    }
  }

  /** The splits of one run, which workers take one by one; found when the first is asked for. */
  private final class Splits implements Source {
    private final Run run;
    private final TableSnapshot snapshot;
    private final ScanRequest request;
    private final List<ScanCondition> conditions;
    private final MemoryScope memory;
    private final AtomicInteger next = new AtomicInteger();
    private final AtomicLong rows = new AtomicLong();
    private final Map<RuntimeFilter, RuntimeSelection.Counts> counts = new ConcurrentHashMap<>();
    private @Nullable List<Split> splits;

    /** Of the columns, where no more is needed and they are known; there are no splits then. */
    private @Nullable List<ValueExtremes> extremes;

    Splits(Run run, TableSnapshot snapshot, ScanRequest request, List<ScanCondition> conditions) {
      this.run = run;
      this.snapshot = snapshot;
      this.request = request;
      this.conditions = conditions;
      this.memory = run.memory(ScanOperator.this);
    }

    private synchronized List<Split> splits() {
      if (splits == null) {
        int parts = run.threads() == 1 ? 1 : run.threads() * SPLITS_PER_THREAD;
        ScanRequest narrowed = request(known());
        extremes = needsExtremesOnly() ? snapshot.table().extremes(request) : null;
        splits = extremes == null ? snapshot.table().splits(narrowed, parts) : List.of();
        if (run.context().countsParts()) {
          countParts(narrowed);
        }
      }
      return splits;
    }

    private boolean needsExtremesOnly() {
      return !run.attached(ScanOperator.this, Need.class).isEmpty()
          && run.attached(ScanOperator.this, RuntimeFilter.class).isEmpty();
    }

    /** Parts as the table has them, before they are divided among threads. */
    private void countParts(ScanRequest narrowed) {
      ScanRequest whole =
          new ScanRequest(request.columns(), request.from(), request.to(), List.of(), -1);
      int all = snapshot.table().splits(whole).size();
      int left = extremes == null ? snapshot.table().splits(narrowed).size() : 0;
      run.counters(ScanOperator.this).setParts(all, all - left);
    }

    @Override
    public int parallelism() {
      int count = splits().size();
      return extremes == null ? Math.min(run.threads(), count) : 1;
    }

    @Override
    public SourceReader open(Worker worker) {
      return new Reader(this, worker);
    }

    private List<RuntimeFilter> known() {
      return run.attached(ScanOperator.this, RuntimeFilter.class).stream()
          .filter(filter -> filter.moves() || filter.isKnown())
          .toList();
    }

    /** The request with what is known by now. */
    private ScanRequest request(List<RuntimeFilter> filters) {
      if (filters.isEmpty()) {
        return request;
      }
      List<ColumnFilter> all = new ArrayList<>(request.filters());
      for (RuntimeFilter filter : filters) {
        ColumnFilter range = filter.isKnown() ? filter.range() : null;
        if (range != null && snapshot.table().support(range) != FilterSupport.NO) {
          all.add(range);
        }
      }
      return new ScanRequest(request.columns(), request.from(), request.to(), all, -1);
    }

    /** Opens the next split, with the filters that are known by now; null behind the last. */
    @Nullable OpenSplit nextSplit() {
      int index = next.getAndIncrement();
      List<Split> all = splits();
      if (extremes != null && index == 0) {
        return new OpenSplit(new ExtremesReader(types, extremes, memory), List.of());
      }
      if (index >= all.size()) {
        return null;
      }
      List<RuntimeFilter> filters = known();
      return new OpenSplit(
          snapshot.table().open(all.get(index), request(filters), memory), filters);
    }

    ScanCondition condition(RuntimeFilter filter) {
      return new ScanCondition.OfRun(
          new RuntimeSelection(
              filter,
              counts.computeIfAbsent(
                  filter, f -> new RuntimeSelection.Counts(run.counters(ScanOperator.this)))));
    }

    /** Counts rows of the result; says whether more are needed. */
    boolean needsMoreAfter(long count) {
      return scan.limit() < 0 || rows.addAndGet(count) < scan.limit();
    }
  }

  /**
   * A split that is being read.
   *
   * @param filters that were known when it was opened
   */
  private record OpenSplit(BatchReader reader, List<RuntimeFilter> filters) {}

  private final class Reader implements SourceReader {
    private final Splits splits;
    private final Worker worker;
    private final EvaluationContext context;
    private final ScanConditions conditions = new ScanConditions();
    private final Set<RuntimeFilter> filters = new HashSet<>();
    private final SmallBatches small;
    private @Nullable BatchReader reader;
    private ScanRows.@Nullable OfStages stages;
    private long bytesCounted;

    Reader(Splits splits, Worker worker) {
      this.splits = splits;
      this.worker = worker;
      this.context = Evaluations.context(worker.run(), splits.memory);
      this.small = new SmallBatches(types, splits.memory);
      splits.conditions.forEach(conditions::add);
    }

    @Override
    public boolean advance(BatchSink out) {
      BatchReader current = reader;
      if (current == null) {
        return openNext();
      }
      try (ScanRows rows = nextRows(current)) {
        if (rows == null) {
          countBytes();
          closeReader();
          return small.flush(out);
        }
        conditions.apply(rows, context);
        return rows.count() == 0 || push(rows, out);
      }
    }

    private boolean openNext() {
      OpenSplit next = splits.nextSplit();
      if (next == null) {
        return false;
      }
      reader = next.reader;
      bytesCounted = 0;
      StagedReader staged = next.reader.staged();
      stages = staged == null ? null : new ScanRows.OfStages(staged, types.size(), splits.memory);
      for (RuntimeFilter filter : next.filters) {
        if (filters.add(filter)) {
          conditions.add(splits.condition(filter));
        }
      }
      return true;
    }

    private @Nullable ScanRows nextRows(BatchReader current) {
      if (stages != null) {
        return stages.advance() ? stages : null;
      }
      Batch batch = current.next();
      return batch == null ? null : new ScanRows.OfBatch(batch);
    }

    private boolean push(ScanRows rows, BatchSink out) {
      try (Batch batch = rows.take()) {
        countBytes();
        boolean needsMore =
            conditions.isEmpty() || scan.limit() >= 0 ? out.push(batch) : small.push(batch, out);
        return needsMore && splits.needsMoreAfter(batch.rowCount());
      }
    }

    private void countBytes() {
      long bytesRead = reader == null ? bytesCounted : reader.bytesRead();
      worker.run().counters(ScanOperator.this).addBytesRead(bytesRead - bytesCounted);
      bytesCounted = bytesRead;
    }

    private void closeReader() {
      stages = null;
      if (reader != null) {
        worker.run().counters(ScanOperator.this).addReads(reader.skipped());
        reader.close();
        reader = null;
      }
    }

    @Override
    public void close() {
      small.close();
      closeReader();
    }
  }
}
