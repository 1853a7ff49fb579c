package dev.tidemill.storage.table;

import java.math.BigDecimal;
import java.nio.charset.StandardCharsets;
import java.time.Instant;
import java.time.LocalDate;
import java.time.LocalDateTime;
import java.time.LocalTime;
import java.util.Arrays;
import org.jspecify.annotations.Nullable;

/**
 * Whether the rows of a chunk can be left out because none of them passes a filter. In doubt they
 * cannot.
 */
public final class Pruning {
  private Pruning() {}

  /** Whether no row of a chunk whose values are within these bounds can pass. */
  public static boolean rejects(ColumnFilter filter, ValueBounds bounds) {
    boolean onlyNulls = bounds.nulls() >= 0 && bounds.nulls() == bounds.rows();
    return switch (filter) {
      case ColumnFilter.NullTest test -> test.isNull() ? bounds.nulls() == 0 : onlyNulls;
      case ColumnFilter.Opaque opaque -> onlyNulls && !opaque.evaluator().acceptsNull();
      case ColumnFilter.Comparison comparison -> onlyNulls || rejects(comparison, bounds);
      case ColumnFilter.Range range ->
          onlyNulls
              || isAbove(range.low(), bounds, range.lowInclusive())
              || isBelow(range.high(), bounds, range.highInclusive());
      case ColumnFilter.In in ->
          onlyNulls
              || in.values().stream()
                  .allMatch(v -> isAbove(v, bounds, true) || isBelow(v, bounds, true));
      case ColumnFilter.Prefix prefix -> onlyNulls || rejects(prefix, bounds);
    };
  }

  /** Whether rows with this value do not pass. */
  public static boolean rejects(ColumnFilter filter, Object value) {
    byte[] bytes =
        value instanceof String text ? utf8(text) : value instanceof byte[] raw ? raw : null;
    return rejects(filter, new ValueBounds(value, value, bytes, bytes, 0, 1));
  }

  private static boolean rejects(ColumnFilter.Comparison comparison, ValueBounds bounds) {
    Object value = comparison.value();
    return switch (comparison.operator()) {
      case EQUAL -> isAbove(value, bounds, true) || isBelow(value, bounds, true);
      case NOT_EQUAL ->
          isExact(value)
              && compareMin(bounds, value) == Order.SAME
              && compareMax(bounds, value) == Order.SAME;
      case LESS -> isBelow(value, bounds, false);
      case LESS_OR_EQUAL -> isBelow(value, bounds, true);
      case GREATER -> isAbove(value, bounds, false);
      case GREATER_OR_EQUAL -> isAbove(value, bounds, true);
    };
  }

  /** Bounds of text may be cut, so that equal bounds do not say equal values. */
  private static boolean isExact(Object value) {
    return !(value instanceof String || value instanceof byte[]);
  }

  /**
   * Whether {@code low} is above all values (or, if it is not itself allowed, at least the
   * greatest).
   */
  private static boolean isAbove(@Nullable Object low, ValueBounds bounds, boolean inclusive) {
    if (low == null) {
      return false;
    }
    Order order = compareMax(bounds, low);
    return order == Order.BEFORE || order == Order.SAME && !inclusive;
  }

  /**
   * Whether {@code high} is below all values (or, if it is not itself allowed, at most the least).
   */
  private static boolean isBelow(@Nullable Object high, ValueBounds bounds, boolean inclusive) {
    if (high == null) {
      return false;
    }
    Order order = compareMin(bounds, high);
    return order == Order.AFTER || order == Order.SAME && !inclusive;
  }

  private static boolean rejects(ColumnFilter.Prefix prefix, ValueBounds bounds) {
    byte[] wanted = prefix.prefix().getBytes(StandardCharsets.UTF_8);
    byte[] max = bounds.maxBytes();
    if (max != null && Arrays.compareUnsigned(max, wanted) < 0) {
      return true;
    }
    byte[] min = bounds.minBytes();
    return min != null
        && Arrays.compareUnsigned(
                min, 0, Math.min(min.length, wanted.length), wanted, 0, wanted.length)
            > 0;
  }

  /** Compares two bounds of one column, in the order of the engine's values. */
  public static int compareValues(Object a, Object b) {
    byte[] bytes = a instanceof byte[] raw ? raw : a instanceof String text ? utf8(text) : null;
    return switch (compare(bytes, a, b)) {
      case BEFORE -> -1;
      case AFTER -> 1;
      case SAME, UNKNOWN -> 0;
    };
  }

  private enum Order {
    BEFORE,
    SAME,
    AFTER,
    UNKNOWN
  }

  private static Order compareMin(ValueBounds bounds, Object value) {
    return compare(bounds.minBytes(), bounds.min(), value);
  }

  private static Order compareMax(ValueBounds bounds, Object value) {
    return compare(bounds.maxBytes(), bounds.max(), value);
  }

  private static Order compare(byte @Nullable [] boundBytes, @Nullable Object bound, Object value) {
    if (value instanceof String text) {
      return boundBytes == null
          ? Order.UNKNOWN
          : order(Arrays.compareUnsigned(boundBytes, utf8(text)));
    }
    if (value instanceof byte[] bytes) {
      return boundBytes == null ? Order.UNKNOWN : order(Arrays.compareUnsigned(boundBytes, bytes));
    }
    return switch (bound) {
      case LocalDate b when value instanceof LocalDate v -> order(b.compareTo(v));
      case LocalDateTime b when value instanceof LocalDateTime v -> order(b.compareTo(v));
      case Instant b when value instanceof Instant v -> order(b.compareTo(v));
      case LocalTime b when value instanceof LocalTime v -> order(b.compareTo(v));
      case Boolean b when value instanceof Boolean v -> order(b.compareTo(v));
      case Number b when value instanceof Number v -> compareNumbers(b, v);
      case null, default -> Order.UNKNOWN;
    };
  }

  private static Order compareNumbers(Number bound, Number value) {
    if (isFloating(bound) != isFloating(value)) {
      return Order.UNKNOWN;
    }
    if (isFloating(bound)) {
      double b = bound.doubleValue();
      double v = value.doubleValue();
      return b < v ? Order.BEFORE : b > v ? Order.AFTER : b == v ? Order.SAME : Order.UNKNOWN;
    }
    return order(decimal(bound).compareTo(decimal(value)));
  }

  private static byte[] utf8(String text) {
    return text.getBytes(StandardCharsets.UTF_8);
  }

  private static boolean isFloating(Number number) {
    return number instanceof Double || number instanceof Float;
  }

  private static BigDecimal decimal(Number number) {
    return number instanceof BigDecimal decimal ? decimal : BigDecimal.valueOf(number.longValue());
  }

  private static Order order(int comparison) {
    return comparison < 0 ? Order.BEFORE : comparison > 0 ? Order.AFTER : Order.SAME;
  }
}
