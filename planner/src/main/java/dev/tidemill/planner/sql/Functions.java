package dev.tidemill.planner.sql;

import static dev.tidemill.planner.logical.Expressions.call;
import static org.apache.calcite.sql.type.OperandTypes.family;
import static org.apache.calcite.sql.type.SqlTypeFamily.ANY;
import static org.apache.calcite.sql.type.SqlTypeFamily.BINARY;
import static org.apache.calcite.sql.type.SqlTypeFamily.BOOLEAN;
import static org.apache.calcite.sql.type.SqlTypeFamily.CHARACTER;
import static org.apache.calcite.sql.type.SqlTypeFamily.DATETIME;
import static org.apache.calcite.sql.type.SqlTypeFamily.INTEGER;
import static org.apache.calcite.sql.type.SqlTypeFamily.NUMERIC;

import dev.tidemill.foundation.type.Type;
import dev.tidemill.plan.expression.Call;
import dev.tidemill.plan.expression.Case;
import dev.tidemill.plan.expression.Expression;
import dev.tidemill.plan.expression.Literal;
import dev.tidemill.plan.function.ScalarFunction;
import dev.tidemill.planner.error.PlannerErrors;
import dev.tidemill.planner.logical.Casts;
import dev.tidemill.planner.logical.CommonType;
import dev.tidemill.planner.logical.Expressions;
import java.time.Duration;
import java.time.Period;
import java.util.ArrayList;
import java.util.Collections;
import java.util.EnumMap;
import java.util.IdentityHashMap;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.Set;
import java.util.TreeSet;
import java.util.stream.IntStream;
import org.apache.calcite.avatica.util.TimeUnit;
import org.apache.calcite.avatica.util.TimeUnitRange;
import org.apache.calcite.rel.type.RelDataType;
import org.apache.calcite.rel.type.RelDataTypeFactory;
import org.apache.calcite.sql.SqlBasicFunction;
import org.apache.calcite.sql.SqlBinaryOperator;
import org.apache.calcite.sql.SqlFunction;
import org.apache.calcite.sql.SqlFunctionCategory;
import org.apache.calcite.sql.SqlKind;
import org.apache.calcite.sql.SqlOperator;
import org.apache.calcite.sql.SqlOperatorBinding;
import org.apache.calcite.sql.SqlOperatorTable;
import org.apache.calcite.sql.SqlSyntax;
import org.apache.calcite.sql.fun.SqlAnyValueAggFunction;
import org.apache.calcite.sql.fun.SqlAvgAggFunction;
import org.apache.calcite.sql.fun.SqlBasicAggFunction;
import org.apache.calcite.sql.fun.SqlBitOpAggFunction;
import org.apache.calcite.sql.fun.SqlLibraryOperators;
import org.apache.calcite.sql.fun.SqlMinMaxAggFunction;
import org.apache.calcite.sql.fun.SqlMonotonicBinaryOperator;
import org.apache.calcite.sql.fun.SqlStdOperatorTable;
import org.apache.calcite.sql.fun.SqlSumAggFunction;
import org.apache.calcite.sql.parser.SqlParserPos;
import org.apache.calcite.sql.type.InferTypes;
import org.apache.calcite.sql.type.OperandTypes;
import org.apache.calcite.sql.type.ReturnTypes;
import org.apache.calcite.sql.type.SqlOperandCountRanges;
import org.apache.calcite.sql.type.SqlOperandTypeChecker;
import org.apache.calcite.sql.type.SqlReturnTypeInference;
import org.apache.calcite.sql.type.SqlTypeFamily;
import org.apache.calcite.sql.type.SqlTypeName;
import org.apache.calcite.sql.type.SqlTypeTransforms;
import org.jspecify.annotations.Nullable;

/**
 * The functions of Tidemill's SQL: what validates, and what each becomes. An operator that is not
 * here does not exist, so whatever validates can be planned.
 */
public final class Functions {
  /** What a call of a function becomes. */
  @FunctionalInterface
  public interface Translation {
    /**
     * The call as a plan has it.
     *
     * @param arguments translated, of whatever types the validator let through
     * @param type of the result
     * @param position of the call, for errors
     */
    Expression translate(List<Expression> arguments, Type type, SqlParserPos position);
  }

  /** Functions of the standard that Calcite defines and the translator knows by kind. */
  private static final List<SqlOperator> STANDARD =
      List.of(
          SqlStdOperatorTable.CAST,
          SqlLibraryOperators.TRY_CAST,
          SqlLibraryOperators.SAFE_CAST,
          SqlLibraryOperators.ILIKE,
          SqlLibraryOperators.NOT_ILIKE,
          SqlStdOperatorTable.COALESCE,
          SqlStdOperatorTable.NULLIF,
          SqlStdOperatorTable.ROW,
          SqlStdOperatorTable.DESCRIPTOR,
          SqlStdOperatorTable.TUMBLE,
          SqlStdOperatorTable.HOP,
          SqlStdOperatorTable.COUNT,
          SqlStdOperatorTable.SUM0,
          SqlStdOperatorTable.EVERY,
          SqlStdOperatorTable.SOME,
          SqlLibraryOperators.BOOL_AND,
          SqlLibraryOperators.BOOL_OR,
          SqlStdOperatorTable.SINGLE_VALUE,
          SqlStdOperatorTable.GROUPING,
          SqlStdOperatorTable.GROUPING_ID,
          SqlStdOperatorTable.ROW_NUMBER,
          SqlStdOperatorTable.RANK,
          SqlStdOperatorTable.DENSE_RANK,
          SqlStdOperatorTable.PERCENT_RANK,
          SqlStdOperatorTable.CUME_DIST,
          SqlStdOperatorTable.NTILE,
          SqlStdOperatorTable.LAG,
          SqlStdOperatorTable.LEAD,
          SqlStdOperatorTable.FIRST_VALUE,
          SqlStdOperatorTable.LAST_VALUE,
          SqlStdOperatorTable.NTH_VALUE);

  /** Operators that are no functions and that nothing here can run. */
  private static final Set<SqlKind> REFUSED =
      Set.of(
          SqlKind.OVERLAPS,
          SqlKind.CONTAINS,
          SqlKind.PRECEDES,
          SqlKind.IMMEDIATELY_PRECEDES,
          SqlKind.SUCCEEDS,
          SqlKind.IMMEDIATELY_SUCCEEDS,
          SqlKind.PERIOD_EQUALS);

  /** Operators that are ours here. */
  private static final Set<SqlKind> ARITHMETIC =
      Set.of(SqlKind.PLUS, SqlKind.MINUS, SqlKind.TIMES, SqlKind.DIVIDE, SqlKind.MOD);

  private static final SqlReturnTypeInference TEXT = ReturnTypes.VARCHAR_NULLABLE;
  private static final SqlReturnTypeInference SOME_TEXT = ReturnTypes.VARCHAR_FORCE_NULLABLE;
  private static final SqlReturnTypeInference INT = ReturnTypes.INTEGER_NULLABLE;
  private static final SqlReturnTypeInference LONG = ReturnTypes.BIGINT_NULLABLE;
  private static final SqlReturnTypeInference FLOATING = ReturnTypes.DOUBLE_NULLABLE;
  private static final SqlReturnTypeInference TRUTH = ReturnTypes.BOOLEAN_NULLABLE;
  private static final SqlReturnTypeInference FIRST = ReturnTypes.ARG0_NULLABLE;
  private static final SqlReturnTypeInference SECOND = ReturnTypes.ARG1_NULLABLE;

  static final Functions INSTANCE = new Functions();

  private final Map<SqlOperator, Translation> translations = new IdentityHashMap<>();
  private final Map<SqlKind, SqlOperator> arithmetic = new EnumMap<>(SqlKind.class);
  private final List<SqlOperator> operators = new ArrayList<>();
  private final SqlOperatorTable table;

  private Functions() {
    operators.addAll(STANDARD);
    for (SqlOperator operator : SqlStdOperatorTable.instance().getOperatorList()) {
      boolean known =
          operator instanceof SqlFunction
              || REFUSED.contains(operator.getKind())
              || isArithmetic(operator)
              || STANDARD.contains(operator);
      if (!known) {
        operators.add(operator);
      }
    }
    arithmetic();
    numbers();
    texts();
    times();
    conditions();
    aggregates();
    table = new OperatorTable(operators);
  }

  public static Functions instance() {
    return INSTANCE;
  }

  SqlOperatorTable table() {
    return table;
  }

  /**
   * What becomes of calls of {@code operator}, or null if it is one that the translator knows by
   * kind.
   */
  public @Nullable Translation translation(SqlOperator operator) {
    return translations.get(operator);
  }

  boolean isOurs(SqlOperator operator) {
    return translations.containsKey(operator);
  }

  /** The names of all functions, sorted, upper case. */
  public Set<String> names() {
    Set<String> names = new TreeSet<>();
    for (SqlOperator operator : operators) {
      if (operator instanceof SqlFunction) {
        names.add(operator.getName().toUpperCase(Locale.ROOT));
      }
    }
    return Collections.unmodifiableSet(names);
  }

  private void arithmetic() {
    addArithmetic(binary("+", SqlKind.PLUS, 40, OperandTypes.PLUS_OPERATOR));
    addArithmetic(
        binary("-", SqlKind.MINUS, 40, OperandTypes.MINUS_OPERATOR.or(family(DATETIME, DATETIME))));
    addArithmetic(binary("*", SqlKind.TIMES, 60, OperandTypes.MULTIPLY_OPERATOR));
    addArithmetic(quotient("/", SqlKind.DIVIDE, OperandTypes.DIVISION_OPERATOR));
    addArithmetic(quotient("%", SqlKind.MOD, OperandTypes.NUMERIC_NUMERIC));
    operators.add(
        SqlBasicFunction.create(
            "MOD",
            SqlKind.MOD,
            b -> Arithmetic.type(SqlKind.MOD, b),
            OperandTypes.NUMERIC_NUMERIC));
  }

  private void addArithmetic(SqlOperator operator) {
    operators.add(operator);
    arithmetic.put(operator.getKind(), operator);
  }

  /**
   * The operator with our result types that stands for {@code operator}, which may be Calcite's
   * own.
   */
  SqlOperator own(SqlOperator operator) {
    return isArithmetic(operator)
        ? arithmetic.getOrDefault(operator.getKind(), operator)
        : operator;
  }

  /** Whether this is + - * / % or MOD; the difference of times with a unit is something else. */
  static boolean isArithmetic(SqlOperator operator) {
    return ARITHMETIC.contains(operator.getKind())
        && (operator.getSyntax() == SqlSyntax.BINARY || operator.getSyntax() == SqlSyntax.FUNCTION);
  }

  private static SqlOperator binary(
      String name, SqlKind kind, int precedence, SqlOperandTypeChecker operands) {
    return new SqlMonotonicBinaryOperator(
        name,
        kind,
        precedence,
        true,
        b -> Arithmetic.type(kind, b),
        InferTypes.FIRST_KNOWN,
        operands);
  }

  /** Of / and % Calcite's monotonic operators know nothing. */
  private static SqlOperator quotient(String name, SqlKind kind, SqlOperandTypeChecker operands) {
    return new SqlBinaryOperator(
        name, kind, 60, true, b -> Arithmetic.type(kind, b), InferTypes.FIRST_KNOWN, operands);
  }

  private void numbers() {
    add("ABS", FIRST, OperandTypes.NUMERIC_OR_INTERVAL, same(ScalarFunction.ABS));
    add("SIGN", FIRST, family(NUMERIC), same(ScalarFunction.SIGN));
    add("ROUND", Functions::roundType, optional(1, NUMERIC, INTEGER), Functions::rounded);
    add(
        "TRUNCATE",
        Functions::roundType,
        optional(1, NUMERIC, INTEGER),
        (a, t, p) -> rounded(ScalarFunction.TRUNCATE, a, t));
    add(
        "TRUNC",
        Functions::roundType,
        optional(1, NUMERIC, INTEGER),
        (a, t, p) -> rounded(ScalarFunction.TRUNCATE, a, t));
    for (ScalarFunction function :
        List.of(
            ScalarFunction.SQRT,
            ScalarFunction.CBRT,
            ScalarFunction.EXP,
            ScalarFunction.LN,
            ScalarFunction.LOG10,
            ScalarFunction.LOG2,
            ScalarFunction.SIN,
            ScalarFunction.COS,
            ScalarFunction.TAN,
            ScalarFunction.COT,
            ScalarFunction.ASIN,
            ScalarFunction.ACOS,
            ScalarFunction.ATAN,
            ScalarFunction.SINH,
            ScalarFunction.COSH,
            ScalarFunction.TANH,
            ScalarFunction.DEGREES,
            ScalarFunction.RADIANS)) {
      add(function.name(), FLOATING, family(NUMERIC), all(function, Type.DOUBLE));
    }
    add("LOG", FLOATING, family(NUMERIC, NUMERIC), all(ScalarFunction.LOG, Type.DOUBLE));
    add("LOG", FLOATING, family(NUMERIC), all(ScalarFunction.LOG10, Type.DOUBLE));
    add("POWER", FLOATING, family(NUMERIC, NUMERIC), all(ScalarFunction.POWER, Type.DOUBLE));
    add("POW", FLOATING, family(NUMERIC, NUMERIC), all(ScalarFunction.POWER, Type.DOUBLE));
    add("ATAN2", FLOATING, family(NUMERIC, NUMERIC), all(ScalarFunction.ATAN2, Type.DOUBLE));
    addWithoutParentheses(
        SqlStdOperatorTable.PI, (a, t, p) -> call(ScalarFunction.PI, Type.DOUBLE));
    add(
        "RAND",
        ReturnTypes.DOUBLE,
        OperandTypes.NILADIC,
        (a, t, p) -> call(ScalarFunction.RANDOM, Type.DOUBLE));
    add(
        "RANDOM",
        ReturnTypes.DOUBLE,
        OperandTypes.NILADIC,
        (a, t, p) -> call(ScalarFunction.RANDOM, Type.DOUBLE));
    add(
        "UUID",
        ReturnTypes.VARCHAR,
        OperandTypes.NILADIC,
        (a, t, p) -> call(ScalarFunction.UUID, Type.VARCHAR));
    add(
        "BITAND",
        ReturnTypes.LEAST_RESTRICTIVE,
        family(INTEGER, INTEGER),
        bits(ScalarFunction.BIT_AND));
    add(
        "BITOR",
        ReturnTypes.LEAST_RESTRICTIVE,
        family(INTEGER, INTEGER),
        bits(ScalarFunction.BIT_OR));
    add(
        "BITXOR",
        ReturnTypes.LEAST_RESTRICTIVE,
        family(INTEGER, INTEGER),
        bits(ScalarFunction.BIT_XOR));
    add("BITNOT", FIRST, family(INTEGER), same(ScalarFunction.BIT_NOT));
    add(
        "GREATEST",
        ReturnTypes.LEAST_RESTRICTIVE.andThen(Functions::nullableIfAny),
        OperandTypes.SAME_VARIADIC,
        common(ScalarFunction.GREATEST));
    add(
        "LEAST",
        ReturnTypes.LEAST_RESTRICTIVE.andThen(Functions::nullableIfAny),
        OperandTypes.SAME_VARIADIC,
        common(ScalarFunction.LEAST));
    operators.add(SqlStdOperatorTable.FLOOR);
    operators.add(SqlStdOperatorTable.CEIL);
    translations.put(
        SqlStdOperatorTable.FLOOR,
        (a, t, p) -> floorOrCeil(ScalarFunction.FLOOR, ScalarFunction.DATE_TRUNC, a, t, p));
    translations.put(
        SqlStdOperatorTable.CEIL,
        (a, t, p) -> floorOrCeil(ScalarFunction.CEIL, ScalarFunction.DATE_CEIL, a, t, p));
    add(
        "CEILING",
        FIRST,
        family(NUMERIC),
        (a, t, p) -> floorOrCeil(ScalarFunction.CEIL, ScalarFunction.DATE_CEIL, a, t, p));
  }

  private void texts() {
    text("UPPER", ScalarFunction.UPPER);
    text("LOWER", ScalarFunction.LOWER);
    text("UCASE", ScalarFunction.UPPER);
    text("LCASE", ScalarFunction.LOWER);
    text("INITCAP", ScalarFunction.INITCAP);
    text("REVERSE", ScalarFunction.REVERSE);
    text("MD5", ScalarFunction.MD5);
    text("SHA256", ScalarFunction.SHA256);
    add("HEX", TEXT, family(BINARY), all(ScalarFunction.TO_HEX, Type.VARBINARY));
    add("TO_HEX", TEXT, family(BINARY), all(ScalarFunction.TO_HEX, Type.VARBINARY));
    for (String name : List.of("CHAR_LENGTH", "CHARACTER_LENGTH", "LENGTH", "LEN")) {
      add(name, INT, family(CHARACTER), all(ScalarFunction.CHAR_LENGTH, Type.VARCHAR));
    }
    add("OCTET_LENGTH", INT, family(CHARACTER).or(family(BINARY)), as(ScalarFunction.OCTET_LENGTH));
    add("ASCII", INT, family(CHARACTER), all(ScalarFunction.ASCII, Type.VARCHAR));
    add("CHR", TEXT, family(INTEGER), all(ScalarFunction.CHR, Type.INTEGER));
    add(
        "CONCAT",
        ReturnTypes.VARCHAR,
        OperandTypes.repeat(SqlOperandCountRanges.from(1), OperandTypes.CHARACTER),
        Functions::concat);
    add(
        "CONCAT_WS",
        TEXT,
        OperandTypes.repeat(SqlOperandCountRanges.from(2), OperandTypes.CHARACTER),
        all(ScalarFunction.CONCAT_WS, Type.VARCHAR));
    existing(SqlStdOperatorTable.CONCAT, (a, t, p) -> call(ScalarFunction.CONCAT, t, flat(a)));
    existing(SqlStdOperatorTable.SUBSTRING, Functions::substring);
    add("SUBSTR", TEXT, optional(2, CHARACTER, INTEGER, INTEGER), Functions::substring);
    add(
        "LEFT",
        TEXT,
        family(CHARACTER, INTEGER),
        as(ScalarFunction.LEFT, Type.VARCHAR, Type.INTEGER));
    add(
        "RIGHT",
        TEXT,
        family(CHARACTER, INTEGER),
        as(ScalarFunction.RIGHT, Type.VARCHAR, Type.INTEGER));
    existing(
        SqlStdOperatorTable.POSITION,
        as(ScalarFunction.POSITION, Type.VARCHAR, Type.VARCHAR, Type.INTEGER));
    for (String name : List.of("STRPOS", "INSTR")) {
      add(
          name,
          INT,
          family(CHARACTER, CHARACTER),
          (a, t, p) -> call(ScalarFunction.POSITION, Type.INTEGER, a.get(1), a.get(0)));
    }
    existing(SqlStdOperatorTable.TRIM, Functions::trim);
    add("LTRIM", TEXT, optional(1, CHARACTER, CHARACTER), trimming(ScalarFunction.TRIM_LEADING));
    add("RTRIM", TEXT, optional(1, CHARACTER, CHARACTER), trimming(ScalarFunction.TRIM_TRAILING));
    add("BTRIM", TEXT, optional(1, CHARACTER, CHARACTER), trimming(ScalarFunction.TRIM));
    add("REPLACE", TEXT, family(CHARACTER, CHARACTER, CHARACTER), as(ScalarFunction.REPLACE));
    existing(
        SqlStdOperatorTable.OVERLAY,
        as(ScalarFunction.OVERLAY, Type.VARCHAR, Type.VARCHAR, Type.INTEGER, Type.INTEGER));
    add("LPAD", TEXT, optional(2, CHARACTER, INTEGER, CHARACTER), padding(ScalarFunction.LPAD));
    add("RPAD", TEXT, optional(2, CHARACTER, INTEGER, CHARACTER), padding(ScalarFunction.RPAD));
    add(
        "REPEAT",
        TEXT,
        family(CHARACTER, INTEGER),
        as(ScalarFunction.REPEAT, Type.VARCHAR, Type.INTEGER));
    add(
        "SPLIT_PART",
        TEXT,
        family(CHARACTER, CHARACTER, INTEGER),
        as(ScalarFunction.SPLIT_PART, Type.VARCHAR, Type.VARCHAR, Type.INTEGER));
    // The grammar calls the form with three arguments TRANSLATE3.
    for (String name : List.of("TRANSLATE", "TRANSLATE3")) {
      add(name, TEXT, family(CHARACTER, CHARACTER, CHARACTER), as(ScalarFunction.TRANSLATE));
    }
    for (String name : List.of("STARTS_WITH", "STARTSWITH", "PREFIX")) {
      add(name, TRUTH, family(CHARACTER, CHARACTER), as(ScalarFunction.STARTS_WITH));
    }
    for (String name : List.of("ENDS_WITH", "ENDSWITH", "SUFFIX")) {
      add(name, TRUTH, family(CHARACTER, CHARACTER), as(ScalarFunction.ENDS_WITH));
    }
    add("CONTAINS", TRUTH, family(CHARACTER, CHARACTER), as(ScalarFunction.CONTAINS));
    for (String name : List.of("REGEXP_LIKE", "REGEXP_MATCHES", "REGEXP_CONTAINS")) {
      add(name, TRUTH, family(CHARACTER, CHARACTER), as(ScalarFunction.REGEXP_LIKE));
    }
    add(
        "REGEXP_REPLACE",
        TEXT,
        family(CHARACTER, CHARACTER, CHARACTER),
        as(ScalarFunction.REGEXP_REPLACE));
    for (String name : List.of("REGEXP_EXTRACT", "REGEXP_SUBSTR")) {
      add(
          name,
          SOME_TEXT,
          optional(2, CHARACTER, CHARACTER, INTEGER),
          as(ScalarFunction.REGEXP_EXTRACT, Type.VARCHAR, Type.VARCHAR, Type.INTEGER));
    }
  }

  private void times() {
    existing(SqlStdOperatorTable.EXTRACT, (a, t, p) -> Casts.to(t, extract(a.get(0), a.get(1), p)));
    for (SqlOperator part :
        List.of(
            SqlStdOperatorTable.YEAR,
            SqlStdOperatorTable.QUARTER,
            SqlStdOperatorTable.MONTH,
            SqlStdOperatorTable.WEEK,
            SqlStdOperatorTable.DAYOFMONTH,
            SqlStdOperatorTable.DAYOFYEAR,
            SqlStdOperatorTable.HOUR,
            SqlStdOperatorTable.MINUTE,
            SqlStdOperatorTable.SECOND)) {
      operators.add(part);
    }
    add(
        "DATE_PART",
        LONG,
        family(CHARACTER, DATETIME),
        (a, t, p) -> extract(a.get(0), a.get(1), p));
    add("EPOCH", LONG, family(DATETIME), (a, t, p) -> extract(text("EPOCH"), a.get(0), p));
    add(
        "DATE_TRUNC",
        SECOND,
        family(CHARACTER, DATETIME),
        (a, t, p) -> call(ScalarFunction.DATE_TRUNC, t, unit(a.get(0), p), a.get(1)));
    add(
        "DATE_DIFF",
        LONG,
        family(DATETIME, DATETIME, ANY),
        (a, t, p) -> difference(List.of(a.get(2), a.get(1), a.get(0)), t, p));
    add("DATEDIFF", LONG, family(CHARACTER, DATETIME, DATETIME), Functions::difference);
    existing(
        SqlStdOperatorTable.TIMESTAMP_DIFF,
        (a, t, p) ->
            Casts.to(t, difference(List.of(a.get(0), a.get(1), a.get(2)), Type.BIGINT, p)));
    existing(SqlStdOperatorTable.TIMESTAMP_ADD, Functions::timestampAdd);
    add("LAST_DAY", ReturnTypes.DATE_NULLABLE, family(DATETIME), as(ScalarFunction.LAST_DAY));
    add("DAYNAME", TEXT, family(DATETIME), as(ScalarFunction.DAYNAME));
    add("MONTHNAME", TEXT, family(DATETIME), as(ScalarFunction.MONTHNAME));
    add(
        "FROM_EPOCH_SECONDS",
        timestamp(0),
        family(INTEGER),
        all(ScalarFunction.FROM_EPOCH_SECONDS, Type.BIGINT));
    add(
        "TIMESTAMP_SECONDS",
        timestamp(0),
        family(INTEGER),
        all(ScalarFunction.FROM_EPOCH_SECONDS, Type.BIGINT));
    add(
        "FROM_EPOCH_MILLIS",
        timestamp(3),
        family(INTEGER),
        all(ScalarFunction.FROM_EPOCH_MILLIS, Type.BIGINT));
    add(
        "TIMESTAMP_MILLIS",
        timestamp(3),
        family(INTEGER),
        all(ScalarFunction.FROM_EPOCH_MILLIS, Type.BIGINT));
    add(
        "EPOCH_MS",
        timestamp(3),
        family(INTEGER),
        all(ScalarFunction.FROM_EPOCH_MILLIS, Type.BIGINT));
    add("DATE_FORMAT", TEXT, family(DATETIME, CHARACTER), as(ScalarFunction.FORMAT_TIME));
    add("FORMAT_TIME", TEXT, family(DATETIME, CHARACTER), as(ScalarFunction.FORMAT_TIME));
    now("CURRENT_DATE", Type.DATE, ScalarFunction.CURRENT_DATE);
    now("CURRENT_TIME", new Type.Time(6), ScalarFunction.CURRENT_TIME);
    now("LOCALTIME", new Type.Time(6), ScalarFunction.CURRENT_TIME);
    now("CURRENT_TIMESTAMP", Type.TIMESTAMP, ScalarFunction.CURRENT_TIMESTAMP);
    now("LOCALTIMESTAMP", Type.TIMESTAMP, ScalarFunction.CURRENT_TIMESTAMP);
    add(
        "NOW",
        timestamp(6),
        OperandTypes.NILADIC,
        (a, t, p) -> call(ScalarFunction.CURRENT_TIMESTAMP, Type.TIMESTAMP));
  }

  private void conditions() {
    SqlReturnTypeInference branches = Functions::branches;
    add(
        "IF",
        branches,
        OperandTypes.family(BOOLEAN, ANY, ANY),
        (a, t, p) ->
            new Case(
                List.of(new Case.When(a.get(0), Casts.to(t, a.get(1)))), Casts.to(t, a.get(2)), t));
    for (String name : List.of("IFNULL", "NVL")) {
      add(
          name,
          Functions::firstNotNull,
          OperandTypes.family(ANY, ANY),
          (a, t, p) ->
              new Case(
                  List.of(new Case.When(Expressions.isNotNull(a.get(0)), Casts.to(t, a.get(0)))),
                  Casts.to(t, a.get(1)),
                  t));
    }
    add("CARDINALITY", INT, OperandTypes.COLLECTION_OR_MAP, as(ScalarFunction.CARDINALITY));
  }

  private void aggregates() {
    SqlReturnTypeInference floating = ReturnTypes.DOUBLE.andThen(SqlTypeTransforms.FORCE_NULLABLE);
    // Always nullable: Calcite forgets that a FILTER may leave a group without rows. Plans say it
    // exactly.
    operators.add(
        new SqlSumAggFunction(new TidemillTypeFactory().createSqlType(SqlTypeName.BIGINT)) {
          @Override
          public RelDataType inferReturnType(SqlOperatorBinding binding) {
            return nullable(binding, super.inferReturnType(binding));
          }
        });
    operators.add(
        new SqlAvgAggFunction(SqlKind.AVG) {
          @Override
          public RelDataType inferReturnType(SqlOperatorBinding binding) {
            return nullable(binding, super.inferReturnType(binding));
          }
        });
    for (SqlKind kind : List.of(SqlKind.MIN, SqlKind.MAX)) {
      operators.add(
          new SqlMinMaxAggFunction(kind) {
            @Override
            public RelDataType inferReturnType(SqlOperatorBinding binding) {
              return nullable(binding, super.inferReturnType(binding));
            }
          });
    }
    for (SqlKind kind : List.of(SqlKind.BIT_AND, SqlKind.BIT_OR, SqlKind.BIT_XOR)) {
      operators.add(
          new SqlBitOpAggFunction(kind) {
            @Override
            public RelDataType inferReturnType(SqlOperatorBinding binding) {
              return nullable(binding, super.inferReturnType(binding));
            }
          });
    }
    operators.add(
        new SqlAnyValueAggFunction(SqlKind.ANY_VALUE) {
          @Override
          public RelDataType inferReturnType(SqlOperatorBinding binding) {
            return nullable(binding, super.inferReturnType(binding));
          }
        });
    aggregate("STDDEV_POP", SqlKind.STDDEV_POP, floating, family(NUMERIC));
    aggregate("STDDEV_SAMP", SqlKind.STDDEV_SAMP, floating, family(NUMERIC));
    aggregate("STDDEV", SqlKind.STDDEV_SAMP, floating, family(NUMERIC));
    aggregate("VAR_POP", SqlKind.VAR_POP, floating, family(NUMERIC));
    aggregate("VAR_SAMP", SqlKind.VAR_SAMP, floating, family(NUMERIC));
    aggregate("VARIANCE", SqlKind.VAR_SAMP, floating, family(NUMERIC));
  }

  private static RelDataType nullable(SqlOperatorBinding binding, RelDataType type) {
    return binding.getTypeFactory().createTypeWithNullability(type, true);
  }

  private void aggregate(
      String name, SqlKind kind, SqlReturnTypeInference type, SqlOperandTypeChecker operands) {
    operators.add(SqlBasicAggFunction.create(name, kind, type, operands));
  }

  private void add(
      String name,
      SqlReturnTypeInference type,
      SqlOperandTypeChecker operands,
      Translation translation) {
    existing(
        SqlBasicFunction.create(name, type, operands, SqlFunctionCategory.SYSTEM), translation);
  }

  private void addWithoutParentheses(SqlOperator operator, Translation translation) {
    existing(operator, translation);
    add(operator.getName(), ReturnTypes.DOUBLE, OperandTypes.NILADIC, translation);
  }

  /** A function that is called without parentheses. */
  private void now(String name, Type type, ScalarFunction function) {
    SqlReturnTypeInference result = b -> RelTypes.toRel(b.getTypeFactory(), type, false);
    existing(
        new SqlFunction(
            name,
            SqlKind.OTHER_FUNCTION,
            result,
            null,
            OperandTypes.NILADIC,
            SqlFunctionCategory.TIMEDATE) {
          @Override
          public SqlSyntax getSyntax() {
            return SqlSyntax.FUNCTION_ID;
          }
        },
        (a, t, p) -> call(function, type));
  }

  private void existing(SqlOperator operator, Translation translation) {
    if (!operators.contains(operator)) {
      operators.add(operator);
    }
    translations.put(operator, translation);
  }

  private void text(String name, ScalarFunction function) {
    add(name, TEXT, family(CHARACTER), all(function, Type.VARCHAR));
  }

  /** The last {@code families.length - required} operands may be left out. */
  private static SqlOperandTypeChecker optional(int required, SqlTypeFamily... families) {
    return family(List.of(families), i -> i >= required);
  }

  // Translations.

  private static Translation as(ScalarFunction function) {
    return (arguments, type, position) -> new Call(function, arguments, type);
  }

  private static Translation as(ScalarFunction function, Type... types) {
    return (arguments, type, position) ->
        new Call(
            function,
            IntStream.range(0, arguments.size())
                .mapToObj(i -> Casts.to(types[i], arguments.get(i)))
                .toList(),
            type);
  }

  private static Translation all(ScalarFunction function, Type operandType) {
    return (arguments, type, position) ->
        new Call(function, arguments.stream().map(a -> Casts.to(operandType, a)).toList(), type);
  }

  private static Translation same(ScalarFunction function) {
    return (arguments, type, position) ->
        new Call(function, List.of(Casts.to(type, arguments.get(0))), type);
  }

  private static Translation bits(ScalarFunction function) {
    return (arguments, type, position) ->
        new Call(function, arguments.stream().map(a -> Casts.to(type, a)).toList(), type);
  }

  private static Translation common(ScalarFunction function) {
    return (arguments, type, position) ->
        arguments.size() == 1
            ? Casts.to(type, arguments.get(0))
            : new Call(function, arguments.stream().map(a -> Casts.to(type, a)).toList(), type);
  }

  private static Expression rounded(List<Expression> arguments, Type type, SqlParserPos position) {
    return rounded(ScalarFunction.ROUND, arguments, type);
  }

  private static Expression rounded(
      ScalarFunction function, List<Expression> arguments, Type type) {
    Expression value = arguments.get(0);
    return arguments.size() == 1
        ? call(function, type, value)
        : call(function, type, value, Casts.to(Type.INTEGER, arguments.get(1)));
  }

  private static Expression floorOrCeil(
      ScalarFunction number,
      ScalarFunction time,
      List<Expression> arguments,
      Type type,
      SqlParserPos position) {
    return arguments.size() == 1
        ? call(number, type, arguments.get(0))
        : call(time, type, unit(arguments.get(1), position), Casts.to(type, arguments.get(0)));
  }

  private static Expression concat(List<Expression> arguments, Type type, SqlParserPos position) {
    List<Expression> texts = new ArrayList<>();
    for (Expression argument : arguments) {
      texts.add(
          argument instanceof Literal literal && !literal.isNull()
              ? literal
              : new Case(
                  List.of(new Case.When(Expressions.isNotNull(argument), argument)),
                  text(""),
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

  private static Translation trimming(ScalarFunction function) {
    return (arguments, type, position) ->
        call(function, type, arguments.get(0), arguments.size() > 1 ? arguments.get(1) : text(" "));
  }

  private static Translation padding(ScalarFunction function) {
    return (arguments, type, position) ->
        call(
            function,
            type,
            arguments.get(0),
            Casts.to(Type.INTEGER, arguments.get(1)),
            arguments.size() > 2 ? arguments.get(2) : text(" "));
  }

  private static Expression extract(Expression unit, Expression time, SqlParserPos position) {
    return call(ScalarFunction.EXTRACT, Type.BIGINT, unit(unit, position), time);
  }

  private static Expression difference(
      List<Expression> arguments, Type type, SqlParserPos position) {
    Expression from = arguments.get(1);
    Expression to = arguments.get(2);
    Type common = CommonType.of(from.type(), to.type());
    if (common == null) {
      throw PlannerErrors.noCommonType(from.type(), to.type(), Positions.of(position));
    }
    return call(
        ScalarFunction.DATE_DIFF,
        Type.BIGINT,
        unit(arguments.get(0), position),
        Casts.to(common, from),
        Casts.to(common, to));
  }

  /** TIMESTAMPADD(unit, count, time). */
  private static Expression timestampAdd(
      List<Expression> arguments, Type type, SqlParserPos position) {
    String unit = (String) ((Literal) unit(arguments.get(0), position)).value();
    Expression count = Casts.to(Type.BIGINT, arguments.get(1));
    Literal one = oneOf(String.valueOf(unit), position);
    Expression interval = call(ScalarFunction.MULTIPLY, one.type(), one, count);
    return call(ScalarFunction.ADD, type, Casts.to(type, arguments.get(2)), interval);
  }

  private static Literal oneOf(String unit, SqlParserPos position) {
    return switch (unit) {
      case "YEAR" -> new Literal(new Type.MonthInterval(), Period.ofMonths(12));
      case "QUARTER" -> new Literal(new Type.MonthInterval(), Period.ofMonths(3));
      case "MONTH" -> new Literal(new Type.MonthInterval(), Period.ofMonths(1));
      case "WEEK" -> time(Duration.ofDays(7));
      case "DAY" -> time(Duration.ofDays(1));
      case "HOUR" -> time(Duration.ofHours(1));
      case "MINUTE" -> time(Duration.ofMinutes(1));
      case "SECOND" -> time(Duration.ofSeconds(1));
      case "MILLISECOND" -> time(Duration.ofMillis(1));
      default ->
          throw PlannerErrors.unsupported(
              "TIMESTAMPADD_UNIT", "TIMESTAMPADD of " + unit, Positions.of(position));
    };
  }

  private static Literal time(Duration duration) {
    return new Literal(new Type.TimeInterval(), duration);
  }

  private static final Set<String> UNITS =
      Set.of(
          "YEAR",
          "QUARTER",
          "MONTH",
          "WEEK",
          "DAY",
          "DOW",
          "ISODOW",
          "DOY",
          "HOUR",
          "MINUTE",
          "SECOND",
          "MILLISECOND",
          "MICROSECOND",
          "NANOSECOND",
          "EPOCH",
          "CENTURY",
          "DECADE",
          "MILLENNIUM",
          "ISOYEAR");

  /** The literal that names a unit of time, as {@link ScalarFunction} wants it. */
  private static Literal unit(Expression unit, SqlParserPos position) {
    if (!(unit instanceof Literal literal) || !(literal.value() instanceof String text)) {
      throw PlannerErrors.unitNotConstant(Positions.of(position));
    }
    String name = text.strip().toUpperCase(Locale.ROOT);
    String known =
        switch (name) {
          case "Y", "YR", "YRS" -> "YEAR";
          case "MON", "MONS" -> "MONTH";
          case "D", "DAYOFMONTH" -> "DAY";
          case "H", "HR", "HRS" -> "HOUR";
          case "MIN", "MINS" -> "MINUTE";
          case "S", "SEC", "SECS" -> "SECOND";
          case "MS", "MSEC", "MILLISECONDS" -> "MILLISECOND";
          case "US", "USEC" -> "MICROSECOND";
          case "NS" -> "NANOSECOND";
          case "DAYOFYEAR" -> "DOY";
          case "DAYOFWEEK" -> "DOW";
          case "CENTURIES" -> "CENTURY";
          case "MILLENNIA" -> "MILLENNIUM";
          default ->
              UNITS.contains(name) || !name.endsWith("S")
                  ? name
                  : name.substring(0, name.length() - 1);
        };
    if (!UNITS.contains(known)) {
      throw PlannerErrors.unknownUnit(text, UNITS, Positions.of(position));
    }
    return new Literal(Type.VARCHAR, known);
  }

  static Literal text(String text) {
    return new Literal(Type.VARCHAR, text);
  }

  /** A unit as Calcite's literals have it, as text. */
  public static String unitName(Object unit) {
    return switch (unit) {
      case TimeUnitRange range -> range.name();
      case TimeUnit one -> one.name();
      default -> unit.toString();
    };
  }

  // Result types.

  private static RelDataType roundType(SqlOperatorBinding binding) {
    RelDataTypeFactory factory = binding.getTypeFactory();
    RelDataType type = binding.getOperandType(0);
    boolean nullable = anyNullable(binding);
    if (type.getSqlTypeName() == SqlTypeName.DECIMAL) {
      int scale = type.getScale();
      boolean constant = binding.getOperandCount() == 1 || binding.isOperandLiteral(1, false);
      if (constant) {
        Integer digits =
            binding.getOperandCount() == 1
                ? Integer.valueOf(0)
                : binding.getOperandLiteralValue(1, Integer.class);
        scale = digits == null ? scale : Math.max(0, Math.min(scale, digits));
      }
      int integerDigits =
          Math.min(Type.MAX_DECIMAL_PRECISION - scale, type.getPrecision() - type.getScale() + 1);
      return RelTypes.toRel(
          factory, new Type.Decimal(Math.max(1, integerDigits + scale), scale), nullable);
    }
    return factory.createTypeWithNullability(type, nullable);
  }

  private static boolean anyNullable(SqlOperatorBinding binding) {
    return IntStream.range(0, binding.getOperandCount())
        .anyMatch(i -> binding.getOperandType(i).isNullable());
  }

  private static RelDataType nullableIfAny(SqlOperatorBinding binding, RelDataType type) {
    boolean nullable = anyNullable(binding);
    return binding.getTypeFactory().createTypeWithNullability(type, nullable);
  }

  private static @Nullable RelDataType branches(SqlOperatorBinding binding) {
    return binding
        .getTypeFactory()
        .leastRestrictive(List.of(binding.getOperandType(1), binding.getOperandType(2)));
  }

  private static @Nullable RelDataType firstNotNull(SqlOperatorBinding binding) {
    RelDataType type =
        binding
            .getTypeFactory()
            .leastRestrictive(List.of(binding.getOperandType(0), binding.getOperandType(1)));
    return type == null
        ? null
        : binding
            .getTypeFactory()
            .createTypeWithNullability(
                type,
                binding.getOperandType(0).isNullable() && binding.getOperandType(1).isNullable());
  }

  private static SqlReturnTypeInference timestamp(int precision) {
    return binding ->
        RelTypes.toRel(
            binding.getTypeFactory(), new Type.Timestamp(precision), anyNullable(binding));
  }
}
