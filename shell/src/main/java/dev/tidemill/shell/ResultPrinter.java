package dev.tidemill.shell;

import dev.tidemill.engine.Result;
import dev.tidemill.foundation.batch.Batch;
import dev.tidemill.foundation.error.TidemillException;
import dev.tidemill.shell.format.Appearance;
import dev.tidemill.shell.format.ResultFormat;
import dev.tidemill.shell.format.ResultWriter;
import java.util.function.IntSupplier;
import org.jspecify.annotations.Nullable;

/** Prints results to stdout and their warnings to stderr. */
final class ResultPrinter {
  private static final int MOST_ROWS = 500;

  private final Console console;
  private final IntSupplier columns;
  private ResultFormat format;
  private boolean isChosen;

  /**
   * @param format null leaves it to what stdout is
   * @param columns how wide the terminal is, or {@link Appearance#ALL}
   */
  ResultPrinter(Console console, @Nullable ResultFormat format, IntSupplier columns) {
    this.console = console;
    this.columns = columns;
    this.isChosen = format != null;
    this.format =
        format != null ? format : console.outIsTerminal() ? ResultFormat.BOX : ResultFormat.CSV;
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
   *
   * @return whether somebody still reads; not where stdout is a pipe whose other end is closed
   */
  boolean print(Result result) {
    for (String warning : result.warnings()) {
      console.err().println("note: " + warning);
    }
    if (!result.hasRows()) {
      return true;
    }
    if (result.tag().equals("EXPLAIN") && !isChosen) {
      printPlain(result);
      return !console.out().checkError();
    }
    ResultWriter writer = format.writer(appearance(result));
    Batch batch = next(result);
    writer.begin(result.schema(), result.hasWeights());
    try {
      while (batch != null) {
        try (Batch current = batch) {
          writer.write(current);
        }
        batch = console.out().checkError() ? null : next(result);
      }
    } finally {
      writer.end();
    }
    return !console.out().checkError();
  }

  private Appearance appearance(Result result) {
    boolean live = result.isLive();
    boolean watched = console.outIsTerminal();
    return new Appearance(
        console.out(),
        watched && Console.allowsColour(),
        watched && !live ? MOST_ROWS : Appearance.ALL,
        watched ? columns.getAsInt() : Appearance.ALL,
        result.timeZone(),
        live);
  }

  /** What never ends by itself has come to its end when somebody says so. */
  private static @Nullable Batch next(Result result) {
    try {
      return result.next();
    } catch (TidemillException e) {
      if (result.isLive() && e.code().name().equals("QUERY_CANCELLED")) {
        return null;
      }
      throw e;
    }
  }

  /** The lines of a plan are not a table to anybody. */
  private void printPlain(Result result) {
    for (Batch batch = result.next(); batch != null; batch = result.next()) {
      try (Batch current = batch) {
        for (int i = 0; i < current.rowCount(); i++) {
          console
              .out()
              .append(String.valueOf(current.column(0).value(current.row(i))))
              .append('\n');
        }
      }
    }
    console.out().flush();
  }
}
