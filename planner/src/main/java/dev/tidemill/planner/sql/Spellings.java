package dev.tidemill.planner.sql;

import dev.tidemill.planner.error.PlannerErrors;
import dev.tidemill.sql.parser.statement.SliceOperator;
import java.util.ArrayList;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.Set;
import java.util.regex.Pattern;
import org.apache.calcite.sql.SqlBasicTypeNameSpec;
import org.apache.calcite.sql.SqlCall;
import org.apache.calcite.sql.SqlCharStringLiteral;
import org.apache.calcite.sql.SqlDataTypeSpec;
import org.apache.calcite.sql.SqlFunction;
import org.apache.calcite.sql.SqlFunctionCategory;
import org.apache.calcite.sql.SqlIdentifier;
import org.apache.calcite.sql.SqlIntervalQualifier;
import org.apache.calcite.sql.SqlJdbcDataTypeName;
import org.apache.calcite.sql.SqlJdbcFunctionCall;
import org.apache.calcite.sql.SqlKind;
import org.apache.calcite.sql.SqlLiteral;
import org.apache.calcite.sql.SqlNode;
import org.apache.calcite.sql.SqlNodeList;
import org.apache.calcite.sql.SqlOperator;
import org.apache.calcite.sql.SqlUnknownLiteral;
import org.apache.calcite.sql.SqlUnresolvedFunction;
import org.apache.calcite.sql.fun.SqlCase;
import org.apache.calcite.sql.fun.SqlCastFunction;
import org.apache.calcite.sql.fun.SqlStdOperatorTable;
import org.apache.calcite.sql.parser.SqlParserPos;
import org.apache.calcite.sql.type.SqlTypeName;
import org.apache.calcite.sql.util.SqlShuttle;
import org.jspecify.annotations.Nullable;

/**
 * Calls as other engines, JDBC and the grammar write them, in the one way that the functions here
 * know: {@code {fn UCASE(x)}} as UPPER(x), DATEDIFF(DAY, a, b) as DATEDIFF('DAY', a, b), the
 * clauses of JSON_VALUE as casts and defaults, FILTER before OVER as a CASE.
 */
final class Spellings extends SqlShuttle {
  /** JDBC's names that are others here. */
  private static final Map<String, String> JDBC =
      Map.of("LOG", "LN", "CHAR", "CHR", "INSERT", "OVERLAY", "DAYOFMONTH", "DAY");

  /** Functions whose first argument is a unit of time. */
  private static final Set<String> OF_UNITS =
      Set.of(
          "DATE_ADD",
          "DATE_DIFF",
          "DATE_PART",
          "DATE_SUB",
          "DATE_TRUNC",
          "DATEADD",
          "DATEDIFF",
          "DATEPART");

  /** Those that there is a function of lists for. */
  private static final Set<String> LIST_AGGREGATES =
      Set.of("ANY_VALUE", "AVG", "COUNT", "FIRST", "LAST", "MAX", "MIN", "SUM");

  private static final Pattern LONG_YEAR = Pattern.compile("\\s*[0-9]{5,}-");

  private Spellings() {}

  /** A copy with our spellings; the node may be changed too. */
  static SqlNode plain(SqlNode node) {
    SqlNode plain = node.accept(new Spellings());
    return plain == null ? node : plain;
  }

  /** Whether the first argument of a function of this name may be a word that is a unit of time. */
  static boolean takesUnit(String function) {
    return OF_UNITS.contains(function.toUpperCase(Locale.ROOT));
  }

  /** What the parser calls literals of instants. */
  static final Set<String> INSTANTS =
      Set.of("TIMESTAMP WITH LOCAL TIME ZONE", "TIMESTAMP WITH TIME ZONE");

  @Override
  public @Nullable SqlNode visit(SqlLiteral literal) {
    if (literal instanceof SqlUnknownLiteral unknown && INSTANTS.contains(unknown.tag)) {
      return zoned(unknown);
    }
    if (literal instanceof SqlUnknownLiteral unknown
        && LONG_YEAR.matcher(unknown.getValue()).lookingAt()
        && (unknown.tag.equals("DATE") || unknown.tag.equals("TIMESTAMP"))) {
      // Calcite's literals have years of four digits.
      return cast(unknown, unknown.tag.equals("DATE") ? SqlTypeName.DATE : SqlTypeName.TIMESTAMP);
    }
    SqlNode exact = Intervals.exact(literal);
    return exact == null ? literal : exact;
  }

  /** {@code TIMESTAMP WITH LOCAL TIME ZONE '2024-01-31 10:00:00+01:00'} as the CAST of its text. */
  private static SqlNode zoned(SqlUnknownLiteral literal) {
    return cast(literal, SqlTypeName.TIMESTAMP_WITH_LOCAL_TIME_ZONE);
  }

  private static SqlNode cast(SqlUnknownLiteral literal, SqlTypeName type) {
    SqlParserPos position = literal.getParserPosition();
    return SqlStdOperatorTable.CAST.createCall(
        position,
        SqlLiteral.createCharString(literal.getValue(), position),
        new SqlDataTypeSpec(new SqlBasicTypeNameSpec(type, position), position));
  }

  @Override
  public @Nullable SqlNode visit(SqlCall written) {
    SqlCall call = withoutOrder(written);
    SqlNode aggregate = aggregate(call);
    if (aggregate != null) {
      return aggregate;
    }
    SqlNode visited = super.visit(call);
    return visited instanceof SqlCall copy ? spelled(copy) : visited;
  }

  /** SUM(x ORDER BY y) without the order, which means nothing to most aggregates. */
  private static SqlCall withoutOrder(SqlCall call) {
    return call.getOperator() instanceof SqlUnresolvedFunction
            && call.operandCount() > 1
            && call.getOperandList().getLast() instanceof SqlNodeList
            && Functions.instance().isAggregate(name(call))
            && !AggregateSpellings.NAMES.contains(name(call))
        ? call(
            name(call),
            call.getParserPosition(),
            call.getOperandList().subList(0, call.operandCount() - 1),
            call.getFunctionQuantifier())
        : call;
  }

  /**
   * What becomes of a call of an aggregate that is spelled otherwise, alone or in FILTER and OVER;
   * null of others.
   */
  private @Nullable SqlNode aggregate(SqlCall call) {
    SqlNode inner = call;
    SqlCall over = null;
    SqlCall filter = null;
    if (inner.getKind() == SqlKind.OVER) {
      over = (SqlCall) inner;
      inner = over.operand(0);
    }
    if (inner.getKind() == SqlKind.FILTER) {
      filter = (SqlCall) inner;
      inner = filter.operand(0);
    }
    inner = inner instanceof SqlCall ordered ? withoutOrder(ordered) : inner;
    if (over != null
        && inner instanceof SqlCall end
        && (name(end).equals("FIRST") || name(end).equals("LAST"))) {
      // In a window it is the frame that has an order.
      SqlNode value =
          call(
              name(end) + "_VALUE",
              end.getParserPosition(),
              end.getOperandList(),
              end.getFunctionQuantifier());
      SqlNode filtered =
          filter == null
              ? value
              : SqlStdOperatorTable.FILTER.createCall(
                  filter.getParserPosition(), value, filter.operand(1));
      return visit(
          SqlStdOperatorTable.OVER.createCall(over.getParserPosition(), filtered, over.operand(1)));
    }
    if (!AggregateSpellings.isOne(inner)) {
      return null;
    }
    SqlNode condition = filter == null ? null : filter.operand(1).accept(this);
    SqlNode window = over == null ? null : over.operand(1).accept(this);
    SqlNode plain =
        inner.getKind() == SqlKind.WITHIN_GROUP
                || AggregateSpellings.isNullTreatment((SqlCall) inner)
            ? within((SqlCall) inner)
            : super.visit((SqlCall) inner);
    return AggregateSpellings.plain(
        plain == null ? inner : plain,
        one -> {
          SqlNode wrapped = one;
          SqlParserPos position = one.getParserPosition();
          if (condition != null) {
            wrapped = SqlStdOperatorTable.FILTER.createCall(position, wrapped, condition);
          }
          if (window != null) {
            SqlCall inWindow = SqlStdOperatorTable.OVER.createCall(position, wrapped, window);
            wrapped = spelled(inWindow);
          }
          return wrapped;
        });
  }

  /** WITHIN GROUP or IGNORE NULLS with its operands visited, but not the aggregate itself. */
  private SqlNode within(SqlCall call) {
    List<SqlNode> operands = new ArrayList<>(call.getOperandList());
    SqlNode aggregate = super.visit((SqlCall) call.operand(0));
    if (aggregate != null) {
      operands.set(0, aggregate);
    }
    if (operands.size() > 1) {
      operands.set(1, operands.get(1).accept(this));
    }
    return call.getOperator().createCall(call.getParserPosition(), operands);
  }

  private static SqlNode spelled(SqlCall call) {
    if (call.getOperator() instanceof SqlJdbcFunctionCall) {
      return jdbc(call);
    }
    if (call.getKind() == SqlKind.OVER) {
      return call.operand(0) instanceof SqlCall filter && filter.getKind() == SqlKind.FILTER
          ? filtered(call, filter)
          : call;
    }
    if (call.getOperator() instanceof SliceOperator) {
      return call("ARRAY_SLICE", call.getParserPosition(), call.getOperandList());
    }
    if (call.getOperator() instanceof SqlCastFunction) {
      return CastOperator.of(call);
    }
    return call.getOperator() instanceof SqlFunction ? function(call) : call;
  }

  private static String name(SqlCall call) {
    return call.getOperator().getName().toUpperCase(Locale.ROOT);
  }

  private static SqlNode function(SqlCall call) {
    return switch (name(call)) {
      case "TODAY" ->
          call.operandCount() == 0
              ? new SqlIdentifier("CURRENT_DATE", call.getParserPosition())
              : call;
      case "COALESCE" -> coalesce(call);
      case "NULLIF" -> nullIf(call);
      case "LIST_VALUE", "LIST_PACK", "ARRAY_VALUE" -> array(call);
      case "LIST_AGGREGATE", "LIST_AGGR", "ARRAY_AGGREGATE", "ARRAY_AGGR" -> listAggregate(call);
      case "JSON_VALUE" -> jsonValue(call);
      case "JSON_QUERY" -> jsonQuery(call);
      case "JSON_EXISTS" -> jsonExists(call);
      case "JSON_OBJECT", "JSON_ARRAY" ->
          call.getOperator() instanceof SqlUnresolvedFunction ? call : jsonConstructor(call);
      default -> OF_UNITS.contains(name(call)) ? units(call) : call;
    };
  }

  /** COALESCE(a, b, c) over subqueries as IFNULL(a, IFNULL(b, c)), which asks each of them once. */
  private static SqlNode coalesce(SqlCall call) {
    List<SqlNode> operands = call.getOperandList();
    if (operands.size() < 2 || operands.stream().noneMatch(Spellings::hasQuery)) {
      return call;
    }
    SqlNode first = operands.getLast();
    for (int i = operands.size() - 2; i >= 0; i--) {
      first = call("IFNULL", call.getParserPosition(), List.of(operands.get(i), first));
    }
    return first;
  }

  /** NULLIF of a subquery names it twice: each is validated by itself. */
  private static SqlNode nullIf(SqlCall call) {
    if (call.operandCount() != 2 || !hasQuery(call.operand(0))) {
      return call;
    }
    SqlParserPos position = call.getParserPosition();
    SqlNode value = call.operand(0);
    return new SqlCase(
        position,
        null,
        SqlNodeList.of(SqlStdOperatorTable.EQUALS.createCall(position, value, call.operand(1))),
        SqlNodeList.of(SqlLiteral.createNull(position)),
        SqlCompiler.copy(value));
  }

  private static boolean hasQuery(@Nullable SqlNode node) {
    return switch (node) {
      case SqlNodeList list -> list.stream().anyMatch(Spellings::hasQuery);
      case SqlCall call ->
          call.isA(SqlKind.QUERY) || call.getOperandList().stream().anyMatch(Spellings::hasQuery);
      case null, default -> false;
    };
  }

  private static SqlNode array(SqlCall call) {
    SqlOperator constructor =
        call.operandCount() == 0
            ? NestedValues.EMPTY_ARRAY
            : SqlStdOperatorTable.ARRAY_VALUE_CONSTRUCTOR;
    return constructor.createCall(call.getParserPosition(), call.getOperandList());
  }

  /** LIST_AGGREGATE(array, 'sum') as LIST_SUM(array). */
  private static SqlNode listAggregate(SqlCall call) {
    if (call.operandCount() != 2 || !(call.operand(1) instanceof SqlCharStringLiteral text)) {
      throw PlannerErrors.argumentsInvalid(
          name(call) + " takes an ARRAY and the name of an aggregate, as text",
          Positions.of(call.getParserPosition()));
    }
    String aggregate = text.toValue().toUpperCase(Locale.ROOT);
    if (!LIST_AGGREGATES.contains(aggregate)) {
      throw PlannerErrors.unsupported(
          name(call) + " with " + text, Positions.of(text.getParserPosition()));
    }
    return call("LIST_" + aggregate, call.getParserPosition(), List.of(call.operand(0)));
  }

  static SqlCall call(String name, SqlParserPos position, List<SqlNode> operands) {
    return call(name, position, operands, null);
  }

  /**
   * A call of a function by its name.
   *
   * @param quantifier DISTINCT, ALL or null
   */
  static SqlCall call(
      String name, SqlParserPos position, List<SqlNode> operands, @Nullable SqlLiteral quantifier) {
    return new SqlUnresolvedFunction(
            new SqlIdentifier(name, position),
            null,
            null,
            null,
            null,
            SqlFunctionCategory.USER_DEFINED_FUNCTION)
        .createCall(quantifier, position, operands.toArray(SqlNode[]::new));
  }

  /** The escape of JDBC: {@code {fn NAME(…)}}. */
  private static SqlNode jdbc(SqlCall call) {
    // It is called {FN NAME}.
    String name = name(call).replaceAll("^\\{FN |}$", "");
    SqlParserPos position = call.getParserPosition();
    List<SqlNode> operands = call.getOperandList();
    return switch (name) {
      case "CURDATE" -> new SqlIdentifier("CURRENT_DATE", position);
      case "CURTIME" -> new SqlIdentifier("CURRENT_TIME", position);
      case "INSERT" ->
          operands.size() == 4
              ? SqlStdOperatorTable.OVERLAY.createCall(
                  position, operands.get(0), operands.get(3), operands.get(1), operands.get(2))
              : call(name, position, operands);
      case "CONVERT" ->
          operands.size() == 2
                  && operands.get(1) instanceof SqlLiteral literal
                  && literal.getValue() instanceof SqlJdbcDataTypeName type
              ? SqlStdOperatorTable.CAST.createCall(
                  position, operands.get(0), type.createDataType(literal.getParserPosition()))
              : call;
      case "TIMESTAMPADD" -> SqlStdOperatorTable.TIMESTAMP_ADD.createCall(position, operands);
      case "TIMESTAMPDIFF" -> SqlStdOperatorTable.TIMESTAMP_DIFF.createCall(position, operands);
      default -> spelled(call(JDBC.getOrDefault(name, name), position, operands));
    };
  }

  /** The unit as text, as the first argument. */
  private static SqlNode units(SqlCall call) {
    List<SqlNode> operands = new ArrayList<>(call.getOperandList());
    if (operands.size() < 2) {
      return call;
    }
    int last = operands.size() - 1;
    boolean swapped =
        unit(operands.get(0)) == null
            && unit(operands.get(last)) != null
            && !(operands.get(0) instanceof SqlLiteral literal
                && literal.getTypeName().getName().equals("CHAR"));
    if (swapped) {
      // DATE_DIFF(to, from, DAY) and DATE_TRUNC(x, MONTH).
      operands = new ArrayList<>(operands.reversed());
    }
    SqlLiteral unit = unit(operands.get(0));
    if (unit != null) {
      operands.set(0, unit);
    }
    return call(name(call), call.getParserPosition(), operands);
  }

  private static @Nullable SqlLiteral unit(SqlNode node) {
    if (node instanceof SqlIntervalQualifier qualifier) {
      String name =
          qualifier.timeFrameName == null ? qualifier.getUnit().name() : qualifier.timeFrameName;
      return SqlLiteral.createCharString(name, node.getParserPosition());
    }
    return node instanceof SqlIdentifier id
            && id.isSimple()
            && !id.isComponentQuoted(0)
            && TimeUnits.isUnit(id.getSimple())
        ? SqlLiteral.createCharString(id.getSimple(), id.getParserPosition())
        : null;
  }

  private static String symbol(@Nullable SqlNode node) {
    return node instanceof SqlLiteral literal && literal.getValue() instanceof Enum<?> symbol
        ? symbol.name()
        : "";
  }

  private static RuntimeException clause(String function, SqlNode at) {
    return PlannerErrors.unsupported(
        function + " with that clause", Positions.of(at.getParserPosition()));
  }

  /** JSON_VALUE(json, path [RETURNING type] [DEFAULT x ON EMPTY] [NULL ON ERROR]). */
  private static SqlNode jsonValue(SqlCall call) {
    if (call.getOperator() instanceof SqlUnresolvedFunction) {
      return call;
    }
    SqlParserPos position = call.getParserPosition();
    List<SqlNode> operands = call.getOperandList();
    SqlNode value = call("JSON_VALUE", position, operands.subList(0, 2));
    for (int i = 2; i < operands.size(); i++) {
      switch (symbol(operands.get(i))) {
        case "RETURNING" ->
            value = SqlStdOperatorTable.CAST.createCall(position, value, operands.get(++i));
        case "NULL" -> i++;
        case "DEFAULT" -> {
          if (!symbol(operands.get(i + 2)).equals("EMPTY")) {
            throw clause("JSON_VALUE", call);
          }
          value = SqlStdOperatorTable.COALESCE.createCall(position, value, operands.get(i + 1));
          i += 2;
        }
        default -> throw clause("JSON_VALUE", call);
      }
    }
    return value;
  }

  private static SqlNode jsonQuery(SqlCall call) {
    if (call.getOperator() instanceof SqlUnresolvedFunction) {
      return call;
    }
    List<@Nullable SqlNode> operands = call.getOperandList();
    for (int i = 2; i < operands.size(); i++) {
      SqlNode clause = operands.get(i);
      String symbol = symbol(clause);
      boolean isType = clause instanceof SqlDataTypeSpec type && isText(type);
      if (clause != null && !isType && !symbol.equals("NULL") && !symbol.equals("WITHOUT_ARRAY")) {
        throw clause("JSON_QUERY", call);
      }
    }
    return call("JSON_QUERY", call.getParserPosition(), List.of(call.operand(0), call.operand(1)));
  }

  private static boolean isText(SqlDataTypeSpec type) {
    return type.getTypeNameSpec() instanceof SqlBasicTypeNameSpec basic
        && basic.getTypeName().getSimple().equals("VARCHAR");
  }

  private static SqlNode jsonExists(SqlCall call) {
    if (call.operandCount() > 2 && !symbol(call.operand(2)).equals("UNKNOWN")) {
      throw clause("JSON_EXISTS", call);
    }
    return call("JSON_EXISTS", call.getParserPosition(), List.of(call.operand(0), call.operand(1)));
  }

  /** The clause says what becomes of NULLs: they stay in objects and go from arrays. */
  private static SqlNode jsonConstructor(SqlCall call) {
    List<SqlNode> operands = new ArrayList<>(call.getOperandList());
    String nulls = symbol(operands.removeFirst());
    String expected = name(call).equals("JSON_OBJECT") ? "NULL_ON_NULL" : "ABSENT_ON_NULL";
    if (!nulls.isEmpty() && !nulls.equals(expected)) {
      throw clause(name(call), call);
    }
    return call(name(call), call.getParserPosition(), operands);
  }

  /** An aggregate of the rows of a window that a condition lets through. */
  private static SqlNode filtered(SqlCall over, SqlCall filter) {
    SqlCall aggregate = filter.operand(0);
    SqlNode condition = filter.operand(1);
    SqlParserPos position = aggregate.getParserPosition();
    if (aggregate.operandCount() == 0 || !WindowTranslator.isFilterable(name(aggregate))) {
      throw PlannerErrors.unsupported(
          "FILTER_OVER",
          "FILTER of " + name(aggregate) + " in a window",
          Positions.of(filter.getParserPosition()));
    }
    SqlNode value = aggregate.operand(0);
    if (value instanceof SqlIdentifier id && id.isStar()) {
      value = SqlLiteral.createExactNumeric("1", position);
    }
    SqlNode chosen =
        new SqlCase(
            position,
            null,
            SqlNodeList.of(condition),
            SqlNodeList.of(value),
            SqlLiteral.createNull(position));
    List<SqlNode> operands = new ArrayList<>(aggregate.getOperandList());
    operands.set(0, chosen);
    SqlNode call =
        aggregate
            .getOperator()
            .createCall(
                aggregate.getFunctionQuantifier(), position, operands.toArray(SqlNode[]::new));
    return over.getOperator().createCall(over.getParserPosition(), call, over.operand(1));
  }
}
