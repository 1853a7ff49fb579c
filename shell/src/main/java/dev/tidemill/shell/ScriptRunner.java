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

  /**
   * @param interrupted whether somebody wants the whole script to end: then nothing is said of it
   */
  ScriptRunner(
      Session session, ResultPrinter printer, Console console, BooleanSupplier interrupted) {
    this.session = session;
    this.printer = printer;
    this.console = console;
    this.interrupted = interrupted;
  }

  /** Returns whether all statements were run; if one failed, the error is printed. */
  boolean run(Script script) {
    StatementReader reader = new StatementReader(script.text());
    try {
      for (ParsedStatement next = reader.next(); next != null; next = reader.next()) {
        if (interrupted.getAsBoolean()) {
          return false;
        }
        try (Result result = session.execute(next)) {
          printer.print(result);
        }
      }
      return true;
    } catch (TidemillException e) {
      console.out().flush();
      if (!interrupted.getAsBoolean()) {
        console.err().print(ErrorText.of(e, script));
        console.err().flush();
      }
      return false;
    }
  }
}
