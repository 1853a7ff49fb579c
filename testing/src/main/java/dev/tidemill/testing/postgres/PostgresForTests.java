package dev.tidemill.testing.postgres;

import java.io.IOException;
import org.junit.jupiter.api.Assertions;
import org.junit.jupiter.api.Assumptions;

/** A PostgreSQL for a class of tests, which are skipped where there can be none. */
public final class PostgresForTests {
  /** The system property that, where it is {@code required}, makes a failure of the skip. */
  public static final String SERVERS = "tidemill.tests.servers";

  private PostgresForTests() {}

  /** Starts one; else the tests are skipped, with the reason, or fail. */
  public static PostgresServer start() {
    try {
      return PostgresServer.start();
    } catch (IOException e) {
      String reason = "PostgreSQL cannot run here: " + e.getMessage();
      if ("required".equals(System.getProperty(SERVERS))) {
        return Assertions.fail(reason, e);
      }
      return Assumptions.abort(reason);
    }
  }
}
