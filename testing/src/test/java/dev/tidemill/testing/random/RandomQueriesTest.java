package dev.tidemill.testing.random;

import static org.junit.jupiter.api.Assertions.assertTrue;

import dev.tidemill.foundation.error.TidemillException;
import java.sql.SQLException;
import java.util.ArrayList;
import java.util.EnumMap;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.TreeMap;
import java.util.concurrent.TimeUnit;
import org.junit.jupiter.api.Test;

/**
 * Random queries give the same as batch queries with whatever settings, in DuckDB, and standing,
 * after every step and every restart.
 *
 * <p>{@code -Dtidemill.test.seed=N -Dtidemill.rounds=1} repeats one round, {@code
 * -Dtidemill.test.seed=random -Dtidemill.minutes=10} goes on for longer and tells at its end how
 * many queries that were and how they went, {@code -Dtidemill.random.all=true} does not stop at the
 * first failure.
 */
class RandomQueriesTest {
  private static final int ROUNDS = 10;

  /** A build goes by the same queries each time. */
  private static final long SEED = 2000;

  private static final int QUERIES_A_ROUND = 24;
  private static final long SECONDS_TO_SHRINK = 60;

  private final Map<Outcome.Verdict, Integer> verdicts = new EnumMap<>(Outcome.Verdict.class);

  /** How often each refusal came, and an example. */
  private final Map<String, Integer> refusals = new TreeMap<>();

  private final Map<String, String> examples = new HashMap<>();
  private final List<String> failures = new ArrayList<>();
  private int rounds;

  @Test
  void queriesAgree() throws SQLException {
    boolean all = Boolean.getBoolean("tidemill.random.all");
    long minutes = Long.getLong("tidemill.minutes", 0);
    int most = minutes > 0 ? Integer.MAX_VALUE : Integer.getInteger("tidemill.rounds", ROUNDS);
    long end = System.nanoTime() + TimeUnit.MINUTES.toNanos(minutes > 0 ? minutes : 24 * 60);
    long seed = seed();
    System.out.println("random queries from seed " + seed);
    try (Trial trial = new Trial()) {
      do {
        round(trial, seed++);
        rounds++;
      } while (rounds < most && System.nanoTime() < end && (all || failures.isEmpty()));
    }
    tell();
  }

  private static long seed() {
    return System.getProperty("tidemill.test.seed") == null
        ? SEED
        : Long.getLong("tidemill.test.seed", System.nanoTime());
  }

  private void tell() {
    System.out.println(rounds + " rounds: " + verdicts);
    refusals.forEach(
        (text, count) ->
            System.out.println(count + " x " + text + "\n      " + examples.get(text)));
    assertTrue(failures.isEmpty(), () -> String.join("\n\n", failures));
  }

  /** Every call of a scalar function by itself, over rows of all kinds of values. */
  @Test
  void callsAgree() throws SQLException {
    long seed = seed();
    System.out.println("random calls from seed " + seed);
    Dice dice = new Dice(seed);
    Literals literals = new Literals(dice, 5, 4);
    Tables tables = new Tables(dice, literals);
    List<Tree> filled = List.of(tables.insert("a", 60), tables.insert("b", 60));
    ExpressionGenerator expressions = new ExpressionGenerator(dice, literals);
    List<RandomQuery> queries = new ArrayList<>();
    for (Kind kind : Kind.values()) {
      for (Tree call : expressions.calls(kind, Tables.COLUMNS)) {
        Object shown =
            kind == Kind.BYTES
                ? Tree.of("TEXT", "HEX(", call, ")")
                : kind == Kind.LIST
                    ? Tree.of(
                        "TEXT",
                        Tree.word("TO_JSON(", "COALESCE(TO_JSON("),
                        call,
                        Tree.word(")", "), 'null')"))
                    : call;
        Tree query =
            Tree.of("whole", "SELECT ", shown, " AS c0 FROM " + dice.pick("a", "b") + " AS t");
        queries.add(new RandomQuery(query, String.valueOf(kind.letter()), false, true));
      }
    }
    try (Trial trial = new Trial()) {
      List<Outcome> outcomes = trial.batch(filled, List.of(), List.of(), queries, Map.of());
      for (int i = 0; i < queries.size(); i++) {
        Example example =
            Example.of(filled, List.of(), List.of(), queries.get(i), Map.of(), "UPDATE", 1000, 0);
        note(trial, seed, example, outcomes.get(i), Trial::batchAlone);
      }
    }
    tell();
  }

  private void round(Trial trial, long seed) throws SQLException {
    Dice dice = new Dice(seed);
    boolean large = dice.oneIn(6);
    Literals literals = new Literals(dice, large ? 500 : 5, dice.oneIn(3) ? 30 : 0);
    Tables tables = new Tables(dice, literals);
    List<Tree> filled = tables.filled(large ? 600 : dice.oneIn(2) ? 8 : 16);
    List<List<Tree>> steps = new ArrayList<>();
    int stepCount = dice.below(5);
    boolean removing = !dice.oneIn(3);
    for (int i = 0; i < stepCount; i++) {
      steps.add(tables.changes(removing));
    }
    QueryGenerator generator = new QueryGenerator(dice, literals, large);
    List<Tree> views = new ArrayList<>();
    for (int i = dice.below(3); i > 0; i--) {
      Tree view = generator.view("v" + views.size());
      if (view != null) {
        views.add(view);
      }
    }
    List<RandomQuery> queries = new ArrayList<>();
    for (int i = 0; i < QUERIES_A_ROUND; i++) {
      queries.add(generator.query());
    }
    Map<String, String> settings = settings(dice, large);
    int rowsPerStep = large ? 100 + dice.below(1000) : dice.oneIn(3) ? 1 + dice.below(5) : 1000;
    int restartEvery = dice.below(3);
    String mode = dice.pick("UPDATE", "UPDATE", "COMPLETE");
    List<Outcome> batch = trial.batch(filled, steps, views, queries, settings);
    List<RandomQuery> good = new ArrayList<>();
    for (int i = 0; i < queries.size(); i++) {
      RandomQuery query = queries.get(i);
      Example example =
          Example.of(filled, steps, views, query, settings, mode, rowsPerStep, restartEvery);
      note(trial, seed, example, batch.get(i), Trial::batchAlone);
      if (batch.get(i).verdict() == Outcome.Verdict.AGREES
          || batch.get(i).verdict() == Outcome.Verdict.REFUSED_BY_DUCKDB
              && !batch.get(i).detail().startsWith("both")) {
        good.add(query);
      }
    }
    Example shared =
        Example.of(
            filled, steps, views, queries.getFirst(), settings, mode, rowsPerStep, restartEvery);
    List<Outcome> standing;
    try {
      standing = trial.standing(shared, good);
    } catch (TidemillException e) {
      failures.add("seed " + seed + ": " + e + "\n" + e.getCause() + "\n" + shared);
      System.out.println(failures.getLast());
      return;
    }
    for (int i = 0; i < good.size(); i++) {
      Example example =
          Example.of(filled, steps, views, good.get(i), settings, mode, rowsPerStep, restartEvery);
      note(trial, seed, example, standing.get(i), Trial::standingAlone);
    }
  }

  private void note(Trial trial, long seed, Example example, Outcome outcome, Alone alone) {
    verdicts.merge(outcome.verdict(), 1, Integer::sum);
    if (outcome.verdict() != Outcome.Verdict.AGREES) {
      refusals.merge(outcome.brief(), 1, Integer::sum);
      examples.putIfAbsent(outcome.brief(), example.query().tree().ours());
    }
    if (outcome.verdict().isFailure()) {
      Shrinker shrinker = new Shrinker(e -> alone.run(trial, e), SECONDS_TO_SHRINK);
      Outcome again = alone.run(trial, example);
      String found =
          again.verdict() == outcome.verdict()
              ? shrinker.shrink(example, again)
              : "only beside the other queries: " + outcome.detail() + "\n" + example;
      failures.add("seed " + seed + ": " + found);
      System.out.println(failures.getLast());
    }
  }

  /** A way to run an example by itself. */
  private interface Alone {
    Outcome run(Trial trial, Example example);
  }

  private static Map<String, String> settings(Dice dice, boolean large) {
    Map<String, String> settings = new HashMap<>();
    settings.put("threads", dice.pick("1", "2", "3"));
    settings.put("join_distribution", dice.pick("auto", "broadcast", "shuffle"));
    if (dice.oneIn(3)) {
      settings.put("batch_rows", dice.pick("1", "3", "64"));
    }
    if (dice.oneIn(4)) {
      settings.put("plan_through_json", "true");
      settings.put("exchange_through_ipc", "true");
    }
    if (large && dice.oneIn(2)) {
      settings.put("memory", dice.pick("8MB", "16MB", "32MB"));
    }
    return settings;
  }
}
