package dev.tidemill.testing.random;

import static dev.tidemill.testing.random.Tree.list;
import static dev.tidemill.testing.random.Tree.of;
import static dev.tidemill.testing.random.Tree.optional;
import static dev.tidemill.testing.random.Tree.word;

import java.util.ArrayList;
import java.util.List;
import java.util.stream.Collectors;

/**
 * Random expressions over given columns, without subqueries.
 *
 * <p>They keep to what both engines mean alike. Left out, since they differ by intent: quotients of
 * integers (DuckDB's are DOUBLE; {@code //} stands for ours), products of decimals that are cut to
 * 38 digits, DATE and an interval (DuckDB's sum is a TIMESTAMP), days of the week, rounding of
 * doubles, upper case of letters that become two, patterns with a backslash, the empty beginning of
 * NULL (TRUE in its conditions).
 */
final class ExpressionGenerator {
  private final Dice dice;
  private final Literals literals;

  ExpressionGenerator(Dice dice, Literals literals) {
    this.dice = dice;
    this.literals = literals;
  }

  /** A column of the kind, a literal, or something computed of them. */
  Tree value(Kind kind, List<Column> columns, int depth) {
    if (depth > 0 && dice.below(5) < 2) {
      return computed(kind, columns, depth - 1);
    }
    List<Column> same = columns.stream().filter(c -> c.kind() == kind).toList();
    return same.isEmpty() || dice.oneIn(12)
        ? literal(kind, dice.oneIn(4))
        : column(dice.pick(same));
  }

  Tree column(Column column) {
    return of(column.kind().name(), column.name());
  }

  Tree literal(Kind kind, boolean nullable) {
    String text = nullable ? literals.nullable(kind) : literals.of(kind);
    return of(kind.name(), text.equals("NULL") ? kind.nullValue() : text);
  }

  /** Every scalar call of a kind, with columns and literals as arguments. */
  List<Tree> calls(Kind kind, List<Column> columns) {
    return ScalarCalls.all(kind, dice, argument -> value(argument, columns, 0));
  }

  private Tree computed(Kind kind, List<Column> columns, int depth) {
    if (kind != Kind.INEXACT && dice.oneIn(2)) {
      return ScalarCalls.of(kind, dice, argument -> value(argument, columns, depth));
    }
    Tree x = value(kind, columns, depth);
    Tree y = value(kind, columns, depth);
    String sort = kind.name();
    switch (dice.below(9)) {
      case 0 -> {
        return of(sort, "COALESCE(", x, ", ", y, ")");
      }
      case 1 -> {
        return of(sort, "CASE WHEN ", condition(columns, depth), " THEN ", x, " ELSE ", y, " END");
      }
      case 2 -> {
        return of(sort, "NULLIF(", x, ", ", y, ")");
      }
      case 3 -> {
        return choice(sort, kind, columns, depth, x, y);
      }
      default -> {}
    }
    return switch (kind) {
      case NUMBER -> number(columns, depth, x, y);
      case DECIMAL ->
          switch (dice.below(4)) {
            case 0 -> of(sort, "(", x, " + ", y, ")");
            case 1 -> of(sort, "(", x, " - ", y, ")");
            case 2 -> of(sort, "ABS(", x, ")");
            default -> of(sort, "(- ", x, ")");
          };
      case DOUBLE ->
          switch (dice.below(6)) {
            case 0 -> of(sort, "(", x, " + ", y, ")");
            case 1 -> of(sort, "(", x, " - ", y, ")");
            case 2 -> of(sort, "ABS(", x, ")");
            case 3 -> of(sort, "CAST(", value(Kind.NUMBER, columns, depth), " AS DOUBLE)");
            case 4 -> of(sort, "FLOOR(", x, ")");
            default -> of(sort, "(", x, " * 0.5)");
          };
      case TEXT -> text(columns, depth, x, y);
      case TRUTH -> of(sort, "(", condition(columns, depth), ")");
      case DATE ->
          switch (dice.below(4)) {
            case 0 -> of(sort, "(", x, " + ", dice.pick("1", "-1", "30"), ")");
            case 1 -> of(sort, "CAST(", value(Kind.TIME, columns, depth), " AS DATE)");
            case 2 -> of(sort, "LAST_DAY(", x, ")");
            default -> of(sort, dice.pick("GREATEST(", "LEAST("), x, ", ", y, ")");
          };
      case TIME ->
          switch (dice.below(4)) {
            case 0 ->
                of(
                    sort,
                    "(",
                    x,
                    dice.pick(" + ", " - "),
                    "INTERVAL ",
                    dice.pick("'1' HOUR", "'30' MINUTE", "'2' DAY", "'1' MONTH"),
                    ")");
            case 1 ->
                of(sort, "DATE_TRUNC('", dice.pick("hour", "day", "month", "year"), "', ", x, ")");
            case 2 -> of(sort, "CAST(", value(Kind.DATE, columns, depth), " AS TIMESTAMP(3))");
            default -> of(sort, dice.pick("GREATEST(", "LEAST("), x, ", ", y, ")");
          };
      case BYTES, LIST -> ScalarCalls.of(kind, dice, argument -> value(argument, columns, depth));
      case INEXACT -> of(sort, "SQRT(ABS(", value(Kind.DOUBLE, columns, depth), "))");
    };
  }

  private Tree choice(String sort, Kind kind, List<Column> columns, int depth, Tree x, Tree y) {
    Column of = dice.pick(columns);
    return of(
        sort,
        "CASE ",
        column(of),
        " WHEN ",
        literal(of.kind(), false),
        " THEN ",
        x,
        optional(" WHEN ", literal(of.kind(), false), " THEN ", y),
        optional(" ELSE ", value(kind, columns, depth)),
        " END");
  }

  private Tree number(List<Column> columns, int depth, Tree x, Tree y) {
    String sort = Kind.NUMBER.name();
    return switch (dice.below(16)) {
      case 0 -> of(sort, "(", x, " + ", y, ")");
      case 1 -> of(sort, "(", x, " - ", y, ")");
      case 2 -> of(sort, "(", x, " * ", y, ")");
      case 3 -> of(sort, "(", x, word(" / ", " // "), "NULLIF(", y, ", 0))");
      case 4 -> of(sort, "(", x, " % ", dice.pick("3", "2", "7"), ")");
      case 5 -> of(sort, dice.pick("ABS(", "SIGN(", "- ("), x, ")");
      case 6 -> of(sort, "CHAR_LENGTH(", value(Kind.TEXT, columns, depth), ")");
      case 7 -> of(sort, "POSITION('x' IN ", value(Kind.TEXT, columns, depth), ")");
      case 8 ->
          of(
              sort,
              "EXTRACT(" + dice.pick("YEAR", "MONTH", "DAY", "QUARTER", "DOY") + " FROM ",
              value(dice.pick(List.of(Kind.DATE, Kind.TIME)), columns, depth),
              ")");
      case 9 -> of(sort, "EXTRACT(HOUR FROM ", value(Kind.TIME, columns, depth), ")");
      case 10 ->
          of(
              sort,
              "(",
              value(Kind.DATE, columns, depth),
              " - ",
              value(Kind.DATE, columns, depth),
              ")");
      case 11 -> of(sort, dice.pick("GREATEST(", "LEAST("), x, ", ", y, ")");
      case 12 ->
          of(
              sort,
              "LIST_SUM(",
              word("LIST_TRANSFORM(ARRAY[", "LIST_TRANSFORM(["),
              x,
              ", ",
              y,
              dice.pick("], lambda e: e + 1))", "], lambda e: COALESCE(e, 7)))"));
      case 13 -> of(sort, word("ARRAY[", "["), list(List.of(x, y)), "][", dice.pick("1", "2"), "]");
      case 14 ->
          of(
              sort,
              "DATE_DIFF('",
              dice.pick("day", "month", "year"),
              "', ",
              value(Kind.DATE, columns, depth),
              ", ",
              value(Kind.DATE, columns, depth),
              ")");
      default -> of(sort, "CASE WHEN ", condition(columns, depth), " THEN 1 ELSE 0 END");
    };
  }

  private Tree text(List<Column> columns, int depth, Tree x, Tree y) {
    String sort = Kind.TEXT.name();
    return switch (dice.below(13)) {
      case 0 -> of(sort, "(", x, " || ", y, ")");
      case 1 -> of(sort, dice.pick("UPPER(", "LOWER(", "TRIM(", "LTRIM(", "RTRIM("), x, ")");
      case 2 -> of(sort, "SUBSTRING(", x, ", ", dice.pick("1", "2"), ", ", dice.pick("1)", "2)"));
      case 3 -> of(sort, "REPLACE(", x, ", 'x', ", y, ")");
      case 4 -> of(sort, "CONCAT(", x, ", ", y, ")");
      case 5 -> of(sort, "CAST(", value(Kind.NUMBER, columns, depth), " AS VARCHAR)");
      case 6 -> of(sort, "CAST(", value(Kind.DATE, columns, depth), " AS VARCHAR)");
      case 7 -> of(sort, "CAST(", value(Kind.TRUTH, columns, depth), " AS VARCHAR)");
      case 8 -> of(sort, dice.pick("LEFT(", "RIGHT("), x, ", 2)");
      case 9 -> of(sort, dice.pick("LPAD(", "RPAD("), x, ", 3, '-')");
      case 10 -> of(sort, "CONCAT_WS('-', ", x, ", ", y, ")");
      case 11 -> of(sort, "SPLIT_PART(", x, ", 'x', 1)");
      default -> of(sort, dice.pick("GREATEST(", "LEAST("), x, ", ", y, ")");
    };
  }

  /** A condition without subqueries. */
  Tree condition(List<Column> columns, int depth) {
    String sort = Kind.TRUTH.name();
    if (depth > 0 && dice.oneIn(3)) {
      Tree x = condition(columns, depth - 1);
      Tree y = condition(columns, depth - 1);
      return switch (dice.below(5)) {
        case 0, 1 -> of(sort, "(", x, " AND ", y, ")");
        case 2, 3 -> of(sort, "(", x, " OR ", y, ")");
        default -> of(sort, "NOT (", x, ")");
      };
    }
    Column column = dice.pick(columns);
    Kind kind = column.kind() == Kind.INEXACT ? Kind.NUMBER : column.kind();
    Tree plain = value(kind, columns, depth);
    Tree x = kind == Kind.TRUTH ? of(sort, "(", plain, ")") : plain;
    return switch (dice.below(kind == Kind.TEXT ? 12 : 10)) {
      case 0 -> of(sort, column.name(), " IS NULL");
      case 1 -> of(sort, x, " IS NOT NULL");
      case 2 ->
          of(
              sort,
              x,
              dice.pick(" IN (", " NOT IN ("),
              list(
                  List.of(
                      literal(kind, false), literal(kind, dice.oneIn(3)), literal(kind, false))),
              ")");
      case 3 ->
          of(
              sort,
              x,
              dice.pick(" IS DISTINCT FROM ", " IS NOT DISTINCT FROM "),
              value(kind, columns, depth));
      case 4 ->
          of(
              sort,
              x,
              dice.pick(" BETWEEN ", " NOT BETWEEN "),
              literal(kind, false),
              " AND ",
              value(kind, columns, depth));
      case 5, 6 -> of(sort, x, comparison(), literal(kind, false));
      case 7 ->
          of(
              sort,
              "(",
              value(Kind.TRUTH, columns, depth),
              ")",
              dice.pick(" IS TRUE", " IS NOT TRUE", " IS FALSE", " IS NOT FALSE"));
      case 8 ->
          kind.isNumeric()
              ? of(
                  sort,
                  x,
                  comparison(),
                  value(dice.pick(List.of(Kind.NUMBER, Kind.DECIMAL, Kind.DOUBLE)), columns, depth))
              : of(sort, x, comparison(), value(kind, columns, depth));
      case 9 -> of(sort, x, comparison(), value(kind, columns, depth));
      case 10 ->
          of(
              sort,
              x,
              dice.pick(" LIKE ", " NOT LIKE ", " ILIKE "),
              dice.pick("'x%'", "'%y'", "'_'", "''", "'%'", "'%x%'", "'__%'", "'%t%1%'"));
      default ->
          of(
              sort,
              dice.pick("STARTS_WITH(", "CONTAINS(", "ENDS_WITH("),
              x,
              ", ",
              dice.pick("'x'", "'y'"),
              ")");
    };
  }

  /** Every column, each way, so that rows which tie are the same. */
  Tree allOf(List<Column> columns, boolean shuffled) {
    List<Column> order = new ArrayList<>(columns);
    if (shuffled) {
      order = new ArrayList<>(dice.some(columns, columns.size()));
      for (Column column : columns) {
        if (!order.contains(column)) {
          order.add(column);
        }
      }
    }
    List<String> items =
        order.stream()
            .map(c -> c.name() + dice.pick(" NULLS FIRST", " NULLS LAST", " DESC NULLS LAST"))
            .toList();
    return of("order", items.stream().collect(Collectors.joining(", ")));
  }

  String comparison() {
    return dice.pick(" = ", " = ", " <> ", " < ", " <= ", " > ", " >= ");
  }
}
