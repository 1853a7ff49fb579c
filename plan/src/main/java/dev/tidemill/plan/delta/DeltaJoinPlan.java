package dev.tidemill.plan.delta;

import com.fasterxml.jackson.annotation.JsonInclude;
import dev.tidemill.plan.batch.JoinKind;
import dev.tidemill.plan.batch.OutputColumn;
import dev.tidemill.plan.expression.Expression;
import java.util.ArrayList;
import java.util.List;
import org.jspecify.annotations.Nullable;

/**
 * A join, incrementally: keeps the rows of its sides by key and joins what is new with what is
 * there. A side that is {@linkplain StaticPlan static} is there before the other begins, which then
 * need not be kept.
 *
 * @param leftKeys columns of the left side, none where every pair is tried
 * @param nullsMatch per key whether NULL equals NULL
 * @param residual a further condition over left and right columns (right behind left), or null
 * @param columns as of a batch join
 * @param bound a key (by its place in the keys) whose rows end on both sides, or null
 * @param leftEnd a column of the left side by which its rows end, since the condition lets no row
 *     that may still come match them; or null
 * @param rightEnd the same of the right side
 * @param asked the side (0 left, 1 right) of which nothing is kept, since it is an aggregate that
 *     has a row for each key and is asked for it; or null
 */
public record DeltaJoinPlan(
    DeltaPlan left,
    DeltaPlan right,
    JoinKind kind,
    List<Integer> leftKeys,
    List<Integer> rightKeys,
    List<Boolean> nullsMatch,
    @Nullable Expression residual,
    List<OutputColumn> columns,
    @Nullable TimeBound bound,
    @JsonInclude(JsonInclude.Include.NON_NULL) @Nullable TimeBound leftEnd,
    @JsonInclude(JsonInclude.Include.NON_NULL) @Nullable TimeBound rightEnd,
    @JsonInclude(JsonInclude.Include.NON_NULL) @Nullable Integer asked)
    implements DeltaPlan {
  public DeltaJoinPlan {
    leftKeys = List.copyOf(leftKeys);
    rightKeys = List.copyOf(rightKeys);
    nullsMatch = List.copyOf(nullsMatch);
    columns = List.copyOf(columns);
    if (leftKeys.size() != rightKeys.size() || leftKeys.size() != nullsMatch.size()) {
      throw new IllegalArgumentException(
          "keys " + leftKeys + " and " + rightKeys + ", " + nullsMatch);
    }
  }

  /** Whether a side (0 left, 1 right) is an aggregate that is asked for the rows of a key. */
  public boolean asks(int side) {
    return asked != null && asked == side;
  }

  @Override
  public List<DeltaPlan> inputs() {
    List<DeltaPlan> inputs = new ArrayList<>();
    inputs.add(left);
    inputs.add(right);
    return inputs;
  }

  /**
   * Whether the change of the result is the join of the change of either side with the other: rows
   * never interact.
   */
  public boolean bilinear() {
    return switch (kind) {
      case INNER -> true;
      case LEFT, SEMI, ANTI, NULL_AWARE_ANTI, LEFT_MARK, NULL_AWARE_LEFT_MARK ->
          right instanceof StaticPlan;
      case RIGHT, FULL -> false;
    };
  }

  /** Whether rows of a side (0 left, 1 right) are dropped when the watermark passes them. */
  public boolean ends(int side) {
    return bound != null || (side == 0 ? leftEnd : rightEnd) != null;
  }

  /**
   * Whether in APPEND it gives rows without a match when they end: outer and anti joins, of which
   * each row that stands there by having none ends.
   */
  public boolean closes() {
    return !bilinear()
        && switch (kind) {
          case LEFT, SEMI, ANTI, LEFT_MARK -> ends(0);
          case RIGHT -> ends(1);
          case FULL -> ends(0) && ends(1);
          case INNER, NULL_AWARE_ANTI, NULL_AWARE_LEFT_MARK -> false;
        };
  }

  @Override
  public boolean changing() {
    boolean onlyGains = bilinear() || kind == JoinKind.SEMI;
    return !onlyGains || left.changing() || right.changing();
  }
}
