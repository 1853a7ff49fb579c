package dev.tidemill.exec.pipeline;

/**
 * A source and where its rows go. Workers drive it side by side, each with a state of its own:
 *
 * <pre>
 *   source ── morsel ──▶ stage ──▶ stage ──▶ sink      worker 1
 *          ── morsel ──▶ stage ──▶ stage ──▶ sink      worker 2
 * </pre>
 */
final class Pipeline {
  private final OperatorCounters owner;
  private final Source source;
  private final Downstream down;

  Pipeline(OperatorCounters owner, Source source, Downstream down) {
    this.owner = owner;
    this.source = source;
    this.down = down;
  }

  int parallelism() {
    return Math.max(1, source.parallelism());
  }

  /** One worker's part: from the first morsel it gets until there is none. */
  void work(Run run) {
    Worker worker = new Worker(run, owner);
    BatchSink out = down.open(worker);
    try (SourceReader reader = source.open(worker)) {
      worker.charge(owner);
      while (reader.advance(out)) {
        worker.check();
        if (run.yield()) {
          worker.forgetWaiting();
        }
      }
      out.finish();
      worker.charge(owner);
    } finally {
      out.close();
    }
  }
}
