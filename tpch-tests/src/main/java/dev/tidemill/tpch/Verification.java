package dev.tidemill.tpch;

import dev.tidemill.engine.Result;
import dev.tidemill.engine.Session;
import dev.tidemill.foundation.error.TidemillException;
import org.jspecify.annotations.Nullable;

/**
 * A query run once and compared with its answer.
 *
 * @param problem what is wrong, or null if the result is the answer
 */
public record Verification(TpchQuery query, int rows, double millis, @Nullable String problem) {
  /**
   * Runs a query in a session whose unqualified names mean TPC-H's tables at {@code scale}.
   *
   * @param scale 0.01 or 1
   */
  public static Verification of(TpchQuery query, Session session, String scale) {
    long start = System.nanoTime();
    int rows = 0;
    String problem;
    try (Result result = session.execute(query.sql())) {
      var found = Answers.rows(result);
      rows = found.size();
      problem = Answers.difference(query.answer(scale), found);
    } catch (TidemillException e) {
      problem = e.code().name() + ": " + e.getMessage();
    }
    return new Verification(query, rows, (System.nanoTime() - start) / 1e6, problem);
  }
}
