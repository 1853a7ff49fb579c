package dev.tidemill.exec.scan;

import dev.tidemill.exec.context.TableSnapshot;
import dev.tidemill.exec.error.ExecErrors;
import dev.tidemill.exec.expression.ExpressionCompiler;
import dev.tidemill.exec.expression.Predicate;
import dev.tidemill.exec.linear.Evaluations;
import dev.tidemill.exec.linear.FilterStage;
import dev.tidemill.exec.pipeline.BatchSink;
import dev.tidemill.exec.pipeline.Downstream;
import dev.tidemill.exec.pipeline.Operator;
import dev.tidemill.exec.pipeline.Run;
import dev.tidemill.exec.pipeline.Source;
import dev.tidemill.exec.pipeline.SourceReader;
import dev.tidemill.exec.pipeline.Worker;
import dev.tidemill.foundation.batch.Batch;
import dev.tidemill.foundation.batch.Selection;
import dev.tidemill.foundation.memory.MemoryScope;
import dev.tidemill.foundation.type.ArrowTypes;
import dev.tidemill.foundation.type.Type;
import dev.tidemill.plan.batch.OutputColumn;
import dev.tidemill.plan.batch.ScanPlan;
import dev.tidemill.plan.expression.And;
import dev.tidemill.plan.expression.Expression;
import dev.tidemill.storage.table.BatchReader;
import dev.tidemill.storage.table.ColumnFilter;
import dev.tidemill.storage.table.FilterSupport;
import dev.tidemill.storage.table.ScanRequest;
import dev.tidemill.storage.table.Split;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
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
  private final ScanPlan scan;
  private final List<Type> types;

  /** By the conditions that are left to check. */
  private final ConcurrentMap<List<Expression>, Predicate> predicates = new ConcurrentHashMap<>();

  public ScanOperator(ScanPlan plan) {
    super(plan, List.of());
    this.scan = plan;
    this.types = plan.columns().stream().map(OutputColumn::type).toList();
    predicate(plan.filters());
  }

  private @Nullable Predicate predicate(List<Expression> conditions) {
    return conditions.isEmpty()
        ? null
        : predicates.computeIfAbsent(
            conditions,
            all ->
                ExpressionCompiler.compilePredicate(
                    all.size() == 1 ? all.get(0) : new And(all), types));
  }

  /**
   * Lets the scan of this run leave out rows that {@code filter} rejects; while operators are
   * connected.
   */
  public void addFilter(Run run, RuntimeFilter filter) {
    run.attach(this, filter);
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
    List<Expression> left = new ArrayList<>();
    for (Expression condition : scan.filters()) {
      ColumnFilter filter = translation.of(condition);
      FilterSupport support = filter == null ? FilterSupport.NO : snapshot.table().support(filter);
      if (filter != null && support != FilterSupport.NO) {
        pushed.add(filter);
      }
      if (support != FilterSupport.EXACT) {
        left.add(condition);
      }
    }
    ScanRequest request =
        new ScanRequest(
            scan.columns().stream().map(OutputColumn::name).toList(),
            snapshot.from(),
            snapshot.to(),
            pushed,
            left.isEmpty() ? scan.limit() : -1);
    run.pipeline(this, new Splits(run, snapshot, request, predicate(left)), down);
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
    private final @Nullable Predicate predicate;
    private final MemoryScope memory;
    private final AtomicInteger next = new AtomicInteger();
    private final AtomicLong rows = new AtomicLong();
    private final Map<RuntimeFilter, RuntimeSelection.Counts> counts = new ConcurrentHashMap<>();
    private @Nullable List<Split> splits;

    Splits(Run run, TableSnapshot snapshot, ScanRequest request, @Nullable Predicate predicate) {
      this.run = run;
      this.snapshot = snapshot;
      this.request = request;
      this.predicate = predicate;
      this.memory = run.memory(ScanOperator.this);
    }

    private synchronized List<Split> splits() {
      if (splits == null) {
        splits = snapshot.table().splits(request(known()));
      }
      return splits;
    }

    @Override
    public int parallelism() {
      return Math.min(run.threads(), splits().size());
    }

    @Override
    public SourceReader open(Worker worker) {
      return new Reader(this, worker);
    }

    private List<RuntimeFilter> known() {
      return run.attached(ScanOperator.this, RuntimeFilter.class).stream()
          .filter(RuntimeFilter::isKnown)
          .toList();
    }

    /** The request with what is known by now. */
    private ScanRequest request(List<RuntimeFilter> filters) {
      if (filters.isEmpty()) {
        return request;
      }
      List<ColumnFilter> all = new ArrayList<>(request.filters());
      for (RuntimeFilter filter : filters) {
        ColumnFilter range = filter.range();
        if (range != null && snapshot.table().support(range) != FilterSupport.NO) {
          all.add(range);
        }
      }
      return new ScanRequest(request.columns(), request.from(), request.to(), all, -1);
    }

    /** Opens the next split, with the filters that are known by now; null behind the last. */
    @Nullable OpenSplit nextSplit() {
      int index = next.getAndIncrement();
      if (index >= splits().size()) {
        return null;
      }
      List<RuntimeFilter> filters = known();
      List<RuntimeSelection> selections = new ArrayList<>();
      for (RuntimeFilter filter : filters) {
        selections.add(
            new RuntimeSelection(
                filter, counts.computeIfAbsent(filter, f -> new RuntimeSelection.Counts())));
      }
      return new OpenSplit(
          snapshot.table().open(splits().get(index), request(filters), memory), selections);
    }

    /** Counts rows of the result; says whether more are needed. */
    boolean needsMoreAfter(long count) {
      return scan.limit() < 0 || rows.addAndGet(count) < scan.limit();
    }
  }

  private record OpenSplit(BatchReader reader, List<RuntimeSelection> filters) {}

  private final class Reader implements SourceReader {
    private final Splits splits;
    private final Worker worker;
    private @Nullable OpenSplit open;
    private long bytesCounted;

    Reader(Splits splits, Worker worker) {
      this.splits = splits;
      this.worker = worker;
    }

    @Override
    public boolean advance(BatchSink out) {
      if (open == null) {
        open = splits.nextSplit();
        bytesCounted = 0;
        if (open == null) {
          return false;
        }
      }
      BatchReader reader = open.reader;
      Batch batch = reader.next();
      long bytesRead = reader.bytesRead();
      worker.run().counters(ScanOperator.this).addBytesRead(bytesRead - bytesCounted);
      bytesCounted = bytesRead;
      if (batch == null) {
        reader.close();
        open = null;
        return true;
      }
      try (batch;
          Batch passed = filtered(batch);
          Batch selected = selected(passed, open.filters)) {
        return out.push(selected) && splits.needsMoreAfter(selected.rowCount());
      }
    }

    private Batch filtered(Batch batch) {
      return splits.predicate == null
          ? batch.retain()
          : FilterStage.filter(
              batch, splits.predicate, Evaluations.context(worker.run(), splits.memory));
    }

    private Batch selected(Batch batch, List<RuntimeSelection> filters) {
      int count = batch.rowCount();
      int[] rows = Worker.rows(batch);
      for (RuntimeSelection filter : filters) {
        if (count > 0 && !filter.isUseless()) {
          int[] passed = new int[count];
          count = filter.select(batch.column(filter.column()), rows, count, passed, splits.memory);
          rows = passed;
        }
      }
      return count == batch.rowCount() ? batch.retain() : batch.select(new Selection(rows, count));
    }

    @Override
    public void close() {
      if (open != null) {
        open.reader.close();
        open = null;
      }
    }
  }
}
