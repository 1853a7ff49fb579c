package dev.tidemill.exec.match;

import dev.tidemill.exec.error.ExecErrors;
import dev.tidemill.exec.expression.EvaluationContext;
import dev.tidemill.exec.linear.Evaluations;
import dev.tidemill.exec.memory.HeapMemory;
import dev.tidemill.exec.pipeline.Downstream;
import dev.tidemill.exec.pipeline.Operator;
import dev.tidemill.exec.pipeline.Run;
import dev.tidemill.exec.window.WholePartitions;
import dev.tidemill.exec.window.WindowRows;
import dev.tidemill.foundation.batch.Batch;
import dev.tidemill.foundation.batch.Column;
import dev.tidemill.foundation.batch.Columns;
import dev.tidemill.foundation.batch.FixedColumn;
import dev.tidemill.foundation.memory.MemoryScope;
import dev.tidemill.plan.batch.MatchPlan;
import dev.tidemill.plan.batch.MatchSkip;
import dev.tidemill.plan.batch.OutputColumn;
import dev.tidemill.plan.batch.RowsPerMatch;
import java.util.List;
import java.util.stream.Collectors;
import org.jspecify.annotations.Nullable;

/** MATCH_RECOGNIZE: finds the matches of each partition, one behind the other. */
public final class MatchOperator extends Operator {
  private final MatchPlan plan;
  private final WholePartitions partitions;
  private final CompiledMatch match;

  public MatchOperator(MatchPlan plan, Operator input) {
    super(plan, List.of(input));
    this.plan = plan;
    this.partitions =
        new WholePartitions(
            plan.input().columns(), plan.partitionKeys(), plan.orderKeys(), /* tiesMatter= */ true);
    this.match = new CompiledMatch(plan);
  }

  @Override
  public String name() {
    List<OutputColumn> columns = plan.input().columns();
    return plan.partitionKeys().stream()
        .map(key -> columns.get(key).name())
        .collect(Collectors.joining(", ", "Match(", ")"));
  }

  @Override
  protected void connect(Run run, Downstream down) {
    partitions.connect(this, run, down, () -> new Matches(run, run.memory(this)));
  }

  /** The matches of some partitions. */
  private final class Matches implements WholePartitions.Results {
    private final Run run;
    private final MemoryScope memory;
    private List<Batch> batches = List.of();

    Matches(Run run, MemoryScope memory) {
      this.run = run;
      this.memory = memory;
    }

    @Override
    public void compute(WindowRows rows) {
      try (HeapMemory heap = new HeapMemory(memory)) {
        compute(rows, heap);
      }
    }

    private void compute(WindowRows rows, HeapMemory heap) {
      EvaluationContext context = Evaluations.context(run, memory);
      MatchHistory history = new MatchHistory(match.program(), rows.count(), heap);
      try (MatchConditions conditions = new MatchConditions(match, rows, history, context, heap);
          MatchOutput output = new MatchOutput(match, rows, context, heap)) {
        PatternMatcher matcher =
            new PatternMatcher(
                match.program(),
                conditions,
                history,
                MatchConditions.triedStates(match, rows, history, heap),
                isOpen() ? plan.rowsBehind() : -1,
                rows::check,
                heap);
        MatchPlan.Open open = plan.open();
        try (Column pending = open == null ? null : pending(rows.rows(), open)) {
          for (int partition = 0; partition < rows.partitionCount(); partition++) {
            conditions.partition(partition);
            find(rows, partition, matcher, conditions, history, output, (FixedColumn) pending);
          }
        }
        batches = output.finish();
      }
    }

    private Column pending(Batch rows, MatchPlan.Open open) {
      return Columns.decode(rows.column(open.pending()), memory);
    }

    private void find(
        WindowRows rows,
        int partition,
        PatternMatcher matcher,
        MatchConditions conditions,
        MatchHistory history,
        MatchOutput output,
        @Nullable FixedColumn pending) {
      int from = rows.partitionFrom(partition);
      int to = rows.partitionTo(partition);
      MatchPlan.Open open = plan.open();
      int row = from;
      while (pending != null && row < to && pending.longAt(row) == MatchPlan.Open.BEFORE) {
        row++;
      }
      int behind = from;
      long number = 0;
      while (row < to) {
        conditions.number(number + 1);
        boolean closed = pending != null && pending.longAt(row) == MatchPlan.Open.CLOSED;
        int end = matcher.match(partition, from, to, row, closed);
        if (end == PatternMatcher.UNDECIDED) {
          break;
        }
        if (open != null && open.giving() == MatchPlan.Giving.UNDECIDED) {
          row = end < 0 || end == row ? row + 1 : next(history, row, end);
          continue;
        }
        if (end < 0) {
          if (plan.rows() == RowsPerMatch.ALL_WITH_UNMATCHED && row >= behind) {
            output.unmatched(row);
          }
          row++;
          continue;
        }
        number++;
        if (plan.rows() == RowsPerMatch.ONE
            || end == row && plan.rows() != RowsPerMatch.ALL_OMIT_EMPTY) {
          output.one(history, partition, row, end, number);
        } else {
          output.all(history, partition, row, end, number);
        }
        behind = Math.max(behind, Math.max(end, row + 1));
        row = end == row ? row + 1 : next(history, row, end);
      }
      if (open != null && open.giving() == MatchPlan.Giving.UNDECIDED) {
        for (int i = Math.max(from, row - plan.rowsBefore()); i < to; i++) {
          output.undecided(i, i >= row);
        }
      }
    }

    private boolean isOpen() {
      MatchPlan.Open open = plan.open();
      return open != null && open.giving() != MatchPlan.Giving.ALL;
    }

    private int next(MatchHistory history, int start, int end) {
      boolean first = plan.skip().kind() == MatchSkip.Kind.TO_FIRST;
      return switch (plan.skip().kind()) {
        case PAST_LAST_ROW -> end;
        case TO_NEXT_ROW -> start + 1;
        case TO_FIRST, TO_LAST -> {
          int step = first ? 1 : -1;
          int row = first ? start : end - 1;
          while (row >= start && row < end && !isTarget(history.step(row))) {
            row += step;
          }
          if (row <= start || row >= end) {
            throw ExecErrors.skipTarget(
                (first ? "FIRST " : "LAST ")
                    + plan.skip().variables().stream()
                        .map(plan.variables()::get)
                        .collect(Collectors.joining(", ")),
                row != start);
          }
          yield row;
        }
      };
    }

    private boolean isTarget(int step) {
      return plan.skip().variables().contains(match.program().variable(step));
    }

    @Override
    public int batchCount() {
      return batches.size();
    }

    @Override
    public Batch batch(int number) {
      return batches.get(number).retain();
    }

    @Override
    public void close() {
      batches.forEach(Batch::close);
      batches = List.of();
    }
  }
}
