package dev.tidemill.connectors.jdbc;

import java.sql.SQLException;
import java.sql.SQLNonTransientConnectionException;
import java.sql.SQLRecoverableException;
import java.sql.SQLTransientException;
import java.util.Set;

/** How often something is tried again, and after how long: 0.1 s, 0.2 s, … 5 s. One thread. */
final class Retries {
  private static final long FIRST_MILLIS = 100;
  private static final long LONGEST_MILLIS = 5_000;

  /** Of the connection, of resources (disk, memory, connections), of the system. */
  private static final Set<String> PASSING_CLASSES = Set.of("08", "53", "58");

  /** Being shut down or started, serialization and deadlock, locks, a replica, time limits. */
  private static final Set<String> PASSING_STATES =
      Set.of(
          "57014", "57P01", "57P02", "57P03", "40001", "40P01", "40003", "55P03", "25006", "HYT00",
          "HYT01");

  /**
   * Of MySQL, whose SQLSTATE for these is a general one: disk full, a table full, a lock's time
   * limit, read-only, a statement's time limits, a connection killed, a server that shuts down.
   */
  private static final Set<Integer> PASSING_CODES =
      Set.of(1021, 1114, 1205, 1290, 1317, 1836, 1927, 1969, 3024);

  private static final Set<String> GENERAL_STATES = Set.of("HY000", "70100");

  private final int most;
  private final String url;
  private int failures;

  Retries(int most, String url) {
    this.most = most;
    this.url = url;
  }

  /** Whether a failure may be gone when the same is tried again. */
  static boolean mayPass(SQLException failure) {
    for (SQLException e = failure; e != null; e = e.getNextException()) {
      String state = e.getSQLState();
      if (state != null
          && (isPassing(state)
              || GENERAL_STATES.contains(state) && PASSING_CODES.contains(e.getErrorCode()))) {
        return true;
      }
      if (state == null
          && (e instanceof SQLTransientException
              || e instanceof SQLRecoverableException
              || e instanceof SQLNonTransientConnectionException)) {
        return true;
      }
    }
    return false;
  }

  private static boolean isPassing(String state) {
    return PASSING_STATES.contains(state)
        || state.length() == 5 && PASSING_CLASSES.contains(state.substring(0, 2));
  }

  /** Whether the database says for sure that the transaction is rolled back. */
  static boolean isRolledBack(SQLException failure) {
    String state = failure.getSQLState();
    return state != null
        && !state.startsWith("08")
        && !state.startsWith("57P")
        && !GENERAL_STATES.contains(state)
        && !state.equals("40003");
  }

  /**
   * Waits before another attempt; false where there is none.
   *
   * @throws dev.tidemill.foundation.error.TidemillException if the thread is interrupted
   */
  boolean again(SQLException failure) {
    failures++;
    if (failures > most || !mayPass(failure)) {
      return false;
    }
    try {
      Thread.sleep(Math.min(LONGEST_MILLIS, FIRST_MILLIS << Math.min(failures - 1, 10)));
      return true;
    } catch (InterruptedException e) {
      Thread.currentThread().interrupt();
      throw JdbcErrors.interrupted(url);
    }
  }

  /** How often it was tried, when it has failed for the last time. */
  int attempts() {
    return failures;
  }
}
