package dev.tidemill.exec.join;

import dev.tidemill.exec.error.ExecErrors;
import dev.tidemill.exec.linear.Evaluations;
import dev.tidemill.exec.pipeline.Downstream;
import dev.tidemill.exec.pipeline.Operator;
import dev.tidemill.exec.pipeline.Run;
import dev.tidemill.foundation.memory.MemoryScope;
import dev.tidemill.foundation.type.Type;
import dev.tidemill.plan.batch.BatchPlan;
import dev.tidemill.plan.batch.Distribution;
import dev.tidemill.plan.batch.HashJoinPlan;
import dev.tidemill.plan.batch.JoinKind;
import java.util.ArrayList;
import java.util.List;
import java.util.stream.Collectors;

/**
 * Joins by equal keys: the right side is built into a table, the left side probes it.
 *
 * <pre>
 *   BROADCAST   right ─▶ one shared table          SHUFFLE   right ─▶ partitions ┐
 *               left ─▶ probe ─▶ result                      left ─▶ partitions ─┴▶ build, probe ─▶ result
 *               unmatched right rows ─▶ result               (a partition is a morsel)
 * </pre>
 *
 * <p>Where the kind has to know the whole right side (the NULL-aware ones), the table is always a
 * shared one.
 */
public final class HashJoinOperator extends Operator {
  private final HashJoinPlan plan;
  private final JoinShape shape;
  private final JoinKeys leftKeys;
  private final JoinKeys rightKeys;

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
    if (plan.distribution() == Distribution.SHUFFLE && !isNullAware()) {
      connectShuffle(run, down);
    } else {
      connectBroadcast(run, down);
    }
  }

  private void connectBroadcast(Run run, Downstream down) {
    MemoryScope buildMemory =
        run.memory(this, "HashJoin build(" + keyNames(plan.right(), plan.rightKeys()) + ")");
    MemoryScope memory = run.memory(this, name());
    BuildSide build = run.own(new BuildSide(name(), shape, rightKeys, run, buildMemory));
    run.connect(inputs().get(1), run.into(this, build.collector()));
    run.then(this, build::build);
    run.connect(
        inputs().get(0),
        run.through(
            this,
            (worker, next) ->
                new HashProbe(
                    shape, leftKeys, build.table(), worker, Evaluations.context(run, memory), next),
            down));
    if (shape.keepsRight()) {
      run.pipeline(
          this,
          new UnmatchedRows(
              shape.leftTypes(),
              () -> build.table().rows(),
              row -> build.table().isMatched(row),
              memory,
              run.threads()),
          down);
    }
  }

  private void connectShuffle(Run run, Downstream down) {
    MemoryScope buildMemory =
        run.memory(this, "HashJoin build(" + keyNames(plan.right(), plan.rightKeys()) + ")");
    MemoryScope probeMemory =
        run.memory(this, "HashJoin probe(" + keyNames(plan.left(), plan.leftKeys()) + ")");
    PartitionedSide right =
        run.own(
            new PartitionedSide(name(), rightKeys.indexArray(), shape.rightTypes(), buildMemory));
    PartitionedSide left =
        run.own(new PartitionedSide(name(), leftKeys.indexArray(), shape.leftTypes(), probeMemory));
    run.connect(inputs().get(1), run.into(this, right));
    run.connect(inputs().get(0), run.into(this, left));
    run.pipeline(
        this, new PartitionedJoin(shape, leftKeys, rightKeys, left, right, run, buildMemory), down);
  }
}
