package dev.tidemill.planner.error;

import dev.tidemill.foundation.error.ErrorCode;
import dev.tidemill.foundation.error.NearMisses;
import dev.tidemill.foundation.error.SourcePosition;
import dev.tidemill.foundation.error.TidemillException;
import dev.tidemill.foundation.format.TimeZones;
import dev.tidemill.foundation.type.Type;
import java.time.ZoneId;
import java.util.Collection;
import java.util.List;
import java.util.Locale;
import java.util.TreeSet;
import java.util.stream.Collectors;
import org.jspecify.annotations.Nullable;

/** What can be wrong with a statement that parses. */
public final class PlannerErrors {
  private static final ErrorCode COLUMN_NOT_FOUND = ErrorCode.user("COLUMN_NOT_FOUND", "42703");
  private static final ErrorCode COLUMN_AMBIGUOUS = ErrorCode.user("COLUMN_AMBIGUOUS", "42702");
  private static final ErrorCode COLUMN_DUPLICATE = ErrorCode.user("COLUMN_DUPLICATE", "42701");
  private static final ErrorCode TABLE_NOT_FOUND = ErrorCode.user("TABLE_NOT_FOUND", "42P01");
  private static final ErrorCode FUNCTION_NOT_FOUND = ErrorCode.user("FUNCTION_NOT_FOUND", "42883");
  private static final ErrorCode TYPE_MISMATCH = ErrorCode.user("TYPE_MISMATCH", "42804");
  private static final ErrorCode ARGUMENTS_INVALID = ErrorCode.user("ARGUMENTS_INVALID", "42883");
  private static final ErrorCode GROUPING_INVALID = ErrorCode.user("GROUPING_INVALID", "42803");
  private static final ErrorCode QUERY_INVALID = ErrorCode.user("QUERY_INVALID", "42000");
  private static final ErrorCode VALUE_INVALID = ErrorCode.user("VALUE_INVALID", "22000");
  private static final ErrorCode CLAUSE_NOT_REACHED = ErrorCode.user("CLAUSE_NOT_REACHED", "42601");
  private static final ErrorCode NOT_CHANGEABLE = ErrorCode.user("TABLE_READ_ONLY", "25006");
  private static final ErrorCode COLUMN_COUNT = ErrorCode.user("COLUMN_COUNT_MISMATCH", "42601");
  private static final ErrorCode PARAMETER_NOT_BOUND =
      ErrorCode.user("PARAMETER_NOT_BOUND", "07001");
  private static final ErrorCode SETTING_INVALID = ErrorCode.user("SETTING_INVALID", "22023");
  private static final ErrorCode NOT_NULL = ErrorCode.user("NULL_NOT_ALLOWED", "23502");
  private static final ErrorCode VIEW_RECURSIVE = ErrorCode.user("VIEW_RECURSIVE", "42P19");
  private static final ErrorCode RECURSION_INVALID = ErrorCode.user("RECURSION_INVALID", "42P19");
  private static final ErrorCode TOO_COMPLEX = ErrorCode.user("QUERY_TOO_COMPLEX", "54001");
  private static final ErrorCode INTERNAL = ErrorCode.internal("PLANNER_FAILED");

  private PlannerErrors() {}

  public static TidemillException columnNotFound(
      String column,
      @Nullable String table,
      Collection<String> candidates,
      @Nullable SourcePosition position) {
    if (table == null && column.matches("\\$\\d+")) {
      return error(
          COLUMN_NOT_FOUND,
          "there is no column " + column + "; a parameter is written ?",
          position);
    }
    String where = table == null ? "" : " in " + table;
    if (column.equalsIgnoreCase("window_time")) {
      return error(
          COLUMN_NOT_FOUND,
          "there is no column "
              + column
              + where
              + ": windows have window_start and window_end, and a window over windows goes by either",
          position);
    }
    return error(
        COLUMN_NOT_FOUND,
        "there is no column "
            + column
            + where
            + NearMisses.hint(
                column, candidates.stream().filter(c -> !c.equalsIgnoreCase(column)).toList()),
        position);
  }

  public static TidemillException columnAmbiguous(
      String column, @Nullable SourcePosition position) {
    return error(
        COLUMN_AMBIGUOUS,
        "column "
            + column
            + " is there more than once: say whose, as in table_name."
            + column
            + ", or name them apart with AS",
        position);
  }

  public static TidemillException duplicateColumn(
      String column, String where, @Nullable SourcePosition position) {
    return error(COLUMN_DUPLICATE, "column " + column + " stands twice in " + where, position);
  }

  public static TidemillException tableNotFound(
      String table, Collection<String> candidates, @Nullable SourcePosition position) {
    return error(
        TABLE_NOT_FOUND,
        "there is no table or view " + table + NearMisses.hint(lastPart(table), candidates),
        position);
  }

  public static TidemillException functionNotFound(
      String function,
      String call,
      Collection<String> candidates,
      @Nullable SourcePosition position) {
    boolean known = candidates.contains(function.toUpperCase(Locale.ROOT));
    return error(
        FUNCTION_NOT_FOUND,
        known
            ? "there is no function " + call + " with arguments of these types or this number"
            : "there is no function "
                + function
                + NearMisses.hint(function.toUpperCase(Locale.ROOT), candidates),
        position);
  }

  /** A name that may be that of a function which cannot be loaded. */
  public static TidemillException functionNotLoaded(String function, TidemillException cause) {
    return new TidemillException(
        cause.code(),
        "there is no function " + function + " among those that can be loaded; " + cause.text(),
        null,
        cause);
  }

  /** {@code signatures} are those that it has. */
  public static TidemillException noSignature(
      String function, List<Type> arguments, String signatures, @Nullable SourcePosition position) {
    return error(
        ARGUMENTS_INVALID,
        "there is no %s; there is %s: CAST an argument"
            .formatted(call(function, arguments), signatures),
        position);
  }

  /** Two signatures are as good as each other. */
  public static TidemillException severalSignatures(
      String function,
      List<Type> arguments,
      String one,
      String other,
      @Nullable SourcePosition position) {
    return error(
        ARGUMENTS_INVALID,
        "%s can be %s%s or %2$s%s: CAST an argument"
            .formatted(call(function, arguments), function, one, other),
        position);
  }

  private static String call(String function, List<Type> arguments) {
    return arguments.stream()
        .map(Type::toString)
        .collect(Collectors.joining(", ", function + "(", ")"));
  }

  public static TidemillException tableFunction(
      String function, @Nullable SourcePosition position) {
    return error(
        ARGUMENTS_INVALID,
        "%s gives rows: it stands in FROM, as in SELECT * FROM TABLE(%1$s(…))".formatted(function),
        position);
  }

  public static TidemillException noTableFunction(
      String function, @Nullable SourcePosition position) {
    return error(
        ARGUMENTS_INVALID,
        function
            + " gives no rows: in FROM stand tables, and functions whose class is a UserTableFunction",
        position);
  }

  public static TidemillException conditionNotBoolean(
      String clause, String expression, String type, @Nullable SourcePosition position) {
    return error(
        TYPE_MISMATCH, clause + " must be BOOLEAN but " + expression + " is " + type, position);
  }

  public static TidemillException typeMismatch(String text, @Nullable SourcePosition position) {
    return error(TYPE_MISMATCH, text, position);
  }

  public static TidemillException noCommonType(
      Type left, Type right, @Nullable SourcePosition position) {
    return error(
        TYPE_MISMATCH,
        left + " and " + right + " cannot be compared or combined: CAST one of them",
        position);
  }

  public static TidemillException argumentsInvalid(String text, @Nullable SourcePosition position) {
    return error(ARGUMENTS_INVALID, text, position);
  }

  public static TidemillException grouping(String text, @Nullable SourcePosition position) {
    return error(GROUPING_INVALID, text, position);
  }

  public static TidemillException invalid(String text, @Nullable SourcePosition position) {
    return error(QUERY_INVALID, text, position);
  }

  public static TidemillException valueInvalid(String text, @Nullable SourcePosition position) {
    return error(VALUE_INVALID, text, position);
  }

  public static TidemillException unknownTimeZone(String name, @Nullable SourcePosition position) {
    return error(
        VALUE_INVALID,
        "there is no time zone '%s': it must be %s%s"
            .formatted(
                name, TimeZones.EXPECTED, NearMisses.hint(name, ZoneId.getAvailableZoneIds())),
        position);
  }

  public static TidemillException unitNotConstant(@Nullable SourcePosition position) {
    return error(
        ARGUMENTS_INVALID, "the unit of time must be a string literal, such as 'month'", position);
  }

  public static TidemillException unknownUnit(
      String unit, Collection<String> units, @Nullable SourcePosition position) {
    return error(
        ARGUMENTS_INVALID,
        "there is no unit of time '"
            + unit
            + "': there are "
            + String.join(", ", new TreeSet<>(units)),
        position);
  }

  /** The arguments of a window function of tables. */
  public static TidemillException windowArguments(
      String function, @Nullable SourcePosition position) {
    String lengths =
        switch (function.toUpperCase(Locale.ROOT)) {
          case "HOP" -> "slide, size [, offset]";
          case "CUMULATE" -> "step, size [, offset]";
          case "SESSION" -> "gap";
          case "TUMBLE_ROWS" -> "number of rows";
          default -> "size [, offset]";
        };
    return error(
        ARGUMENTS_INVALID,
        function + " takes (TABLE t, DESCRIPTOR(a TIMESTAMP column), " + lengths + ")",
        position);
  }

  /** A construct that the grammar has and this version cannot run; its words make the code. */
  public static TidemillException unsupported(String construct, @Nullable SourcePosition position) {
    return unsupported(construct, construct, position);
  }

  /** The same where the text says more than the name. */
  public static TidemillException unsupported(
      String name, String construct, @Nullable SourcePosition position) {
    String words =
        name.replaceAll("[^A-Za-z0-9]+", "_").replaceAll("^_+|_+$", "").toUpperCase(Locale.ROOT);
    ErrorCode code =
        ErrorCode.user("UNSUPPORTED_" + (words.isEmpty() ? "CONSTRUCT" : words), "0A000");
    return error(code, construct + " is not supported", position);
  }

  /** Rows are changed in tables of the database and in memory only. */
  public static TidemillException notChangeable(String table, @Nullable SourcePosition position) {
    return error(
        NOT_CHANGEABLE,
        "rows of %s cannot be changed: only those of tables of the database and in memory can"
            .formatted(table),
        position);
  }

  /** A clause of MERGE behind one that takes all rows. */
  public static TidemillException clauseNotReached(@Nullable SourcePosition position) {
    return error(
        CLAUSE_NOT_REACHED,
        "no row reaches this WHEN: one without a condition stands before it; give that one AND …, or put it last",
        position);
  }

  /** A column of MERGE's target where no row of it is. */
  public static TidemillException columnOfNoRow(
      String column, String table, @Nullable SourcePosition position) {
    return error(
        COLUMN_NOT_FOUND,
        "WHEN NOT MATCHED has no row of %s, so no %s of it: name the source's, with its table"
            .formatted(table, column),
        position);
  }

  public static TidemillException columnCount(
      String target, int expected, int found, @Nullable SourcePosition position) {
    return error(
        COLUMN_COUNT,
        "INSERT into "
            + target
            + " needs "
            + expected
            + (expected == 1 ? " column" : " columns")
            + " but the query has "
            + found,
        position);
  }

  /** What stands in LIMIT or OFFSET. */
  public static TidemillException rowCount(
      String clause, @Nullable String found, @Nullable SourcePosition position) {
    return error(
        VALUE_INVALID,
        clause
            + " needs a whole number of rows from 0 to "
            + Long.MAX_VALUE
            + " but found "
            + found,
        position);
  }

  public static TidemillException notAssignable(
      String column, Type expected, Type found, @Nullable SourcePosition position) {
    return error(
        TYPE_MISMATCH,
        "column " + column + " is " + expected + " but the query gives " + found + ": CAST it",
        position);
  }

  public static TidemillException computedColumnAssigned(
      String column, @Nullable SourcePosition position) {
    return error(
        QUERY_INVALID, "column " + column + " is computed and cannot be inserted", position);
  }

  public static TidemillException notNull(
      String column, String table, @Nullable SourcePosition position) {
    return error(
        NOT_NULL,
        "column " + column + " of " + table + " is NOT NULL and is not among those inserted",
        position);
  }

  public static TidemillException parameterNotBound(
      String where, @Nullable SourcePosition position) {
    return error(
        PARAMETER_NOT_BOUND,
        "the parameter in " + where + " has no value yet: plan with the bound values",
        position);
  }

  public static TidemillException setting(String name, String value, List<String> choices) {
    return error(
        SETTING_INVALID,
        name + " must be " + String.join(" or ", choices) + " but is '" + value + "'",
        null);
  }

  public static TidemillException recursiveView(String view) {
    return error(VIEW_RECURSIVE, "view " + view + " refers to itself", null);
  }

  /**
   * A query of WITH RECURSIVE names itself where it may not.
   *
   * @param where as in {@code in a subquery}
   */
  public static TidemillException recursiveReference(
      String name, String where, @Nullable SourcePosition position) {
    return error(
        RECURSION_INVALID,
        "WITH RECURSIVE "
            + name
            + " cannot name itself "
            + where
            + ": each row must follow from one row of the round before",
        position);
  }

  public static TidemillException recursionWithoutUnion(
      String name, @Nullable SourcePosition position) {
    return error(
        RECURSION_INVALID,
        "WITH RECURSIVE "
            + name
            + " names itself, so it must be what it begins with, UNION or UNION ALL, and what follows from that",
        position);
  }

  public static TidemillException recursionWithoutBeginning(
      String name, @Nullable SourcePosition position) {
    return error(
        RECURSION_INVALID,
        "WITH RECURSIVE "
            + name
            + " has nothing to begin with: one part of its UNION must not name "
            + name,
        position);
  }

  public static TidemillException recursionColumns(
      String name, int expected, int found, @Nullable SourcePosition position) {
    return error(
        COLUMN_COUNT,
        "WITH RECURSIVE " + name + " has " + columns(expected) + " but here are " + found,
        position);
  }

  private static String columns(int count) {
    return count + (count == 1 ? " column" : " columns");
  }

  public static TidemillException recursionNull(
      String name, String column, @Nullable SourcePosition position) {
    return error(
        TYPE_MISMATCH,
        "column "
            + column
            + " of WITH RECURSIVE "
            + name
            + " begins with NULL of no type: write CAST(NULL AS …)",
        position);
  }

  public static TidemillException recursionType(
      String name, String column, Type first, Type next, @Nullable SourcePosition position) {
    return error(
        TYPE_MISMATCH,
        "column "
            + column
            + " of WITH RECURSIVE "
            + name
            + " begins as "
            + first
            + " but goes on as "
            + next
            + ": CAST one of them",
        position);
  }

  public static TidemillException unknownHint(String hint, @Nullable SourcePosition position) {
    return error(
        QUERY_INVALID,
        "there is no hint " + hint + ": there are BROADCAST(table) and SHUFFLE(table)",
        position);
  }

  public static TidemillException hintWithoutTable(
      String hint, String table, @Nullable SourcePosition position) {
    return error(
        QUERY_INVALID, "hint " + hint + "(" + table + ") names no table of its FROM", position);
  }

  /**
   * An error in the text of a computed column or watermark, seen from outside: its position counts
   * in that text and would mislead.
   */
  public static TidemillException within(String what, TidemillException error) {
    return new TidemillException(error.code(), what + ": " + error.text(), null, error);
  }

  /** An error in the text of a view, seen from a query that names it. */
  public static TidemillException withinView(String view, TidemillException error) {
    boolean placed = error.position() != null && !error.text().startsWith("in view ");
    String where = placed ? " (at " + error.position() + " of its text)" : "";
    return new TidemillException(
        error.code(), "in view " + view + where + ": " + error.text(), null, error);
  }

  public static TidemillException tooComplex(@Nullable SourcePosition position) {
    return error(TOO_COMPLEX, "the query is nested too deeply to plan", position);
  }

  public static TidemillException internal(String what, Throwable cause) {
    return new TidemillException(INTERNAL, "planning failed at " + what, null, cause);
  }

  private static String lastPart(String name) {
    return name.substring(name.lastIndexOf('.') + 1);
  }

  private static TidemillException error(
      ErrorCode code, String text, @Nullable SourcePosition position) {
    return new TidemillException(code, text, position, null);
  }
}
