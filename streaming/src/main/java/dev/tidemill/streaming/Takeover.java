package dev.tidemill.streaming;

import dev.tidemill.foundation.batch.Batch;
import dev.tidemill.plan.batch.TableReference;
import dev.tidemill.storage.table.Offset;
import dev.tidemill.storage.table.Table;
import dev.tidemill.streaming.pipeline.StepInput;
import dev.tidemill.streaming.pipeline.StepOutput;
import dev.tidemill.streaming.pipeline.Succession;
import dev.tidemill.streaming.result.KeptDelivery;
import dev.tidemill.streaming.result.SinkDelivery;
import java.time.Instant;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import org.jspecify.annotations.Nullable;

/**
 * A new query that takes the place of another, which stands between two steps and stays as it is:
 * with its state, as far as that is kept, and the whole result computed from it, at the same step,
 * or the one in which readers of the other's result take what is different.
 *
 * @param time of the step in which nothing is read
 */
record Takeover(StandingQuery before, StandingQuery now, Instant time) {
  /**
   * Of one that keeps its result.
   *
   * @param succession from the other's plan to this one's; without an obstacle
   */
  void withResult(Succession succession) {
    long step = now.succeeded() == null ? before.state().version() : now.succeeded().first();
    try (StepOutput output = whole(succession)) {
      if (now.delivery() instanceof KeptDelivery kept) {
        kept.setWatermark(now.taken().totals().watermarkMicros(), /* isCommitted= */ false);
      }
      now.delivery().write(step, output.change());
      if (now.delivery() instanceof KeptDelivery kept
          && before.delivery() instanceof KeptDelivery keptBefore) {
        kept.succeed(keptBefore);
      }
      setAside(step, output);
      now.state().prepare();
    }
    now.standsAt(step, before);
  }

  /**
   * Of one that writes to the same sink: the next step writes what is different there.
   *
   * @param resultBefore the result of the other, where that is asked for; borrowed
   */
  void inSink(SinkSuccession how, List<Batch> resultBefore) {
    long step = before.state().version();
    if (how.kind() == SinkSuccession.Kind.ONWARDS) {
      takePlaces();
      now.state().copy(before.state(), Objects.requireNonNull(how.succession())::names);
      now.pipeline().goOn(before.pipeline());
      FailedRows failed = now.setAside();
      if (failed != null) {
        failed.takeOver(before.failedRows());
      }
      now.state().prepare();
    } else {
      try (StepOutput output = whole(how.succession())) {
        if (now.delivery() instanceof SinkDelivery sink) {
          sink.owe(resultBefore, -1);
          sink.owe(output.change(), 1);
          if (before.delivery() instanceof SinkDelivery sinkBefore) {
            sink.oweFor(sinkBefore);
          }
        }
        setAside(step, output);
        now.state().prepare();
      }
    }
    now.standsAt(step, before);
  }

  private void setAside(long step, StepOutput output) {
    FailedRows failed = now.setAside();
    if (failed != null) {
      failed.add(step, time.getEpochSecond() * 1_000_000L + time.getNano() / 1000, output.failed());
    }
  }

  /**
   * The whole result at the cut where the other stands, as the change of a step.
   *
   * @param succession how operators take over from the other's, or null where all is computed from
   *     the source
   */
  StepOutput whole(@Nullable Succession succession) {
    if (succession == null) {
      return fromSource();
    }
    takePlaces();
    now.state().copy(before.state(), succession::names);
    return now.pipeline().succeed(before.pipeline(), succession, before::forEachRow, time);
  }

  private void takePlaces() {
    List<TableReference> read = new ArrayList<>(now.tables().keySet());
    read.addAll(now.feeds().keySet());
    for (TableReference table : read) {
      TakenInput.Taken there = before.offset(table);
      if (there != null) {
        now.taken().set(table, there);
      }
    }
    now.taken().setTotals(before.taken().totals());
  }

  /** One step over all that the other has taken, and what there is of tables that it does not. */
  private StepOutput fromSource() {
    long step = before.state().version();
    Map<TableReference, StepInput.Range> ranges = new LinkedHashMap<>();
    now.tables()
        .forEach(
            (reference, table) -> {
              TakenInput.Taken there = before.offset(reference);
              if (there == null && before.tables().containsKey(reference)) {
                return;
              }
              Offset to =
                  there == null
                      ? table.advance(table.start(), Long.MAX_VALUE).to()
                      : there.offset();
              table.requireWhole(to);
              boolean hasEnded = there != null && there.ended();
              ranges.put(reference, new StepInput.Range(table.start(), to, hasEnded));
              now.taken().set(reference, new TakenInput.Taken(step, hasEnded, to));
            });
    now.feeds()
        .forEach(
            (reference, feed) -> {
              TakenInput.Taken there = before.offset(reference);
              Offset to = there == null ? feed.reached() : there.offset();
              ranges.put(reference, new StepInput.Range(null, to, false));
              now.taken().set(reference, new TakenInput.Taken(step, false, to));
            });
    StepOutput output = now.pipeline().step(new StepInput(step, time, ranges));
    try {
      requireSameRows(output);
      long rejected = output.rejectedRows() + output.failed().size();
      now.taken()
          .setTotals(
              new TakenInput.Totals(
                  output.rowsIn(), output.lateRows(), rejected, output.watermarkMicros()));
      return output;
    } catch (Throwable t) {
      output.close();
      throw t;
    }
  }

  /** Where rows only come, there are as many as the other has taken. */
  private void requireSameRows(StepOutput output) {
    long taken = before.taken().totals().rowsIn();
    boolean areCounted =
        now.feeds().isEmpty()
            && now.tables().keySet().equals(before.tables().keySet())
            && now.tables().values().stream().noneMatch(Takeover::mayRemove);
    if (areCounted && output.rowsIn() != taken) {
      throw StreamingErrors.sourceHasChanged(now.name(), output.rowsIn(), taken);
    }
  }

  private static boolean mayRemove(Table table) {
    return table.changelog() != null || table.changing();
  }
}
