package dev.tidemill.exec.join;

import dev.tidemill.exec.error.ExecErrors;
import dev.tidemill.exec.linear.Evaluations;
import dev.tidemill.exec.memory.CollectedRows;
import dev.tidemill.exec.pipeline.BatchSink;
import dev.tidemill.exec.pipeline.Downstream;
import dev.tidemill.exec.pipeline.Operator;
import dev.tidemill.exec.pipeline.Run;
import dev.tidemill.exec.pipeline.Worker;
import dev.tidemill.exec.spill.MemoryShare;
import dev.tidemill.exec.spill.Spill;
import dev.tidemill.foundation.batch.Batch;
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
 *   BROADCAST   right ─▶ one shared table              SHUFFLE   right ─▶ a table for each partition
 *               left ─▶ probe ─▶ result                          left ─▶ partitions ─▶ probe ─▶ result
 *               unmatched right rows ─▶ result                   unmatched right rows ─▶ result
 *                                                                partitions on disk, one by one ─▶ result
 * </pre>
 *
 * <p>A SEMI or ANTI join may build its left side: the right rows mark what they match, and the
 * marked, or the other, left rows are the result.
 *
 * <p>Where memory is short a broadcast is partitioned too, and partitions go to disk ({@link
 * BuildSide}). What the NULL-aware kinds have to know of the whole right side is kept beside.
 */
public final class HashJoinOperator extends Operator {
  /** The filters for the probing side may take such a part of the join's memory. */
  private static final int KEY_SET_SHARE = 8;

  private final HashJoinPlan plan;
  private final JoinShape shape;
  private final JoinKeys leftKeys;
  private final JoinKeys rightKeys;
  private final KeyFilters filters;
  private final List<EarlierBuild> earlier;

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
    Operator probe = plan.buildsLeft() ? right : left;
    this.filters = dropsProbing() ? KeyFilters.of(plan, probe) : KeyFilters.none();
    this.earlier =
        dropsBuilt()
            ? EarlierBuild.of(plan, probe, plan.buildsLeft() ? left : right, filters)
            : List.of();
  }

  /** Whether built rows that no probing row can match are of no use, not even to know of. */
  private boolean dropsBuilt() {
    return switch (plan.kind()) {
      case INNER, SEMI -> true;
      case LEFT, ANTI, LEFT_MARK -> !plan.buildsLeft();
      case RIGHT, FULL, NULL_AWARE_ANTI, NULL_AWARE_LEFT_MARK -> false;
    };
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

  /** What a run has of the build side, from when it is connected. */
  private record Connected(
      Work work, BuildSide built, KeyFilters.Filling filling, MemoryShare share, Spill spill) {}

  @Override
  protected void connect(Run run, Downstream down) {
    Connected connected = connectBuild(run);
    Work work = connected.work;
    BuildSide built = connected.built;
    int probing = 1 - work.built();
    MemoryScope probeMemory = memory(run, "probe", probing);
    List<Type> probeTypes = probing == 0 ? shape.leftTypes() : shape.rightTypes();
    CollectedRows kind = new CollectedRows(name(), probeTypes, probeMemory);
    SpilledProbe onDisk =
        new SpilledProbe(
            work, built, probeTypes, run, probeMemory, connected.share, connected.spill);
    run.connect(
        inputs().get(probing),
        run.through(
            this,
            (worker, next) ->
                built.isPartitioned()
                    ? new PartitionedProbe(work, built, onDisk, kind, worker, connected.share, next)
                    : work.probe(built.table(), worker, next, null),
            down));
    if (work.tracksMatches()) {
      run.pipeline(this, work.rest(built::inMemory, run.threads()), down);
    }
    run.then(this, built::closeTables);
    run.pipeline(this, onDisk, down);
    run.then(this, built::close);
  }

  /**
   * Adds the steps that make the build side, unless a join above has had it done; before them those
   * of joins below that leave out rows of it.
   */
  private Connected connectBuild(Run run) {
    List<Connected> before = run.attached(this, Connected.class);
    if (!before.isEmpty()) {
      return before.get(0);
    }
    for (EarlierBuild each : earlier) {
      each.join().connectBuild(run).filling.add(each.column(), each.targets(), run);
    }
    Work work = plan.buildsLeft() ? new Marking(run) : new Probing(run);
    MemoryScope memory = run.memory(this);
    MemoryShare share = run.share(memory);
    Spill spill = run.spill(this, memory);
    BuildSide built =
        run.own(
            new BuildSide(
                name(),
                work.builtTypes(),
                work.builtKeys(),
                work.tracksMatches(),
                isNullAware(),
                plan.distribution() == Distribution.SHUFFLE && !isNullAware(),
                run,
                memory(run, "build", work.built()),
                share,
                spill));
    KeyFilters.Filling filling = filters.attach(run, run.memory(this, name() + " keys"));
    Connected connected = new Connected(work, built, filling, share, spill);
    run.attach(this, built);
    run.attach(this, connected);
    run.connect(inputs().get(work.built()), run.into(this, built));
    run.then(
        this,
        () -> {
          built.prepare();
          if (!built.isSpilled()) {
            filling.fill(built::pieces, share.size() / KEY_SET_SHARE);
          }
        });
    run.pipeline(this, built.tables(), run.into(this, worker -> new Nowhere()));
    return connected;
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

    JoinKeys probingKeys();

    /** Whether {@link #rest} asks which built rows had a match: then there are such rows. */
    boolean tracksMatches();

    /** Whether rows that probe an empty table may come to anything. */
    boolean probesEmpty();

    /**
     * Takes the rows that probe; what they give goes to {@code next}.
     *
     * @param earlier where the table is one of several that the same rows probe, else null
     */
    BatchSink probe(
        JoinTable table, Worker worker, BatchSink next, @Nullable EarlierMatches earlier);

    /** The built rows that follow once all have probed. */
    BuiltRows rest(Supplier<List<JoinTable>> tables, int threads);

    default BuiltRows rest(List<JoinTable> tables) {
      return rest(() -> tables, 1);
    }
  }

  /** Where pipelines end that give no rows. */
  private static final class Nowhere implements BatchSink {
    @Override
    public boolean push(Batch batch) {
      return true;
    }

    @Override
    public void finish() {}

    @Override
    public void close() {}
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
    public JoinKeys probingKeys() {
      return leftKeys;
    }

    @Override
    public BatchSink probe(
        JoinTable table, Worker worker, BatchSink next, @Nullable EarlierMatches earlier) {
      return new HashProbe(
          shape, leftKeys, table, worker, Evaluations.context(run, memory), next, earlier);
    }

    @Override
    public BuiltRows rest(Supplier<List<JoinTable>> tables, int threads) {
      return new BuiltRows(shape.leftTypes(), tables, false, memory, threads);
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
    public JoinKeys probingKeys() {
      return rightKeys;
    }

    @Override
    public BatchSink probe(
        JoinTable table, Worker worker, BatchSink next, @Nullable EarlierMatches earlier) {
      return new MarkingProbe(
          rightKeys, table, shape.condition(), worker, Evaluations.context(run, memory), next);
    }

    @Override
    public BuiltRows rest(Supplier<List<JoinTable>> tables, int threads) {
      return new BuiltRows(List.of(), tables, plan.kind() == JoinKind.SEMI, memory, threads);
    }
  }
}
