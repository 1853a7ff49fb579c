package dev.tidemill.planner.sql;

import static dev.tidemill.planner.logical.Expressions.call;
import static org.apache.calcite.sql.type.OperandTypes.family;
import static org.apache.calcite.sql.type.SqlTypeFamily.ANY;
import static org.apache.calcite.sql.type.SqlTypeFamily.ARRAY;
import static org.apache.calcite.sql.type.SqlTypeFamily.BINARY;
import static org.apache.calcite.sql.type.SqlTypeFamily.CHARACTER;
import static org.apache.calcite.sql.type.SqlTypeFamily.INTEGER;
import static org.apache.calcite.sql.type.SqlTypeFamily.MAP;

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
import org.apache.calcite.sql.fun.SqlLibraryOperators;
import org.apache.calcite.sql.fun.SqlStdOperatorTable;
import org.apache.calcite.sql.parser.SqlParserPos;
import org.apache.calcite.sql.type.OperandTypes;
import org.apache.calcite.sql.type.ReturnTypes;
import org.apache.calcite.sql.type.SqlOperandCountRanges;
import org.apache.calcite.sql.type.SqlOperandTypeChecker;
import org.apache.calcite.sql.type.SqlTypeTransforms;

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
    functions.text("SHA1", ScalarFunction.SHA1);
    functions.text("SHA512", ScalarFunction.SHA512);
    SqlOperandTypeChecker bytes = family(CHARACTER).or(family(BINARY));
    functions.add(
        "CRC32",
        ResultTypes.LONG,
        family(CHARACTER).or(family(BINARY)),
        Translations.as(ScalarFunction.CRC32));
    functions.add(
        "HASH",
        ReturnTypes.BIGINT,
        OperandTypes.ONE_OR_MORE,
        (a, t, p) ->
            new Call(
                ScalarFunction.HASH,
                a.stream()
                    .map(x -> x.type() instanceof Type.Null ? Casts.to(Type.VARCHAR, x) : x)
                    .toList(),
                Type.BIGINT));
    functions.text("SOUNDEX", ScalarFunction.SOUNDEX);
    for (String name : List.of("HEX", "TO_HEX")) {
      functions.add(name, ResultTypes.TEXT, bytes.or(family(INTEGER)), TextFunctions::hexadecimal);
    }
    for (String name : List.of("UNHEX", "FROM_HEX")) {
      functions.add(
          name,
          ReturnTypes.VARBINARY.andThen(SqlTypeTransforms.TO_NULLABLE),
          family(CHARACTER),
          Translations.all(ScalarFunction.FROM_HEX, Type.VARCHAR));
    }
    for (String name : List.of("BASE64", "TO_BASE64")) {
      functions.add(name, ResultTypes.TEXT, bytes, Translations.as(ScalarFunction.TO_BASE64));
    }
    for (String name : List.of("UNBASE64", "FROM_BASE64")) {
      functions.add(
          name,
          ReturnTypes.VARBINARY.andThen(SqlTypeTransforms.TO_NULLABLE),
          family(CHARACTER),
          Translations.all(ScalarFunction.FROM_BASE64, Type.VARCHAR));
    }
    functions.text("URL_ENCODE", ScalarFunction.URL_ENCODE);
    functions.text("URL_DECODE", ScalarFunction.URL_DECODE);
    functions.add(
        "LEVENSHTEIN",
        ResultTypes.INT,
        family(CHARACTER, CHARACTER),
        Translations.all(ScalarFunction.LEVENSHTEIN, Type.VARCHAR));
    functions.add(
        "DAMERAU_LEVENSHTEIN",
        ResultTypes.INT,
        family(CHARACTER, CHARACTER),
        Translations.all(ScalarFunction.DAMERAU_LEVENSHTEIN, Type.VARCHAR));
    for (String name : List.of("HAMMING", "MISMATCHES")) {
      functions.add(
          name,
          ResultTypes.INT,
          family(CHARACTER, CHARACTER),
          Translations.all(ScalarFunction.HAMMING, Type.VARCHAR));
    }
    for (ScalarFunction similarity :
        List.of(
            ScalarFunction.JACCARD,
            ScalarFunction.JARO_SIMILARITY,
            ScalarFunction.JARO_WINKLER_SIMILARITY)) {
      functions.add(
          similarity.name(),
          ResultTypes.FLOATING,
          family(CHARACTER, CHARACTER),
          Translations.all(similarity, Type.VARCHAR));
    }
    functions.text("STRIP_ACCENTS", ScalarFunction.STRIP_ACCENTS);
    functions.add(
        "TO_BASE",
        ResultTypes.TEXT,
        family(INTEGER, INTEGER),
        Translations.as(ScalarFunction.TO_BASE, Type.BIGINT, Type.INTEGER));
    functions.add(
        "FORMAT",
        ResultTypes.TEXT,
        OperandTypes.ONE_OR_MORE,
        (a, t, p) -> formatted(ScalarFunction.FORMAT, a, t, p));
    for (String name : List.of("PRINTF", "FORMAT_STRING")) {
      functions.add(
          name,
          ReturnTypes.VARCHAR.andThen(SqlTypeTransforms.ARG0_NULLABLE),
          OperandTypes.ONE_OR_MORE,
          (a, t, p) -> formatted(ScalarFunction.PRINTF, a, t, p));
    }
    functions.add(
        "SPACE",
        ResultTypes.TEXT,
        family(INTEGER),
        (a, t, p) ->
            call(
                ScalarFunction.REPEAT,
                t,
                Translations.text(" "),
                Casts.to(Type.INTEGER, a.get(0))));
    functions.add(
        "BIT_LENGTH",
        ResultTypes.INT,
        bytes,
        (a, t, p) ->
            call(
                ScalarFunction.MULTIPLY,
                t,
                call(ScalarFunction.OCTET_LENGTH, t, a.get(0)),
                new Literal(Type.INTEGER, 8L)));
    for (String name : List.of("CHAR_LENGTH", "CHARACTER_LENGTH")) {
      functions.add(
          name,
          ResultTypes.INT,
          family(CHARACTER),
          Translations.all(ScalarFunction.CHAR_LENGTH, Type.VARCHAR));
    }
    for (String name : List.of("LENGTH", "LEN")) {
      functions.add(
          name,
          ResultTypes.INT,
          family(CHARACTER).or(family(ARRAY)).or(family(MAP)),
          (a, t, p) ->
              isNested(a.get(0))
                  ? call(ScalarFunction.CARDINALITY, t, a.get(0))
                  : call(ScalarFunction.CHAR_LENGTH, t, Casts.to(Type.VARCHAR, a.get(0))));
    }
    functions.add(
        "OCTET_LENGTH",
        ResultTypes.INT,
        family(CHARACTER).or(family(BINARY)),
        Translations.as(ScalarFunction.OCTET_LENGTH));
    for (String name : List.of("ASCII", "ORD", "UNICODE")) {
      functions.add(
          name,
          ResultTypes.INT,
          family(CHARACTER),
          Translations.all(ScalarFunction.ASCII, Type.VARCHAR));
    }
    functions.add(
        "CHR",
        ResultTypes.TEXT,
        family(INTEGER),
        Translations.all(ScalarFunction.CHR, Type.INTEGER));
    functions.add(
        "CONCAT",
        ReturnTypes.VARCHAR,
        OperandTypes.repeat(SqlOperandCountRanges.from(1), OperandTypes.ANY),
        TextFunctions::concat);
    functions.add(
        "CONCAT_WS",
        ResultTypes.TEXT,
        OperandTypes.repeat(SqlOperandCountRanges.from(2), OperandTypes.ANY),
        (a, t, p) ->
            new Call(
                ScalarFunction.CONCAT_WS,
                a.stream().map(e -> text("CONCAT_WS", e, p)).toList(),
                t));
    functions.existing(
        Concatenation.INSTANCE,
        (a, t, p) ->
            t instanceof Type.Array
                ? CollectionFunctions.concatenation(a, t, p)
                : call(ScalarFunction.CONCAT, t, flat(Concatenation.texts(a, t))));
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
    for (String name : List.of("LOCATE", "CHARINDEX")) {
      functions.add(
          name,
          ResultTypes.INT,
          ResultTypes.optional(2, CHARACTER, CHARACTER, INTEGER),
          Translations.as(ScalarFunction.POSITION, Type.VARCHAR, Type.VARCHAR, Type.INTEGER));
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
        family(CHARACTER, CHARACTER).or(family(ARRAY, ANY)),
        (a, t, p) ->
            isNested(a.get(0))
                ? CollectionFunctions.contains(a, t, p)
                : call(ScalarFunction.CONTAINS, t, a.get(0), a.get(1)));
    patterns(functions);
    for (String name : List.of("REGEXP_EXTRACT", "REGEXP_SUBSTR")) {
      functions.add(
          name,
          ResultTypes.SOME_TEXT,
          ResultTypes.optional(2, CHARACTER, CHARACTER, INTEGER, CHARACTER),
          (a, t, p) ->
              a.size() == 2
                  ? call(ScalarFunction.REGEXP_EXTRACT, t, a.get(0), a.get(1))
                  : call(
                      ScalarFunction.REGEXP_EXTRACT,
                      t,
                      a.get(0),
                      flagged(a, 3, p),
                      Casts.to(Type.INTEGER, a.get(2))));
    }
  }

  private static void patterns(FunctionList functions) {
    for (String name :
        List.of("REGEXP_LIKE", "REGEXP_MATCHES", "REGEXP_CONTAINS", "REGEXP", "RLIKE")) {
      functions.add(
          name,
          ResultTypes.TRUTH,
          ResultTypes.optional(2, CHARACTER, CHARACTER, CHARACTER),
          (a, t, p) -> call(ScalarFunction.REGEXP_LIKE, t, a.get(0), flagged(a, 2, p)));
    }
    functions.existing(
        SqlLibraryOperators.RLIKE,
        (a, t, p) -> call(ScalarFunction.REGEXP_LIKE, t, a.get(0), a.get(1)));
    functions.existing(
        SqlLibraryOperators.NOT_RLIKE,
        (a, t, p) -> Expressions.not(call(ScalarFunction.REGEXP_LIKE, t, a.get(0), a.get(1))));
    functions.add(
        "REGEXP_REPLACE",
        ResultTypes.TEXT,
        ResultTypes.optional(3, CHARACTER, CHARACTER, CHARACTER, CHARACTER),
        (a, t, p) -> call(ScalarFunction.REGEXP_REPLACE, t, a.get(0), flagged(a, 3, p), a.get(2)));
    functions.add(
        "REGEXP_COUNT",
        ResultTypes.INT,
        family(CHARACTER, CHARACTER),
        Translations.as(ScalarFunction.REGEXP_COUNT));
  }

  /** The pattern, the second argument, with the flags that are given as a literal. */
  private static Expression flagged(List<Expression> arguments, int index, SqlParserPos position) {
    Expression pattern = arguments.get(1);
    if (arguments.size() <= index) {
      return pattern;
    }
    if (!(arguments.get(index) instanceof Literal literal)
        || !(literal.value() instanceof String flags)
        || !flags.matches("[gcimsnx]*")) {
      throw PlannerErrors.argumentsInvalid(
          "the flags of a regular expression are a literal of the letters i, c, m, s, x and g",
          Positions.of(position));
    }
    String own = flags.replace("g", "").replace("c", "").replace("n", "s");
    if (own.isEmpty()) {
      return pattern;
    }
    String prefix = "(?" + own + ")";
    return pattern instanceof Literal known && known.value() instanceof String text
        ? Translations.text(prefix + text)
        : call(ScalarFunction.CONCAT, Type.VARCHAR, Translations.text(prefix), pattern);
  }

  /** Of a number its digits, of text and bytes two for each byte. */
  private static Expression hexadecimal(
      List<Expression> arguments, Type type, SqlParserPos position) {
    Expression argument = arguments.get(0);
    return argument.type() instanceof Type.Int
        ? call(
            ScalarFunction.PRINTF, type, Translations.text("%X"), Casts.to(Type.BIGINT, argument))
        : call(ScalarFunction.TO_HEX, type, argument);
  }

  private static Expression formatted(
      ScalarFunction function, List<Expression> arguments, Type type, SqlParserPos position) {
    if (!(arguments.get(0).type() instanceof Type.Varchar)) {
      throw PlannerErrors.argumentsInvalid(
          "the first argument of " + function + " is a VARCHAR, its format",
          Positions.of(position));
    }
    List<Expression> typed = new ArrayList<>();
    for (Expression argument : arguments) {
      typed.add(argument.type() instanceof Type.Null ? Literal.nullOf(Type.VARCHAR) : argument);
    }
    return new Call(function, typed, type);
  }

  private static Expression concat(List<Expression> arguments, Type type, SqlParserPos position) {
    List<Expression> texts = new ArrayList<>();
    for (Expression given : arguments) {
      Expression argument = text("CONCAT", given, position);
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

  private static boolean isNested(Expression expression) {
    return expression.type() instanceof Type.Array || expression.type() instanceof Type.MapType;
  }

  /** A value as text; of what is nested a function of texts makes none. */
  private static Expression text(String function, Expression value, SqlParserPos position) {
    if (isNested(value) || value.type() instanceof Type.Row) {
      throw PlannerErrors.argumentsInvalid(
          function + " takes no " + value.type() + ": CAST it to VARCHAR", Positions.of(position));
    }
    return Casts.to(Type.VARCHAR, value);
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
