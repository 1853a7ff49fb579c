package dev.tidemill.shell.progress;

import dev.tidemill.foundation.error.TidemillException;
import dev.tidemill.foundation.format.ValueFormat;
import dev.tidemill.foundation.setting.Quantities;
import dev.tidemill.storage.table.Backlog;
import dev.tidemill.streaming.QueryStatus;
import dev.tidemill.streaming.StepProgress;
import java.time.Duration;
import java.util.Locale;
import org.jline.utils.AttributedString;
import org.jline.utils.AttributedStringBuilder;
import org.jline.utils.AttributedStyle;
import org.jspecify.annotations.Nullable;

/**
 * Steps in words, aligned below each other.
 *
 * <pre>
 *   turnover       step    3  in     2,500  out        12  late      0  watermark 2024-01-01 00:00:10.000       4.1 ms
 *   turnover       ended
 * </pre>
 */
final class StepText {
  static final AttributedStyle DIM = AttributedStyle.DEFAULT.faint();
  static final AttributedStyle BOLD = AttributedStyle.DEFAULT.bold();
  static final AttributedStyle WARNING = AttributedStyle.DEFAULT.foreground(AttributedStyle.YELLOW);
  static final AttributedStyle ERROR = AttributedStyle.DEFAULT.foreground(AttributedStyle.RED);
  private static final int MILLIS = 3;

  /** Longer names push what follows, on their own lines only. */
  private static final int WIDEST_NAME = 24;

  private int widestName = 14;

  /** A line; without the watermark where that does not fit into {@code columns}. */
  AttributedString step(StepProgress step, int columns) {
    AttributedString whole = step(step, true);
    return whole.columnLength() <= columns ? whole : step(step, false);
  }

  private AttributedString step(StepProgress step, boolean withWatermark) {
    AttributedStringBuilder text = name(step.query());
    text.append(String.format(Locale.ROOT, "  step %4d  in %,9d", step.step(), step.rowsIn()));
    text.append(String.format(Locale.ROOT, "  out %,9d  ", step.rowsOut()));
    text.append(
        String.format(Locale.ROOT, "late %,6d", step.lateRows()),
        step.lateRows() == 0 ? AttributedStyle.DEFAULT : WARNING);
    if (step.rejectedRows() > 0) {
      text.append(String.format(Locale.ROOT, "  rejected %,d", step.rejectedRows()), WARNING);
    }
    unusual(text, "missing", step.unusual().missing());
    unusual(text, "untimed", step.unusual().untimed());
    unusual(text, "ahead", step.unusual().ahead());
    String behind = backlog(step);
    if (behind != null) {
      text.append("  ").append(behind, WARNING);
    }
    String watermark = watermark(step.watermarkMicros());
    if (withWatermark) {
      text.append(String.format("  watermark %-23s", watermark == null ? "-" : watermark), DIM);
    }
    return text.append(String.format(Locale.ROOT, " %9.1f ms", step.millis())).toAttributedString();
  }

  private static void unusual(AttributedStringBuilder text, String what, long rows) {
    if (rows > 0) {
      text.append(String.format(Locale.ROOT, "  %s %,d", what, rows), WARNING);
    }
  }

  AttributedString status(String query, QueryStatus status) {
    return name(query).append("  ").append(word(status)).toAttributedString();
  }

  static String word(QueryStatus status) {
    return status.name().toLowerCase(Locale.ROOT);
  }

  static String retry(String query, TidemillException error, long attempt, long delayMillis) {
    return "warning: standing query %s: %s; attempt %d in %s"
        .formatted(
            query,
            error.getMessage(),
            attempt,
            Quantities.durationText(Duration.ofMillis(delayMillis)));
  }

  /** What is left to be taken, or null where there is nothing. */
  private static @Nullable String backlog(StepProgress step) {
    Backlog backlog = step.backlog();
    if (backlog.isNone()) {
      return null;
    }
    StringBuilder text = new StringBuilder("behind");
    if (backlog.rows() >= 0) {
      text.append(String.format(Locale.ROOT, " %,d rows", backlog.rows()));
    } else if (backlog.files() >= 0) {
      text.append(String.format(Locale.ROOT, " %,d files", backlog.files()));
    }
    if (!Double.isNaN(step.catchUpSeconds())) {
      text.append(String.format(Locale.ROOT, ", %.0f s", step.catchUpSeconds()));
    }
    return text.toString();
  }

  static String failure(String query, TidemillException error) {
    return "error: standing query " + query + " failed: " + error.getMessage();
  }

  private AttributedStringBuilder name(String query) {
    AttributedStringBuilder text = new AttributedStringBuilder().append(query, BOLD);
    widestName = Math.max(widestName, Math.min(WIDEST_NAME, text.columnLength()));
    return text.append(" ".repeat(Math.max(0, widestName - text.columnLength())));
  }

  /** Null before the first one, {@code end} behind the last. */
  static @Nullable String watermark(long micros) {
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
}
