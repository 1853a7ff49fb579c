package dev.tidemill.testing.random;

import static dev.tidemill.testing.random.Tree.of;
import static dev.tidemill.testing.random.Tree.optional;

import java.util.List;
import java.util.stream.Stream;

/** Random subqueries within expressions. */
final class SubqueryGenerator {
  private final Dice dice;
  private final Draft draft;
  private final ExpressionGenerator expressions;
  private final AggregateGenerator aggregates;

  SubqueryGenerator(
      Dice dice, Draft draft, ExpressionGenerator expressions, AggregateGenerator aggregates) {
    this.dice = dice;
    this.draft = draft;
    this.expressions = expressions;
    this.aggregates = aggregates;
  }

  /** EXISTS, IN, ANY, ALL or a comparison with a scalar, correlated or not. */
  Tree condition(List<Column> columns, int depth) {
    String alias = draft.alias();
    Relation relation = draft.relation();
    List<Column> inner = relation.as(alias);
    String from = " FROM " + relation.name() + " AS " + alias;
    Tree where = where(columns, inner, depth);
    Column found = dice.pick(inner);
    Kind kind = found.kind() == Kind.INEXACT ? Kind.NUMBER : found.kind();
    Tree test = expressions.value(kind, columns, 1);
    String not = dice.oneIn(2) ? "NOT " : "";
    return switch (dice.below(9)) {
      case 0, 1 -> of("TRUTH", not, "EXISTS (SELECT 1", from, where, ")");
      case 2, 3 ->
          of("TRUTH", test, " ", not, "IN (SELECT ", expressions.column(found), from, where, ")");
      case 4 ->
          of(
              "TRUTH",
              test,
              expressions.comparison(),
              dice.pick("ANY", "ALL"),
              " (SELECT ",
              expressions.column(found),
              from,
              where,
              ")");
      case 5 ->
          of(
              "TRUTH",
              "(",
              test,
              ", ",
              expressions.value(Kind.NUMBER, columns, 0),
              ") ",
              not,
              "IN (SELECT ",
              found.name(),
              ", ",
              inner.getFirst().name(),
              from,
              where,
              ")");
      case 6 ->
          of(
              "TRUTH",
              test,
              " ",
              not,
              "IN (SELECT ",
              aggregates.aggregate(kind, inner),
              from,
              where,
              optional(" GROUP BY ", dice.pick(inner).name()),
              ")");
      default ->
          of(
              "TRUTH",
              expressions.value(Kind.NUMBER, columns, 0),
              expressions.comparison(),
              "(SELECT ",
              aggregates.aggregate(Kind.NUMBER, inner),
              from,
              where,
              ")");
    };
  }

  private Tree where(List<Column> columns, List<Column> inner, int depth) {
    Column correlated = dice.pick(inner);
    List<Column> same = columns.stream().filter(c -> c.kind() == correlated.kind()).toList();
    Object outer =
        same.isEmpty() ? expressions.literal(correlated.kind(), false) : dice.pick(same).name();
    String compares = draft.large() ? " = " : expressions.comparison();
    return switch (dice.below(8)) {
      case 0 -> optional(" WHERE ", expressions.condition(inner, 1));
      case 1, 2 -> optional(" WHERE ", correlated.name(), " = ", outer);
      case 3 ->
          optional(
              " WHERE ",
              of("TRUTH", correlated.name(), " = ", outer),
              optional(" AND ", expressions.condition(inner, 1)));
      case 4 -> optional(" WHERE ", correlated.name(), compares, outer);
      case 5 ->
          depth > 1
              ? optional(" WHERE ", condition(inner, depth - 1))
              : optional(" WHERE ", expressions.condition(inner, 1));
      case 6 ->
          depth > 1 && !draft.large()
              ? optional(
                  " WHERE ",
                  of("TRUTH", correlated.name(), " = ", outer),
                  optional(" AND ", condition(joined(columns, inner), depth - 1)))
              : optional(" WHERE ", correlated.name(), " = ", outer);
      default -> Tree.nothing();
    };
  }

  private static List<Column> joined(List<Column> columns, List<Column> others) {
    return Stream.concat(columns.stream(), others.stream()).toList();
  }

  /** A scalar of the kind: an aggregate, the first row, or the only one, if there is only one. */
  Tree value(Kind kind, List<Column> columns) {
    String alias = draft.alias();
    Relation relation = draft.relation();
    List<Column> inner = relation.as(alias);
    Column key = dice.pick(inner);
    List<Column> same = columns.stream().filter(c -> c.kind() == key.kind()).toList();
    Tree where =
        dice.oneIn(3)
            ? Tree.nothing()
            : optional(
                " WHERE ",
                key.name(),
                draft.large() ? " = " : expressions.comparison(),
                same.isEmpty()
                    ? expressions.literal(key.kind(), false)
                    : expressions.value(key.kind(), columns, 1),
                dice.oneIn(3)
                    ? optional(" AND ", expressions.condition(inner, 1))
                    : Tree.nothing());
    String from = " FROM " + relation.name() + " AS " + alias;
    return switch (dice.below(6)) {
      case 0 ->
          of(
              kind.name(),
              "(SELECT ",
              expressions.value(kind, inner, 1),
              from,
              where,
              " ORDER BY ",
              expressions.allOf(inner, true),
              " LIMIT 1)");
      case 1 ->
          of(
              kind.name(),
              "(SELECT ",
              dice.oneIn(2) ? "DISTINCT " : "",
              expressions.value(kind, inner, 0),
              from,
              where,
              ")");
      default -> of(kind.name(), "(SELECT ", aggregates.aggregate(kind, inner), from, where, ")");
    };
  }
}
