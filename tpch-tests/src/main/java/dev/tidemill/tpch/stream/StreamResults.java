package dev.tidemill.tpch.stream;

import java.math.BigDecimal;
import java.math.MathContext;
import java.math.RoundingMode;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import org.jspecify.annotations.Nullable;

/** Compares results as multisets of rows: of exact numbers by value, of others to ten digits. */
public final class StreamResults {
  /** Moves sums off the middle of two decimals, where an error in the last place would decide. */
  private static final BigDecimal SHIFT = new BigDecimal("1.00000000003");

  private StreamResults() {}

  /** What is wrong with {@code found}, or null if it has the same rows. */
  public static @Nullable String difference(
      List<List<@Nullable Object>> expected, List<List<@Nullable Object>> found) {
    Map<List<@Nullable Object>, Integer> missing = new HashMap<>();
    expected.forEach(row -> missing.merge(plain(row), 1, Integer::sum));
    for (List<@Nullable Object> row : found) {
      if (missing.merge(plain(row), -1, Integer::sum) < 0) {
        return "a row %s too much (%d rows, expected %d)"
            .formatted(row, found.size(), expected.size());
      }
    }
    return expected.size() == found.size()
        ? null
        : "%d rows, not %d".formatted(found.size(), expected.size());
  }

  private static List<@Nullable Object> plain(List<@Nullable Object> row) {
    List<@Nullable Object> plain = new ArrayList<>();
    for (Object value : row) {
      plain.add(
          switch (value) {
            case BigDecimal decimal -> decimal.stripTrailingZeros();
            case Double number when Double.isFinite(number) ->
                new BigDecimal(number)
                    .multiply(SHIFT)
                    .round(new MathContext(10, RoundingMode.HALF_EVEN))
                    .doubleValue();
            case null -> null;
            default -> value;
          });
    }
    return plain;
  }
}
