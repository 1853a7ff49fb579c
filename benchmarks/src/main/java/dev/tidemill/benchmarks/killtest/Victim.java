package dev.tidemill.benchmarks.killtest;

import dev.tidemill.benchmarks.BenchmarkException;
import dev.tidemill.engine.Engine;
import dev.tidemill.engine.Session;
import dev.tidemill.engine.SessionOptions;
import dev.tidemill.foundation.error.TidemillException;
import dev.tidemill.streaming.QueryListener;
import dev.tidemill.streaming.StepProgress;
import java.io.BufferedReader;
import java.io.IOException;
import java.io.InputStreamReader;
import java.io.PrintStream;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.TimeUnit;

/**
 * The process that is killed: opens the database, lets its standing queries run, and changes a
 * table of it statement by statement. A line each of what it says:
 *
 * <pre>
 *   READY 41.5        the queries run, so many milliseconds after the database began to be opened
 *   SCRIPT            the script is done
 *   STATEMENTS 17     so many statements on the accounts are committed
 *   STEP 812          a step is committed
 *   AT before sync of the step log      the chosen call: nothing is done any more
 *   FAILED text       what must not be
 * </pre>
 *
 * When its input ends it makes no further statements, waits until the queries have taken what there
 * is, and ends.
 */
public final class Victim {
  static final String READY = "READY ";
  static final String SCRIPT = "SCRIPT";
  static final String STATEMENTS = "STATEMENTS ";
  static final String STEP = "STEP ";
  static final String AT = "AT ";
  static final String FAILED = "FAILED ";

  private final Path directory;
  private final long known;
  private final PrintStream out;
  private final CountDownLatch inputEnded = new CountDownLatch(1);

  private Victim(Path directory, long known, PrintStream out) {
    this.directory = directory;
    this.known = known;
    this.out = out;
  }

  /**
   * Arguments: the directory; the call that is the last, or -1; how many statements are known to be
   * committed; the script's file, or nothing where it was done before.
   */
  public static void main(String[] arguments) throws IOException {
    PrintStream out = new PrintStream(System.out, true, StandardCharsets.UTF_8);
    Victim victim = new Victim(Path.of(arguments[0]), Long.parseLong(arguments[2]), out);
    List<String> script =
        arguments.length > 3 ? Files.readAllLines(Path.of(arguments[3])) : List.of();
    int code = 0;
    try {
      victim.run(new DyingFiles(Long.parseLong(arguments[1]), at -> out.println(AT + at)), script);
    } catch (TidemillException | BenchmarkException e) {
      out.println(FAILED + String.valueOf(e.getMessage()).replace('\n', ' '));
      code = 1;
    }
    System.exit(code);
  }

  private void run(DyingFiles files, List<String> script) {
    long begun = System.nanoTime();
    try (Engine engine =
            Engine.builder()
                .files(files)
                .directory(directory.resolve("db"))
                .workingDirectory(directory)
                .threads(2)
                .listener(new Teller())
                .open();
        Session session = engine.session(new SessionOptions(true, false));
        Session changes = engine.session()) {
      engine.resumeStored();
      out.println(READY + (System.nanoTime() - begun) / 1e6);
      for (String statement : script) {
        session.execute(statement).close();
      }
      if (!script.isEmpty()) {
        out.println(SCRIPT);
      }
      Thread listening = new Thread(this::awaitEndOfInput, "input");
      listening.setDaemon(true);
      listening.start();
      change(changes);
      session.execute("SELECT 1").close();
    }
  }

  private void awaitEndOfInput() {
    try (BufferedReader input =
        new BufferedReader(new InputStreamReader(System.in, StandardCharsets.UTF_8))) {
      while (input.readLine() != null) {
        continue;
      }
    } catch (IOException ended) {
      return;
    } finally {
      inputEnded.countDown();
    }
  }

  /**
   * Makes statements until the input ends, from where the table stands: behind those that are known
   * to be committed, or one further.
   */
  private void change(Session session) {
    String found = Rows.of(session, Accounts.FINGERPRINT_SQL).getFirst().replace('\t', ' ');
    Accounts accounts = new Accounts(known);
    if (!found.equals(accounts.fingerprint())) {
      accounts.apply();
    }
    if (!found.equals(accounts.fingerprint())) {
      throw new BenchmarkException(
          "the table account is neither as %d nor as %d statements have left it: count, sums of id, balance and product are %s but were to be %s"
              .formatted(known, accounts.statements(), found, accounts.fingerprint()));
    }
    out.println(STATEMENTS + accounts.statements());
    session.execute("SET replace_confirmed = true").close();
    try {
      while (!inputEnded.await(50, TimeUnit.MILLISECONDS)) {
        session.execute(accounts.next()).close();
        accounts.apply();
        out.println(STATEMENTS + accounts.statements());
        for (String statement : Successions.after(accounts.statements())) {
          session.execute(statement).close();
        }
      }
    } catch (InterruptedException e) {
      Thread.currentThread().interrupt();
    }
    for (String statement : Successions.missing(Rows.of(session, "SHOW QUERIES"))) {
      session.execute(statement).close();
    }
  }

  /** Tells of steps and failures. */
  private final class Teller implements QueryListener {
    @Override
    public void stepped(StepProgress progress) {
      out.println(STEP + progress.step());
    }

    @Override
    public void failed(String query, TidemillException error) {
      out.println(FAILED + query + ": " + String.valueOf(error.getMessage()).replace('\n', ' '));
    }
  }
}
