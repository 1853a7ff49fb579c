package dev.tidemill.exec.expression;

import dev.tidemill.foundation.error.ErrorCode;
import dev.tidemill.foundation.error.ErrorKind;
import dev.tidemill.foundation.error.SourcePosition;
import dev.tidemill.foundation.error.TidemillException;
import dev.tidemill.foundation.format.TimeZones;
import dev.tidemill.foundation.type.Type;
import dev.tidemill.plan.function.ScalarFunction;
import java.time.Duration;
import java.time.temporal.ChronoUnit;
import java.util.List;
import java.util.stream.Collectors;
import org.jspecify.annotations.Nullable;

/** What can go wrong while an expression is compiled or evaluated. */
final class ExpressionErrors {
  private static final ErrorCode DIVISION_BY_ZERO = ErrorCode.user("DIVISION_BY_ZERO", "22012");
  private static final ErrorCode NUMERIC_OVERFLOW = ErrorCode.user("NUMERIC_OVERFLOW", "22003");
  private static final ErrorCode DATETIME_OVERFLOW = ErrorCode.user("DATETIME_OVERFLOW", "22008");
  private static final ErrorCode INVALID_CAST = ErrorCode.user("INVALID_CAST", "22018");
  private static final ErrorCode INVALID_ARGUMENT = ErrorCode.user("INVALID_ARGUMENT", "22023");
  private static final ErrorCode INVALID_PATTERN = ErrorCode.user("INVALID_PATTERN", "2201B");
  private static final ErrorCode RAISED = ErrorCode.user("RAISED", "P0001");
  private static final ErrorCode UNSUPPORTED_FUNCTION =
      ErrorCode.user("UNSUPPORTED_FUNCTION", "0A000");
  private static final ErrorCode UNSUPPORTED_CAST = ErrorCode.user("UNSUPPORTED_CAST", "0A000");
  private static final ErrorCode PARAMETER_NOT_BOUND =
      ErrorCode.user("PARAMETER_NOT_BOUND", "07002");
  private static final int SHOWN = 60;

  private ExpressionErrors() {}

  /** {@code dividend} as it prints. */
  static TidemillException divisionByZero(Object dividend) {
    return new TidemillException(DIVISION_BY_ZERO, "division by zero: " + dividend + " / 0");
  }

  static TidemillException moduloByZero(Object dividend) {
    return new TidemillException(DIVISION_BY_ZERO, "division by zero: MOD(" + dividend + ", 0)");
  }

  /** {@code computation} as it reads in SQL: {@code 5 + 7}. */
  static TidemillException numericOverflow(String computation, Type type) {
    return new TidemillException(
        NUMERIC_OVERFLOW,
        computation + " is out of range for " + type + "; cast an operand to a wider type");
  }

  static TidemillException datetimeOverflow(String computation, Type type) {
    return new TidemillException(DATETIME_OVERFLOW, computation + " is out of range for " + type);
  }

  static TidemillException intervalOverflow(long days) {
    return new TidemillException(
        DATETIME_OVERFLOW,
        "an INTERVAL of "
            + days
            + " days is out of range: it has at most "
            + Duration.of(Long.MAX_VALUE, ChronoUnit.MICROS).toDays());
  }

  /** {@code problem} is the parser's sentence, of which the hint at its end is kept. */
  static TidemillException invalidCast(String text, Type type, String problem) {
    int hint = problem.lastIndexOf(" (expected ");
    String rest =
        hint >= 0
            ? problem.substring(hint)
            : problem.endsWith("out of range for " + type) ? ": out of range" : "";
    return new TidemillException(
        INVALID_CAST, "cannot cast " + quoted(text) + " to " + type + rest);
  }

  /** A value that is fine by itself but does not fit the type. */
  static TidemillException castOutOfRange(String value, Type type) {
    return new TidemillException(
        NUMERIC_OVERFLOW, "cannot cast " + value + " to " + type + ": out of range");
  }

  static TidemillException unknownZone(String name) {
    return new TidemillException(
        INVALID_ARGUMENT,
        "there is no time zone " + quoted(name) + ": it must be " + TimeZones.EXPECTED);
  }

  static TidemillException undefined(ScalarFunction function, String arguments) {
    return new TidemillException(INVALID_ARGUMENT, function + "(" + arguments + ") is not defined");
  }

  /** Of several functions, the position says of which. */
  static TidemillException noTimeOfDay(long hour, long minute, double seconds) {
    return new TidemillException(
        INVALID_ARGUMENT,
        "there is no time of hour " + hour + ", minute " + minute + " and second " + seconds);
  }

  /** Of several functions, the position says of which. */
  static TidemillException vectorLengths(int count, int otherCount) {
    return new TidemillException(
        INVALID_ARGUMENT,
        "vectors of one length are compared, these have "
            + count
            + " and "
            + otherCount
            + " elements");
  }

  static TidemillException vectorOfNull() {
    return new TidemillException(INVALID_ARGUMENT, "an element of a vector is NULL");
  }

  static TidemillException invalidArgument(ScalarFunction function, String what) {
    return new TidemillException(INVALID_ARGUMENT, function + ": " + what);
  }

  /** What RAISE_ERROR was told to say. */
  static TidemillException raised(String text) {
    return new TidemillException(RAISED, text);
  }

  static TidemillException invalidPattern(ScalarFunction function, String pattern, String why) {
    return new TidemillException(
        INVALID_PATTERN, function + ": " + quoted(pattern) + " is no valid pattern: " + why);
  }

  static TidemillException unsupported(ScalarFunction function, List<Type> types) {
    return new TidemillException(
        UNSUPPORTED_FUNCTION,
        function
            + types.stream().map(Type::toString).collect(Collectors.joining(", ", "(", ")"))
            + " is not supported");
  }

  static TidemillException unsupportedCast(Type from, Type to) {
    return new TidemillException(
        UNSUPPORTED_CAST, "CAST from " + from + " to " + to + " is not supported");
  }

  static TidemillException parameterNotBound(int index) {
    return new TidemillException(PARAMETER_NOT_BOUND, "parameter " + (index + 1) + " has no value");
  }

  /** The error with the place of the expression whose values led to it. */
  static TidemillException placed(TidemillException failure, @Nullable SourcePosition position) {
    return failure.kind() == ErrorKind.USER ? failure.at(position) : failure;
  }

  /** Text in quotes, cut where it is long. */
  static String quoted(String text) {
    String shown = text.length() <= SHOWN ? text : text.substring(0, SHOWN) + "…";
    return "'" + shown.replace("'", "''") + "'";
  }
}
