package dev.tidemill.exec;

import dev.tidemill.exec.context.ExecutionContext;
import dev.tidemill.exec.error.ExecErrors;
import dev.tidemill.exec.pipeline.Crew;
import dev.tidemill.exec.pipeline.Run;
import dev.tidemill.foundation.batch.Batch;
import dev.tidemill.plan.batch.BatchPlan;
import java.util.ArrayList;
import java.util.List;

/**
 * Runs batch plans, any number at once, on its threads: all runs together use as many as it was
 * made with.
 *
 * <pre>
 *   try (BatchQuery query = executor.start(plan, context)) {
 *     for (Batch batch = query.next(); batch != null; batch = query.next()) {
 *       …
 *       batch.close();
 *     }
 *   }
 * </pre>
 *
 * <p>A plan that runs often is compiled once ({@link CompiledPlan#compile}); small steps are run
 * without a hand-over to another thread by {@link #run}. The result of a plan whose root is a sort
 * or top-N, or projections, filters and limits over one, comes in its order; any other in any
 * order.
 */
public final class Executor implements AutoCloseable {
  private final Scheduler scheduler;
  private volatile boolean closed;

  /** An executor of {@code threads} threads, at least 1; they are made when there is work. */
  public Executor(int threads) {
    if (threads < 1) {
      throw new IllegalArgumentException("threads: " + threads);
    }
    this.scheduler = new Scheduler(threads);
  }

  public int threads() {
    return scheduler.permits();
  }

  /** Compiles and starts a plan. Throws what its expressions throw when they are compiled. */
  public BatchQuery start(BatchPlan plan, ExecutionContext context) {
    return start(CompiledPlan.compile(plan, context.planThroughJson()), context);
  }

  /** Starts a compiled plan. */
  public BatchQuery start(CompiledPlan plan, ExecutionContext context) {
    if (closed) {
      throw ExecErrors.closed();
    }
    return BatchQuery.start(plan, context, scheduler);
  }

  /** As {@link #run(CompiledPlan, ExecutionContext)}, compiled for this once. */
  public static List<Batch> run(BatchPlan plan, ExecutionContext context) {
    return run(CompiledPlan.compile(plan, context.planThroughJson()), context);
  }

  /**
   * Runs a plan on the calling thread alone and returns its whole result, the caller's to close.
   * For small work, such as the linear part of a step. With {@code InputPlan}s in linear operators
   * only, batches may have weights.
   */
  public static List<Batch> run(CompiledPlan plan, ExecutionContext context) {
    List<Batch> results = new ArrayList<>();
    try (Run run = new Run(context, Crew.ALONE)) {
      run.connectRoot(
          plan.root(), plan.result(), worker -> new ResultSink(context.memory(), results::add));
      run.execute();
      return results;
    } catch (Throwable t) {
      results.forEach(Batch::close);
      throw t;
    }
  }

  /** Starts no further query; those at work go on. Threads without work end by themselves. */
  @Override
  public void close() {
    closed = true;
  }
}
