package dev.tidemill.engine;

import dev.tidemill.foundation.type.Type;
import dev.tidemill.plan.expression.Call;
import dev.tidemill.plan.expression.Expression;
import dev.tidemill.plan.expression.Literal;
import dev.tidemill.plan.function.ScalarFunction;
import java.math.BigDecimal;
import java.math.BigInteger;
import java.time.Duration;
import java.time.Instant;
import java.time.LocalDate;
import java.time.LocalDateTime;
import java.time.LocalTime;
import java.time.Period;
import java.util.ArrayList;
import java.util.List;
import org.jspecify.annotations.Nullable;

/**
 * Values that are bound to question marks, as literals of the type they have by themselves, or
 * ARRAYs of such; the planner casts.
 */
final class ParameterValues {
  private static final int FULL_PRECISION = 9;

  private ParameterValues() {}

  /** A literal, or of a list the ARRAY of its elements. */
  static Expression expression(@Nullable Object value) {
    if (!(value instanceof List<?> list)) {
      return literal(value);
    }
    List<Expression> elements = new ArrayList<>();
    Type type = Type.NULL;
    for (Object element : list) {
      Expression expression = expression(element);
      elements.add(expression);
      type = type instanceof Type.Null ? expression.type() : type;
    }
    return new Call(ScalarFunction.ARRAY, elements, new Type.Array(type));
  }

  /**
   * A literal of the value's own type.
   *
   * @throws dev.tidemill.foundation.error.TidemillException for a class that stands for no SQL
   *     type, and numbers of more than 38 digits
   */
  static Literal literal(@Nullable Object value) {
    return switch (value) {
      case null -> Literal.nullOf(Type.NULL);
      case Boolean v -> new Literal(Type.BOOLEAN, v);
      case Byte v -> new Literal(Type.TINYINT, v);
      case Short v -> new Literal(Type.SMALLINT, v);
      case Integer v -> new Literal(Type.INTEGER, v);
      case Long v -> new Literal(Type.BIGINT, v);
      case Float v -> new Literal(Type.REAL, v);
      case Double v -> new Literal(Type.DOUBLE, v);
      case BigInteger v -> decimal(new BigDecimal(v));
      case BigDecimal v -> decimal(v);
      case String v -> new Literal(Type.VARCHAR, v);
      case byte[] v -> new Literal(Type.VARBINARY, v);
      case LocalDate v -> new Literal(Type.DATE, v);
      case LocalTime v -> new Literal(new Type.Time(precision(v.getNano())), v);
      case LocalDateTime v -> new Literal(new Type.Timestamp(precision(v.getNano())), v);
      case Instant v -> new Literal(new Type.ZonedTimestamp(precision(v.getNano())), v);
      case Period v -> new Literal(new Type.MonthInterval(), v);
      case Duration v -> new Literal(new Type.TimeInterval(), v);
      default -> throw EngineErrors.badParameter(value.getClass().getSimpleName());
    };
  }

  private static Literal decimal(BigDecimal value) {
    BigDecimal plain = value.scale() < 0 ? value.setScale(0) : value;
    int precision =
        Math.max(plain.precision(), plain.scale() + (plain.precision() > plain.scale() ? 0 : 1));
    if (precision > Type.MAX_DECIMAL_PRECISION) {
      throw EngineErrors.badParameter("a number of " + precision + " digits");
    }
    return new Literal(new Type.Decimal(Math.max(1, precision), plain.scale()), plain);
  }

  /** Microseconds where they are enough. */
  private static int precision(int nano) {
    return nano % 1000 == 0 ? 6 : FULL_PRECISION;
  }
}
