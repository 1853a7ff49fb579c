package dev.tidemill.testing.random;

import static dev.tidemill.testing.random.Tree.list;
import static dev.tidemill.testing.random.Tree.of;
import static dev.tidemill.testing.random.Tree.optional;

import java.util.ArrayList;
import java.util.List;
import java.util.stream.Collectors;
import org.jspecify.annotations.Nullable;

/**
 * Random queries over the tables of {@link Tables}. Groups of grouping sets have a row at least,
 * for over no rows DuckDB leaves out the group of all.
 */
final class QueryGenerator {
  private final Dice dice;
  private final Draft draft;
  private final ExpressionGenerator expressions;
  private final AggregateGenerator aggregates;
  private final WindowGenerator windows;
  private final SubqueryGenerator subqueries;
  private final SourceGenerator sources;

  /**
   * @param large whether tables are so large that their product is not to be asked for
   */
  QueryGenerator(Dice dice, Literals literals, boolean large) {
    this.dice = dice;
    this.draft = new Draft(dice, large);
    this.expressions = new ExpressionGenerator(dice, literals);
    this.aggregates = new AggregateGenerator(dice, draft, expressions);
    this.windows = new WindowGenerator(dice, expressions);
    this.subqueries = new SubqueryGenerator(dice, draft, expressions, aggregates);
    this.sources = new SourceGenerator(dice, draft, expressions, aggregates, this::derived);
  }

  /** A view of the name that later queries may read, if DuckDB gives the same for it. */
  @Nullable Tree view(String name) {
    draft.begin();
    List<Kind> kinds = List.of(Kind.NUMBER, dice.pick(Kind.EXACT), dice.pick(Kind.EXACT));
    Tree body = body(kinds, 1, List.of());
    if (!draft.comparable()) {
      return null;
    }
    draft.add(Relation.of(name, kinds));
    return of("view", body);
  }

  RandomQuery query() {
    draft.begin();
    List<Kind> kinds = kinds();
    Tree head = Tree.nothing();
    if (dice.oneIn(8)) {
      List<Kind> made =
          List.of(Kind.NUMBER, dice.pick(Kind.EXACT), Kind.NUMBER, dice.pick(Kind.EXACT));
      head = optional("WITH w AS (", body(made, 1, List.of()), ") ");
      draft.name(Relation.of("w", made));
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
    return new RandomQuery(of("whole", head, body, order), letters, ordered, draft.comparable());
  }

  /** A query in FROM. */
  private Tree derived(List<Kind> kinds, int depth) {
    Tree body = body(kinds, depth, List.of());
    return dice.oneIn(4) ? of("query", body, order(kinds)) : body;
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
                " LIMIT " + dice.below(draft.large() ? 50 : 6),
                dice.oneIn(2) ? optional(" OFFSET " + dice.below(4)) : Tree.nothing())
            : Tree.nothing();
    return of("ordering", " ORDER BY " + String.join(", ", items), limit);
  }

  private List<Kind> kinds() {
    List<Kind> kinds = new ArrayList<>();
    int count = 1 + dice.below(3);
    for (int i = 0; i < count; i++) {
      kinds.add(dice.pick(Kind.EXACT));
    }
    return kinds;
  }

  /** A query with columns c0, c1 … of these kinds. */
  private Tree body(List<Kind> kinds, int depth, List<Column> outer) {
    Tree select = select(kinds, depth, outer, true);
    if (depth == 0 || !dice.oneIn(5)) {
      return select;
    }
    Tree other = select(kinds, depth - 1, outer, true);
    Tree both =
        dice.oneIn(4)
            ? of(
                "query",
                "(",
                select,
                order(kinds),
                ")",
                setOperation(),
                "(",
                other,
                order(kinds),
                ")")
            : of("query", select, setOperation(), other);
    return switch (dice.below(4)) {
      case 0 -> of("query", select(kinds, 0, outer, true), setOperation(), "(", both, ")");
      case 1 -> of("query", both, setOperation(), select(kinds, 0, outer, true));
      default -> both;
    };
  }

  private String setOperation() {
    return dice.pick(
        " UNION ALL ", " UNION ", " INTERSECT ", " EXCEPT ", " INTERSECT ALL ", " EXCEPT ALL ");
  }

  private Tree select(List<Kind> kinds, int depth, List<Column> outer, boolean exact) {
    Source from = sources.source(depth);
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
              depth > 0 && dice.oneIn(8)
                  ? withSubquery(kind, from.columns(), depth)
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

  /** A value that asks other tables. */
  private Tree withSubquery(Kind kind, List<Column> columns, int depth) {
    String sort = kind.name();
    return switch (dice.below(5)) {
      case 0 ->
          of(
              sort,
              "CASE WHEN ",
              subqueries.condition(columns, depth),
              " THEN ",
              expressions.value(kind, columns, 1),
              " ELSE ",
              expressions.value(kind, columns, 0),
              " END");
      case 1 ->
          of(
              sort,
              "COALESCE(",
              subqueries.value(kind, columns),
              ", ",
              expressions.value(kind, columns, 1),
              ")");
      case 2 ->
          kind == Kind.TRUTH
              ? of(sort, "(", subqueries.condition(columns, depth), ")")
              : subqueries.value(kind, columns);
      default -> subqueries.value(kind, columns);
    };
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
                  ? windows.window(kind, from.columns())
                  : expressions.value(kind, from.columns(), 1)));
    }
    Tree qualify =
        qualified
            ? optional(
                " QUALIFY ",
                windows.window(Kind.NUMBER, from.columns()),
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
    List<Column> plain = new ArrayList<>();
    int count = dice.below(4);
    for (int i = 0; i < count; i++) {
      Column column = dice.pick(from.columns());
      Kind kind = column.kind();
      Tree computed = expressions.value(kind, from.columns(), 1);
      boolean isComputed = dice.oneIn(4) && computed.ours().contains(".");
      keys.add(isComputed ? computed : expressions.column(column));
      if (!isComputed) {
        plain.add(column);
      }
      keyKinds.add(kind);
    }
    boolean sets =
        keys.stream().distinct().count() == keys.size() && !keys.isEmpty() && dice.oneIn(4);
    List<Tree> items = new ArrayList<>();
    boolean windowed = !sets && dice.oneIn(10);
    for (Kind kind : kinds) {
      int same = keyKinds.lastIndexOf(kind);
      Tree value =
          same >= 0 && dice.oneIn(2)
              ? keys.get(same)
              : sets && kind == Kind.NUMBER && dice.oneIn(3)
                  ? of("NUMBER", "GROUPING(", dice.pick(keys), ")")
                  : aggregates.aggregate(kind, from.columns());
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
                aggregates.aggregate(Kind.NUMBER, from.columns()),
                expressions.comparison(),
                dice.oneIn(5)
                    ? subqueries.value(Kind.NUMBER, sets ? List.of() : plain)
                    : String.valueOf(dice.below(4)));
    return of("query", "SELECT ", list(items), " FROM ", from.tree(), where, group, condition);
  }

  private Tree condition(List<Column> columns, List<Column> outer, int depth) {
    List<Column> all = new ArrayList<>(columns);
    all.addAll(outer);
    Tree first =
        depth > 0 && dice.oneIn(3)
            ? subqueries.condition(all, depth)
            : expressions.condition(dice.oneIn(2) ? all : columns, 2);
    return switch (dice.below(7)) {
      case 0 ->
          of(
              "TRUTH",
              "(",
              first,
              " OR ",
              depth > 0 && dice.oneIn(3)
                  ? subqueries.condition(all, depth)
                  : expressions.condition(all, 1),
              ")");
      case 1, 2 -> of("TRUTH", "(", first, " AND ", expressions.condition(all, 1), ")");
      case 3 -> of("TRUTH", "NOT (", first, ")");
      default -> first;
    };
  }
}
