package dev.tidemill.streaming;

import dev.tidemill.plan.delta.StandingPlan;
import org.jspecify.annotations.Nullable;

/** What stands under a name: a query at work, or one that could not be set up again. */
sealed interface Standing permits StandingQuery, UnrecoveredQuery {
  String id();

  QueryDefinition definition();

  default String name() {
    return definition().name();
  }

  /** Its plan, or null where that cannot be read. */
  default @Nullable StandingPlan storedPlan() {
    return switch (this) {
      case StandingQuery query -> query.plan();
      case UnrecoveredQuery lost -> lost.plan();
    };
  }

  /** How it stood when it last changed; never waits for a step. Any thread. */
  QueryReport report();
}
