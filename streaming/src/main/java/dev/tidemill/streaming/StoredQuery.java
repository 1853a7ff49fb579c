package dev.tidemill.streaming;

import com.fasterxml.jackson.annotation.JsonInclude;
import dev.tidemill.plan.delta.StandingPlan;
import dev.tidemill.streaming.result.ResultSteps;
import java.util.Objects;
import org.jspecify.annotations.Nullable;

/**
 * A standing query as it is kept in the database directory.
 *
 * @param version of this form
 * @param id what the step log and sinks know it by; no other query ever has it
 * @param number in the order they were created
 * @param plan what is resumed, whatever the planner would say today
 * @param error what it failed of, where it is FAILED
 * @param failedStep the step it failed at, which is tried again when it is resumed, or -1
 * @param replaces the id of a query of the same name that this one stands in place of: what is left
 *     of that is deleted; null where there is none
 * @param succeeded where its result took the place of another that is read, else null
 * @param continues whether it goes on writing where the query that it replaces has written
 * @param runsSince the step that it stood at when it last began to run, or -1
 */
record StoredQuery(
    int version,
    String id,
    long number,
    QueryDefinition definition,
    StandingPlan plan,
    QueryStatus status,
    @Nullable String error,
    long failedStep,
    long runsSince,
    @JsonInclude(JsonInclude.Include.NON_NULL) @Nullable String replaces,
    @JsonInclude(JsonInclude.Include.NON_NULL) @Nullable ResultSteps succeeded,
    @JsonInclude(JsonInclude.Include.NON_DEFAULT) boolean continues) {
  static final int VERSION = 1;

  StoredQuery {
    Objects.requireNonNull(id);
    Objects.requireNonNull(definition);
    Objects.requireNonNull(definition.name());
    Objects.requireNonNull(plan);
    Objects.requireNonNull(status);
  }

  /** One that is new. */
  StoredQuery(String id, long number, QueryDefinition definition, StandingPlan plan) {
    this(id, number, definition, plan, null, null, false);
  }

  /** One that stands in place of another. */
  StoredQuery(
      String id,
      long number,
      QueryDefinition definition,
      StandingPlan plan,
      @Nullable String replaces,
      @Nullable ResultSteps succeeded,
      boolean continues) {
    this(
        VERSION,
        id,
        number,
        definition,
        plan,
        QueryStatus.RUNNING,
        null,
        -1,
        -1,
        replaces,
        succeeded,
        continues);
  }
}
