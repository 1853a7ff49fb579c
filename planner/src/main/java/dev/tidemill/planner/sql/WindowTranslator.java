package dev.tidemill.planner.sql;

import dev.tidemill.foundation.error.SourcePosition;
import dev.tidemill.foundation.type.Type;
import dev.tidemill.plan.batch.WindowFrame;
import dev.tidemill.plan.expression.Expression;
import dev.tidemill.plan.expression.Literal;
import dev.tidemill.plan.function.AggregateFunction;
import dev.tidemill.plan.function.WindowFunction;
import dev.tidemill.planner.error.PlannerErrors;
import dev.tidemill.planner.logical.Casts;
import dev.tidemill.planner.logical.CommonType;
import dev.tidemill.planner.logical.Field;
import dev.tidemill.planner.logical.FieldNumbers;
import dev.tidemill.planner.logical.Node;
import dev.tidemill.sql.parser.statement.FromLast;
import dev.tidemill.sql.parser.statement.GroupsFrame;
import java.math.BigDecimal;
import java.time.Duration;
import java.time.Period;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.Set;
import org.apache.calcite.rel.RelFieldCollation;
import org.apache.calcite.rex.RexFieldCollation;
import org.apache.calcite.rex.RexLiteral;
import org.apache.calcite.rex.RexNode;
import org.apache.calcite.rex.RexOver;
import org.apache.calcite.rex.RexVisitorImpl;
import org.apache.calcite.rex.RexWindow;
import org.apache.calcite.rex.RexWindowBound;
import org.apache.calcite.sql.SqlOperator;
import org.jspecify.annotations.Nullable;

/** OVER: the window functions of a projection, one node per partition and order. */
final class WindowTranslator {
  private record Specification(List<Integer> partition, List<Node.Order> order) {}

  private static final Set<String> FILTERABLE =
      Set.of(
          "ANY_VALUE",
          "APPROX_COUNT_DISTINCT",
          "APPROX_QUANTILE",
          "ARG_MAX",
          "ARG_MIN",
          "AVG",
          "BIT_AND",
          "BIT_OR",
          "BIT_XOR",
          "BOOL_AND",
          "BOOL_OR",
          "COUNT",
          "COVAR_POP",
          "COVAR_SAMP",
          "EVERY",
          "KURTOSIS",
          "KURTOSIS_POP",
          "LISTAGG",
          "MAX",
          "MIN",
          "MODE",
          "PRODUCT",
          "QUANTILE_CONT",
          "QUANTILE_DISC",
          "SKEWNESS",
          "SOME",
          "STDDEV",
          "STDDEV_POP",
          "STDDEV_SAMP",
          "SUM",
          "VARIANCE",
          "VAR_POP",
          "VAR_SAMP");

  private final RowScope scope;
  private final FieldNumbers numbers;

  private WindowTranslator(RowScope scope, FieldNumbers numbers) {
    this.scope = scope;
    this.numbers = numbers;
  }

  static void addTo(RowScope scope, List<RexNode> expressions, FieldNumbers numbers) {
    Set<RexOver> overs = new LinkedHashSet<>();
    for (RexNode expression : expressions) {
      expression.accept(
          new RexVisitorImpl<Void>(true) {
            @Override
            public @Nullable Void visitOver(RexOver over) {
              overs.add(over);
              return null;
            }
          });
    }
    new WindowTranslator(scope, numbers).add(overs);
  }

  /** A function OVER all rows of a scope. */
  static Node.Over ofAllRows(RowScope scope, RexOver over, FieldNumbers numbers) {
    return new WindowTranslator(scope, numbers).over(over, new Specification(List.of(), List.of()));
  }

  private void add(Set<RexOver> overs) {
    Map<Specification, List<Node.Over>> groups = new LinkedHashMap<>();
    for (RexOver over : overs) {
      Specification specification = specification(over.getWindow());
      Node.Over call = over(over, specification);
      groups.computeIfAbsent(specification, s -> new ArrayList<>()).add(call);
      scope.window(over, call.field());
    }
    groups.forEach(
        (specification, calls) ->
            scope.wrap(
                node ->
                    new Node.Window(
                        node, specification.partition(), specification.order(), calls)));
  }

  private Specification specification(RexWindow window) {
    List<Integer> partition = new ArrayList<>();
    for (RexNode key : window.partitionKeys) {
      int id = column(key).id();
      if (!partition.contains(id)) {
        partition.add(id);
      }
    }
    List<Node.Order> order = new ArrayList<>();
    for (RexFieldCollation key : window.orderKeys) {
      Field field = column(key.left);
      NestedValues.requireOrder("ORDER BY", field.type(), null);
      int id = field.id();
      boolean seen = order.stream().anyMatch(o -> o.field() == id);
      if (!seen) {
        order.add(
            new Node.Order(
                id,
                key.getDirection() == RelFieldCollation.Direction.DESCENDING,
                key.getNullDirection() == RelFieldCollation.NullDirection.FIRST));
      }
    }
    return new Specification(partition, order);
  }

  private Field column(RexNode expression) {
    return scope.column(scope.translate(expression), "key");
  }

  private Node.Over over(RexOver over, Specification specification) {
    SourcePosition position = Positions.of(over.getParserPosition());
    if (over.isDistinct()) {
      throw PlannerErrors.unsupported("DISTINCT_OVER", "DISTINCT in a window function", position);
    }
    List<Expression> arguments = new ArrayList<>();
    over.getOperands().forEach(o -> arguments.add(scope.translate(o)));
    WindowFrame frame = frame(over.getWindow(), specification, position);
    Type type = RowScope.type(over.getType(), over);
    WindowFunction function = function(over.getOperator());
    String name = over.getOperator().getName().toLowerCase(Locale.ROOT);
    if (over.getAggOperator() instanceof UserOperator user) {
      UserOperator.Bound bound = user.bind(arguments, over.getParserPosition());
      return new Node.Over(
          numbers.field(name, bound.type(), true),
          AggregateFunction.USER,
          null,
          bound.arguments().stream().map(e -> scope.column(e, name).id()).toList(),
          false,
          frame,
          List.of(),
          bound.method(),
          placed(over));
    }
    if (function == null) {
      AggregateFunction aggregate =
          AggregateTranslator.sketched(
              AggregateTranslator.function(over.getAggOperator(), over.getParserPosition()), type);
      List<Integer> columns = new ArrayList<>();
      List<Literal> parameters = new ArrayList<>();
      for (int operand : AggregateTranslator.parameters(aggregate, arguments.size())) {
        parameters.add(
            AggregateTranslator.parameter(
                aggregate, arguments.get(operand), operand, over.getParserPosition()));
      }
      List<Expression> own =
          arguments.isEmpty()
              ? null
              : AggregateTranslator.ofValues(aggregate, arguments, type, position);
      if (own != null) {
        own.forEach(e -> columns.add(scope.column(e, name).id()));
        return new Node.Over(
            numbers.field(name, type, !aggregate.isZeroOverNone()),
            aggregate,
            null,
            columns,
            false,
            frame,
            parameters,
            placed(over));
      }
      if (arguments.size() > 1) {
        throw PlannerErrors.unsupported(
            "COUNT_OF_SEVERAL", "COUNT of several columns in a window", position);
      }
      for (Expression argument : arguments) {
        if (argument.type() instanceof Type.Null && aggregate != AggregateFunction.COUNT) {
          columns.add(scope.column(Casts.to(type, argument), name).id());
          continue;
        }
        if (aggregate == AggregateFunction.AVG && TimeFunctions.isTime(argument.type())) {
          throw PlannerErrors.unsupported(
              "AVG_OF_TIMES_OVER",
              "AVG of dates and times in a window (a window over AVG(EPOCH(t)) works)",
              position);
        }
        Expression typed =
            switch (aggregate) {
              case STDDEV_POP, STDDEV_SAMP, VAR_POP, VAR_SAMP -> Casts.to(Type.DOUBLE, argument);
              case AVG ->
                  argument.type() instanceof Type.Real ? Casts.to(Type.DOUBLE, argument) : argument;
              case SUM ->
                  argument.type() instanceof Type.Bool ? Casts.to(Type.BIGINT, argument) : argument;
              default -> argument;
            };
        columns.add(scope.column(typed, name).id());
      }
      return new Node.Over(
          numbers.field(name, type, !aggregate.isZeroOverNone()),
          aggregate,
          null,
          columns,
          false,
          frame,
          List.of(),
          placed(over));
    }
    return function(over, function, arguments, frame, type, name);
  }

  private @Nullable SourcePosition placed(RexOver over) {
    return scope.isPlaced() ? Positions.of(over.getParserPosition()) : null;
  }

  private Node.Over function(
      RexOver over,
      WindowFunction function,
      List<Expression> arguments,
      WindowFrame frame,
      Type type,
      String name) {
    Type result =
        switch (function) {
          case ROW_NUMBER, RANK, DENSE_RANK, NTILE -> Type.BIGINT;
          case PERCENT_RANK, CUME_DIST -> Type.DOUBLE;
          case LAG, LEAD, FIRST_VALUE, LAST_VALUE, NTH_VALUE, NTH_VALUE_FROM_LAST -> type;
        };
    boolean nullable =
        switch (function) {
          case ROW_NUMBER, RANK, DENSE_RANK, NTILE, PERCENT_RANK, CUME_DIST -> false;
          case LAG, LEAD, FIRST_VALUE, LAST_VALUE, NTH_VALUE, NTH_VALUE_FROM_LAST -> true;
        };
    List<Integer> columns = new ArrayList<>();
    for (int i = 0; i < arguments.size(); i++) {
      boolean count = function == WindowFunction.NTILE || i == 1;
      Expression typed = Casts.to(count ? Type.BIGINT : result, arguments.get(i));
      columns.add(scope.column(typed, name).id());
    }
    return new Node.Over(
        numbers.field(name, result, nullable),
        null,
        function,
        columns,
        over.ignoreNulls(),
        frame,
        List.of(),
        placed(over));
  }

  /** Whether an aggregate of this name leaves out NULLs, so that they may stand for other rows. */
  static boolean isFilterable(String name) {
    return FILTERABLE.contains(name);
  }

  private static @Nullable WindowFunction function(SqlOperator operator) {
    if (operator.getName().equals(FromLast.NAME)) {
      return WindowFunction.NTH_VALUE_FROM_LAST;
    }
    return switch (operator.getKind()) {
      case ROW_NUMBER -> WindowFunction.ROW_NUMBER;
      case RANK -> WindowFunction.RANK;
      case DENSE_RANK -> WindowFunction.DENSE_RANK;
      case PERCENT_RANK -> WindowFunction.PERCENT_RANK;
      case CUME_DIST -> WindowFunction.CUME_DIST;
      case NTILE -> WindowFunction.NTILE;
      case LAG -> WindowFunction.LAG;
      case LEAD -> WindowFunction.LEAD;
      case FIRST_VALUE -> WindowFunction.FIRST_VALUE;
      case LAST_VALUE -> WindowFunction.LAST_VALUE;
      case NTH_VALUE -> WindowFunction.NTH_VALUE;
      default -> null;
    };
  }

  private WindowFrame frame(
      RexWindow window, Specification specification, @Nullable SourcePosition position) {
    boolean rows = window.isRows();
    boolean groups = isGroups(window.getLowerBound()) || isGroups(window.getUpperBound());
    if (groups && specification.order().isEmpty()) {
      throw PlannerErrors.invalid("a frame of GROUPS needs an ORDER BY", position);
    }
    WindowFrame.Exclusion exclusion =
        switch (window.getExclude()) {
          case EXCLUDE_NO_OTHER -> WindowFrame.Exclusion.NO_OTHERS;
          case EXCLUDE_CURRENT_ROW -> WindowFrame.Exclusion.CURRENT_ROW;
          case EXCLUDE_GROUP -> WindowFrame.Exclusion.GROUP;
          case EXCLUDE_TIES -> WindowFrame.Exclusion.TIES;
        };
    return new WindowFrame(
        groups ? WindowFrame.Unit.GROUPS : rows ? WindowFrame.Unit.ROWS : WindowFrame.Unit.RANGE,
        bound(window.getLowerBound(), rows, specification, position),
        bound(window.getUpperBound(), rows, specification, position),
        exclusion);
  }

  /** Whether the width of the bound carries the mark of GROUPS. */
  private static boolean isGroups(RexWindowBound bound) {
    return bound.getOffset() instanceof RexLiteral literal
        && literal.getValue() instanceof BigDecimal width
        && GroupsFrame.isMarked(width);
  }

  private WindowFrame.Bound bound(
      RexWindowBound bound,
      boolean rows,
      Specification specification,
      @Nullable SourcePosition position) {
    if (bound.isCurrentRow()) {
      return new WindowFrame.CurrentRow();
    }
    if (bound.isUnbounded()) {
      return bound.isPreceding()
          ? new WindowFrame.UnboundedPreceding()
          : new WindowFrame.UnboundedFollowing();
    }
    RexNode offset = bound.getOffset();
    if (isGroups(bound) && offset instanceof RexLiteral marked) {
      BigDecimal width = GroupsFrame.unmarked(marked.getValueAs(BigDecimal.class));
      Literal groups =
          (Literal)
              Casts.to(
                  Type.BIGINT,
                  new Literal(new Type.Decimal(Math.max(1, width.precision()), 0), width));
      return bound.isPreceding()
          ? new WindowFrame.Preceding(groups)
          : new WindowFrame.Following(groups);
    }
    Expression distance = offset == null ? Literal.TRUE : scope.translate(offset);
    if (!(distance instanceof Literal literal) || literal.isNull()) {
      throw PlannerErrors.unsupported(
          "WINDOW_FRAME", "a window frame whose width is not constant", position);
    }
    if (isNegative(literal)) {
      throw PlannerErrors.valueInvalid(
          "the width of a window frame must not be negative", position);
    }
    if (rows && !CommonType.isNumber(literal.type())) {
      throw PlannerErrors.valueInvalid(
          "the width of a ROWS frame must be a whole number that is not negative", position);
    }
    Literal typed =
        rows ? (Literal) Casts.to(Type.BIGINT, literal) : range(literal, specification, position);
    return bound.isPreceding()
        ? new WindowFrame.Preceding(typed)
        : new WindowFrame.Following(typed);
  }

  /** The distance in a type that can be subtracted from the sort key. */
  private Literal range(
      Literal distance, Specification specification, @Nullable SourcePosition position) {
    if (specification.order().size() != 1) {
      throw PlannerErrors.invalid(
          "a RANGE frame with a width needs exactly one ORDER BY column", position);
    }
    Type key = Node.typeOf(scope.node().fields(), specification.order().get(0).field());
    boolean fits =
        switch (key) {
          case Type.Date t -> RexTranslator.isInterval(distance.type());
          case Type.Time t -> RexTranslator.isInterval(distance.type());
          case Type.Timestamp t -> RexTranslator.isInterval(distance.type());
          // Months would have to go by the calendar of a zone.
          case Type.ZonedTimestamp t -> distance.type() instanceof Type.TimeInterval;
          default -> RexTranslator.isInterval(key) && key.equals(distance.type());
        };
    if (fits) {
      return distance;
    }
    if (CommonType.isNumber(key) && CommonType.isNumber(distance.type())) {
      Literal typed = Casts.fold(distance, key);
      if (typed != null) {
        return typed;
      }
    }
    throw PlannerErrors.typeMismatch(
        "the width of the RANGE frame is " + distance.type() + " but the ORDER BY column is " + key,
        position);
  }

  private static boolean isNegative(Literal literal) {
    return switch (literal.value()) {
      case BigDecimal value -> value.signum() < 0;
      case Number value -> value.doubleValue() < 0;
      case Duration value -> value.isNegative();
      case Period value -> value.isNegative();
      case null, default -> false;
    };
  }
}
