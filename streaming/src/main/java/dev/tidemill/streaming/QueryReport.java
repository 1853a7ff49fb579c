package dev.tidemill.streaming;

import dev.tidemill.plan.delta.StandingPlan;
import java.time.Instant;
import java.util.Map;
import org.jspecify.annotations.Nullable;

/**
 * A standing query as it is now: a row of SHOW QUERIES.
 *
 * @param plan what it runs with, or null where that cannot be read
 * @param step the last step it took, or -1
 * @param rowsIn rows taken since it was created; so are late and rejected rows counted
 * @param watermarkMicros W of its last step, microseconds since the epoch; {@link Long#MIN_VALUE}
 *     before there is one, {@link Long#MAX_VALUE} when all inputs have ended
 * @param last its last step in this process, or null
 * @param error what it failed of, or null
 * @param nextAttempt when what it failed of is tried again, or null
 * @param offsets per table how far it has read
 * @param starts per table where its first step began, as far as that is known
 */
public record QueryReport(
    QueryDefinition definition,
    @Nullable StandingPlan plan,
    QueryStatus status,
    long step,
    long rowsIn,
    long lateRows,
    long rejectedRows,
    long watermarkMicros,
    long stateBytes,
    @Nullable StepProgress last,
    @Nullable String error,
    @Nullable Instant nextAttempt,
    Map<String, String> offsets,
    Map<String, String> starts) {}
