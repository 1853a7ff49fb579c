package dev.tidemill.planner.sql;

import dev.tidemill.foundation.error.SourcePosition;
import dev.tidemill.foundation.error.TidemillException;
import dev.tidemill.foundation.type.Type;
import dev.tidemill.plan.batch.WindowFrame;
import dev.tidemill.plan.expression.Case;
import dev.tidemill.plan.expression.Expression;
import dev.tidemill.plan.expression.Literal;
import dev.tidemill.plan.function.AggregateFunction;
import dev.tidemill.plan.function.WindowFunction;
import dev.tidemill.planner.error.PlannerErrors;
import dev.tidemill.planner.logical.Casts;
import dev.tidemill.planner.logical.CommonType;
import dev.tidemill.planner.logical.Expressions;
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
import org.apache.calcite.rex.RexWindowExclusion;
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

  /** Aggregates that give the same of distinct values. */
  private static final Set<String> INDIFFERENT =
      Set.of(
          "ANY_VALUE",
          "APPROX_COUNT_DISTINCT",
          "BIT_AND",
          "BIT_OR",
          "BOOL_AND",
          "BOOL_OR",
          "EVERY",
          "MAX",
          "MIN",
          "SOME");

  /** Of ARRAY_AGG: in the order of the values, ascending, without NULLs. */
  private static final List<Literal> LISTED =
      List.of(new Literal(Type.VARCHAR, "al"), Literal.TRUE);

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
    if (over.isDistinct()) {
      throw distinctRefused(over, "a window function here");
    }
    return new WindowTranslator(scope, numbers)
        .over(over, new Specification(List.of(), List.of()), null);
  }

  private void add(Set<RexOver> overs) {
    Map<Specification, List<Node.Over>> groups = new LinkedHashMap<>();
    Map<RexOver, Field> counted = new LinkedHashMap<>();
    for (RexOver over : overs) {
      Specification specification = specification(over.getWindow());
      Distinct distinct = distinct(over, specification);
      if (distinct != null) {
        specification = distinct.specification();
      }
      Node.Over call = over(over, specification, distinct);
      groups.computeIfAbsent(specification, s -> new ArrayList<>()).add(call);
      if (distinct == null || !distinct.listed()) {
        scope.window(over, call.field());
      } else {
        counted.put(over, call.field());
      }
    }
    groups.forEach(
        (specification, calls) ->
            scope.wrap(
                node ->
                    new Node.Window(
                        node, specification.partition(), specification.order(), calls)));
    counted.forEach(
        (over, list) ->
            scope.window(
                over, scope.fresh(CollectionFunctions.countDistinct(list.reference()), "count")));
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

  /**
   * How an aggregate of distinct values is computed over frames.
   *
   * @param specification the window's, or one whose order has no ties
   * @param argument the value in the rows that count, else NULL
   * @param listed whether the values of a frame are listed, and their number comes of the list
   */
  private record Distinct(Specification specification, Expression argument, boolean listed) {}

  /**
   * What DISTINCT means for an aggregate, or null where it means nothing. A frame that begins with
   * its partition has a value if it has the first row of it, one that ends with the partition if it
   * has the last: the values of these rows are aggregated, and those of the others are NULL. Rows
   * that are equal in order are in the same frames of RANGE and GROUPS; those of ROWS go by the
   * numbers of rows.
   *
   * <pre>
   *   COUNT(DISTINCT x) OVER (PARTITION BY p ORDER BY o)
   *     COUNT(CASE WHEN ROW_NUMBER() OVER (PARTITION BY p, x ORDER BY o) = 1 THEN x END) OVER (PARTITION BY p ORDER BY o)
   * </pre>
   */
  private @Nullable Distinct distinct(RexOver over, Specification given) {
    String name = over.getAggOperator().getName();
    if (!over.isDistinct() || INDIFFERENT.contains(name)) {
      return null;
    }
    if (!FILTERABLE.contains(name)) {
      throw distinctRefused(over, name + " over a window");
    }
    RexWindow window = over.getWindow();
    Expression value = scope.translate(over.getOperands().get(0));
    boolean fromStart = window.getLowerBound().isUnbounded();
    boolean moves = !fromStart && !window.getUpperBound().isUnbounded();
    if (moves || window.getExclude() != RexWindowExclusion.EXCLUDE_NO_OTHER) {
      if (!name.equals("COUNT") || over.getOperands().size() != 1) {
        throw distinctRefused(
            over, name + " over frames that move at both ends or leave out rows (COUNT goes)");
      }
      return new Distinct(given, value, true);
    }
    Field column = scope.column(value, "value");
    List<Integer> ofValue = new ArrayList<>(given.partition());
    if (!ofValue.contains(column.id())) {
      ofValue.add(column.id());
    }
    boolean groups = isGroups(window.getLowerBound()) || isGroups(window.getUpperBound());
    if (!window.isRows() || groups || given.order().isEmpty()) {
      List<Node.Order> order =
          fromStart
              ? given.order()
              : given.order().stream()
                  .map(o -> new Node.Order(o.field(), !o.descending(), !o.nullsFirst()))
                  .toList();
      Field number = numbered(ofValue, order);
      Expression first = Expressions.equal(number.reference(), new Literal(Type.BIGINT, 1L));
      return new Distinct(given, only(first, column), false);
    }
    Field number = numbered(given.partition(), given.order());
    Field end = numbers.field("end", Type.BIGINT, true);
    Node.Over extreme =
        new Node.Over(
            end,
            fromStart ? AggregateFunction.MIN : AggregateFunction.MAX,
            null,
            List.of(number.id()),
            false,
            WindowFrame.WHOLE_PARTITION,
            List.of(),
            null);
    scope.wrap(node -> new Node.Window(node, ofValue, List.of(), List.of(extreme)));
    Expression isEnd = Expressions.equal(number.reference(), end.reference());
    return new Distinct(
        new Specification(given.partition(), List.of(new Node.Order(number.id(), false, false))),
        only(isEnd, column),
        false);
  }

  private Field numbered(List<Integer> partition, List<Node.Order> order) {
    Field number = numbers.field("row_number", Type.BIGINT, false);
    Node.Over call =
        new Node.Over(
            number,
            null,
            WindowFunction.ROW_NUMBER,
            List.of(),
            false,
            WindowFrame.WHOLE_PARTITION,
            List.of(),
            null);
    scope.wrap(node -> new Node.Window(node, partition, order, List.of(call)));
    return number;
  }

  private static Expression only(Expression condition, Field value) {
    return new Case(
        List.of(new Case.When(condition, value.reference())),
        Literal.nullOf(value.type()),
        value.type());
  }

  private static TidemillException distinctRefused(RexOver over, String where) {
    return PlannerErrors.unsupported(
        "DISTINCT_OVER", "DISTINCT in " + where, Positions.of(over.getParserPosition()));
  }

  /**
   * @param distinct how distinct values are found, null where all are taken
   */
  private Node.Over over(RexOver over, Specification specification, @Nullable Distinct distinct) {
    SourcePosition position = Positions.of(over.getParserPosition());
    List<Expression> arguments = new ArrayList<>();
    over.getOperands().forEach(o -> arguments.add(scope.translate(o)));
    if (distinct != null) {
      arguments.set(0, distinct.argument());
    }
    WindowFrame frame = frame(over.getWindow(), specification, position);
    Type type = RowScope.type(over.getType(), over);
    WindowFunction function = function(over.getOperator());
    String name = over.getOperator().getName().toLowerCase(Locale.ROOT);
    if (distinct != null && distinct.listed()) {
      return new Node.Over(
          numbers.field("values", new Type.Array(distinct.argument().type()), true),
          AggregateFunction.ARRAY_AGG,
          null,
          List.of(scope.column(distinct.argument(), name).id()),
          false,
          frame,
          LISTED,
          placed(over));
    }
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
    return function(over, forward(function, arguments), arguments, frame, type, name);
  }

  /** LAG by a constant less than 0 is LEAD, and the other way round; the distance is turned. */
  private static WindowFunction forward(WindowFunction function, List<Expression> arguments) {
    if (function != WindowFunction.LAG && function != WindowFunction.LEAD
        || arguments.size() < 2
        || !(Casts.to(Type.BIGINT, arguments.get(1)) instanceof Literal literal)
        || !(literal.value() instanceof Long distance)
        || distance >= 0
        || distance == Long.MIN_VALUE) {
      return function;
    }
    arguments.set(1, new Literal(Type.BIGINT, -distance));
    return function == WindowFunction.LAG ? WindowFunction.LEAD : WindowFunction.LAG;
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
