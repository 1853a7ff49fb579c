package dev.tidemill.exec.join;

import dev.tidemill.exec.error.ExecErrors;
import dev.tidemill.exec.linear.Evaluations;
import dev.tidemill.exec.pipeline.BatchSink;
import dev.tidemill.exec.pipeline.Downstream;
import dev.tidemill.exec.pipeline.Operator;
import dev.tidemill.exec.pipeline.Run;
import dev.tidemill.exec.pipeline.Worker;
import dev.tidemill.foundation.memory.MemoryScope;
import dev.tidemill.foundation.type.Type;
import dev.tidemill.plan.batch.BatchPlan;
import dev.tidemill.plan.batch.Distribution;
import dev.tidemill.plan.batch.HashJoinPlan;
import dev.tidemill.plan.batch.JoinKind;
import java.util.ArrayList;
import java.util.List;
import java.util.function.Supplier;
import java.util.stream.Collectors;
import org.jspecify.annotations.Nullable;

/**
 * Joins by equal keys: one side, mostly the right one, is built into a table, the other probes it.
 *
 * <pre>
 *   BROADCAST   right ─▶ one shared table          SHUFFLE   right ─▶ partitions ┐
 *               left ─▶ probe ─▶ result                      left ─▶ partitions ─┴▶ build, probe ─▶ result
 *               unmatched right rows ─▶ result               (a partition is a morsel)
 * </pre>
 *
 * <p>A SEMI or ANTI join may build its left side: the right rows mark what they match, and the
 * marked, or the other, left rows are the result.
 *
 * <p>Where the kind has to know the whole right side (the NULL-aware ones), the table is always a
 * shared one.
 */
public final class HashJoinOperator extends Operator {
  private final HashJoinPlan plan;
  private final JoinShape shape;
  private final JoinKeys leftKeys;
  private final JoinKeys rightKeys;
  private final @Nullable KeyFilters filters;

  public HashJoinOperator(HashJoinPlan plan, Operator left, Operator right) {
    super(plan, List.of(left, right));
    this.plan = plan;
    this.shape = JoinShape.of(plan.kind(), plan.left(), plan.right(), plan.residual());
    List<Type> types = new ArrayList<>();
    for (int i = 0; i < plan.leftKeys().size(); i++) {
      types.add(
          JoinKeys.common(
              shape.leftTypes().get(plan.leftKeys().get(i)),
              shape.rightTypes().get(plan.rightKeys().get(i))));
    }
    this.leftKeys = new JoinKeys(plan.leftKeys(), types, plan.nullsMatch());
    this.rightKeys = new JoinKeys(plan.rightKeys(), types, plan.nullsMatch());
    if (isNullAware() && (plan.residual() != null || types.size() != 1)) {
      throw ExecErrors.brokenPlan(plan.kind() + " join with a condition or several keys");
    }
    this.filters = dropsProbing() ? new KeyFilters(plan, plan.buildsLeft() ? right : left) : null;
  }

  /** Whether rows that probe and have no match are of no use. */
  private boolean dropsProbing() {
    return plan.buildsLeft()
        || plan.kind() == JoinKind.INNER
        || plan.kind() == JoinKind.RIGHT
        || plan.kind() == JoinKind.SEMI;
  }

  private boolean isNullAware() {
    return plan.kind() == JoinKind.NULL_AWARE_ANTI || plan.kind() == JoinKind.NULL_AWARE_LEFT_MARK;
  }

  @Override
  public String name() {
    return "HashJoin(" + keyNames(plan.left(), plan.leftKeys()) + ")";
  }

  private static String keyNames(BatchPlan side, List<Integer> keys) {
    return keys.stream()
        .map(key -> side.columns().get(key).name())
        .collect(Collectors.joining(", "));
  }

  @Override
  protected void connect(Run run, Downstream down) {
    Work work = plan.buildsLeft() ? new Marking(run) : new Probing(run);
    if (plan.distribution() == Distribution.SHUFFLE && !isNullAware()) {
      connectShuffle(run, work, down);
    } else {
      connectBroadcast(run, work, down);
    }
  }

  private void connectBroadcast(Run run, Work work, Downstream down) {
    BuildSide build =
        run.own(
            new BuildSide(
                name(),
                work.builtTypes(),
                work.builtKeys(),
                work.tracksMatches(),
                run,
                memory(run, "build", work.built())));
    run.connect(inputs().get(work.built()), run.into(this, build.collector()));
    KeyFilters.Filling filling =
        filters == null ? null : filters.attach(run, run.memory(this, name() + " keys"));
    run.then(
        this,
        () -> {
          build.build();
          if (filling != null) {
            filling.fill(column -> List.of(build.table().rows().column(column)));
          }
        });
    run.connect(
        inputs().get(1 - work.built()),
        run.through(this, (worker, next) -> work.probe(build.table(), worker, next), down));
    if (work.tracksMatches()) {
      run.pipeline(this, work.rest(build::table, run.threads()), down);
    }
  }

  private void connectShuffle(Run run, Work work, Downstream down) {
    MemoryScope builtMemory = memory(run, "build", work.built());
    PartitionedSide built = side(run, work.built(), builtMemory);
    KeyFilters.Filling filling =
        filters == null ? null : filters.attach(run, run.memory(this, name() + " keys"));
    if (filling != null) {
      run.then(this, () -> filling.fill(built::pieces));
    }
    PartitionedSide probed = side(run, 1 - work.built(), memory(run, "probe", 1 - work.built()));
    run.pipeline(
        this, new PartitionedJoin(work, probed, built, work.builtKeys(), run, builtMemory), down);
  }

  private PartitionedSide side(Run run, int input, MemoryScope memory) {
    PartitionedSide side =
        run.own(
            new PartitionedSide(
                name(),
                (input == 0 ? leftKeys : rightKeys).indexArray(),
                input == 0 ? shape.leftTypes() : shape.rightTypes(),
                memory));
    run.connect(inputs().get(input), run.into(this, side));
    return side;
  }

  private MemoryScope memory(Run run, String part, int input) {
    String keys =
        input == 0
            ? keyNames(plan.left(), plan.leftKeys())
            : keyNames(plan.right(), plan.rightKeys());
    return run.memory(this, "HashJoin " + part + "(" + keys + ")");
  }

  /** What is to be done with a table and the rows that probe it. Thread-safe. */
  interface Work {
    /** Which input is built. */
    int built();

    List<Type> builtTypes();

    JoinKeys builtKeys();

    /** Whether {@link #rest} asks which built rows had a match: then there are such rows. */
    boolean tracksMatches();

    /** Whether rows that probe an empty table may come to anything. */
    boolean probesEmpty();

    /** Takes the rows that probe; what they give goes to {@code next}. */
    BatchSink probe(JoinTable table, Worker worker, BatchSink next);

    /** The built rows that follow once all have probed. */
    BuiltRows rest(Supplier<JoinTable> table, int threads);
  }

  /** The right side is built, the left side probes. */
  private final class Probing implements Work {
    private final Run run;
    private final MemoryScope memory;

    Probing(Run run) {
      this.run = run;
      this.memory = run.memory(HashJoinOperator.this, name());
    }

    @Override
    public int built() {
      return 1;
    }

    @Override
    public List<Type> builtTypes() {
      return shape.rightTypes();
    }

    @Override
    public JoinKeys builtKeys() {
      return rightKeys;
    }

    @Override
    public boolean tracksMatches() {
      return shape.keepsRight();
    }

    @Override
    public boolean probesEmpty() {
      return shape.keepsLeft() || !shape.givesPairs();
    }

    @Override
    public BatchSink probe(JoinTable table, Worker worker, BatchSink next) {
      return new HashProbe(shape, leftKeys, table, worker, Evaluations.context(run, memory), next);
    }

    @Override
    public BuiltRows rest(Supplier<JoinTable> table, int threads) {
      return new BuiltRows(
          shape.leftTypes(),
          () -> table.get().rows(),
          row -> !table.get().isMatched(row),
          memory,
          threads);
    }
  }

  /** The left side is built; the right side marks what it matches. */
  private final class Marking implements Work {
    private final Run run;
    private final MemoryScope memory;

    Marking(Run run) {
      this.run = run;
      this.memory = run.memory(HashJoinOperator.this, name());
    }

    @Override
    public int built() {
      return 0;
    }

    @Override
    public List<Type> builtTypes() {
      return shape.leftTypes();
    }

    @Override
    public JoinKeys builtKeys() {
      return leftKeys;
    }

    @Override
    public boolean tracksMatches() {
      return true;
    }

    @Override
    public boolean probesEmpty() {
      return false;
    }

    @Override
    public BatchSink probe(JoinTable table, Worker worker, BatchSink next) {
      return new MarkingProbe(
          rightKeys, table, shape.condition(), worker, Evaluations.context(run, memory), next);
    }

    @Override
    public BuiltRows rest(Supplier<JoinTable> table, int threads) {
      boolean wanted = plan.kind() == JoinKind.SEMI;
      return new BuiltRows(
          List.of(),
          () -> table.get().rows(),
          row -> table.get().isMatched(row) == wanted,
          memory,
          threads);
    }
  }
}
