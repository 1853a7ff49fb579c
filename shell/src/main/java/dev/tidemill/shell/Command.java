package dev.tidemill.shell;

import dev.tidemill.engine.Engine;
import dev.tidemill.engine.Session;
import dev.tidemill.engine.SessionOptions;
import dev.tidemill.foundation.error.TidemillException;
import dev.tidemill.shell.format.Appearance;
import dev.tidemill.streaming.QueryListener;
import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.charset.CharacterCodingException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.NoSuchFileException;
import java.nio.file.Path;
import java.util.concurrent.atomic.AtomicBoolean;

/** Does what a command line says. */
final class Command {
  private static final int OK = 0;
  private static final int FAILED = 1;
  private static final int USAGE = 2;

  private static final String HELP =
      """
      Tidemill: SQL over tables that keep growing.

      tidemill [--db DIR] [--format FORMAT] [--threads N] [--memory SIZE] [--set NAME=VALUE] [--yes] [-c SQL | -f FILE]
          Runs the statements of -c, of a file, or of stdin; where somebody types, a prompt.
      tidemill run FILE.sql... [--db DIR] [--available-now] [--progress text|json|none]
          Runs the statements of the files, and their standing queries until they end or Ctrl-C.

        --db DIR          keep tables and standing queries in DIR; without it all is in memory
        --format FORMAT   box, csv, tsv, json, jsonl, markdown or vertical
        --threads N       worker threads
        --memory SIZE     what queries and state may take together, such as 2GB
        --set NAME=VALUE  a setting; SHOW SETTINGS lists them
        --yes             standing queries that a statement changes are replaced without a question
        --available-now   standing queries take what is there now, and end
        --progress KIND   how steps are told on stderr
        --version, --help

      Results go to stdout, all else to stderr. Exit code 0; 1 a statement or standing query failed; 2 usage.
      """;

  private Command() {}

  /** Returns the exit code. */
  static int run(String[] arguments, Console console) {
    CommandLine line;
    try {
      line = CommandLine.parse(arguments.clone());
    } catch (UsageException e) {
      console.err().println("error: " + e.getMessage());
      console.err().println("tidemill --help shows what there is");
      return USAGE;
    }
    try {
      return switch (line.action()) {
        case CommandLine.Help help -> {
          console.out().print(HELP);
          console.out().flush();
          yield OK;
        }
        case CommandLine.Version version -> {
          console.out().println("tidemill " + version());
          console.out().flush();
          yield OK;
        }
        case CommandLine.Statements statements ->
            script(line, console, new Script(statements.text(), null));
        case CommandLine.File file -> script(line, console, read(file.path(), console));
        case CommandLine.Interactive interactive ->
            console.inIsTerminal()
                ? prompt(line, console)
                : script(line, console, new Script(utf8(console.in().readAllBytes()), null));
        case CommandLine.Run run -> new RunCommand(line, run, console).run();
      };
    } catch (TidemillException e) {
      console.err().println("error: " + e.getMessage());
      return FAILED;
    } catch (IOException e) {
      console.err().println("error: " + e.getMessage());
      return FAILED;
    } catch (RuntimeException | LinkageError e) {
      console.out().flush();
      console
          .err()
          .println(
              "error: an internal error, which is a bug of Tidemill: " + e + ". Please report it");
      return FAILED;
    }
  }

  private static int script(CommandLine line, Console console, Script script) {
    FailureListener listener = new FailureListener();
    listener.tell(notice -> console.err().println(notice));
    try (Engine engine = builder(line, console, listener).open();
        Session session = engine.session(new SessionOptions(true, false))) {
      AtomicBoolean interrupted = new AtomicBoolean();
      console
          .interrupts()
          .on(
              () -> {
                interrupted.set(true);
                session.cancel();
              });
      Signals.forward(console.interrupts());
      ResultPrinter printer = new ResultPrinter(console, line.format(), () -> Appearance.ALL);
      boolean isKept = line.directory() != null;
      ScriptRunner runner = new ScriptRunner(session, printer, console, interrupted::get, isKept);
      return runner.run(script) == ScriptRunner.End.FAILED || listener.hasFailed() ? FAILED : OK;
    } finally {
      console.interrupts().ignore();
    }
  }

  private static int prompt(CommandLine line, Console console) throws IOException {
    if (line.directory() == null) {
      noteMemory(console);
    }
    FailureListener listener = new FailureListener();
    try (Engine engine = builder(line, console, listener).open();
        Session session = engine.session(SessionOptions.DEFAULT)) {
      engine.resumeStored();
      Prompt.run(session, line.format(), console, listener);
    }
    return OK;
  }

  static Engine.Builder builder(CommandLine line, Console console, QueryListener listener) {
    Path database = line.directory();
    return Engine.builder()
        .workingDirectory(console.directory())
        .directory(database == null ? null : console.directory().resolve(database))
        .settings(line.settings())
        .out(console.out())
        .listener(listener);
  }

  /** Nobody shall learn at the end that nothing was kept. */
  static void noteMemory(Console console) {
    console.err().println("note: without --db DIR all is in memory and nothing is kept");
  }

  /**
   * A file of statements.
   *
   * @throws IOException with a text for the user
   */
  static Script read(Path file, Console console) throws IOException {
    try {
      return new Script(
          utf8(Files.readAllBytes(console.directory().resolve(file))), file.toString());
    } catch (NoSuchFileException e) {
      throw new IOException("there is no file " + file, e);
    } catch (CharacterCodingException e) {
      throw new IOException(file + " is not UTF-8", e);
    } catch (IOException e) {
      throw new IOException("cannot read " + file + ": " + e.getMessage(), e);
    }
  }

  private static String utf8(byte[] bytes) throws CharacterCodingException {
    String text = StandardCharsets.UTF_8.newDecoder().decode(ByteBuffer.wrap(bytes)).toString();
    return text.startsWith("\ufeff") ? text.substring(1) : text;
  }

  private static String version() {
    String version = Command.class.getPackage().getImplementationVersion();
    return version == null ? "(built from source)" : version;
  }
}
