package dev.tidemill.exec.expression;

import dev.tidemill.foundation.batch.FixedColumn;
import dev.tidemill.foundation.memory.Buffer;
import dev.tidemill.foundation.memory.Memory;
import dev.tidemill.foundation.type.Type;
import dev.tidemill.plan.expression.Call;

/**
 * DATE_DIFF and TIME_BETWEEN, over whole columns. Where a difference is beyond its type, in
 * whatever row, a second way goes row by row and looks at those that count.
 */
final class TimeDifferences {
  private TimeDifferences() {}

  private static long perDay(Type type) {
    return type instanceof Type.Date ? 1 : Temporals.perSecond(type) * Temporals.SECONDS_PER_DAY;
  }

  /** {@code DATE_DIFF(unit, from, to)}: whole units, towards zero. */
  static Kernel inUnits(Call call) {
    Type type = call.arguments().get(1).type();
    TimeUnit unit = TimeParts.period(call, type);
    int months = unit == TimeUnit.ISOYEAR ? TimeUnit.YEAR.months : unit.months;
    if (months > 0) {
      return inMonths(perDay(type), months);
    }
    long nanosPerUnit = TimeUnit.DAY.nanos / perDay(type);
    long divisor = Math.max(1, unit.nanos / nanosPerUnit);
    long factor = Math.max(1, nanosPerUnit / unit.nanos);
    Kernel rowByRow =
        RowKernels.integer(
            Type.BIGINT,
            8,
            arguments -> {
              long from = arguments.integer(1);
              long to = arguments.integer(2);
              try {
                return Math.multiplyExact(Math.subtractExact(to, from) / divisor, factor);
              } catch (ArithmeticException e) {
                throw ExpressionErrors.datetimeOverflow(
                    "the number of "
                        + unit
                        + "s from "
                        + Temporals.print(type, from)
                        + " to "
                        + Temporals.print(type, to),
                    Type.BIGINT);
              }
            });
    return wholeColumns(Type.BIGINT, 1, 2, divisor, factor, rowByRow);
  }

  /** {@code TIME_BETWEEN(to, from)}. */
  static Kernel between(Call call) {
    Type type = call.arguments().getFirst().type();
    if (!Temporals.isTemporal(type)) {
      throw TimeParts.unsupported(call);
    }
    long perUnit =
        !(type instanceof Type.Date)
            ? Temporals.perSecond(type)
            : call.type() instanceof Type.TimeInterval ? 0 : Temporals.MICROS_PER_SECOND;
    long divisor = Math.max(1, perUnit / Temporals.MICROS_PER_SECOND);
    long factor =
        perUnit == 0
            ? Temporals.MICROS_PER_DAY
            : Math.max(1, Temporals.MICROS_PER_SECOND / perUnit);
    Kernel rowByRow =
        RowKernels.integer(
            call.type(),
            8,
            arguments -> {
              long to = arguments.integer(0);
              long from = arguments.integer(1);
              try {
                return Math.multiplyExact(Math.subtractExact(to, from) / divisor, factor);
              } catch (ArithmeticException e) {
                throw ExpressionErrors.datetimeOverflow(
                    Temporals.print(type, to) + " - " + Temporals.print(type, from), call.type());
              }
            });
    return wholeColumns(call.type(), 1, 0, divisor, factor, rowByRow);
  }

  /** {@code (to - from) / divisor * factor} of two arguments. */
  private static Kernel wholeColumns(
      Type type, int first, int second, long divisor, long factor, Kernel rowByRow) {
    return (evaluation, rows, arguments) -> {
      FixedColumn from = (FixedColumn) evaluation.fullColumn(arguments[first]);
      FixedColumn to = (FixedColumn) evaluation.fullColumn(arguments[second]);
      int length = evaluation.length;
      Buffer values = evaluation.allocate(Math.max(1, length) * 8L);
      long out = values.address();
      boolean overflow = false;
      if (from.width() == 4) {
        subtractInts(to.address(), from.address(), out, length);
      } else {
        overflow = subtract(to.address(), from.address(), out, length);
      }
      if (divisor > 1) {
        divide(out, divisor, length);
      }
      if (factor > 1) {
        overflow |= multiply(out, factor, length);
      }
      if (overflow) {
        evaluation.discard(values);
        return rowByRow.apply(evaluation, rows, arguments);
      }
      return evaluation.fixed(type, 8, values, evaluation.validity(from, to));
    };
  }

  private static void subtractInts(long a, long b, long out, int length) {
    for (int i = 0; i < length; i++) {
      long at = (long) i << 2;
      Memory.putLong(out + (at << 1), (long) Memory.getInt(a + at) - Memory.getInt(b + at));
    }
  }

  /** Whether one of the differences does not fit. */
  private static boolean subtract(long a, long b, long out, int length) {
    long beyond = 0;
    for (int i = 0; i < length; i++) {
      long at = (long) i << 3;
      long x = Memory.getLong(a + at);
      long y = Memory.getLong(b + at);
      long difference = x - y;
      beyond |= (x ^ y) & (x ^ difference);
      Memory.putLong(out + at, difference);
    }
    return beyond < 0;
  }

  private static void divide(long out, long divisor, int length) {
    for (int i = 0; i < length; i++) {
      long at = out + ((long) i << 3);
      Memory.putLong(at, Memory.getLong(at) / divisor);
    }
  }

  /** Whether one of the products does not fit. */
  private static boolean multiply(long out, long factor, int length) {
    long beyond = 0;
    for (int i = 0; i < length; i++) {
      long at = out + ((long) i << 3);
      long x = Memory.getLong(at);
      long product = x * factor;
      beyond |= Math.multiplyHigh(x, factor) ^ product >> 63;
      Memory.putLong(at, product);
    }
    return beyond != 0;
  }

  private static Kernel inMonths(long perDay, int months) {
    return (evaluation, rows, arguments) -> {
      FixedColumn from = (FixedColumn) evaluation.fullColumn(arguments[1]);
      FixedColumn to = (FixedColumn) evaluation.fullColumn(arguments[2]);
      Buffer values = evaluation.allocate(Math.max(1, evaluation.length) * 8L);
      if (from.width() == 4) {
        monthsOfDates(from.address(), to.address(), months, values.address(), evaluation.length);
      } else {
        for (int i = 0; i < evaluation.length; i++) {
          long between = monthsBetween(from.longAt(i), to.longAt(i), perDay);
          Memory.putLong(values.address() + ((long) i << 3), between / months);
        }
      }
      return evaluation.fixed(Type.BIGINT, 8, values, evaluation.validity(from, to));
    };
  }

  private static void monthsOfDates(long from, long to, int months, long out, int length) {
    for (int i = 0; i < length; i++) {
      long at = (long) i << 2;
      int a = Memory.getInt(from + at);
      int b = Memory.getInt(to + at);
      long earlier = Calendar.packedDate(Math.min(a, b));
      long later = Calendar.packedDate(Math.max(a, b));
      long full = months(earlier, later, true);
      Memory.putLong(out + (at << 1), (b < a ? -full : full) / months);
    }
  }

  /**
   * The largest n for which {@code from} and n months are not behind {@code to}, where a month that
   * lacks the day ends on its last; negative, with the two swapped, where {@code to} is earlier.
   */
  private static long monthsBetween(long from, long to, long perDay) {
    if (to < from) {
      return -monthsBetween(to, from, perDay);
    }
    long a = Calendar.packedDate(Math.floorDiv(from, perDay));
    long b = Calendar.packedDate(Math.floorDiv(to, perDay));
    return months(a, b, Math.floorMod(to, perDay) >= Math.floorMod(from, perDay));
  }

  /**
   * As {@link #monthsBetween}, of dates in order.
   *
   * @param laterInDay whether, on the same day of the month, the second is not before the first
   */
  private static long months(long from, long to, boolean laterInDay) {
    long months =
        (Calendar.year(to) - Calendar.year(from)) * 12 + Calendar.month(to) - Calendar.month(from);
    int day = Calendar.day(from);
    int left = Calendar.day(to) - day;
    if (left < 0 && day > 28) {
      left =
          Calendar.day(to)
              - Math.min(day, Calendar.daysOfMonth(Calendar.year(to), Calendar.month(to)));
    }
    boolean full = left > 0 || left == 0 && laterInDay;
    return full ? months : months - 1;
  }
}
