package dev.tidemill.planner.sql;

import dev.tidemill.foundation.error.SourcePosition;
import dev.tidemill.foundation.error.TidemillException;
import dev.tidemill.planner.error.PlannerErrors;
import java.util.List;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import org.jspecify.annotations.Nullable;

/** What Calcite says in one sentence that needs no more than another sentence of ours. */
final class CalciteSentences {
  private enum Kind {
    INVALID,
    TYPE,
    VALUE,
    GROUPING,
    ARGUMENTS,
    UNSUPPORTED
  }

  private record Sentence(Kind kind, Pattern calcite, String ours) {}

  private static final List<Sentence> SENTENCES =
      List.of(
          // Nested values.
          of(
              Kind.TYPE,
              "Expected a boolean type",
              "what stands behind WHEN must be BOOLEAN: compare it with a value"),
          of(
              Kind.TYPE,
              "Parameters must be of the same type",
              "the elements of an ARRAY, and the keys and the values of a MAP, must have types that"
                  + " go together: CAST one of them"),
          of(
              Kind.INVALID,
              "Map requires an even number of arguments",
              "MAP[…] takes keys and values by turns, as in MAP['a', 1, 'b', 2]"),
          // Windows.
          of(
              Kind.INVALID,
              "RANGE clause cannot be used with compound ORDER BY clause",
              "a RANGE frame with a width needs exactly one ORDER BY column: ROWS counts rows"
                  + " instead"),
          of(
              Kind.TYPE,
              "Data type of ORDER BY prohibits use of RANGE clause",
              "a RANGE frame with a width needs an ORDER BY column that is a number, a date or a"
                  + " time: ROWS counts rows instead"),
          of(
              Kind.TYPE,
              "Data Type mismatch between ORDER BY and RANGE clause",
              "the width of a RANGE frame must be a number where the ORDER BY column is one, and an"
                  + " interval, as INTERVAL '1' DAY, where it is a date or a time"),
          of(
              Kind.TYPE,
              "Window ORDER BY expression of type DATE requires range of type INTERVAL",
              "the width of a RANGE frame over dates must be an interval, as INTERVAL '1' DAY"),
          of(
              Kind.VALUE,
              "ROWS value must be a non-negative integral constant",
              "the width of a ROWS frame must be a whole number that is not negative"),
          of(
              Kind.INVALID,
              "Window specification must contain an ORDER BY clause",
              "a RANGE frame with a width needs ORDER BY one column in its OVER (…)"),
          of(
              Kind.INVALID,
              "UNBOUNDED FOLLOWING cannot be specified for the lower frame boundary",
              "a window frame cannot begin at UNBOUNDED FOLLOWING: begin at UNBOUNDED PRECEDING, n"
                  + " PRECEDING, CURRENT ROW or n FOLLOWING"),
          of(
              Kind.INVALID,
              "UNBOUNDED PRECEDING cannot be specified for the upper frame boundary",
              "a window frame cannot end at UNBOUNDED PRECEDING: end at n PRECEDING, CURRENT ROW, n"
                  + " FOLLOWING or UNBOUNDED FOLLOWING"),
          of(
              Kind.INVALID,
              "Upper frame boundary cannot be (.*) when lower boundary is (.*)",
              "a window frame that begins at $2 cannot end at $1: it would end before it begins"),
          of(Kind.INVALID, "Duplicate window names not allowed", "this name of a window is taken"),
          of(
              Kind.INVALID,
              "Empty window specification not allowed|Duplicate window specification not allowed in"
                  + " the same window clause",
              "each window of WINDOW needs a definition of its own"),
          of(
              Kind.INVALID,
              "ORDER BY not allowed in both base and referenced windows",
              "the window that is referred to has an ORDER BY already"),
          of(
              Kind.INVALID,
              "Referenced window cannot have framing declarations",
              "the window that is referred to has a frame: only its PARTITION BY and ORDER BY can"
                  + " be shared"),
          of(
              Kind.INVALID,
              "PARTITION BY not allowed with existing window reference",
              "PARTITION BY belongs to the window that is referred to"),
          of(Kind.INVALID, "Window '(.*)' not found", "there is no window $1 in WINDOW"),
          of(
              Kind.INVALID,
              "ROW/RANGE not allowed with RANK.*",
              "functions that number rows (ROW_NUMBER, RANK, LAG and their like) take no window"
                  + " frame: leave it out"),
          of(
              Kind.INVALID,
              "RANK or DENSE_RANK functions require ORDER BY clause in window specification",
              "RANK and DENSE_RANK need ORDER BY in their OVER (…)"),
          of(
              Kind.GROUPING,
              "(PARTITION BY|ORDER BY) expression should not contain OVER clause",
              "a window function cannot stand in the $1 of another: use a subquery"),
          of(
              Kind.GROUPING,
              "Window expressions are not permitted in the HAVING clause.*",
              "a window function cannot stand in HAVING: QUALIFY takes conditions on them"),
          of(
              Kind.GROUPING,
              "QUALIFY expression '(?s:.*)' must contain a window function",
              "QUALIFY needs a window function in its condition: WHERE and HAVING take others"),
          of(
              Kind.INVALID,
              "Cannot specify IGNORE NULLS or RESPECT NULLS following '(.*)'",
              "IGNORE NULLS and RESPECT NULLS belong to LAG, LEAD, FIRST_VALUE, LAST_VALUE and"
                  + " NTH_VALUE, not to $1"),
          of(
              Kind.UNSUPPORTED,
              "Cannot use DISALLOW PARTIAL with window based on RANGE",
              "DISALLOW PARTIAL"),
          // Intervals and other literals.
          of(
              Kind.VALUE,
              "Illegal interval literal format (?s:('.*')) for (.*)",
              "$1 is no $2: expected whole numbers, as INTERVAL '10' DAY, INTERVAL '1-6' YEAR TO"
                  + " MONTH or INTERVAL '2 12:30:00' DAY TO SECOND, and a fraction, of at most six"
                  + " digits, only of seconds"),
          of(
              Kind.VALUE,
              "Illegal INTERVAL literal (?s:(.*)); at .*",
              "$1 is no interval: write one as INTERVAL '10' DAY"),
          of(
              Kind.VALUE,
              "Interval field value (.*) exceeds precision of ([A-Z]+)\\((\\d+)\\) field",
              "$1 is too long for an interval of $2: it has at most $3 digits"),
          of(
              Kind.VALUE,
              "Interval (leading field|fractional second) precision '(.*)' out of range for (.*)",
              "an interval cannot have a precision of $2"),
          of(
              Kind.VALUE,
              "(Date literal|Numeric literal) '(.*)' out of range",
              "the literal $2 is out of range"),
          of(
              Kind.TYPE,
              "Illegal expression. Was expecting \"\\(DATETIME - DATETIME\\) INTERVALQUALIFIER\"",
              "an interval of a difference is written (later - earlier) DAY"),
          of(
              Kind.TYPE,
              "Incompatible types",
              "a point stands behind a ROW, before a field of it; the arguments of a function stand"
                  + " in its parentheses, as in LEN(x)"),
          // Numbers of things, and names.
          of(
              Kind.ARGUMENTS,
              "Cannot infer return type for (.*); operand types: \\[(?s:(.*))\\]",
              "the arguments of $1 do not go together, they are $2: CAST one of them"),
          of(Kind.INVALID, "Unknown field '(.*)'", "the ROW has no field $1"),
          of(
              Kind.INVALID,
              "(?:Multiple|Duplicate) relation name '(.*)' in FROM clause",
              "$1 stands twice in FROM: give one of them another name, as in $1 AS other"),
          of(
              Kind.INVALID,
              "List of column aliases must have same degree as table; table has (\\d+) columns (.*),"
                  + " whereas alias list has (\\d+) columns",
              "there are $3 names for the $1 columns $2"),
          of(
              Kind.INVALID,
              "Duplicate name '(.*)' in column (?:alias )?list",
              "the name $1 is given to two columns"),
          of(
              Kind.INVALID,
              "Column name '(.*)' in NATURAL join or USING clause is not unique on one side of join",
              "column $1 is there more than once on one side of the join: say which with ON"),
          of(
              Kind.TYPE,
              "Column '(.*)' matched using NATURAL keyword or USING clause has incompatible types:"
                  + " cannot compare '(.*)' to '(.*)'",
              "column $1 is $2 on one side of the join and $3 on the other: join ON with a CAST"),
          of(
              Kind.INVALID,
              "Cannot qualify common column '(.*)'",
              "a column of USING or NATURAL is of both sides: write it without its table, not $1"),
          of(
              Kind.INVALID,
              "Cannot specify condition .* following CROSS JOIN",
              "CROSS JOIN takes no condition: JOIN … ON does"),
          of(
              Kind.INVALID,
              "INNER, LEFT, RIGHT, FULL, or ASOF join requires a condition.*",
              "a join needs ON or USING: without a condition it is a CROSS JOIN"),
          of(
              Kind.INVALID,
              "Cannot specify NATURAL keyword with ON or USING clause",
              "NATURAL JOIN takes no ON or USING"),
          of(
              Kind.INVALID,
              "SELECT \\* requires a FROM clause|SELECT must have a FROM clause",
              "* needs a FROM whose columns it can stand for"),
          of(
              Kind.INVALID,
              "SELECT \\* EXCLUDE/EXCEPT list cannot exclude all columns",
              "* EXCLUDE leaves no column"),
          of(
              Kind.INVALID,
              "SELECT \\* EXCLUDE/EXCEPT list contains unknown column\\(s\\): (.*)",
              "there is no column $1 that * EXCLUDE could leave out"),
          of(
              Kind.INVALID,
              "Unequal number of entries in ROW expressions",
              "the rows compared must have as many values each"),
          of(
              Kind.INVALID,
              "Number of columns must match number of query columns",
              "there must be as many names as the query has columns"),
          of(
              Kind.INVALID,
              "Only scalar sub-queries allowed in select list\\.",
              "a subquery that stands for a value must have one column"),
          // Aggregates.
          of(
              Kind.GROUPING,
              "Expression '(?s:(.*))' is not in the select clause",
              "$1 is not in SELECT DISTINCT and cannot order its rows"),
          of(
              Kind.GROUPING,
              "Aggregate expression is illegal in ORDER BY clause of non-aggregating SELECT",
              "an aggregate function in ORDER BY needs a SELECT with groups"),
          of(
              Kind.GROUPING,
              "Argument to (.*) operator must be a grouped expression",
              "$1 takes expressions of GROUP BY"),
          of(
              Kind.GROUPING,
              "(.*) operator may only occur in an aggregate query",
              "$1 needs a GROUP BY"),
          of(
              Kind.GROUPING,
              "(.*) operator may only occur in SELECT, HAVING or ORDER BY clause",
              "$1 stands in SELECT, HAVING or ORDER BY"),
          of(
              Kind.GROUPING,
              "FILTER must not contain aggregate expression",
              "FILTER cannot have an aggregate function in its condition"),
          of(
              Kind.GROUPING,
              "FILTER must be applied to aggregate function",
              "FILTER belongs behind an aggregate function"),
          of(
              Kind.TYPE,
              "FILTER expression must be of type BOOLEAN",
              "the condition of FILTER must be BOOLEAN"),
          of(
              Kind.GROUPING,
              "DISTINCT/ALL not allowed with (.*) function",
              "$1 takes no DISTINCT: it is no aggregate function"),
          of(
              Kind.UNSUPPORTED,
              "WITHIN GROUP not allowed with (.*) function",
              "WITHIN GROUP behind $1"),
          // Types and arguments.
          of(
              Kind.TYPE,
              "DECIMAL precision (\\d+) must be between 1 and (\\d+)",
              "a DECIMAL has 1 to $2 digits, not $1"),
          of(
              Kind.TYPE,
              "DECIMAL scale (-?\\d+) must be between .*",
              "the digits behind the point of a DECIMAL are at least 0 and no more than all its"
                  + " digits, not $1"),
          of(
              Kind.ARGUMENTS,
              "Argument to function '(.*)' must be a (?:positive integer |numeric )?literal.*",
              "$1 takes a constant there, not an expression"),
          of(
              Kind.ARGUMENTS,
              "Argument to function '(.*)' must not be NULL",
              "$1 takes no NULL there"),
          of(
              Kind.ARGUMENTS,
              "Invalid number of arguments to function '(.*)'\\. Was expecting (\\d+) arguments",
              "the number of arguments of $1 must be $2"),
          of(
              Kind.TYPE,
              "ELSE clause or at least one THEN clause must be non-NULL",
              "a CASE of nothing but NULL has no type: CAST one of them"),
          of(Kind.TYPE, "Illegal use of 'NULL'", "NULL has no type here: CAST it"),
          of(
              Kind.INVALID,
              "Illegal use of dynamic parameter",
              "the type of the parameter is not known here: write CAST(? AS type)"),
          of(
              Kind.INVALID,
              "More than one value in list: (?s:.*)",
              "a subquery that stands for a value must have one column"),
          of(
              Kind.INVALID,
              "(?:Query|Non-query|ROW|CURSOR|Join) expression encountered in illegal context",
              "this cannot stand here"),
          of(Kind.INVALID, "DEFAULT not allowed here", "DEFAULT stands in INSERT … VALUES"));

  private CalciteSentences() {}

  /** Our error for Calcite's sentence, or null if we have none for it. */
  static @Nullable TidemillException translate(String message, @Nullable SourcePosition position) {
    for (Sentence sentence : SENTENCES) {
      Matcher matcher = sentence.calcite().matcher(message);
      if (matcher.matches()) {
        StringBuilder text = new StringBuilder();
        matcher.reset();
        matcher.find();
        matcher.appendReplacement(text, sentence.ours());
        return error(sentence.kind(), text.toString(), position);
      }
    }
    return null;
  }

  private static TidemillException error(
      Kind kind, String text, @Nullable SourcePosition position) {
    return switch (kind) {
      case INVALID -> PlannerErrors.invalid(text, position);
      case TYPE -> PlannerErrors.typeMismatch(text, position);
      case VALUE -> PlannerErrors.valueInvalid(text, position);
      case GROUPING -> PlannerErrors.grouping(text, position);
      case ARGUMENTS -> PlannerErrors.argumentsInvalid(text, position);
      case UNSUPPORTED -> PlannerErrors.unsupported(text, position);
    };
  }

  private static Sentence of(Kind kind, String calcite, String ours) {
    return new Sentence(kind, Pattern.compile(calcite), ours);
  }
}
