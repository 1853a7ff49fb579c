package dev.tidemill.storage.table;

import java.math.BigDecimal;
import java.time.Instant;
import java.time.LocalDate;
import java.time.LocalDateTime;
import java.time.LocalTime;
import java.time.ZoneOffset;
import java.util.List;
import org.jspecify.annotations.Nullable;

/**
 * How the values of a column are spread. Values stand as their <em>place</em>: numbers, dates and
 * times as a {@code Double}, text as itself; see {@link #place}.
 *
 * <pre>
 *   common   'eng' 0.40, 'ops' 0.25                       of all rows
 *   bounds   'a' ──── 'f' ──── 'm' ──── 'zz'              a third of the other rows in each
 * </pre>
 *
 * @param common the most frequent values
 * @param bounds ascending: between two neighbours lie equally many of the rows whose value is
 *     neither NULL nor common; fewer than two where that is not known
 */
public record ValueDistribution(List<Common> common, List<Object> bounds) {
  public ValueDistribution {
    common = List.copyOf(common);
    bounds = List.copyOf(bounds);
  }

  /**
   * A frequent value.
   *
   * @param share of all rows
   */
  public record Common(Object value, double share) {}

  /** A value on a line, so that shares of ranges can be told; null where it has no place there. */
  public static @Nullable Object place(@Nullable Object value) {
    return switch (value) {
      case null -> null;
      case String text -> text;
      case BigDecimal n -> n.doubleValue();
      case Double n -> n.isNaN() ? null : n;
      case Number n -> n.doubleValue();
      case Boolean b -> b ? 1.0 : 0.0;
      case LocalDate date -> (double) date.toEpochDay();
      case LocalDateTime time -> time.toEpochSecond(ZoneOffset.UTC) / 86_400.0;
      case Instant time -> time.getEpochSecond() / 86_400.0;
      case LocalTime time -> (double) time.toSecondOfDay();
      default -> null;
    };
  }

  /** The share of all rows that the common values make up. */
  public double commonShare() {
    return common.stream().mapToDouble(Common::share).sum();
  }

  /**
   * The share of all rows whose value is {@code place}.
   *
   * @param nulls the share of NULLs
   * @param distinct the number of distinct values
   */
  public double shareOf(Object place, double nulls, double distinct) {
    for (Common value : common) {
      if (value.value().equals(place)) {
        return value.share();
      }
    }
    if (isOutside(place)) {
      return 0;
    }
    double rest = Math.max(0, 1 - nulls - commonShare());
    return rest / Math.max(1, distinct - common.size());
  }

  private boolean isOutside(Object place) {
    return bounds.size() >= 2
        && (compare(place, bounds.getFirst()) < 0 || compare(place, bounds.getLast()) > 0);
  }

  /**
   * The share of all rows whose value is less than {@code place}, or not greater.
   *
   * @param nulls the share of NULLs
   */
  public double shareBelow(Object place, boolean inclusive, double nulls) {
    double share = 0;
    for (Common value : common) {
      int order = compare(value.value(), place);
      share += order < 0 || inclusive && order == 0 ? value.share() : 0;
    }
    return share + Math.max(0, 1 - nulls - commonShare()) * restBelow(place);
  }

  /** Of the rows that are in the buckets, the share below {@code place}. */
  private double restBelow(Object place) {
    int buckets = bounds.size() - 1;
    if (buckets < 1 || compare(place, bounds.getFirst()) <= 0) {
      return 0;
    }
    if (compare(place, bounds.getLast()) >= 0) {
      return 1;
    }
    int bucket = 0;
    while (bucket < buckets - 1 && compare(place, bounds.get(bucket + 1)) >= 0) {
      bucket++;
    }
    return (bucket + within(place, bounds.get(bucket), bounds.get(bucket + 1))) / buckets;
  }

  private static double within(Object place, Object low, Object high) {
    if (place instanceof Double p && low instanceof Double l && high instanceof Double h) {
      return h > l ? (p - l) / (h - l) : 0.5;
    }
    return 0.5;
  }

  /** Compares two places of one column; texts as their bytes. */
  public static int compare(Object one, Object other) {
    if (one instanceof Double a && other instanceof Double b) {
      return Double.compare(a, b);
    }
    return compareText(one.toString(), other.toString());
  }

  /** By code points, which is the order of the bytes in UTF-8. */
  private static int compareText(String one, String other) {
    int length = Math.min(one.length(), other.length());
    for (int i = 0; i < length; i++) {
      char a = one.charAt(i);
      char b = other.charAt(i);
      if (a != b) {
        boolean surrogates = Character.isSurrogate(a) != Character.isSurrogate(b);
        return surrogates ? (Character.isSurrogate(a) ? 1 : -1) : Character.compare(a, b);
      }
    }
    return Integer.compare(one.length(), other.length());
  }
}
