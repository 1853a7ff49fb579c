package dev.tidemill.shell;

import dev.tidemill.engine.Result;
import dev.tidemill.engine.Session;
import dev.tidemill.foundation.error.TidemillException;
import dev.tidemill.sql.parser.ParsedStatement;
import dev.tidemill.sql.parser.StatementReader;
import java.util.function.BooleanSupplier;

/** Runs the statements of a script in order, up to the first that fails. */
final class ScriptRunner {
  private final Session session;
  private final ResultPrinter printer;
  private final Console console;
  private final BooleanSupplier interrupted;
  private boolean isKept;

  /**
   * @param interrupted whether somebody wants the whole script to end: then nothing is said of it
   * @param isKept whether what is created is kept, or that it is not has been said
   */
  ScriptRunner(
      Session session,
      ResultPrinter printer,
      Console console,
      BooleanSupplier interrupted,
      boolean isKept) {
    this.session = session;
    this.printer = printer;
    this.console = console;
    this.interrupted = interrupted;
    this.isKept = isKept;
  }

  /** How a script came to its end. */
  enum End {
    /** All its statements were run. */
    DONE,
    /** One failed, and the error is printed; or somebody interrupted. */
    FAILED,
    /** Nobody reads the results any more, so the rest is left alone, as it is in other programs. */
    UNREAD
  }

  /** Runs them. */
  End run(Script script) {
    StatementReader reader = new StatementReader(script.text());
    try {
      for (ParsedStatement next = reader.next(); next != null; next = reader.next()) {
        if (interrupted.getAsBoolean()) {
          return End.FAILED;
        }
        try (Result result = session.execute(next)) {
          if (!printer.print(result)) {
            return End.UNREAD;
          }
          if (!isKept && result.tag().startsWith("CREATE")) {
            isKept = true;
            Command.noteMemory(console);
          }
        }
      }
      return End.DONE;
    } catch (TidemillException e) {
      console.out().flush();
      if (!interrupted.getAsBoolean()) {
        console.err().print(ErrorText.of(e, script));
        console.err().flush();
      }
      return End.FAILED;
    }
  }
}
