package dev.tidemill.foundation.setting;

import java.math.BigDecimal;
import java.time.Duration;
import java.util.LinkedHashMap;
import java.util.Locale;
import java.util.Map;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import org.jspecify.annotations.Nullable;

/** Sizes and durations as people write them. All methods give null for what they cannot read. */
public final class Quantities {
  private static final Pattern QUANTITY =
      Pattern.compile("([0-9]{1,18}(?:\\.[0-9]{1,9})?)\\s*([a-zA-Z]*)");
  private static final Map<String, Long> BYTES = new LinkedHashMap<>();
  private static final Map<String, Long> NANOS = new LinkedHashMap<>();

  static {
    BYTES.put("TiB", 1L << 40);
    BYTES.put("TB", 1_000_000_000_000L);
    BYTES.put("GiB", 1L << 30);
    BYTES.put("GB", 1_000_000_000L);
    BYTES.put("MiB", 1L << 20);
    BYTES.put("MB", 1_000_000L);
    BYTES.put("KiB", 1L << 10);
    BYTES.put("kB", 1_000L);
    BYTES.put("B", 1L);
    NANOS.put("d", 86_400_000_000_000L);
    NANOS.put("h", 3_600_000_000_000L);
    NANOS.put("min", 60_000_000_000L);
    NANOS.put("s", 1_000_000_000L);
    NANOS.put("ms", 1_000_000L);
    NANOS.put("us", 1_000L);
    NANOS.put("ns", 1L);
  }

  private Quantities() {}

  public static @Nullable Long number(String text) {
    try {
      return Long.valueOf(text.replace("_", ""));
    } catch (NumberFormatException e) {
      return null;
    }
  }

  /** Bytes of {@code 512MB}, {@code 1.5 GiB}, {@code 1024}; units in any case. */
  public static @Nullable Long bytes(String text) {
    return quantity(text, BYTES, 1L);
  }

  /**
   * The time span of {@code 500ms}, {@code 1s}, {@code 5min}; a bare number is refused but for 0.
   */
  public static @Nullable Duration duration(String text) {
    Long nanos = quantity(text, NANOS, "0".equals(text) ? 1L : null);
    return nanos == null ? null : Duration.ofNanos(nanos);
  }

  private static @Nullable Long quantity(
      String text, Map<String, Long> units, @Nullable Long bare) {
    Matcher matcher = QUANTITY.matcher(text);
    if (!matcher.matches()) {
      return null;
    }
    String named = matcher.group(2).toLowerCase(Locale.ROOT);
    Long unit = named.isEmpty() ? bare : null;
    for (Map.Entry<String, Long> known : units.entrySet()) {
      if (known.getKey().toLowerCase(Locale.ROOT).equals(named)) {
        unit = known.getValue();
      }
    }
    if (unit == null) {
      return null;
    }
    BigDecimal value = new BigDecimal(matcher.group(1)).multiply(BigDecimal.valueOf(unit));
    return value.compareTo(BigDecimal.valueOf(Long.MAX_VALUE)) > 0 ? null : value.longValue();
  }

  /** As short as it can be said exactly: {@code 1GiB}, {@code 512MB}, {@code 1025B}. */
  public static String bytesText(long bytes) {
    return text(bytes, BYTES);
  }

  /** A number of bytes for people, rounded: {@code 1.2 MiB}. */
  public static String roughBytes(double bytes) {
    if (bytes < 1024) {
      return Math.round(bytes) + " B";
    }
    String[] units = {"KiB", "MiB", "GiB", "TiB", "PiB"};
    double value = bytes / 1024;
    int unit = 0;
    while (value >= 1024 && unit < units.length - 1) {
      value /= 1024;
      unit++;
    }
    return String.format(Locale.ROOT, value < 10 ? "%.1f %s" : "%.0f %s", value, units[unit]);
  }

  /** As short as it can be said exactly: {@code 500ms}, {@code 5min}. */
  public static String durationText(Duration duration) {
    return text(duration.toNanos(), NANOS);
  }

  private static String text(long value, Map<String, Long> units) {
    if (value != 0) {
      String best = null;
      for (Map.Entry<String, Long> unit : units.entrySet()) {
        String candidate = value / unit.getValue() + unit.getKey();
        if (value % unit.getValue() == 0 && (best == null || candidate.length() < best.length())) {
          best = candidate;
        }
      }
      if (best != null) {
        return best;
      }
    }
    return "0" + units.keySet().stream().reduce((a, b) -> b).orElse("");
  }
}
