package dev.tidemill.exec.expression;

import dev.tidemill.foundation.batch.FixedColumn;
import dev.tidemill.foundation.batch.ListColumn;
import dev.tidemill.plan.function.ScalarFunction;

/** Measures of two DOUBLE ARRAYs of one length, as vectors. */
final class ArrayDistances {
  private ArrayDistances() {}

  /** Of the elements between two places in columns. */
  private interface Measure {
    double of(FixedColumn a, int from, FixedColumn b, int otherFrom, int count);
  }

  static Kernel kernel(ScalarFunction function) {
    Measure measure =
        switch (function) {
          case ARRAY_INNER_PRODUCT -> ArrayDistances::innerProduct;
          case ARRAY_DISTANCE -> ArrayDistances::distance;
          case ARRAY_COSINE_SIMILARITY -> ArrayDistances::cosine;
          default -> throw new IllegalArgumentException("no measure: " + function);
        };
    return RowKernels.real(arguments -> measure(measure, arguments));
  }

  private static double measure(Measure measure, RowArguments arguments) {
    ListColumn a = (ListColumn) arguments.column(0);
    ListColumn b = (ListColumn) arguments.column(1);
    int row = arguments.row(0);
    int otherRow = arguments.row(1);
    int count = a.endAt(row) - a.startAt(row);
    int otherCount = b.endAt(otherRow) - b.startAt(otherRow);
    if (count != otherCount) {
      throw ExpressionErrors.vectorLengths(count, otherCount);
    }
    requireValues(a, row);
    requireValues(b, otherRow);
    return measure.of(
        (FixedColumn) a.elements(),
        a.startAt(row),
        (FixedColumn) b.elements(),
        b.startAt(otherRow),
        count);
  }

  private static void requireValues(ListColumn lists, int row) {
    if (lists.elements().mayHaveNulls()) {
      for (int i = lists.startAt(row); i < lists.endAt(row); i++) {
        if (lists.elements().isNull(i)) {
          throw ExpressionErrors.vectorOfNull();
        }
      }
    }
  }

  private static double innerProduct(
      FixedColumn a, int from, FixedColumn b, int otherFrom, int count) {
    double sum = 0;
    for (int i = 0; i < count; i++) {
      sum += a.doubleAt(from + i) * b.doubleAt(otherFrom + i);
    }
    return sum;
  }

  private static double distance(FixedColumn a, int from, FixedColumn b, int otherFrom, int count) {
    double sum = 0;
    for (int i = 0; i < count; i++) {
      double difference = a.doubleAt(from + i) - b.doubleAt(otherFrom + i);
      sum += difference * difference;
    }
    return Math.sqrt(sum);
  }

  private static double cosine(FixedColumn a, int from, FixedColumn b, int otherFrom, int count) {
    double lengths =
        Math.sqrt(
            innerProduct(a, from, a, from, count)
                * innerProduct(b, otherFrom, b, otherFrom, count));
    double cosine = innerProduct(a, from, b, otherFrom, count) / lengths;
    return Math.max(-1, Math.min(1, cosine));
  }
}
