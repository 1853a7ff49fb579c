package dev.tidemill.planner.sql;

import dev.tidemill.foundation.error.SourcePosition;
import dev.tidemill.foundation.type.Type;
import dev.tidemill.plan.expression.Case;
import dev.tidemill.plan.expression.Expression;
import dev.tidemill.plan.expression.Literal;
import dev.tidemill.plan.function.AggregateFunction;
import dev.tidemill.plan.function.ScalarFunction;
import dev.tidemill.planner.error.PlannerErrors;
import dev.tidemill.planner.logical.Casts;
import dev.tidemill.planner.logical.Expressions;
import dev.tidemill.planner.logical.Field;
import dev.tidemill.planner.logical.FieldNumbers;
import dev.tidemill.planner.logical.Node;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Set;
import org.apache.calcite.rel.RelNode;
import org.apache.calcite.rel.core.Aggregate;
import org.apache.calcite.rel.core.AggregateCall;
import org.apache.calcite.rel.core.Project;
import org.apache.calcite.rex.RexUtil;
import org.apache.calcite.sql.SqlAggFunction;
import org.apache.calcite.sql.SqlKind;
import org.apache.calcite.sql.parser.SqlParserPos;
import org.apache.calcite.sql.type.SqlTypeName;
import org.apache.calcite.util.ImmutableBitSet;
import org.jspecify.annotations.Nullable;

/**
 * GROUP BY. GROUPING is read off a column that is FALSE in every input row and grouped by together
 * with its key: where it comes out NULL, the key was not in the row's grouping set.
 */
final class AggregateTranslator {
  private final RelTranslator translator;
  private final FieldNumbers numbers;

  AggregateTranslator(RelTranslator translator, FieldNumbers numbers) {
    this.translator = translator;
    this.numbers = numbers;
  }

  Relation translate(Aggregate aggregate) {
    Relation input = translator.translate(aggregate.getInput());
    RowScope scope = new RowScope(translator, numbers, input, Set.of());
    boolean simple = aggregate.getGroupType() == Aggregate.Group.SIMPLE;
    List<Node.Call> calls = new ArrayList<>();
    Map<Integer, Field> results = new HashMap<>();
    boolean neverEmpty =
        !aggregate.getGroupSet().isEmpty()
            && aggregate.getGroupSets().stream().noneMatch(ImmutableBitSet::isEmpty);
    for (int i = 0; i < aggregate.getAggCallList().size(); i++) {
      AggregateCall call = aggregate.getAggCallList().get(i);
      if (isGrouping(call)) {
        continue;
      }
      String name = aggregate.getRowType().getFieldNames().get(aggregate.getGroupCount() + i);
      Node.Call translated = call(call, aggregate.getInput(), scope, name, neverEmpty);
      calls.add(translated);
      results.put(i, translated.field());
    }
    return simple
        ? simple(aggregate, scope, calls, results)
        : groupingSets(aggregate, scope, calls, results);
  }

  private Relation simple(
      Aggregate aggregate, RowScope scope, List<Node.Call> calls, Map<Integer, Field> results) {
    Map<Integer, Field> keys = new LinkedHashMap<>();
    List<Field> row = new ArrayList<>();
    for (int column : aggregate.getGroupSet()) {
      Field key = scope.row().get(column);
      keys.putIfAbsent(key.id(), key);
      row.add(key);
    }
    Node node = Node.Aggregate.of(scope.node(), List.copyOf(keys.values()), calls);
    Relation grouped = new Relation(node, row);
    RowScope after = new RowScope(translator, numbers, grouped, Set.of());
    for (int i = 0; i < aggregate.getAggCallList().size(); i++) {
      Field result = results.get(i);
      row.add(
          result != null
              ? finished(result, aggregate.getAggCallList().get(i), after)
              : after.column(new Literal(Type.BIGINT, 0L), "grouping"));
    }
    return new Relation(after.node(), row);
  }

  private Relation groupingSets(
      Aggregate aggregate, RowScope scope, List<Node.Call> calls, Map<Integer, Field> results) {
    List<Integer> columns = aggregate.getGroupSet().asList();
    List<Field> keys = new ArrayList<>();
    List<Field> keyFields = new ArrayList<>();
    for (int column : columns) {
      Field key = scope.row().get(column);
      keys.add(key);
      keyFields.add(numbers.field(key.name(), key.type(), true));
    }
    // Per key that GROUPING asks for: the position of its marker among the keys.
    Map<Integer, Integer> markers = new LinkedHashMap<>();
    for (AggregateCall call : aggregate.getAggCallList()) {
      if (isGrouping(call)) {
        for (int column : call.getArgList()) {
          if (!markers.containsKey(column)) {
            Field marker = scope.fresh(Literal.FALSE, "grouping");
            markers.put(column, keys.size());
            keys.add(marker);
            keyFields.add(numbers.field("grouping", Type.BOOLEAN, true));
          }
        }
      }
    }
    List<List<Integer>> sets = new ArrayList<>();
    for (ImmutableBitSet set : aggregate.getGroupSets()) {
      List<Integer> positions = new ArrayList<>();
      for (int column : set) {
        positions.add(columns.indexOf(column));
        Integer marker = markers.get(column);
        if (marker != null) {
          positions.add(marker);
        }
      }
      positions.sort(null);
      sets.add(positions);
    }
    Node node = new Node.Aggregate(scope.node(), keys, keyFields, sets, calls);
    List<Field> row = new ArrayList<>(keyFields.subList(0, columns.size()));
    RowScope after = new RowScope(translator, numbers, new Relation(node, row), Set.of());
    for (int i = 0; i < aggregate.getAggCallList().size(); i++) {
      Field result = results.get(i);
      row.add(
          result != null
              ? finished(result, aggregate.getAggCallList().get(i), after)
              : after.column(
                  grouping(aggregate.getAggCallList().get(i), markers, keyFields), "grouping"));
    }
    return new Relation(after.node(), row);
  }

  /** What was computed, or of the mean of times that time. */
  private static Field finished(Field result, AggregateCall call, RowScope after) {
    return isMeanOfTimes(call)
        ? after.column(TimeFunctions.time(result.reference(), TimeFunctions.MEAN), result.name())
        : result;
  }

  private static boolean isMeanOfTimes(AggregateCall call) {
    return call.getAggregation().getKind() == SqlKind.AVG
        && call.getType().getSqlTypeName() == SqlTypeName.TIMESTAMP;
  }

  /** One bit per argument, the first the highest: 1 where it is not in the grouping set. */
  private static Expression grouping(
      AggregateCall call, Map<Integer, Integer> markers, List<Field> keyFields) {
    Expression sum = new Literal(Type.BIGINT, 0L);
    int bit = call.getArgList().size();
    for (int column : call.getArgList()) {
      bit--;
      Field marker = keyFields.get(markers.getOrDefault(column, 0));
      Expression value =
          new Case(
              List.of(
                  new Case.When(
                      Expressions.isNull(marker.reference()), new Literal(Type.BIGINT, 1L << bit))),
              new Literal(Type.BIGINT, 0L),
              Type.BIGINT);
      sum =
          sum instanceof Literal
              ? value
              : Expressions.call(ScalarFunction.ADD, Type.BIGINT, sum, value);
    }
    return sum;
  }

  private static boolean isGrouping(AggregateCall call) {
    SqlKind kind = call.getAggregation().getKind();
    return kind == SqlKind.GROUPING || kind == SqlKind.GROUPING_ID;
  }

  private Node.Call call(
      AggregateCall call, RelNode input, RowScope scope, String name, boolean neverEmpty) {
    SqlParserPos position = call.getParserPosition();
    if (call.distinctKeys != null) {
      throw PlannerErrors.unsupported("WITHIN DISTINCT", Positions.of(position));
    }
    if (call.getAggregation() instanceof UserOperator user) {
      return userCall(user, call, scope, name);
    }
    List<Field> arguments = new ArrayList<>();
    call.getArgList().forEach(a -> arguments.add(scope.row().get(a)));
    Type type =
        isMeanOfTimes(call)
            ? Type.DOUBLE
            : RexTranslator.type(call.getType(), Positions.of(position));
    AggregateFunction function = sketched(function(call.getAggregation(), position), type);
    @Nullable Integer filter = call.filterArg < 0 ? null : scope.row().get(call.filterArg).id();
    List<Literal> parameters = new ArrayList<>();
    for (int operand : parameters(function, arguments.size())) {
      parameters.add(
          parameter(function, constant(input, call.getArgList().get(operand)), operand, position));
    }
    List<Integer> columns =
        arguments(function, arguments, call.isDistinct(), type, scope, position);
    boolean nullable =
        switch (function) {
          case COUNT, SUM0, APPROX_COUNT_DISTINCT -> false;
          case STDDEV_SAMP, VAR_SAMP, SINGLE_VALUE, SKEWNESS, KURTOSIS, KURTOSIS_POP, COVAR_SAMP ->
              true;
          default -> !neverEmpty || filter != null || arguments.stream().anyMatch(Field::nullable);
        };
    return new Node.Call(
        numbers.field(name, type, nullable),
        function,
        columns,
        call.isDistinct() && !columns.isEmpty() && !ignoresDuplicates(function),
        filter,
        parameters,
        null,
        scope.isPlaced() ? Positions.of(position) : null);
  }

  private Node.Call userCall(UserOperator user, AggregateCall call, RowScope scope, String name) {
    SqlParserPos position = call.getParserPosition();
    List<Expression> given = new ArrayList<>();
    call.getArgList().forEach(a -> given.add(scope.row().get(a).reference()));
    UserOperator.Bound bound = user.bind(given, position);
    return new Node.Call(
        numbers.field(name, bound.type(), true),
        AggregateFunction.USER,
        bound.arguments().stream().map(e -> scope.column(e, "argument").id()).toList(),
        call.isDistinct(),
        call.filterArg < 0 ? null : scope.row().get(call.filterArg).id(),
        List.of(),
        bound.method(),
        scope.isPlaced() ? Positions.of(position) : null);
  }

  private static boolean ignoresDuplicates(AggregateFunction function) {
    return switch (function) {
      case MIN, MAX, BOOL_AND, BOOL_OR, BIT_AND, BIT_OR, ANY_VALUE -> true;
      case ARG_MIN, ARG_MAX, MAP_AGG, APPROX_COUNT_DISTINCT -> true;
      case COUNT,
          SUM,
          SUM0,
          AVG,
          BIT_XOR,
          STDDEV_POP,
          STDDEV_SAMP,
          VAR_POP,
          VAR_SAMP,
          COVAR_POP,
          COVAR_SAMP,
          SKEWNESS,
          KURTOSIS,
          KURTOSIS_POP,
          QUANTILE_CONT,
          QUANTILE_DISC,
          APPROX_QUANTILE,
          MODE,
          PRODUCT,
          HISTOGRAM,
          LISTAGG,
          ARRAY_AGG,
          SINGLE_VALUE,
          USER ->
          false;
    };
  }

  private static List<Integer> arguments(
      AggregateFunction function,
      List<Field> arguments,
      boolean distinct,
      Type type,
      RowScope scope,
      SqlParserPos position) {
    if (function == AggregateFunction.COUNT) {
      List<Field> nullable = arguments.stream().filter(Field::nullable).toList();
      if (distinct) {
        if (arguments.size() > 1) {
          throw PlannerErrors.unsupported(
              "COUNT_DISTINCT_OF_SEVERAL",
              "COUNT(DISTINCT) of several columns",
              Positions.of(position));
        }
        return List.of(arguments.get(0).id());
      }
      if (nullable.size() > 1) {
        Expression all =
            Expressions.and(
                nullable.stream().map(f -> Expressions.isNotNull(f.reference())).toList());
        Expression present =
            new Case(
                List.of(new Case.When(all, Literal.TRUE)),
                Literal.nullOf(Type.BOOLEAN),
                Type.BOOLEAN);
        return List.of(scope.column(present, "present").id());
      }
      return nullable.stream().map(Field::id).toList();
    }
    List<Expression> own =
        ofValues(
            function,
            arguments.stream().<Expression>map(Field::reference).toList(),
            type,
            Positions.of(position));
    if (own != null) {
      if (distinct && own.size() > 1 && isList(function)) {
        throw PlannerErrors.unsupported(
            "LISTAGG_DISTINCT_ORDER",
            function + "(DISTINCT …) in the order of something else",
            Positions.of(position));
      }
      return own.stream().map(e -> scope.column(e, "argument").id()).toList();
    }
    Field argument = arguments.get(0);
    if (argument.type() instanceof Type.Null) {
      return List.of(scope.column(Casts.to(type, argument.reference()), argument.name()).id());
    }
    if (function == AggregateFunction.MIN || function == AggregateFunction.MAX) {
      NestedValues.requireOrder(function.name(), argument.type(), Positions.of(position));
    }
    Expression typed =
        switch (function) {
          case STDDEV_POP, STDDEV_SAMP, VAR_POP, VAR_SAMP ->
              Casts.to(Type.DOUBLE, argument.reference());
          case AVG ->
              TimeFunctions.isTime(argument.type())
                  ? TimeFunctions.micros(argument.reference())
                  : argument.type() instanceof Type.Real
                      ? Casts.to(Type.DOUBLE, argument.reference())
                      : argument.reference();
          case SUM ->
              argument.type() instanceof Type.Bool
                  ? Casts.to(Type.BIGINT, argument.reference())
                  : argument.reference();
          default -> argument.reference();
        };
    return List.of(scope.column(typed, argument.name()).id());
  }

  private static boolean isList(AggregateFunction function) {
    return function == AggregateFunction.LISTAGG || function == AggregateFunction.ARRAY_AGG;
  }

  /** APPROX_QUANTILE of what does not fit a word is found exactly. */
  static AggregateFunction sketched(AggregateFunction function, Type type) {
    boolean exact =
        switch (type) {
          case Type.Decimal t -> t.precision() > Type.MAX_SHORT_DECIMAL_PRECISION;
          case Type.Varchar t -> true;
          case Type.Varbinary t -> true;
          case Type.Array t -> true;
          case Type.MapType t -> true;
          case Type.Row t -> true;
          default -> false;
        };
    return function == AggregateFunction.APPROX_QUANTILE && exact
        ? AggregateFunction.QUANTILE_DISC
        : function;
  }

  /** Which of the operands are the same for all rows: parameters, not arguments. */
  static List<Integer> parameters(AggregateFunction function, int operands) {
    return switch (function) {
      case QUANTILE_CONT, QUANTILE_DISC -> operands == 2 ? List.of(1) : List.of(1, 2);
      case LISTAGG, ARRAY_AGG -> List.of(1, 2);
      case APPROX_QUANTILE -> List.of(1);
      default -> List.of();
    };
  }

  /** The arguments of an aggregate that has operands of its own kind, else null. */
  static @Nullable List<Expression> ofValues(
      AggregateFunction function,
      List<Expression> operands,
      Type type,
      @Nullable SourcePosition position) {
    Expression value = operands.get(0);
    List<Expression> ordered =
        switch (function) {
          case MODE, HISTOGRAM, QUANTILE_DISC, APPROX_QUANTILE -> List.of(value);
          case ARG_MIN, ARG_MAX, MAP_AGG -> operands.subList(1, 2);
          case LISTAGG, ARRAY_AGG -> operands.subList(3, operands.size());
          default -> List.of();
        };
    for (Expression operand : ordered) {
      NestedValues.requireOrder(function.name(), operand.type(), position);
    }
    return switch (function) {
      case SKEWNESS, KURTOSIS, KURTOSIS_POP, QUANTILE_CONT, PRODUCT ->
          List.of(Casts.to(Type.DOUBLE, value));
      case HISTOGRAM -> List.of(Casts.to(((Type.MapType) type).key(), value));
      case COVAR_POP, COVAR_SAMP -> operands.stream().map(o -> Casts.to(Type.DOUBLE, o)).toList();
      case QUANTILE_DISC, APPROX_QUANTILE, MODE -> List.of(Casts.to(type, value));
      case APPROX_COUNT_DISTINCT -> List.of(Casts.to(ordered(value.type()), value));
      case ARG_MIN, ARG_MAX ->
          List.of(
              Casts.to(type, value), Casts.to(ordered(operands.get(1).type()), operands.get(1)));
      case MAP_AGG -> {
        Type.MapType map = (Type.MapType) type;
        yield List.of(Casts.to(map.value(), value), Casts.to(map.key(), operands.get(1)));
      }
      case LISTAGG, ARRAY_AGG -> {
        List<Expression> list = new ArrayList<>();
        list.add(Casts.to(type instanceof Type.Array array ? array.element() : type, value));
        for (Expression key : operands.subList(3, operands.size())) {
          list.add(Casts.to(ordered(key.type()), key));
        }
        yield list;
      }
      default -> null;
    };
  }

  private static Type ordered(Type type) {
    return type instanceof Type.Null ? Type.BOOLEAN : type;
  }

  /** A parameter, checked. */
  static Literal parameter(
      AggregateFunction function,
      @Nullable Expression expression,
      int operand,
      SqlParserPos position) {
    boolean fraction = !isList(function) && operand == 1;
    boolean text = function == AggregateFunction.LISTAGG || isList(function) && operand == 1;
    Literal literal = null;
    if (expression instanceof Literal constant && !constant.isNull()) {
      literal = fraction ? Casts.fold(constant, Type.DOUBLE) : constant;
    }
    boolean fine =
        literal != null
            && (fraction
                ? literal.value() instanceof Double value && value >= 0 && value <= 1
                : text ? literal.value() instanceof String : literal.value() instanceof Boolean);
    if (literal == null || !fine) {
      throw PlannerErrors.argumentsInvalid(
          fraction
              ? "the fraction of a quantile must be a number from 0 to 1"
              : "the separator of LISTAGG must be a text that is the same for all rows",
          Positions.of(position));
    }
    return literal;
  }

  /** What a column of a projection is, if that is a constant. */
  private static @Nullable Expression constant(RelNode input, int column) {
    return input instanceof Project project && RexUtil.isConstant(project.getProjects().get(column))
        ? RexTranslator.scalar(new SqlCompiler.Scalar(project.getProjects().get(column)), List.of())
        : null;
  }

  static AggregateFunction function(SqlAggFunction function, SqlParserPos position) {
    return switch (function.getKind()) {
      case COUNT -> AggregateFunction.COUNT;
      case SUM -> AggregateFunction.SUM;
      case SUM0 -> AggregateFunction.SUM0;
      case AVG -> AggregateFunction.AVG;
      case MIN -> bool(function, AggregateFunction.MIN);
      case MAX -> bool(function, AggregateFunction.MAX);
      case BIT_AND -> AggregateFunction.BIT_AND;
      case BIT_OR -> AggregateFunction.BIT_OR;
      case BIT_XOR -> AggregateFunction.BIT_XOR;
      case STDDEV_POP -> AggregateFunction.STDDEV_POP;
      case STDDEV_SAMP -> AggregateFunction.STDDEV_SAMP;
      case VAR_POP -> AggregateFunction.VAR_POP;
      case VAR_SAMP -> AggregateFunction.VAR_SAMP;
      case ANY_VALUE -> AggregateFunction.ANY_VALUE;
      case SINGLE_VALUE -> AggregateFunction.SINGLE_VALUE;
      default -> named(function, position);
    };
  }

  private static AggregateFunction named(SqlAggFunction function, SqlParserPos position) {
    return switch (function.getName()) {
      case "SKEWNESS" -> AggregateFunction.SKEWNESS;
      case "KURTOSIS" -> AggregateFunction.KURTOSIS;
      case "KURTOSIS_POP" -> AggregateFunction.KURTOSIS_POP;
      case "COVAR_POP" -> AggregateFunction.COVAR_POP;
      case "COVAR_SAMP" -> AggregateFunction.COVAR_SAMP;
      case "QUANTILE_CONT" -> AggregateFunction.QUANTILE_CONT;
      case "QUANTILE_DISC" -> AggregateFunction.QUANTILE_DISC;
      case "APPROX_COUNT_DISTINCT" -> AggregateFunction.APPROX_COUNT_DISTINCT;
      case "APPROX_QUANTILE" -> AggregateFunction.APPROX_QUANTILE;
      case "MODE" -> AggregateFunction.MODE;
      case "PRODUCT" -> AggregateFunction.PRODUCT;
      case "HISTOGRAM" -> AggregateFunction.HISTOGRAM;
      case "LISTAGG" -> AggregateFunction.LISTAGG;
      case "ARRAY_AGG" -> AggregateFunction.ARRAY_AGG;
      case "MAP_AGG" -> AggregateFunction.MAP_AGG;
      case "ARG_MIN" -> AggregateFunction.ARG_MIN;
      case "ARG_MAX" -> AggregateFunction.ARG_MAX;
      default ->
          throw PlannerErrors.unsupported(
              "aggregate function " + function.getName(), Positions.of(position));
    };
  }

  /** Calcite counts BOOL_AND, EVERY and their like among MIN and MAX. */
  private static AggregateFunction bool(SqlAggFunction function, AggregateFunction otherwise) {
    return switch (function.getName()) {
      case "EVERY", "BOOL_AND", "LOGICAL_AND", "BOOLAND_AGG" -> AggregateFunction.BOOL_AND;
      case "SOME", "BOOL_OR", "LOGICAL_OR", "BOOLOR_AGG" -> AggregateFunction.BOOL_OR;
      default -> otherwise;
    };
  }
}
