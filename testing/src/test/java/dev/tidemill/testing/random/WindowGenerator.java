package dev.tidemill.testing.random;

import static dev.tidemill.testing.random.Tree.list;
import static dev.tidemill.testing.random.Tree.of;
import static dev.tidemill.testing.random.Tree.optional;

import java.util.List;

/**
 * Random window functions. Where an order with ties would leave a choice, all columns are in it;
 * rows that are equal in all of them have the same values. Two such functions beside each other
 * would show which of the equal rows is which.
 */
final class WindowGenerator {
  private final Dice dice;
  private final ExpressionGenerator expressions;

  WindowGenerator(Dice dice, ExpressionGenerator expressions) {
    this.dice = dice;
    this.expressions = expressions;
  }

  Tree window(Kind kind, List<Column> columns) {
    Tree x = expressions.value(kind == Kind.INEXACT ? Kind.DOUBLE : kind, columns, 1);
    Object partition =
        switch (dice.below(4)) {
          case 0 -> "";
          case 1 -> optional("PARTITION BY ", expressions.value(Kind.NUMBER, columns, 1), " ");
          default ->
              optional(
                  "PARTITION BY ",
                  list(
                      List.of(
                          expressions.column(dice.pick(columns)),
                          expressions.column(dice.pick(columns)))),
                  " ");
        };
    Tree all = expressions.allOf(columns, true);
    return switch (kind) {
      case NUMBER ->
          switch (dice.below(12)) {
            case 0 -> ranked(kind, "ROW_NUMBER()", partition, all);
            case 1 ->
                ranked(
                    kind,
                    dice.pick("RANK()", "DENSE_RANK()"),
                    partition,
                    of(
                        "order",
                        expressions.column(dice.pick(columns)),
                        dice.pick(" NULLS FIRST", " DESC NULLS LAST")));
            case 2 -> ranked(kind, "NTILE(" + (1 + dice.below(4)) + ")", partition, all);
            case 3 -> shifted(kind, x, dice.pick(")", ", 2)", ", 1, 0)"), partition, all);
            case 4, 5 -> inFrame(kind, x, partition, all);
            case 6 ->
                over(
                    kind,
                    of("call", "COUNT(", expressions.column(dice.pick(columns)), ")"),
                    partition,
                    ordered(columns, all));
            default ->
                over(
                    kind,
                    of(
                        "call",
                        dice.pick("SUM", "MIN", "MAX", "COUNT"),
                        "(",
                        x,
                        ")",
                        filter(columns)),
                    partition,
                    ordered(columns, all));
          };
      case DOUBLE, DECIMAL ->
          dice.oneIn(4)
              ? inFrame(kind, x, partition, all)
              : over(
                  kind,
                  of("call", dice.pick("SUM", "MIN", "MAX"), "(", x, ")", filter(columns)),
                  partition,
                  ordered(columns, all));
      case TRUTH ->
          over(
              kind,
              of("call", dice.pick("BOOL_AND", "BOOL_OR"), "(", x, ")", filter(columns)),
              partition,
              ordered(columns, all));
      case INEXACT ->
          dice.oneIn(2)
              ? over(
                  kind,
                  of("call", dice.pick("AVG", "STDDEV_POP"), "(", x, ")", filter(columns)),
                  partition,
                  ordered(columns, all))
              : ranked(kind, dice.pick("PERCENT_RANK()", "CUME_DIST()"), partition, all);
      case TEXT, DATE, TIME, BYTES, LIST ->
          switch (dice.below(3)) {
            case 0 ->
                over(
                    kind,
                    of("call", dice.pick("MIN", "MAX"), "(", x, ")"),
                    partition,
                    ordered(columns, all));
            case 1 -> shifted(kind, x, dice.pick(")", ", 2)"), partition, all);
            default -> inFrame(kind, x, partition, all);
          };
    };
  }

  private Tree filter(List<Column> columns) {
    return dice.oneIn(6)
        ? optional(" FILTER (WHERE ", expressions.condition(columns, 1), ")")
        : Tree.nothing();
  }

  private static Tree ranked(Kind kind, String call, Object partition, Tree order) {
    return of(kind.name(), call, " OVER (", partition, "ORDER BY ", order, ")");
  }

  private Tree shifted(Kind kind, Tree x, String more, Object partition, Tree all) {
    boolean ignore = dice.oneIn(5);
    return of(
        kind.name(),
        dice.pick("LAG(", "LEAD("),
        x,
        ignore ? Tree.word(more + " IGNORE NULLS", more.replace(")", " IGNORE NULLS)")) : more,
        " OVER (",
        partition,
        "ORDER BY ",
        all,
        ")");
  }

  /** The value of one row of the frame. */
  private Tree inFrame(Kind kind, Tree x, Object partition, Tree all) {
    boolean ignore = dice.oneIn(4);
    String function =
        dice.pick("FIRST_VALUE", "FIRST_VALUE", "LAST_VALUE", "LAST_VALUE", "NTH_VALUE");
    String more = function.equals("NTH_VALUE") ? ", 2" : "";
    return of(
        kind.name(),
        function + "(",
        x,
        ignore ? Tree.word(more + ") IGNORE NULLS", more + " IGNORE NULLS)") : more + ")",
        " OVER (",
        partition,
        "ORDER BY ",
        all,
        dice.oneIn(3) ? "" : optional(rows()),
        ")");
  }

  private static Tree over(Kind kind, Tree call, Object partition, Object ordered) {
    return of(kind.name(), call, " OVER (", partition, ordered, ")");
  }

  private Object ordered(List<Column> columns, Tree all) {
    return switch (dice.below(6)) {
      case 0 -> "";
      case 1, 2 -> range(columns, all);
      default -> of("order", "ORDER BY ", all, dice.oneIn(5) ? "" : optional(rows()));
    };
  }

  /** A frame of rows, or of groups: since all columns order, they are about the same. */
  private String rows() {
    String unit = dice.pick(" ROWS", " ROWS", " ROWS", " GROUPS");
    String begin =
        dice.pick(
            "UNBOUNDED PRECEDING", "2 PRECEDING", "1 PRECEDING", "CURRENT ROW", "1 FOLLOWING");
    String end =
        switch (begin) {
          case "1 FOLLOWING" -> dice.pick("2 FOLLOWING", "UNBOUNDED FOLLOWING", "1 FOLLOWING");
          case "CURRENT ROW" -> dice.pick("CURRENT ROW", "1 FOLLOWING", "UNBOUNDED FOLLOWING");
          default ->
              dice.pick(
                  "CURRENT ROW",
                  "CURRENT ROW",
                  "1 PRECEDING",
                  "2 FOLLOWING",
                  "UNBOUNDED FOLLOWING");
        };
    return unit + " BETWEEN " + begin + " AND " + end + exclude();
  }

  private String exclude() {
    return dice.oneIn(3)
        ? dice.pick(" EXCLUDE CURRENT ROW", " EXCLUDE GROUP", " EXCLUDE TIES", " EXCLUDE NO OTHERS")
        : "";
  }

  /** A frame of distances from a number or a time, or of its peers; ties share what they give. */
  private Object range(List<Column> columns, Tree all) {
    List<Column> measured =
        columns.stream()
            .filter(
                c ->
                    c.kind() == Kind.NUMBER
                        || c.kind() == Kind.DATE
                        || c.kind() == Kind.TIME
                        || c.kind() == Kind.DECIMAL)
            .toList();
    if (measured.isEmpty()) {
      return of("order", "ORDER BY ", all);
    }
    Column by = dice.pick(measured);
    boolean time = by.kind() == Kind.DATE || by.kind() == Kind.TIME;
    String near = time ? dice.pick("INTERVAL '1' DAY", "INTERVAL '30' MINUTE") : "1";
    String far = time ? dice.pick("INTERVAL '1' DAY", "INTERVAL '40' DAY") : "2";
    if (by.kind() == Kind.DATE) {
      near = "INTERVAL '1' DAY";
    }
    return of(
        "order",
        "ORDER BY ",
        expressions.column(by),
        dice.pick(" NULLS FIRST", " NULLS LAST", " DESC NULLS LAST", " DESC NULLS FIRST"),
        optional(
            dice.oneIn(4)
                ? " GROUPS BETWEEN "
                    + dice.pick(
                        "1 PRECEDING AND 1 FOLLOWING",
                        "UNBOUNDED PRECEDING AND CURRENT ROW",
                        "2 PRECEDING AND 1 PRECEDING",
                        "CURRENT ROW AND UNBOUNDED FOLLOWING",
                        "1 FOLLOWING AND 2 FOLLOWING")
                : " RANGE BETWEEN "
                    + dice.pick(
                        near + " PRECEDING AND " + near + " FOLLOWING",
                        "UNBOUNDED PRECEDING AND " + near + " PRECEDING",
                        "CURRENT ROW AND " + far + " FOLLOWING",
                        far + " PRECEDING AND CURRENT ROW",
                        near + " FOLLOWING AND UNBOUNDED FOLLOWING",
                        "CURRENT ROW AND CURRENT ROW",
                        "UNBOUNDED PRECEDING AND CURRENT ROW",
                        "UNBOUNDED PRECEDING AND UNBOUNDED FOLLOWING"),
            exclude()));
  }
}
