package dev.tidemill.testing;

import static org.junit.jupiter.api.Assertions.assertTrue;

import dev.tidemill.engine.Engine;
import dev.tidemill.engine.Session;
import dev.tidemill.foundation.error.ErrorKind;
import dev.tidemill.foundation.error.TidemillException;
import java.io.IOException;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.SplittableRandom;
import java.util.concurrent.Executors;
import java.util.concurrent.ScheduledExecutorService;
import java.util.concurrent.ScheduledFuture;
import java.util.concurrent.TimeUnit;
import java.util.regex.Pattern;
import java.util.stream.Collectors;
import java.util.stream.Stream;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.Test;

/**
 * Whatever is asked, by whatever slip of the hand, the answer is rows or an error that is the
 * user's: the queries of the scripts with words left out, twice or of other queries, as batch
 * queries and as standing ones.
 *
 * <p>{@code -Dtidemill.test.seed=N -Dtidemill.rounds=1} repeats a round, {@code
 * -Dtidemill.test.seed=random -Dtidemill.minutes=10} goes on for longer.
 */
class MutatedQueriesTest {
  /** A build goes by the same queries each time. */
  private static final long SEED = 1;

  private static final int ROUNDS = 40;
  private static final int QUERIES_A_ROUND = 40;
  private static final int STANDING_ONE_IN = 4;
  private static final int MOST_SECONDS = 2;
  private static final int MOST_STEPS = 50;
  private static final String MEMORY = "200MB";
  private static final int FRAMES = 8;

  private static final Pattern QUERY =
      Pattern.compile("\\s*(SELECT|WITH|FROM|VALUES|PIVOT)\\b.*", Pattern.DOTALL);

  /** Failures by what they have in common: the first frames of their cause. */
  private final Map<String, String> failures = new LinkedHashMap<>();

  private int asked;
  private int answered;
  private int stood;

  @Test
  void errorsAreTheUsers() throws IOException {
    long minutes = Long.getLong("tidemill.minutes", 0);
    int rounds = minutes > 0 ? Integer.MAX_VALUE : Integer.getInteger("tidemill.rounds", ROUNDS);
    long end = System.nanoTime() + TimeUnit.MINUTES.toNanos(minutes > 0 ? minutes : 24 * 60);
    long seed =
        System.getProperty("tidemill.test.seed") == null
            ? SEED
            : Long.getLong("tidemill.test.seed", System.nanoTime());
    System.out.println("mutated queries from seed " + seed);
    Map<Path, Script> scripts = new LinkedHashMap<>();
    List<List<String>> all = new ArrayList<>();
    for (Path file : ScriptsTest.files()) {
      Script script = Script.read(file);
      List<List<String>> own = queries(script);
      if (!own.isEmpty()) {
        scripts.put(file, script);
        all.addAll(own);
      }
    }
    List<Script> choices = List.copyOf(scripts.values());
    try (ScheduledExecutorService watch = Executors.newSingleThreadScheduledExecutor()) {
      for (int i = 0; i < rounds && System.nanoTime() < end; i++) {
        SplittableRandom random = new SplittableRandom(seed + i);
        round(seed + i, choices.get(random.nextInt(choices.size())), all, random, watch);
      }
    }
    System.out.println(
        asked + " queries, of which " + answered + " gave rows and " + stood + " stood");
    assertTrue(failures.isEmpty(), () -> String.join("\n\n", failures.values()));
  }

  private static List<List<String>> queries(Script script) {
    return script.records().stream()
        .map(ScriptRecord::sql)
        .filter(sql -> QUERY.matcher(sql).matches())
        .map(QueryMutator::tokens)
        .toList();
  }

  /** A script's statements, then mutants of its queries. */
  private void round(
      long seed,
      Script script,
      List<List<String>> all,
      SplittableRandom random,
      ScheduledExecutorService watch) {
    List<List<String>> own = queries(script);
    QueryMutator mutator = new QueryMutator(random);
    try (WorkingDirectory directory =
            new WorkingDirectory(ScriptsTest.ROOT.resolve("data").toAbsolutePath());
        Engine engine =
            Engine.builder()
                .workingDirectory(directory.path())
                .stepByHand()
                .set("threads", "1")
                .set("memory", MEMORY)
                .open();
        Session session = engine.session()) {
      for (ScriptRecord record : script.records()) {
        if (record.runsIn(Mode.BATCH.name()) && !QUERY.matcher(record.sql()).matches()) {
          prepare(session, record);
        }
      }
      for (int i = 0; i < QUERIES_A_ROUND; i++) {
        String sql = mutator.mutant(own, all);
        asked++;
        boolean stands = random.nextInt(STANDING_ONE_IN) == 0;
        String failure =
            watched(session, watch, stands ? () -> stand(session, sql) : () -> ask(session, sql));
        if (failure != null) {
          failures.putIfAbsent(
              failure.lines().skip(1).limit(3).collect(Collectors.joining()),
              "seed %d, %s%s:%n%s%n%s"
                  .formatted(seed, script.file(), stands ? ", standing" : "", sql, failure));
        }
      }
    } catch (RuntimeException e) {
      failures.putIfAbsent(
          e.toString(), "seed %d, %s: %s".formatted(seed, script.file(), described(e)));
    }
  }

  /** What the script expects to fail may fail. */
  private static void prepare(Session session, ScriptRecord record) {
    try {
      if (record.kind() instanceof ScriptRecord.Steps steps) {
        session.step(steps.queries());
      } else {
        ScriptRunner.rows(session, record.sql());
      }
    } catch (TidemillException e) {
      if (!(record.kind() instanceof ScriptRecord.Fails)) {
        throw e;
      }
    }
  }

  private void ask(Session session, String sql) {
    ScriptRunner.rows(session, sql);
    answered++;
  }

  /** The query stands until it has taken all there is, and is verified. */
  private void stand(Session session, String sql) {
    ScriptRunner.rows(
        session,
        "CREATE STANDING QUERY mutant OUTPUT MODE UPDATE WITH ('max_rows_per_step' = '3') AS "
            + sql);
    try {
      long last = -2;
      for (int i = 0; i < MOST_STEPS; i++) {
        session.step(List.of("mutant"));
        long step = session.progress("mutant").step();
        if (step == last) {
          break;
        }
        last = step;
      }
      ScriptRunner.rows(session, "VERIFY mutant");
      stood++;
    } finally {
      ScriptRunner.rows(session, "DROP QUERY mutant");
    }
  }

  /** What went wrong that is not the user's, or null. */
  private static @Nullable String watched(
      Session session, ScheduledExecutorService watch, Runnable work) {
    ScheduledFuture<?> stop = watch.schedule(session::cancel, MOST_SECONDS, TimeUnit.SECONDS);
    try {
      work.run();
      return null;
    } catch (TidemillException e) {
      return e.kind() == ErrorKind.INTERNAL || e.code().name().equals("VERIFY_DIFFERENT")
          ? described(e)
          : null;
    } catch (RuntimeException | Error e) {
      return described(e);
    } finally {
      stop.cancel(false);
    }
  }

  private static String described(Throwable error) {
    Throwable cause = error;
    while (cause.getCause() != null) {
      cause = cause.getCause();
    }
    return Stream.concat(
            Stream.of(error + (cause == error ? "" : " <- " + cause)),
            Stream.of(cause.getStackTrace()).limit(FRAMES).map(frame -> "  at " + frame))
        .collect(Collectors.joining("\n"));
  }
}
