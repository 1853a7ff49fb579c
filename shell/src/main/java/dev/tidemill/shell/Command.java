package dev.tidemill.shell;

import dev.tidemill.engine.Engine;
import dev.tidemill.engine.Session;
import dev.tidemill.engine.SessionOptions;
import dev.tidemill.foundation.error.TidemillException;
import dev.tidemill.streaming.QueryListener;
import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.charset.CharacterCodingException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.NoSuchFileException;
import java.nio.file.Path;

/** Does what a command line says. */
final class Command {
  private static final int OK = 0;
  private static final int FAILED = 1;
  private static final int USAGE = 2;

  private static final String HELP =
      """
      Tidemill: SQL over tables that keep growing.

      tidemill [--db DIR] [--format FORMAT] [--threads N] [--memory SIZE] [--set NAME=VALUE] [-c SQL | -f FILE]
          Runs the statements of -c, of a file, or of stdin; where somebody types, a prompt.
      tidemill run FILE.sql... [--db DIR] [--available-now] [--progress text|json|none]
          Runs the statements of the files, and their standing queries until they end or Ctrl-C.

        --db DIR          keep tables and standing queries in DIR; without it all is in memory
        --format FORMAT   box, csv, tsv, json, jsonl, markdown or vertical
        --threads N       worker threads
        --memory SIZE     what queries and state may take together, such as 2GB
        --set NAME=VALUE  a setting; SHOW SETTINGS lists them
        --available-now   standing queries take what is there now, and end
        --progress KIND   how steps are told on stderr
        --version, --help

      Results go to stdout, all else to stderr. Exit code 0; 1 a statement failed; 2 usage.
      """;

  private Command() {}

  /** Returns the exit code. */
  static int run(String[] arguments, Terminal terminal) {
    CommandLine line;
    try {
      line = CommandLine.parse(arguments.clone());
    } catch (UsageException e) {
      terminal.err().println("error: " + e.getMessage());
      terminal.err().println("tidemill --help shows what there is");
      return USAGE;
    }
    try {
      return switch (line.action()) {
        case CommandLine.Help help -> {
          terminal.out().print(HELP);
          terminal.out().flush();
          yield OK;
        }
        case CommandLine.Version version -> {
          terminal.out().println("tidemill " + version());
          terminal.out().flush();
          yield OK;
        }
        case CommandLine.Statements statements ->
            script(line, terminal, new Script(statements.text(), null));
        case CommandLine.File file -> script(line, terminal, read(file.path()));
        case CommandLine.Interactive interactive ->
            terminal.inIsTerminal()
                ? prompt(line, terminal)
                : script(line, terminal, new Script(utf8(terminal.in().readAllBytes()), null));
        case CommandLine.Run run -> new RunCommand(line, run, terminal).run();
      };
    } catch (TidemillException e) {
      terminal.err().println("error: " + e.getMessage());
      return FAILED;
    } catch (IOException e) {
      terminal.err().println("error: " + e.getMessage());
      return FAILED;
    } catch (RuntimeException | LinkageError e) {
      terminal.out().flush();
      terminal
          .err()
          .println(
              "error: an internal error, which is a bug of Tidemill: " + e + ". Please report it");
      return FAILED;
    }
  }

  private static int script(CommandLine line, Terminal terminal, Script script) {
    noteMemory(line, terminal);
    try (Engine engine = builder(line, terminal, QueryListener.NONE).open();
        Session session = engine.session(SessionOptions.DEFAULT)) {
      terminal.interrupts().on(session::cancel);
      Signals.forward(terminal.interrupts());
      ResultPrinter printer = new ResultPrinter(terminal, line.format());
      return new ScriptRunner(session, printer, terminal, () -> false).run(script) ? OK : FAILED;
    } finally {
      terminal.interrupts().ignore();
    }
  }

  private static int prompt(CommandLine line, Terminal terminal) throws IOException {
    noteMemory(line, terminal);
    PromptListener listener = new PromptListener();
    try (Engine engine = builder(line, terminal, listener).open();
        Session session = engine.session(SessionOptions.DEFAULT)) {
      engine.resumeStored();
      Prompt.run(session, new ResultPrinter(terminal, line.format()), terminal, listener);
    }
    return OK;
  }

  static Engine.Builder builder(CommandLine line, Terminal terminal, QueryListener listener) {
    return Engine.builder()
        .directory(line.directory())
        .settings(line.settings())
        .out(terminal.out())
        .listener(listener);
  }

  /** Nobody shall learn at the end that nothing was kept. */
  static void noteMemory(CommandLine line, Terminal terminal) {
    if (line.directory() == null) {
      terminal.err().println("note: without --db DIR all is in memory and nothing is kept");
    }
  }

  /**
   * A file of statements.
   *
   * @throws IOException with a text for the user
   */
  static Script read(Path file) throws IOException {
    try {
      return new Script(utf8(Files.readAllBytes(file)), file.toString());
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
