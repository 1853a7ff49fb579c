package dev.tidemill.planner.logical;

import static dev.tidemill.planner.logical.Expressions.call;

import dev.tidemill.foundation.format.TimeZones;
import dev.tidemill.foundation.format.ValueParser;
import dev.tidemill.foundation.type.TimeUnits;
import dev.tidemill.foundation.type.Type;
import dev.tidemill.plan.expression.Call;
import dev.tidemill.plan.expression.Cast;
import dev.tidemill.plan.expression.Expression;
import dev.tidemill.plan.expression.Literal;
import dev.tidemill.plan.function.ScalarFunction;
import java.time.Duration;
import java.time.Instant;
import java.time.LocalDate;
import java.time.LocalDateTime;
import java.time.ZoneId;
import java.util.ArrayList;
import java.util.List;
import java.util.Set;
import org.jspecify.annotations.Nullable;

/**
 * The clocks that a query goes by: what it does with instants (TIMESTAMP WITH LOCAL TIME ZONE) is
 * done with what the clocks of its time zone show, so that casts alone know of zones.
 *
 * <pre>
 *   EXTRACT(DAY FROM x)        EXTRACT(DAY FROM CAST(x AS TIMESTAMP, zone))
 *   DATE_TRUNC('day', x)       CAST(DATE_TRUNC('day', CAST(x AS TIMESTAMP, zone)) AS TIMESTAMP WITH LOCAL TIME ZONE, zone)
 *   x + INTERVAL '1' MONTH     likewise; hours and less are added to the instant
 *   CURRENT_DATE               CAST(CURRENT_TIMESTAMP AS DATE, zone)
 * </pre>
 *
 * <p>Casts that have a zone already, as those of AT TIME ZONE and of views, keep it. In UTC nothing
 * is rewritten but constants. One query's; it remembers whether the zone mattered.
 */
public final class Clocks {
  private static final Duration DAY = Duration.ofDays(1);

  /** Units whose bounds are those of days and more of them. */
  private static final Set<String> DAYS_AND_MORE =
      Set.of(
          "DAY", "WEEK", "MONTH", "QUARTER", "YEAR", "ISOYEAR", "DECADE", "CENTURY", "MILLENNIUM");

  /** Years in which every precision can say every instant. */
  private static final int FIRST_SAFE_YEAR = 1700;

  private static final int LAST_SAFE_YEAR = 2200;

  private final ZoneId zone;
  private final @Nullable String name;
  private boolean used;

  private Clocks(ZoneId zone, @Nullable String name) {
    this.zone = zone;
    this.name = name;
  }

  /** The clocks of a zone. */
  public static Clocks of(ZoneId zone) {
    return new Clocks(zone, TimeZones.isUtc(zone) ? null : zone.getId());
  }

  /**
   * The clocks of a zone that is kept by its name, in something that queries of other zones use.
   *
   * @param kept null for UTC
   */
  public static Clocks kept(@Nullable String kept) {
    ZoneId zone = kept == null ? TimeZones.UTC : TimeZones.find(kept);
    return zone == null ? new Clocks(TimeZones.UTC, kept) : of(zone);
  }

  /** The zone, where it is not UTC and something went by it; else null. */
  public @Nullable String used() {
    return used ? name : null;
  }

  /** Names these clocks' zone wherever an expression goes by them. */
  public Expression settle(Expression expression) {
    return concerns(expression) ? settled(expression) : expression;
  }

  public List<Expression> settle(List<Expression> expressions) {
    return expressions.stream().map(this::settle).toList();
  }

  /** Whether there is an instant in it anywhere, or the time of day. */
  private static boolean concerns(Expression expression) {
    boolean here =
        hasInstant(expression.type())
            || expression instanceof Call call
                && switch (call.function()) {
                  case CURRENT_DATE, CURRENT_TIME, CURRENT_TIMESTAMP -> true;
                  default -> false;
                };
    return here || expression.operands().stream().anyMatch(Clocks::concerns);
  }

  private Expression settled(Expression expression) {
    Expression inner = Expressions.withOperands(expression, this::settled);
    return switch (inner) {
      case Cast cast when cast.zone() == null -> cast(cast);
      case Call call -> name == null ? call : lowered(call);
      default -> inner;
    };
  }

  private Expression cast(Cast cast) {
    if (!goesByClocks(cast.operand().type(), cast.type())) {
      return cast;
    }
    if (name == null && daysAdded(cast) instanceof Expression plain) {
      return plain;
    }
    used |= name != null;
    return folded(name == null ? cast : cast.in(name), zone);
  }

  /** In UTC a day more is 24 hours more: the sum that {@link #plusDays} took apart, whole again. */
  private static @Nullable Expression daysAdded(Cast cast) {
    if (cast.type() instanceof Type.ZonedTimestamp type
        && cast.operand() instanceof Call sum
        && (sum.function() == ScalarFunction.ADD || sum.function() == ScalarFunction.SUBTRACT)
        && sum.arguments().get(1).type() instanceof Type.TimeInterval
        && sum.arguments().get(0) instanceof Cast local
        && local.zone() == null
        && local.operand().type().equals(type)) {
      return new Call(
          sum.function(), List.of(local.operand(), sum.arguments().get(1)), type, sum.position());
    }
    return null;
  }

  private static boolean goesByClocks(Type from, Type to) {
    return hasInstant(from) != hasInstant(to);
  }

  private static boolean hasInstant(Type type) {
    return switch (type) {
      case Type.ZonedTimestamp t -> true;
      case Type.Array t -> hasInstant(t.element());
      case Type.MapType t -> hasInstant(t.key()) || hasInstant(t.value());
      case Type.Row t -> t.fields().stream().anyMatch(f -> hasInstant(f.type()));
      default -> false;
    };
  }

  /** {@code x AT TIME ZONE zone}: what the clocks there show, or when they show it. */
  public static Expression atZone(Expression time, ZoneId zone) {
    Type type =
        time.type() instanceof Type.ZonedTimestamp t
            ? new Type.Timestamp(t.precision())
            : new Type.ZonedTimestamp(((Type.Timestamp) time.type()).precision());
    return folded(new Cast(time, type, false).in(zone.getId()), zone);
  }

  /** The cast, or its value where it is that of a constant. */
  private static Expression folded(Cast cast, ZoneId zone) {
    Object value = cast.operand() instanceof Literal literal ? literal.value() : null;
    Object folded =
        switch (cast.type()) {
          case Type.ZonedTimestamp t ->
              switch (value) {
                case String text -> ValueParser.ofCasts(zone).parseObject(t, text);
                case LocalDate date -> instant(date.atStartOfDay(), t, zone);
                case LocalDateTime time
                    when ((Literal) cast.operand()).type() instanceof Type.Timestamp from
                        && from.precision() <= t.precision() ->
                    instant(time, t, zone);
                case null, default -> null;
              };
          case Type.Timestamp t ->
              value instanceof Instant instant
                      && ((Literal) cast.operand()).type() instanceof Type.ZonedTimestamp from
                      && from.precision() <= t.precision()
                      && isSafe(instant.atZone(zone).getYear())
                  ? LocalDateTime.ofInstant(instant, zone)
                  : null;
          default -> null;
        };
    return folded == null ? cast : new Literal(cast.type(), folded);
  }

  private static @Nullable Instant instant(
      LocalDateTime time, Type.ZonedTimestamp type, ZoneId zone) {
    return isSafe(time.getYear()) ? time.atZone(zone).toInstant() : null;
  }

  private static boolean isSafe(int year) {
    return year >= FIRST_SAFE_YEAR && year <= LAST_SAFE_YEAR;
  }

  /** What the clocks show of an instant. */
  private Expression local(Expression instant) {
    Type.ZonedTimestamp type = (Type.ZonedTimestamp) instant.type();
    return cast(new Cast(instant, new Type.Timestamp(type.precision()), false));
  }

  /** The instant at which the clocks show it. */
  private Expression instant(Expression local, Type type) {
    return cast(new Cast(local, type, false));
  }

  private static boolean isInstant(Expression expression) {
    return expression.type() instanceof Type.ZonedTimestamp;
  }

  private Expression lowered(Call call) {
    List<Expression> arguments = call.arguments();
    return switch (call.function()) {
      case CURRENT_DATE, CURRENT_TIME -> instant(now(call), call.type());
      case CURRENT_TIMESTAMP ->
          call.type() instanceof Type.Timestamp ? instant(now(call), call.type()) : call;
      case EXTRACT ->
          isInstant(arguments.get(1)) && !isUnit(call, Set.of("EPOCH"))
              ? with(call, List.of(arguments.get(0), local(arguments.get(1))))
              : call;
      case DATE_TRUNC, DATE_CEIL -> isInstant(arguments.get(1)) ? bounded(call) : call;
      case DATE_DIFF ->
          isInstant(arguments.get(1)) && isUnit(call, DAYS_AND_MORE)
              ? with(
                  call, List.of(arguments.get(0), local(arguments.get(1)), local(arguments.get(2))))
              : call;
      case ADD, SUBTRACT ->
          isInstant(arguments.get(0)) && arguments.get(1).type() instanceof Type.MonthInterval
              ? byClocks(call, 0)
              : call;
      case TIME_BUCKET -> isInstant(arguments.get(1)) && isOfDays(call) ? byClocks(call, 1) : call;
      case LAST_DAY, DAYNAME, MONTHNAME ->
          isInstant(arguments.get(0)) ? with(call, List.of(local(arguments.get(0)))) : call;
      case FORMAT_TIME, STRFTIME, TO_CHAR ->
          isInstant(arguments.get(0)) && arguments.size() == 2
              ? with(call, List.of(arguments.get(0), arguments.get(1), zoneName()))
              : call;
      case PRINTF -> with(call, arguments.stream().map(this::shown).toList());
      default -> call;
    };
  }

  private Expression now(Call call) {
    return new Call(
        ScalarFunction.CURRENT_TIMESTAMP, List.of(), new Type.ZonedTimestamp(6), call.position());
  }

  private static Call with(Call call, List<Expression> arguments) {
    return new Call(call.function(), arguments, call.type(), call.position());
  }

  private Expression zoneName() {
    used = true;
    return new Literal(Type.VARCHAR, name);
  }

  private Expression shown(Expression argument) {
    return hasInstant(argument.type()) ? instant(argument, Type.VARCHAR) : argument;
  }

  /** A call that gives the type of one of its arguments, over what the clocks show of it. */
  private Expression byClocks(Call call, int argument) {
    List<Expression> arguments = new ArrayList<>(call.arguments());
    Expression local = local(arguments.get(argument));
    arguments.set(argument, local);
    return instant(
        new Call(call.function(), arguments, local.type(), call.position()), call.type());
  }

  private static boolean isUnit(Call call, Set<String> units) {
    return call.arguments().get(0) instanceof Literal literal
        && literal.value() instanceof String unit
        && units.contains(unit);
  }

  private static boolean isOfDays(Call bucket) {
    return bucket.arguments().get(0).type() instanceof Type.MonthInterval
        || bucket.arguments().get(0) instanceof Literal width
            && width.value() instanceof Duration duration
            && duration.equals(Duration.ofDays(duration.toDays()));
  }

  /**
   * DATE_TRUNC or DATE_CEIL of an instant. Hours and minutes are those that the clocks show, since
   * offsets may have parts of an hour; they keep the instant's offset, so that of two equal hours
   * each has its own beginning.
   */
  private Expression bounded(Call call) {
    if (isUnit(call, DAYS_AND_MORE)) {
      return byClocks(call, 1);
    }
    if (!isUnit(call, Set.of("HOUR", "MINUTE"))) {
      return call;
    }
    boolean up = call.function() == ScalarFunction.DATE_CEIL;
    Expression second =
        with(call, List.of(new Literal(Type.VARCHAR, "SECOND"), call.arguments().get(1)));
    Expression local = local(second);
    Expression bound =
        new Call(
            call.function(),
            List.of(call.arguments().get(0), local),
            local.type(),
            call.position());
    Type span = new Type.TimeInterval();
    return up
        ? call(
            ScalarFunction.ADD,
            call.type(),
            second,
            call(ScalarFunction.TIME_BETWEEN, span, bound, local))
        : call(
            ScalarFunction.SUBTRACT,
            call.type(),
            second,
            call(ScalarFunction.TIME_BETWEEN, span, local, bound));
  }

  /**
   * An instant plus or minus an interval whose whole days are days of the clocks, and whose rest is
   * so much time. Goes by no clocks yet.
   *
   * @param whole whether the interval is one of whole days, whatever the row
   */
  public static Expression plusDays(
      ScalarFunction function, Expression instant, Expression interval, boolean whole) {
    if (interval instanceof Literal literal && literal.value() instanceof Duration duration) {
      long micros = TimeUnits.micros(duration);
      long perDay = TimeUnits.micros(DAY);
      long days = micros / perDay;
      long rest = micros - days * perDay;
      Expression sum = days == 0 ? instant : sum(function, instant, literal(Duration.ofDays(days)));
      return rest == 0 && days != 0
          ? sum
          : call(function, sum.type(), sum, literal(TimeUnits.duration(rest)));
    }
    if (whole) {
      return sum(function, instant, interval);
    }
    Expression days =
        call(
            ScalarFunction.DATE_TRUNC, interval.type(), new Literal(Type.VARCHAR, "DAY"), interval);
    Expression sum = sum(function, instant, days);
    return call(
        function, sum.type(), sum, call(ScalarFunction.SUBTRACT, interval.type(), interval, days));
  }

  private static Literal literal(Duration duration) {
    return new Literal(new Type.TimeInterval(), duration);
  }

  private static Expression sum(ScalarFunction function, Expression instant, Expression days) {
    Type.ZonedTimestamp type = (Type.ZonedTimestamp) instant.type();
    Type.Timestamp shown = new Type.Timestamp(type.precision());
    return new Cast(call(function, shown, new Cast(instant, shown, false), days), type, false);
  }
}
