package dev.tidemill.testing.functions;

import dev.tidemill.plan.function.user.DecimalType;
import dev.tidemill.plan.function.user.UserTableFunction;
import java.math.BigDecimal;
import java.util.stream.LongStream;
import java.util.stream.Stream;

/** Numbers with what belongs to them. */
public final class Series implements UserTableFunction {
  /** A number, its name if it has one, and its half. */
  public record Row(long n, String name, @DecimalType(precision = 10, scale = 1) BigDecimal half) {}

  public Stream<Row> rows(long from, long to) {
    return LongStream.rangeClosed(from, to).mapToObj(Series::row);
  }

  public Stream<Row> rows(Integer to) {
    return to == null ? null : rows(1, to);
  }

  private static Row row(long n) {
    if (n == 13) {
      throw new IllegalStateException("unlucky");
    }
    return new Row(n, n % 2 == 0 ? "n" + n : null, BigDecimal.valueOf(n).divide(BigDecimal.TWO));
  }
}
