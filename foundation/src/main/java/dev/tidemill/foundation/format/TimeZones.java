package dev.tidemill.foundation.format;

import java.time.DateTimeException;
import java.time.Instant;
import java.time.ZoneId;
import java.time.ZoneOffset;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import org.jspecify.annotations.Nullable;

/** Time zones by their names. */
public final class TimeZones {
  /** What a name of a zone can be, to stand behind "must be". */
  public static final String EXPECTED =
      "a region such as Europe/Berlin, an offset such as +02:00, UTC or LOCAL";

  /** The zone that all is in where nobody says otherwise. */
  public static final ZoneId UTC = ZoneId.of("UTC");

  private static final int MAX_LENGTH = 64;

  private static final Pattern OFFSET =
      Pattern.compile("([+-])([0-9]{1,2})(?::?([0-9]{2}))?(?::([0-9]{2}))?");

  private TimeZones() {}

  /**
   * The zone of a name, in any case: a region of the time zone database, an offset from UTC, {@code
   * LOCAL} for that of this process. Null where there is none.
   */
  public static @Nullable ZoneId find(String name) {
    String text = name.strip();
    if (text.isEmpty() || text.length() > MAX_LENGTH) {
      return null;
    }
    if (text.equalsIgnoreCase("local")) {
      return ZoneId.systemDefault();
    }
    ZoneId zone = exact(text);
    if (zone == null) {
      for (String known : ZoneId.getAvailableZoneIds()) {
        if (known.equalsIgnoreCase(text)) {
          zone = ZoneId.of(known);
        }
      }
    }
    return ZoneOffset.UTC.equals(zone) ? UTC : zone;
  }

  private static @Nullable ZoneId exact(String text) {
    try {
      Matcher offset = OFFSET.matcher(text);
      if (offset.matches()) {
        int sign = offset.group(1).equals("-") ? -1 : 1;
        return ZoneOffset.ofHoursMinutesSeconds(
            sign * number(offset.group(2)),
            sign * number(offset.group(3)),
            sign * number(offset.group(4)));
      }
      return ZoneId.of(text);
    } catch (DateTimeException unknown) {
      return null;
    }
  }

  private static int number(@Nullable String digits) {
    return digits == null ? 0 : Integer.parseInt(digits);
  }

  /** Whether the clocks of the zone show UTC, always. */
  public static boolean isUtc(ZoneId zone) {
    return zone.getRules().isFixedOffset()
        && zone.getRules().getOffset(Instant.EPOCH).equals(ZoneOffset.UTC);
  }

  /** {@code +01:00}, {@code -05:30}, {@code +00:53:28}. */
  public static String offsetText(ZoneOffset offset) {
    return offset.equals(ZoneOffset.UTC) ? "+00:00" : offset.getId();
  }
}
