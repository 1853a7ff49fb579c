package dev.tidemill.planner.sql;

import dev.tidemill.foundation.type.Type;
import dev.tidemill.plan.expression.Expression;
import dev.tidemill.plan.expression.Literal;
import dev.tidemill.plan.function.ScalarFunction;
import dev.tidemill.planner.error.PlannerErrors;
import java.util.Locale;
import java.util.Set;
import org.apache.calcite.avatica.util.TimeUnit;
import org.apache.calcite.avatica.util.TimeUnitRange;
import org.apache.calcite.sql.parser.SqlParserPos;

/** The units of time that functions take, by all their names. */
final class TimeUnits {
  private TimeUnits() {}

  private static final Set<String> UNITS =
      Set.of(
          "YEAR",
          "QUARTER",
          "MONTH",
          "WEEK",
          "DAY",
          "DOW",
          "ISODOW",
          "DOY",
          "HOUR",
          "MINUTE",
          "SECOND",
          "MILLISECOND",
          "MICROSECOND",
          "NANOSECOND",
          "EPOCH",
          "CENTURY",
          "DECADE",
          "MILLENNIUM",
          "ISOYEAR");

  /** The literal that names a unit of time, as {@link ScalarFunction} wants it. */
  static Literal unit(Expression unit, SqlParserPos position) {
    if (!(unit instanceof Literal literal) || !(literal.value() instanceof String text)) {
      throw PlannerErrors.unitNotConstant(Positions.of(position));
    }
    String known = known(text);
    if (!UNITS.contains(known)) {
      throw PlannerErrors.unknownUnit(text, UNITS, Positions.of(position));
    }
    return new Literal(Type.VARCHAR, known);
  }

  /** A unit as Calcite's literals have it, as text. */
  static String unitName(Object unit) {
    return switch (unit) {
      case TimeUnitRange range -> range.name();
      case TimeUnit one -> one.name();
      default -> unit.toString();
    };
  }

  /** Whether a word is the full name of a unit of time. */
  static boolean isUnit(String word) {
    return UNITS.contains(word.toUpperCase(Locale.ROOT));
  }

  private static String known(String text) {
    String name = text.strip().toUpperCase(Locale.ROOT).replaceFirst("^SQL_TSI_", "");
    return switch (name) {
      case "Y", "YR", "YRS" -> "YEAR";
      case "MON", "MONS" -> "MONTH";
      case "D", "DAYOFMONTH" -> "DAY";
      case "H", "HR", "HRS" -> "HOUR";
      case "MIN", "MINS" -> "MINUTE";
      case "S", "SEC", "SECS" -> "SECOND";
      case "MS", "MSEC", "MILLISECONDS" -> "MILLISECOND";
      case "US", "USEC" -> "MICROSECOND";
      case "NS", "FRAC_SECOND" -> "NANOSECOND";
      case "DAYOFYEAR" -> "DOY";
      case "DAYOFWEEK" -> "DOW";
      case "CENTURIES" -> "CENTURY";
      case "MILLENNIA" -> "MILLENNIUM";
      default ->
          UNITS.contains(name) || !name.endsWith("S") ? name : name.substring(0, name.length() - 1);
    };
  }
}
