package dev.tidemill.streaming;

import dev.tidemill.foundation.error.TidemillException;
import dev.tidemill.plan.delta.OutputMode;
import dev.tidemill.plan.delta.StandingPlan;
import java.util.Map;
import org.jspecify.annotations.Nullable;

/**
 * A standing query of the database directory that could not be set up again: its checkpoint is
 * damaged or of another version, or a table of it is gone. It stands as FAILED and takes no steps;
 * nothing of it was changed.
 *
 * @param definition what is known of it; where not even that can be read, its name is its id
 * @param plan its stored plan, or null where that cannot be read
 * @param step of its newest snapshot, or -1
 * @param oldestSnapshot the first step that a recovery might begin behind, or -1
 */
record UnrecoveredQuery(
    String id,
    QueryDefinition definition,
    @Nullable StandingPlan plan,
    long step,
    long oldestSnapshot,
    TidemillException cause)
    implements Standing {

  /** Of one of which nothing but the id is known. */
  static QueryDefinition unknown(String id) {
    return new QueryDefinition(
        id,
        null,
        OutputMode.UPDATE,
        new Trigger.AsFastAsPossible(),
        Long.MAX_VALUE,
        0,
        null,
        false,
        null,
        "");
  }

  @Override
  public QueryReport report() {
    return new QueryReport(
        definition,
        plan,
        QueryStatus.FAILED,
        step,
        0,
        0,
        0,
        Long.MIN_VALUE,
        0,
        null,
        String.valueOf(cause.getMessage()),
        null,
        Map.of(),
        Map.of());
  }
}
