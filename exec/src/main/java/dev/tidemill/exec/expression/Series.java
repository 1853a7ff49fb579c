package dev.tidemill.exec.expression;

import dev.tidemill.foundation.type.Type;
import dev.tidemill.plan.function.ScalarFunction;

/**
 * The values of SEQUENCE and RANGE: integers, or times in microseconds, that are a number, a time
 * or some months apart. A value is known by its place, so that a series need not be made to be
 * read. Times that are months apart are counted from the first, so that after January 31 and the
 * end of February comes March 31.
 */
public final class Series {
  /** More than a BIGINT counts. */
  static final long UNCOUNTABLE = -1;

  private static final long DAY_MICROS = 86_400_000_000L;

  private final ScalarFunction function;
  private final boolean ofMonths;

  /**
   * @param function SEQUENCE, whose end belongs to it, or RANGE
   * @param step the type of the distance
   */
  Series(ScalarFunction function, Type step) {
    this.function = function;
    this.ofMonths = isOfMonths(step);
  }

  private static boolean isOfMonths(Type step) {
    return step instanceof Type.MonthInterval;
  }

  /**
   * How many values there are, or {@link #UNCOUNTABLE}.
   *
   * @throws dev.tidemill.foundation.error.TidemillException if the step is 0
   */
  long count(long from, long to, long step) {
    if (step == 0) {
      throw ExpressionErrors.invalidArgument(function, "a step of 0 never arrives");
    }
    if (step > 0 ? from > to : from < to) {
      return 0;
    }
    return ofMonths ? countMonths(from, to, step) : countNumbers(from, to, step);
  }

  private boolean isClosed() {
    return function == ScalarFunction.SEQUENCE;
  }

  private long countNumbers(long from, long to, long step) {
    // Both distances are taken without sign, as they may be more than a BIGINT holds.
    long distance = step > 0 ? to - from : from - to;
    long stride = step > 0 ? step : -step;
    long steps = Long.divideUnsigned(distance, stride);
    boolean meets = Long.remainderUnsigned(distance, stride) == 0;
    if (steps < 0 || steps == Long.MAX_VALUE) {
      return UNCOUNTABLE;
    }
    return isClosed() || !meets ? steps + 1 : steps;
  }

  private long countMonths(long from, long to, long step) {
    long last = (month(to) - month(from)) / step;
    while (last > 0 && isBehind(add(from, step * last), to, step)) {
      last--;
    }
    return isBehind(add(from, step * last), to, step) ? 0 : last + 1;
  }

  private boolean isBehind(long value, long to, long step) {
    return value == to ? !isClosed() : step > 0 == value > to;
  }

  private static long month(long micros) {
    long packed = Calendar.packedDate(Math.floorDiv(micros, DAY_MICROS));
    return Calendar.year(packed) * 12L + Calendar.month(packed);
  }

  private static long add(long micros, long months) {
    return Calendar.addMonths(Math.floorDiv(micros, DAY_MICROS), months) * DAY_MICROS
        + Math.floorMod(micros, DAY_MICROS);
  }

  /**
   * A value of a series.
   *
   * @param type of the distance
   * @param place from 0, less than there are values
   */
  public static long value(long first, long step, Type type, long place) {
    return isOfMonths(type) ? add(first, step * place) : first + step * place;
  }
}
