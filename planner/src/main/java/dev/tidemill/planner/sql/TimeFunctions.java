package dev.tidemill.planner.sql;

import static dev.tidemill.planner.logical.Expressions.call;
import static org.apache.calcite.sql.type.OperandTypes.family;
import static org.apache.calcite.sql.type.SqlTypeFamily.ANY;
import static org.apache.calcite.sql.type.SqlTypeFamily.CHARACTER;
import static org.apache.calcite.sql.type.SqlTypeFamily.DATETIME;
import static org.apache.calcite.sql.type.SqlTypeFamily.INTEGER;

import dev.tidemill.foundation.type.Type;
import dev.tidemill.plan.expression.Expression;
import dev.tidemill.plan.expression.Literal;
import dev.tidemill.plan.function.ScalarFunction;
import dev.tidemill.planner.error.PlannerErrors;
import dev.tidemill.planner.logical.Casts;
import dev.tidemill.planner.logical.CommonType;
import java.time.Duration;
import java.time.Period;
import java.util.List;
import org.apache.calcite.sql.SqlOperator;
import org.apache.calcite.sql.fun.SqlStdOperatorTable;
import org.apache.calcite.sql.parser.SqlParserPos;
import org.apache.calcite.sql.type.OperandTypes;
import org.apache.calcite.sql.type.ReturnTypes;

/** Dates, times and what lies between them. */
final class TimeFunctions {
  private TimeFunctions() {}

  static void addTo(FunctionList functions) {
    functions.existing(
        SqlStdOperatorTable.EXTRACT, (a, t, p) -> Casts.to(t, extract(a.get(0), a.get(1), p)));
    for (SqlOperator part :
        List.of(
            SqlStdOperatorTable.YEAR,
            SqlStdOperatorTable.QUARTER,
            SqlStdOperatorTable.MONTH,
            SqlStdOperatorTable.WEEK,
            SqlStdOperatorTable.DAYOFMONTH,
            SqlStdOperatorTable.DAYOFYEAR,
            SqlStdOperatorTable.HOUR,
            SqlStdOperatorTable.MINUTE,
            SqlStdOperatorTable.SECOND)) {
      functions.operator(part);
    }
    functions.add(
        "DATE_PART",
        ResultTypes.LONG,
        family(CHARACTER, DATETIME),
        (a, t, p) -> extract(a.get(0), a.get(1), p));
    functions.add(
        "EPOCH",
        ResultTypes.LONG,
        family(DATETIME),
        (a, t, p) -> extract(Translations.text("EPOCH"), a.get(0), p));
    functions.add(
        "DATE_TRUNC",
        ResultTypes.SECOND,
        family(CHARACTER, DATETIME),
        (a, t, p) -> call(ScalarFunction.DATE_TRUNC, t, TimeUnits.unit(a.get(0), p), a.get(1)));
    functions.add(
        "DATE_DIFF",
        ResultTypes.LONG,
        family(DATETIME, DATETIME, ANY),
        (a, t, p) -> difference(List.of(a.get(2), a.get(1), a.get(0)), t, p));
    functions.add(
        "DATEDIFF",
        ResultTypes.LONG,
        family(CHARACTER, DATETIME, DATETIME),
        TimeFunctions::difference);
    functions.existing(
        SqlStdOperatorTable.TIMESTAMP_DIFF,
        (a, t, p) ->
            Casts.to(t, difference(List.of(a.get(0), a.get(1), a.get(2)), Type.BIGINT, p)));
    functions.existing(SqlStdOperatorTable.TIMESTAMP_ADD, TimeFunctions::timestampAdd);
    functions.add(
        "LAST_DAY",
        ReturnTypes.DATE_NULLABLE,
        family(DATETIME),
        Translations.as(ScalarFunction.LAST_DAY));
    functions.add(
        "DAYNAME", ResultTypes.TEXT, family(DATETIME), Translations.as(ScalarFunction.DAYNAME));
    functions.add(
        "MONTHNAME", ResultTypes.TEXT, family(DATETIME), Translations.as(ScalarFunction.MONTHNAME));
    functions.add(
        "FROM_EPOCH_SECONDS",
        ResultTypes.timestamp(0),
        family(INTEGER),
        Translations.all(ScalarFunction.FROM_EPOCH_SECONDS, Type.BIGINT));
    functions.add(
        "TIMESTAMP_SECONDS",
        ResultTypes.timestamp(0),
        family(INTEGER),
        Translations.all(ScalarFunction.FROM_EPOCH_SECONDS, Type.BIGINT));
    functions.add(
        "FROM_EPOCH_MILLIS",
        ResultTypes.timestamp(3),
        family(INTEGER),
        Translations.all(ScalarFunction.FROM_EPOCH_MILLIS, Type.BIGINT));
    functions.add(
        "TIMESTAMP_MILLIS",
        ResultTypes.timestamp(3),
        family(INTEGER),
        Translations.all(ScalarFunction.FROM_EPOCH_MILLIS, Type.BIGINT));
    functions.add(
        "EPOCH_MS",
        ResultTypes.timestamp(3),
        family(INTEGER),
        Translations.all(ScalarFunction.FROM_EPOCH_MILLIS, Type.BIGINT));
    functions.add(
        "DATE_FORMAT",
        ResultTypes.TEXT,
        family(DATETIME, CHARACTER),
        Translations.as(ScalarFunction.FORMAT_TIME));
    functions.add(
        "FORMAT_TIME",
        ResultTypes.TEXT,
        family(DATETIME, CHARACTER),
        Translations.as(ScalarFunction.FORMAT_TIME));
    functions.now("CURRENT_DATE", Type.DATE, ScalarFunction.CURRENT_DATE);
    functions.now("CURRENT_TIME", new Type.Time(6), ScalarFunction.CURRENT_TIME);
    functions.now("LOCALTIME", new Type.Time(6), ScalarFunction.CURRENT_TIME);
    functions.now("CURRENT_TIMESTAMP", Type.TIMESTAMP, ScalarFunction.CURRENT_TIMESTAMP);
    functions.now("LOCALTIMESTAMP", Type.TIMESTAMP, ScalarFunction.CURRENT_TIMESTAMP);
    functions.add(
        "NOW",
        ResultTypes.timestamp(6),
        OperandTypes.NILADIC,
        (a, t, p) -> call(ScalarFunction.CURRENT_TIMESTAMP, Type.TIMESTAMP));
  }

  private static Expression extract(Expression unit, Expression time, SqlParserPos position) {
    return call(ScalarFunction.EXTRACT, Type.BIGINT, TimeUnits.unit(unit, position), time);
  }

  private static Expression difference(
      List<Expression> arguments, Type type, SqlParserPos position) {
    Expression from = arguments.get(1);
    Expression to = arguments.get(2);
    Type common = CommonType.of(from.type(), to.type());
    if (common == null) {
      throw PlannerErrors.noCommonType(from.type(), to.type(), Positions.of(position));
    }
    return call(
        ScalarFunction.DATE_DIFF,
        Type.BIGINT,
        TimeUnits.unit(arguments.get(0), position),
        Casts.to(common, from),
        Casts.to(common, to));
  }

  /** TIMESTAMPADD(unit, count, time). */
  private static Expression timestampAdd(
      List<Expression> arguments, Type type, SqlParserPos position) {
    String unit = (String) ((Literal) TimeUnits.unit(arguments.get(0), position)).value();
    Expression count = Casts.to(Type.BIGINT, arguments.get(1));
    Literal one = oneOf(String.valueOf(unit), position);
    Expression interval = call(ScalarFunction.MULTIPLY, one.type(), one, count);
    return call(ScalarFunction.ADD, type, Casts.to(type, arguments.get(2)), interval);
  }

  private static Literal oneOf(String unit, SqlParserPos position) {
    return switch (unit) {
      case "YEAR" -> new Literal(new Type.MonthInterval(), Period.ofMonths(12));
      case "QUARTER" -> new Literal(new Type.MonthInterval(), Period.ofMonths(3));
      case "MONTH" -> new Literal(new Type.MonthInterval(), Period.ofMonths(1));
      case "WEEK" -> time(Duration.ofDays(7));
      case "DAY" -> time(Duration.ofDays(1));
      case "HOUR" -> time(Duration.ofHours(1));
      case "MINUTE" -> time(Duration.ofMinutes(1));
      case "SECOND" -> time(Duration.ofSeconds(1));
      case "MILLISECOND" -> time(Duration.ofMillis(1));
      default ->
          throw PlannerErrors.unsupported(
              "TIMESTAMPADD_UNIT", "TIMESTAMPADD of " + unit, Positions.of(position));
    };
  }

  private static Literal time(Duration duration) {
    return new Literal(new Type.TimeInterval(), duration);
  }
}
