package dev.tidemill.planner.sql;

import static dev.tidemill.planner.logical.Expressions.call;
import static org.apache.calcite.sql.type.OperandTypes.family;
import static org.apache.calcite.sql.type.SqlTypeFamily.CHARACTER;

import dev.tidemill.foundation.type.Type;
import dev.tidemill.plan.expression.Call;
import dev.tidemill.plan.expression.Case;
import dev.tidemill.plan.expression.Expression;
import dev.tidemill.plan.expression.Literal;
import dev.tidemill.plan.function.ScalarFunction;
import dev.tidemill.planner.error.PlannerErrors;
import dev.tidemill.planner.logical.Casts;
import dev.tidemill.planner.logical.Expressions;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.stream.Stream;
import org.apache.calcite.sql.SqlOperatorBinding;
import org.apache.calcite.sql.parser.SqlParserPos;
import org.apache.calcite.sql.type.OperandTypes;
import org.apache.calcite.sql.type.ReturnTypes;
import org.apache.calcite.sql.type.SqlTypeTransforms;

/** JSON, which is VARCHAR. */
final class JsonFunctions {
  /** What JSON_EACH has the rows of. */
  static final String ENTRIES = "$JSON_ENTRIES";

  private static final Type ENTRY =
      new Type.Array(
          new Type.Row(
              Stream.of("key", "value", "type", "atom", "fullkey", "path")
                  .map(name -> new Type.RowField(name, Type.VARCHAR))
                  .toList()));

  private JsonFunctions() {}

  static void addTo(FunctionList functions) {
    Map<String, ScalarFunction> paths =
        Map.of(
            "JSON_VALUE", ScalarFunction.JSON_VALUE,
            "JSON_QUERY", ScalarFunction.JSON_QUERY,
            "JSON_EXTRACT", ScalarFunction.JSON_EXTRACT,
            "JSON_EXTRACT_STRING", ScalarFunction.JSON_EXTRACT_STRING,
            "GET_JSON_OBJECT", ScalarFunction.JSON_EXTRACT_STRING);
    paths.forEach(
        (name, function) ->
            functions.add(
                name,
                b ->
                    isOfAll(function, b)
                        ? RelTypes.toRel(b.getTypeFactory(), new Type.Array(Type.VARCHAR), true)
                        : ResultTypes.SOME_TEXT.inferReturnType(b),
                family(CHARACTER, CHARACTER),
                (a, t, p) ->
                    t instanceof Type.Array
                        ? call(
                            ScalarFunction.JSON_EXTRACT_ALL,
                            t,
                            a.get(0),
                            a.get(1),
                            new Literal(
                                Type.BOOLEAN, function == ScalarFunction.JSON_EXTRACT_STRING))
                        : new Call(function, a, t)));
    functions.add(
        ENTRIES,
        b -> RelTypes.toRel(b.getTypeFactory(), ENTRY, true),
        family(CHARACTER, CHARACTER),
        Translations.as(ScalarFunction.JSON_ENTRIES));
    functions.add(
        "JSON_CONTAINS",
        ResultTypes.TRUTH,
        family(CHARACTER, CHARACTER),
        Translations.as(ScalarFunction.JSON_CONTAINS));
    functions.add(
        "JSON_PRETTY",
        ResultTypes.SOME_TEXT,
        family(CHARACTER),
        Translations.as(ScalarFunction.JSON_PRETTY));
    functions.add(
        "JSON_EXISTS",
        ReturnTypes.BOOLEAN_FORCE_NULLABLE,
        family(CHARACTER, CHARACTER),
        Translations.as(ScalarFunction.JSON_EXISTS));
    functions.add(
        "JSON_VALID",
        ResultTypes.TRUTH,
        family(CHARACTER),
        Translations.as(ScalarFunction.JSON_VALID));
    functions.add(
        "JSON_TYPE",
        ResultTypes.SOME_TEXT,
        family(CHARACTER),
        Translations.as(ScalarFunction.JSON_TYPE));
    functions.add(
        "JSON_MERGE_PATCH",
        ResultTypes.SOME_TEXT,
        family(CHARACTER, CHARACTER),
        Translations.as(ScalarFunction.JSON_MERGE_PATCH));
    functions.add(
        "JSON_ARRAY_LENGTH",
        ReturnTypes.INTEGER.andThen(SqlTypeTransforms.FORCE_NULLABLE),
        family(CHARACTER),
        Translations.as(ScalarFunction.JSON_ARRAY_LENGTH));
    for (String name : List.of("TO_JSON", "ARRAY_TO_JSON", "ROW_TO_JSON")) {
      functions.add(name, ReturnTypes.VARCHAR, OperandTypes.ANY, (a, t, p) -> json(a.get(0)));
    }
    functions.add("JSON_OBJECT", ReturnTypes.VARCHAR, OperandTypes.VARIADIC, JsonFunctions::object);
    functions.add("JSON_ARRAY", ReturnTypes.VARCHAR, OperandTypes.VARIADIC, JsonFunctions::array);
  }

  /** Whether the path leads to several places. */
  private static boolean isOfAll(ScalarFunction function, SqlOperatorBinding binding) {
    boolean isExtract =
        function == ScalarFunction.JSON_EXTRACT || function == ScalarFunction.JSON_EXTRACT_STRING;
    String path =
        isExtract && binding.isOperandLiteral(1, false)
            ? binding.getOperandLiteralValue(1, String.class)
            : null;
    return path != null
        && path.startsWith("$")
        && (path.contains("[*]")
            || path.endsWith(".*")
            || path.contains(".*.")
            || path.contains(".*["));
  }

  /** The value as JSON; what a function of JSON gave is JSON already. */
  private static Expression json(Expression value) {
    if (value instanceof Call call) {
      switch (call.function()) {
        case TO_JSON, JSON_OBJECT, JSON_ARRAY, JSON_MERGE_PATCH:
          return value;
        case JSON_QUERY, JSON_EXTRACT:
          return new Case(
              List.of(new Case.When(Expressions.isNotNull(value), value)),
              Translations.text("null"),
              Type.VARCHAR);
        default:
          break;
      }
    }
    return call(
        ScalarFunction.TO_JSON,
        Type.VARCHAR,
        value.type() instanceof Type.Null ? Casts.to(Type.VARCHAR, value) : value);
  }

  /** The value as JSON, NULL where it is NULL. */
  private static Expression present(Expression value) {
    return new Case(
        List.of(new Case.When(Expressions.isNotNull(value), json(value))),
        Literal.nullOf(Type.VARCHAR),
        Type.VARCHAR);
  }

  private static Expression object(List<Expression> arguments, Type type, SqlParserPos position) {
    if (arguments.size() % 2 != 0) {
      throw PlannerErrors.argumentsInvalid(
          "JSON_OBJECT takes a name and a value, and so on", Positions.of(position));
    }
    List<Expression> members = new ArrayList<>();
    for (int i = 0; i < arguments.size(); i += 2) {
      Expression name = arguments.get(i);
      if (!(name.type() instanceof Type.Varchar)) {
        throw PlannerErrors.argumentsInvalid(
            "the name of a member of JSON_OBJECT must be VARCHAR but is " + name.type(),
            Positions.of(position));
      }
      members.add(name);
      members.add(json(arguments.get(i + 1)));
    }
    return new Call(ScalarFunction.JSON_OBJECT, members, type);
  }

  private static Expression array(List<Expression> arguments, Type type, SqlParserPos position) {
    return new Call(
        ScalarFunction.JSON_ARRAY, arguments.stream().map(JsonFunctions::present).toList(), type);
  }
}
