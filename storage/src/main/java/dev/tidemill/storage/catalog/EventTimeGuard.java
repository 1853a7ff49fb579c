package dev.tidemill.storage.catalog;

import java.util.Locale;
import java.util.Map;
import java.util.regex.Matcher;
import java.util.regex.Pattern;

/**
 * {@code 'max_event_time_ahead'='1 hour'} of a table with a watermark: rows that are further ahead
 * of the clock move no watermark, so that one wrong time does not close all windows.
 */
public final class EventTimeGuard {
  static final String OPTION = "max_event_time_ahead";
  private static final Pattern DURATION =
      Pattern.compile("([0-9]{1,9}) *(ms|millisecond|s|second|minute|hour|day)s?");

  private EventTimeGuard() {}

  /**
   * How far rows may be ahead, or 0 where that is not bounded.
   *
   * @throws dev.tidemill.foundation.error.TidemillException if the option is no duration
   */
  public static long millis(Map<String, String> options) {
    String text = options.get(OPTION);
    if (text == null) {
      return 0;
    }
    Matcher duration = DURATION.matcher(text.strip().toLowerCase(Locale.ROOT));
    long number = duration.matches() ? Long.parseLong(duration.group(1)) : 0;
    if (number == 0) {
      throw CatalogErrors.badOption(OPTION, text, "a duration above 0 such as '10 minutes'");
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
