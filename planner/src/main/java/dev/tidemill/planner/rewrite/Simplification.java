package dev.tidemill.planner.rewrite;

import dev.tidemill.foundation.type.TimeUnits;
import dev.tidemill.foundation.type.Type;
import dev.tidemill.plan.expression.And;
import dev.tidemill.plan.expression.Call;
import dev.tidemill.plan.expression.Case;
import dev.tidemill.plan.expression.Cast;
import dev.tidemill.plan.expression.Expression;
import dev.tidemill.plan.expression.InList;
import dev.tidemill.plan.expression.Literal;
import dev.tidemill.plan.expression.Or;
import dev.tidemill.plan.function.ScalarFunction;
import dev.tidemill.planner.logical.Casts;
import dev.tidemill.planner.logical.Expressions;
import dev.tidemill.planner.logical.Node;
import dev.tidemill.planner.logical.Nodes;
import java.math.BigDecimal;
import java.math.RoundingMode;
import java.time.DateTimeException;
import java.time.Duration;
import java.time.LocalDate;
import java.time.LocalDateTime;
import java.time.Period;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.Set;
import org.jspecify.annotations.Nullable;

/**
 * Expressions made smaller without changing their value, three-valued logic included: constants
 * folded where that is certain to be what exec computes, ANDs and ORs flattened, NOT moved inwards,
 * equalities with constants gathered into IN, and what all branches of an OR have in common taken
 * out of it (TPC-H Q19).
 */
public final class Simplification {
  private Simplification() {}

  /** All expressions of the tree. */
  public static Node simplify(Node node) {
    Node changed = Nodes.mapInputs(node, Simplification::simplify);
    return switch (changed) {
      case Node.Filter n -> {
        List<Expression> conjuncts = conjuncts(n.conjuncts());
        yield conjuncts.isEmpty() ? n.input() : new Node.Filter(n.input(), conjuncts);
      }
      case Node.Extend n ->
          new Node.Extend(
              n.input(),
              n.computed().stream()
                  .map(c -> new Node.Computed(c.field(), simplify(c.expression())))
                  .toList());
      case Node.Match n ->
          new Node.Match(
              n.input(),
              n.partition(),
              n.order(),
              n.pattern(),
              n.conditions().stream().map(Simplification::simplify).toList(),
              n.values(),
              n.measures().stream()
                  .map(m -> new Node.Computed(m.field(), simplify(m.expression())))
                  .toList());
      case Node.Join n ->
          switch (n.kind()) {
            case NULL_AWARE_ANTI, NULL_AWARE_LEFT_MARK -> n;
            default ->
                new Node.Join(n.left(), n.right(), n.kind(), conjuncts(n.conjuncts()), n.mark());
          };
      default -> changed;
    };
  }

  /** Conditions of which only TRUE counts. */
  static List<Expression> conjuncts(List<Expression> conjuncts) {
    Set<Expression> simple = new LinkedHashSet<>();
    for (Expression conjunct : conjuncts) {
      simple.addAll(Expressions.conjuncts(simplify(conjunct)));
    }
    return List.copyOf(simple);
  }

  static Expression simplify(Expression expression) {
    Expression inner = Expressions.withOperands(expression, Simplification::simplify);
    return switch (inner) {
      case And e -> and(e.operands());
      case Or e -> or(e.operands());
      case Call e -> call(e);
      case Case e -> caseOf(e);
      case Cast e when e.operand() instanceof Literal literal && e.zone() == null -> {
        Literal folded = Casts.fold(literal, e.type());
        yield folded == null ? e : folded;
      }
      default -> inner;
    };
  }

  private static Expression and(List<Expression> operands) {
    Set<Expression> flat = new LinkedHashSet<>();
    for (Expression operand : operands) {
      for (Expression part : operand instanceof And and ? and.operands() : List.of(operand)) {
        if (part.equals(Literal.FALSE)) {
          return Literal.FALSE;
        }
        if (!part.equals(Literal.TRUE)) {
          flat.add(part);
        }
      }
    }
    return Expressions.and(List.copyOf(flat));
  }

  private static Expression or(List<Expression> operands) {
    Set<Expression> flat = new LinkedHashSet<>();
    for (Expression operand : operands) {
      for (Expression part : operand instanceof Or or ? or.operands() : List.of(operand)) {
        if (part.equals(Literal.TRUE)) {
          return Literal.TRUE;
        }
        if (!part.equals(Literal.FALSE)) {
          flat.add(part);
        }
      }
    }
    return factored(inLists(List.copyOf(flat)));
  }

  /** {@code a = 1 OR a = 2} as {@code a IN (1, 2)}. */
  private static List<Expression> inLists(List<Expression> branches) {
    Map<Expression, Set<Literal>> values = new LinkedHashMap<>();
    for (Expression branch : branches) {
      if (branch instanceof InList in) {
        values.computeIfAbsent(in.operand(), o -> new LinkedHashSet<>()).addAll(in.values());
      } else if (equalsLiteral(branch) instanceof Call call) {
        values
            .computeIfAbsent(call.arguments().get(0), o -> new LinkedHashSet<>())
            .add((Literal) call.arguments().get(1));
      }
    }
    List<Expression> result = new ArrayList<>();
    Set<Expression> done = new LinkedHashSet<>();
    for (Expression branch : branches) {
      Call call = equalsLiteral(branch);
      Expression operand =
          branch instanceof InList in
              ? in.operand()
              : call == null ? null : call.arguments().get(0);
      Set<Literal> gathered = operand == null ? null : values.get(operand);
      if (operand == null
          || gathered == null
          || gathered.size() < 2
          || Expressions.isVolatile(operand)) {
        result.add(branch);
      } else if (done.add(operand)) {
        result.add(
            new InList(
                operand,
                gathered.stream().map(v -> (Literal) Casts.to(operand.type(), v)).toList()));
      }
    }
    return result;
  }

  /** {@code operand = literal}, turned round if need be, or null. */
  private static @Nullable Call equalsLiteral(Expression expression) {
    if (expression instanceof Call call && call.function() == ScalarFunction.EQUAL) {
      Expression left = call.arguments().get(0);
      Expression right = call.arguments().get(1);
      if (left instanceof Literal && !(right instanceof Literal)) {
        return equalsLiteral(Expressions.equal(right, left));
      }
      if (right instanceof Literal literal
          && !literal.isNull()
          && !(left instanceof Literal)
          && Casts.to(left.type(), literal) instanceof Literal) {
        return call;
      }
    }
    return null;
  }

  /** {@code (a AND b) OR (a AND c)} as {@code a AND (b OR c)}. */
  private static Expression factored(List<Expression> branches) {
    if (branches.size() < 2) {
      return Expressions.or(branches);
    }
    Set<Expression> common = new LinkedHashSet<>(parts(branches.get(0)));
    branches.forEach(b -> common.retainAll(parts(b)));
    common.removeIf(Expressions::isVolatile);
    if (common.isEmpty()) {
      return Expressions.or(branches);
    }
    List<Expression> rest = new ArrayList<>();
    for (Expression branch : branches) {
      List<Expression> left = parts(branch).stream().filter(p -> !common.contains(p)).toList();
      rest.add(Expressions.and(left));
    }
    List<Expression> all = new ArrayList<>(common);
    all.add(or(rest));
    return and(all);
  }

  private static List<Expression> parts(Expression expression) {
    return expression instanceof And and ? and.operands() : List.of(expression);
  }

  private static Expression caseOf(Case expression) {
    List<Case.When> branches = new ArrayList<>();
    for (Case.When branch : expression.branches()) {
      if (branch.condition().equals(Literal.TRUE)) {
        return branches.isEmpty()
            ? branch.value()
            : new Case(branches, branch.value(), expression.type());
      }
      if (!(branch.condition() instanceof Literal)) {
        branches.add(branch);
      }
    }
    return branches.isEmpty()
        ? expression.otherwise()
        : new Case(branches, expression.otherwise(), expression.type());
  }

  private static Expression call(Call call) {
    if (call.function() == ScalarFunction.NOT) {
      return negated(call);
    }
    if (call.arguments().stream().allMatch(a -> a instanceof Literal)
        && !call.arguments().isEmpty()) {
      Literal folded = fold(call);
      return folded == null ? call : folded;
    }
    // A literal stands on the right of a comparison.
    if (call.arguments().size() == 2
        && call.arguments().get(0) instanceof Literal
        && mirrored(call.function()) instanceof ScalarFunction function) {
      return new Call(
          function,
          List.of(call.arguments().get(1), call.arguments().get(0)),
          call.type(),
          call.position());
    }
    return call;
  }

  static @Nullable ScalarFunction mirrored(ScalarFunction function) {
    return switch (function) {
      case EQUAL, NOT_EQUAL, IS_DISTINCT, IS_NOT_DISTINCT -> function;
      case LESS -> ScalarFunction.GREATER;
      case LESS_OR_EQUAL -> ScalarFunction.GREATER_OR_EQUAL;
      case GREATER -> ScalarFunction.LESS;
      case GREATER_OR_EQUAL -> ScalarFunction.LESS_OR_EQUAL;
      default -> null;
    };
  }

  private static Expression negated(Call not) {
    Expression operand = not.arguments().get(0);
    return switch (operand) {
      case Literal e ->
          e.isNull() ? e : Objects.equals(e.value(), true) ? Literal.FALSE : Literal.TRUE;
      case And e -> or(e.operands().stream().map(o -> simplify(Expressions.not(o))).toList());
      case Or e -> and(e.operands().stream().map(o -> simplify(Expressions.not(o))).toList());
      case Call e -> {
        ScalarFunction opposite =
            switch (e.function()) {
              case EQUAL -> ScalarFunction.NOT_EQUAL;
              case NOT_EQUAL -> ScalarFunction.EQUAL;
              case LESS -> ScalarFunction.GREATER_OR_EQUAL;
              case LESS_OR_EQUAL -> ScalarFunction.GREATER;
              case GREATER -> ScalarFunction.LESS_OR_EQUAL;
              case GREATER_OR_EQUAL -> ScalarFunction.LESS;
              case IS_NULL -> ScalarFunction.IS_NOT_NULL;
              case IS_NOT_NULL -> ScalarFunction.IS_NULL;
              case IS_TRUE -> ScalarFunction.IS_NOT_TRUE;
              case IS_NOT_TRUE -> ScalarFunction.IS_TRUE;
              case IS_FALSE -> ScalarFunction.IS_NOT_FALSE;
              case IS_NOT_FALSE -> ScalarFunction.IS_FALSE;
              case IS_DISTINCT -> ScalarFunction.IS_NOT_DISTINCT;
              case IS_NOT_DISTINCT -> ScalarFunction.IS_DISTINCT;
              default -> null;
            };
        if (opposite != null) {
          yield new Call(opposite, e.arguments(), Type.BOOLEAN, e.position());
        }
        yield e.function() == ScalarFunction.NOT ? e.arguments().get(0) : not;
      }
      default -> not;
    };
  }

  /** The value of a call of constants, or null where that is left to exec. */
  private static @Nullable Literal fold(Call call) {
    List<Expression> arguments = call.arguments();
    Object left = ((Literal) arguments.get(0)).value();
    Object right = arguments.size() == 2 ? ((Literal) arguments.get(1)).value() : null;
    switch (call.function()) {
      case IS_NULL -> {
        return left == null ? Literal.TRUE : Literal.FALSE;
      }
      case IS_NOT_NULL -> {
        return left == null ? Literal.FALSE : Literal.TRUE;
      }
      default -> {}
    }
    if (left == null || right == null) {
      return null;
    }
    try {
      return switch (call.function()) {
        case ADD ->
            right instanceof Number
                ? number(call, left, right)
                : shifted(call.type(), left, right, 1);
        case SUBTRACT ->
            right instanceof Number
                ? number(call, left, right)
                : shifted(call.type(), left, right, -1);
        case MULTIPLY -> number(call, left, right);
        case EQUAL, NOT_EQUAL, LESS, LESS_OR_EQUAL, GREATER, GREATER_OR_EQUAL ->
            compared(call.function(), left, right);
        default -> null;
      };
    } catch (ArithmeticException | DateTimeException beyond) {
      return null;
    }
  }

  private static @Nullable Literal number(Call call, Object left, Object right) {
    BigDecimal a = exact(left);
    BigDecimal b = exact(right);
    if (a == null || b == null) {
      return null;
    }
    BigDecimal result =
        switch (call.function()) {
          case ADD -> a.add(b);
          case SUBTRACT -> a.subtract(b);
          default -> a.multiply(b);
        };
    int scale = Math.max(0, result.scale());
    if (scale > Type.MAX_DECIMAL_PRECISION) {
      return null;
    }
    Type own = new Type.Decimal(Type.MAX_DECIMAL_PRECISION, scale);
    return Casts.fold(
        new Literal(own, result.setScale(scale, RoundingMode.UNNECESSARY)), call.type());
  }

  private static @Nullable BigDecimal exact(Object value) {
    return switch (value) {
      case BigDecimal n -> n;
      case Byte n -> BigDecimal.valueOf(n);
      case Short n -> BigDecimal.valueOf(n);
      case Integer n -> BigDecimal.valueOf(n);
      case Long n -> BigDecimal.valueOf(n);
      default -> null;
    };
  }

  private static @Nullable Literal shifted(Type type, Object time, Object interval, int sign) {
    return switch (time) {
      case LocalDate date when interval instanceof Period period ->
          new Literal(type, date.plusMonths(sign * period.toTotalMonths()));
      case LocalDate date when interval instanceof Duration duration && wholeDays(duration) ->
          new Literal(type, date.plusDays(sign * duration.toDays()));
      case LocalDateTime at when interval instanceof Period period ->
          new Literal(type, at.plusMonths(sign * period.toTotalMonths()));
      case LocalDateTime at
          when interval instanceof Duration duration
              && type instanceof Type.Timestamp timestamp
              && duration.getNano() % TimeUnits.nanosPerDigit(timestamp.precision()) == 0 ->
          new Literal(type, sign > 0 ? at.plus(duration) : at.minus(duration));
      default -> null;
    };
  }

  private static boolean wholeDays(Duration duration) {
    return duration.equals(Duration.ofDays(duration.toDays()));
  }

  private static @Nullable Literal compared(ScalarFunction function, Object left, Object right) {
    BigDecimal a = exact(left);
    BigDecimal b = exact(right);
    Integer order =
        a != null && b != null
            ? Integer.valueOf(a.compareTo(b))
            : left instanceof LocalDate x && right instanceof LocalDate y
                ? Integer.valueOf(x.compareTo(y))
                : left instanceof String x && right instanceof String y && isEquality(function)
                    ? Integer.valueOf(x.equals(y) ? 0 : 1)
                    : null;
    if (order == null) {
      return null;
    }
    boolean result =
        switch (function) {
          case EQUAL -> order == 0;
          case NOT_EQUAL -> order != 0;
          case LESS -> order < 0;
          case LESS_OR_EQUAL -> order <= 0;
          case GREATER -> order > 0;
          default -> order >= 0;
        };
    return result ? Literal.TRUE : Literal.FALSE;
  }

  private static boolean isEquality(ScalarFunction function) {
    return function == ScalarFunction.EQUAL || function == ScalarFunction.NOT_EQUAL;
  }
}
