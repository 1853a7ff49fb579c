package dev.tidemill.planner.logical;

import dev.tidemill.foundation.format.ValueParser;
import dev.tidemill.foundation.type.Type;
import dev.tidemill.plan.expression.Call;
import dev.tidemill.plan.expression.Cast;
import dev.tidemill.plan.expression.Expression;
import dev.tidemill.plan.expression.Literal;
import dev.tidemill.plan.function.ScalarFunction;
import java.math.BigDecimal;
import java.time.LocalDate;
import java.time.LocalDateTime;
import java.time.LocalTime;
import java.time.ZoneOffset;
import java.time.format.DateTimeParseException;
import org.jspecify.annotations.Nullable;

/** Implicit casts made explicit, folded where the operand is a literal. */
public final class Casts {
  private static final int MICROSECONDS = 6;

  /** The whole years that nanoseconds since 1970 reach. */
  private static final int FIRST_OF_NANOSECONDS = 1678;

  private static final int LAST_OF_NANOSECONDS = 2261;

  private Casts() {}

  /** The expression as {@code type}. Texts of any length are one type. */
  public static Expression to(Type type, Expression expression) {
    Type from = expression.type();
    if (from.equals(type) || from instanceof Type.Varchar && type instanceof Type.Varchar) {
      return expression;
    }
    if (expression instanceof Call call && call.function() == ScalarFunction.RAISE_ERROR) {
      return new Call(call.function(), call.arguments(), type);
    }
    if (expression instanceof Literal literal) {
      Literal folded = fold(literal, type);
      if (folded != null) {
        return folded;
      }
    }
    return new Cast(expression, type, false);
  }

  /** The literal as {@code type} where that is certain to be what a cast gives, else null. */
  public static @Nullable Literal fold(Literal literal, Type type) {
    Object value = literal.value();
    if (value == null) {
      return Literal.nullOf(type);
    }
    return switch (type) {
      case Type.Int t -> value instanceof Number number ? integer(exact(number), t) : null;
      case Type.Decimal t -> {
        BigDecimal exact = value instanceof Number number ? exact(number) : null;
        yield exact == null
                || exact.stripTrailingZeros().scale() > t.scale()
                || digits(exact) > t.precision() - t.scale()
            ? null
            : new Literal(t, exact.setScale(t.scale()));
      }
      case Type.DoubleType t -> {
        BigDecimal exact = value instanceof Number number ? exact(number) : null;
        yield exact != null ? new Literal(t, exact.doubleValue()) : null;
      }
      case Type.Real t -> {
        BigDecimal exact = value instanceof Number number ? exact(number) : null;
        yield exact != null ? new Literal(t, exact.floatValue()) : null;
      }
      case Type.Time t ->
          value instanceof LocalTime time
                  && literal.type() instanceof Type.Time from
                  && from.precision() <= t.precision()
              ? new Literal(t, time)
              : null;
      case Type.Varchar t ->
          value instanceof String text && text.codePointCount(0, text.length()) <= t.maxLength()
              ? new Literal(t, text)
              : null;
      case Type.Date t -> value instanceof String text ? date(text) : null;
      case Type.Timestamp t -> {
        Literal folded =
            switch (value) {
              case LocalDate date -> new Literal(t, date.atStartOfDay());
              case LocalDateTime time
                  when literal.type() instanceof Type.Timestamp from
                      && from.precision() <= t.precision() ->
                  new Literal(t, time);
              case String text -> timestamp(text, t);
              default -> null;
            };
        yield folded != null
                && t.precision() > MICROSECONDS
                && folded.value() instanceof LocalDateTime time
                && !(time.getYear() >= FIRST_OF_NANOSECONDS
                    && time.getYear() <= LAST_OF_NANOSECONDS)
            ? null
            : folded;
      }
      case Type.TimeInterval t -> value instanceof String text ? parsed(text, t) : null;
      case Type.MonthInterval t -> value instanceof String text ? parsed(text, t) : null;
      case Type.ZonedTimestamp t -> value instanceof String text ? instant(text, t) : null;
      default -> null;
    };
  }

  /** What the text says in every zone: one with an offset. */
  private static @Nullable Literal instant(String text, Type.ZonedTimestamp type) {
    Object inUtc = new ValueParser().parseObject(type, text);
    Object elsewhere = new ValueParser(ZoneOffset.MAX).parseObject(type, text);
    return inUtc == null || !inUtc.equals(elsewhere) ? null : new Literal(type, inUtc);
  }

  private static @Nullable Literal parsed(String text, Type type) {
    Object value = new ValueParser().parseObject(type, text);
    return value == null ? null : new Literal(type, value);
  }

  private static @Nullable Literal integer(@Nullable BigDecimal value, Type.Int type) {
    if (value == null || value.stripTrailingZeros().scale() > 0) {
      return null;
    }
    long least = type.bits() == 64 ? Long.MIN_VALUE : -(1L << type.bits() - 1);
    long greatest = -(least + 1);
    if (value.compareTo(BigDecimal.valueOf(least)) < 0
        || value.compareTo(BigDecimal.valueOf(greatest)) > 0) {
      return null;
    }
    long number = value.longValueExact();
    return new Literal(
        type,
        switch (type.bits()) {
          case 8 -> (Object) (byte) number;
          case 16 -> (Object) (short) number;
          case 32 -> (Object) (int) number;
          default -> (Object) number;
        });
  }

  private static @Nullable BigDecimal exact(Number number) {
    return switch (number) {
      case BigDecimal decimal -> decimal;
      case Byte n -> BigDecimal.valueOf(n);
      case Short n -> BigDecimal.valueOf(n);
      case Integer n -> BigDecimal.valueOf(n);
      case Long n -> BigDecimal.valueOf(n);
      default -> null;
    };
  }

  private static int digits(BigDecimal value) {
    return value.signum() == 0 ? 0 : Math.max(0, value.precision() - value.scale());
  }

  private static @Nullable Literal date(String text) {
    try {
      return new Literal(Type.DATE, LocalDate.parse(text.strip()));
    } catch (DateTimeParseException notPlain) {
      return null;
    }
  }

  private static @Nullable Literal timestamp(String text, Type.Timestamp type) {
    try {
      String iso = text.strip().replace(' ', 'T');
      LocalDateTime time =
          iso.indexOf('T') < 0 ? LocalDate.parse(iso).atStartOfDay() : LocalDateTime.parse(iso);
      int factor = 1;
      for (int digit = type.precision(); digit < 9; digit++) {
        factor *= 10;
      }
      return time.getNano() % factor == 0 ? new Literal(type, time) : null;
    } catch (DateTimeParseException notPlain) {
      return null;
    }
  }
}
