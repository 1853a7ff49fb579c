package dev.tidemill.planner.delta;

import dev.tidemill.foundation.type.Type;
import dev.tidemill.plan.batch.BatchPlan;
import dev.tidemill.plan.batch.FilterPlan;
import dev.tidemill.plan.batch.HashJoinPlan;
import dev.tidemill.plan.batch.MatchPlan;
import dev.tidemill.plan.batch.NestedLoopJoinPlan;
import dev.tidemill.plan.batch.ProjectPlan;
import dev.tidemill.plan.batch.ScanPlan;
import dev.tidemill.plan.delta.TimeFilterPlan.Condition;
import dev.tidemill.plan.delta.TimeFilterPlan.Relation;
import dev.tidemill.plan.expression.And;
import dev.tidemill.plan.expression.Call;
import dev.tidemill.plan.expression.Cast;
import dev.tidemill.plan.expression.Expression;
import dev.tidemill.plan.expression.Literal;
import dev.tidemill.plan.function.ScalarFunction;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.atomic.AtomicBoolean;
import org.jspecify.annotations.Nullable;

/**
 * A condition that goes by the clock, taken apart.
 *
 * @param plain the conjuncts that do not
 * @param timed those that compare a row's time with the clock
 */
record ClockConditions(List<Expression> plain, List<Condition> timed) {
  /** The condition, or null where something in it goes by the clock otherwise. */
  static @Nullable ClockConditions of(Expression condition) {
    List<Expression> plain = new ArrayList<>();
    List<Condition> timed = new ArrayList<>();
    for (Expression part : condition instanceof And and ? and.operands() : List.of(condition)) {
      if (!goesByClock(part)) {
        plain.add(part);
      } else if (!(part instanceof Call call) || !collect(call, timed)) {
        return null;
      }
    }
    return new ClockConditions(plain, timed);
  }

  static boolean goesByClock(Expression expression) {
    AtomicBoolean found = new AtomicBoolean();
    ExpressionColumns.walk(
        expression,
        part -> {
          if (part instanceof Call call) {
            switch (call.function()) {
              case CURRENT_DATE, CURRENT_TIME, CURRENT_TIMESTAMP -> found.set(true);
              default -> {}
            }
          }
        });
    return found.get();
  }

  /** Whether a node itself goes by the clock. */
  static boolean goesByClock(BatchPlan plan) {
    return expressions(plan).stream().anyMatch(ClockConditions::goesByClock);
  }

  /** Whether something in a plan does. */
  static boolean isWithin(BatchPlan plan) {
    return goesByClock(plan) || plan.inputs().stream().anyMatch(ClockConditions::isWithin);
  }

  /** The expressions of a node, over its inputs. */
  static List<Expression> expressions(BatchPlan plan) {
    return switch (plan) {
      case ScanPlan scan -> scan.filters();
      case FilterPlan filter -> List.of(filter.condition());
      case ProjectPlan project -> project.expressions();
      case MatchPlan match -> {
        List<Expression> all = new ArrayList<>(match.conditions());
        all.addAll(match.measures());
        yield all;
      }
      case HashJoinPlan join -> orNone(join.residual());
      case NestedLoopJoinPlan join -> orNone(join.condition());
      default -> List.of();
    };
  }

  private static List<Expression> orNone(@Nullable Expression expression) {
    return expression == null ? List.of() : List.of(expression);
  }

  private static boolean collect(Call comparison, List<Condition> timed) {
    List<Relation> relations =
        switch (comparison.function()) {
          case LESS -> List.of(Relation.BEFORE);
          case LESS_OR_EQUAL -> List.of(Relation.NOT_AFTER);
          case GREATER -> List.of(Relation.AFTER);
          case GREATER_OR_EQUAL -> List.of(Relation.NOT_BEFORE);
          case EQUAL -> List.of(Relation.NOT_BEFORE, Relation.NOT_AFTER);
          default -> List.of();
        };
    if (relations.isEmpty()) {
      return false;
    }
    Expression left = comparison.arguments().get(0);
    Expression right = comparison.arguments().get(1);
    boolean isTurned = goesByClock(left) && !(left.type() instanceof Type.TimeInterval);
    Expression time = isTurned ? right : left;
    Expression clock = isTurned ? left : right;
    if (left.type() instanceof Type.TimeInterval) {
      return age(left, right, relations, timed);
    }
    if (goesByClock(time) || !neverGoesBack(clock) || !clock.type().equals(time.type())) {
      return false;
    }
    for (Relation relation : relations) {
      timed.add(new Condition(time, clock, isTurned ? turned(relation) : relation));
    }
    return true;
  }

  /** {@code clock - time < length}, that is {@code time > clock - length}. */
  private static boolean age(
      Expression age, Expression length, List<Relation> relations, List<Condition> timed) {
    if (!(age instanceof Call call)
        || call.function() != ScalarFunction.TIME_BETWEEN
        || !(length instanceof Literal literal)
        || !(literal.value() instanceof Duration)) {
      return false;
    }
    Expression clock = call.arguments().get(0);
    Expression time = call.arguments().get(1);
    if (goesByClock(time) || !neverGoesBack(clock) || !clock.type().equals(time.type())) {
      return false;
    }
    Expression before =
        new Call(ScalarFunction.SUBTRACT, List.of(clock, length), clock.type(), call.position());
    relations.forEach(relation -> timed.add(new Condition(time, before, turned(relation))));
    return true;
  }

  private static Relation turned(Relation relation) {
    return switch (relation) {
      case BEFORE -> Relation.AFTER;
      case NOT_AFTER -> Relation.NOT_BEFORE;
      case AFTER -> Relation.BEFORE;
      case NOT_BEFORE -> Relation.NOT_AFTER;
    };
  }

  /**
   * Whether the value of an expression without columns never becomes less as time passes: not so
   * where clocks are put back, nor a month before a time (of 30 and 31 March it is the same day).
   */
  private static boolean neverGoesBack(Expression expression) {
    if (!isTime(expression.type())) {
      return false;
    }
    return switch (expression) {
      case Cast cast -> cast.zone() == null && neverGoesBack(cast.operand());
      case Call call ->
          switch (call.function()) {
            case CURRENT_TIMESTAMP, CURRENT_DATE -> true;
            case ADD, SUBTRACT ->
                call.arguments().get(1) instanceof Literal by
                    && by.value() instanceof Duration
                    && neverGoesBack(call.arguments().get(0));
            case DATE_TRUNC ->
                call.arguments().get(0) instanceof Literal
                    && neverGoesBack(call.arguments().get(1));
            default -> false;
          };
      default -> false;
    };
  }

  private static boolean isTime(Type type) {
    return type instanceof Type.Timestamp
        || type instanceof Type.ZonedTimestamp
        || type instanceof Type.Date;
  }
}
