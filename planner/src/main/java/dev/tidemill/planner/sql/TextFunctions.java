package dev.tidemill.planner.sql;

import static dev.tidemill.planner.logical.Expressions.call;
import static org.apache.calcite.sql.type.OperandTypes.family;
import static org.apache.calcite.sql.type.SqlTypeFamily.BINARY;
import static org.apache.calcite.sql.type.SqlTypeFamily.CHARACTER;
import static org.apache.calcite.sql.type.SqlTypeFamily.INTEGER;

import dev.tidemill.foundation.type.Type;
import dev.tidemill.plan.expression.Call;
import dev.tidemill.plan.expression.Case;
import dev.tidemill.plan.expression.Expression;
import dev.tidemill.plan.expression.Literal;
import dev.tidemill.plan.function.ScalarFunction;
import dev.tidemill.planner.logical.Casts;
import dev.tidemill.planner.logical.Expressions;
import java.util.ArrayList;
import java.util.List;
import org.apache.calcite.sql.fun.SqlStdOperatorTable;
import org.apache.calcite.sql.parser.SqlParserPos;
import org.apache.calcite.sql.type.OperandTypes;
import org.apache.calcite.sql.type.ReturnTypes;
import org.apache.calcite.sql.type.SqlOperandCountRanges;

/** Text and bytes. */
final class TextFunctions {
  private TextFunctions() {}

  static void addTo(FunctionList functions) {
    functions.text("UPPER", ScalarFunction.UPPER);
    functions.text("LOWER", ScalarFunction.LOWER);
    functions.text("UCASE", ScalarFunction.UPPER);
    functions.text("LCASE", ScalarFunction.LOWER);
    functions.text("INITCAP", ScalarFunction.INITCAP);
    functions.text("REVERSE", ScalarFunction.REVERSE);
    functions.text("MD5", ScalarFunction.MD5);
    functions.text("SHA256", ScalarFunction.SHA256);
    functions.add(
        "HEX",
        ResultTypes.TEXT,
        family(BINARY),
        Translations.all(ScalarFunction.TO_HEX, Type.VARBINARY));
    functions.add(
        "TO_HEX",
        ResultTypes.TEXT,
        family(BINARY),
        Translations.all(ScalarFunction.TO_HEX, Type.VARBINARY));
    for (String name : List.of("CHAR_LENGTH", "CHARACTER_LENGTH", "LENGTH", "LEN")) {
      functions.add(
          name,
          ResultTypes.INT,
          family(CHARACTER),
          Translations.all(ScalarFunction.CHAR_LENGTH, Type.VARCHAR));
    }
    functions.add(
        "OCTET_LENGTH",
        ResultTypes.INT,
        family(CHARACTER).or(family(BINARY)),
        Translations.as(ScalarFunction.OCTET_LENGTH));
    functions.add(
        "ASCII",
        ResultTypes.INT,
        family(CHARACTER),
        Translations.all(ScalarFunction.ASCII, Type.VARCHAR));
    functions.add(
        "CHR",
        ResultTypes.TEXT,
        family(INTEGER),
        Translations.all(ScalarFunction.CHR, Type.INTEGER));
    functions.add(
        "CONCAT",
        ReturnTypes.VARCHAR,
        OperandTypes.repeat(SqlOperandCountRanges.from(1), OperandTypes.CHARACTER),
        TextFunctions::concat);
    functions.add(
        "CONCAT_WS",
        ResultTypes.TEXT,
        OperandTypes.repeat(SqlOperandCountRanges.from(2), OperandTypes.CHARACTER),
        Translations.all(ScalarFunction.CONCAT_WS, Type.VARCHAR));
    functions.existing(
        SqlStdOperatorTable.CONCAT, (a, t, p) -> call(ScalarFunction.CONCAT, t, flat(a)));
    functions.existing(SqlStdOperatorTable.SUBSTRING, TextFunctions::substring);
    functions.add(
        "SUBSTR",
        ResultTypes.TEXT,
        ResultTypes.optional(2, CHARACTER, INTEGER, INTEGER),
        TextFunctions::substring);
    functions.add(
        "LEFT",
        ResultTypes.TEXT,
        family(CHARACTER, INTEGER),
        Translations.as(ScalarFunction.LEFT, Type.VARCHAR, Type.INTEGER));
    functions.add(
        "RIGHT",
        ResultTypes.TEXT,
        family(CHARACTER, INTEGER),
        Translations.as(ScalarFunction.RIGHT, Type.VARCHAR, Type.INTEGER));
    functions.existing(
        SqlStdOperatorTable.POSITION,
        Translations.as(ScalarFunction.POSITION, Type.VARCHAR, Type.VARCHAR, Type.INTEGER));
    for (String name : List.of("STRPOS", "INSTR")) {
      functions.add(
          name,
          ResultTypes.INT,
          family(CHARACTER, CHARACTER),
          (a, t, p) -> call(ScalarFunction.POSITION, Type.INTEGER, a.get(1), a.get(0)));
    }
    functions.existing(SqlStdOperatorTable.TRIM, TextFunctions::trim);
    functions.add(
        "LTRIM",
        ResultTypes.TEXT,
        ResultTypes.optional(1, CHARACTER, CHARACTER),
        trimming(ScalarFunction.TRIM_LEADING));
    functions.add(
        "RTRIM",
        ResultTypes.TEXT,
        ResultTypes.optional(1, CHARACTER, CHARACTER),
        trimming(ScalarFunction.TRIM_TRAILING));
    functions.add(
        "BTRIM",
        ResultTypes.TEXT,
        ResultTypes.optional(1, CHARACTER, CHARACTER),
        trimming(ScalarFunction.TRIM));
    functions.add(
        "REPLACE",
        ResultTypes.TEXT,
        family(CHARACTER, CHARACTER, CHARACTER),
        Translations.as(ScalarFunction.REPLACE));
    functions.existing(
        SqlStdOperatorTable.OVERLAY,
        Translations.as(
            ScalarFunction.OVERLAY, Type.VARCHAR, Type.VARCHAR, Type.INTEGER, Type.INTEGER));
    functions.add(
        "LPAD",
        ResultTypes.TEXT,
        ResultTypes.optional(2, CHARACTER, INTEGER, CHARACTER),
        padding(ScalarFunction.LPAD));
    functions.add(
        "RPAD",
        ResultTypes.TEXT,
        ResultTypes.optional(2, CHARACTER, INTEGER, CHARACTER),
        padding(ScalarFunction.RPAD));
    functions.add(
        "REPEAT",
        ResultTypes.TEXT,
        family(CHARACTER, INTEGER),
        Translations.as(ScalarFunction.REPEAT, Type.VARCHAR, Type.INTEGER));
    functions.add(
        "SPLIT_PART",
        ResultTypes.TEXT,
        family(CHARACTER, CHARACTER, INTEGER),
        Translations.as(ScalarFunction.SPLIT_PART, Type.VARCHAR, Type.VARCHAR, Type.INTEGER));
    // The grammar calls the form with three arguments TRANSLATE3.
    for (String name : List.of("TRANSLATE", "TRANSLATE3")) {
      functions.add(
          name,
          ResultTypes.TEXT,
          family(CHARACTER, CHARACTER, CHARACTER),
          Translations.as(ScalarFunction.TRANSLATE));
    }
    for (String name : List.of("STARTS_WITH", "STARTSWITH", "PREFIX")) {
      functions.add(
          name,
          ResultTypes.TRUTH,
          family(CHARACTER, CHARACTER),
          Translations.as(ScalarFunction.STARTS_WITH));
    }
    for (String name : List.of("ENDS_WITH", "ENDSWITH", "SUFFIX")) {
      functions.add(
          name,
          ResultTypes.TRUTH,
          family(CHARACTER, CHARACTER),
          Translations.as(ScalarFunction.ENDS_WITH));
    }
    functions.add(
        "CONTAINS",
        ResultTypes.TRUTH,
        family(CHARACTER, CHARACTER),
        Translations.as(ScalarFunction.CONTAINS));
    for (String name : List.of("REGEXP_LIKE", "REGEXP_MATCHES", "REGEXP_CONTAINS")) {
      functions.add(
          name,
          ResultTypes.TRUTH,
          family(CHARACTER, CHARACTER),
          Translations.as(ScalarFunction.REGEXP_LIKE));
    }
    functions.add(
        "REGEXP_REPLACE",
        ResultTypes.TEXT,
        family(CHARACTER, CHARACTER, CHARACTER),
        Translations.as(ScalarFunction.REGEXP_REPLACE));
    for (String name : List.of("REGEXP_EXTRACT", "REGEXP_SUBSTR")) {
      functions.add(
          name,
          ResultTypes.SOME_TEXT,
          ResultTypes.optional(2, CHARACTER, CHARACTER, INTEGER),
          Translations.as(ScalarFunction.REGEXP_EXTRACT, Type.VARCHAR, Type.VARCHAR, Type.INTEGER));
    }
  }

  private static Expression concat(List<Expression> arguments, Type type, SqlParserPos position) {
    List<Expression> texts = new ArrayList<>();
    for (Expression argument : arguments) {
      texts.add(
          argument instanceof Literal literal && !literal.isNull()
              ? literal
              : new Case(
                  List.of(new Case.When(Expressions.isNotNull(argument), argument)),
                  Translations.text(""),
                  Type.VARCHAR));
    }
    return texts.size() == 1 ? texts.get(0) : new Call(ScalarFunction.CONCAT, texts, type);
  }

  private static Expression[] flat(List<Expression> arguments) {
    List<Expression> flat = new ArrayList<>();
    for (Expression argument : arguments) {
      if (argument instanceof Call call && call.function() == ScalarFunction.CONCAT) {
        flat.addAll(call.arguments());
      } else {
        flat.add(argument);
      }
    }
    return flat.toArray(Expression[]::new);
  }

  private static Expression substring(
      List<Expression> arguments, Type type, SqlParserPos position) {
    List<Expression> cast = new ArrayList<>();
    for (int i = 0; i < arguments.size(); i++) {
      cast.add(i == 0 ? arguments.get(0) : Casts.to(Type.INTEGER, arguments.get(i)));
    }
    return new Call(ScalarFunction.SUBSTRING, cast, type);
  }

  /** (flag, characters, text), the flag as text. */
  private static Expression trim(List<Expression> arguments, Type type, SqlParserPos position) {
    String flag = String.valueOf(((Literal) arguments.get(0)).value());
    ScalarFunction function =
        switch (flag) {
          case "LEADING" -> ScalarFunction.TRIM_LEADING;
          case "TRAILING" -> ScalarFunction.TRIM_TRAILING;
          default -> ScalarFunction.TRIM;
        };
    return call(function, type, arguments.get(2), arguments.get(1));
  }

  private static Functions.Translation trimming(ScalarFunction function) {
    return (arguments, type, position) ->
        call(
            function,
            type,
            arguments.get(0),
            arguments.size() > 1 ? arguments.get(1) : Translations.text(" "));
  }

  private static Functions.Translation padding(ScalarFunction function) {
    return (arguments, type, position) ->
        call(
            function,
            type,
            arguments.get(0),
            Casts.to(Type.INTEGER, arguments.get(1)),
            arguments.size() > 2 ? arguments.get(2) : Translations.text(" "));
  }
}
