package dev.tidemill.testing.random;

import static dev.tidemill.testing.random.Tree.list;
import static dev.tidemill.testing.random.Tree.of;
import static dev.tidemill.testing.random.Tree.optional;
import static dev.tidemill.testing.random.Tree.word;

import java.util.ArrayList;
import java.util.List;
import java.util.stream.Collectors;

/**
 * Random queries over the tables of {@link Tables}. Groups of grouping sets have a row at least,
 * for over no rows DuckDB leaves out the group of all.
 */
final class QueryGenerator {
  private static final List<Kind> EXACT =
      List.of(
          Kind.NUMBER,
          Kind.NUMBER,
          Kind.NUMBER,
          Kind.DECIMAL,
          Kind.DOUBLE,
          Kind.TEXT,
          Kind.TEXT,
          Kind.TRUTH,
          Kind.DATE,
          Kind.TIME);

  private final Dice dice;
  private final Literals literals;
  private final ExpressionGenerator expressions;

  /** Whether tables are so large that their product is not to be asked for. */
  private final boolean large;

  private int aliases;

  /** Columns of the query by the name w that the one at hand begins with, if any. */
  private List<Kind> with = List.of();

  /** FROM and what may be named because of it. */
  private record Source(Tree tree, List<Column> columns) {}

  QueryGenerator(Dice dice, Literals literals, boolean large) {
    this.dice = dice;
    this.literals = literals;
    this.expressions = new ExpressionGenerator(dice, literals);
    this.large = large;
  }

  RandomQuery query() {
    aliases = 0;
    with = List.of();
    expressions.begin();
    List<Kind> kinds = kinds();
    Tree head = Tree.nothing();
    if (dice.oneIn(8)) {
      List<Kind> made = List.of(Kind.NUMBER, dice.pick(EXACT), Kind.NUMBER, dice.pick(EXACT));
      Tree body = body(made, 1, List.of());
      with = made;
      head = optional("WITH w AS (", body, ") ");
    }
    boolean inexact = dice.oneIn(4);
    List<Kind> given = new ArrayList<>(kinds);
    if (inexact) {
      given.add(Kind.INEXACT);
    }
    Tree body = inexact ? select(given, 2, List.of(), false) : body(kinds, 2, List.of());
    boolean ordered = !inexact && dice.oneIn(3);
    Tree order = ordered ? order(kinds) : Tree.nothing();
    String letters =
        given.stream().map(k -> String.valueOf(k.letter())).collect(Collectors.joining());
    return new RandomQuery(
        of("whole", head, body, order), letters, ordered, expressions.comparable());
  }

  private Tree order(List<Kind> kinds) {
    List<String> items = new ArrayList<>();
    for (int i = 1; i <= kinds.size(); i++) {
      items.add(
          i + dice.pick(" NULLS FIRST", " NULLS LAST", " DESC NULLS LAST", " DESC NULLS FIRST"));
    }
    Tree limit =
        dice.oneIn(2)
            ? optional(
                " LIMIT " + dice.below(large ? 50 : 6),
                dice.oneIn(2) ? optional(" OFFSET " + dice.below(4)) : Tree.nothing())
            : Tree.nothing();
    return of("ordering", " ORDER BY " + String.join(", ", items), limit);
  }

  private List<Kind> kinds() {
    List<Kind> kinds = new ArrayList<>();
    int count = 1 + dice.below(3);
    for (int i = 0; i < count; i++) {
      kinds.add(dice.pick(EXACT));
    }
    return kinds;
  }

  /** A query with columns c0, c1 … of these kinds. */
  private Tree body(List<Kind> kinds, int depth, List<Column> outer) {
    Tree select = select(kinds, depth, outer, true);
    if (depth == 0 || !dice.oneIn(5)) {
      return select;
    }
    Tree both = of("query", select, setOperation(), select(kinds, depth - 1, outer, true));
    return dice.oneIn(3)
        ? of("query", select(kinds, 0, outer, true), setOperation(), "(", both, ")")
        : both;
  }

  private String setOperation() {
    return dice.pick(
        " UNION ALL ", " UNION ", " INTERSECT ", " EXCEPT ", " INTERSECT ALL ", " EXCEPT ALL ");
  }

  private Tree select(List<Kind> kinds, int depth, List<Column> outer, boolean exact) {
    Source from = source(depth);
    Tree where =
        dice.below(3) > 0
            ? optional(" WHERE ", condition(from.columns(), outer, depth))
            : Tree.nothing();
    if (!exact || dice.oneIn(3)) {
      if (!exact && dice.oneIn(3)) {
        return windowed(kinds, from, where);
      }
      return grouped(kinds, from, where);
    }
    if (dice.oneIn(5)) {
      return windowed(kinds, from, where);
    }
    List<Tree> items = new ArrayList<>();
    for (Kind kind : kinds) {
      items.add(
          item(
              items.size(),
              kind == Kind.NUMBER && depth > 0 && dice.oneIn(7)
                  ? scalar(from.columns())
                  : expressions.value(kind, from.columns(), 2)));
    }
    return of(
        "query",
        "SELECT ",
        dice.oneIn(4) ? optional("DISTINCT ") : Tree.nothing(),
        list(items),
        " FROM ",
        from.tree(),
        where);
  }

  private Tree windowed(List<Kind> kinds, Source from, Tree where) {
    List<Tree> items = new ArrayList<>();
    boolean qualified = dice.oneIn(4) && !kinds.contains(Kind.INEXACT);
    int windowed = qualified ? -1 : kinds.size() - 1;
    for (Kind kind : kinds) {
      items.add(
          item(
              items.size(),
              items.size() == windowed
                  ? expressions.window(kind, from.columns())
                  : expressions.value(kind, from.columns(), 1)));
    }
    Tree qualify =
        qualified
            ? optional(
                " QUALIFY ",
                expressions.window(Kind.NUMBER, from.columns()),
                dice.pick(" <= ", " = ", " > "),
                "2")
            : Tree.nothing();
    return of("query", "SELECT ", list(items), " FROM ", from.tree(), where, qualify);
  }

  private static Tree item(int number, Tree value) {
    return of("item", value, " AS c" + number);
  }

  private Tree grouped(List<Kind> kinds, Source from, Tree where) {
    List<Tree> keys = new ArrayList<>();
    List<Kind> keyKinds = new ArrayList<>();
    int count = dice.below(4);
    for (int i = 0; i < count; i++) {
      Column column = dice.pick(from.columns());
      Kind kind = column.kind();
      Tree computed = expressions.value(kind, from.columns(), 1);
      keys.add(
          dice.oneIn(4) && computed.ours().contains(".") ? computed : expressions.column(column));
      keyKinds.add(kind);
    }
    boolean sets =
        keys.stream().distinct().count() == keys.size() && !keys.isEmpty() && dice.oneIn(4);
    List<Tree> items = new ArrayList<>();
    boolean windowed = !sets && dice.oneIn(10);
    for (Kind kind : kinds) {
      int same = keyKinds.indexOf(kind);
      Tree value =
          same >= 0 && dice.oneIn(2)
              ? keys.get(same)
              : sets && kind == Kind.NUMBER && dice.oneIn(3)
                  ? of("NUMBER", "GROUPING(", dice.pick(keys), ")")
                  : expressions.aggregate(kind, from.columns());
      items.add(
          item(
              items.size(),
              windowed && kind == Kind.NUMBER ? of("NUMBER", "SUM(", value, ") OVER ()") : value));
    }
    Tree by = list(", ", 1, keys);
    Object group =
        keys.isEmpty()
            ? ""
            : !sets
                ? optional(" GROUP BY ", by)
                : switch (dice.below(3)) {
                  case 0 -> of("group", " GROUP BY ROLLUP (", by, ")");
                  case 1 -> of("group", " GROUP BY CUBE (", by, ")");
                  default ->
                      of(
                          "group",
                          " GROUP BY GROUPING SETS (",
                          list(
                              List.of(
                                  of("set", "(", by, ")"),
                                  of("set", "(", dice.pick(keys), ")"),
                                  of("set", "()"))),
                          ")");
                };
    boolean having = dice.oneIn(3);
    Tree condition =
        !having
            ? sets ? of("having", " HAVING COUNT(*) > 0") : Tree.nothing()
            : optional(
                sets ? " HAVING COUNT(*) > 0 AND " : " HAVING ",
                expressions.aggregate(Kind.NUMBER, from.columns()),
                expressions.comparison(),
                String.valueOf(dice.below(4)));
    return of("query", "SELECT ", list(items), " FROM ", from.tree(), where, group, condition);
  }

  private String alias() {
    return "t" + aliases++;
  }

  private Source source(int depth) {
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
    return dice.oneIn(4) ? join(joined, one(0)) : joined;
  }

  private Source one(int depth) {
    String alias = alias();
    if (!with.isEmpty() && dice.oneIn(2)) {
      return new Source(of("source", "w AS " + alias), columns(alias, with));
    }
    if (depth > 0) {
      switch (dice.below(13)) {
        case 0, 1 -> {
          List<Kind> kinds = List.of(Kind.NUMBER, dice.pick(EXACT), dice.pick(EXACT));
          Tree body = body(kinds, depth - 1, List.of());
          Tree ordered = dice.oneIn(4) ? order(kinds) : Tree.nothing();
          return new Source(
              of("source", "(", body, ordered, ") AS " + alias), columns(alias, kinds));
        }
        case 2 -> {
          return using(alias);
        }
        case 3 -> {
          List<Kind> kinds = List.of(Kind.NUMBER, Kind.TEXT);
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
              columns(alias, kinds));
        }
        case 4 -> {
          if (dice.oneIn(3)) {
            expressions.notComparable();
            List<Column> columns = new ArrayList<>();
            Tables.COLUMNS.forEach(c -> columns.add(c.of(alias)));
            columns.add(new Column(alias + ".window_start", Kind.TIME));
            return new Source(
                of(
                    "source",
                    "TUMBLE(TABLE ",
                    dice.pick(Tables.NAMES),
                    ", DESCRIPTOR(ts), INTERVAL '1' HOUR) AS " + alias),
                columns);
          }
        }
        case 5 -> {
          return asof(alias);
        }
        default -> {}
      }
    }
    return new Source(
        of("source", dice.pick(Tables.NAMES) + " AS " + alias),
        Tables.COLUMNS.stream().map(c -> c.of(alias)).toList());
  }

  private static List<Column> columns(String alias, List<Kind> kinds) {
    List<Column> columns = new ArrayList<>();
    for (int i = 0; i < kinds.size(); i++) {
      columns.add(new Column(alias + ".c" + i, kinds.get(i)));
    }
    return columns;
  }

  /** Rows with the nearest of another table, of which there is one of each key and time. */
  private Source asof(String alias) {
    String left = alias();
    String right = alias();
    boolean keyed = large || dice.below(4) > 0;
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
    return new Source(
        of(
            "source",
            "(SELECT " + left + ".k AS c0, " + left + ".s AS c1, " + right + ".c2, " + right,
            ".c3 FROM ",
            dice.pick(Tables.NAMES) + " AS " + left + " ASOF",
            dice.pick(" JOIN ", " LEFT JOIN "),
            nearest,
            " ON ",
            keyed ? left + ".k = " + right + ".k AND " : "",
            left + "." + time + dice.pick(" >= ", " > ", " <= ", " < ") + right + ".at",
            ") AS " + alias),
        columns(alias, List.of(Kind.NUMBER, Kind.TEXT, Kind.NUMBER, Kind.DOUBLE)));
  }

  /** A join by names; what both sides call alike is one column. */
  private Source using(String alias) {
    String left = alias();
    String right = alias();
    String kind = dice.pick(" JOIN ", " LEFT JOIN ", " RIGHT JOIN ", " FULL JOIN ");
    boolean two = dice.oneIn(3);
    if (!two && dice.oneIn(3)) {
      return new Source(
          of(
              "source",
              "(SELECT k AS c0, s AS c1, x AS c2 FROM (SELECT k, s FROM ",
              dice.pick(Tables.NAMES),
              ") AS " + left + " NATURAL" + kind + "(SELECT k, x FROM ",
              dice.pick(Tables.NAMES),
              ") AS " + right + ") AS " + alias),
          columns(alias, List.of(Kind.NUMBER, Kind.TEXT, Kind.DOUBLE)));
    }
    return new Source(
        of(
            "source",
            "(SELECT k AS c0, " + left + ".s AS c1, " + right + ".t AS c2 FROM ",
            dice.pick(Tables.NAMES) + " AS " + left,
            kind,
            dice.pick(Tables.NAMES) + " AS " + right,
            " USING (k" + (two ? ", g" : "") + ")) AS " + alias),
        columns(alias, List.of(Kind.NUMBER, Kind.TEXT, Kind.DATE)));
  }

  /** The source with rows of a table that go with each of its rows. */
  private Source lateral(Source left) {
    String alias = alias();
    String inner = alias();
    boolean outer = dice.oneIn(2);
    List<Column> columns = new ArrayList<>(left.columns());
    List<Column> inside = Tables.COLUMNS.stream().map(c -> c.of(inner)).toList();
    columns.add(new Column(alias + ".x0", Kind.NUMBER));
    Tree where =
        of(
            "clause",
            " WHERE ",
            inner + dice.pick(".k", ".g"),
            large ? " = " : dice.pick(" = ", " = ", " < "),
            expressions.value(Kind.NUMBER, left.columns(), 0));
    Tree query =
        dice.oneIn(2)
            ? of(
                "lateral",
                "SELECT ",
                expressions.aggregate(Kind.NUMBER, inside),
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
    String alias = alias();
    List<Column> columns = new ArrayList<>(left.columns());
    columns.add(new Column(alias + ".e", Kind.NUMBER));
    List<Tree> elements = new ArrayList<>();
    int count = 1 + dice.below(3);
    for (int i = 0; i < count; i++) {
      elements.add(expressions.value(Kind.NUMBER, left.columns(), 1));
    }
    Object rows =
        dice.oneIn(3)
            ? of("series", "GENERATE_SERIES(1, (", elements.getFirst(), ") % 4)")
            : of("series", "UNNEST(", word("ARRAY[", "["), list(elements), "])");
    return new Source(of("source", left.tree(), ", ", rows, " AS " + alias + "(e)"), columns);
  }

  private Source join(Source left, Source right) {
    List<Column> columns = new ArrayList<>(left.columns());
    columns.addAll(right.columns());
    String kind =
        dice.pick(" JOIN ", " JOIN ", " LEFT JOIN ", " LEFT JOIN ", " RIGHT JOIN ", " FULL JOIN ");
    if (!large && dice.oneIn(12)) {
      return new Source(of("source", left.tree(), " CROSS JOIN ", right.tree()), columns);
    }
    boolean loose = !large && !kind.equals(" FULL JOIN ") && dice.oneIn(6);
    Column l = dice.pick(left.columns());
    List<Column> same = right.columns().stream().filter(c -> c.kind() == l.kind()).toList();
    List<Column> meets =
        same.isEmpty() || large && l.kind() != Kind.NUMBER
            ? right.columns().stream().filter(c -> c.kind() == Kind.NUMBER).toList()
            : same;
    Column r = dice.pick(meets);
    Column other =
        r.kind() == l.kind()
            ? l
            : left.columns().stream().filter(c -> c.kind() == Kind.NUMBER).findFirst().orElse(l);
    Tree first =
        loose
            ? expressions.condition(columns, 1)
            : of(
                "TRUTH",
                other.kind() == Kind.NUMBER && dice.oneIn(8)
                    ? expressions.value(Kind.NUMBER, left.columns(), 1)
                    : expressions.column(other),
                dice.oneIn(12) ? " IS NOT DISTINCT FROM " : " = ",
                expressions.column(r));
    Tree more =
        dice.oneIn(3) && !kind.equals(" FULL JOIN ")
            ? optional(" AND ", expressions.condition(columns, 1))
            : Tree.nothing();
    return new Source(of("source", left.tree(), kind, right.tree(), " ON ", first, more), columns);
  }

  private Tree condition(List<Column> columns, List<Column> outer, int depth) {
    List<Column> all = new ArrayList<>(columns);
    all.addAll(outer);
    Tree first =
        depth > 0 && dice.oneIn(3)
            ? subquery(all, depth)
            : expressions.condition(dice.oneIn(2) ? all : columns, 2);
    return switch (dice.below(7)) {
      case 0 -> of("TRUTH", "(", first, " OR ", expressions.condition(all, 1), ")");
      case 1, 2 -> of("TRUTH", "(", first, " AND ", expressions.condition(all, 1), ")");
      case 3 -> of("TRUTH", "NOT (", first, ")");
      default -> first;
    };
  }

  /** EXISTS, IN, ANY, ALL or a comparison with a scalar, correlated or not. */
  private Tree subquery(List<Column> columns, int depth) {
    String alias = alias();
    Column outer = dice.pick(columns);
    List<Column> inner = Tables.COLUMNS.stream().map(c -> c.of(alias)).toList();
    String from = " FROM " + dice.pick(Tables.NAMES) + " AS " + alias;
    Column correlated =
        dice.pick(
            inner.stream()
                .filter(
                    c -> c.kind() == (outer.kind() == Kind.INEXACT ? Kind.NUMBER : outer.kind()))
                .toList());
    String compares = large ? " = " : expressions.comparison();
    Tree where =
        switch (dice.below(7)) {
          case 0 -> optional(" WHERE ", expressions.condition(inner, 1));
          case 1, 2 -> optional(" WHERE ", correlated.name(), " = ", outer.name());
          case 3 ->
              optional(
                  " WHERE ",
                  of("TRUTH", correlated.name(), " = ", outer.name()),
                  optional(" AND ", expressions.condition(inner, 1)));
          case 4 -> optional(" WHERE ", correlated.name(), compares, outer.name());
          case 5 ->
              depth > 1
                  ? optional(" WHERE ", subquery(inner, depth - 1))
                  : optional(" WHERE ", expressions.condition(inner, 1));
          default -> Tree.nothing();
        };
    Column tested = dice.pick(columns.stream().filter(c -> c.kind() != Kind.INEXACT).toList());
    Tree found =
        expressions.column(
            dice.pick(inner.stream().filter(c -> c.kind() == tested.kind()).toList()));
    Tree test = expressions.value(tested.kind(), columns, 1);
    String not = dice.oneIn(2) ? "NOT " : "";
    return switch (dice.below(8)) {
      case 0, 1 -> of("TRUTH", not, "EXISTS (SELECT 1", from, where, ")");
      case 2, 3 -> of("TRUTH", test, " ", not, "IN (SELECT ", found, from, where, ")");
      case 4 ->
          of(
              "TRUTH",
              test,
              expressions.comparison(),
              dice.pick("ANY", "ALL"),
              " (SELECT ",
              found,
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
              found,
              ", ",
              dice.pick(inner.subList(0, 2)).name(),
              from,
              where,
              ")");
      default ->
          of(
              "TRUTH",
              expressions.value(Kind.NUMBER, columns, 0),
              expressions.comparison(),
              "(SELECT ",
              expressions.aggregate(Kind.NUMBER, inner),
              from,
              where,
              ")");
    };
  }

  private Tree scalar(List<Column> columns) {
    String alias = alias();
    List<Column> inner = Tables.COLUMNS.stream().map(c -> c.of(alias)).toList();
    return of(
        "NUMBER",
        "(SELECT ",
        expressions.aggregate(Kind.NUMBER, inner),
        " FROM " + dice.pick(Tables.NAMES) + " AS " + alias,
        dice.oneIn(2)
            ? optional(
                " WHERE ",
                alias + dice.pick(".g", ".k"),
                large ? " = " : expressions.comparison(),
                expressions.value(Kind.NUMBER, columns, 1),
                dice.oneIn(3) ? optional(" AND ", expressions.condition(inner, 1)) : Tree.nothing())
            : Tree.nothing(),
        ")");
  }
}
