package dev.tidemill.exec.recursion;

import dev.tidemill.exec.error.ExecErrors;
import dev.tidemill.exec.memory.Charges;
import dev.tidemill.exec.pipeline.BatchSink;
import dev.tidemill.exec.pipeline.Downstream;
import dev.tidemill.exec.pipeline.KeptBatches;
import dev.tidemill.exec.pipeline.Operator;
import dev.tidemill.exec.pipeline.Run;
import dev.tidemill.exec.pipeline.Sink;
import dev.tidemill.exec.pipeline.Source;
import dev.tidemill.exec.pipeline.SourceReader;
import dev.tidemill.exec.pipeline.Worker;
import dev.tidemill.exec.shared.SharedOperator;
import dev.tidemill.exec.spill.MemoryShare;
import dev.tidemill.foundation.batch.Batch;
import dev.tidemill.foundation.memory.MemoryScope;
import dev.tidemill.foundation.type.Type;
import dev.tidemill.plan.batch.OutputColumn;
import dev.tidemill.plan.batch.RecursivePlan;
import java.util.ArrayList;
import java.util.IdentityHashMap;
import java.util.List;
import java.util.Map;
import java.util.stream.Collectors;
import org.jspecify.annotations.Nullable;

/**
 * Goes round after round, semi-naively: each reads the rows of the round before alone, until one
 * gives no rows.
 *
 * <pre>
 *   first ─▶ rows of round 0
 *            rows of round 0 ─▶ result     working table = round 0
 *            next ─▶ rows of round 1
 *            rows of round 1 ─▶ result     working table = round 1
 *            …                             round n has no rows: done
 * </pre>
 *
 * <p>Every round is a {@linkplain Run#inner run of its own} within the run. Parts of {@code next}
 * that are marked as shared and do not read the working table are computed once, before the first
 * round. Where rows are distinct, a round is what of its rows none before has given, and the rows
 * of all rounds are kept as keys. Rows and keys that do not fit memory go to disk. Where nobody
 * wants more rows, no further round begins.
 */
public final class RecursiveOperator extends Operator {
  private final RecursivePlan plan;
  private final List<Type> types;
  private final List<WorkingTableOperator> workingTables = new ArrayList<>();
  private final List<SharedOperator> computedOnce = new ArrayList<>();

  public RecursiveOperator(RecursivePlan plan, Operator first, Operator next) {
    super(plan, List.of(first, next));
    this.plan = plan;
    this.types = plan.columns().stream().map(OutputColumn::type).toList();
    look(next);
  }

  private void look(Operator operator) {
    if (operator instanceof SharedOperator shared && !plan.isReadBy(shared.plan())) {
      computedOnce.add(shared);
      return;
    }
    if (operator instanceof WorkingTableOperator table && plan.isReadBy(table.plan())) {
      workingTables.add(table);
    }
    operator.inputs().forEach(this::look);
  }

  @Override
  public String name() {
    return plan.columns().stream()
        .map(OutputColumn::name)
        .collect(Collectors.joining(", ", "Recursive(", ")"));
  }

  @Override
  protected void connect(Run run, Downstream down) {
    Map<SharedOperator, KeptBatches> once = new IdentityHashMap<>();
    computedOnce.forEach(shared -> once.put(shared, shared.kept(run)));
    Rounds rounds = run.own(new Rounds(run, once));
    run.connect(inputs().get(0), run.into(this, rounds));
    run.then(this, rounds::endRound);
    run.pipelines(this, rounds::next, down);
    run.then(this, rounds::close);
  }

  /** The rounds of one run. */
  private final class Rounds implements Sink, AutoCloseable {
    private final Run run;
    private final Map<SharedOperator, KeptBatches> once;
    private final MemoryScope memory;
    private final MemoryShare share;
    private final @Nullable DistinctRows distinct;

    /** The rows of the round at hand, and of the one before. */
    private KeptBatches rows;

    private @Nullable KeptBatches before;
    private long number;
    private volatile boolean enough;

    Rounds(Run run, Map<SharedOperator, KeptBatches> once) {
      this.run = run;
      this.once = once;
      this.memory = run.memory(RecursiveOperator.this);
      this.share = run.share(memory);
      this.distinct =
          plan.distinct()
              ? new DistinctRows(
                  types, run, memory, share, run.spill(RecursiveOperator.this, memory))
              : null;
      this.rows = newRows();
    }

    private KeptBatches newRows() {
      return new KeptBatches(RecursiveOperator.this, types, run, memory, share);
    }

    /** Takes rows of the round at hand. */
    @Override
    public BatchSink open(Worker worker) {
      BatchSink all = new Outliving(rows.open(worker));
      return distinct == null ? all : distinct.before(all);
    }

    /**
     * The rows of the next round, to be read once; null behind the last. The first may have none.
     */
    @Nullable Source next() {
      if (before != null) {
        before.close();
        before = null;
      }
      if (number > 0) {
        if (enough || rows.isEmpty()) {
          return null;
        }
        before = rows;
        rows = newRows();
        computeRound(before);
        if (rows.isEmpty()) {
          return null;
        }
        if (number > plan.mostRounds()) {
          throw ExecErrors.recursionLimit(plan.columns(), plan.mostRounds());
        }
      }
      number++;
      return new Watched(rows.reading(run.threads()));
    }

    private void computeRound(KeptBatches working) {
      try (Run round = run.inner()) {
        workingTables.forEach(table -> round.attach(table, working));
        once.forEach(round::attach);
        round.connect(inputs().get(1), round.into(RecursiveOperator.this, this));
        round.execute();
      }
      endRound();
    }

    /** All rows of the round at hand have come. */
    void endRound() {
      if (distinct != null) {
        distinct.endRound(rows::add);
      }
    }

    /** Keeps rows beyond their round: copies share dictionaries and the data of texts with it. */
    private final class Outliving implements BatchSink {
      private final BatchSink out;

      Outliving(BatchSink out) {
        this.out = out;
      }

      @Override
      public boolean push(Batch batch) {
        Charges.moveUp(batch, run.context().memory());
        return out.push(batch);
      }

      @Override
      public void finish() {
        out.finish();
      }

      @Override
      public void close() {
        out.close();
      }
    }

    /** Notes when nobody wants more. */
    private final class Watched implements Source {
      private final Source source;

      Watched(Source source) {
        this.source = source;
      }

      @Override
      public int parallelism() {
        return source.parallelism();
      }

      @Override
      public SourceReader open(Worker worker) {
        SourceReader reader = source.open(worker);
        return new SourceReader() {
          @Override
          public boolean advance(BatchSink out) {
            return reader.advance(new Asking(out));
          }

          @Override
          public void close() {
            reader.close();
          }
        };
      }
    }

    private final class Asking implements BatchSink {
      private final BatchSink out;

      Asking(BatchSink out) {
        this.out = out;
      }

      @Override
      public boolean push(Batch batch) {
        boolean more = out.push(batch);
        if (!more) {
          enough = true;
        }
        return more;
      }

      @Override
      public void finish() {}

      @Override
      public void close() {}
    }

    @Override
    public void close() {
      rows.close();
      if (before != null) {
        before.close();
        before = null;
      }
      if (distinct != null) {
        distinct.close();
      }
      share.done();
    }
  }
}
