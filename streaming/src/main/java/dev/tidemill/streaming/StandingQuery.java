package dev.tidemill.streaming;

import dev.tidemill.foundation.error.TidemillException;
import dev.tidemill.foundation.memory.MemoryScope;
import dev.tidemill.plan.batch.TableReference;
import dev.tidemill.plan.delta.StandingPlan;
import dev.tidemill.storage.table.Offset;
import dev.tidemill.storage.table.Table;
import dev.tidemill.streaming.log.LogRecord;
import dev.tidemill.streaming.pipeline.DeltaPipeline;
import dev.tidemill.streaming.pipeline.StepInput;
import dev.tidemill.streaming.pipeline.StepOutput;
import dev.tidemill.streaming.pipeline.UnusualRows;
import dev.tidemill.streaming.result.Delivery;
import dev.tidemill.streaming.result.ResultFeed;
import dev.tidemill.streaming.state.KeyedValueState;
import dev.tidemill.streaming.state.MemoryState;
import java.nio.ByteBuffer;
import java.nio.charset.StandardCharsets;
import java.time.Instant;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import org.jspecify.annotations.Nullable;

/**
 * A standing query at work: its state, pipeline and delivery, and how far it has read. Guarded by
 * the {@link StepLock}, but for {@link #report}.
 *
 * <p>Where it has read to is part of its state (under {@value #OFFSETS}: per table the step that
 * took it there and the offset), so that state and offsets are never apart. So is, of a query that
 * takes what there is and ends, the step that was its last (under {@value #LAST_STEP}): whenever
 * the process ends, it is known whether one is still to come. And so are its totals (under {@value
 * #TOTALS}), which go on being counted.
 */
final class StandingQuery implements Standing, ResultFeed.Source, AutoCloseable {
  static final String OFFSETS = "$offsets";
  static final String LAST_STEP = "$last";
  static final String TOTALS = "$totals";
  private static final byte[] ONLY_KEY = {};

  private final String id;
  private final long number;
  private QueryDefinition definition;
  private final StandingPlan plan;
  private final Map<TableReference, Table> tables;
  private final Map<TableReference, ResultFeed> feeds;
  private final MemoryScope memory;
  private final MemoryState state;
  private final DeltaPipeline pipeline;
  private final Delivery delivery;
  private QueryStatus status;

  /** The version that it last began to run from: a last step up to it was that of a run before. */
  private long runsSince;

  private @Nullable String error;
  private LogRecord.@Nullable Plan failedStep;

  /** Whether nothing of that step's input was ever taken. */
  private boolean failedUntaken;

  /** Tables of which nothing will ever come any more, as far as a committed step has said so. */
  private final Map<TableReference, Boolean> ended = new HashMap<>();

  /** Per table the rows before the last cut of the group that this query has not taken yet. */
  private final Map<TableReference, Long> pendingRows = new HashMap<>();

  private long lastStepMillis = Long.MIN_VALUE;
  private int stepsSinceSnapshot;
  private @Nullable StepProgress last;
  private volatile QueryReport report;
  private @Nullable Computed computed;

  /**
   * Of an AVAILABLE NOW query per table the rows it is still to take; null until its first step.
   */
  private @Nullable Map<TableReference, Long> remaining;

  /**
   * What a query is made of; it takes over all but the tables.
   *
   * @param feeds the results of other queries that it reads
   */
  record Parts(
      Map<TableReference, Table> tables,
      Map<TableReference, ResultFeed> feeds,
      MemoryScope memory,
      MemoryState state,
      DeltaPipeline pipeline,
      Delivery delivery) {}

  StandingQuery(StoredQuery stored, Parts parts) {
    this.id = stored.id();
    this.number = stored.number();
    this.definition = stored.definition();
    this.plan = stored.plan();
    this.status = stored.status();
    this.runsSince = stored.runsSince();
    this.error = stored.error();
    this.tables = new LinkedHashMap<>(parts.tables());
    this.feeds = new LinkedHashMap<>(parts.feeds());
    this.memory = parts.memory();
    this.state = parts.state();
    this.pipeline = parts.pipeline();
    this.delivery = parts.delivery();
    readEnded();
    feeds.forEach(
        (reference, feed) -> {
          Taken taken = offset(reference);
          if (taken != null) {
            feed.moveTo(taken.offset());
          }
        });
    this.report = makeReport();
  }

  private void readEnded() {
    for (TableReference table : tables.keySet()) {
      Taken taken = offset(table);
      ended.put(table, taken != null && taken.ended());
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
    definition = value;
    report = makeReport();
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

  QueryStatus status() {
    return status;
  }

  void setStatus(QueryStatus value) {
    status = value;
    report = makeReport();
  }

  /** Whatever was its last step before, it is to take more now. */
  void prepareToRun() {
    remaining = null;
    runsSince = state.version();
  }

  void clearError() {
    error = null;
    failedStep = null;
  }

  /** Whether it has taken what it was to take since it last began to run. */
  boolean hasTakenLastStep() {
    byte[] found = state.keyedValue(LAST_STEP).get(ONLY_KEY);
    return found != null && ByteBuffer.wrap(found).getLong() > runsSince;
  }

  @Nullable String error() {
    return error;
  }

  LogRecord.@Nullable Plan failedStep() {
    return failedStep;
  }

  /** The step that it failed at is taken. */
  void stepRetried() {
    failedStep = null;
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

  /** When its last step began, or the least long. */
  long lastStepMillis() {
    return lastStepMillis;
  }

  void begun(long millis) {
    lastStepMillis = millis;
  }

  boolean hasEnded(TableReference table) {
    return ended.getOrDefault(table, false);
  }

  boolean hasEnded() {
    return tables.keySet().stream().allMatch(this::hasEnded) && hasEndedFeeds();
  }

  int stepsSinceSnapshot() {
    return stepsSinceSnapshot;
  }

  void snapshotTaken() {
    stepsSinceSnapshot = 0;
  }

  /**
   * How far a table has been read.
   *
   * @param step the step that took it there
   */
  record Taken(long step, boolean ended, Offset offset) {
    byte[] encode() {
      return (step + " " + (ended ? "e" : "o") + " " + offset.text())
          .getBytes(StandardCharsets.UTF_8);
    }

    static Taken decode(byte[] bytes) {
      String[] parts = new String(bytes, StandardCharsets.UTF_8).split(" ", 3);
      return new Taken(Long.parseLong(parts[0]), parts[1].equals("e"), new Offset(parts[2]));
    }
  }

  /** What all its steps have taken, and the watermark of the last. */
  private record Totals(long rowsIn, long lateRows, long rejectedRows, long watermarkMicros) {
    static final Totals NONE = new Totals(0, 0, 0, Long.MIN_VALUE);

    Totals plus(long rows, long late, long rejected, long watermark) {
      return new Totals(rowsIn + rows, lateRows + late, rejectedRows + rejected, watermark);
    }

    byte[] encode() {
      return ByteBuffer.allocate(4 * Long.BYTES)
          .putLong(rowsIn)
          .putLong(lateRows)
          .putLong(rejectedRows)
          .putLong(watermarkMicros)
          .array();
    }

    static Totals decode(byte[] bytes) {
      ByteBuffer buffer = ByteBuffer.wrap(bytes);
      return new Totals(buffer.getLong(), buffer.getLong(), buffer.getLong(), buffer.getLong());
    }
  }

  private Totals totals() {
    byte[] found = state.keyedValue(TOTALS).get(ONLY_KEY);
    return found == null ? Totals.NONE : Totals.decode(found);
  }

  /** How far it has read a table, or null where it has taken nothing. */
  @Nullable Taken offset(TableReference table) {
    byte[] found = state.keyedValue(OFFSETS).get(key(table));
    return found == null ? null : Taken.decode(found);
  }

  /**
   * Where it stands in a table, a step that it failed at included, for that is taken again as it
   * was; null where it has taken nothing.
   */
  @Nullable Offset place(TableReference table) {
    Offset failed = failedCut(table);
    Taken taken = offset(table);
    return failed != null ? failed : taken == null ? null : taken.offset();
  }

  /** How far the step would have read a table that it failed at, or null. */
  private @Nullable Offset failedCut(TableReference table) {
    LogRecord.Plan failed = failedStep;
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
      Taken taken = offset(new TableReference(range.table()));
      if (!Objects.equals(range.from(), taken == null ? null : taken.offset())) {
        return false;
      }
    }
    return true;
  }

  private static byte[] key(TableReference table) {
    return String.join("\u0000", table.path()).getBytes(StandardCharsets.UTF_8);
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
          new StepInput.Range(range.from(), range.to(), range.ended()));
    }
    Instant time =
        Instant.ofEpochSecond(
            Math.floorDiv(step.timeMicros(), 1_000_000L),
            Math.floorMod(step.timeMicros(), 1_000_000L) * 1000);
    try (StepOutput output = pipeline.step(new StepInput(step.step(), time, ranges))) {
      long rowsOut = delivery.write(step.step(), output.change());
      KeyedValueState offsets = state.keyedValue(OFFSETS);
      ranges.forEach(
          (table, range) ->
              offsets.put(key(table), new Taken(step.step(), range.ended(), range.to()).encode()));
      if (share.last()) {
        state
            .keyedValue(LAST_STEP)
            .put(ONLY_KEY, ByteBuffer.allocate(Long.BYTES).putLong(step.step()).array());
      }
      long late = output.lateRows().values().stream().mapToLong(Long::longValue).sum();
      Totals totals =
          totals().plus(output.rowsIn(), late, output.rejectedRows(), output.watermarkMicros());
      state.keyedValue(TOTALS).put(ONLY_KEY, totals.encode());
      state.prepare();
      computed =
          new Computed(
              step,
              ranges,
              time,
              startNanos,
              output.rowsIn(),
              rowsOut,
              late,
              output.rejectedRows(),
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
      delivery.commit();
    } catch (Throwable t) {
      throw undo(t);
    }
  }

  private TidemillException undo(Throwable cause) {
    computed = null;
    try {
      delivery.rollback();
    } catch (RuntimeException e) {
      cause.addSuppressed(e);
    } finally {
      state.rollback();
    }
    return cause instanceof TidemillException e ? e : StreamingErrors.internal(cause);
  }

  /** Makes the computed and delivered step the last version. */
  StepProgress publish() {
    Computed done = Objects.requireNonNull(computed);
    computed = null;
    state.commit(done.step().step());
    done.ranges().forEach((table, range) -> ended.merge(table, range.ended(), (a, b) -> a || b));
    done.ranges()
        .forEach(
            (reference, range) -> {
              ResultFeed feed = feeds.get(reference);
              if (feed != null) {
                feed.moveTo(range.to());
              }
            });
    stepsSinceSnapshot++;
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
            (System.nanoTime() - done.startNanos()) / 1e6,
            state.bytes(),
            done.operatorNanos());
    last = progress;
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
    error = cause;
    failedUntaken &= step != null && step.equals(failedStep);
    failedStep = step;
    report = makeReport();
  }

  /** The step that it failed at has never been taken, by this process or another. */
  void noteUntaken() {
    failedUntaken = true;
  }

  /** Whether the step that it failed at has left no trace, neither in its state nor in its sink. */
  boolean isFailedStepUntaken() {
    LogRecord.Plan failed = failedStep;
    return failed != null && failedUntaken && delivery.lastStep() < failed.step();
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
    LogRecord.Plan failed = failedStep;
    return new StoredQuery(
        StoredQuery.VERSION,
        id,
        number,
        definition,
        plan,
        as,
        as == QueryStatus.RUNNING ? null : error,
        failed == null || as == QueryStatus.RUNNING ? -1 : failed.step(),
        runsSince);
  }

  @Override
  public QueryReport report() {
    return report;
  }

  private QueryReport makeReport() {
    Map<String, String> offsets = new LinkedHashMap<>();
    List<TableReference> read = new ArrayList<>(tables.keySet());
    read.addAll(feeds.keySet());
    for (TableReference table : read) {
      Taken taken = offset(table);
      offsets.put(table.toString(), taken == null ? "" : taken.offset().text());
    }
    Totals totals = totals();
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
        error,
        offsets);
  }

  @Override
  public void close() {
    feeds.values().forEach(ResultFeed::close);
    try (pipeline) {
      delivery.close();
    } finally {
      state.close(memory::close);
    }
  }
}
