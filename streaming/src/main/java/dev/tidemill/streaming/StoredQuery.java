package dev.tidemill.streaming;

import dev.tidemill.plan.delta.StandingPlan;
import org.jspecify.annotations.Nullable;

/**
 * A standing query as it is kept in the database directory.
 *
 * @param version of this form
 * @param id what the step log and sinks know it by; no other query ever has it
 * @param plan what is resumed, whatever the planner would say today
 * @param error what it failed of, where it is FAILED
 * @param failedStep the step it failed at, which is tried again when it is resumed, or -1
 */
record StoredQuery(
    int version,
    String id,
    QueryDefinition definition,
    StandingPlan plan,
    QueryStatus status,
    @Nullable String error,
    long failedStep) {
  static final int VERSION = 1;
}
