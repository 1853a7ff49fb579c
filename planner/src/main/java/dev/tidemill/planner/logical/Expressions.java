package dev.tidemill.planner.logical;

import dev.tidemill.foundation.error.SourcePosition;
import dev.tidemill.foundation.type.Type;
import dev.tidemill.plan.expression.And;
import dev.tidemill.plan.expression.Call;
import dev.tidemill.plan.expression.Case;
import dev.tidemill.plan.expression.Cast;
import dev.tidemill.plan.expression.ColumnReference;
import dev.tidemill.plan.expression.Expression;
import dev.tidemill.plan.expression.FieldAccess;
import dev.tidemill.plan.expression.InList;
import dev.tidemill.plan.expression.LambdaCall;
import dev.tidemill.plan.expression.LambdaParameter;
import dev.tidemill.plan.expression.Literal;
import dev.tidemill.plan.expression.Or;
import dev.tidemill.plan.expression.Parameter;
import dev.tidemill.plan.expression.UserCall;
import dev.tidemill.plan.function.ScalarFunction;
import java.util.ArrayList;
import java.util.BitSet;
import java.util.Collection;
import java.util.List;
import java.util.Map;
import java.util.function.Function;
import org.jspecify.annotations.Nullable;

/** What one does with expressions: build, take apart, look into, rewrite. */
public final class Expressions {
  private Expressions() {}

  public static Expression call(ScalarFunction function, Type type, Expression... arguments) {
    return new Call(function, List.of(arguments), type);
  }

  public static Expression equal(Expression left, Expression right) {
    return call(ScalarFunction.EQUAL, Type.BOOLEAN, left, right);
  }

  public static Expression not(Expression operand) {
    return call(ScalarFunction.NOT, Type.BOOLEAN, operand);
  }

  public static Expression isNull(Expression operand) {
    return call(ScalarFunction.IS_NULL, Type.BOOLEAN, operand);
  }

  public static Expression isNotNull(Expression operand) {
    return call(ScalarFunction.IS_NOT_NULL, Type.BOOLEAN, operand);
  }

  /** The conjunction: TRUE of none. */
  public static Expression and(List<Expression> operands) {
    return switch (operands.size()) {
      case 0 -> Literal.TRUE;
      case 1 -> operands.get(0);
      default -> new And(operands);
    };
  }

  /** The disjunction: FALSE of none. */
  public static Expression or(List<Expression> operands) {
    return switch (operands.size()) {
      case 0 -> Literal.FALSE;
      case 1 -> operands.get(0);
      default -> new Or(operands);
    };
  }

  /** The conjuncts of {@code condition}, nested ANDs opened, without TRUE. */
  public static List<Expression> conjuncts(Expression condition) {
    List<Expression> conjuncts = new ArrayList<>();
    addConjuncts(condition, conjuncts);
    return conjuncts;
  }

  private static void addConjuncts(Expression condition, List<Expression> conjuncts) {
    if (condition instanceof And and) {
      and.operands().forEach(o -> addConjuncts(o, conjuncts));
    } else if (!condition.equals(Literal.TRUE)) {
      conjuncts.add(condition);
    }
  }

  /** The ids of the fields that {@code expression} refers to. */
  public static BitSet references(Expression expression) {
    BitSet ids = new BitSet();
    addReferences(expression, ids);
    return ids;
  }

  public static BitSet references(Collection<? extends Expression> expressions) {
    BitSet ids = new BitSet();
    expressions.forEach(e -> addReferences(e, ids));
    return ids;
  }

  public static void addReferences(Expression expression, BitSet ids) {
    if (expression instanceof ColumnReference column) {
      ids.set(column.index());
    } else {
      expression.operands().forEach(o -> addReferences(o, ids));
    }
  }

  /** Whether every field that {@code expression} refers to is in {@code ids}. */
  public static boolean within(Expression expression, BitSet ids) {
    if (expression instanceof ColumnReference column) {
      return ids.get(column.index());
    }
    for (Expression operand : expression.operands()) {
      if (!within(operand, ids)) {
        return false;
      }
    }
    return true;
  }

  public static boolean refersToAny(Expression expression, BitSet ids) {
    return references(expression).intersects(ids);
  }

  /** The expression with fields replaced; those not in the map stay. */
  public static Expression substitute(
      Expression expression, Map<Integer, ? extends Expression> replacements) {
    if (replacements.isEmpty()) {
      return expression;
    }
    return rewrite(
        expression,
        e -> e instanceof ColumnReference column ? replacements.get(column.index()) : null);
  }

  public static List<Expression> substitute(
      List<Expression> expressions, Map<Integer, ? extends Expression> replacements) {
    return expressions.stream().map(e -> substitute(e, replacements)).toList();
  }

  /** Rewrites from the top: where {@code change} gives null, the operands are looked at. */
  public static Expression rewrite(
      Expression expression, Function<Expression, @Nullable Expression> change) {
    Expression changed = change.apply(expression);
    return changed != null ? changed : withOperands(expression, o -> rewrite(o, change));
  }

  /** The same expression over other operands. */
  public static Expression withOperands(
      Expression expression, Function<Expression, Expression> change) {
    return switch (expression) {
      case ColumnReference e -> e;
      case Literal e -> e;
      case Parameter e -> e;
      case Call e -> new Call(e.function(), each(e.arguments(), change), e.type(), e.position());
      case UserCall e ->
          new UserCall(e.method(), each(e.arguments(), change), e.type(), e.position());
      case Cast e -> e.of(change.apply(e.operand()));
      case Case e -> {
        List<Case.When> branches = new ArrayList<>();
        for (Case.When branch : e.branches()) {
          branches.add(
              new Case.When(change.apply(branch.condition()), change.apply(branch.value())));
        }
        yield new Case(branches, change.apply(e.otherwise()), e.type());
      }
      case And e -> and(each(e.operands(), change));
      case Or e -> or(each(e.operands(), change));
      case InList e -> new InList(change.apply(e.operand()), e.values());
      case FieldAccess e -> new FieldAccess(change.apply(e.row()), e.field(), e.type());
      case LambdaCall e -> e.of(each(e.arguments(), change), change.apply(e.body()));
      case LambdaParameter e -> e;
    };
  }

  /** The expression with a position where it and what it is made of have none. */
  public static Expression placed(Expression expression, SourcePosition position) {
    return switch (expression) {
      case Call e ->
          e.position() != null
              ? e
              : new Call(
                  e.function(), each(e.arguments(), a -> placed(a, position)), e.type(), position);
      case UserCall e ->
          e.position() != null
              ? e
              : new UserCall(
                  e.method(), each(e.arguments(), a -> placed(a, position)), e.type(), position);
      case Cast e -> e.position() != null ? e : e.of(placed(e.operand(), position)).at(position);
      case LambdaCall e ->
          e.position() != null
              ? e
              : e.of(each(e.arguments(), a -> placed(a, position)), placed(e.body(), position))
                  .at(position);
      default -> withOperands(expression, o -> placed(o, position));
    };
  }

  private static List<Expression> each(
      List<Expression> operands, Function<Expression, Expression> change) {
    List<Expression> changed = new ArrayList<>(operands.size());
    operands.forEach(o -> changed.add(change.apply(o)));
    return changed;
  }

  /** Whether two evaluations over the same row may differ. */
  public static boolean isVolatile(Expression expression) {
    if (expression instanceof Call call && call.function().isVolatile()) {
      return true;
    }
    if (expression instanceof UserCall call && !call.method().deterministic()) {
      return true;
    }
    return expression.operands().stream().anyMatch(Expressions::isVolatile);
  }

  /** Whether the expression can be NULL, fields being as {@code nullable} (by id) says. */
  public static boolean nullable(Expression expression, BitSet nullable) {
    return switch (expression) {
      case ColumnReference e -> nullable.get(e.index());
      case Literal e -> e.isNull();
      case Parameter e -> true;
      case Call e ->
          switch (e.function()) {
            case IS_NULL,
                IS_NOT_NULL,
                IS_TRUE,
                IS_NOT_TRUE,
                IS_FALSE,
                IS_NOT_FALSE,
                IS_DISTINCT,
                IS_NOT_DISTINCT ->
                false;
            case CONCAT_WS -> nullable(e.arguments().get(0), nullable);
            case TO_JSON, JSON_OBJECT, JSON_ARRAY -> false;
            case GREATEST, LEAST -> e.arguments().stream().allMatch(a -> nullable(a, nullable));
            case PRINTF -> nullable(e.arguments().get(0), nullable);
            case REGEXP_EXTRACT,
                ITEM,
                ARRAY_POSITION,
                ARRAY_MIN,
                ARRAY_MAX,
                ARRAY_SUM,
                TRY,
                JSON_VALUE,
                JSON_QUERY,
                JSON_EXTRACT,
                JSON_EXTRACT_STRING,
                JSON_EXISTS,
                JSON_TYPE,
                JSON_KEYS,
                JSON_MERGE_PATCH,
                JSON_ARRAY_LENGTH ->
                true;
            case ARRAY, MAP, ROW -> false;
            default -> any(e.arguments(), nullable);
          };
      case UserCall e -> {
        boolean result = e.method().givesNulls();
        for (int i = 0; !result && i < e.arguments().size(); i++) {
          result = e.method().requires(i) && nullable(e.arguments().get(i), nullable);
        }
        yield result;
      }
      case Cast e -> e.nullOnFailure() || nullable(e.operand(), nullable);
      case Case e ->
          nullable(e.otherwise(), nullable)
              || e.branches().stream().anyMatch(b -> nullable(b.value(), nullable));
      case And e -> any(e.operands(), nullable);
      case Or e -> any(e.operands(), nullable);
      case InList e -> nullable(e.operand(), nullable);
      case FieldAccess e -> true;
      case LambdaCall e ->
          e.function() == LambdaCall.LambdaFunction.REDUCE
              || nullable(e.arguments().get(0), nullable);
      case LambdaParameter e -> true;
    };
  }

  private static boolean any(List<Expression> operands, BitSet nullable) {
    for (Expression operand : operands) {
      if (nullable(operand, nullable)) {
        return true;
      }
    }
    return false;
  }

  /**
   * Whether {@code condition} cannot be TRUE where all of {@code fields} are NULL: then rows that
   * an outer join made up do not pass it. May say no where the answer is yes.
   */
  public static boolean rejectsNulls(Expression condition, BitSet fields) {
    return switch (condition) {
      case And e -> e.operands().stream().anyMatch(o -> rejectsNulls(o, fields));
      case Or e -> e.operands().stream().allMatch(o -> rejectsNulls(o, fields));
      case Call e ->
          switch (e.function()) {
            case IS_NOT_NULL, IS_TRUE, IS_FALSE -> isNullWith(e.arguments().get(0), fields);
            case IS_NULL, IS_NOT_TRUE, IS_NOT_FALSE, IS_DISTINCT, IS_NOT_DISTINCT -> false;
            default -> isNullWith(e, fields);
          };
      default -> isNullWith(condition, fields);
    };
  }

  /** Whether the expression is NULL for sure where all of {@code fields} are. */
  public static boolean isNullWith(Expression expression, BitSet fields) {
    return switch (expression) {
      case ColumnReference e -> fields.get(e.index());
      case Literal e -> e.isNull();
      case Parameter e -> false;
      case Call e ->
          switch (e.function()) {
            case IS_NULL,
                IS_NOT_NULL,
                IS_TRUE,
                IS_NOT_TRUE,
                IS_FALSE,
                IS_NOT_FALSE,
                IS_DISTINCT,
                IS_NOT_DISTINCT,
                ARRAY,
                MAP,
                ROW ->
                false;
            case CONCAT_WS, PRINTF -> isNullWith(e.arguments().get(0), fields);
            case TO_JSON, JSON_OBJECT, JSON_ARRAY, TRY -> false;
            case GREATEST, LEAST -> e.arguments().stream().allMatch(a -> isNullWith(a, fields));
            default -> e.arguments().stream().anyMatch(a -> isNullWith(a, fields));
          };
      case UserCall e -> {
        boolean result = false;
        for (int i = 0; !result && i < e.arguments().size(); i++) {
          result = e.method().requires(i) && isNullWith(e.arguments().get(i), fields);
        }
        yield result;
      }
      case Cast e -> isNullWith(e.operand(), fields);
      case Case e -> false;
      case And e -> e.operands().stream().allMatch(o -> isNullWith(o, fields));
      case Or e -> e.operands().stream().allMatch(o -> isNullWith(o, fields));
      case InList e -> isNullWith(e.operand(), fields);
      case FieldAccess e -> isNullWith(e.row(), fields);
      case LambdaCall e -> isNullWith(e.arguments().get(0), fields);
      case LambdaParameter e -> false;
    };
  }
}
