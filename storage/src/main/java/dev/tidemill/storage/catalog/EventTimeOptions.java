package dev.tidemill.storage.catalog;

import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.regex.Matcher;
import java.util.regex.Pattern;

/**
 * What any table with a watermark may say about its event time.
 *
 * <pre>
 *   'max_event_time_ahead'='1 hour'   rows further ahead of the clock move no watermark, so that one wrong time
 *                                     does not close all windows
 *   'idle_timeout'='30 seconds'       a partition of which nothing has come for so long holds no watermark back
 *   'late_rows_kept'='7 days'         how long late rows stay in t$late, at least
 * </pre>
 */
public final class EventTimeOptions {
  static final String MAX_AHEAD = "max_event_time_ahead";
  static final String IDLE_TIMEOUT = "idle_timeout";
  static final String LATE_ROWS_KEPT = "late_rows_kept";
  static final List<String> ALL = List.of(MAX_AHEAD, IDLE_TIMEOUT, LATE_ROWS_KEPT);
  private static final long DEFAULT_LATE_ROWS_KEPT_MILLIS = 7 * 86_400_000L;
  private static final Pattern DURATION =
      Pattern.compile("([0-9]{1,9}) *(ms|millisecond|s|second|minute|hour|day)s?");

  private EventTimeOptions() {}

  /**
   * How far rows may be ahead, or 0 where that is not bounded.
   *
   * @throws dev.tidemill.foundation.error.TidemillException if the option is no duration
   */
  public static long maxAheadMillis(Map<String, String> options) {
    return millis(options, MAX_AHEAD, 0);
  }

  /** After what time without rows a partition is idle, or 0 where none ever is. */
  public static long idleTimeoutMillis(Map<String, String> options) {
    return millis(options, IDLE_TIMEOUT, 0);
  }

  /** How long late rows are kept at least. */
  public static long lateRowsKeptMillis(Map<String, String> options) {
    return millis(options, LATE_ROWS_KEPT, DEFAULT_LATE_ROWS_KEPT_MILLIS);
  }

  static void check(Map<String, String> options) {
    ALL.forEach(option -> millis(options, option, 0));
  }

  private static long millis(Map<String, String> options, String option, long otherwise) {
    String text = options.get(option);
    if (text == null) {
      return otherwise;
    }
    Matcher duration = DURATION.matcher(text.strip().toLowerCase(Locale.ROOT));
    long number = duration.matches() ? Long.parseLong(duration.group(1)) : 0;
    if (number == 0) {
      throw CatalogErrors.badOption(option, text, "a duration above 0 such as '10 minutes'");
    }
    return number
        * switch (duration.group(2)) {
          case "s", "second" -> 1_000L;
          case "minute" -> 60_000L;
          case "hour" -> 3_600_000L;
          case "day" -> 86_400_000L;
          default -> 1L;
        };
  }
}
