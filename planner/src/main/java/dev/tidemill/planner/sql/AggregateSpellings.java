package dev.tidemill.planner.sql;

import dev.tidemill.planner.error.PlannerErrors;
import java.math.BigDecimal;
import java.util.ArrayList;
import java.util.List;
import java.util.Locale;
import java.util.Set;
import java.util.function.UnaryOperator;
import org.apache.calcite.sql.SqlBasicTypeNameSpec;
import org.apache.calcite.sql.SqlCall;
import org.apache.calcite.sql.SqlDataTypeSpec;
import org.apache.calcite.sql.SqlIdentifier;
import org.apache.calcite.sql.SqlKind;
import org.apache.calcite.sql.SqlLiteral;
import org.apache.calcite.sql.SqlNode;
import org.apache.calcite.sql.SqlNodeList;
import org.apache.calcite.sql.SqlNumericLiteral;
import org.apache.calcite.sql.SqlOperator;
import org.apache.calcite.sql.SqlSelectKeyword;
import org.apache.calcite.sql.fun.SqlCase;
import org.apache.calcite.sql.fun.SqlStdOperatorTable;
import org.apache.calcite.sql.parser.SqlParserPos;
import org.apache.calcite.sql.type.SqlTypeName;
import org.apache.calcite.util.Litmus;
import org.jspecify.annotations.Nullable;

/**
 * Aggregates by the names and clauses of several engines, as the few that are computed: MEDIAN as a
 * quantile, STRING_AGG and WITHIN GROUP as LISTAGG with what to order by among its operands, CORR
 * and the REGR functions as covariances and variances. What is made of one call may have several;
 * OVER and FILTER then go to each.
 */
final class AggregateSpellings {
  static final Set<String> NAMES =
      Set.of(
          "ANY_VALUE",
          "APPROX_COUNT_DISTINCT",
          "APPROX_DISTINCT",
          "APPROX_PERCENTILE",
          "APPROX_QUANTILE",
          "ARBITRARY",
          "ARG_MAX",
          "ARG_MIN",
          "ARGMAX",
          "ARGMIN",
          "ARRAY_AGG",
          "COLLECT_LIST",
          "COLLECT_SET",
          "CORR",
          "COUNT_IF",
          "COUNT_STAR",
          "COUNTIF",
          "COVAR_POP",
          "COVAR_SAMP",
          "ENTROPY",
          "FAVG",
          "FIRST",
          "FSUM",
          "GEOMEAN",
          "GEOMETRIC_MEAN",
          "GROUP_CONCAT",
          "APPROX_TOP_K",
          "JSON_AGG",
          "JSON_GROUP_ARRAY",
          "JSON_GROUP_OBJECT",
          "JSON_OBJECT_AGG",
          "KAHAN_SUM",
          "KURT_POP",
          "LAST",
          "LIST",
          "LISTAGG",
          "LOGICAL_AND",
          "LOGICAL_OR",
          "MAD",
          "MAP_AGG",
          "MAX_BY",
          "MEAN",
          "MEDIAN",
          "MIN_BY",
          "MODE",
          "PERCENTILE",
          "PERCENTILE_APPROX",
          "PERCENTILE_CONT",
          "PERCENTILE_DISC",
          "QUANTILE",
          "QUANTILE_CONT",
          "QUANTILE_DISC",
          "REGR_AVGX",
          "REGR_AVGY",
          "REGR_COUNT",
          "REGR_INTERCEPT",
          "REGR_R2",
          "REGR_SLOPE",
          "REGR_SXX",
          "REGR_SXY",
          "REGR_SYY",
          "RESERVOIR_QUANTILE",
          "SEM",
          "STD",
          "STRING_AGG",
          "SUMKAHAN",
          "WAVG",
          "WEIGHTED_AVG");

  private final String name;
  private final SqlParserPos position;
  private final List<SqlNode> operands;
  private final @Nullable SqlLiteral quantifier;
  private final SqlNodeList order;
  private final UnaryOperator<SqlNode> around;
  private boolean ignoresNulls;

  private AggregateSpellings(SqlCall call, SqlNodeList order, UnaryOperator<SqlNode> around) {
    this.name = call.getOperator().getName().toUpperCase(Locale.ROOT);
    this.position = call.getParserPosition();
    this.operands = new ArrayList<>(call.getOperandList());
    this.quantifier = call.getFunctionQuantifier();
    this.around = around;
    SqlNodeList keys = order;
    if (!operands.isEmpty()
        && operands.getLast() instanceof SqlCall last
        && last.getOperator().getName().equals("SEPARATOR")) {
      operands.removeLast();
      SqlNode separator = last.operand(0);
      if (!operands.isEmpty() && operands.getLast() instanceof SqlNodeList list) {
        keys = list;
        operands.removeLast();
      }
      operands.add(separator);
    }
    if (!operands.isEmpty() && operands.getLast() instanceof SqlNodeList list) {
      keys = list;
      operands.removeLast();
    }
    this.order = keys;
  }

  /** Whether a node is a call that is spelled otherwise here, alone or WITHIN GROUP. */
  static boolean isOne(SqlNode node) {
    return node instanceof SqlCall call
        && (call.getKind() == SqlKind.WITHIN_GROUP || isNullTreatment(call)
            ? isOne(call.operand(0))
            : NAMES.contains(call.getOperator().getName().toUpperCase(Locale.ROOT))
                || isOfSeveral(call));
  }

  /** MAX(x, n), MIN(x, n) and COUNT(). */
  private static boolean isOfSeveral(SqlCall call) {
    return switch (call.getOperator().getName().toUpperCase(Locale.ROOT)) {
      case "MAX", "MIN" -> call.operandCount() == 2;
      case "COUNT" ->
          call.operandCount() == 0
              || call.operandCount() > 1
                  && !(call.getOperandList().getLast() instanceof SqlNodeList)
                  && isDistinct(call.getFunctionQuantifier());
      default -> false;
    };
  }

  /** IGNORE NULLS and RESPECT NULLS within the parentheses of ARRAY_AGG. */
  static boolean isNullTreatment(SqlCall call) {
    return (call.getKind() == SqlKind.IGNORE_NULLS || call.getKind() == SqlKind.RESPECT_NULLS)
        && call.operand(0) instanceof SqlCall inner
        && inner.getOperator().getName().equals("ARRAY_AGG");
  }

  /**
   * What a call, alone or WITHIN GROUP, becomes.
   *
   * @param around what is put around each aggregate: FILTER and OVER
   */
  static SqlNode plain(SqlNode node, UnaryOperator<SqlNode> around) {
    SqlCall call = (SqlCall) node;
    if (isNullTreatment(call)) {
      AggregateSpellings inner = new AggregateSpellings(call.operand(0), SqlNodeList.EMPTY, around);
      inner.ignoresNulls = call.getKind() == SqlKind.IGNORE_NULLS;
      return inner.plain();
    }
    return call.getKind() == SqlKind.WITHIN_GROUP
        ? new AggregateSpellings(call.operand(0), call.operand(1), around).plain()
        : new AggregateSpellings(call, SqlNodeList.EMPTY, around).plain();
  }

  private SqlNode plain() {
    return switch (name) {
      case "COUNT_IF", "COUNTIF" -> {
        require(1, 1);
        yield aggregate("COUNT", when(operands.get(0), number("1")));
      }
      case "APPROX_COUNT_DISTINCT", "APPROX_DISTINCT" -> {
        require(1, 2);
        yield aggregate("APPROX_COUNT_DISTINCT", operands.get(0));
      }
      case "ANY_VALUE", "ARBITRARY", "FIRST", "LAST" -> {
        require(1, 1);
        if (order.isEmpty()) {
          yield aggregate(name.equals("LAST") ? "MAX" : "ANY_VALUE", operands.get(0));
        }
        ignoresNulls = !name.equals("FIRST") && !name.equals("LAST");
        yield call(
            SqlStdOperatorTable.ITEM,
            list("ARRAY_AGG", quantifier, null),
            number(name.equals("LAST") ? "-1" : "1"));
      }
      case "MEAN" -> {
        require(1, 1);
        yield aggregate("AVG", operands.get(0));
      }
      case "MAX_BY", "MIN_BY", "ARG_MAX", "ARG_MIN", "ARGMAX", "ARGMIN" -> {
        require(2, 3);
        boolean greatest = name.contains("MAX");
        SqlNode by = operands.get(1);
        yield operands.size() == 2
            ? aggregate(greatest ? "ARG_MAX" : "ARG_MIN", operands.get(0), by)
            : firsts(when(isNotNull(by), operands.get(0)), by, greatest, operands.get(2));
      }
      case "MAX", "MIN" -> {
        require(2, 2);
        yield firsts(operands.get(0), operands.get(0), name.equals("MAX"), operands.get(1));
      }
      case "COUNT" -> {
        if (operands.isEmpty()) {
          yield around.apply(
              SqlStdOperatorTable.COUNT.createCall(position, SqlIdentifier.star(position)));
        }
        // Of different rows without a NULL.
        SqlNode present = isNotNull(operands.get(0));
        for (SqlNode operand : operands.subList(1, operands.size())) {
          present = call(SqlStdOperatorTable.AND, present, isNotNull(operand));
        }
        SqlNode row = SqlStdOperatorTable.ROW.createCall(position, operands);
        yield aggregate("COUNT", when(present, row));
      }
      case "COUNT_STAR" -> {
        require(0, 0);
        yield around.apply(
            SqlStdOperatorTable.COUNT.createCall(position, SqlIdentifier.star(position)));
      }
      case "LOGICAL_AND", "LOGICAL_OR" -> {
        require(1, 1);
        yield aggregate(name.equals("LOGICAL_AND") ? "BOOL_AND" : "BOOL_OR", operands.get(0));
      }
      case "FSUM", "KAHAN_SUM", "SUMKAHAN" -> {
        require(1, 1);
        yield aggregate("SUM", floating(operands.get(0)));
      }
      case "FAVG" -> {
        require(1, 1);
        yield aggregate("AVG", floating(operands.get(0)));
      }
      case "SEM" -> {
        require(1, 1);
        SqlNode value = operands.get(0);
        SqlNode count = floating(aggregate("COUNT", value));
        yield over(
            aggregate("STDDEV_POP", value), Spellings.call("SQRT", position, List.of(count)));
      }
      case "WEIGHTED_AVG", "WAVG" -> {
        require(2, 2);
        SqlNode value = floating(operands.get(0));
        SqlNode weight = operands.get(1);
        yield over(
            aggregate("SUM", times(value, weight)),
            aggregate("SUM", when(isNotNull(value), floating(weight))));
      }
      case "ENTROPY" -> {
        require(1, 1);
        SqlNode counts = aggregate("HISTOGRAM", operands.get(0));
        yield opened(
            "LIST_ENTROPY_OF_COUNTS", Spellings.call("MAP_VALUES", position, List.of(counts)));
      }
      case "MAD" -> {
        require(1, 1);
        ignoresNulls = true;
        yield opened("LIST_MAD", list("ARRAY_AGG", quantifier, null));
      }
      case "STD" -> {
        require(1, 1);
        yield aggregate("STDDEV", operands.get(0));
      }
      case "APPROX_TOP_K" -> {
        require(2, 2);
        SqlNode counts = aggregate("HISTOGRAM", operands.get(0));
        yield opened("LIST_TOP_OF_COUNTS", counts, operands.get(1));
      }
      case "RESERVOIR_QUANTILE" -> ofFraction("QUANTILE_DISC", 3);
      case "JSON_GROUP_ARRAY", "JSON_AGG" -> {
        require(1, 1);
        SqlNode json = Spellings.call("TO_JSON", position, List.of(operands.get(0)));
        yield inBrackets("[", json, "]");
      }
      case "JSON_GROUP_OBJECT", "JSON_OBJECT_AGG" -> {
        require(2, 2);
        SqlNode key = Spellings.call("TO_JSON", position, List.of(textOf(operands.get(0))));
        SqlNode value = Spellings.call("TO_JSON", position, List.of(operands.get(1)));
        SqlNode member = joined(joined(key, text(":")), value);
        yield inBrackets("{", when(isNotNull(operands.get(0)), member), "}");
      }
      case "KURT_POP" -> aggregate("KURTOSIS_POP", operands.toArray(SqlNode[]::new));
      case "GEOMEAN", "GEOMETRIC_MEAN" -> {
        require(1, 1);
        yield Spellings.call(
            "EXP", position, List.of(aggregate("AVG", Spellings.call("LN", position, operands))));
      }
      case "MEDIAN" -> {
        require(1, 1);
        yield quantile("QUANTILE_CONT", operands.get(0), number("0.5"), false);
      }
      case "MODE" -> {
        boolean within = operands.isEmpty() && order.size() == 1;
        require(within ? 0 : 1, within ? 0 : 1);
        yield aggregate("MODE", within ? key(order.get(0)) : operands.get(0));
      }
      case "PERCENTILE_CONT", "PERCENTILE_DISC" -> {
        String own = name.replace("PERCENTILE", "QUANTILE");
        if (order.size() == 1) {
          require(1, 1);
          SqlNode key = order.get(0);
          yield quantile(own, key(key), operands.get(0), isDescending(key));
        }
        require(2, 2);
        yield quantile(own, operands.get(0), operands.get(1), false);
      }
      case "QUANTILE_CONT", "PERCENTILE" -> ofFraction("QUANTILE_CONT", 2);
      case "QUANTILE_DISC", "QUANTILE" -> ofFraction("QUANTILE_DISC", 2);
      case "APPROX_PERCENTILE", "APPROX_QUANTILE", "PERCENTILE_APPROX" -> {
        require(2, 3);
        yield each(operands.get(1), f -> aggregate("APPROX_QUANTILE", operands.get(0), f));
      }
      case "LISTAGG", "STRING_AGG", "GROUP_CONCAT" -> {
        require(1, 2);
        SqlNode separator =
            operands.size() == 2 ? operands.get(1) : SqlLiteral.createCharString(",", position);
        yield list("LISTAGG", quantifier, separator);
      }
      case "ARRAY_AGG", "LIST" -> {
        require(1, 1);
        yield list("ARRAY_AGG", quantifier, null);
      }
      case "COLLECT_LIST", "COLLECT_SET" -> {
        // Without NULLs, and never NULL.
        require(1, 1);
        ignoresNulls = true;
        SqlLiteral once =
            name.equals("COLLECT_SET") ? SqlSelectKeyword.DISTINCT.symbol(position) : quantifier;
        yield call(
            SqlStdOperatorTable.COALESCE,
            list("ARRAY_AGG", once, null),
            NestedValues.EMPTY_ARRAY.createCall(position));
      }
      case "MAP_AGG" -> {
        require(2, 2);
        yield aggregate("MAP_AGG", operands.get(1), operands.get(0));
      }
      default -> {
        require(2, 2);
        yield ofTwo(operands.get(0), operands.get(1));
      }
    };
  }

  private static boolean isDistinct(@Nullable SqlLiteral quantifier) {
    return quantifier != null && quantifier.getValue() == SqlSelectKeyword.DISTINCT;
  }

  private void require(int least, int most) {
    if (operands.size() < least || operands.size() > most) {
      throw PlannerErrors.argumentsInvalid(
          name
              + " takes "
              + (least == most ? String.valueOf(least) : least + " or " + most)
              + (most == 1 ? " argument" : " arguments"),
          Positions.of(position));
    }
  }

  private SqlNode aggregate(String function, SqlNode... arguments) {
    return around.apply(Spellings.call(function, position, List.of(arguments), quantifier));
  }

  private SqlNode ofFraction(String function, int most) {
    require(2, most);
    return each(operands.get(1), f -> quantile(function, operands.get(0), f, false));
  }

  /** A quantile, or an ARRAY of those of several fractions. */
  private SqlNode each(SqlNode fractions, UnaryOperator<SqlNode> quantile) {
    if (!(fractions instanceof SqlCall array)
        || array.getKind() != SqlKind.ARRAY_VALUE_CONSTRUCTOR) {
      return quantile.apply(fractions);
    }
    SqlNode all =
        SqlStdOperatorTable.ARRAY_VALUE_CONSTRUCTOR.createCall(
            position, array.getOperandList().stream().map(quantile).toList());
    SqlNode any =
        call(SqlStdOperatorTable.GREATER_THAN, aggregate("COUNT", operands.get(0)), number("0"));
    return when(any, all);
  }

  /** The first of the values in an order, at most so many, as an ARRAY. */
  private SqlNode firsts(SqlNode value, SqlNode by, boolean greatest, SqlNode count) {
    if (!(count instanceof SqlNumericLiteral literal)
        || !literal.isInteger()
        || literal.bigDecimalValue().signum() <= 0
        || literal.bigDecimalValue().toBigInteger().bitLength() > 63) {
      throw PlannerErrors.argumentsInvalid(
          name
              + " needs a whole number of values, at least 1, but got "
              + TidemillValidator.text(count),
          Positions.of(count.getParserPosition()));
    }
    ignoresNulls = true;
    SqlNode key = greatest ? call(SqlStdOperatorTable.DESC, by) : by;
    operands.set(0, value);
    SqlNode all = list("ARRAY_AGG", quantifier, null, SqlNodeList.of(key));
    return Spellings.call("ARRAY_SLICE", position, List.of(all, number("1"), count));
  }

  /** A call of a macro. */
  private SqlNode opened(String macro, SqlNode... arguments) {
    return Lambdas.opened(Macros.opened(Spellings.call(macro, position, List.of(arguments))));
  }

  private SqlNode inBrackets(String open, SqlNode value, String close) {
    operands.set(0, value);
    SqlNode all = list("LISTAGG", quantifier, text(","));
    return joined(joined(text(open), all), text(close));
  }

  private SqlNode joined(SqlNode a, SqlNode b) {
    return call(SqlStdOperatorTable.CONCAT, a, b);
  }

  private SqlNode text(String text) {
    return SqlLiteral.createCharString(text, position);
  }

  private SqlNode quantile(String function, SqlNode value, SqlNode fraction, boolean descending) {
    SqlLiteral direction = SqlLiteral.createBoolean(descending, position);
    return function.equals("QUANTILE_CONT")
        ? ofTimes(value, v -> aggregate(function, v, fraction, direction))
        : aggregate(function, value, fraction, direction);
  }

  /** An aggregate of numbers, which also is one of times: that of how far they are from 1970. */
  private SqlNode ofTimes(SqlNode value, UnaryOperator<SqlNode> aggregate) {
    SqlNode number = Spellings.call(TimeFunctions.AS_NUMBER, position, List.of(value));
    return Spellings.call(
        TimeFunctions.AS_TIME, position, List.of(aggregate.apply(number), aggregate("MIN", value)));
  }

  /**
   * LISTAGG(value, separator, letters of the orders, keys …), or ARRAY_AGG(value, letters, whether
   * NULLs are left out, keys …).
   */
  private SqlNode list(
      String function, @Nullable SqlLiteral quantifier, @Nullable SqlNode separator) {
    return list(function, quantifier, separator, order);
  }

  private SqlNode list(
      String function,
      @Nullable SqlLiteral quantifier,
      @Nullable SqlNode separator,
      SqlNodeList order) {
    SqlNode value = operands.get(0);
    StringBuilder letters = new StringBuilder();
    List<SqlNode> keys = new ArrayList<>();
    boolean ordered = false;
    for (SqlNode key : order) {
      letters.append(isDescending(key) ? 'd' : 'a').append(isNullsFirst(key) ? 'f' : 'l');
      if (key(key).equalsDeep(value, Litmus.IGNORE)) {
        // What comes behind it decides nothing.
        ordered = true;
        break;
      }
      keys.add(key(key));
    }
    SqlNode orders =
        SqlLiteral.createCharString(ordered ? letters.toString() : letters + "al", position);
    List<SqlNode> arguments = new ArrayList<>();
    arguments.add(value);
    arguments.addAll(
        separator == null
            ? List.of(orders, SqlLiteral.createBoolean(ignoresNulls, position))
            : List.of(separator, orders));
    arguments.addAll(keys);
    return around.apply(Spellings.call(function, position, arguments, quantifier));
  }

  private static SqlNode key(SqlNode key) {
    return switch (key.getKind()) {
      case DESCENDING, NULLS_FIRST, NULLS_LAST -> key(((SqlCall) key).operand(0));
      default -> key;
    };
  }

  private static boolean isDescending(SqlNode key) {
    return switch (key.getKind()) {
      case DESCENDING -> true;
      case NULLS_FIRST, NULLS_LAST -> isDescending(((SqlCall) key).operand(0));
      default -> false;
    };
  }

  private static boolean isNullsFirst(SqlNode key) {
    return key.getKind() == SqlKind.NULLS_FIRST;
  }

  // Of pairs (y, x).

  private SqlNode ofTwo(SqlNode y, SqlNode x) {
    boolean single = name.startsWith("COVAR");
    if (!single && quantifier != null && quantifier.getValue() == SqlSelectKeyword.DISTINCT) {
      // What it is made of would count different values once, not different pairs.
      throw PlannerErrors.unsupported("DISTINCT in " + name, Positions.of(position));
    }
    // One of a pair counts only where the other is not NULL.
    SqlNode ownY = when(isNotNull(x), floating(y));
    SqlNode ownX = when(isNotNull(y), floating(x));
    return switch (name) {
      case "COVAR_POP", "COVAR_SAMP" -> aggregate(name, y, x);
      case "CORR" -> correlation(ownY, ownX);
      case "REGR_COUNT" -> aggregate("COUNT", sum(ownY, ownX));
      case "REGR_AVGX" -> aggregate("AVG", ownX);
      case "REGR_AVGY" -> aggregate("AVG", ownY);
      case "REGR_SXX" -> times(aggregate("COUNT", ownX), aggregate("VAR_POP", ownX));
      case "REGR_SYY" -> times(aggregate("COUNT", ownY), aggregate("VAR_POP", ownY));
      case "REGR_SXY" -> times(aggregate("COUNT", ownX), covariance(ownY, ownX));
      case "REGR_SLOPE" -> slope(ownY, ownX);
      case "REGR_INTERCEPT" ->
          call(
              SqlStdOperatorTable.MINUS,
              aggregate("AVG", ownY),
              times(slope(ownY, ownX), aggregate("AVG", ownX)));
      default -> determination(ownY, ownX);
    };
  }

  private SqlNode slope(SqlNode y, SqlNode x) {
    return over(covariance(y, x), aggregate("VAR_POP", x));
  }

  private SqlNode correlation(SqlNode y, SqlNode x) {
    return over(covariance(y, x), times(aggregate("STDDEV_POP", y), aggregate("STDDEV_POP", x)));
  }

  /** REGR_R2: 1 where y is the same everywhere and x is not. */
  private SqlNode determination(SqlNode y, SqlNode x) {
    SqlNode correlation = correlation(y, x);
    SqlNode zero = SqlLiteral.createApproxNumeric("0e0", position);
    return new SqlCase(
        position,
        null,
        SqlNodeList.of(
            call(SqlStdOperatorTable.EQUALS, aggregate("VAR_POP", x), zero),
            call(SqlStdOperatorTable.EQUALS, aggregate("VAR_POP", y), zero)),
        SqlNodeList.of(
            SqlLiteral.createNull(position), SqlLiteral.createApproxNumeric("1e0", position)),
        times(correlation, correlation));
  }

  private SqlNode covariance(SqlNode y, SqlNode x) {
    return aggregate("COVAR_POP", y, x);
  }

  private SqlNode sum(SqlNode a, SqlNode b) {
    return call(SqlStdOperatorTable.PLUS, a, b);
  }

  private SqlNode times(SqlNode a, SqlNode b) {
    return call(SqlStdOperatorTable.MULTIPLY, floating(a), b);
  }

  /** A quotient that is NULL where the divisor is zero. */
  private SqlNode over(SqlNode a, SqlNode b) {
    return call(
        SqlStdOperatorTable.DIVIDE,
        a,
        call(SqlStdOperatorTable.NULLIF, b, SqlLiteral.createApproxNumeric("0e0", position)));
  }

  private SqlNode floating(SqlNode value) {
    SqlDataTypeSpec type =
        new SqlDataTypeSpec(new SqlBasicTypeNameSpec(SqlTypeName.DOUBLE, position), position);
    return call(SqlStdOperatorTable.CAST, value, type);
  }

  private SqlNode textOf(SqlNode value) {
    SqlDataTypeSpec type =
        new SqlDataTypeSpec(new SqlBasicTypeNameSpec(SqlTypeName.VARCHAR, position), position);
    return call(SqlStdOperatorTable.CAST, value, type);
  }

  private SqlNode isNotNull(SqlNode value) {
    return call(SqlStdOperatorTable.IS_NOT_NULL, value);
  }

  private SqlNode when(SqlNode condition, SqlNode value) {
    return new SqlCase(
        position,
        null,
        SqlNodeList.of(condition),
        SqlNodeList.of(value),
        SqlLiteral.createNull(position));
  }

  private SqlNode number(String text) {
    return SqlLiteral.createExactNumeric(new BigDecimal(text).toPlainString(), position);
  }

  private SqlNode call(SqlOperator operator, SqlNode... arguments) {
    return operator.createCall(position, arguments);
  }
}
