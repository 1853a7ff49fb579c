package dev.tidemill.testing.random;

import static dev.tidemill.testing.random.Tree.list;
import static dev.tidemill.testing.random.Tree.of;
import static dev.tidemill.testing.random.Tree.optional;
import static dev.tidemill.testing.random.Tree.word;

import java.util.ArrayList;
import java.util.List;

/** Random FROM clauses. */
final class SourceGenerator {
  /** Makes a query with columns c0, c1 … of kinds. */
  interface Queries {
    /** The query, which may have an order and a limit; as deep as that. */
    Tree query(List<Kind> kinds, int depth);
  }

  private final Dice dice;
  private final Draft draft;
  private final ExpressionGenerator expressions;
  private final AggregateGenerator aggregates;
  private final TimeWindowGenerator windows;
  private final Queries queries;

  SourceGenerator(
      Dice dice,
      Draft draft,
      ExpressionGenerator expressions,
      AggregateGenerator aggregates,
      Queries queries) {
    this.dice = dice;
    this.draft = draft;
    this.expressions = expressions;
    this.aggregates = aggregates;
    this.windows = new TimeWindowGenerator(dice, draft);
    this.queries = queries;
  }

  Source source(int depth) {
    Source first = one(depth);
    if (depth == 0 || dice.oneIn(2)) {
      return first;
    }
    switch (dice.below(8)) {
      case 0 -> {
        return lateral(first);
      }
      case 1 -> {
        return unnest(first);
      }
      default -> {}
    }
    Source joined = join(first, one(depth - 1));
    if (!draft.large() && dice.oneIn(6)) {
      return join(joined, bracketed(join(one(0), one(0))));
    }
    return dice.oneIn(4) ? join(joined, one(0)) : joined;
  }

  private static Source bracketed(Source source) {
    return new Source(of("source", "(", source.tree(), ")"), source.columns());
  }

  private Source one(int depth) {
    String alias = draft.alias();
    if (depth > 0) {
      switch (dice.below(20)) {
        case 0, 1, 2 -> {
          List<Kind> kinds = List.of(Kind.NUMBER, dice.pick(Kind.EXACT), dice.pick(Kind.EXACT));
          return derived(alias, kinds, queries.query(kinds, depth - 1));
        }
        case 3 -> {
          return using(alias);
        }
        case 4 -> {
          return values(alias);
        }
        case 5 -> {
          return windows.rows(alias);
        }
        case 6 -> {
          return windows.groups(alias);
        }
        case 7 -> {
          return asof(alias);
        }
        case 8 -> {
          return distinctOn(alias);
        }
        case 9 -> {
          return recursive(alias);
        }
        default -> {}
      }
    }
    Relation relation = draft.relation();
    return new Source(of("source", relation.name() + " AS " + alias), relation.as(alias));
  }

  private static Source derived(String alias, List<Kind> kinds, Tree query) {
    return new Source(
        of("source", "(", query, ") AS " + alias), Relation.of(alias, kinds).as(alias));
  }

  private Source values(String alias) {
    List<Tree> rows = new ArrayList<>();
    int count = 1 + dice.below(4);
    for (int i = 0; i < count; i++) {
      rows.add(
          of(
              "row",
              "(",
              expressions.literal(Kind.NUMBER, true),
              ", ",
              expressions.literal(Kind.TEXT, true),
              ")"));
    }
    return new Source(
        of("source", "(VALUES ", list(rows), ") AS " + alias + "(c0, c1)"),
        Relation.of(alias, List.of(Kind.NUMBER, Kind.TEXT)).as(alias));
  }

  /** Of rows with a key the first, by an order of all columns. */
  private Source distinctOn(String alias) {
    String key = dice.pick("k", "g", "s", "t");
    return derived(
        alias,
        List.of(Kind.NUMBER, Kind.TEXT, Kind.DOUBLE),
        of(
            "query",
            "SELECT DISTINCT ON (" + key + ") k AS c0, s AS c1, x AS c2 FROM ",
            dice.pick(Tables.NAMES),
            " ORDER BY " + key + " NULLS LAST, ",
            expressions.allOf(
                Tables.COLUMNS.stream().filter(c -> !c.name().equals(key)).toList(), true)));
  }

  /** What can be reached, or the numbers up to a bound. */
  private Source recursive(String alias) {
    String first = "SELECT DISTINCT k FROM " + dice.pick(Tables.NAMES) + " WHERE ";
    Tree query =
        dice.oneIn(2)
            ? of(
                "query",
                "WITH RECURSIVE rec(n) AS (",
                first,
                expressions.condition(Tables.COLUMNS, 1),
                " UNION SELECT e.g FROM rec JOIN ",
                dice.pick(Tables.NAMES),
                " AS e ON rec.n = e.k) SELECT n AS c0 FROM rec")
            : of(
                "query",
                "WITH RECURSIVE rec(n) AS (",
                first,
                "k BETWEEN -2 AND 3",
                dice.pick(" UNION ALL ", " UNION "),
                "SELECT n + 1 FROM rec WHERE n < 4) SELECT n AS c0 FROM rec");
    return derived(alias, List.of(Kind.NUMBER), query);
  }

  /** Rows with the nearest of another table, of which there is one of each key and time. */
  private Source asof(String alias) {
    String left = draft.alias();
    String right = draft.alias();
    boolean keyed = draft.large() || dice.below(4) > 0;
    String time = dice.pick("ts", "ts", "t", "g");
    String least = "MIN(" + (time.equals("g") ? "k" : "g") + ") AS c2";
    Tree nearest =
        of(
            "source",
            "(SELECT ",
            keyed ? "k, " : "",
            time + " AS at, " + least + ", MAX(x) AS c3 FROM ",
            dice.pick(Tables.NAMES),
            " GROUP BY ",
            keyed ? "k, " : "",
            time + ") AS " + right);
    Tree joined =
        of(
            "source",
            "SELECT " + left + ".k AS c0, " + left + ".s AS c1, " + right + ".c2, " + right,
            ".c3 FROM ",
            dice.pick(Tables.NAMES) + " AS " + left + " ASOF",
            dice.pick(" JOIN ", " LEFT JOIN "),
            nearest,
            " ON ",
            keyed ? left + ".k = " + right + ".k AND " : "",
            left + "." + time + dice.pick(" >= ", " > ", " <= ", " < ") + right + ".at");
    return derived(alias, List.of(Kind.NUMBER, Kind.TEXT, Kind.NUMBER, Kind.DOUBLE), joined);
  }

  /** A join by names; what both sides call alike is one column. */
  private Source using(String alias) {
    String left = draft.alias();
    String right = draft.alias();
    String kind = dice.pick(" JOIN ", " LEFT JOIN ", " RIGHT JOIN ", " FULL JOIN ");
    boolean two = dice.oneIn(3);
    if (!two && dice.oneIn(3)) {
      return derived(
          alias,
          List.of(Kind.NUMBER, Kind.TEXT, Kind.DOUBLE),
          of(
              "source",
              "SELECT k AS c0, s AS c1, x AS c2 FROM (SELECT k, s FROM ",
              dice.pick(Tables.NAMES),
              ") AS " + left + " NATURAL" + kind + "(SELECT k, x FROM ",
              dice.pick(Tables.NAMES),
              ") AS " + right));
    }
    return derived(
        alias,
        List.of(Kind.NUMBER, Kind.TEXT, Kind.DATE),
        of(
            "source",
            "SELECT k AS c0, " + left + ".s AS c1, " + right + ".t AS c2 FROM ",
            dice.pick(Tables.NAMES) + " AS " + left,
            kind,
            dice.pick(Tables.NAMES) + " AS " + right,
            " USING (k" + (two ? ", g" : "") + ")"));
  }

  /** The source with rows of a table that go with each of its rows. */
  private Source lateral(Source left) {
    String alias = draft.alias();
    String inner = draft.alias();
    boolean outer = dice.oneIn(2);
    List<Column> columns = new ArrayList<>(left.columns());
    List<Column> inside = Tables.COLUMNS.stream().map(c -> c.of(inner)).toList();
    columns.add(new Column(alias + ".x0", Kind.NUMBER));
    Tree where =
        of(
            "clause",
            " WHERE ",
            inner + dice.pick(".k", ".g"),
            draft.large() ? " = " : dice.pick(" = ", " = ", " < "),
            expressions.value(Kind.NUMBER, left.columns(), 0));
    Tree query =
        dice.oneIn(2)
            ? of(
                "lateral",
                "SELECT ",
                aggregates.aggregate(Kind.NUMBER, inside),
                " AS x0 FROM ",
                dice.pick(Tables.NAMES) + " AS " + inner,
                where)
            : of(
                "lateral",
                "SELECT ",
                expressions.value(Kind.NUMBER, inside, 1),
                " AS x0 FROM ",
                dice.pick(Tables.NAMES) + " AS " + inner,
                where,
                " ORDER BY ",
                expressions.allOf(inside, true),
                " LIMIT 2");
    return new Source(
        of(
            "source",
            left.tree(),
            outer ? " LEFT JOIN" : " CROSS JOIN",
            " LATERAL (",
            query,
            ") AS " + alias,
            outer ? " ON TRUE" : ""),
        columns);
  }

  private Source unnest(Source left) {
    String alias = draft.alias();
    List<Column> columns = new ArrayList<>(left.columns());
    columns.add(new Column(alias + ".e", Kind.NUMBER));
    List<Tree> elements = new ArrayList<>();
    int count = 1 + dice.below(3);
    for (int i = 0; i < count; i++) {
      elements.add(expressions.value(Kind.NUMBER, left.columns(), 1));
    }
    Object rows =
        switch (dice.below(3)) {
          case 0 -> of("series", "GENERATE_SERIES(1, (", elements.getFirst(), ") % 4)");
          case 1 -> of("series", "UNNEST(", expressions.value(Kind.LIST, left.columns(), 1), ")");
          default -> of("series", "UNNEST(", word("ARRAY[", "["), list(elements), "])");
        };
    return new Source(of("source", left.tree(), ", ", rows, " AS " + alias + "(e)"), columns);
  }

  private Source join(Source left, Source right) {
    List<Column> columns = new ArrayList<>(left.columns());
    columns.addAll(right.columns());
    String kind =
        dice.pick(
            " JOIN ",
            " JOIN ",
            " LEFT JOIN ",
            " LEFT JOIN ",
            " RIGHT JOIN ",
            " FULL JOIN ",
            " FULL JOIN ");
    if (!draft.large() && dice.oneIn(12)) {
      return new Source(of("source", left.tree(), " CROSS JOIN ", right.tree()), columns);
    }
    boolean loose = !draft.large() && dice.oneIn(kind.equals(" FULL JOIN ") ? 12 : 6);
    Tree first = loose ? expressions.condition(columns, 1) : equality(left, right);
    Tree more =
        switch (dice.below(6)) {
          case 0, 1 -> optional(" AND ", expressions.condition(columns, 1));
          case 2 -> optional(" AND ", equality(left, right));
          default -> Tree.nothing();
        };
    return new Source(of("source", left.tree(), kind, right.tree(), " ON ", first, more), columns);
  }

  private Tree equality(Source left, Source right) {
    Column l = dice.pick(left.columns());
    List<Column> same = right.columns().stream().filter(c -> c.kind() == l.kind()).toList();
    if (same.isEmpty() || draft.large() && l.kind() != Kind.NUMBER) {
      return of(
          "TRUTH",
          expressions.value(Kind.NUMBER, left.columns(), 0),
          " = ",
          expressions.value(Kind.NUMBER, right.columns(), 0));
    }
    return of(
        "TRUTH",
        l.kind() == Kind.NUMBER && dice.oneIn(8)
            ? expressions.value(Kind.NUMBER, left.columns(), 1)
            : expressions.column(l),
        dice.oneIn(12) ? " IS NOT DISTINCT FROM " : " = ",
        expressions.column(dice.pick(same)));
  }
}
