package dev.tidemill.shell;

import dev.tidemill.engine.Result;
import dev.tidemill.engine.Session;
import dev.tidemill.foundation.error.TidemillException;
import dev.tidemill.shell.editing.SqlCompleter;
import dev.tidemill.shell.editing.SqlHighlighter;
import dev.tidemill.shell.editing.StatementLines;
import dev.tidemill.shell.format.ResultFormat;
import dev.tidemill.sql.parser.ParsedStatement;
import dev.tidemill.sql.parser.StatementReader;
import dev.tidemill.sql.parser.statement.Keywords;
import dev.tidemill.streaming.StandingQueries;
import java.io.IOException;
import java.nio.file.Path;
import java.util.Locale;
import java.util.Set;
import org.jline.reader.EndOfFileException;
import org.jline.reader.LineReader;
import org.jline.reader.LineReaderBuilder;
import org.jline.reader.UserInterruptException;
import org.jline.terminal.Attributes;
import org.jline.terminal.Terminal;
import org.jline.terminal.Terminal.Signal;
import org.jline.terminal.TerminalBuilder;
import org.jspecify.annotations.Nullable;

/** The prompt: statements over several lines, with history, colours and completion. */
final class Prompt {
  private static final String HELP =
      """
      Statements end with a semicolon and may go over several lines.
        \\d          tables, views and standing queries
        \\d NAME     the columns of one
        \\f FORMAT   box, csv, tsv, json, jsonl, markdown, vertical
        \\? help     this
        \\q quit     ends, as Ctrl-D does; Ctrl-C cancels a statement
      Tab completes; the up key brings statements back, Ctrl-R looks for one.
      """;

  private static final Set<String> ENDS = Set.of("\\q", "\\quit", "\\exit", "quit", "exit");

  private final Session session;
  private final ResultPrinter printer;
  private final Console console;
  private final LineReader reader;

  private Prompt(Session session, ResultPrinter printer, Console console, LineReader reader) {
    this.session = session;
    this.printer = printer;
    this.console = console;
    this.reader = reader;
  }

  /** On the terminal of the process, until somebody ends it. */
  static void run(
      Session session, @Nullable ResultFormat format, Console console, FailureListener listener)
      throws IOException {
    run(
        session,
        TerminalBuilder.builder().system(true).build(),
        history(),
        format,
        console,
        listener);
  }

  /**
   * On a terminal, which is closed in the end.
   *
   * @param history the file that keeps what was typed
   */
  static void run(
      Session session,
      Terminal terminal,
      Path history,
      @Nullable ResultFormat format,
      Console console,
      FailureListener listener)
      throws IOException {
    try (Terminal screen = terminal) {
      // What is typed while a statement runs is neither shown nor lost; Ctrl-C still interrupts.
      Attributes attributes = screen.getAttributes();
      attributes.setLocalFlag(Attributes.LocalFlag.ECHO, false);
      attributes.setLocalFlag(Attributes.LocalFlag.ICANON, false);
      screen.setAttributes(attributes);
      ResultPrinter printer = new ResultPrinter(console, format, screen::getColumns);
      LineReader reader =
          LineReaderBuilder.builder()
              .terminal(screen)
              .appName("tidemill")
              .parser(new StatementLines())
              .highlighter(new SqlHighlighter())
              .completer(new SqlCompleter(session, console.directory()))
              .variable(LineReader.HISTORY_FILE, history)
              .variable(LineReader.SECONDARY_PROMPT_PATTERN, "%P      -> ")
              .variable(LineReader.LIST_MAX, 200)
              .option(LineReader.Option.DISABLE_EVENT_EXPANSION, true)
              .option(LineReader.Option.CASE_INSENSITIVE, true)
              .option(LineReader.Option.COMPLETE_MATCHER_TYPO, false)
              .build();
      listener.tell(reader::printAbove);
      screen.handle(Signal.INT, signal -> session.cancel());
      new Prompt(session, printer, console, reader).loop();
      listener.tell(notice -> {});
    }
  }

  /** Where the history is kept: in the user's state directory, made if need be. */
  private static Path history() {
    String state = System.getenv("XDG_STATE_HOME");
    Path directory =
        state != null && state.startsWith("/")
            ? Path.of(state)
            : Path.of(System.getProperty("user.home"), ".local", "state");
    return directory.resolve("tidemill").resolve("history");
  }

  private void loop() {
    console.err().println("Tidemill. Statements end with a semicolon; \\? helps, \\q ends.");
    while (true) {
      String text;
      try {
        text = reader.readLine("tidemill> ").strip();
      } catch (UserInterruptException lineDropped) {
        continue;
      } catch (EndOfFileException e) {
        return;
      } finally {
        // Ctrl-C interrupts the reader, which keeps the thread so; the next statement is not meant.
        Thread.interrupted();
      }
      if (StatementLines.isCommand(text)) {
        // Other prompts write their commands with a point.
        String command = text.replaceAll(";$", "").strip().replaceFirst("^\\.", "\\\\");
        if (ENDS.contains(command.toLowerCase(Locale.ROOT))) {
          return;
        }
        command(command);
      } else if (!text.isEmpty()) {
        statements(text);
      }
      console.out().flush();
    }
  }

  private void command(String text) {
    int blank = text.indexOf(' ');
    String argument = blank < 0 ? "" : text.substring(blank + 1).strip();
    switch (blank < 0 ? text.toLowerCase(Locale.ROOT) : text.substring(0, blank)) {
      case "\\?", "\\h", "\\help", "?", "help" -> console.err().print(HELP);
      case "\\d" -> statements(argument.isEmpty() ? "SHOW TABLES" : "DESCRIBE " + name(argument));
      case "\\f" -> {
        ResultFormat format = ResultFormat.named(argument);
        if (format == null) {
          console.err().println("\\f takes box, csv, tsv, json, jsonl, markdown or vertical");
        } else {
          printer.setFormat(format);
        }
      }
      default -> console.err().println("no such command; \\? lists what there is");
    }
  }

  private static String name(String argument) {
    return argument.indexOf('.') >= 0 || argument.startsWith("\"")
        ? argument
        : Keywords.quoteIfNeeded(argument);
  }

  /** What replaces a standing query is asked for. */
  private Result execute(ParsedStatement statement) {
    try {
      return session.execute(statement);
    } catch (TidemillException e) {
      if (!e.code().name().equals(StandingQueries.UNCONFIRMED)) {
        throw e;
      }
      console.err().println(e.text());
      if (!isConfirmed()) {
        throw e;
      }
      session.execute("SET replace_confirmed = true").close();
      try {
        return session.execute(statement);
      } finally {
        session.execute("SET replace_confirmed = false").close();
      }
    }
  }

  private boolean isConfirmed() {
    try {
      return reader.readLine("replace it? [y/N] ").strip().equalsIgnoreCase("y");
    } catch (UserInterruptException | EndOfFileException e) {
      return false;
    }
  }

  private void statements(String text) {
    StatementReader statements = new StatementReader(text);
    try {
      for (ParsedStatement next = statements.next(); next != null; next = statements.next()) {
        long start = System.nanoTime();
        try (Result result = execute(next)) {
          printer.print(result);
          console.out().flush();
          String done =
              result.hasRows()
                  ? ""
                  : result.updateCount() > 0
                      ? result.tag()
                          + ", "
                          + result.updateCount()
                          + (result.updateCount() == 1 ? " row, " : " rows, ")
                      : result.tag() + ", ";
          double millis = (System.nanoTime() - start) / 1e6;
          console.err().println(String.format(Locale.ROOT, "(%s%.1f ms)", done, millis));
        }
      }
    } catch (TidemillException e) {
      console.out().flush();
      console.err().print(ErrorText.of(e, new Script(text, null)));
    }
  }
}
