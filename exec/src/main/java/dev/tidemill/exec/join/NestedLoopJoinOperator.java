package dev.tidemill.exec.join;

import dev.tidemill.exec.error.ExecErrors;
import dev.tidemill.exec.linear.Evaluations;
import dev.tidemill.exec.memory.CollectedRows;
import dev.tidemill.exec.pipeline.BatchSink;
import dev.tidemill.exec.pipeline.Downstream;
import dev.tidemill.exec.pipeline.Operator;
import dev.tidemill.exec.pipeline.Run;
import dev.tidemill.exec.pipeline.Source;
import dev.tidemill.exec.pipeline.SourceReader;
import dev.tidemill.exec.pipeline.Team;
import dev.tidemill.exec.pipeline.Worker;
import dev.tidemill.foundation.batch.Batch;
import dev.tidemill.foundation.memory.MemoryScope;
import dev.tidemill.plan.batch.JoinKind;
import dev.tidemill.plan.batch.NestedLoopJoinPlan;
import java.util.List;
import org.jspecify.annotations.Nullable;

/**
 * Joins by any condition: every left row is tried with every right row, or, where the condition
 * compares values of both sides ({@link RangeCondition}), with a range of right rows in the order
 * of such a value. A right side that does not fit memory is on disk, and read again for each {@link
 * Batch#MAX_ROWS} left rows.
 */
public final class NestedLoopJoinOperator extends Operator {
  private final JoinShape shape;
  private final @Nullable RangeCondition ranges;

  /** The same join of pairs in ranges. */
  private final JoinShape rangeShape;

  public NestedLoopJoinOperator(NestedLoopJoinPlan plan, Operator left, Operator right) {
    super(plan, List.of(left, right));
    this.shape = JoinShape.of(plan.kind(), plan.left(), plan.right(), plan.condition());
    this.ranges = RangeCondition.of(plan.condition(), shape.leftTypes(), shape.rightTypes());
    this.rangeShape =
        ranges == null
            ? shape
            : JoinShape.of(plan.kind(), plan.left(), plan.right(), ranges.rest());
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
    LoopedRows right = run.own(new LoopedRows(this, shape, run, buildMemory));
    run.connect(inputs().get(1), run.into(this, right));
    RangeTable table =
        ranges == null ? null : run.own(new RangeTable(ranges, right.share(), buildMemory));
    run.then(
        this,
        () -> {
          right.build();
          if (table != null && !right.isSpilled()) {
            table.prepare(right.rows(), Evaluations.context(run, buildMemory), Team.of(run));
          }
        });
    run.connect(
        inputs().get(0),
        run.through(
            this,
            (worker, next) ->
                right.isSpilled()
                    ? new BlockProbe(right, worker, run, memory, next)
                    : new Probe(right, table, worker, run, memory, next),
            down));
    if (shape.keepsRight()) {
      run.pipeline(this, new RightRest(right, memory), down);
    }
    run.then(
        this,
        () -> {
          if (table != null) {
            table.close();
          }
          right.close();
        });
  }

  /** The right rows without a match, behind NULLs, given by one worker. */
  private final class RightRest implements Source {
    private final LoopedRows right;
    private final MemoryScope memory;

    RightRest(LoopedRows right, MemoryScope memory) {
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
        private int block;
        private int first;

        @Override
        public boolean advance(BatchSink out) {
          if (block == right.blockCount()) {
            return false;
          }
          try (Batch rows = right.block(block++)) {
            return push(rows, out);
          }
        }

        private boolean push(Batch rows, BatchSink out) {
          int[] chosen = new int[Batch.MAX_ROWS];
          boolean more = true;
          for (int next = 0; more && next < rows.length(); ) {
            int count = 0;
            for (; next < rows.length() && count < chosen.length; next++) {
              chosen[count] = next;
              count += right.isMatched(first + next) ? 0 : 1;
            }
            more =
                count == 0 || BuiltRows.push(rows, chosen, count, shape.leftTypes(), memory, out);
          }
          first += rows.length();
          return more;
        }

        @Override
        public void close() {}
      };
    }
  }

  /**
   * Tries all left rows of a batch with all of so many right rows; says whether more are needed.
   */
  private boolean pairs(JoinOutput output, Batch batch, int rightCount) {
    int[] rows = Worker.rows(batch);
    int count = batch.rowCount();
    boolean oneMatchIsEnough = !shape.givesPairs();
    for (int i = 0; i < count; i++) {
      int row = rows[i];
      if (oneMatchIsEnough && (shape.condition() == null || output.isMatched(row))) {
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
    return true;
  }

  /** What looks for ranges; null where the condition has none. */
  private @Nullable RangeProbe rangeProbe(Worker worker, Run run, MemoryScope memory) {
    return ranges == null
        ? null
        : new RangeProbe(
            ranges, rangeShape, Evaluations.context(run, memory), worker, run.counters(this));
  }

  private final class Probe implements BatchSink {
    private final LoopedRows right;
    private final @Nullable RangeTable table;
    private final @Nullable RangeProbe probe;
    private final Worker worker;
    private final Run run;
    private final MemoryScope memory;
    private final BatchSink next;
    private final JoinOutput output;
    private @Nullable JoinOutput rangeOutput;

    Probe(
        LoopedRows right,
        @Nullable RangeTable table,
        Worker worker,
        Run run,
        MemoryScope memory,
        BatchSink next) {
      this.right = right;
      this.table = table;
      this.probe = rangeProbe(worker, run, memory);
      this.worker = worker;
      this.run = run;
      this.memory = memory;
      this.next = next;
      this.output = output(shape);
    }

    private JoinOutput output(JoinShape of) {
      return new JoinOutput(
          of, right.rows(), right::setMatched, worker, Evaluations.context(run, memory), next);
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
      if (probe != null && table != null && probe.begin(batch)) {
        RangeIndex index = probe.index(table, right.rows());
        if (index != null) {
          return pushRanges(batch, probe, index);
        }
      }
      output.begin(batch);
      return pairs(output, batch, rightCount) && output.end();
    }

    private boolean pushRanges(Batch batch, RangeProbe found, RangeIndex index) {
      if (rangeOutput == null) {
        rangeOutput = output(rangeShape);
      }
      rangeOutput.begin(batch);
      return found.pairs(rangeOutput, index, right.rows().length()) && rangeOutput.end();
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

  /** One worker's left rows: as many as make a batch pass all blocks of the right side. */
  private final class BlockProbe implements BatchSink {
    private final LoopedRows right;
    private final Worker worker;
    private final Run run;
    private final MemoryScope memory;
    private final BatchSink next;
    private final CollectedRows waiting;
    private final @Nullable RangeProbe probe;

    BlockProbe(LoopedRows right, Worker worker, Run run, MemoryScope memory, BatchSink next) {
      this.right = right;
      this.worker = worker;
      this.run = run;
      this.memory = memory;
      this.next = next;
      this.waiting = new CollectedRows(name(), shape.leftTypes(), memory);
      this.probe = rangeProbe(worker, run, memory);
    }

    @Override
    public boolean push(Batch batch) {
      if (batch.weights() != null) {
        throw ExecErrors.weightedInput(name());
      }
      boolean more = waiting.count() + batch.rowCount() <= Batch.MAX_ROWS || pass();
      if (more) {
        waiting.add(batch);
      }
      return more;
    }

    /** The rows that wait pass all blocks. */
    private boolean pass() {
      if (waiting.count() == 0) {
        return true;
      }
      try (Batch rows = waiting.table()) {
        EarlierMatches earlier = new EarlierMatches(new boolean[rows.length()]);
        boolean hasRanges = probe != null && probe.begin(rows);
        int first = 0;
        int last = right.blockCount() - 1;
        for (int block = 0; block <= last; block++) {
          worker.check();
          earlier.begin(block == last);
          try (Batch some = right.block(block)) {
            if (!pass(rows, some, first, earlier, hasRanges ? probe : null)) {
              return false;
            }
            first += some.length();
          }
        }
        return true;
      }
    }

    private boolean pass(
        Batch rows, Batch some, int first, EarlierMatches earlier, @Nullable RangeProbe found) {
      if (found != null && ranges != null) {
        try (RangeTable table = new RangeTable(ranges, right.share(), memory)) {
          RangeIndex index = found.index(table, some);
          if (index != null) {
            JoinOutput output = begin(rangeShape, rows, some, first, earlier);
            return found.pairs(output, index, some.length()) && end(output, earlier);
          }
        }
      }
      JoinOutput output = begin(shape, rows, some, first, earlier);
      return pairs(output, rows, some.length()) && end(output, earlier);
    }

    private JoinOutput begin(
        JoinShape of, Batch rows, Batch some, int first, EarlierMatches earlier) {
      JoinOutput output =
          new JoinOutput(
              of,
              some,
              row -> right.setMatched(first + row),
              worker,
              Evaluations.context(run, memory),
              next);
      output.begin(rows);
      output.addEarlier(earlier);
      return output;
    }

    private static boolean end(JoinOutput output, EarlierMatches earlier) {
      return earlier.isLast() ? output.end() : output.pause(earlier);
    }

    @Override
    public void finish() {
      pass();
      next.finish();
    }

    @Override
    public void close() {
      waiting.close();
      next.close();
    }
  }
}
