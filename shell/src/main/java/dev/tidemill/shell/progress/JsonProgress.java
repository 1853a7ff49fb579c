package dev.tidemill.shell.progress;

import dev.tidemill.foundation.error.TidemillException;
import dev.tidemill.foundation.format.JsonValueFormat;
import dev.tidemill.storage.table.Backlog;
import dev.tidemill.streaming.QueryStatus;
import dev.tidemill.streaming.StepProgress;
import java.io.PrintStream;
import java.util.Locale;
import org.jspecify.annotations.Nullable;

/**
 * An object a line, for programs.
 *
 * <pre>
 *   {"query":"turnover","step":3,"time":"2024-01-01T00:00:11Z","rows_in":2500,"rows_out":12,"late_rows":0,"rejected_rows":0,"missing_rows":0,"untimed_rows":0,"ahead_rows":0,
 *    "watermark":"2024-01-01 00:00:10.000","millis":4.1,"state_bytes":81920,
 *    "backlog_rows":48000,"backlog_bytes":3100000,"backlog_files":12,"catch_up_seconds":1.9}                       (on one line)
 *   {"query":"turnover","status":"ENDED"}
 *   {"query":"turnover","retry_error":"…","attempt":2,"next_attempt_millis":1000}
 *   {"query":"turnover","error":"…"}
 * </pre>
 *
 * <p>What is not known of the backlog is null. A watermark is null before the first one; {@code
 * "end"} says that the input has ended.
 */
public final class JsonProgress implements Progress.View {
  private final PrintStream err;

  public JsonProgress(PrintStream err) {
    this.err = err;
  }

  @Override
  public void stepped(StepProgress step) {
    StringBuilder text = begun(step.query());
    text.append(",\"step\":").append(step.step());
    text.append(",\"time\":\"").append(step.time()).append('"');
    text.append(",\"rows_in\":").append(step.rowsIn());
    text.append(",\"rows_out\":").append(step.rowsOut());
    text.append(",\"late_rows\":").append(step.lateRows());
    text.append(",\"rejected_rows\":").append(step.rejectedRows());
    text.append(",\"missing_rows\":").append(step.unusual().missing());
    text.append(",\"untimed_rows\":").append(step.unusual().untimed());
    text.append(",\"ahead_rows\":").append(step.unusual().ahead());
    String watermark = StepText.watermark(step.watermarkMicros());
    text.append(",\"watermark\":").append(quoted(watermark));
    text.append(",\"millis\":").append(String.format(Locale.ROOT, "%.3f", step.millis()));
    text.append(",\"state_bytes\":").append(step.stateBytes());
    Backlog backlog = step.backlog();
    text.append(",\"backlog_rows\":").append(count(backlog.rows()));
    text.append(",\"backlog_bytes\":").append(count(backlog.bytes()));
    text.append(",\"backlog_files\":").append(count(backlog.files()));
    text.append(",\"catch_up_seconds\":");
    double seconds = step.catchUpSeconds();
    end(
        Double.isNaN(seconds)
            ? text.append("null")
            : text.append(String.format(Locale.ROOT, "%.1f", seconds)));
  }

  @Override
  public void statusChanged(String query, QueryStatus status) {
    end(begun(query).append(",\"status\":\"").append(status).append('"'));
  }

  @Override
  public void retrying(String query, TidemillException error, long attempt, long delayMillis) {
    StringBuilder text = begun(query).append(",\"retry_error\":");
    JsonValueFormat.appendString(String.valueOf(error.getMessage()), text);
    text.append(",\"attempt\":").append(attempt);
    end(text.append(",\"next_attempt_millis\":").append(delayMillis));
  }

  @Override
  public void failed(String query, TidemillException error) {
    StringBuilder text = begun(query).append(",\"error\":");
    JsonValueFormat.appendString(String.valueOf(error.getMessage()), text);
    end(text);
  }

  private static String count(long known) {
    return known < 0 ? "null" : Long.toString(known);
  }

  private static StringBuilder begun(String query) {
    StringBuilder text = new StringBuilder("{\"query\":");
    JsonValueFormat.appendString(query, text);
    return text;
  }

  private static String quoted(@Nullable String text) {
    return text == null ? "null" : '"' + text + '"';
  }

  private synchronized void end(StringBuilder text) {
    err.print(text.append("}\n"));
  }

  @Override
  public void close() {}
}
