package dev.tidemill.streaming;

import dev.tidemill.foundation.batch.Batch;
import dev.tidemill.foundation.error.TidemillException;
import dev.tidemill.foundation.memory.MemoryScope;
import dev.tidemill.plan.batch.TableReference;
import dev.tidemill.plan.delta.StandingPlan;
import dev.tidemill.storage.table.Backlog;
import dev.tidemill.storage.table.Offset;
import dev.tidemill.storage.table.Table;
import dev.tidemill.streaming.log.LogRecord;
import dev.tidemill.streaming.pipeline.DeltaPipeline;
import dev.tidemill.streaming.pipeline.StepInput;
import dev.tidemill.streaming.pipeline.StepOutput;
import dev.tidemill.streaming.pipeline.UnusualRows;
import dev.tidemill.streaming.result.Delivery;
import dev.tidemill.streaming.result.KeptDelivery;
import dev.tidemill.streaming.result.LateDelivery;
import dev.tidemill.streaming.result.ResultFeed;
import dev.tidemill.streaming.result.ResultSteps;
import dev.tidemill.streaming.state.MemoryState;
import java.time.Instant;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.function.Consumer;
import java.util.function.Function;
import org.jspecify.annotations.Nullable;

/**
 * A standing query at work: its state, pipeline and delivery, and how far it has read. Guarded by
 * the {@link StepLock}, but for {@link #report}.
 *
 * <p>What it has {@linkplain TakenInput taken} is part of its state, so that state and offsets are
 * never apart, and whenever the process ends it is known whether a last step is still to come.
 */
final class StandingQuery implements Standing, ResultFeed.Source, AutoCloseable {
  /** How long others wait for a step of one that has much to take. */
  private static final long COURTESY_MILLIS = 500;

  private final String id;
  private final long number;
  private QueryDefinition definition;
  private StandingPlan plan;
  private final Map<TableReference, Table> tables;
  private final Map<TableReference, ResultFeed> feeds;
  private final MemoryScope memory;
  private final MemoryState state;
  private final TakenInput taken;
  private final DeltaPipeline pipeline;
  private final Delivery delivery;
  private final @Nullable LateDelivery late;
  private final @Nullable String replaces;
  private final @Nullable ResultSteps succeeded;
  private final boolean continues;
  private volatile @Nullable FailedRows failedRows;
  private QueryStatus status;
  private StepPace pace;

  /** Of its steps that others wait for. */
  private final StepPace courtesy = new StepPace(COURTESY_MILLIS);

  /** Whether it has not come to the end of its tables since it began to run. */
  private boolean backfilling;

  /** The version that it last began to run from: a last step up to it was that of a run before. */
  private long runsSince;

  private final LastFailure failure;

  /** Tables of which nothing will ever come any more, as far as a committed step has said so. */
  private final Map<TableReference, Boolean> ended = new HashMap<>();

  /** Per table the rows before the last cut of the group that this query has not taken yet. */
  private final Map<TableReference, Long> pendingRows = new HashMap<>();

  /** Where it begins in tables of which others stand further, and it has taken nothing. */
  private final Map<TableReference, Offset> starts = new HashMap<>();

  private long lastStepMillis = Long.MIN_VALUE;
  private final UnsnappedSteps unsnapped;
  private @Nullable StepProgress last;
  private Backlog backlog = Backlog.NONE;
  private long stepRows;

  private volatile QueryReport report;
  private final StepHistory history = new StepHistory();
  private @Nullable Computed computed;

  /**
   * Of an AVAILABLE NOW query per table the rows it is still to take; null until its first step.
   */
  private @Nullable Map<TableReference, Long> remaining;

  /**
   * What a query is made of; it takes over all but the tables.
   *
   * @param feeds the results of other queries that it reads
   * @param pinsLiving whether it pins rows of a table that would not give the same ones again
   * @param late where rows go that come too late, or null
   */
  record Parts(
      Map<TableReference, Table> tables,
      Map<TableReference, ResultFeed> feeds,
      boolean pinsLiving,
      MemoryScope memory,
      MemoryState state,
      DeltaPipeline pipeline,
      Delivery delivery,
      @Nullable LateDelivery late) {}

  StandingQuery(StoredQuery stored, Parts parts) {
    this.id = stored.id();
    this.number = stored.number();
    this.definition = stored.definition();
    this.plan = stored.plan();
    this.replaces = stored.replaces();
    this.succeeded = stored.succeeded();
    this.continues = stored.continues();
    this.status = stored.status();
    this.pace = new StepPace(stored.definition().targetStepMillis());
    this.backfilling = parts.state().version() < 0;
    this.runsSince = stored.runsSince();
    this.failure = new LastFailure(stored.error());
    this.tables = new LinkedHashMap<>(parts.tables());
    this.feeds = new LinkedHashMap<>(parts.feeds());
    this.memory = parts.memory();
    this.state = parts.state();
    this.taken = new TakenInput(state);
    this.pipeline = parts.pipeline();
    this.delivery = parts.delivery();
    this.late = parts.late();
    setSkipsFailing();
    this.unsnapped = new UnsnappedSteps(parts.pinsLiving() && state.version() < 0);
    readState();
    this.report = makeReport();
  }

  /** What follows from the state. */
  private void readState() {
    for (TableReference table : tables.keySet()) {
      TakenInput.Taken there = offset(table);
      ended.put(table, there != null && there.ended());
    }
    if (delivery instanceof KeptDelivery kept) {
      kept.setWatermark(taken.totals().watermarkMicros(), /* isCommitted= */ true);
    }
    feeds.forEach(
        (reference, feed) -> {
          TakenInput.Taken there = offset(reference);
          if (there != null) {
            feed.resumeFrom(there.offset());
          }
        });
  }

  /** What was taken from another counts from now on. */
  void standsAt(long step, StandingQuery before) {
    delivery.commit();
    state.commit(step);
    if (failedRows != null) {
      failedRows.commit();
    }
    runsSince = step;
    lastStepMillis = before.lastStepMillis;
    readState();
    report = makeReport();
  }

  /** Lends all rows of the result, where it keeps that. */
  void forEachRow(Consumer<Batch> consumer, MemoryScope scope) {
    if (delivery instanceof KeptDelivery kept) {
      kept.forEachRow(consumer::accept, scope);
    }
  }

  @Override
  public String name() {
    return definition.name();
  }

  @Override
  public String id() {
    return id;
  }

  long number() {
    return number;
  }

  void setDefinition(QueryDefinition value) {
    if (value.targetStepMillis() != definition.targetStepMillis()) {
      pace = new StepPace(value.targetStepMillis());
    }
    definition = value;
    setSkipsFailing();
    report = makeReport();
  }

  private void setSkipsFailing() {
    pipeline.setSkipsFailing(definition.skipsFailing());
    if (definition.skipsFailing() && failedRows == null) {
      failedRows = new FailedRows(name(), state::keyedValue);
    }
  }

  /** The rows that it has set aside. Any thread. */
  List<FailedRows.Kept> failedRows() {
    FailedRows rows = failedRows;
    return rows == null ? List.of() : rows.all();
  }

  /** It goes on with its state under another text, whose operators are the same. */
  void replace(QueryDefinition value, StandingPlan equal) {
    plan = equal;
    setDefinition(value);
  }

  /** The most rows that are known to fit the memory, or the greatest long. */
  long fittingRows() {
    return pace.fittingRows();
  }

  /** The most rows of its next step. */
  long mostRows() {
    return Math.min(definition.maxRowsPerStep(), pace.rows());
  }

  /**
   * The most rows of its next step.
   *
   * @param beside whether others would wait for that step: then one of a query that has not come to
   *     the end of its tables since it began to run takes no more than a moment
   */
  long mostRows(boolean beside) {
    return beside && backfilling ? Math.min(mostRows(), courtesy.rows()) : mostRows();
  }

  /** It has come to the end of its tables. */
  void caughtUp() {
    backfilling = false;
  }

  /** The rows of the step at work, with those that it had not taken before. */
  void setStepRows(long rows) {
    stepRows = rows;
  }

  /** The step did not fit the memory; whether a smaller one is worth a try. */
  boolean shrinks() {
    boolean shrinks = pace.shrinks(stepRows);
    stepRows = pace.rows();
    return shrinks;
  }

  /** What is there for it behind the step at work. */
  void setBacklog(Backlog value) {
    backlog = value;
  }

  @Nullable Map<TableReference, Long> remaining() {
    return remaining;
  }

  void setRemaining(@Nullable Map<TableReference, Long> rows) {
    remaining = rows;
  }

  @Override
  public QueryDefinition definition() {
    return definition;
  }

  StandingPlan plan() {
    return plan;
  }

  /** The growing and bounded tables it reads, in the order of its plan. */
  Map<TableReference, Table> tables() {
    return tables;
  }

  /** The results of other standing queries that it reads, in the order of its plan. */
  Map<TableReference, ResultFeed> feeds() {
    return feeds;
  }

  /** Whether it reads the result of another. */
  boolean reads(Standing other) {
    return feeds.values().stream().anyMatch(feed -> feed.source().id().equals(other.id()));
  }

  /** It goes on with the result that stands in the place of another, which it has taken. */
  void follow(StandingQuery before, StandingQuery now, StandingPlan samePlan) {
    plan = samePlan;
    if (now.delivery instanceof KeptDelivery kept) {
      feeds.values().stream()
          .filter(feed -> feed.source().id().equals(before.id))
          .forEach(feed -> feed.follow(now, kept));
    }
    report = makeReport();
  }

  /** Whether it has not taken all of the result of a query that it reads. */
  boolean isBehind(Standing other) {
    return feeds.values().stream()
        .anyMatch(feed -> feed.source().id().equals(other.id()) && feed.isBehind());
  }

  /** Whether it has taken all of the results that it reads, whose queries have ended. */
  private boolean hasEndedFeeds() {
    return feeds.values().stream().allMatch(f -> f.source().isAtEnd() && !f.isBehind());
  }

  /** Whether it has taken all of the results that it reads that their queries will give. */
  boolean hasTakenFeeds() {
    return feeds.values().stream()
        .allMatch(f -> !f.isBehind() && (!f.source().endsByItself() || f.source().isAtEnd()));
  }

  @Override
  public boolean isAtEnd() {
    return status == QueryStatus.ENDED;
  }

  @Override
  public boolean endsByItself() {
    return status == QueryStatus.RUNNING && definition.trigger().endsByItself();
  }

  MemoryState state() {
    return state;
  }

  TakenInput taken() {
    return taken;
  }

  DeltaPipeline pipeline() {
    return pipeline;
  }

  /** Where its result took the place of another that is read, else null. */
  @Nullable ResultSteps succeeded() {
    return succeeded;
  }

  /** Where it sets rows aside, or null. */
  @Nullable FailedRows setAside() {
    return failedRows;
  }

  QueryStatus status() {
    return status;
  }

  void setStatus(QueryStatus value) {
    status = value;
    report = makeReport();
  }

  /** Whatever was its last step before, it is to take more now. */
  void prepareToRun() {
    backfilling = true;
    remaining = null;
    runsSince = state.version();
  }

  /** What it last failed of. */
  LastFailure failure() {
    return failure;
  }

  /** Whether it is time for another attempt. */
  boolean isAttemptDue(long nowMillis) {
    return status == QueryStatus.RETRYING && failure.isAttemptDue(nowMillis);
  }

  /** It has failed of trouble outside, and is to be tried again at that time. */
  void retryAt(long millis) {
    status = QueryStatus.RETRYING;
    failure.retryAt(millis);
    report = makeReport();
  }

  /** Whether it has taken what it was to take since it last began to run. */
  boolean hasTakenLastStep() {
    Long lastStep = taken.lastStep();
    return lastStep != null && lastStep > runsSince;
  }

  long pendingRows() {
    return pendingRows.values().stream().mapToLong(Long::longValue).sum();
  }

  long pendingRows(TableReference table) {
    return pendingRows.getOrDefault(table, 0L);
  }

  void setPendingRows(TableReference table, long rows) {
    pendingRows.put(table, rows);
  }

  /** Whether a step is due though no rows come, since time passes. */
  boolean isDueBy(long nowMillis) {
    long due = pipeline.dueMicros();
    return due < Long.MAX_VALUE && nowMillis >= Math.ceilDiv(due, 1000);
  }

  /** When its last step began, or the least long. */
  long lastStepMillis() {
    return lastStepMillis;
  }

  void begun(long millis) {
    lastStepMillis = millis;
    unsnapped.begun(millis);
  }

  boolean hasEnded(TableReference table) {
    return ended.getOrDefault(table, false);
  }

  boolean hasEnded() {
    return tables.keySet().stream().allMatch(this::hasEnded) && hasEndedFeeds();
  }

  UnsnappedSteps unsnapped() {
    return unsnapped;
  }

  /** The last steps of this process, the oldest first. Any thread. */
  List<StepHistory.Past> history() {
    return history.all();
  }

  /** How far it has read a table, or null where it has taken nothing. */
  TakenInput.@Nullable Taken offset(TableReference table) {
    return taken.of(table);
  }

  /**
   * Where it stands in a table, a step that it failed at included, for that is taken again as it
   * was; null where it has taken nothing.
   */
  @Nullable Offset place(TableReference table) {
    Offset failed = failedCut(table);
    TakenInput.Taken there = offset(table);
    return failed != null ? failed : there == null ? null : there.offset();
  }

  /** Where it begins in a table of which it has taken nothing. */
  Offset start(TableReference table) {
    Offset start = starts.get(table);
    return start != null ? start : Objects.requireNonNull(tables.get(table)).start();
  }

  /** It is to come to where others stand, unless it stands somewhere itself. */
  void beginBefore(TableReference table, Offset cut) {
    Table read = tables.get(table);
    if (read != null && place(table) == null) {
      starts.put(table, read.startBefore(cut));
    }
  }

  /** How far the step would have read a table that it failed at, or null. */
  private @Nullable Offset failedCut(TableReference table) {
    LogRecord.Plan failed = failure.step();
    LogRecord.Share share = failed == null ? null : share(failed);
    if (share != null) {
      for (LogRecord.TableRange range : share.ranges()) {
        if (range.table().equals(table.path())) {
          return range.to();
        }
      }
    }
    return null;
  }

  /** Whether a share begins where this query stands. */
  boolean follows(LogRecord.Share share) {
    for (LogRecord.TableRange range : share.ranges()) {
      TakenInput.Taken there = offset(new TableReference(range.table()));
      if (!Objects.equals(range.from(), there == null ? null : there.offset())) {
        return false;
      }
    }
    return true;
  }

  /** Its share of a step, or null where it has none. */
  LogRecord.@Nullable Share share(LogRecord.Plan step) {
    for (LogRecord.Share share : step.queries()) {
      if (share.query().equals(id)) {
        return share;
      }
    }
    return null;
  }

  /** A step that is computed but not yet visible. */
  private record Computed(
      LogRecord.Plan step,
      Map<TableReference, StepInput.Range> ranges,
      Instant time,
      long startNanos,
      long rowsIn,
      long rowsOut,
      long lateRows,
      long rejectedRows,
      UnusualRows unusual,
      long watermarkMicros,
      Map<String, Long> operatorNanos) {}

  /**
   * Computes its share of a step and makes sure that publishing it cannot fail here.
   *
   * @throws TidemillException what went wrong; nothing has changed then, in the state or outside
   */
  void compute(LogRecord.Plan step, LogRecord.Share share, long startNanos) {
    Map<TableReference, StepInput.Range> ranges = new LinkedHashMap<>();
    for (LogRecord.TableRange range : share.ranges()) {
      ranges.put(
          new TableReference(range.table()),
          new StepInput.Range(range.first(), range.to(), range.ended(), range.waiting()));
    }
    Instant time =
        Instant.ofEpochSecond(
            Math.floorDiv(step.timeMicros(), 1_000_000L),
            Math.floorMod(step.timeMicros(), 1_000_000L) * 1000);
    try (StepOutput output = pipeline.step(new StepInput(step.step(), time, ranges))) {
      if (delivery instanceof KeptDelivery kept) {
        kept.setWatermark(output.watermarkMicros(), /* isCommitted= */ false);
      }
      long rowsOut = delivery.write(step.step(), output.change());
      if (late != null) {
        late.write(step.step(), step.timeMicros(), output.late());
      }
      if (failedRows != null) {
        failedRows.add(step.step(), step.timeMicros(), output.failed());
      }
      long rejected = output.rejectedRows() + output.failed().size();
      ranges.forEach(
          (table, range) ->
              taken.set(table, new TakenInput.Taken(step.step(), range.ended(), range.to())));
      for (LogRecord.TableRange range : share.ranges()) {
        Offset start = range.start();
        if (start != null) {
          taken.setStart(new TableReference(range.table()), start);
        }
      }
      if (share.last()) {
        taken.setLastStep(step.step());
      }
      taken.setTotals(
          taken
              .totals()
              .plus(output.rowsIn(), output.lateRows(), rejected, output.watermarkMicros()));
      state.prepare();
      computed =
          new Computed(
              step,
              ranges,
              time,
              startNanos,
              output.rowsIn(),
              rowsOut,
              output.lateRows(),
              rejected,
              output.unusual(),
              output.watermarkMicros(),
              output.operatorNanos());
    } catch (Throwable t) {
      throw undo(t);
    }
  }

  /** Makes the computed step visible outside. Throws as {@link #compute} does. */
  void deliver() {
    try {
      if (late != null) {
        late.commit();
      }
      delivery.commit();
    } catch (Throwable t) {
      throw undo(t);
    }
  }

  /**
   * Late rows that are too old go, now and then. To be called between two steps.
   *
   * @param places where those stand who read a table, or null where that cannot be told
   */
  void forgetLateRows(Function<List<String>, @Nullable List<Offset>> places) {
    if (late != null) {
      late.forget(places);
    }
  }

  private TidemillException undo(Throwable cause) {
    computed = null;
    try {
      delivery.rollback();
      if (late != null) {
        late.rollback();
      }
    } catch (RuntimeException e) {
      cause.addSuppressed(e);
    } finally {
      state.rollback();
      if (failedRows != null) {
        failedRows.rollback();
      }
    }
    return switch (cause) {
      case TidemillException e -> e;
      case OutOfMemoryError e -> memory.heapExhausted();
      default -> StreamingErrors.internal(cause);
    };
  }

  /** Makes the computed and delivered step the last version. */
  StepProgress publish() {
    Computed done = Objects.requireNonNull(computed);
    computed = null;
    state.commit(done.step().step());
    if (failedRows != null) {
      failedRows.commit();
    }
    done.ranges().forEach((table, range) -> ended.merge(table, range.ended(), (a, b) -> a || b));
    done.ranges()
        .forEach(
            (reference, range) -> {
              ResultFeed feed = feeds.get(reference);
              if (feed != null) {
                feed.moveTo(range.to());
              }
            });
    long nanos = System.nanoTime() - done.startNanos();
    unsnapped.taken(nanos);
    failure.endRow();
    double millis = nanos / 1e6;
    pace.stepped(done.rowsIn(), millis);
    courtesy.stepped(done.rowsIn(), millis);
    StepProgress progress =
        new StepProgress(
            name(),
            done.step().step(),
            done.time(),
            done.rowsIn(),
            done.rowsOut(),
            done.lateRows(),
            done.rejectedRows(),
            done.unusual(),
            done.watermarkMicros(),
            millis,
            state.bytes(),
            backlog,
            pace.seconds(backlog.rows()),
            done.operatorNanos());
    last = progress;
    history.add(progress, unsnapped.snapshot().step());
    report = makeReport();
    return progress;
  }

  /**
   * It is set aside.
   *
   * @param step the step it failed at, or null where it failed between steps
   */
  void fail(String cause, LogRecord.@Nullable Plan step) {
    status = QueryStatus.FAILED;
    failure.fail(cause, step);
    report = makeReport();
  }

  /** Whether the step that it failed at has left no trace, neither in its state nor in its sink. */
  boolean isFailedStepUntaken() {
    return failure.isStepUntaken(delivery.lastStep());
  }

  /** Writes the end mark where it delivers to a sink. */
  void end() {
    delivery.end();
  }

  Delivery delivery() {
    return delivery;
  }

  /** What is to be kept of it, in the status that it has or is about to have. */
  StoredQuery stored(QueryStatus as) {
    LogRecord.Plan failed = failure.step();
    return new StoredQuery(
        StoredQuery.VERSION,
        id,
        number,
        definition,
        plan,
        as,
        as == QueryStatus.RUNNING ? null : failure.cause(),
        failed == null || as == QueryStatus.RUNNING ? -1 : failed.step(),
        runsSince,
        replaces,
        succeeded,
        continues);
  }

  @Override
  public QueryReport report() {
    return report;
  }

  private QueryReport makeReport() {
    Map<String, String> offsets = new LinkedHashMap<>();
    Map<String, String> starts = new LinkedHashMap<>();
    List<TableReference> read = new ArrayList<>(tables.keySet());
    read.addAll(feeds.keySet());
    for (TableReference table : read) {
      TakenInput.Taken there = offset(table);
      offsets.put(table.toString(), there == null ? "" : there.offset().text());
      Offset start = taken.start(table);
      if (start != null) {
        starts.put(table.toString(), start.text());
      }
    }
    TakenInput.Totals totals = taken.totals();
    return new QueryReport(
        definition,
        plan,
        status,
        state.version(),
        totals.rowsIn(),
        totals.lateRows(),
        totals.rejectedRows(),
        totals.watermarkMicros(),
        state.bytes(),
        last,
        failure.cause(),
        status == QueryStatus.RETRYING ? failure.nextAttempt() : null,
        offsets,
        starts);
  }

  @Override
  public void close() {
    feeds.values().forEach(ResultFeed::close);
    try (pipeline;
        LateDelivery lateRows = late) {
      delivery.close();
    } finally {
      state.close(memory::close);
    }
  }
}
