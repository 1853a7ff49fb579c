package dev.tidemill.testing.random;

import static dev.tidemill.testing.random.Tree.of;
import static dev.tidemill.testing.random.Tree.optional;
import static dev.tidemill.testing.random.Tree.word;

import java.util.List;

/**
 * Random aggregates. What ties decide, {@code MODE}, {@code ARG_MIN} and the like, is compared
 * within Tidemill alone.
 */
final class AggregateGenerator {
  private final Dice dice;
  private final Draft draft;
  private final ExpressionGenerator expressions;

  AggregateGenerator(Dice dice, Draft draft, ExpressionGenerator expressions) {
    this.dice = dice;
    this.draft = draft;
    this.expressions = expressions;
  }

  /** An aggregate of rows with these columns. */
  Tree aggregate(Kind kind, List<Column> columns) {
    String sort = kind.name();
    Tree x = expressions.value(kind == Kind.INEXACT ? Kind.DOUBLE : kind, columns, 1);
    Tree filter =
        dice.oneIn(5)
            ? optional(" FILTER (WHERE ", expressions.condition(columns, 1), ")")
            : Tree.nothing();
    Tree distinct = dice.oneIn(4) ? optional("DISTINCT ") : Tree.nothing();
    return switch (kind) {
      case NUMBER ->
          switch (dice.below(14)) {
            case 0 -> of(sort, "COUNT(*)", filter);
            case 1, 2 ->
                of(sort, "COUNT(", distinct, expressions.column(dice.pick(columns)), ")", filter);
            case 3, 4, 5 -> of(sort, "SUM(", distinct, x, ")", filter);
            case 6 -> of(sort, "MIN(", x, ")", filter);
            case 7 -> of(sort, "MAX(", distinct, x, ")", filter);
            case 8 ->
                of(
                    sort,
                    word("COUNT_IF(", "COALESCE(COUNT_IF("),
                    expressions.condition(columns, 1),
                    word(")", "), 0)"));
            case 9 -> of(sort, dice.pick("BIT_AND(", "BIT_OR(", "BIT_XOR("), x, ")", filter);
            case 10 -> of(sort, word("ANY_VALUE(", "MIN("), x, ")", filter);
            case 11 ->
                of(
                    sort,
                    word("CARDINALITY(ARRAY_AGG(", "LEN(LIST("),
                    distinct,
                    expressions.column(dice.pick(columns)),
                    ")",
                    filter,
                    ")");
            case 12 -> {
              draft.notComparable();
              yield dice.oneIn(2)
                  ? of(sort, "MODE(", x, ")", filter)
                  : of(
                      sort,
                      dice.pick("ARG_MIN(", "ARG_MAX("),
                      x,
                      ", ",
                      expressions.column(dice.pick(columns)),
                      ")",
                      filter);
            }
            default ->
                of(
                    sort,
                    dice.pick("FIRST(", "LAST("),
                    x,
                    " ORDER BY ",
                    expressions.allOf(columns, false),
                    ")",
                    filter);
          };
      case TEXT ->
          switch (dice.below(4)) {
            case 0 -> of(sort, "MIN(", x, ")", filter);
            case 1 -> of(sort, "MAX(", x, ")", filter);
            case 2 ->
                of(
                    sort,
                    "STRING_AGG(",
                    x,
                    ", ',' ORDER BY ",
                    expressions.allOf(columns, false),
                    ")",
                    filter);
            default ->
                of(
                    sort,
                    word("LISTAGG(", "STRING_AGG("),
                    x,
                    word(", '+') WITHIN GROUP (ORDER BY ", ", '+' ORDER BY "),
                    x,
                    " NULLS LAST)",
                    filter);
          };
      case DATE, TIME, BYTES, LIST -> of(sort, dice.pick("MIN(", "MAX("), x, ")", filter);
      case DECIMAL, DOUBLE -> of(sort, dice.pick("MIN(", "MAX(", "SUM("), x, ")", filter);
      case TRUTH -> of(sort, dice.pick("BOOL_AND(", "BOOL_OR("), x, ")", filter);
      case INEXACT ->
          switch (dice.below(6)) {
            case 0, 1 ->
                of(sort, "AVG(", distinct, expressions.value(number(), columns, 1), ")", filter);
            case 2 ->
                of(
                    sort,
                    dice.pick("STDDEV_SAMP(", "VAR_POP(", "VAR_SAMP(", "STDDEV_POP("),
                    expressions.value(number(), columns, 0),
                    ")",
                    filter);
            case 3 -> of(sort, "MEDIAN(", x, ")", filter);
            case 4 ->
                of(
                    sort,
                    "QUANTILE_CONT(",
                    x,
                    ", ",
                    dice.pick("0.25", "0.9", "0.0", "1.0"),
                    ")",
                    filter);
            default -> {
              draft.notComparable();
              yield of(
                  sort,
                  "CAST(AVG(",
                  expressions.value(Kind.DECIMAL, columns, 0),
                  ") AS DOUBLE)",
                  filter);
            }
          };
    };
  }

  private Kind number() {
    return dice.oneIn(2) ? Kind.NUMBER : Kind.DOUBLE;
  }
}
