package dev.tidemill.planner.sql;

import dev.tidemill.foundation.error.SourcePosition;
import dev.tidemill.foundation.error.TidemillException;
import dev.tidemill.planner.error.PlannerErrors;
import java.util.Collection;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import java.util.stream.Stream;
import org.apache.calcite.runtime.CalciteContextException;
import org.apache.calcite.runtime.CalciteException;
import org.jspecify.annotations.Nullable;

/** The one place where exceptions of Calcite become ours. */
final class CalciteErrors {
  private static final Pattern COLUMN = Pattern.compile("Column '(.*)' not found in any table.*");
  private static final Pattern COLUMN_IN =
      Pattern.compile("Column '(.*)' not found in table '(.*)'.*");
  private static final Pattern TABLE_ALIAS = Pattern.compile("Table '(.*)' not found.*");
  private static final Pattern AMBIGUOUS = Pattern.compile("Column '(.*)' is ambiguous.*");
  private static final Pattern UNKNOWN_FUNCTION =
      Pattern.compile("No match found for function signature (.*)");
  private static final Pattern CANNOT_APPLY =
      Pattern.compile(
          "Cannot apply '(.*)' to arguments of type '(.*)'\\. Supported form\\(s\\): .*",
          Pattern.DOTALL);
  private static final Pattern NOT_GROUPED =
      Pattern.compile(
          "Expression '(.*)' is not being grouped|Identifier '(.*)' is not a group expr");
  private static final Pattern UNKNOWN_TYPE = Pattern.compile("Unknown identifier '(.*)'");
  private static final Pattern SET_TYPES =
      Pattern.compile("Type mismatch in column (\\d+) of ([A-Z ]+)");
  private static final Pattern SET_COUNT = Pattern.compile("Column count mismatch in (.*)");
  private static final Pattern ILLEGAL_MIX = Pattern.compile("Illegal mixing of types in (.*)");
  private static final Pattern CONDITIONAL_TYPES =
      Pattern.compile("Illegal mixing of types in CASE or COALESCE statement");
  private static final Pattern LITERAL =
      Pattern.compile("Illegal ([A-Z ]+) literal '(.*)': not in format '(.*)'", Pattern.DOTALL);
  private static final Pattern TIME_UNIT =
      Pattern.compile("'(.*)' is not a valid time frame", Pattern.DOTALL);
  private static final Pattern CAST =
      Pattern.compile(
          "Cast function cannot convert value of type (.*?)( NOT NULL)? to type (.*?)( NOT NULL)?");
  private static final Pattern ORDINAL = Pattern.compile("Ordinal out of range");
  private static final Pattern LIST_TYPES =
      Pattern.compile("Values (passed to|in) (.*?)( operator)? must have compatible types");
  private static final Pattern NESTED_AGGREGATE =
      Pattern.compile("Aggregate expressions cannot be nested");
  private static final Pattern AGGREGATE_IN =
      Pattern.compile("(Windowed )?[Aa]ggregate expression is illegal in (.*) clause");
  private static final Pattern OVER_MISSING =
      Pattern.compile("OVER clause is necessary for window functions");
  private static final Pattern LATERAL =
      Pattern.compile("(?:Correlate has invalid|Unknown) join type (.*)");
  private static final Pattern CLASS_NAME =
      Pattern.compile("(org|java|com)\\.[a-z]+(\\.[A-Za-z0-9_$]+)+");
  private static final Pattern MISSING_FIELD =
      Pattern.compile("ROW type does not have a field named '(.*)': .*", Pattern.DOTALL);
  private static final String ROW = "RecordType(:[a-z_]+)?\\(";

  private static final Pattern MAP_NAME =
      Pattern.compile("\\(((?:[^()]|\\([^()]*\\))*), ((?:[^()]|\\([^()]*\\))*)\\) MAP");

  /** What Calcite adds to the types of elements. */
  private static final Pattern ADDITIONS =
      Pattern.compile(" CHARACTER SET \"[^\"]*\"| COLLATE \"[^\"]*\"| NOT NULL");

  private static final Pattern TYPE_NAMES =
      Pattern.compile("(CHAR|VARCHAR)\\(\\d+\\)|<([A-Z0-9_(), ]+)>");

  private CalciteErrors() {}

  /**
   * What went wrong, in our words.
   *
   * @param columns names of columns that may have been meant
   */
  static TidemillException translate(Throwable failure, Collection<String> columns) {
    return switch (failure) {
      case TidemillException own -> own;
      case CalciteContextException context -> ofContext(context, columns);
      case StackOverflowError deep -> PlannerErrors.tooComplex(null);
      default -> ofInternal(failure, columns);
    };
  }

  private static TidemillException ofContext(
      CalciteContextException context, Collection<String> columns) {
    SourcePosition position =
        context.getPosLine() > 0 && context.getPosColumn() > 0
            ? new SourcePosition(context.getPosLine(), context.getPosColumn())
            : null;
    Throwable cause = context.getCause();
    if (cause instanceof CalciteContextException inner) {
      return ofContext(inner, columns);
    }
    return ofMessage(
        String.valueOf(cause == null ? context.getMessage() : cause.getMessage()),
        position,
        columns);
  }

  /** What stands for types of other engines. */
  private static final Map<String, String> OTHER_TYPES =
      Map.of(
          "HUGEINT", ": DECIMAL(38, 0) has as many digits",
          "UHUGEINT", ": DECIMAL(38, 0) has nearly as many digits",
          "UBIGINT", ": DECIMAL(20, 0) holds its values",
          "UINTEGER", ": BIGINT holds its values",
          "USMALLINT", ": INTEGER holds its values",
          "UTINYINT", ": SMALLINT holds its values",
          "UUID", ": VARCHAR holds its text",
          "BIT", ": integers have bits, VARBINARY many",
          "SERIAL", ": INTEGER, and ROW_NUMBER() OVER () where rows are inserted",
          "MONEY", ": DECIMAL(19, 2) holds its values");

  private static TidemillException ofMessage(
      String message, @Nullable SourcePosition position, Collection<String> columns) {
    Matcher m;
    if ((m = COLUMN_IN.matcher(message)).matches()) {
      return PlannerErrors.columnNotFound(m.group(1), m.group(2), columns, position);
    }
    if ((m = COLUMN.matcher(message)).matches()) {
      return PlannerErrors.columnNotFound(m.group(1), null, columns, position);
    }
    if ((m = UNKNOWN_TYPE.matcher(message)).matches()) {
      String type = m.group(1).toUpperCase(Locale.ROOT);
      if (type.equals("*")) {
        return PlannerErrors.argumentsInvalid("of all functions only COUNT takes *", position);
      }
      return type.equals("TIMESTAMPTZ") || type.equals("TIMETZ")
          ? PlannerErrors.unsupported("type " + type, position)
          : PlannerErrors.invalid(
              "there is no type " + m.group(1) + OTHER_TYPES.getOrDefault(type, ""), position);
    }
    if ((m = TABLE_ALIAS.matcher(message)).matches()) {
      return PlannerErrors.tableNotFound(m.group(1), List.of(), position);
    }
    if ((m = AMBIGUOUS.matcher(message)).matches()) {
      return PlannerErrors.columnAmbiguous(m.group(1), position);
    }
    if ((m = UNKNOWN_FUNCTION.matcher(message)).matches()) {
      String call = m.group(1);
      int open = call.indexOf('(');
      String name = open < 0 ? call : call.substring(0, open);
      String construct = UnsupportedFunctions.construct(name);
      if (construct != null) {
        return PlannerErrors.unsupported(name, construct, position);
      }
      return PlannerErrors.functionNotFound(
          name, types(call), Functions.INSTANCE.names(), position);
    }
    if ((m = CANNOT_APPLY.matcher(message)).matches()) {
      if (m.group(1).equals("$SCALAR_QUERY")) {
        return PlannerErrors.invalid(
            "a subquery that stands for a value must have one column", position);
      }
      if (WindowTableFunctions.isOne(m.group(1))) {
        return PlannerErrors.windowArguments(m.group(1), position);
      }
      if (m.group(1).equals("LIST_ZIP")) {
        String types = arguments(m.group(1), types(m.group(2)));
        return PlannerErrors.argumentsInvalid(
            "UNNEST, EXPLODE and LIST_ZIP take ARRAYs but found "
                + types
                + (types.contains("MAP")
                    ? "; EXPLODE(map) AS (k, v) gives its keys and values"
                    : ""),
            position);
      }
      if (m.group(1).equals("QUANTILE_CONT")
          && arguments(m.group(1), types(m.group(2))).startsWith("VARCHAR")) {
        return PlannerErrors.argumentsInvalid(
            "MEDIAN, QUANTILE_CONT and PERCENTILE_CONT take numbers and times;"
                + " QUANTILE_DISC(x, 0.5) gives one of any values",
            position);
      }
      return PlannerErrors.argumentsInvalid(
          (m.group(1).equals("ITEM") ? "[…]" : m.group(1))
              + " cannot be applied to "
              + arguments(m.group(1), types(m.group(2)))
              + ": CAST an argument",
          position);
    }
    if ((m = NOT_GROUPED.matcher(message)).matches()) {
      return PlannerErrors.grouping(
          (m.group(1) == null ? m.group(2) : m.group(1))
              + " is neither in GROUP BY nor inside an aggregate function",
          position);
    }
    if ((m = SET_TYPES.matcher(message)).matches()) {
      return PlannerErrors.typeMismatch(
          "column "
              + m.group(1)
              + " of the sides of "
              + m.group(2)
              + " has types that do not go together",
          position);
    }
    if ((m = SET_COUNT.matcher(message)).matches()) {
      return PlannerErrors.invalid(
          "the sides of " + m.group(1) + " have different numbers of columns", position);
    }
    if ((m = LITERAL.matcher(message)).matches()) {
      if (m.group(1).contains("TIME ZONE")) {
        return PlannerErrors.unsupported(m.group(1), position);
      }
      return PlannerErrors.valueInvalid(
          "'"
              + m.group(2)
              + "' is no "
              + m.group(1)
              + ": expected one of the calendar, written "
              + m.group(3),
          position);
    }
    if ((m = TIME_UNIT.matcher(message)).matches()) {
      return PlannerErrors.argumentsInvalid("there is no unit of time " + m.group(1), position);
    }
    if ((m = CAST.matcher(message)).matches()) {
      String from = types(m.group(1)).replace("RecordType:peek_no_expand(", "ROW(");
      String to = types(m.group(3).replaceAll(ROW, "ROW("));
      boolean nested = Stream.of("ARRAY", "MAP<", "ROW(").anyMatch(from::contains);
      String wayOut = nested && to.startsWith("VARCHAR") ? ": TO_JSON makes a text of it" : "";
      return PlannerErrors.typeMismatch(from + " cannot be cast to " + to + wayOut, position);
    }
    if (ORDINAL.matcher(message).matches()) {
      return PlannerErrors.invalid(
          "the number of a column must be that of one in SELECT, counted from 1", position);
    }
    if ((m = LIST_TYPES.matcher(message)).matches()) {
      return PlannerErrors.typeMismatch(
          "the two sides or the values of "
              + (m.group(2).equals("expression list") ? "IN" : m.group(2))
              + " must have as many columns and types that go together: CAST one of them",
          position);
    }
    if ((m = MISSING_FIELD.matcher(message)).matches()) {
      return PlannerErrors.invalid("the ROW has no field " + m.group(1), position);
    }
    if (NESTED_AGGREGATE.matcher(message).matches()) {
      return PlannerErrors.grouping(
          "an aggregate function cannot stand inside another: aggregate the result of a subquery",
          position);
    }
    if ((m = AGGREGATE_IN.matcher(message)).matches()) {
      return PlannerErrors.grouping(
          m.group(1) == null
              ? "an aggregate function cannot stand in "
                  + m.group(2)
                  + ": HAVING takes conditions on groups"
              : "a window function cannot stand in "
                  + m.group(2)
                  + ": QUALIFY takes conditions on them",
          position);
    }
    if (message.equals("OVER must be applied to aggregate function")) {
      return PlannerErrors.unsupported(
          "OVER behind FILTER, or behind what is no aggregate or window function,", position);
    }
    if (OVER_MISSING.matcher(message).matches()) {
      return PlannerErrors.grouping(
          "a window function needs OVER (…); the first value of a group is ARG_MIN(value, time)",
          position);
    }
    if (CONDITIONAL_TYPES.matcher(message).matches()) {
      return PlannerErrors.typeMismatch(
          "the branches of CASE or COALESCE have types that do not go together: CAST one of them",
          position);
    }
    if ((m = ILLEGAL_MIX.matcher(message)).matches()) {
      return PlannerErrors.typeMismatch(
          "the branches of " + m.group(1) + " have types that do not go together", position);
    }
    TidemillException sentence = CalciteSentences.translate(types(message), position);
    if (sentence != null) {
      return sentence;
    }
    return PlannerErrors.invalid(types(CLASS_NAME.matcher(message).replaceAll("…")), position);
  }

  /** The arguments without the function's name, which Calcite repeats before them. */
  private static String arguments(String function, String call) {
    return call.startsWith(function + "(") && call.endsWith(")")
        ? call.substring(function.length() + 1, call.length() - 1)
        : call.startsWith("NOT") && function.equals("NOT") ? call.substring(3) : call;
  }

  /** CHAR(3) is what Calcite calls a literal; nobody else does. */
  private static String types(String message) {
    Matcher matcher = TYPE_NAMES.matcher(ADDITIONS.matcher(message).replaceAll(""));
    StringBuilder text = new StringBuilder();
    while (matcher.find()) {
      String type = matcher.group(2) == null ? matcher.group() : matcher.group(2);
      matcher.appendReplacement(
          text, Matcher.quoteReplacement(type.startsWith("CHAR") ? "VAR" + type : type));
    }
    return MAP_NAME.matcher(matcher.appendTail(text)).replaceAll("MAP<$1, $2>");
  }

  private static Throwable deepest(Throwable failure) {
    Throwable deepest = failure;
    while (deepest.getCause() != null) {
      deepest = deepest.getCause();
    }
    return deepest;
  }

  private static TidemillException ofInternal(Throwable failure, Collection<String> columns) {
    for (Throwable cause = failure.getCause(); cause != null; cause = cause.getCause()) {
      if (cause instanceof CalciteContextException context) {
        return ofContext(context, columns);
      }
      if (cause instanceof TidemillException own) {
        return own;
      }
      if (cause instanceof StackOverflowError) {
        return PlannerErrors.tooComplex(null);
      }
    }
    if (deepest(failure) instanceof UnsupportedOperationException) {
      return PlannerErrors.unsupported("EXPRESSION", "an expression of this query", null);
    }
    Matcher lateral = LATERAL.matcher(String.valueOf(failure.getMessage()));
    // The second is what the failure is where assertions are off.
    if ((failure instanceof AssertionError || failure instanceof IllegalStateException)
        && lateral.matches()) {
      return PlannerErrors.unsupported(lateral.group(1) + " JOIN LATERAL", null);
    }
    String message = failure.getMessage();
    if (message != null
        && (failure instanceof CalciteException || NOT_GROUPED.matcher(message).matches())) {
      return ofMessage(message, null, columns);
    }
    return PlannerErrors.internal("validation or conversion", failure);
  }
}
