package dev.tidemill.planner.sql;

import static dev.tidemill.planner.logical.Expressions.call;
import static org.apache.calcite.sql.type.OperandTypes.family;
import static org.apache.calcite.sql.type.SqlTypeFamily.CHARACTER;
import static org.apache.calcite.sql.type.SqlTypeFamily.DATETIME;
import static org.apache.calcite.sql.type.SqlTypeFamily.DATETIME_INTERVAL;
import static org.apache.calcite.sql.type.SqlTypeFamily.INTEGER;
import static org.apache.calcite.sql.type.SqlTypeFamily.NUMERIC;

import dev.tidemill.foundation.format.TimeZones;
import dev.tidemill.foundation.type.Type;
import dev.tidemill.plan.expression.Call;
import dev.tidemill.plan.expression.Expression;
import dev.tidemill.plan.expression.Literal;
import dev.tidemill.plan.function.ScalarFunction;
import dev.tidemill.planner.error.PlannerErrors;
import dev.tidemill.planner.logical.Casts;
import dev.tidemill.planner.logical.Clocks;
import dev.tidemill.planner.logical.CommonType;
import java.time.Duration;
import java.time.Instant;
import java.time.LocalDateTime;
import java.time.Period;
import java.time.ZoneId;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import org.apache.calcite.avatica.util.TimeUnit;
import org.apache.calcite.rel.type.RelDataType;
import org.apache.calcite.rel.type.RelDataTypeFactory;
import org.apache.calcite.sql.SqlOperator;
import org.apache.calcite.sql.SqlOperatorBinding;
import org.apache.calcite.sql.fun.SqlStdOperatorTable;
import org.apache.calcite.sql.parser.SqlParserPos;
import org.apache.calcite.sql.type.OperandTypes;
import org.apache.calcite.sql.type.ReturnTypes;
import org.apache.calcite.sql.type.SqlOperandTypeChecker;
import org.apache.calcite.sql.type.SqlReturnTypeInference;
import org.apache.calcite.sql.type.SqlTypeFamily;
import org.apache.calcite.sql.type.SqlTypeName;
import org.apache.calcite.sql.type.SqlTypeUtil;

/** Dates, times and what lies between them. */
final class TimeFunctions {
  private static final Type INSTANT = new Type.ZonedTimestamp(6);

  /** What aggregates of times are made of: microseconds since 1970, and the time they are. */
  static final String AS_NUMBER = "QUANTILE_OF";

  static final String AS_TIME = "QUANTILE_AS";

  private TimeFunctions() {}

  /** What AVG of times gives. */
  static final Type MEAN = new Type.Timestamp(6);

  /** Whether a type is one of times of which there are quantiles and a mean. */
  static boolean isTime(RelDataType type) {
    Type own = RelTypes.fromRel(type);
    return own != null && isTime(own);
  }

  static boolean isTime(Type type) {
    return type instanceof Type.Date || type instanceof Type.Timestamp t && t.precision() <= 6;
  }

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
        family(CHARACTER, DATETIME).or(family(CHARACTER, DATETIME_INTERVAL)),
        (a, t, p) -> extract(a.get(0), a.get(1), p));
    functions.add(
        "EPOCH",
        ResultTypes.LONG,
        family(DATETIME).or(family(DATETIME_INTERVAL)),
        (a, t, p) -> extract(Translations.text("EPOCH"), a.get(0), p));
    functions.add(
        "DATE_TRUNC",
        ResultTypes.SECOND,
        family(CHARACTER, DATETIME).or(family(CHARACTER, DATETIME_INTERVAL)),
        (a, t, p) -> call(ScalarFunction.DATE_TRUNC, t, TimeUnits.unit(a.get(0), p), a.get(1)));
    arithmetic(functions);
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
        "FROM_EPOCH_MICROS",
        ResultTypes.timestamp(6),
        family(INTEGER),
        Translations.all(ScalarFunction.FROM_EPOCH_MICROS, Type.BIGINT));
    functions.add(
        "TIMESTAMP_MICROS",
        ResultTypes.timestamp(6),
        family(INTEGER),
        Translations.all(ScalarFunction.FROM_EPOCH_MICROS, Type.BIGINT));
    texts(functions);
    parts(functions);
    intervals(functions);
    functions.now("CURRENT_DATE", Type.DATE, ScalarFunction.CURRENT_DATE);
    functions.now("CURRENT_TIME", new Type.Time(6), ScalarFunction.CURRENT_TIME);
    functions.now("LOCALTIME", new Type.Time(6), ScalarFunction.CURRENT_TIME);
    functions.now("CURRENT_TIMESTAMP", INSTANT, ScalarFunction.CURRENT_TIMESTAMP);
    functions.now("LOCALTIMESTAMP", Type.TIMESTAMP, ScalarFunction.CURRENT_TIMESTAMP);
    functions.add(
        "NOW",
        ResultTypes.INSTANT,
        OperandTypes.NILADIC,
        (a, t, p) -> call(ScalarFunction.CURRENT_TIMESTAMP, INSTANT));
    zones(functions);
  }

  /** What names a time zone. */
  private static void zones(FunctionList functions) {
    functions.add(
        "TIMEZONE",
        TimeFunctions::atZoneType,
        family(CHARACTER, DATETIME).or(family(DATETIME)),
        TimeFunctions::atZone);
    functions.add(
        "MAKE_TIMESTAMPTZ",
        ResultTypes.INSTANT,
        family(INTEGER, INTEGER, INTEGER, INTEGER, INTEGER, NUMERIC)
            .or(family(INTEGER, INTEGER, INTEGER, INTEGER, INTEGER, NUMERIC, CHARACTER))
            .or(family(INTEGER)),
        (a, t, p) -> {
          if (a.size() == 1) {
            return call(ScalarFunction.FROM_EPOCH_MICROS, t, Casts.to(Type.BIGINT, a.get(0)));
          }
          List<Expression> fields = new ArrayList<>();
          a.subList(0, 5).forEach(f -> fields.add(Casts.to(Type.INTEGER, f)));
          fields.add(Casts.to(Type.DOUBLE, a.get(5)));
          Expression local = new Call(ScalarFunction.MAKE_TIMESTAMP, fields, Type.TIMESTAMP);
          return a.size() == 7 ? atZone(List.of(a.get(6), local), t, p) : Casts.to(t, local);
        });
  }

  /** Of an instant what clocks show, of what they show the instant. */
  private static RelDataType atZoneType(SqlOperatorBinding binding) {
    RelDataType time = binding.getOperandType(binding.getOperandCount() - 1);
    RelDataTypeFactory factory = binding.getTypeFactory();
    Type type =
        switch (time.getSqlTypeName()) {
          case TIMESTAMP_WITH_LOCAL_TIME_ZONE -> new Type.Timestamp(time.getPrecision());
          case TIMESTAMP -> new Type.ZonedTimestamp(time.getPrecision());
          default -> INSTANT;
        };
    return RelTypes.toRel(factory, type, ResultTypes.anyNullable(binding));
  }

  /** TIMEZONE(zone, time), and TIMEZONE(time) of the session's zone. */
  private static Expression atZone(List<Expression> arguments, Type type, SqlParserPos position) {
    Expression time = arguments.getLast();
    if (time.type() instanceof Type.Time) {
      throw PlannerErrors.argumentsInvalid(
          "a TIME has no time zone: CAST a TIMESTAMP to TIME behind AT TIME ZONE",
          Positions.of(position));
    }
    if (arguments.size() == 1) {
      return Casts.to(type, time);
    }
    Expression whole = time.type() instanceof Type.Date ? Casts.to(Type.TIMESTAMP, time) : time;
    if (!(arguments.get(0) instanceof Literal literal)) {
      return call(ScalarFunction.AT_TIME_ZONE, type, whole, arguments.get(0));
    }
    if (!(literal.value() instanceof String name)) {
      return Literal.nullOf(type);
    }
    ZoneId zone = TimeZones.find(name);
    if (zone == null) {
      throw PlannerErrors.unknownTimeZone(name, Positions.of(position));
    }
    return Clocks.atZone(whole, zone);
  }

  /** Intervals of numbers: TO_DAYS(n), MAKE_DT_INTERVAL(days, hours, minutes, seconds). */
  private static void intervals(FunctionList functions) {
    intervalOf(functions, "TO_YEARS", TimeUnit.YEAR);
    intervalOf(functions, "TO_MONTHS", TimeUnit.MONTH);
    intervalOf(functions, "TO_WEEKS", TimeUnit.WEEK);
    intervalOf(functions, "TO_DAYS", TimeUnit.DAY);
    intervalOf(functions, "TO_HOURS", TimeUnit.HOUR);
    intervalOf(functions, "TO_MINUTES", TimeUnit.MINUTE);
    intervalOf(functions, "TO_MILLISECONDS", TimeUnit.MILLISECOND);
    intervalOf(functions, "TO_MICROSECONDS", TimeUnit.MICROSECOND);
    functions.add(
        "TO_SECONDS",
        intervalType(new Type.TimeInterval()),
        family(NUMERIC),
        (a, t, p) -> Intervals.of(TimeUnit.SECOND, a.get(0)));
    functions.add(
        "MAKE_YM_INTERVAL",
        intervalType(new Type.MonthInterval()),
        family(INTEGER, INTEGER),
        (a, t, p) ->
            sum(Intervals.of(TimeUnit.YEAR, a.get(0)), Intervals.of(TimeUnit.MONTH, a.get(1))));
    functions.add(
        "MAKE_DT_INTERVAL",
        intervalType(new Type.TimeInterval()),
        family(INTEGER, INTEGER, INTEGER, NUMERIC),
        (a, t, p) ->
            sum(
                sum(Intervals.of(TimeUnit.DAY, a.get(0)), Intervals.of(TimeUnit.HOUR, a.get(1))),
                sum(
                    Intervals.of(TimeUnit.MINUTE, a.get(2)),
                    Intervals.of(TimeUnit.SECOND, a.get(3)))));
  }

  private static void intervalOf(FunctionList functions, String name, TimeUnit unit) {
    functions.add(
        name,
        intervalType(unit.yearMonth ? new Type.MonthInterval() : new Type.TimeInterval()),
        family(INTEGER),
        (a, t, p) -> Intervals.of(unit, a.get(0)));
  }

  private static SqlReturnTypeInference intervalType(Type type) {
    return b -> nullableIfAny(b, RelTypes.toRel(b.getTypeFactory(), type));
  }

  private static Expression sum(Expression a, Expression b) {
    return call(ScalarFunction.ADD, a.type(), a, b);
  }

  /** Sums and differences, in the spellings of other engines. */
  private static void arithmetic(FunctionList functions) {
    SqlOperandTypeChecker ofUnit = family(CHARACTER, DATETIME, DATETIME);
    for (String name : List.of("DATE_DIFF", "DATEDIFF")) {
      functions.add(
          name,
          ResultTypes.LONG,
          ofUnit.or(family(DATETIME, DATETIME)),
          (a, t, p) ->
              a.size() == 3
                  ? boundaries(a.get(0), a.get(1), a.get(2), p)
                  : boundaries(Translations.text("DAY"), a.get(1), a.get(0), p));
    }
    SqlOperandTypeChecker bySpan =
        family(DATETIME, INTEGER).or(family(DATETIME, DATETIME_INTERVAL));
    for (String name : List.of("DATE_ADD", "DATEADD")) {
      functions.add(
          name,
          b -> b.getOperandCount() == 3 ? nullableIfAny(b, b.getOperandType(2)) : shifted(b),
          bySpan.or(family(CHARACTER, INTEGER, DATETIME)),
          (a, t, p) ->
              a.size() == 3
                  ? timestampAdd(a, t, p)
                  : RexTranslator.addInterval(
                      ScalarFunction.ADD, Casts.to(t, a.get(0)), span(a.get(1)), p));
    }
    functions.add(
        "DATE_SUB",
        b -> b.getOperandCount() == 3 ? ResultTypes.LONG.inferReturnType(b) : shifted(b),
        bySpan.or(ofUnit),
        (a, t, p) ->
            a.size() == 3
                ? difference(a, t, p)
                : RexTranslator.addInterval(
                    ScalarFunction.SUBTRACT, Casts.to(t, a.get(0)), span(a.get(1)), p));
    functions.add(
        "ADD_MONTHS",
        ResultTypes.FIRST,
        family(DATETIME, INTEGER),
        (a, t, p) -> timestampAdd(List.of(Translations.text("MONTH"), a.get(1), a.get(0)), t, p));
    functions.add(
        "MONTHS_BETWEEN",
        ResultTypes.FLOATING,
        family(DATETIME, DATETIME),
        Translations.all(ScalarFunction.MONTHS_BETWEEN, Type.TIMESTAMP));
    functions.add(
        "TIME_BUCKET",
        b ->
            nullableIfAny(
                b,
                b.getOperandType(1).getSqlTypeName() == SqlTypeName.DATE
                    ? b.getOperandType(1)
                    : timestampOf(b.getTypeFactory(), b.getOperandType(1))),
        family(DATETIME_INTERVAL, DATETIME),
        (a, t, p) -> {
          Type time = t instanceof Type.Date ? Type.TIMESTAMP : t;
          return Casts.to(
              t, call(ScalarFunction.TIME_BUCKET, time, a.get(0), Casts.to(time, a.get(1))));
        });
    functions.add(
        "MAKE_DATE",
        ReturnTypes.DATE_NULLABLE,
        family(INTEGER, INTEGER, INTEGER),
        Translations.all(ScalarFunction.MAKE_DATE, Type.INTEGER));
    functions.add(
        "MAKE_TIMESTAMP",
        ResultTypes.timestamp(6),
        family(INTEGER, INTEGER, INTEGER, INTEGER, INTEGER, NUMERIC),
        Translations.as(
            ScalarFunction.MAKE_TIMESTAMP,
            Type.INTEGER,
            Type.INTEGER,
            Type.INTEGER,
            Type.INTEGER,
            Type.INTEGER,
            Type.DOUBLE));
  }

  private static RelDataType timestampOf(RelDataTypeFactory factory, RelDataType type) {
    return type.getSqlTypeName() == SqlTypeName.TIMESTAMP
            || type.getSqlTypeName() == SqlTypeName.TIMESTAMP_WITH_LOCAL_TIME_ZONE
        ? type
        : RelTypes.toRel(factory, Type.TIMESTAMP, type.isNullable());
  }

  private static RelDataType nullableIfAny(SqlOperatorBinding binding, RelDataType type) {
    return ResultTypes.nullableIfAny(binding, type);
  }

  /** An interval, or a number of days. */
  static Expression span(Expression expression) {
    return expression.type() instanceof Type.Int
        ? call(
            ScalarFunction.MULTIPLY,
            new Type.TimeInterval(),
            time(Duration.ofDays(1)),
            Casts.to(Type.BIGINT, expression))
        : expression;
  }

  /** How many starts of a unit lie between two times. */
  private static Expression boundaries(
      Expression unit, Expression from, Expression to, SqlParserPos position) {
    Type common = CommonType.of(from.type(), to.type());
    if (common == null) {
      throw PlannerErrors.noCommonType(from.type(), to.type(), Positions.of(position));
    }
    Literal known = TimeUnits.unit(unit, position);
    return call(
        ScalarFunction.DATE_DIFF,
        Type.BIGINT,
        known,
        call(ScalarFunction.DATE_TRUNC, common, known, Casts.to(common, from)),
        call(ScalarFunction.DATE_TRUNC, common, known, Casts.to(common, to)));
  }

  /** Times as text and text as times. */
  private static void texts(FunctionList functions) {
    for (String name : List.of("DATE_FORMAT", "FORMAT_TIME")) {
      functions.add(
          name,
          ResultTypes.TEXT,
          family(DATETIME, CHARACTER),
          Translations.as(ScalarFunction.FORMAT_TIME));
    }
    functions.add(
        "STRFTIME",
        ResultTypes.TEXT,
        family(DATETIME, CHARACTER).or(family(CHARACTER, DATETIME)),
        (a, t, p) ->
            a.get(0).type() instanceof Type.Varchar
                ? call(ScalarFunction.STRFTIME, t, a.get(1), a.get(0))
                : call(ScalarFunction.STRFTIME, t, a.get(0), a.get(1)));
    functions.add(
        "TO_CHAR",
        ResultTypes.TEXT,
        family(DATETIME, CHARACTER),
        Translations.as(ScalarFunction.TO_CHAR));
    functions.add(
        "STRPTIME",
        ResultTypes.timestamp(6),
        family(CHARACTER, CHARACTER),
        Translations.as(ScalarFunction.STRPTIME));
    functions.add(
        "TO_TIMESTAMP",
        b ->
            SqlTypeUtil.isNumeric(b.getOperandType(0))
                ? ResultTypes.INSTANT.inferReturnType(b)
                : ResultTypes.timestamp(6).inferReturnType(b),
        ResultTypes.optional(1, CHARACTER, CHARACTER).or(family(NUMERIC)).or(family(DATETIME)),
        TimeFunctions::parsed);
    functions.add(
        "TO_DATE",
        ReturnTypes.DATE_NULLABLE,
        ResultTypes.optional(1, CHARACTER, CHARACTER).or(family(DATETIME)),
        TimeFunctions::parsed);
    functions.add(
        "FROM_UNIXTIME",
        ResultTypes.TEXT,
        ResultTypes.optional(1, INTEGER, CHARACTER),
        (a, t, p) ->
            call(
                ScalarFunction.FORMAT_TIME,
                t,
                call(
                    ScalarFunction.FROM_EPOCH_SECONDS,
                    new Type.ZonedTimestamp(0),
                    Casts.to(Type.BIGINT, a.get(0))),
                a.size() == 2 ? a.get(1) : Translations.text("yyyy-MM-dd HH:mm:ss")));
    functions.add(
        "UNIX_TIMESTAMP",
        ResultTypes.LONG,
        OperandTypes.NILADIC.or(family(DATETIME)).or(ResultTypes.optional(1, CHARACTER, CHARACTER)),
        (a, t, p) ->
            extract(
                Translations.text("EPOCH"),
                a.isEmpty()
                    ? call(ScalarFunction.CURRENT_TIMESTAMP, INSTANT)
                    : Casts.to(INSTANT, a.size() == 2 ? parsed(a, Type.TIMESTAMP, p) : a.get(0)),
                p));
  }

  /** A time out of a number of seconds, a text with or without a pattern, or another time. */
  private static Expression parsed(List<Expression> arguments, Type type, SqlParserPos position) {
    Expression argument = arguments.get(0);
    if (arguments.size() == 2) {
      return call(ScalarFunction.PARSE_TIME, type, argument, arguments.get(1));
    }
    if (!CommonType.isNumber(argument.type())) {
      return Casts.to(type, argument);
    }
    if (argument.type() instanceof Type.Int) {
      return call(ScalarFunction.FROM_EPOCH_SECONDS, type, Casts.to(Type.BIGINT, argument));
    }
    Expression micros =
        call(
            ScalarFunction.MULTIPLY,
            Type.DOUBLE,
            Casts.to(Type.DOUBLE, argument),
            new Literal(Type.DOUBLE, 1e6));
    return call(ScalarFunction.FROM_EPOCH_MICROS, type, Casts.to(Type.BIGINT, micros));
  }

  /** Parts of times by functions of their own. */
  private static void parts(FunctionList functions) {
    Map<String, String> units =
        Map.ofEntries(
            Map.entry("DAY", "DAY"),
            Map.entry("DAYOFWEEK", "DOW"),
            Map.entry("ISODOW", "ISODOW"),
            Map.entry("WEEKOFYEAR", "WEEK"),
            Map.entry("ISOWEEK", "WEEK"),
            Map.entry("ISOYEAR", "ISOYEAR"),
            Map.entry("CENTURY", "CENTURY"),
            Map.entry("DECADE", "DECADE"),
            Map.entry("MILLENNIUM", "MILLENNIUM"),
            Map.entry("MILLISECOND", "MILLISECOND"),
            Map.entry("MICROSECOND", "MICROSECOND"),
            Map.entry("NANOSECOND", "NANOSECOND"),
            Map.entry("UNIX_SECONDS", "EPOCH"));
    units.forEach(
        (name, unit) ->
            functions.add(
                name,
                ResultTypes.LONG,
                family(DATETIME),
                (a, t, p) -> extract(Translations.text(unit), a.get(0), p)));
    functions.add(
        "DATEPART",
        ResultTypes.LONG,
        family(CHARACTER, DATETIME).or(family(CHARACTER, DATETIME_INTERVAL)),
        (a, t, p) -> extract(a.get(0), a.get(1), p));
    functions.add(
        "WEEKDAY",
        ResultTypes.LONG,
        family(DATETIME),
        (a, t, p) ->
            call(
                ScalarFunction.SUBTRACT,
                Type.BIGINT,
                extract(Translations.text("ISODOW"), a.get(0), p),
                new Literal(Type.BIGINT, 1L)));
    functions.add(
        "EPOCH_MS",
        b -> since(b, 3),
        family(DATETIME).or(family(INTEGER)),
        (a, t, p) ->
            a.get(0).type() instanceof Type.Int
                ? call(ScalarFunction.FROM_EPOCH_MILLIS, t, Casts.to(Type.BIGINT, a.get(0)))
                : sinceEpoch("MILLISECOND", a.get(0)));
    for (String name : List.of("EPOCH_US", "UNIX_MICROS")) {
      functions.add(
          name,
          ResultTypes.LONG,
          family(DATETIME),
          (a, t, p) -> sinceEpoch("MICROSECOND", a.get(0)));
    }
    functions.add(
        "EPOCH_NS",
        ResultTypes.LONG,
        family(DATETIME),
        (a, t, p) -> sinceEpoch("NANOSECOND", a.get(0)));
    functions.add(
        AS_NUMBER,
        b ->
            isTime(b.getOperandType(0))
                ? RelTypes.toRel(b.getTypeFactory(), Type.BIGINT, b.getOperandType(0).isNullable())
                : b.getOperandType(0),
        family(SqlTypeFamily.ANY),
        (a, t, p) -> isTime(a.get(0).type()) ? micros(a.get(0)) : a.get(0));
    functions.add(
        AS_TIME,
        b ->
            isTime(b.getOperandType(1))
                ? RelTypes.toRel(b.getTypeFactory(), new Type.Timestamp(6), true)
                : b.getOperandType(0),
        family(SqlTypeFamily.ANY, SqlTypeFamily.ANY),
        (a, t, p) -> isTime(a.get(1).type()) ? time(a.get(0), t) : a.get(0));
    functions.add(
        "UNIX_MILLIS",
        ResultTypes.LONG,
        family(DATETIME),
        (a, t, p) -> sinceEpoch("MILLISECOND", a.get(0)));
  }

  private static RelDataType since(SqlOperatorBinding binding, int precision) {
    SqlReturnTypeInference type =
        SqlTypeUtil.isDatetime(binding.getOperandType(0))
            ? ResultTypes.LONG
            : ResultTypes.timestamp(precision);
    return Objects.requireNonNull(type.inferReturnType(binding));
  }

  /** As {@code time + interval}, or a time and days. */
  private static RelDataType shifted(SqlOperatorBinding binding) {
    RelDataType time = binding.getOperandType(0);
    return Arithmetic.shifted(time, binding, 1, ResultTypes.anyNullable(binding));
  }

  /** Microseconds since 1970, of a time. */
  static Expression micros(Expression time) {
    return sinceEpoch("MICROSECOND", time);
  }

  /** The time that is as many microseconds, a DOUBLE, from 1970. */
  static Expression time(Expression micros, Type type) {
    return call(
        ScalarFunction.FROM_EPOCH_MICROS,
        type,
        Casts.to(Type.BIGINT, call(ScalarFunction.ROUND, Type.DOUBLE, micros)));
  }

  private static Expression sinceEpoch(String unit, Expression time) {
    boolean isInstant = time.type() instanceof Type.ZonedTimestamp;
    if (unit.equals("NANOSECOND") && time.type() instanceof Type.Timestamp) {
      // Of all nine digits.
      Type exact = new Type.Timestamp(9);
      return call(
          ScalarFunction.DATE_DIFF,
          Type.BIGINT,
          new Literal(Type.VARCHAR, unit),
          new Literal(exact, LocalDateTime.of(1970, 1, 1, 0, 0)),
          Casts.to(exact, time));
    }
    Expression since =
        isInstant
            ? Casts.to(INSTANT, time)
            : time.type() instanceof Type.Date || time.type() instanceof Type.Timestamp
                ? Casts.to(Type.TIMESTAMP, time)
                : time;
    return call(
        ScalarFunction.DATE_DIFF,
        Type.BIGINT,
        new Literal(Type.VARCHAR, unit),
        isInstant
            ? new Literal(INSTANT, Instant.EPOCH)
            : new Literal(Type.TIMESTAMP, LocalDateTime.of(1970, 1, 1, 0, 0)),
        since);
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
    String unit = String.valueOf(((Literal) TimeUnits.unit(arguments.get(0), position)).value());
    Expression count = Casts.to(Type.BIGINT, arguments.get(1));
    Literal one = oneOf(unit, position);
    Expression interval = call(ScalarFunction.MULTIPLY, one.type(), one, count);
    Expression time = Casts.to(type, arguments.get(2));
    boolean ofDays = "DAY".equals(unit) || "WEEK".equals(unit);
    return ofDays && type instanceof Type.ZonedTimestamp
        ? Clocks.plusDays(ScalarFunction.ADD, time, interval, true)
        : call(ScalarFunction.ADD, type, time, interval);
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
