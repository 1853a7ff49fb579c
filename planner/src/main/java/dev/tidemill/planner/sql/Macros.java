package dev.tidemill.planner.sql;

import dev.tidemill.sql.parser.StatementParser;
import java.util.ArrayList;
import java.util.Collections;
import java.util.HashMap;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.Set;
import java.util.TreeSet;
import org.apache.calcite.sql.SqlCall;
import org.apache.calcite.sql.SqlDataTypeSpec;
import org.apache.calcite.sql.SqlIdentifier;
import org.apache.calcite.sql.SqlKind;
import org.apache.calcite.sql.SqlLambda;
import org.apache.calcite.sql.SqlLiteral;
import org.apache.calcite.sql.SqlNode;
import org.apache.calcite.sql.SqlNodeList;
import org.apache.calcite.sql.SqlSelect;
import org.apache.calcite.sql.SqlUnresolvedFunction;
import org.apache.calcite.sql.fun.SqlStdOperatorTable;
import org.apache.calcite.sql.parser.SqlParserPos;
import org.apache.calcite.sql.util.SqlShuttle;
import org.jspecify.annotations.Nullable;

/**
 * Functions that are short for expressions of others. In the expression {@code a1}, {@code a2}, …
 * stand for the arguments, and names that begin with {@code v} for parameters of lambdas.
 */
final class Macros extends SqlShuttle {
  /** A name, how many arguments, and the expression. */
  private static final String[][] DEFINITIONS = {
    // Numbers.
    {"ADD", "2", "a1 + a2"},
    {"SUBTRACT", "2", "a1 - a2"},
    {"MULTIPLY", "2", "a1 * a2"},
    {"DIVIDE", "2", "a1 / a2"},
    {"FDIV", "2", "FLOOR(CAST(a1 AS DOUBLE) / CAST(a2 AS DOUBLE))"},
    {"FMOD", "2", "a1 - CAST(a2 AS DOUBLE) * FLOOR(CAST(a1 AS DOUBLE) / a2)"},
    {"DIV", "2", "CAST(TRUNC(a1 / a2) AS BIGINT)"},
    {"PMOD", "2", "MOD(MOD(a1, a2) + a2, a2)"},
    {"XOR", "2", "BITXOR(a1, a2)"},
    {"NEGATIVE", "1", "- a1"},
    {"POSITIVE", "1", "+ a1"},
    {"HYPOT", "2", "SQRT(CAST(a1 AS DOUBLE) * a1 + CAST(a2 AS DOUBLE) * a2)"},
    {"CSC", "1", "1e0 / SIN(a1)"},
    {"SEC", "1", "1e0 / COS(a1)"},
    {"BIN", "1", "TO_BASE(a1, 2)"},
    {"TO_BINARY", "1", "TO_BASE(a1, 2)"},
    {"TO_BASE", "3", "LPAD(TO_BASE(a1, a2), GREATEST(a3, LEN(TO_BASE(a1, a2))), '0')"},
    {"ISFINITE", "1", "NOT (ISNAN(a1) OR ISINF(a1))"},
    {"SIGNBIT", "1", "a1 < 0"},
    {
      "EVEN",
      "1",
      "CASE WHEN a1 >= 0 THEN CEIL(CAST(a1 AS DOUBLE) / 2) * 2 ELSE FLOOR(CAST(a1 AS DOUBLE) / 2) * 2 END"
    },
    // Text.
    {"STRLEN", "1", "OCTET_LENGTH(a1)"},
    {"LIKE_ESCAPE", "3", "a1 LIKE a2 ESCAPE a3"},
    {"NOT_LIKE_ESCAPE", "3", "a1 NOT LIKE a2 ESCAPE a3"},
    {"ILIKE_ESCAPE", "3", "a1 ILIKE a2 ESCAPE a3"},
    {"REGEXP_FULL_MATCH", "2", "REGEXP_LIKE(a1, '\\A(?:' || a2 || ')\\z')"},
    {
      "SUBSTRING_INDEX",
      "3",
      "CASE WHEN a3 = 0 OR a2 = '' THEN CASE WHEN a1 IS NOT NULL AND a2 IS NOT NULL THEN '' END"
          + " WHEN a3 > 0 THEN LIST_AGGREGATE_TEXT(STRING_SPLIT(a1, a2)[1:a3], a2)"
          + " ELSE LIST_AGGREGATE_TEXT(STRING_SPLIT(a1, a2)[a3:], a2) END"
    },
    {
      "FIND_IN_SET",
      "2",
      "CASE WHEN CONTAINS(a1, ',') THEN 0 ELSE COALESCE(LIST_POSITION(STRING_SPLIT(a2, ','), a1), CASE WHEN a1 IS NOT NULL AND a2 IS NOT NULL THEN 0 END) END"
    },
    {"PARSE_FILENAME", "1", "REGEXP_REPLACE(a1, '^.*[/\\\\]', '')"},
    {
      "PARSE_FILENAME",
      "2",
      "CASE WHEN a2 THEN REGEXP_REPLACE(REGEXP_REPLACE(a1, '^.*[/\\\\]', ''), '(?<=.)\\.[^.]*$', '') ELSE REGEXP_REPLACE(a1, '^.*[/\\\\]', '') END"
    },
    {"TRY_STRPTIME", "2", "TRY(STRPTIME(a1, a2))"},
    {"NOT_ILIKE_ESCAPE", "3", "a1 NOT ILIKE a2 ESCAPE a3"},
    {"REGEXP_ESCAPE", "1", "REGEXP_REPLACE(a1, '([^a-zA-Z0-9_])', '\\\\$1')"},
    // Dates and times.
    {"DATETRUNC", "2", "DATE_TRUNC(a1, a2)"},
    {"DATESUB", "3", "DATE_SUB(a1, a2, a3)"},
    {"TO_QUARTERS", "1", "TO_MONTHS(a1 * 3)"},
    {"TO_DECADES", "1", "TO_YEARS(a1 * 10)"},
    {"TO_CENTURIES", "1", "TO_YEARS(a1 * 100)"},
    {"TO_MILLENNIA", "1", "TO_YEARS(a1 * 1000)"},
    {"YEARWEEK", "1", "ISOYEAR(a1) * 100 + WEEK(a1)"},
    {"ERA", "1", "CASE WHEN YEAR(a1) > 0 THEN 1 WHEN YEAR(a1) <= 0 THEN 0 END"},
    {"JULIAN", "1", "CAST(EPOCH_US(CAST(a1 AS TIMESTAMP(6))) AS DOUBLE) / 86400000000e0 + 2440588"},
    {"MAKE_TIMESTAMP", "1", "TIMESTAMP_MICROS(a1)"},
    {"MAKE_TIMESTAMP_MS", "1", "TIMESTAMP_MILLIS(a1)"},
    {"GET_CURRENT_TIMESTAMP", "0", "CURRENT_TIMESTAMP"},
    {"TRANSACTION_TIMESTAMP", "0", "CURRENT_TIMESTAMP"},
    {"CURRENT_LOCALTIMESTAMP", "0", "LOCALTIMESTAMP"},
    {
      "MAKE_TIME",
      "3",
      "CAST(MAKE_TIMESTAMP(1970, 1, 1, a1, a2, CAST(a3 AS DECIMAL(18, 6))) AS TIME(6))"
    },
    {"GET_CURRENT_TIME", "0", "LOCALTIME"},
    {"UNIX_DATE", "1", "DATE_DIFF('day', DATE '1970-01-01', a1)"},
    {"DATE_FROM_UNIX_DATE", "1", "DATE '1970-01-01' + a1"},
    {
      "TIME_BUCKET",
      "3",
      "TIME_BUCKET(a1, CAST(a2 AS TIMESTAMP(6)) - (CAST(a3 AS TIMESTAMP(6)) - TIME_BUCKET(a1, CAST(a3 AS TIMESTAMP(6)))) DAY TO SECOND) + (CAST(a3 AS TIMESTAMP(6)) - TIME_BUCKET(a1, CAST(a3 AS TIMESTAMP(6)))) DAY TO SECOND"
    },
    // JSON.
    {"JSON_EXTRACT_PATH", "2", "JSON_EXTRACT(a1, a2)"},
    {"JSON_EXTRACT_PATH_TEXT", "2", "JSON_EXTRACT_STRING(a1, a2)"},
    {"JSON_ARRAY_LENGTH", "2", "JSON_ARRAY_LENGTH(JSON_EXTRACT(a1, a2))"},
    {"JSON_TYPE", "2", "JSON_TYPE(JSON_EXTRACT(a1, a2))"},
    {"JSON_QUOTE", "1", "TO_JSON(a1)"},
    {"JSON_KEYS", "2", "JSON_KEYS(JSON_EXTRACT(a1, a2))"},
    {"JSON_MERGE_PATCH", "3", "JSON_MERGE_PATCH(JSON_MERGE_PATCH(a1, a2), a3)"},
    // Lists and maps. What is inside of a lambda is there once for each element, so no list is.
    {"LIST_RESIZE", "2", "LIST_SELECT(a1, RANGE(1, COALESCE(a2, 0) + 1))"},
    {
      "LIST_RESIZE",
      "3",
      "LIST_CONCAT(a1[1:COALESCE(a2, 0)], LIST_SELECT(ARRAY[a3], LIST_TRANSFORM(RANGE(LEN(a1), COALESCE(a2, 0)), v -> 1)))"
    },
    {
      "LIST_WHERE",
      "2",
      "CASE WHEN a1 IS NOT NULL AND a2 IS NOT NULL THEN"
          + " LIST_TRANSFORM(LIST_FILTER(LIST_ZIP(a1, a2), v -> v[2]), v -> v[1]) END"
    },
    {"ARRAYS_ZIP", "2", "CASE WHEN a1 IS NOT NULL AND a2 IS NOT NULL THEN LIST_ZIP(a1, a2) END"},
    {"LIST_BOOL_AND", "1", "CASE WHEN LIST_COUNT(a1) > 0 THEN NOT CONTAINS(a1, FALSE) END"},
    {"LIST_BOOL_OR", "1", "CASE WHEN LIST_COUNT(a1) > 0 THEN CONTAINS(a1, TRUE) END"},
    {
      "LIST_VAR_POP",
      "1",
      "LIST_TRANSFORM(ARRAY[LIST_AVG(a1)], v -> LIST_AVG(LIST_TRANSFORM(a1, vi -> (CAST(vi AS DOUBLE) - v) * (CAST(vi AS DOUBLE) - v))))[1]"
    },
    {
      "LIST_MAD",
      "1",
      "LIST_TRANSFORM(ARRAY[LIST_MEDIAN(a1)], v -> LIST_MEDIAN(LIST_TRANSFORM(a1, vi -> ABS(CAST(vi AS DOUBLE) - v))))[1]"
    },
    {
      "LIST_PRODUCT",
      "1",
      "LIST_REDUCE(LIST_TRANSFORM(LIST_FILTER(a1, v -> v IS NOT NULL), v -> CAST(v AS DOUBLE)), (v, vi) -> v * vi)"
    },
    {
      "LIST_MEDIAN",
      "1",
      "LIST_MEDIAN_SORTED(LIST_SORT(LIST_TRANSFORM(LIST_FILTER(a1, v -> v IS NOT NULL), v -> CAST(v AS DOUBLE))))"
    },
    {"LIST_VAR_SAMP", "1", "LIST_VAR_POP(a1) * LIST_COUNT(a1) / NULLIF(LIST_COUNT(a1) - 1, 0)"},
    {"LIST_STDDEV_POP", "1", "SQRT(LIST_VAR_POP(a1))"},
    {"LIST_STDDEV_SAMP", "1", "SQRT(LIST_VAR_SAMP(a1))"},
    {"LIST_NEGATIVE_INNER_PRODUCT", "2", "- LIST_INNER_PRODUCT(a1, a2)"},
    {"LIST_COSINE_DISTANCE", "2", "1e0 - LIST_COSINE_SIMILARITY(a1, a2)"},
    {
      "LIST_GRADE_UP",
      "1",
      "LIST_TRANSFORM(LIST_SORT(LIST_TRANSFORM(a1, (v, vi) -> ROW(v, vi))), v -> v[2])"
    },
    {"MAP_EXTRACT_VALUE", "2", "a1[a2]"},
    {
      "MAP_CONCAT",
      "2",
      "CASE WHEN a1 IS NULL THEN a2 WHEN a2 IS NULL THEN a1 ELSE MAP_FROM_ENTRIES(LIST_CONCAT(LIST_FILTER(MAP_ENTRIES(a1), v -> NOT MAP_CONTAINS(a2, v[1])), MAP_ENTRIES(a2))) END"
    },
    {
      "MAP_EXTRACT",
      "2",
      "CASE WHEN MAP_CONTAINS(a1, a2) THEN ARRAY[a1[a2]] WHEN NOT MAP_CONTAINS(a1, a2) THEN [] END"
    },
    {"MAP_CONTAINS_VALUE", "2", "CONTAINS(MAP_VALUES(a1), a2)"},
    {"MAP_CONTAINS_ENTRY", "3", "COALESCE(a1[a2] = a3, FALSE)"},
    {"STRUCT_EXTRACT", "2", "a1[a2]"},
    {"GEN_RANDOM_UUID", "0", "UUID()"},
    {"PG_TYPEOF", "1", "LOWER(TYPEOF(a1))"},
  };

  /** Other names of these. */
  private static final String[][] ALIASES = {
    {"ARRAY_RESIZE", "LIST_RESIZE"},
    {"ARRAY_WHERE", "LIST_WHERE"},
    {"ARRAY_COSINE_DISTANCE", "LIST_COSINE_DISTANCE"},
    {"LIST_NEGATIVE_DOT_PRODUCT", "LIST_NEGATIVE_INNER_PRODUCT"},
    {"ARRAY_GRADE_UP", "LIST_GRADE_UP"},
    {"GRADE_UP", "LIST_GRADE_UP"},
  };

  /** What only other definitions call. */
  private static final String[][] PARTS = {
    {
      "LIST_ENTROPY_OF_COUNTS",
      "1",
      "COALESCE(LIST_TRANSFORM(ARRAY[CAST(LIST_SUM(a1) AS DOUBLE)], v -> LIST_SUM(LIST_TRANSFORM(a1, vi -> vi / v * LOG2(v / vi))))[1], 0e0)"
    },
    {
      "LIST_MEDIAN_SORTED",
      "1",
      "CASE WHEN LEN(a1) > 0 THEN (a1[(LEN(a1) + 1) / 2] + a1[LEN(a1) / 2 + 1]) / 2 END"
    },
    {"LIST_AGGREGATE_TEXT", "2", "ARRAY_TO_STRING(a1, a2)"},
  };

  private static final Map<String, SqlNode> EXPRESSIONS = expressions();
  private static final Set<String> NAMES = names(EXPRESSIONS.keySet());

  private int lambdas;

  private Macros() {}

  private static Map<String, SqlNode> expressions() {
    Map<String, SqlNode> all = new HashMap<>();
    for (String[][] definitions : List.of(DEFINITIONS, PARTS)) {
      for (String[] definition : definitions) {
        all.put(
            definition[0] + "/" + definition[1],
            StatementParser.parseExpression(definition[2]).node());
      }
    }
    for (String[] alias : ALIASES) {
      for (int arguments = 0; arguments < 4; arguments++) {
        SqlNode expression = all.get(alias[1] + "/" + arguments);
        if (expression != null) {
          all.put(alias[0] + "/" + arguments, expression);
        }
      }
    }
    return all;
  }

  private static Set<String> names(Set<String> keys) {
    Set<String> names = new TreeSet<>();
    keys.forEach(key -> names.add(key.substring(0, key.indexOf('/'))));
    for (String[] part : PARTS) {
      names.remove(part[0]);
    }
    return Collections.unmodifiableSet(names);
  }

  /** The names, upper case. */
  static Set<String> names() {
    return NAMES;
  }

  /** A query or an expression with the expressions; the given node stays as it is. */
  static SqlNode opened(SqlNode node) {
    SqlNode opened = node.accept(new Macros());
    return opened == null ? node : opened;
  }

  @Override
  public @Nullable SqlNode visit(SqlCall call) {
    SqlNode visited = super.visit(call);
    if (visited instanceof SqlSelect select && call instanceof SqlSelect written) {
      return named(select, written);
    }
    if (!(visited instanceof SqlCall opened)
        || !(opened.getOperator() instanceof SqlUnresolvedFunction)
        || opened.getFunctionQuantifier() != null) {
      return visited;
    }
    SqlNode expression =
        EXPRESSIONS.get(
            opened.getOperator().getName().toUpperCase(Locale.ROOT) + "/" + opened.operandCount());
    if (expression == null
        || opened.getOperandList().stream().anyMatch(SqlLambda.class::isInstance)) {
      return visited;
    }
    SqlNode filled =
        expression.accept(
            new Filling(opened.getOperandList(), opened.getParserPosition(), "$" + lambdas++));
    // A definition may call others.
    return filled == null ? visited : filled.accept(this);
  }

  /** The columns keep the names that their texts as written give them. */
  private static SqlNode named(SqlSelect select, SqlSelect written) {
    if (select.equals(written)) {
      return select;
    }
    SqlNodeList items = select.getSelectList();
    for (int i = 0; i < items.size(); i++) {
      SqlNode before = written.getSelectList().get(i);
      SqlNode item = items.get(i);
      if (before.getKind() != SqlKind.AS && isOne(before)) {
        SqlParserPos position = before.getParserPosition();
        items.set(
            i,
            SqlStdOperatorTable.AS.createCall(
                position, item, new SqlIdentifier(ColumnNames.text(before), position)));
      }
    }
    return select;
  }

  private static boolean isOne(@Nullable SqlNode node) {
    return switch (node) {
      case SqlNodeList list -> list.stream().anyMatch(Macros::isOne);
      case SqlCall call ->
          call.getOperator() instanceof SqlUnresolvedFunction
                  && EXPRESSIONS.containsKey(
                      call.getOperator().getName().toUpperCase(Locale.ROOT)
                          + "/"
                          + call.operandCount())
              || !call.isA(SqlKind.QUERY) && call.getOperandList().stream().anyMatch(Macros::isOne);
      case null, default -> false;
    };
  }

  /** A copy of a definition with arguments, which stands where the call stood. */
  private static final class Filling extends SqlShuttle {
    private final List<SqlNode> arguments;
    private final SqlParserPos position;
    private final String lambda;

    Filling(List<SqlNode> arguments, SqlParserPos position, String lambda) {
      this.arguments = arguments;
      this.position = position;
      this.lambda = lambda;
    }

    @Override
    public SqlNode visit(SqlIdentifier id) {
      String name = id.names.get(0);
      if (id.isSimple() && name.matches("a[1-9]")) {
        return SqlCompiler.copy(arguments.get(name.charAt(1) - '1'));
      }
      return id.isSimple() && name.matches("vi?")
          ? new SqlIdentifier(name + lambda, position)
          : id.clone(position);
    }

    @Override
    public SqlNode visit(SqlLiteral literal) {
      return literal.clone(position);
    }

    @Override
    public SqlNode visit(SqlDataTypeSpec type) {
      return type.clone(position);
    }

    @Override
    public SqlNode visit(SqlNodeList list) {
      List<@Nullable SqlNode> copy = new ArrayList<>();
      for (SqlNode node : list) {
        copy.add(node == null ? null : node.accept(this));
      }
      return new SqlNodeList(copy, position);
    }

    @Override
    public SqlNode visit(SqlCall call) {
      if (call instanceof SqlLambda written) {
        return new SqlLambda(
            position,
            (SqlNodeList) written.getParameters().accept(this),
            written.getExpression().accept(this));
      }
      List<@Nullable SqlNode> operands = new ArrayList<>();
      for (SqlNode operand : call.getOperandList()) {
        operands.add(operand == null ? null : operand.accept(this));
      }
      return call.getOperator()
          .createCall(call.getFunctionQuantifier(), position, operands.toArray(SqlNode[]::new));
    }
  }
}
