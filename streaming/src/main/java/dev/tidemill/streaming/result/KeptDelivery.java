package dev.tidemill.streaming.result;

import dev.tidemill.foundation.batch.Batch;
import dev.tidemill.foundation.memory.MemoryScope;
import dev.tidemill.plan.delta.OutputMode;
import dev.tidemill.plan.delta.StandingPlan;
import dev.tidemill.streaming.state.QueryState;
import java.util.ArrayList;
import java.util.List;
import org.jspecify.annotations.Nullable;

/** Keeps the result in the query's state: it is committed and rolled back with it. */
public final class KeptDelivery implements Delivery {
  private final KeptRows kept;
  private final ChangeRows rows;
  private final OutputMode mode;
  private final MemoryScope memory;
  private final List<ResultFeed> feeds = new ArrayList<>();

  /** The last step that was written, and the one before it. */
  private long reached;

  private long committed;
  private long watermarkMicros = Long.MIN_VALUE;
  private long committedWatermarkMicros = Long.MIN_VALUE;

  /** The step of the state that it began with. */
  private final long begun;

  /** Where the result took the place of another that was read, else null. */
  private final @Nullable Handover handover;

  /**
   * @param succeeded where the result took the place of another that was read, else null
   */
  public KeptDelivery(
      StandingPlan plan, OutputMode mode, QueryState state, @Nullable ResultSteps succeeded) {
    this.handover = succeeded == null ? null : new Handover(plan, succeeded, state);
    this.kept = new KeptResult(plan).rows(state);
    this.rows = new ChangeRows(plan);
    this.mode = mode;
    this.memory = state.memory();
    this.begun = state.version();
    this.reached = begun;
    this.committed = reached;
  }

  @Override
  public long lastStep() {
    return -1;
  }

  /** The watermark of the query behind the step that is written next, or of the last. */
  public void setWatermark(long micros, boolean isCommitted) {
    watermarkMicros = micros;
    committedWatermarkMicros = isCommitted ? micros : committedWatermarkMicros;
  }

  /** The watermark of the query behind {@link #reached}. */
  long watermarkMicros() {
    return watermarkMicros;
  }

  /** Notes what is different from the result in whose place this one stands. */
  public void succeed(KeptDelivery before) {
    if (handover != null) {
      before.forEachRow(rows -> handover.add(rows, -1, memory), memory);
      forEachRow(rows -> handover.add(rows, 1, memory), memory);
    }
  }

  /** Gives a reader of the result before what is different, if it has not taken that. */
  void handOver(ResultFeed feed) {
    if (handover != null && feed.position() < handover.steps().first()) {
      List<Batch> rows = handover.read(memory);
      try {
        feed.offer(handover.steps().first(), rows, watermarkMicros);
      } finally {
        rows.forEach(Batch::close);
      }
    }
  }

  /**
   * Whether changes behind a step are not known: those before the state that this began with, which
   * a reader asks for whose own is older, its last snapshot being damaged.
   */
  boolean lacksBehind(long step) {
    if (handover != null && step < handover.steps().first()) {
      return step < handover.steps().before() || begun > handover.steps().first();
    }
    return step < begun;
  }

  @Override
  public long write(long step, List<Batch> change) {
    if (handover != null
        && !handover.isEmpty()
        && step > handover.steps().first()
        && feeds.stream().allMatch(feed -> feed.position() >= handover.steps().first())) {
      handover.clear(memory);
    }
    change.forEach(kept::apply);
    reached = step;
    feeds.forEach(feed -> feed.offer(step, change, watermarkMicros));
    return mode == OutputMode.COMPLETE ? kept.rowCount() : rows.count(change, memory);
  }

  @Override
  public void commit() {
    committed = reached;
    committedWatermarkMicros = watermarkMicros;
  }

  @Override
  public void rollback() {
    long running = reached;
    reached = committed;
    watermarkMicros = committedWatermarkMicros;
    if (running != committed) {
      feeds.forEach(feed -> feed.takeBack(running));
    }
  }

  void addFeed(ResultFeed feed) {
    feeds.add(feed);
  }

  void removeFeed(ResultFeed feed) {
    feeds.remove(feed);
  }

  /** The last step whose change is in the result, the running one included. */
  long reached() {
    return reached;
  }

  /** How many rows the result has, those of the running step included. */
  long rowCount() {
    return kept.rowCount();
  }

  /** Lends all rows as they are in the running step. */
  public void forEachRow(KeptRows.BatchConsumer consumer, MemoryScope scope) {
    kept.forEach(consumer, scope);
  }

  @Override
  public void end() {}

  @Override
  public void close() {}
}
