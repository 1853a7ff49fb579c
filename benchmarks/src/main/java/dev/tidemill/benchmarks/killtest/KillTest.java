package dev.tidemill.benchmarks.killtest;

import com.fasterxml.jackson.databind.ObjectMapper;
import com.fasterxml.jackson.databind.node.ObjectNode;
import dev.tidemill.engine.Engine;
import dev.tidemill.engine.Session;
import java.io.IOException;
import java.io.PrintStream;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.Comparator;
import java.util.List;
import java.util.Map;
import java.util.Random;
import java.util.TreeMap;
import java.util.stream.Stream;

/**
 * Kills and starts again, then compares.
 *
 * <pre>
 *   input    ▪▪▪▪▪▪▪▪▪▪▪▪▪▪▪▪▪▪▪▪▪▪▪▪▪▪▪▪▪▪▪▪▪▪▪▪▪▪▪▪▪▪▪│ ends
 *   victim   ──────✗  ────✗  ✗  ──────────✗  ─────────────────▶ takes the rest, ends
 *                  at a chosen call, or at a random moment      │
 *                                                               each output = the batch answer?
 * </pre>
 *
 * Half of the kills are at a chosen call of the file system ({@link DyingFiles}), half at random
 * moments, the start and the recovery included.
 */
public final class KillTest {
  private static final long START_MILLIS = 120_000;
  private static final long FEED_MILLIS = 40;

  /**
   * What comes while a victim lives: more would only make each start slower than the one before.
   */
  private static final int FEEDS_A_LIFE = 30;

  /** Later lives are let live until the script is done. */
  private static final int KILLS_WITHIN_THE_SCRIPT = 3;

  private final KillOptions options;
  private final PrintStream out;
  private final PrintStream progress;
  private final Random random;
  private final Map<String, Integer> places = new TreeMap<>();
  private final List<Double> recoveries = new ArrayList<>();
  private final List<String> failures = new ArrayList<>();
  private boolean scripted;
  private long statements;
  private long steps;

  /**
   * What came out.
   *
   * @param kills per place how many
   * @param lost rows that the batch answers have and the outputs have not, of all checks
   * @param twice rows that the outputs have and the batch answers have not
   * @param failures what went wrong on the way, in words
   */
  public record Outcome(
      Map<String, Integer> kills,
      long rows,
      long statements,
      long steps,
      long lost,
      long twice,
      List<String> failures) {
    public boolean isGood() {
      return lost == 0 && twice == 0 && failures.isEmpty();
    }
  }

  public KillTest(KillOptions options, PrintStream out, PrintStream progress) {
    this.options = options;
    this.out = out;
    this.progress = progress;
    this.random = new Random(options.seed());
  }

  /** Runs it in a directory of its own, which stays where something was found. */
  public Outcome run() throws IOException {
    Path directory = Files.createTempDirectory("killtest");
    Outcome outcome;
    RemoteTables remote =
        new RemoteTables(options.jdbc(), options.kafka(), "killtest_" + options.seed());
    try (Leg leg = new FilesLeg(directory, options.seed(), remote)) {
      outcome = run(leg, directory);
    }
    print(outcome);
    if (outcome.isGood()) {
      delete(directory);
    } else {
      out.println("seed " + options.seed() + "; everything is kept in " + directory);
    }
    return outcome;
  }

  private Outcome run(Leg leg, Path directory) throws IOException {
    Path script = directory.resolve("script.sql");
    Files.write(script, leg.script());
    for (int kill = 1; kill <= options.kills() && failures.isEmpty(); kill++) {
      String place = live(leg, directory, script, kill <= KILLS_WITHIN_THE_SCRIPT);
      places.merge(place, 1, Integer::sum);
      progress.printf("kill %d of %d: %s%n", kill, options.kills(), place);
    }
    if (failures.isEmpty()) {
      end(directory, script);
    }
    long lost = 0;
    long twice = 0;
    if (failures.isEmpty()) {
      try (Engine engine =
              Engine.builder()
                  .directory(directory.resolve("db"))
                  .workingDirectory(directory)
                  .open();
          Session session = engine.session()) {
        checkAccounts(session);
        for (Leg.Check check : leg.checks()) {
          lost += compare(session, check.name(), "lacks", check.expected(), check.actual());
          twice +=
              compare(session, check.name(), "has beyond it", check.actual(), check.expected());
        }
      }
    }
    return new Outcome(places, leg.rows(), statements, steps, lost, twice, failures);
  }

  private void checkAccounts(Session session) {
    String found = Rows.of(session, Accounts.FINGERPRINT_SQL).getFirst().replace('\t', ' ');
    String expected = new Accounts(statements).fingerprint();
    if (!found.equals(expected)) {
      failures.add(
          "after %d statements the table account has %s and not %s"
              .formatted(statements, found, expected));
    }
  }

  /** How many rows one query has that the other has not. */
  private long compare(Session session, String name, String how, String has, String other) {
    List<String> rows =
        Rows.of(session, "SELECT * FROM (" + has + ") EXCEPT ALL SELECT * FROM (" + other + ")");
    if (!rows.isEmpty()) {
      String first = rows.getFirst().replace('\t', ' ');
      out.printf(
          "%s: the output %s %,d rows of the batch answer, such as (%s)%n",
          name, how, rows.size(), first);
    }
    return rows.size();
  }

  /** One life of the victim, at the end of which it is killed; where that was. */
  private String live(Leg leg, Path directory, Path script, boolean withinScript)
      throws IOException {
    boolean lives = !scripted && !withinScript;
    boolean chosen = random.nextBoolean() && !lives;
    long last = chosen ? (long) Math.exp(random.nextDouble() * Math.log(200)) : -1;
    boolean early = !chosen && random.nextInt(4) == 0 && !lives;
    long patience = early ? random.nextInt(800) : chosen ? 4_000 : 100 + random.nextInt(900);
    String place = early ? "at the start" : "at a random moment";
    try (VictimProcess victim = start(directory, script, last)) {
      long deadline = System.nanoTime() + (early ? patience : START_MILLIS) * 1_000_000;
      boolean ready = early;
      int fed = 0;
      boolean at = false;
      while (!at && System.nanoTime() < deadline && failures.isEmpty()) {
        if (fed++ < FEEDS_A_LIFE) {
          leg.feed();
        }
        String line = victim.line(FEED_MILLIS);
        while (line != null) {
          boolean isReady =
              !early && line.startsWith(scripted || lives ? Victim.STATEMENTS : Victim.READY);
          hear(line);
          if (line.startsWith(Victim.AT)) {
            place = line.substring(Victim.AT.length());
            at = true;
          } else if (isReady && !ready) {
            ready = true;
            deadline = System.nanoTime() + patience * 1_000_000;
          }
          line = victim.line(0);
        }
        if (victim.hasEnded()) {
          failures.add("the process ended by itself; see " + log(directory));
        }
      }
      if (!ready && !at) {
        failures.add("it was not ready in time; see " + log(directory));
      }
      victim.kill();
      hearTheRest(victim);
    }
    return place;
  }

  /** The victim takes what is left and ends by itself. */
  private void end(Path directory, Path script) throws IOException {
    try (VictimProcess victim = start(directory, script, -1)) {
      victim.finish();
      int code = victim.await(START_MILLIS * 5);
      hearTheRest(victim);
      if (code != 0 && failures.isEmpty()) {
        failures.add("it ended with code " + code + "; see " + log(directory));
      }
    }
  }

  private VictimProcess start(Path directory, Path script, long last) throws IOException {
    List<String> arguments =
        new ArrayList<>(
            List.of(directory.toString(), Long.toString(last), Long.toString(statements)));
    if (!scripted || random.nextInt(4) == 0) {
      arguments.add(script.toString());
    }
    return new VictimProcess(arguments, log(directory));
  }

  private static Path log(Path directory) {
    return directory.resolve("victim.log");
  }

  private void hearTheRest(VictimProcess victim) {
    for (String line = victim.line(2_000); line != null; line = victim.line(2_000)) {
      hear(line);
    }
  }

  private void hear(String line) {
    if (line.equals(Victim.SCRIPT)) {
      scripted = true;
    } else if (line.startsWith(Victim.STATEMENTS)) {
      statements = Long.parseLong(line.substring(Victim.STATEMENTS.length()));
    } else if (line.startsWith(Victim.STEP)) {
      steps = Math.max(steps, Long.parseLong(line.substring(Victim.STEP.length())));
    } else if (line.startsWith(Victim.READY)) {
      if (scripted) {
        recoveries.add(Double.parseDouble(line.substring(Victim.READY.length())));
      }
    } else if (line.startsWith(Victim.FAILED)) {
      failures.add(line.substring(Victim.FAILED.length()));
    }
  }

  private double medianRecovery() {
    List<Double> sorted = recoveries.stream().sorted().toList();
    return sorted.isEmpty() ? 0 : sorted.get(sorted.size() / 2);
  }

  private void print(Outcome outcome) throws IOException {
    out.println("kills");
    outcome.kills().forEach((place, count) -> out.printf("%8d  %s%n", count, place));
    out.printf(
        "%,d rows and %,d statements came; %,d steps; recovered within %.0f ms (median)%n",
        outcome.rows(), outcome.statements(), outcome.steps(), medianRecovery());
    outcome.failures().forEach(failure -> out.println("failed: " + failure));
    out.printf("lost %,d rows, twice %,d rows%n", outcome.lost(), outcome.twice());
    Path json = options.json();
    if (json != null) {
      ObjectMapper mapper = new ObjectMapper();
      ObjectNode root = mapper.createObjectNode();
      root.put("kills", outcome.kills().values().stream().mapToInt(Integer::intValue).sum())
          .put("seed", options.seed())
          .put("rows", outcome.rows())
          .put("statements", outcome.statements())
          .put("steps", outcome.steps())
          .put("recovery_p50_millis", medianRecovery())
          .put("lost", outcome.lost())
          .put("twice", outcome.twice());
      ObjectNode where = root.putObject("places");
      outcome.kills().forEach(where::put);
      outcome.failures().forEach(root.putArray("failures")::add);
      mapper.writerWithDefaultPrettyPrinter().writeValue(json.toFile(), root);
    }
  }

  private static void delete(Path directory) throws IOException {
    try (Stream<Path> found = Files.walk(directory)) {
      for (Path file : found.sorted(Comparator.reverseOrder()).toList()) {
        Files.delete(file);
      }
    }
  }
}
