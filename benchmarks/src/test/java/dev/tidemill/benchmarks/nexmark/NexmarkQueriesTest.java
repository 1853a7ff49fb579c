package dev.tidemill.benchmarks.nexmark;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;

import dev.tidemill.engine.Engine;
import dev.tidemill.engine.Result;
import dev.tidemill.engine.Session;
import dev.tidemill.foundation.batch.Batch;
import dev.tidemill.foundation.batch.Batches;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Instant;
import java.util.ArrayList;
import java.util.List;
import java.util.Random;
import java.util.concurrent.atomic.AtomicReference;
import org.junit.jupiter.api.Test;

/**
 * All queries stand at once over the same events, and after each step each has the result of the
 * batch query over the events taken. That of q12, whose rows have the times of their steps, is
 * taken from the rows as another standing query keeps them. No query is recomputed.
 */
final class NexmarkQueriesTest {
  private static final Path QUERIES =
      Path.of(System.getProperty("tidemill.project.directory", ".."))
          .resolve("benchmarks/queries/nexmark");
  private static final int STEPS = 4;

  private final long seed = Long.getLong("tidemill.test.seed", System.nanoTime());
  private final Random random = new Random(seed);
  private final AtomicReference<Instant> now =
      new AtomicReference<>(Instant.parse("2026-01-01T00:00:00Z"));

  @Test
  void standingResultsAreTheBatchResults() throws IOException {
    List<NexmarkQuery> queries = NexmarkQuery.read(QUERIES, null);
    List<String> names = new ArrayList<>(queries.stream().map(NexmarkQuery::name).toList());
    names.add("taken");
    int perStep = 200 + random.nextInt(300);
    try (Engine engine = Engine.builder().clock(now::get).threads(2).stepByHand().open();
        Session session = engine.session()) {
      createTables(session, STEPS * perStep, perStep);
      execute(session, "CREATE STANDING QUERY taken AS SELECT bidder, processed FROM bid");
      for (NexmarkQuery query : queries) {
        String create = "CREATE STANDING QUERY " + query.name() + " AS " + query.query();
        assertFalse(
            String.join("\n", rows(session, "EXPLAIN " + create)).contains("RECOMPUTED"),
            query.name());
        execute(session, create);
      }
      for (int step = 1; step <= STEPS; step++) {
        session.step(names);
        now.updateAndGet(time -> time.plusSeconds(7));
        compare(session, queries, step * perStep, perStep);
      }
    }
  }

  private void compare(Session standing, List<NexmarkQuery> queries, int events, int perStep)
      throws IOException {
    try (Engine engine = Engine.builder().threads(2).open();
        Session batch = engine.session()) {
      createTables(batch, events, perStep);
      for (NexmarkQuery query : queries) {
        List<String> expected =
            query.name().equals("q12")
                ? rows(standing, query.query().replace("TABLE bid", "TABLE taken"))
                : rows(batch, query.query());
        List<String> found = rows(standing, "SELECT * FROM " + query.name());
        assertEquals(expected, found, query.name() + " after " + events + " events, seed " + seed);
      }
    }
  }

  private static void createTables(Session session, int events, int perStep) throws IOException {
    String tables =
        Files.readString(QUERIES.resolve("tables.sql"))
            .replaceAll("(?m)^--.*$", "")
            .replaceAll(
                "'events' = '\\d+'", "'events' = '" + events + "', 'event_time_rate' = '40'")
            .replaceAll("'events_per_step' = '\\d+'", "'events_per_step' = '" + perStep + "'");
    for (String statement : tables.split(";")) {
      if (!statement.isBlank()) {
        execute(session, statement);
      }
    }
  }

  private static void execute(Session session, String sql) {
    session.execute(sql).close();
  }

  /** The rows as text, sorted. */
  private static List<String> rows(Session session, String sql) {
    List<String> rows = new ArrayList<>();
    try (Result result = session.execute(sql)) {
      for (Batch batch = result.next(); batch != null; batch = result.next()) {
        try (Batch open = batch) {
          Batches.toRows(open).forEach(row -> rows.add(row.toString()));
        }
      }
    }
    rows.sort(null);
    return rows;
  }
}
