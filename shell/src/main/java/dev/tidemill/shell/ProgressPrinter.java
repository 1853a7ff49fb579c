package dev.tidemill.shell;

import dev.tidemill.foundation.error.TidemillException;
import dev.tidemill.foundation.format.ValueFormat;
import dev.tidemill.shell.format.JsonText;
import dev.tidemill.streaming.QueryListener;
import dev.tidemill.streaming.QueryStatus;
import dev.tidemill.streaming.StepProgress;
import java.util.Locale;
import org.jspecify.annotations.Nullable;

/**
 * Tells of steps on stderr, a line each.
 *
 * <pre>
 *   turnover       step    3  in     2,500  out        12  late      0  watermark 2024-01-01 00:00:10.000       4.1 ms
 *   {"query":"turnover","step":3,"time":"2024-01-01T00:00:11Z","rows_in":2500,"rows_out":12,"late_rows":0,
 *    "watermark":"2024-01-01 00:00:10.000","millis":4.1,"state_bytes":81920}                       (on one line)
 *   {"query":"turnover","status":"ENDED"}
 *   {"query":"turnover","error":"…"}
 * </pre>
 *
 * <p>A watermark is null before the first one; {@code "end"} says that the input has ended.
 */
final class ProgressPrinter implements QueryListener {
  private static final String DIM = "\u001b[2m";
  private static final String BOLD = "\u001b[1m";
  private static final String PLAIN = "\u001b[0m";
  private static final int MILLIS = 3;

  private final Console console;
  private final CommandLine.Progress progress;
  private final boolean colour;
  private int widestName = 14;
  private boolean failed;

  ProgressPrinter(Console console, CommandLine.Progress progress) {
    this.console = console;
    this.progress = progress;
    this.colour = console.errIsTerminal() && Console.allowsColour();
  }

  /** Whether a query has failed. */
  synchronized boolean hasFailed() {
    return failed;
  }

  @Override
  public synchronized void stepped(StepProgress step) {
    switch (progress) {
      case TEXT -> console.err().print(text(step));
      case JSON -> console.err().print(json(step));
      case NONE -> {}
    }
  }

  private String text(StepProgress step) {
    widestName = Math.max(widestName, step.query().length());
    String name = step.query() + " ".repeat(widestName - step.query().length());
    String watermark = watermark(step.watermarkMicros());
    return String.format(
        Locale.ROOT,
        "%s%s%s  step %4d  in %,9d  out %,9d  late %,6d  %swatermark %-23s%s %9.1f ms%n",
        colour ? BOLD : "",
        name,
        colour ? PLAIN : "",
        step.step(),
        step.rowsIn(),
        step.rowsOut(),
        step.lateRows(),
        colour ? DIM : "",
        watermark == null ? "-" : watermark,
        colour ? PLAIN : "",
        step.millis());
  }

  private static String json(StepProgress step) {
    StringBuilder text = new StringBuilder("{\"query\":");
    JsonText.string(step.query(), text);
    text.append(",\"step\":").append(step.step());
    text.append(",\"time\":\"").append(step.time()).append('"');
    text.append(",\"rows_in\":").append(step.rowsIn());
    text.append(",\"rows_out\":").append(step.rowsOut());
    text.append(",\"late_rows\":").append(step.lateRows());
    String watermark = watermark(step.watermarkMicros());
    text.append(",\"watermark\":").append(watermark == null ? "null" : "\"" + watermark + "\"");
    text.append(",\"millis\":").append(String.format(Locale.ROOT, "%.3f", step.millis()));
    return text.append(",\"state_bytes\":").append(step.stateBytes()).append("}\n").toString();
  }

  private static @Nullable String watermark(long micros) {
    if (micros == Long.MIN_VALUE) {
      return null;
    }
    if (micros == Long.MAX_VALUE) {
      return "end";
    }
    StringBuilder text = new StringBuilder();
    ValueFormat.appendTimestamp(Math.floorDiv(micros, 1000), MILLIS, text);
    return text.toString();
  }

  @Override
  public synchronized void statusChanged(String query, QueryStatus status) {
    switch (progress) {
      case TEXT -> {
        if (status != QueryStatus.RUNNING) {
          String name = query + " ".repeat(Math.max(0, widestName - query.length()));
          console.err().println(name + "  " + status.name().toLowerCase(Locale.ROOT));
        }
      }
      case JSON -> {
        StringBuilder text = new StringBuilder("{\"query\":");
        JsonText.string(query, text);
        console.err().print(text.append(",\"status\":\"").append(status).append("\"}\n"));
      }
      case NONE -> {}
    }
  }

  @Override
  public synchronized void failed(String query, TidemillException error) {
    failed = true;
    if (progress == CommandLine.Progress.JSON) {
      StringBuilder text = new StringBuilder("{\"query\":");
      JsonText.string(query, text);
      text.append(",\"error\":");
      JsonText.string(String.valueOf(error.getMessage()), text);
      console.err().print(text.append("}\n"));
    } else {
      console.err().println("error: standing query " + query + " failed: " + error.getMessage());
    }
  }
}
