package dev.tidemill.tpch;

import dev.tidemill.engine.Result;
import dev.tidemill.foundation.batch.Batch;
import java.math.BigDecimal;
import java.math.RoundingMode;
import java.util.ArrayList;
import java.util.List;
import org.jspecify.annotations.Nullable;

/**
 * Compares results with the stored answers, row by row in order. Numbers are equal where they
 * differ by no more than a relative 1e-9, or where the answer, rounded to the digits of the result,
 * is the result (a DECIMAL has a last digit); everything else is equal to the letter.
 */
public final class Answers {
  private static final double TOLERANCE = 1e-9;

  private Answers() {}

  /** All rows of a result. */
  public static List<List<@Nullable Object>> rows(Result result) {
    List<List<@Nullable Object>> rows = new ArrayList<>();
    for (Batch next = result.next(); next != null; next = result.next()) {
      try (Batch batch = next) {
        for (int i = 0; i < batch.rowCount(); i++) {
          List<@Nullable Object> row = new ArrayList<>();
          for (int c = 0; c < batch.columnCount(); c++) {
            row.add(batch.column(c).value(batch.row(i)));
          }
          rows.add(row);
        }
      }
    }
    return rows;
  }

  /** What is wrong with {@code found}, or null if it is the answer. */
  public static @Nullable String difference(
      List<String[]> expected, List<List<@Nullable Object>> found) {
    if (expected.size() != found.size()) {
      return "%d rows, not %d".formatted(found.size(), expected.size());
    }
    for (int r = 0; r < expected.size(); r++) {
      String[] wanted = expected.get(r);
      List<@Nullable Object> row = found.get(r);
      if (wanted.length != row.size()) {
        return "%d columns, not %d".formatted(row.size(), wanted.length);
      }
      for (int c = 0; c < wanted.length; c++) {
        if (!equal(wanted[c], row.get(c))) {
          return "row %d, column %d: %s, not %s".formatted(r + 1, c + 1, row.get(c), wanted[c]);
        }
      }
    }
    return null;
  }

  private static boolean equal(String wanted, @Nullable Object found) {
    if (found == null) {
      return wanted.isEmpty() || wanted.equals("NULL");
    }
    if (!(found instanceof Number)) {
      return wanted.equals(found.toString());
    }
    BigDecimal a = new BigDecimal(wanted);
    BigDecimal b = new BigDecimal(found.toString());
    double magnitude = Math.max(a.abs().doubleValue(), b.abs().doubleValue());
    return a.subtract(b).abs().doubleValue() <= TOLERANCE * magnitude
        || found instanceof BigDecimal
            && a.setScale(b.scale(), RoundingMode.HALF_UP).compareTo(b) == 0;
  }
}
