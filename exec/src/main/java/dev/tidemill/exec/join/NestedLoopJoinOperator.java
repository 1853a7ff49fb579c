package dev.tidemill.exec.join;

import dev.tidemill.exec.error.ExecErrors;
import dev.tidemill.exec.linear.Evaluations;
import dev.tidemill.exec.memory.HeapMemory;
import dev.tidemill.exec.memory.RowCollector;
import dev.tidemill.exec.pipeline.BatchSink;
import dev.tidemill.exec.pipeline.Downstream;
import dev.tidemill.exec.pipeline.Operator;
import dev.tidemill.exec.pipeline.Run;
import dev.tidemill.exec.pipeline.Source;
import dev.tidemill.exec.pipeline.SourceReader;
import dev.tidemill.exec.pipeline.Worker;
import dev.tidemill.foundation.batch.Batch;
import dev.tidemill.foundation.memory.MemoryScope;
import dev.tidemill.plan.batch.JoinKind;
import dev.tidemill.plan.batch.NestedLoopJoinPlan;
import java.util.List;
import org.jspecify.annotations.Nullable;

/** Joins by any condition: every left row is tried with every right row. */
public final class NestedLoopJoinOperator extends Operator {
  private final JoinShape shape;

  public NestedLoopJoinOperator(NestedLoopJoinPlan plan, Operator left, Operator right) {
    super(plan, List.of(left, right));
    this.shape = JoinShape.of(plan.kind(), plan.left(), plan.right(), plan.condition());
    if (plan.kind() == JoinKind.NULL_AWARE_ANTI || plan.kind() == JoinKind.NULL_AWARE_LEFT_MARK) {
      throw ExecErrors.brokenPlan("nested-loop join of kind " + plan.kind());
    }
  }

  @Override
  public String name() {
    return "NestedLoopJoin";
  }

  @Override
  protected void connect(Run run, Downstream down) {
    MemoryScope buildMemory = run.memory(this, "NestedLoopJoin build");
    MemoryScope memory = run.memory(this, name());
    RightRows right = run.own(new RightRows(buildMemory));
    run.connect(inputs().get(1), run.into(this, right.collector));
    run.then(this, right::build);
    run.connect(
        inputs().get(0),
        run.through(this, (worker, next) -> new Probe(right, worker, run, memory, next), down));
    if (shape.keepsRight()) {
      run.pipeline(this, new RightRest(right, memory), down);
    }
  }

  /** The right side in one run. */
  private final class RightRows implements AutoCloseable {
    private final RowCollector collector;
    private final HeapMemory heap;
    private @Nullable Batch rows;

    /** By right row whether it has had a match; workers only ever set it. */
    private boolean[] matched = new boolean[0];

    RightRows(MemoryScope memory) {
      this.collector = new RowCollector(name(), shape.rightTypes(), memory);
      this.heap = new HeapMemory(memory);
    }

    void build() {
      Batch table = collector.rows().table();
      rows = table;
      if (shape.keepsRight()) {
        heap.reserve(table.length());
        matched = new boolean[table.length()];
      }
    }

    Batch rows() {
      if (rows == null) {
        throw ExecErrors.brokenPlan("a probe before the build");
      }
      return rows;
    }

    void setMatched(int row) {
      matched[row] = true;
    }

    boolean isMatched(int row) {
      return matched[row];
    }

    @Override
    public void close() {
      collector.close();
      heap.close();
      if (rows != null) {
        rows.close();
        rows = null;
      }
    }
  }

  /** The right rows without a match, behind NULLs, given by one worker. */
  private final class RightRest implements Source {
    private final RightRows right;
    private final MemoryScope memory;

    RightRest(RightRows right, MemoryScope memory) {
      this.right = right;
      this.memory = memory;
    }

    @Override
    public int parallelism() {
      return 1;
    }

    @Override
    public SourceReader open(Worker worker) {
      return new SourceReader() {
        private int next;

        @Override
        public boolean advance(BatchSink out) {
          int[] chosen = new int[Batch.MAX_ROWS];
          int count = 0;
          for (; next < right.rows().length() && count < chosen.length; next++) {
            chosen[count] = next;
            count += right.isMatched(next) ? 0 : 1;
          }
          return count > 0
              && BuiltRows.push(right.rows(), chosen, count, shape.leftTypes(), memory, out);
        }

        @Override
        public void close() {}
      };
    }
  }

  private final class Probe implements BatchSink {
    private final RightRows right;
    private final BatchSink next;
    private final JoinOutput output;

    Probe(RightRows right, Worker worker, Run run, MemoryScope memory, BatchSink next) {
      this.right = right;
      this.next = next;
      this.output =
          new JoinOutput(
              shape,
              right.rows(),
              right::setMatched,
              worker,
              Evaluations.context(run, memory),
              next);
    }

    @Override
    public boolean push(Batch batch) {
      if (batch.weights() != null) {
        throw ExecErrors.weightedInput(name());
      }
      int rightCount = right.rows().length();
      if (rightCount == 0
          && (shape.kind() == JoinKind.INNER
              || shape.kind() == JoinKind.RIGHT
              || shape.kind() == JoinKind.SEMI)) {
        return false;
      }
      output.begin(batch);
      int[] rows = Worker.rows(batch);
      int count = batch.rowCount();
      boolean oneMatchIsEnough = !shape.givesPairs();
      for (int i = 0; i < count; i++) {
        int row = rows[i];
        if (oneMatchIsEnough && shape.condition() == null) {
          if (rightCount > 0) {
            output.match(row);
          }
          continue;
        }
        for (int match = 0; match < rightCount; match++) {
          if (!output.pair(row, match)) {
            return false;
          }
          if (oneMatchIsEnough && output.isMatched(row)) {
            break;
          }
        }
      }
      return output.end();
    }

    @Override
    public void finish() {
      next.finish();
    }

    @Override
    public void close() {
      next.close();
    }
  }
}
