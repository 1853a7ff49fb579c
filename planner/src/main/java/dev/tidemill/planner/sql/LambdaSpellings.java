package dev.tidemill.planner.sql;

import dev.tidemill.planner.error.PlannerErrors;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.Set;
import org.apache.calcite.sql.SqlCall;
import org.apache.calcite.sql.SqlIdentifier;
import org.apache.calcite.sql.SqlKind;
import org.apache.calcite.sql.SqlLambda;
import org.apache.calcite.sql.SqlLiteral;
import org.apache.calcite.sql.SqlNode;
import org.apache.calcite.sql.SqlNodeList;
import org.apache.calcite.sql.fun.SqlCase;
import org.apache.calcite.sql.fun.SqlQuantifyOperator;
import org.apache.calcite.sql.fun.SqlStdOperatorTable;
import org.apache.calcite.sql.parser.SqlParserPos;
import org.apache.calcite.sql.util.SqlShuttle;
import org.jspecify.annotations.Nullable;

/**
 * Functions with lambdas that are short for others: {@code ZIP_WITH(a, b, (x, y) -> x + y)} is
 * {@code LIST_TRANSFORM(LIST_ZIP(a, b), z -> z[1] + z[2])}, {@code MAP_ZIP_WITH} goes through the
 * keys of both maps, and REDUCE may have a second lambda for what it gives.
 */
final class LambdaSpellings {
  static final Set<String> NAMES = Set.of("MAP_ZIP_WITH", "ZIP_WITH");

  private static final Set<String> REDUCTIONS =
      Set.of("AGGREGATE", "ARRAY_REDUCE", "LIST_REDUCE", "REDUCE");

  private LambdaSpellings() {}

  /** Whether the call is opened here. */
  static boolean isOne(SqlCall call) {
    int last = call.operandCount() - 1;
    String name = call.getOperator().getName().toUpperCase(Locale.ROOT);
    if (last < 2 || !(call.operand(last) instanceof SqlLambda lambda)) {
      return false;
    }
    int parameters = lambda.getParameters().size();
    return switch (name) {
      case "ZIP_WITH" -> last == 2 && parameters == 2;
      case "MAP_ZIP_WITH" -> last == 2 && parameters == 3;
      default ->
          REDUCTIONS.contains(name)
              && last == 3
              && parameters == 1
              && call.operand(2) instanceof SqlLambda;
    };
  }

  /** Refuses calls of these functions that have not what they take. */
  static void check(SqlCall call) {
    String name = call.getOperator().getName().toUpperCase(Locale.ROOT);
    if (NAMES.contains(name)) {
      throw PlannerErrors.argumentsInvalid(
          name.equals("ZIP_WITH")
              ? "ZIP_WITH takes two ARRAYs and a lambda (element, element) -> value"
              : "MAP_ZIP_WITH takes two MAPs and a lambda (key, value, value) -> value",
          Positions.of(call.getParserPosition()));
    }
  }

  /**
   * What becomes of such a call.
   *
   * @param name of a parameter, which nothing else is called by
   */
  static SqlNode plain(SqlCall call, String name) {
    SqlParserPos position = call.getParserPosition();
    int last = call.operandCount() - 1;
    SqlLambda lambda = call.operand(last);
    return switch (call.getOperator().getName().toUpperCase(Locale.ROOT)) {
      case "ZIP_WITH" -> {
        SqlNode zipped =
            Spellings.call("LIST_ZIP", position, List.of(call.operand(0), call.operand(1)));
        SqlNode both =
            SqlStdOperatorTable.AND.createCall(
                position,
                isNotNull(call.operand(0), position),
                isNotNull(call.operand(1), position));
        yield when(
            both,
            transformed(
                zipped, name, replaced(lambda, item(name, 1, position), item(name, 2, position))));
      }
      case "MAP_ZIP_WITH" -> {
        SqlNode keys =
            Spellings.call(
                "ARRAY_UNION",
                position,
                List.of(keys(call.operand(0), position), keys(call.operand(1), position)));
        SqlIdentifier key = new SqlIdentifier(name, position);
        SqlNode value =
            replaced(
                lambda,
                key,
                item(call.operand(0), key, position),
                item(call.operand(1), key, position));
        SqlNode entry = SqlStdOperatorTable.ROW.createCall(position, key, value);
        yield Spellings.call("MAP_FROM_ENTRIES", position, List.of(transformed(keys, name, entry)));
      }
      default -> {
        SqlNode reduced =
            Spellings.call(
                call.getOperator().getName(), position, call.getOperandList().subList(0, last));
        SqlNode one = SqlStdOperatorTable.ARRAY_VALUE_CONSTRUCTOR.createCall(position, reduced);
        yield item(
            Spellings.call("LIST_TRANSFORM", position, List.of(one, lambda)),
            SqlLiteral.createExactNumeric("1", position),
            position);
      }
    };
  }

  /**
   * Whether this is {@code x = ANY(array)}, or ALL, and not one of a query or of several values.
   */
  static boolean isOfArray(SqlCall call) {
    return call.getOperator() instanceof SqlQuantifyOperator
        && call.operand(1) instanceof SqlNodeList values
        && values.size() == 1
        && !values.get(0).isA(SqlKind.QUERY);
  }

  /** {@code x > ANY(array)} as ANY_MATCH(array, v -> x > v). */
  static SqlNode ofArray(SqlCall call, String name) {
    SqlParserPos position = call.getParserPosition();
    SqlQuantifyOperator operator = (SqlQuantifyOperator) call.getOperator();
    SqlNode parameter = new SqlIdentifier(name, position);
    SqlNode comparison =
        Functions.comparison(operator.comparisonKind)
            .createCall(position, call.operand(0), parameter);
    SqlNode lambda =
        new SqlLambda(position, SqlNodeList.of(new SqlIdentifier(name, position)), comparison);
    return Spellings.call(
        operator.getKind() == SqlKind.ALL ? "ALL_MATCH" : "ANY_MATCH",
        position,
        List.of(((SqlNodeList) call.operand(1)).get(0), lambda));
  }

  private static SqlNode transformed(SqlNode array, String parameter, SqlNode body) {
    SqlParserPos position = body.getParserPosition();
    SqlNode lambda =
        new SqlLambda(position, SqlNodeList.of(new SqlIdentifier(parameter, position)), body);
    return Spellings.call("LIST_TRANSFORM", array.getParserPosition(), List.of(array, lambda));
  }

  private static SqlNode keys(SqlNode map, SqlParserPos position) {
    return Spellings.call("MAP_KEYS", position, List.of(SqlCompiler.copy(map)));
  }

  private static SqlNode item(String parameter, int place, SqlParserPos position) {
    return item(
        new SqlIdentifier(parameter, position),
        SqlLiteral.createExactNumeric(String.valueOf(place), position),
        position);
  }

  private static SqlNode item(SqlNode of, SqlNode place, SqlParserPos position) {
    return SqlStdOperatorTable.ITEM.createCall(position, SqlCompiler.copy(of), place);
  }

  private static SqlNode isNotNull(SqlNode value, SqlParserPos position) {
    return SqlStdOperatorTable.IS_NOT_NULL.createCall(position, SqlCompiler.copy(value));
  }

  private static SqlNode when(SqlNode condition, SqlNode value) {
    SqlParserPos position = value.getParserPosition();
    return new SqlCase(
        position,
        null,
        SqlNodeList.of(condition),
        SqlNodeList.of(value),
        SqlLiteral.createNull(position));
  }

  /** The lambda's body with something else in the places of its parameters. */
  private static SqlNode replaced(SqlLambda lambda, SqlNode... values) {
    Map<String, SqlNode> byName = new HashMap<>();
    for (int i = 0; i < values.length; i++) {
      String name = ((SqlIdentifier) lambda.getParameters().get(i)).getSimple();
      byName.put(name.toLowerCase(Locale.ROOT), values[i]);
    }
    SqlNode body = lambda.getExpression().accept(new Replacing(byName));
    return body == null ? lambda.getExpression() : body;
  }

  private static final class Replacing extends SqlShuttle {
    private final Map<String, SqlNode> values;

    Replacing(Map<String, SqlNode> values) {
      this.values = values;
    }

    @Override
    public SqlNode visit(SqlIdentifier id) {
      SqlNode value = id.isStar() ? null : values.get(id.names.get(0).toLowerCase(Locale.ROOT));
      if (value == null) {
        return id;
      }
      SqlNode replaced = SqlCompiler.copy(value);
      for (int i = 1; i < id.names.size(); i++) {
        replaced =
            SqlStdOperatorTable.DOT.createCall(
                id.getParserPosition(), replaced, id.getComponent(i));
      }
      return replaced;
    }

    @Override
    public @Nullable SqlNode visit(SqlCall call) {
      if (!(call instanceof SqlLambda inner)) {
        return super.visit(call);
      }
      // Its parameters hide those around.
      Map<String, SqlNode> visible = new HashMap<>(values);
      List<SqlNode> parameters = new ArrayList<>(inner.getParameters());
      for (SqlNode parameter : parameters) {
        visible.remove(((SqlIdentifier) parameter).getSimple().toLowerCase(Locale.ROOT));
      }
      SqlNode body = inner.getExpression().accept(new Replacing(visible));
      return new SqlLambda(
          inner.getParserPosition(),
          inner.getParameters(),
          body == null ? inner.getExpression() : body);
    }
  }
}
