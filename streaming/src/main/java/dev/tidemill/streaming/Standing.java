package dev.tidemill.streaming;

/** What stands under a name: a query at work, or one that could not be set up again. */
sealed interface Standing permits StandingQuery, UnrecoveredQuery {
  String id();

  QueryDefinition definition();

  default String name() {
    return definition().name();
  }

  /** How it stood when it last changed; never waits for a step. Any thread. */
  QueryReport report();
}
