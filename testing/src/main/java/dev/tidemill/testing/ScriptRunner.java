package dev.tidemill.testing;

import dev.tidemill.engine.Engine;
import dev.tidemill.engine.Result;
import dev.tidemill.engine.Session;
import dev.tidemill.foundation.error.TidemillException;
import java.io.OutputStream;
import java.io.PrintStream;
import java.nio.charset.StandardCharsets;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Random;
import java.util.Set;
import org.jspecify.annotations.Nullable;

/**
 * Runs a script in a mode, in an engine of its own. In the standing modes a query is created as a
 * standing one over what the tables hold, stepped by hand until nothing is left to take, and its
 * kept result is what the script expects; records that say {@code skipif standing} run as batch
 * queries there.
 */
public final class ScriptRunner {
  private static final int MAX_STEPS = 10_000;

  /** Errors that say that a query has nothing to stand on. */
  private static final Set<String> NOT_STANDING =
      Set.of(
          "NO_GROWING_INPUT",
          "UNSUPPORTED_FUNCTION_IN_STANDING_QUERY",
          "UNSUPPORTED_INPUT_OF_STANDING_QUERY");

  private final Path data;
  private final long seed;

  /**
   * @param data a directory whose files each run finds a copy of in its working directory
   * @param seed of the random steps, printed with failures
   */
  public ScriptRunner(Path data, long seed) {
    this.data = data;
    this.seed = seed;
  }

  /** What went wrong, one text per record; none if all is as expected. */
  public List<String> run(Script script, Mode mode) {
    List<String> failures = new ArrayList<>();
    Random random = new Random(seed);
    try (WorkingDirectory directory = new WorkingDirectory(data)) {
      run(script, mode, directory.path(), random, failures);
    } catch (RuntimeException e) {
      failures.add("%s (mode %s, seed %d): %s".formatted(script.file(), mode.name(), seed, e));
    }
    return failures;
  }

  private void run(Script script, Mode mode, Path directory, Random random, List<String> failures) {
    try (Engine engine = engine(mode, directory).open();
        Session session = engine.session()) {
      int number = 0;
      for (ScriptRecord record : script.records()) {
        number++;
        if (record.runsIn(mode.name()) && (!mode.isStanding() || record.runsIn("standing_mode"))) {
          String failure = run(record, mode, session, number, random);
          if (failure != null) {
            failures.add(
                "%s:%d (mode %s, seed %d): %s%n%s"
                    .formatted(
                        script.file(), record.line(), mode.name(), seed, failure, record.sql()));
          }
        }
      }
    }
  }

  private static Engine.Builder engine(Mode mode, Path directory) {
    Engine.Builder builder =
        Engine.builder()
            .workingDirectory(directory)
            .stepByHand()
            .out(new PrintStream(OutputStream.nullOutputStream(), false, StandardCharsets.UTF_8));
    mode.settings().forEach(builder::set);
    return builder;
  }

  /** What each record gives as a batch query: rows, the error's text, or nothing. */
  public List<List<String>> actual(Script script) {
    List<List<String>> results = new ArrayList<>();
    try (WorkingDirectory directory = new WorkingDirectory(data);
        Engine engine = engine(Mode.BATCH, directory.path()).open();
        Session session = engine.session()) {
      for (ScriptRecord record : script.records()) {
        results.add(record.runsIn(Mode.BATCH.name()) ? actual(record, session) : List.of());
      }
    }
    return results;
  }

  private static List<String> actual(ScriptRecord record, Session session) {
    try {
      return switch (record.kind()) {
        case ScriptRecord.Gives gives -> rows(session, record.sql());
        case ScriptRecord.Steps steps -> {
          session.step(steps.queries());
          yield List.of();
        }
        case ScriptRecord.Succeeds kind -> List.of("rows: " + count(session, record.sql()));
        case ScriptRecord.Writes kind -> List.of("rows: " + count(session, record.sql()));
        case ScriptRecord.Fails kind -> List.of("rows: " + count(session, record.sql()));
      };
    } catch (TidemillException e) {
      return List.of(String.valueOf(e.getMessage()));
    }
  }

  private static @Nullable String run(
      ScriptRecord record, Mode mode, Session session, int number, Random random) {
    try {
      return switch (record.kind()) {
        case ScriptRecord.Succeeds kind -> {
          count(session, record.sql());
          yield null;
        }
        case ScriptRecord.Writes kind -> {
          long rows = count(session, record.sql());
          yield rows == kind.rows() ? null : "wrote " + rows + " rows, not " + kind.rows();
        }
        case ScriptRecord.Steps kind -> {
          session.step(kind.queries());
          yield null;
        }
        case ScriptRecord.Fails kind -> {
          count(session, record.sql());
          yield "did not fail";
        }
        case ScriptRecord.Gives kind -> {
          boolean stands = mode.isStanding() && record.runsIn("standing");
          List<String> rows =
              stands
                  ? standing(session, record.sql(), mode, number, random)
                  : rows(session, record.sql());
          yield ScriptRows.difference(kind.columns(), kind.sorted(), kind.rows(), rows);
        }
      };
    } catch (TidemillException e) {
      if (record.kind() instanceof ScriptRecord.Fails fails) {
        String message = String.valueOf(e.getMessage());
        for (String part : fails.text()) {
          if (!message.contains(part)) {
            return "failed with: " + message;
          }
        }
        return null;
      }
      return "failed: " + e.code().name() + ": " + e.getMessage();
    }
  }

  /** Runs a statement to its end; rows it wrote. */
  private static long count(Session session, String sql) {
    try (Result result = session.execute(sql)) {
      if (result.hasRows()) {
        ScriptRows.of(result);
      }
      return result.updateCount();
    }
  }

  /** The rows that a batch query gives. */
  public static List<String> rows(Session session, String sql) {
    try (Result result = session.execute(sql)) {
      return ScriptRows.of(result);
    }
  }

  private static List<String> standing(
      Session session, String sql, Mode mode, int number, Random random) {
    String name = "standing_" + number;
    int rows = mode.rowsPerStep() > 0 ? mode.rowsPerStep() : 1 + random.nextInt(7);
    String create =
        "CREATE STANDING QUERY %s OUTPUT MODE %s WITH ('max_rows_per_step' = '%d') AS %s"
            .formatted(name, random.nextBoolean() ? "UPDATE" : "COMPLETE", rows, sql);
    try {
      count(session, create);
    } catch (TidemillException e) {
      if (NOT_STANDING.contains(e.code().name())) {
        return rows(session, sql);
      }
      throw e;
    }
    try {
      long last = -2;
      for (int i = 0; i < MAX_STEPS; i++) {
        session.step(List.of(name));
        long step = session.progress(name).step();
        if (step == last) {
          return rows(session, "SELECT * FROM " + name);
        }
        last = step;
      }
      throw new IllegalStateException("still stepping after " + MAX_STEPS + " steps");
    } finally {
      count(session, "DROP QUERY " + name);
    }
  }
}
