package dev.tidemill.testing.random;

import static org.junit.jupiter.api.Assertions.assertTrue;

import dev.tidemill.engine.Engine;
import dev.tidemill.engine.Session;
import dev.tidemill.foundation.error.ErrorKind;
import dev.tidemill.foundation.error.TidemillException;
import dev.tidemill.streaming.QueryStatus;
import dev.tidemill.testing.ScriptRunner;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.TimeUnit;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/**
 * A standing query that is replaced by a random edit of it gives the batch answer: at once, after
 * more steps, and after the database was opened again. As {@link RandomQueriesTest}, {@code
 * -Dtidemill.test.seed}, {@code -Dtidemill.rounds} and {@code -Dtidemill.minutes} say how it goes.
 */
class RandomReplacementsTest {
  private static final int ROUNDS = 2;
  private static final int QUERIES_A_ROUND = 8;
  private static final int EDITS = 3;
  private static final int MOST_STEPS = 500;

  @TempDir Path directory;

  private final List<String> failures = new ArrayList<>();
  private int kept;
  private int rebuilt;
  private int refused;

  @Test
  void anEditedQueryGivesTheBatchAnswer() {
    long minutes = Long.getLong("tidemill.minutes", 0);
    int most = minutes > 0 ? Integer.MAX_VALUE : Integer.getInteger("tidemill.rounds", ROUNDS);
    long end = System.nanoTime() + TimeUnit.MINUTES.toNanos(minutes > 0 ? minutes : 24 * 60);
    long seed = Long.getLong("tidemill.test.seed", System.nanoTime());
    System.out.println("random replacements from seed " + seed);
    for (int i = 0; i < most && System.nanoTime() < end && failures.isEmpty(); i++) {
      try (Round round = new Round(seed + i)) {
        round.run();
      }
    }
    System.out.printf(
        "%d replaced from what is kept, %d from the source, %d refused%n", kept, rebuilt, refused);
    assertTrue(failures.isEmpty(), () -> String.join("\n\n", failures));
  }

  /** Some queries over a database, one after the other. */
  private final class Round implements AutoCloseable {
    private final long seed;
    private final Dice dice;
    private final Tables tables;
    private final QueryGenerator queries;
    private final boolean removes;
    private Engine engine;
    private Session session;

    /** Whether another query reads the result of the one that is replaced. */
    private boolean isRead;

    /** What was done, for who is to repeat it. */
    private final StringBuilder done = new StringBuilder();

    Round(long seed) {
      this.seed = seed;
      this.dice = new Dice(seed);
      Literals literals = new Literals(dice, 2 + dice.below(4), 8);
      this.tables = new Tables(dice, literals);
      this.queries = new QueryGenerator(dice, literals, /* large= */ false);
      this.removes = dice.oneIn(2);
      this.engine = open();
      this.session = engine.session();
    }

    private Engine open() {
      return Engine.builder()
          .set("threads", "1")
          .stepByHand()
          .directory(directory.resolve("db" + seed))
          .workingDirectory(directory)
          .open();
    }

    void run() {
      String options = removes ? " WITH ('append_only' = 'false')" : "";
      Tables.CREATE.forEach(create -> run(create + options));
      tables.filled(8).forEach(statement -> run(statement.ours()));
      for (int i = 0; i < QUERIES_A_ROUND && failures.isEmpty(); i++) {
        int length = done.length();
        try {
          edits(queries.query().tree());
        } catch (TidemillException e) {
          if (e.kind() == ErrorKind.INTERNAL) {
            failed("", e.toString() + "\n" + e.getCause());
          }
        }
        drop();
        done.setLength(length);
      }
    }

    private void drop() {
      for (String query : List.of("r", "q")) {
        try {
          run("DROP QUERY " + query);
        } catch (TidemillException none) {
          continue;
        }
      }
    }

    /** A query stands, then another in its place, and so on. */
    private void edits(Tree first) {
      Tree now = dice.oneIn(2) ? edited(first) : first;
      String options =
          "OUTPUT MODE %s WITH ('max_rows_per_step' = '%d') AS "
              .formatted(dice.pick("UPDATE", "UPDATE", "COMPLETE"), dice.pick(List.of(2, 5, 1000)));
      run("CREATE STANDING QUERY q " + options + now.ours());
      isRead = dice.oneIn(3);
      if (isRead) {
        run("CREATE STANDING QUERY r AS SELECT c0, COUNT(*) AS c FROM q GROUP BY c0");
      }
      if (!compare(now, "created")) {
        return;
      }
      Tree next = first;
      for (int i = 0; i < EDITS; i++) {
        if (dice.oneIn(2)) {
          tables.changes(removes).forEach(statement -> run(statement.ours()));
          if (dice.oneIn(2) && !compare(now, "stepped")) {
            return;
          }
        }
        if (replace(options, next)) {
          now = next;
          if (!verified(now)) {
            return;
          }
        }
        if (!compare(now, "replaced")) {
          return;
        }
        if (dice.oneIn(3)) {
          session.close();
          engine.close();
          engine = open();
          session = engine.session();
          engine.resumeStored();
          if (!compare(now, "opened again")) {
            return;
          }
        }
        tables.changes(removes).forEach(statement -> run(statement.ours()));
        if (!compare(now, "stepped again")) {
          return;
        }
        next = edited(now);
      }
    }

    private Tree edited(Tree query) {
      List<Tree> smaller = query.smaller();
      return switch (dice.below(10)) {
        case 0 -> around("SELECT c0, COUNT(*) AS c1 FROM (", query, ") e GROUP BY c0");
        case 1 -> around("SELECT * FROM (", query, ") e WHERE c0 IS NOT NULL");
        case 2 -> around("SELECT DISTINCT c0 FROM (", query, ") e");
        case 3 -> around("SELECT * FROM (", query, ") e ORDER BY 1 NULLS FIRST LIMIT 3");
        case 4 ->
            Tree.of(
                "whole", "SELECT e.c0, f.k AS c1 FROM (", query, ") e LEFT JOIN b f ON e.c0 = f.k");
        case 5 ->
            Tree.of(
                "whole", "SELECT e.c0 FROM (", query, ") e JOIN (", query, ") f ON e.c0 = f.c0");
        case 6 -> around("SELECT MAX(c0) AS c0, COUNT(*) AS c1 FROM (", query, ") e");
        default -> smaller.isEmpty() ? query : dice.pick(smaller);
      };
    }

    private Tree around(String before, Tree query, String after) {
      return Tree.of("whole", before, query, after);
    }

    /** Whether it was possible. */
    private boolean replace(String options, Tree by) {
      String sql = "CREATE OR REPLACE STANDING QUERY q " + options + by.ours();
      try {
        run("SET replace_confirmed = false");
        run(sql);
        return true;
      } catch (TidemillException e) {
        if (e.kind() == ErrorKind.INTERNAL) {
          throw e;
        }
        if (!e.code().name().equals("QUERY_REPLACEMENT_UNCONFIRMED")) {
          refused++;
          return false;
        }
        boolean fromSource = String.valueOf(e.getMessage()).contains("rebuilt from the source");
        rebuilt += fromSource ? 1 : 0;
        kept += fromSource ? 0 : 1;
      }
      try {
        run("SET replace_confirmed = true");
        run(sql);
        return true;
      } catch (TidemillException e) {
        if (e.kind() == ErrorKind.INTERNAL) {
          throw e;
        }
        refused++;
        return false;
      }
    }

    /** Over exactly what it has taken. */
    private boolean verified(Tree query) {
      try {
        run("VERIFY q");
        return true;
      } catch (TidemillException e) {
        if (e.kind() != ErrorKind.INTERNAL
            && (e.code().sqlState().startsWith("22")
                || e.code().name().startsWith("UNSUPPORTED"))) {
          return true;
        }
        failed(query.ours(), "VERIFY: " + e.getMessage());
        return false;
      }
    }

    /** Takes all there is and compares; whether to go on. */
    private boolean compare(Tree query, String when) {
      long before = Long.MIN_VALUE;
      for (int i = 0; i < MOST_STEPS && session.progress("q").step() != before; i++) {
        before = session.progress("q").step();
        session.step(isRead ? List.of("q", "r") : List.of("q"));
      }
      if (session.progress("q").status() == QueryStatus.FAILED) {
        return false;
      }
      List<String> wanted = ScriptRunner.rows(session, query.ours());
      List<String> found = ScriptRunner.rows(session, "SELECT * FROM q");
      String difference = difference(wanted, found);
      if (difference == null && isRead) {
        String read = "SELECT c0, COUNT(*) AS c FROM (" + query.ours() + ") e GROUP BY c0";
        difference =
            difference(
                ScriptRunner.rows(session, read), ScriptRunner.rows(session, "SELECT * FROM r"));
      }
      if (difference != null) {
        failed(query.ours(), when + ": " + difference);
      }
      return difference == null;
    }

    private static @Nullable String difference(List<String> wanted, List<String> found) {
      int columns = wanted.isEmpty() ? 1 : wanted.getFirst().split("\t", -1).length;
      return Trial.difference(
          new RandomQuery(Tree.nothing(), "R".repeat(columns), false, true), wanted, found);
    }

    private void failed(String query, String what) {
      failures.add("seed " + seed + ": " + what + "\n" + query + "\n" + done);
      System.out.println(failures.getLast());
    }

    private void run(String sql) {
      done.append(sql).append(";\n");
      ScriptRunner.rows(session, sql);
    }

    @Override
    public void close() {
      session.close();
      engine.close();
    }
  }
}
