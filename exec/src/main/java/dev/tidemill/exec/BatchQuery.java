package dev.tidemill.exec;

import dev.tidemill.exec.context.ExecutionContext;
import dev.tidemill.exec.error.ExecErrors;
import dev.tidemill.exec.pipeline.OperatorStatistics;
import dev.tidemill.exec.pipeline.Run;
import dev.tidemill.foundation.batch.Batch;
import java.util.List;
import org.jspecify.annotations.Nullable;

/**
 * A plan at work on an executor's threads. Its result is pulled batch by batch; workers that are
 * some batches ahead of the reader wait for it.
 *
 * <p>{@link #next} and {@link #close} belong to one thread, {@link #cancel} and {@link #statistics}
 * to any. Always close it: that stops the workers and frees everything but the batches that were
 * handed out.
 */
public final class BatchQuery implements AutoCloseable {
  private final CompiledPlan plan;
  private final Run run;
  private final ResultQueue results = new ResultQueue();
  private boolean closed;

  private BatchQuery(CompiledPlan plan, Run run) {
    this.plan = plan;
    this.run = run;
  }

  static BatchQuery start(CompiledPlan plan, ExecutionContext context, Scheduler scheduler) {
    int threads = context.threads() == 0 ? scheduler.permits() : context.threads();
    Run run = new Run(context, new ThreadCrew(scheduler, context.priority(), threads));
    BatchQuery query = new BatchQuery(plan, run);
    scheduler.start(context.priority(), () -> query.work(scheduler, context));
    return query;
  }

  /** On a thread of the executor. */
  private void work(Scheduler scheduler, ExecutionContext context) {
    Throwable failure = null;
    try {
      run.connectRoot(
          plan.root(),
          plan.result(),
          worker ->
              new ResultSink(
                  context.memory(),
                  batch -> {
                    if (!results.offer(batch)) {
                      scheduler.release();
                      try {
                        results.put(batch);
                      } finally {
                        scheduler.acquire(context.priority());
                      }
                    }
                  }));
      run.execute();
    } catch (Throwable t) {
      failure = t;
    }
    try {
      run.close();
    } catch (Throwable t) {
      failure = failure == null ? t : failure;
    }
    results.end(failure);
  }

  /**
   * The next batch of the result, the caller's to close, or null at the end. Waits for it. Batches
   * have at least one row, possibly a selection.
   *
   * @throws dev.tidemill.foundation.error.TidemillException what a worker threw, or that the query
   *     was cancelled; nothing comes after it
   */
  public @Nullable Batch next() {
    try {
      return results.take();
    } catch (InterruptedException e) {
      cancel();
      Thread.currentThread().interrupt();
      throw ExecErrors.cancelled();
    } catch (Throwable t) {
      throw ExecErrors.wrap(t);
    }
  }

  /**
   * Stops the work at each worker's next batch; {@link #next} then throws QUERY_CANCELLED. Does
   * nothing at the end.
   */
  public void cancel() {
    run.cancel();
  }

  /**
   * What each operator has done so far, the root first, then its inputs, depth first; also after
   * {@link #close}.
   */
  public List<OperatorStatistics> statistics() {
    return run.statistics();
  }

  /**
   * Stops the workers, waits for them, and frees everything but the batches that were handed out.
   */
  @Override
  public void close() {
    if (!closed) {
      closed = true;
      run.cancel();
      results.close();
      results.awaitEnd();
      results.close();
    }
  }
}
