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

  /** @param format null leaves it to what stdout is */
  ResultPrinter(Terminal terminal, @Nullable ResultFormat format) {
    this.terminal = terminal;
    this.format = format != null ? format : terminal.outIsTerminal() ? ResultFormat.BOX : ResultFormat.CSV;
  }

  void setFormat(ResultFormat wanted) {
    format = wanted;
  }

  ResultFormat format() {
    return format;
  }

  /** Prints the result; rows that were there when it fails are printed all the same. Leaves it open. */
  void print(Result result) {
    for (String warning : result.warnings()) {
      terminal.err().println("note: " + warning);
    }
    if (!result.hasRows()) {
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
}
