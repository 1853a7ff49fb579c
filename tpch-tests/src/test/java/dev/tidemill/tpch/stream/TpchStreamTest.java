package dev.tidemill.tpch.stream;

import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertNull;

import dev.tidemill.engine.Engine;
import dev.tidemill.engine.Result;
import dev.tidemill.engine.Session;
import dev.tidemill.tpch.Answers;
import dev.tidemill.tpch.TpchData;
import dev.tidemill.tpch.TpchQuery;
import java.io.IOException;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Locale;
import java.util.Random;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/**
 * All 22 queries stand at once over tables whose rows come, change and go in random steps; after
 * each step each result, in UPDATE and in COMPLETE, is the query's answer over the same tables.
 */
class TpchStreamTest {
  private static final int STEPS = 20;

  private final List<String> queries = new ArrayList<>();

  @Test
  void resultsAreTheQueriesAnswersAfterEachStep(@TempDir Path directory) throws IOException {
    long seed = Long.getLong("tidemill.test.seed", System.nanoTime());
    Random random = new Random(seed);
    try (Engine source = Engine.builder().open();
        Session data = source.session();
        Engine engine = Engine.builder().stepByHand().open();
        Session session = engine.session()) {
      TpchData.useCatalog(data, "0.01");
      ChangeFiles files = new ChangeFiles(data, directory, random.nextInt(ChangeFiles.PLACES));
      files.load();
      files.createTables(session, directory);
      for (TpchQuery query : TpchQuery.all()) {
        create(session, query, "UPDATE");
        create(session, query, "COMPLETE");
      }
      session.step(queries);
      check(session, "seed " + seed + ", first step");
      for (int step = 1; step <= STEPS; step++) {
        files.next(random.nextInt(400));
        session.step(queries);
        check(session, "seed " + seed + ", step " + step);
      }
    }
  }

  private void create(Session session, TpchQuery query, String mode) {
    String name = query.name() + "_" + mode.toLowerCase(Locale.ROOT);
    String create =
        "CREATE STANDING QUERY %s OUTPUT MODE %s AS %s".formatted(name, mode, query.sql());
    try (Result plan = session.execute("EXPLAIN " + create)) {
      assertFalse(Answers.rows(plan).toString().contains("RECOMPUTED"), query.name());
    }
    session.execute(create).close();
    queries.add(name);
  }

  private void check(Session session, String when) {
    for (TpchQuery query : TpchQuery.all()) {
      List<List<@Nullable Object>> anew = rows(session, query.sql());
      for (String mode : List.of("_update", "_complete")) {
        List<List<@Nullable Object>> kept = rows(session, "SELECT * FROM " + query.name() + mode);
        assertNull(StreamResults.difference(anew, kept), query.name() + mode + ", " + when);
      }
    }
  }

  private static List<List<@Nullable Object>> rows(Session session, String sql) {
    try (Result result = session.execute(sql)) {
      return Answers.rows(result);
    }
  }
}
