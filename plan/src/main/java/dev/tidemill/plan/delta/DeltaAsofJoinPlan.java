package dev.tidemill.plan.delta;

import com.fasterxml.jackson.annotation.JsonInclude;
import dev.tidemill.plan.batch.AsofComparison;
import dev.tidemill.plan.batch.OutputColumn;
import java.util.List;
import org.jspecify.annotations.Nullable;

/**
 * An ASOF join, incrementally: keeps the rows of both sides by key in the order of their times. A
 * right row that comes or goes changes the matches of the left rows up to the next right row.
 *
 * @param columns and what is not described here as of {@link dev.tidemill.plan.batch.AsofJoinPlan}
 * @param leftEnd the left side's time, or null: of a join that looks back rows that have ended are
 *     final; of one that looks forward those whose match has ended
 * @param rightEnd the right side's time: of a join that looks back only the last of the rows of a
 *     key that have ended can still match, of one that looks forward none; null where {@code
 *     leftEnd} is
 */
public record DeltaAsofJoinPlan(
    DeltaPlan left,
    DeltaPlan right,
    boolean outer,
    List<Integer> leftKeys,
    List<Integer> rightKeys,
    List<Boolean> nullsMatch,
    int leftTime,
    int rightTime,
    AsofComparison comparison,
    List<Integer> ties,
    List<OutputColumn> columns,
    @JsonInclude(JsonInclude.Include.NON_NULL) @Nullable TimeBound leftEnd,
    @JsonInclude(JsonInclude.Include.NON_NULL) @Nullable TimeBound rightEnd)
    implements DeltaPlan {
  public DeltaAsofJoinPlan {
    leftKeys = List.copyOf(leftKeys);
    rightKeys = List.copyOf(rightKeys);
    nullsMatch = List.copyOf(nullsMatch);
    ties = List.copyOf(ties);
    columns = List.copyOf(columns);
    if (leftKeys.size() != rightKeys.size() || leftKeys.size() != nullsMatch.size()) {
      throw new IllegalArgumentException(
          "keys " + leftKeys + " and " + rightKeys + ", " + nullsMatch);
    }
    if ((leftEnd == null) != (rightEnd == null)) {
      throw new IllegalArgumentException("ends " + leftEnd + " and " + rightEnd);
    }
  }

  @Override
  public List<DeltaPlan> inputs() {
    return List.of(left, right);
  }

  /** Whether left rows keep the match that they have when they come. */
  public boolean pinsRight() {
    return right instanceof StaticPlan;
  }

  /** Whether in APPEND it gives rows when they are final. */
  public boolean closes() {
    return !pinsRight() && leftEnd != null;
  }

  @Override
  public boolean changing() {
    return !pinsRight() || left.changing();
  }
}
