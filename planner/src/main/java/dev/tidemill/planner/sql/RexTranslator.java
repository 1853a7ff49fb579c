package dev.tidemill.planner.sql;

import dev.tidemill.foundation.error.SourcePosition;
import dev.tidemill.foundation.type.Type;
import dev.tidemill.plan.expression.And;
import dev.tidemill.plan.expression.Call;
import dev.tidemill.plan.expression.Case;
import dev.tidemill.plan.expression.Cast;
import dev.tidemill.plan.expression.Expression;
import dev.tidemill.plan.expression.FieldAccess;
import dev.tidemill.plan.expression.LambdaCall;
import dev.tidemill.plan.expression.Literal;
import dev.tidemill.plan.expression.Or;
import dev.tidemill.plan.expression.Parameter;
import dev.tidemill.plan.expression.UserCall;
import dev.tidemill.plan.function.ScalarFunction;
import dev.tidemill.plan.function.user.UserMethod;
import dev.tidemill.planner.error.PlannerErrors;
import dev.tidemill.planner.logical.Casts;
import dev.tidemill.planner.logical.Clocks;
import dev.tidemill.planner.logical.CommonType;
import dev.tidemill.planner.logical.DecimalRules;
import dev.tidemill.planner.logical.Expressions;
import dev.tidemill.planner.logical.Field;
import java.math.BigDecimal;
import java.time.Duration;
import java.time.LocalDate;
import java.time.LocalDateTime;
import java.time.LocalTime;
import java.time.Period;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Set;
import org.apache.calcite.rel.type.RelDataType;
import org.apache.calcite.rel.type.RelDataTypeSystem;
import org.apache.calcite.rex.RexBuilder;
import org.apache.calcite.rex.RexCall;
import org.apache.calcite.rex.RexCorrelVariable;
import org.apache.calcite.rex.RexDynamicParam;
import org.apache.calcite.rex.RexFieldAccess;
import org.apache.calcite.rex.RexInputRef;
import org.apache.calcite.rex.RexLiteral;
import org.apache.calcite.rex.RexNode;
import org.apache.calcite.rex.RexOver;
import org.apache.calcite.rex.RexSubQuery;
import org.apache.calcite.rex.RexUtil;
import org.apache.calcite.sql.SqlKind;
import org.apache.calcite.sql.fun.SqlLikeOperator;
import org.apache.calcite.sql.parser.SqlParserPos;
import org.apache.calcite.sql.type.SqlTypeFactoryImpl;
import org.apache.calcite.sql.type.SqlTypeName;
import org.apache.calcite.util.DateString;
import org.apache.calcite.util.NlsString;
import org.apache.calcite.util.TimeString;
import org.apache.calcite.util.TimestampString;
import org.jspecify.annotations.Nullable;

/** Scalar expressions of Calcite to ours: every cast explicit, every function one that exec has. */
public final class RexTranslator {
  /** What an expression may refer to beyond the row at hand. */
  interface Surroundings {
    /** The field of an outer row. */
    Field outer(RexCorrelVariable variable, int index);

    /** The value of a subquery: an expression over fields that have been joined to the row. */
    Expression subQuery(RexSubQuery query);

    /** The value of a window function: a field that has been added to the row. */
    Expression window(RexOver over);

    /**
     * A call whose value is another each time, made so that all that is written as this one call
     * gets the same value in a row: COALESCE and its like name their operands twice.
     */
    Expression onceARow(Expression call, SqlParserPos position);

    /** Whether positions count in the statement's text, and not in that of a view. */
    boolean isPlaced();

    /** A parameter's value where it is bound, else the parameter. */
    Expression parameter(int index, Type type);
  }

  /** Takes apart what Calcite has folded into a range search. */
  private static final RexBuilder PLAIN =
      new RexBuilder(new SqlTypeFactoryImpl(RelDataTypeSystem.DEFAULT));

  /** Functions that are not NULL just because an argument is. */
  private static final Set<String> TAKING_NULLS =
      Set.of(
          "ARRAY_TO_JSON",
          "CONCAT",
          "CONCAT_WS",
          "DECODE",
          "FORMAT",
          "FORMAT_STRING",
          "GREATEST",
          "HASH",
          "IF",
          "IFNULL",
          "JSON_ARRAY",
          "JSON_OBJECT",
          "LEAST",
          "NVL",
          "NVL2",
          "PRINTF",
          "ROW_TO_JSON",
          "TO_JSON",
          "TRY",
          "TYPEOF");

  private final Surroundings surroundings;

  /** The row at hand; grows while subqueries are joined to it, but never changes at the front. */
  private final List<Field> row;

  /** The values of the parameters of the lambdas around, by their operators' names. */
  private final Map<String, Expression> bound = new HashMap<>();

  private int lambdaParameters;

  RexTranslator(List<Field> row, Surroundings surroundings) {
    this.row = row;
    this.surroundings = surroundings;
  }

  /** An expression over a row and nothing else. */
  public static Expression scalar(SqlCompiler.Scalar scalar, List<Field> row) {
    Surroundings none =
        new Surroundings() {
          @Override
          public Field outer(RexCorrelVariable variable, int index) {
            throw PlannerErrors.unsupported(
                "CORRELATED_EXPRESSION", "a correlated expression here", null);
          }

          @Override
          public Expression subQuery(RexSubQuery query) {
            throw PlannerErrors.unsupported(
                "SUBQUERY", "a subquery here", Positions.of(query.getParserPosition()));
          }

          @Override
          public Expression window(RexOver over) {
            throw PlannerErrors.unsupported(
                "WINDOW_FUNCTION",
                "a window function here",
                Positions.of(over.getParserPosition()));
          }

          @Override
          public Expression onceARow(Expression call, SqlParserPos position) {
            return call;
          }

          @Override
          public boolean isPlaced() {
            return false;
          }

          @Override
          public Expression parameter(int index, Type type) {
            return new Parameter(index, type);
          }
        };
    return new RexTranslator(row, none).translate(scalar.expression());
  }

  Expression translate(RexNode node) {
    return switch (node) {
      case RexInputRef input -> row.get(input.getIndex()).reference();
      case RexLiteral literal -> literal(literal);
      case RexDynamicParam parameter ->
          surroundings.parameter(parameter.getIndex(), type(parameter.getType(), null));
      case RexSubQuery query -> surroundings.subQuery(query);
      case RexOver over -> surroundings.window(over);
      case RexFieldAccess access -> field(access);
      case RexCall call -> placed(rexCall(call), Positions.of(call.getParserPosition()));
      default -> throw PlannerErrors.unsupported("expression " + node.getKind(), null);
    };
  }

  private Expression placed(Expression expression, @Nullable SourcePosition position) {
    return position == null || !surroundings.isPlaced()
        ? expression
        : Expressions.placed(expression, position);
  }

  private List<Expression> translate(List<? extends RexNode> nodes) {
    List<Expression> expressions = new ArrayList<>();
    nodes.forEach(n -> expressions.add(translate(n)));
    return expressions;
  }

  /** Our type, or the refusal of what has none. */
  static Type type(RelDataType type, @Nullable SourcePosition position) {
    Type own = RelTypes.fromRel(type);
    if (own == null) {
      throw PlannerErrors.unsupported("type " + RelTypes.name(type), position);
    }
    return own;
  }

  private Expression field(RexFieldAccess access) {
    int index = access.getField().getIndex();
    if (access.getReferenceExpr() instanceof RexCorrelVariable variable) {
      return surroundings.outer(variable, index).reference();
    }
    Expression of = translate(access.getReferenceExpr());
    if (!(of.type() instanceof Type.Row struct)) {
      throw PlannerErrors.unsupported("field access on " + of.type(), null);
    }
    return new FieldAccess(of, index, struct.fields().get(index).type());
  }

  private Expression literal(RexLiteral literal) {
    if (literal.getTypeName() == SqlTypeName.SYMBOL) {
      return new Literal(Type.VARCHAR, TimeUnits.unitName(String.valueOf(literal.getValue())));
    }
    if (literal.getType().getIntervalQualifier() != null
        && literal.getValue() == null
        && literal.getTypeName() != SqlTypeName.NULL) {
      return new Literal(
          Type.VARCHAR, String.valueOf(literal.getType().getIntervalQualifier().timeUnitRange));
    }
    Type type = type(literal.getType(), null);
    if (literal.isNull()) {
      return Literal.nullOf(type);
    }
    return switch (type) {
      case Type.Bool t -> new Literal(t, literal.getValueAs(Boolean.class));
      case Type.Int t -> number(literal, t);
      case Type.Decimal t -> number(literal, t);
      case Type.Real t -> new Literal(t, literal.getValueAs(Double.class).floatValue());
      case Type.DoubleType t -> new Literal(t, literal.getValueAs(Double.class));
      case Type.Varchar t -> new Literal(t, literal.getValueAs(NlsString.class).getValue());
      case Type.Varbinary t -> new Literal(t, literal.getValueAs(byte[].class));
      case Type.Date t ->
          new Literal(t, LocalDate.parse(literal.getValueAs(DateString.class).toString()));
      case Type.Time t ->
          new Literal(t, LocalTime.parse(literal.getValueAs(TimeString.class).toString()));
      case Type.Timestamp t ->
          new Literal(
              t,
              LocalDateTime.parse(
                  literal.getValueAs(TimestampString.class).toString().replace(' ', 'T')));
      case Type.MonthInterval t ->
          new Literal(t, Period.ofMonths(literal.getValueAs(BigDecimal.class).intValueExact()));
      case Type.TimeInterval t ->
          // Calcite counts milliseconds; what is less is spelled as a CAST.
          new Literal(t, Duration.ofMillis(literal.getValueAs(BigDecimal.class).longValueExact()));
      default -> throw PlannerErrors.unsupported("literal of " + type, null);
    };
  }

  private static Expression number(RexLiteral literal, Type type) {
    BigDecimal value = literal.getValueAs(BigDecimal.class);
    Type own =
        value.scale() <= 0
            ? Type.BIGINT
            : new Type.Decimal(Math.max(value.precision(), value.scale()), value.scale());
    Object object =
        own.equals(Type.BIGINT) && value.precision() <= 18
            ? (Object) value.longValueExact()
            : value;
    Literal folded = Casts.fold(new Literal(own, object), type);
    if (folded == null) {
      throw PlannerErrors.valueInvalid(value.toPlainString() + " does not fit " + type, null);
    }
    return folded;
  }

  private Expression userCall(UserOperator user, RexCall call) {
    SqlParserPos position = call.getParserPosition();
    UserOperator.Bound bound = user.bind(translate(call.getOperands()), position);
    UserMethod method = bound.method();
    for (int i = 0; i < bound.arguments().size(); i++) {
      if (method.requires(i)
          && bound.arguments().get(i) instanceof Literal literal
          && literal.isNull()) {
        return Literal.nullOf(bound.type());
      }
    }
    UserCall translated = new UserCall(method, bound.arguments(), bound.type(), null);
    return method.deterministic()
        ? translated
        : onceARow(translated, call.getOperator().getName(), position);
  }

  private Expression lambdaCall(LambdaOperator lambda, RexCall call) {
    int last = call.getOperands().size() - 1;
    List<Expression> arguments = translate(call.getOperands().subList(0, last));
    Type type = type(call.getType(), Positions.of(call.getParserPosition()));
    if (arguments.get(0).type() instanceof Type.Null) {
      return Literal.nullOf(type);
    }
    int first = lambdaParameters;
    lambdaParameters += LambdaCall.LambdaFunction.REDUCE.parameters();
    Expression translated =
        lambda
            .shape()
            .translate(
                arguments,
                type,
                first,
                values -> {
                  List<String> names =
                      lambda.parameters().stream().map(LambdaOperator.Parameter::getName).toList();
                  for (int i = 0; i < names.size(); i++) {
                    bound.put(names.get(i), values.get(i));
                  }
                  Expression body = translate(call.getOperands().get(last));
                  names.forEach(bound::remove);
                  return body;
                });
    lambdaParameters = first;
    return translated;
  }

  private Expression parameter(LambdaOperator.Parameter parameter, RexCall call) {
    Expression value = bound.get(parameter.getName());
    if (value == null) {
      throw PlannerErrors.unsupported(
          "LAMBDA_PARAMETER",
          parameter.written()
              + ", a parameter of a lambda, within an aggregate or a window function",
          Positions.of(call.getParserPosition()));
    }
    return value;
  }

  private Expression onceARow(Expression call, String function, SqlParserPos position) {
    if (!bound.isEmpty()) {
      throw PlannerErrors.unsupported(
          "LAMBDA_RANDOM", function + " in a lambda", Positions.of(position));
    }
    return surroundings.onceARow(call, position);
  }

  private Expression rexCall(RexCall call) {
    SqlParserPos position = call.getParserPosition();
    if (call.getOperator() instanceof LambdaOperator lambda) {
      return lambdaCall(lambda, call);
    }
    if (call.getOperator() instanceof LambdaOperator.Parameter parameter) {
      return parameter(parameter, call);
    }
    if (call.getOperator() instanceof UserOperator user) {
      return userCall(user, call);
    }
    Functions.Translation translation = Functions.instance().translation(call.getOperator());
    if (translation != null) {
      List<Expression> arguments = translate(call.getOperands());
      Type type = type(call.getType(), Positions.of(position));
      if (isNullOfNull(call.getOperator().getName(), arguments)) {
        return Literal.nullOf(type);
      }
      Expression translated = translation.translate(arguments, type, position);
      return arguments.isEmpty()
              && translated instanceof Call own
              && Expressions.isVolatile(translated)
          ? onceARow(own, call.getOperator().getName(), position)
          : translated;
    }
    return switch (call.getKind()) {
      case AND -> new And(translate(call.getOperands()));
      case OR -> new Or(translate(call.getOperands()));
      case NOT -> Expressions.not(operand(call, 0));
      case IS_NULL, IS_UNKNOWN -> Expressions.isNull(operand(call, 0));
      case IS_NOT_NULL -> Expressions.isNotNull(operand(call, 0));
      case IS_TRUE -> truth(ScalarFunction.IS_TRUE, call);
      case IS_NOT_TRUE -> truth(ScalarFunction.IS_NOT_TRUE, call);
      case IS_FALSE -> truth(ScalarFunction.IS_FALSE, call);
      case IS_NOT_FALSE -> truth(ScalarFunction.IS_NOT_FALSE, call);
      case EQUALS -> compare(ScalarFunction.EQUAL, call);
      case NOT_EQUALS -> compare(ScalarFunction.NOT_EQUAL, call);
      case LESS_THAN -> compare(ScalarFunction.LESS, call);
      case LESS_THAN_OR_EQUAL -> compare(ScalarFunction.LESS_OR_EQUAL, call);
      case GREATER_THAN -> compare(ScalarFunction.GREATER, call);
      case GREATER_THAN_OR_EQUAL -> compare(ScalarFunction.GREATER_OR_EQUAL, call);
      case IS_DISTINCT_FROM -> compare(ScalarFunction.IS_DISTINCT, call);
      case IS_NOT_DISTINCT_FROM -> compare(ScalarFunction.IS_NOT_DISTINCT, call);
      case SEARCH -> translate(RexUtil.expandSearch(PLAIN, null, call));
      case CASE -> caseOf(call);
      case CAST -> cast(call, false);
      case SAFE_CAST -> cast(call, true);
      case COALESCE -> coalesce(call);
      case NULLIF -> nullIf(call);
      case LIKE -> like(call);
      case SIMILAR -> like(call);
      case PLUS, CHECKED_PLUS -> add(call);
      case MINUS, CHECKED_MINUS -> subtract(call);
      case TIMES, CHECKED_TIMES -> multiply(call);
      case DIVIDE, CHECKED_DIVIDE -> divide(call);
      case MOD -> arithmetic(ScalarFunction.MODULO, call, operand(call, 0), operand(call, 1));
      case MINUS_PREFIX, CHECKED_MINUS_PREFIX ->
          type(call) instanceof Type.Null
              ? Literal.nullOf(Type.NULL)
              : Expressions.call(ScalarFunction.NEGATE, type(call), operand(call, 0));
      case PLUS_PREFIX -> operand(call, 0);
      case ARRAY_VALUE_CONSTRUCTOR -> NestedValues.array(translate(call.getOperands()), type(call));
      case MAP_VALUE_CONSTRUCTOR -> NestedValues.map(translate(call.getOperands()), type(call));
      case ROW -> NestedValues.row(translate(call.getOperands()), type(call));
      case ITEM ->
          NestedValues.item(operand(call, 0), operand(call, 1), type(call), Positions.of(position));
      case DOT -> NestedValues.field(operand(call, 0), operand(call, 1), type(call));
      default ->
          throw PlannerErrors.unsupported(
              call.getOperator().getName().isEmpty()
                  ? call.getKind().toString()
                  : call.getOperator().getName(),
              Positions.of(position));
    };
  }

  /** Whether a call has an untyped NULL among its arguments, which makes it NULL. */
  private static boolean isNullOfNull(String function, List<Expression> arguments) {
    return !TAKING_NULLS.contains(function)
        && !CollectionFunctions.TAKING_NULLS.contains(function)
        && arguments.stream().anyMatch(a -> a.type() instanceof Type.Null);
  }

  private Expression operand(RexCall call, int index) {
    return translate(call.getOperands().get(index));
  }

  private static Type type(RexCall call) {
    return type(call.getType(), Positions.of(call.getParserPosition()));
  }

  private Expression truth(ScalarFunction function, RexCall call) {
    return Expressions.call(function, Type.BOOLEAN, operand(call, 0));
  }

  private Expression compare(ScalarFunction function, RexCall call) {
    if (call.getOperands().get(0) instanceof RexCall left
        && call.getOperands().get(1) instanceof RexCall right
        && left.getKind() == SqlKind.ROW
        && right.getKind() == SqlKind.ROW
        && left.getOperands().size() == right.getOperands().size()) {
      return compareRows(
          function,
          translate(left.getOperands()),
          translate(right.getOperands()),
          Positions.of(call.getParserPosition()));
    }
    return compare(
        function, operand(call, 0), operand(call, 1), Positions.of(call.getParserPosition()));
  }

  /** (a, b) < (c, d): by the first values that differ. */
  private static Expression compareRows(
      ScalarFunction function,
      List<Expression> left,
      List<Expression> right,
      @Nullable SourcePosition position) {
    boolean last = left.size() == 1;
    Expression first = compare(function, left.get(0), right.get(0), position);
    if (last) {
      return first;
    }
    Expression rest =
        compareRows(
            function, left.subList(1, left.size()), right.subList(1, right.size()), position);
    return switch (function) {
      case EQUAL, IS_NOT_DISTINCT -> new And(List.of(first, rest));
      case NOT_EQUAL, IS_DISTINCT -> new Or(List.of(first, rest));
      default -> {
        ScalarFunction strictly =
            switch (function) {
              case LESS_OR_EQUAL -> ScalarFunction.LESS;
              case GREATER_OR_EQUAL -> ScalarFunction.GREATER;
              default -> function;
            };
        Expression before = compare(strictly, left.get(0), right.get(0), position);
        Expression equal = compare(ScalarFunction.EQUAL, left.get(0), right.get(0), position);
        yield new Or(List.of(before, new And(List.of(equal, rest))));
      }
    };
  }

  /** A comparison of two values in their common type. */
  static Expression compare(
      ScalarFunction function,
      Expression left,
      Expression right,
      @Nullable SourcePosition position) {
    Type common = CommonType.of(left.type(), right.type());
    if (common == null) {
      throw PlannerErrors.noCommonType(left.type(), right.type(), position);
    }
    if (NestedValues.hasMap(common)) {
      throw PlannerErrors.unsupported("MAP_COMPARISON", "comparison of MAPs", position);
    }
    if (common instanceof Type.Null) {
      common = Type.BOOLEAN;
    }
    return Expressions.call(
        function,
        Type.BOOLEAN,
        Casts.to(comparable(common, left), left),
        Casts.to(comparable(common, right), right));
  }

  /** DECIMALs are comparable where their scales are equal; the precision may stay. */
  private static Type comparable(Type common, Expression operand) {
    return common instanceof Type.Decimal c
            && operand.type() instanceof Type.Decimal o
            && c.scale() == o.scale()
        ? o
        : common;
  }

  private Expression caseOf(RexCall call) {
    Type type = type(call);
    List<Case.When> branches = new ArrayList<>();
    List<RexNode> operands = call.getOperands();
    for (int i = 0; i + 1 < operands.size(); i += 2) {
      branches.add(
          new Case.When(
              Casts.to(Type.BOOLEAN, translate(operands.get(i))),
              Casts.to(type, translate(operands.get(i + 1)))));
    }
    return new Case(branches, Casts.to(type, translate(operands.get(operands.size() - 1))), type);
  }

  private Expression coalesce(RexCall call) {
    Type type = type(call);
    List<Expression> values = translate(call.getOperands());
    List<Case.When> branches = new ArrayList<>();
    for (Expression value : values.subList(0, values.size() - 1)) {
      branches.add(new Case.When(Expressions.isNotNull(value), Casts.to(type, value)));
    }
    Expression last = Casts.to(type, values.get(values.size() - 1));
    return branches.isEmpty() ? last : new Case(branches, last, type);
  }

  private Expression nullIf(RexCall call) {
    Type type = type(call);
    Expression value = operand(call, 0);
    Expression equal =
        compare(
            ScalarFunction.EQUAL, value, operand(call, 1), Positions.of(call.getParserPosition()));
    return new Case(
        List.of(new Case.When(equal, Literal.nullOf(type))), Casts.to(type, value), type);
  }

  private Expression cast(RexCall call, boolean nullOnFailure) {
    Type type = type(call);
    Expression operand = operand(call, 0);
    if (isInterval(type) || isInterval(operand.type())) {
      return Intervals.cast(operand, call, type, nullOnFailure);
    }
    if (operand.type().equals(type)) {
      return operand;
    }
    if (operand instanceof Literal literal) {
      Literal folded = Casts.fold(literal, type);
      if (folded != null) {
        return folded;
      }
    }
    if (operand.type() instanceof Type.Bool && type instanceof Type.Int) {
      Expression isNull = Expressions.call(ScalarFunction.IS_NULL, Type.BOOLEAN, operand);
      return new Case(
          List.of(
              new Case.When(isNull, Literal.nullOf(type)),
              new Case.When(operand, Casts.to(type, new Literal(Type.INTEGER, 1)))),
          Casts.to(type, new Literal(Type.INTEGER, 0)),
          type);
    }
    if (operand.type() instanceof Type.Int && type instanceof Type.Bool) {
      return Expressions.call(
          ScalarFunction.NOT_EQUAL,
          Type.BOOLEAN,
          operand,
          Casts.to(operand.type(), new Literal(Type.INTEGER, 0)));
    }
    if (type instanceof Type.Varchar to
        && operand.type() instanceof Type.Varchar from
        && from.maxLength() <= to.maxLength()) {
      return operand;
    }
    return new Cast(operand, type, nullOnFailure);
  }

  private Expression like(RexCall call) {
    boolean similar = call.getKind() == SqlKind.SIMILAR;
    boolean insensitive =
        call.getOperator() instanceof SqlLikeOperator like && !like.isCaseSensitive();
    if (similar && call.getOperands().size() > 2) {
      throw PlannerErrors.unsupported(
          "SIMILAR TO with ESCAPE", Positions.of(call.getParserPosition()));
    }
    ScalarFunction function =
        similar ? ScalarFunction.SIMILAR : insensitive ? ScalarFunction.ILIKE : ScalarFunction.LIKE;
    List<Expression> operands = translate(call.getOperands());
    return isNullOfNull(call.getOperator().getName(), operands)
        ? Literal.nullOf(Type.BOOLEAN)
        : Expressions.call(function, Type.BOOLEAN, operands.toArray(Expression[]::new));
  }

  private Expression add(RexCall call) {
    Expression left = operand(call, 0);
    Expression right = operand(call, 1);
    if (isInterval(left.type()) && isTime(right.type())) {
      return addInterval(ScalarFunction.ADD, right, left, call);
    }
    if (isTime(left.type()) && isNull(right) || isTime(right.type()) && isNull(left)) {
      return Literal.nullOf(type(call));
    }
    if (Arithmetic.isDateAndDays(left.type(), right.type())) {
      return addInterval(ScalarFunction.ADD, left, TimeFunctions.span(right), call);
    }
    if (Arithmetic.isDateAndDays(right.type(), left.type())) {
      return addInterval(ScalarFunction.ADD, right, TimeFunctions.span(left), call);
    }
    return isInterval(right.type()) && isTime(left.type())
        ? addInterval(ScalarFunction.ADD, left, right, call)
        : arithmetic(ScalarFunction.ADD, call, left, right);
  }

  private static boolean isNull(Expression operand) {
    return operand instanceof Literal literal && literal.isNull();
  }

  private Expression subtract(RexCall call) {
    Expression left = operand(call, 0);
    Expression right = operand(call, 1);
    if (isInterval(right.type()) && isTime(left.type())) {
      return addInterval(ScalarFunction.SUBTRACT, left, right, call);
    }
    if (Arithmetic.isDateAndDays(left.type(), right.type())) {
      return addInterval(ScalarFunction.SUBTRACT, left, TimeFunctions.span(right), call);
    }
    if (isTime(left.type()) && isTime(right.type())) {
      return between(left, right, call);
    }
    return arithmetic(ScalarFunction.SUBTRACT, call, left, right);
  }

  private static Expression addInterval(
      ScalarFunction function, Expression time, Expression interval, RexCall call) {
    Expression typed = Casts.to(type(call), time);
    return typed.type() instanceof Type.ZonedTimestamp && hasDays(call, interval)
        ? Clocks.plusDays(function, typed, interval, isWholeDays(interval))
        : plus(function, typed, interval, call.getParserPosition());
  }

  /**
   * Whether the days of an interval are days, and not 24 hours: those of types whose first field is
   * DAY, but where all that is known is a span of time, as of a column or a difference.
   */
  private static boolean hasDays(RexCall call, Expression interval) {
    return call.getOperands().stream()
        .anyMatch(
            o ->
                switch (o.getType().getSqlTypeName()) {
                  case INTERVAL_DAY, INTERVAL_DAY_HOUR, INTERVAL_DAY_MINUTE -> true;
                  case INTERVAL_DAY_SECOND -> interval instanceof Literal || isWholeDays(interval);
                  default -> false;
                });
  }

  /** A DATE, TIME or TIMESTAMP, and an interval of whatever fields more or less. */
  static Expression addInterval(
      ScalarFunction function, Expression time, Expression interval, SqlParserPos position) {
    boolean hasDays =
        interval.type() instanceof Type.TimeInterval
            && (interval instanceof Literal || isWholeDays(interval));
    return time.type() instanceof Type.ZonedTimestamp && hasDays
        ? Clocks.plusDays(function, time, interval, isWholeDays(interval))
        : plus(function, time, interval, position);
  }

  private static Expression plus(
      ScalarFunction function, Expression time, Expression interval, SqlParserPos position) {
    if (time.type() instanceof Type.Date
        && interval.type() instanceof Type.TimeInterval
        && !isWholeDays(interval)) {
      throw PlannerErrors.argumentsInvalid(
          "only whole days, months and years can be added to a DATE: CAST it to TIMESTAMP",
          Positions.of(position));
    }
    return Expressions.call(function, time.type(), time, interval);
  }

  /** Whether an interval has no hours, minutes or seconds, whatever the row. */
  private static boolean isWholeDays(Expression interval) {
    return switch (interval) {
      case Literal literal ->
          literal.isNull()
              || literal.value() instanceof Duration duration
                  && duration.equals(Duration.ofDays(duration.toDays()));
      case Call call ->
          switch (call.function()) {
            case MULTIPLY ->
                isWholeDays(call.arguments().get(0))
                    && call.arguments().get(1).type() instanceof Type.Int;
            case NEGATE, ADD, SUBTRACT ->
                call.arguments().stream().allMatch(RexTranslator::isWholeDays);
            default -> false;
          };
      case Case choice ->
          isWholeDays(choice.otherwise())
              && choice.branches().stream().allMatch(b -> isWholeDays(b.value()));
      default -> false;
    };
  }

  private Expression between(Expression to, Expression from, RexCall call) {
    Type common = CommonType.of(to.type(), from.type());
    if (common == null) {
      throw PlannerErrors.noCommonType(
          to.type(), from.type(), Positions.of(call.getParserPosition()));
    }
    Type type = type(call);
    Type own = common instanceof Type.Date ? Type.BIGINT : new Type.TimeInterval();
    if (type instanceof Type.MonthInterval) {
      return Intervals.months(Casts.to(common, to), Casts.to(common, from), call.getType());
    }
    Expression difference =
        Expressions.call(
            ScalarFunction.TIME_BETWEEN, own, Casts.to(common, to), Casts.to(common, from));
    if (own.equals(type)) {
      return Intervals.truncated(difference, call.getType());
    }
    // (d1 - d2) DAY of two DATEs: days as an interval.
    return Expressions.call(
        ScalarFunction.MULTIPLY, type, new Literal(type, Duration.ofDays(1)), difference);
  }

  private Expression multiply(RexCall call) {
    Expression left = operand(call, 0);
    Expression right = operand(call, 1);
    if (isInterval(left.type()) || isInterval(right.type())) {
      Expression interval = isInterval(left.type()) ? left : right;
      Expression factor = interval == left ? right : left;
      return Intervals.times(interval, factor);
    }
    return arithmetic(ScalarFunction.MULTIPLY, call, left, right);
  }

  private Expression divide(RexCall call) {
    Expression left = operand(call, 0);
    Expression right = operand(call, 1);
    return isInterval(left.type())
        ? Expressions.call(ScalarFunction.DIVIDE, left.type(), left, factor(right))
        : arithmetic(ScalarFunction.DIVIDE, call, left, right);
  }

  private static Expression factor(Expression number) {
    return Casts.to(number.type() instanceof Type.Int ? Type.BIGINT : Type.DOUBLE, number);
  }

  /**
   * The operands are those of the call: translating them once more would double them at each level.
   */
  private static Expression arithmetic(
      ScalarFunction function, RexCall call, Expression left, Expression right) {
    Type type = type(call);
    if (type instanceof Type.Null) {
      return Literal.nullOf(Type.NULL);
    }
    return Expressions.call(function, type, argument(left, type), argument(right, type));
  }

  /** Decimals may come as they are, with precision and scale of their own. */
  private static Expression argument(Expression argument, Type type) {
    if (!(type instanceof Type.Decimal)) {
      return Casts.to(type, argument);
    }
    return switch (argument.type()) {
      case Type.Decimal t -> argument;
      case Type.Int t
          when argument instanceof Literal literal && literal.value() instanceof Number number -> {
        BigDecimal value = BigDecimal.valueOf(number.longValue());
        yield new Literal(new Type.Decimal(Math.max(1, value.precision()), 0), value);
      }
      case Type.Int t -> Casts.to(DecimalRules.ofInteger(t), argument);
      default -> Casts.to(type, argument);
    };
  }

  static boolean isInterval(Type type) {
    return type instanceof Type.MonthInterval || type instanceof Type.TimeInterval;
  }

  private static boolean isTime(Type type) {
    return type instanceof Type.Date
        || type instanceof Type.Time
        || type instanceof Type.Timestamp
        || type instanceof Type.ZonedTimestamp;
  }
}
