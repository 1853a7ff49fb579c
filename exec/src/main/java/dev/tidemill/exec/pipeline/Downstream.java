package dev.tidemill.exec.pipeline;

import org.jspecify.annotations.Nullable;

/**
 * Where an operator's rows go: stages one behind the other, then a sink. Immutable, shared by all
 * pipelines that push to the same place (the inputs of a UNION ALL, a join's matches and its
 * unmatched rows).
 */
public final class Downstream {
  private final OperatorCounters owner;
  private final @Nullable Stage stage;
  private final @Nullable Sink sink;
  private final @Nullable Downstream next;

  private Downstream(
      OperatorCounters owner,
      @Nullable Stage stage,
      @Nullable Sink sink,
      @Nullable Downstream next) {
    this.owner = owner;
    this.stage = stage;
    this.sink = sink;
    this.next = next;
  }

  static Downstream of(OperatorCounters owner, Sink sink) {
    return new Downstream(owner, null, sink, null);
  }

  Downstream before(OperatorCounters stageOwner, Stage first) {
    return new Downstream(stageOwner, first, null, this);
  }

  /** Who takes the rows. */
  OperatorCounters owner() {
    return owner;
  }

  /** The states of all stages and of the sink for one worker. */
  BatchSink open(Worker worker) {
    if (sink != null) {
      return sink.open(worker);
    }
    if (stage == null || next == null) {
      throw new IllegalStateException("neither stage nor sink");
    }
    BatchSink rest = next.open(worker);
    try {
      return stage.open(worker, rest);
    } catch (Throwable t) {
      rest.close();
      throw t;
    }
  }
}
