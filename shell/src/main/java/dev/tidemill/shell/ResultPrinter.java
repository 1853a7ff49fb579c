package dev.tidemill.shell;

import dev.tidemill.engine.Result;
import dev.tidemill.foundation.batch.Batch;
import dev.tidemill.shell.format.Appearance;
import dev.tidemill.shell.format.ResultFormat;
import dev.tidemill.shell.format.ResultWriter;
import org.jspecify.annotations.Nullable;

/** Prints results to stdout and their warnings to stderr. */
final class ResultPrinter {
  private static final int MOST_ROWS = 500;

  private final Terminal terminal;
  private ResultFormat format;
  private boolean isChosen;

  /**
   * @param format null leaves it to what stdout is
   */
  ResultPrinter(Terminal terminal, @Nullable ResultFormat format) {
    this.terminal = terminal;
    this.isChosen = format != null;
    this.format =
        format != null ? format : terminal.outIsTerminal() ? ResultFormat.BOX : ResultFormat.CSV;
  }

  void setFormat(ResultFormat wanted) {
    format = wanted;
    isChosen = true;
  }

  ResultFormat format() {
    return format;
  }

  /**
   * Prints the result; rows that were there when it fails are printed all the same. Leaves it open.
   */
  void print(Result result) {
    for (String warning : result.warnings()) {
      terminal.err().println("note: " + warning);
    }
    if (!result.hasRows()) {
      return;
    }
    if (result.tag().equals("EXPLAIN") && !isChosen) {
      printPlain(result);
      return;
    }
    boolean live = result.tag().startsWith("EMIT");
    boolean watched = terminal.outIsTerminal();
    ResultWriter writer =
        format.writer(
            new Appearance(
                terminal.out(),
                watched && Terminal.allowsColour(),
                watched && !live ? MOST_ROWS : Appearance.ALL,
                live));
    Batch batch = result.next();
    writer.begin(result.schema(), live);
    try {
      while (batch != null) {
        try (Batch current = batch) {
          writer.write(current);
        }
        batch = result.next();
      }
    } finally {
      writer.end();
    }
  }

  /** The lines of a plan are not a table to anybody. */
  private void printPlain(Result result) {
    for (Batch batch = result.next(); batch != null; batch = result.next()) {
      try (Batch current = batch) {
        for (int i = 0; i < current.rowCount(); i++) {
          terminal
              .out()
              .append(String.valueOf(current.column(0).value(current.row(i))))
              .append('\n');
        }
      }
    }
    terminal.out().flush();
  }
}
