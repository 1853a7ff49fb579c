package dev.tidemill.exec.expression;

import static dev.tidemill.plan.function.ScalarFunction.*;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertThrows;

import dev.tidemill.foundation.error.TidemillException;
import dev.tidemill.foundation.type.Type;
import dev.tidemill.plan.expression.Call;
import dev.tidemill.plan.expression.Expression;
import dev.tidemill.plan.expression.Literal;
import dev.tidemill.plan.function.ScalarFunction;
import java.math.BigDecimal;
import java.time.Duration;
import java.time.Instant;
import java.time.LocalDate;
import java.time.LocalDateTime;
import java.time.LocalTime;
import java.time.Period;
import java.util.ArrayList;
import java.util.EnumSet;
import java.util.List;
import java.util.Set;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.AfterEach;

/** What tests of functions check of each call; and the functions that they have called. */
abstract class FunctionChecks {
  final ExpressionTester tester = new ExpressionTester();
  final Set<ScalarFunction> seen = EnumSet.noneOf(ScalarFunction.class);

  @AfterEach
  final void nothingStaysAllocated() {
    tester.close();
  }

  static Expression argument(@Nullable Object value) {
    return switch (value) {
      case null -> Literal.nullOf(Type.VARCHAR);
      case Expression expression -> expression;
      case Boolean v -> new Literal(Type.BOOLEAN, v);
      case Byte v -> new Literal(Type.TINYINT, v);
      case Short v -> new Literal(Type.SMALLINT, v);
      case Integer v -> new Literal(Type.INTEGER, v);
      case Long v -> new Literal(Type.BIGINT, v);
      case Float v -> new Literal(Type.REAL, v);
      case Double v -> new Literal(Type.DOUBLE, v);
      case BigDecimal v ->
          new Literal(new Type.Decimal(Math.max(v.precision(), v.scale()), v.scale()), v);
      case String v -> new Literal(Type.VARCHAR, v);
      case byte[] v -> new Literal(Type.VARBINARY, v);
      case LocalDate v -> new Literal(Type.DATE, v);
      case LocalTime v -> new Literal(new Type.Time(6), v);
      case LocalDateTime v -> new Literal(Type.TIMESTAMP, v);
      case Instant v -> new Literal(new Type.ZonedTimestamp(6), v);
      case Period v -> new Literal(new Type.MonthInterval(), v);
      case Duration v -> new Literal(new Type.TimeInterval(), v);
      default -> throw new IllegalArgumentException(value.toString());
    };
  }

  static Call call(ScalarFunction function, Type type, @Nullable Object... arguments) {
    List<Expression> expressions = new ArrayList<>();
    for (Object argument : arguments) {
      expressions.add(argument(argument));
    }
    return new Call(function, expressions, type);
  }

  /** The type of the result is that of the expected value. */
  final void is(Object expected, ScalarFunction function, @Nullable Object... arguments) {
    seen.add(function);
    tester.check(expected, true, call(function, argument(expected).type(), arguments));
  }

  final void isNull(Type type, ScalarFunction function, @Nullable Object... arguments) {
    seen.add(function);
    tester.check(null, true, call(function, type, arguments));
  }

  /** For functions that take NULLs. */
  final void isOfNulls(
      @Nullable Object expected,
      Type type,
      ScalarFunction function,
      @Nullable Object... arguments) {
    seen.add(function);
    tester.check(expected, false, call(function, type, arguments));
  }

  final void fails(
      String error, Type type, ScalarFunction function, @Nullable Object... arguments) {
    seen.add(function);
    Call call = call(function, type, arguments);
    TidemillException folded =
        assertThrows(TidemillException.class, () -> tester.value(call), call::toString);
    assertEquals(error, folded.code().name() + ": " + folded.text());
    List<Type> types = new ArrayList<>();
    List<@Nullable Object> values = new ArrayList<>();
    List<Expression> columns = new ArrayList<>();
    for (Expression argument : call.arguments()) {
      boolean fixed = ExpressionTester.takesUnit(function) && columns.isEmpty();
      columns.add(
          fixed
              ? argument
              : new dev.tidemill.plan.expression.ColumnReference(types.size(), argument.type()));
      if (!fixed) {
        types.add(argument.type());
        values.add(((Literal) argument).value());
      }
    }
    assertEquals(error, tester.error(new Call(function, columns, type), types, List.of(values)));
  }

  static BigDecimal decimal(String text) {
    return new BigDecimal(text);
  }

  static LocalDate date(String text) {
    return LocalDate.parse(text);
  }

  static LocalDateTime timestamp(String text) {
    return LocalDateTime.parse(text);
  }

  static byte[] bytes(int... values) {
    byte[] bytes = new byte[values.length];
    for (int i = 0; i < bytes.length; i++) {
      bytes[i] = (byte) values[i];
    }
    return bytes;
  }
}
