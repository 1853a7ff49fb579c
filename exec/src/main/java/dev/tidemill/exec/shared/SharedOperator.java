package dev.tidemill.exec.shared;

import dev.tidemill.exec.error.ExecErrors;
import dev.tidemill.exec.pipeline.BatchSink;
import dev.tidemill.exec.pipeline.Downstream;
import dev.tidemill.exec.pipeline.Operator;
import dev.tidemill.exec.pipeline.Run;
import dev.tidemill.exec.pipeline.Sink;
import dev.tidemill.exec.pipeline.Source;
import dev.tidemill.exec.pipeline.SourceReader;
import dev.tidemill.exec.pipeline.Worker;
import dev.tidemill.foundation.batch.Batch;
import dev.tidemill.foundation.batch.Batches;
import dev.tidemill.foundation.memory.MemoryScope;
import dev.tidemill.plan.batch.SharedPlan;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.atomic.AtomicInteger;

/**
 * Computes its input once a run and keeps the rows. One operator stands at every place of the plan
 * where the part occurs; whoever connects it first has the input computed, all read the rows.
 *
 * <pre>
 *   first place    input ─▶ rows kept          (pipeline)
 *                  rows kept ─▶ what is above  (pipeline)
 *   other places   rows kept ─▶ what is above  (pipeline)
 * </pre>
 */
public final class SharedOperator extends Operator {
  private final SharedPlan plan;

  public SharedOperator(SharedPlan plan, Operator input) {
    super(plan, List.of(input));
    this.plan = plan;
  }

  @Override
  public String name() {
    return "Shared(" + plan.number() + ")";
  }

  @Override
  protected void connect(Run run, Downstream down) {
    List<Kept> known = run.attached(this, Kept.class);
    Kept kept;
    if (known.isEmpty()) {
      kept = run.own(new Kept(run.memory(this)));
      run.attach(this, kept);
      run.connect(inputs().get(0), run.into(this, kept));
    } else {
      kept = known.get(0);
    }
    run.pipeline(this, new Reading(kept.batches, run.threads()), down);
  }

  /** The rows of one run. Written by all workers, read when all are done. */
  private final class Kept implements Sink, AutoCloseable {
    private final MemoryScope memory;
    private final List<Batch> batches = new ArrayList<>();

    Kept(MemoryScope memory) {
      this.memory = memory;
    }

    @Override
    public BatchSink open(Worker worker) {
      return new BatchSink() {
        @Override
        public boolean push(Batch batch) {
          if (batch.weights() != null) {
            throw ExecErrors.weightedInput(name());
          }
          Batch copy = Batches.compact(batch, memory);
          synchronized (batches) {
            batches.add(copy);
          }
          return true;
        }

        @Override
        public void finish() {}

        @Override
        public void close() {}
      };
    }

    @Override
    public void close() {
      batches.forEach(Batch::close);
      batches.clear();
    }
  }

  /** One reading of the rows; a batch is a morsel. */
  private static final class Reading implements Source {
    private final List<Batch> batches;
    private final int threads;
    private final AtomicInteger next = new AtomicInteger();

    Reading(List<Batch> batches, int threads) {
      this.batches = batches;
      this.threads = threads;
    }

    @Override
    public int parallelism() {
      return Math.min(threads, batches.size());
    }

    @Override
    public SourceReader open(Worker worker) {
      return new SourceReader() {
        @Override
        public boolean advance(BatchSink out) {
          int index = next.getAndIncrement();
          return index < batches.size() && out.push(batches.get(index));
        }

        @Override
        public void close() {}
      };
    }
  }
}
