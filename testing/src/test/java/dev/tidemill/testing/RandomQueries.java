package dev.tidemill.testing;

import java.util.ArrayList;
import java.util.List;
import java.util.Random;
import java.util.stream.Collectors;

/**
 * Random queries over three small random tables full of duplicates and NULLs. They keep to what
 * every dialect means the same by: no quotients, decimals only where no digit is lost, an order
 * that names every column.
 */
final class RandomQueries {
  private static final List<String> TABLES = List.of("a", "b", "c");
  private static final List<Column> COLUMNS =
      List.of(
          new Column("k", Kind.NUMBER),
          new Column("g", Kind.NUMBER),
          new Column("s", Kind.TEXT),
          new Column("d", Kind.DECIMAL),
          new Column("p", Kind.TRUTH),
          new Column("t", Kind.DATE));

  private final Random random;
  private int aliases;

  /** The WITH of the query at hand, or an empty text. */
  private String with = "";

  /** What values compare with. */
  private enum Kind {
    NUMBER,
    TEXT,
    DECIMAL,
    TRUTH,
    DATE
  }

  private record Column(String name, Kind kind) {
    Column of(String alias) {
      return new Column(alias + "." + name, kind);
    }
  }

  /** FROM and what may be named because of it. */
  private record Source(String text, List<Column> columns) {}

  /**
   * A query.
   *
   * @param letters of its columns, as in a script
   * @param ordered whether it fixes the order of its rows
   */
  record Query(String text, String letters, boolean ordered) {}

  /** A SELECT without ORDER BY. */
  private record Select(String text, List<Kind> kinds) {}

  RandomQueries(Random random) {
    this.random = random;
  }

  /** The statements that make the tables. */
  List<String> tables() {
    List<String> statements = new ArrayList<>();
    for (String table : TABLES) {
      statements.add(
          "CREATE TABLE "
              + table
              + " (k INTEGER, g INTEGER, s VARCHAR, d DECIMAL(6,2), p BOOLEAN, t DATE)");
      int rows = random.nextInt(14);
      List<String> values = new ArrayList<>();
      for (int i = 0; i < rows; i++) {
        values.add(
            COLUMNS.stream()
                .map(c -> literal(c.kind(), true))
                .collect(Collectors.joining(", ", "(", ")")));
      }
      if (!values.isEmpty()) {
        statements.add("INSERT INTO " + table + " VALUES " + String.join(", ", values));
      }
    }
    return statements;
  }

  Query query() {
    aliases = 0;
    with = "";
    if (oneIn(8)) {
      with = "WITH w AS (" + select(1, COLUMNS.stream().map(Column::kind).toList()).text() + ") ";
    }
    Select select = select(2, someKinds());
    if (oneIn(4)) {
      Select other = select(1, select.kinds());
      String both = select.text() + " " + setOperation() + " " + other.text();
      if (oneIn(3)) {
        Select third = select(0, select.kinds());
        both =
            random.nextBoolean()
                ? "(" + both + ") " + setOperation() + " " + third.text()
                : third.text() + " " + setOperation() + " (" + both + ")";
      }
      select = new Select(both, select.kinds());
    }
    select = new Select(with + select.text(), select.kinds());
    String letters =
        select.kinds().stream()
            .map(k -> k == Kind.NUMBER || k == Kind.DECIMAL ? "R" : "T")
            .collect(Collectors.joining());
    if (!oneIn(3)) {
      return new Query(select.text(), letters, false);
    }
    List<String> order = new ArrayList<>();
    for (int i = 1; i <= select.kinds().size(); i++) {
      order.add(
          i
              + (random.nextBoolean() ? " DESC" : "")
              + (random.nextBoolean() ? " NULLS FIRST" : " NULLS LAST"));
    }
    String limit = random.nextBoolean() ? "" : " LIMIT " + random.nextInt(6);
    String offset = limit.isEmpty() || random.nextBoolean() ? "" : " OFFSET " + random.nextInt(4);
    return new Query(
        select.text() + " ORDER BY " + String.join(", ", order) + limit + offset, letters, true);
  }

  private String setOperation() {
    return pick("UNION ALL", "UNION", "INTERSECT", "EXCEPT", "INTERSECT ALL", "EXCEPT ALL");
  }

  /** A SELECT with columns of these kinds. */
  private Select select(int depth, List<Kind> kinds) {
    Source from = source(depth);
    String where = random.nextInt(3) > 0 ? " WHERE " + condition(depth, from.columns()) : "";
    if (oneIn(3)) {
      return grouped(from, where, kinds);
    }
    boolean windows = oneIn(5);
    List<String> items = new ArrayList<>();
    for (Kind kind : kinds) {
      items.add(
          windows && kind == Kind.NUMBER
              ? window(from.columns())
              : oneIn(8) && kind == Kind.NUMBER && depth > 0
                  ? scalar(from.columns())
                  : value(kind, from.columns(), 1));
    }
    String distinct = !windows && oneIn(4) ? "DISTINCT " : "";
    return new Select("SELECT " + distinct + named(items) + " FROM " + from.text() + where, kinds);
  }

  private Select grouped(Source from, String where, List<Kind> kinds) {
    List<Column> keys = new ArrayList<>();
    int count = random.nextInt(3);
    for (int i = 0; i < count; i++) {
      Column key = pick(from.columns());
      if (!keys.contains(key)) {
        keys.add(key);
      }
    }
    List<String> items = new ArrayList<>();
    boolean sets = !keys.isEmpty() && oneIn(4);
    for (Kind kind : kinds) {
      List<Column> same = keys.stream().filter(k -> k.kind() == kind).toList();
      items.add(
          sets && kind == Kind.NUMBER && oneIn(3)
              ? "GROUPING(" + pick(keys).name() + ")"
              : !same.isEmpty() && random.nextBoolean()
                  ? pick(same).name()
                  : aggregate(kind, from.columns()));
    }
    String names = keys.stream().map(Column::name).collect(Collectors.joining(", "));
    if (sets) {
      names =
          switch (random.nextInt(3)) {
            case 0 -> "ROLLUP (" + names + ")";
            case 1 -> "CUBE (" + names + ")";
            default -> "GROUPING SETS ((" + names + "), (" + pick(keys).name() + "), ())";
          };
    }
    String having =
        oneIn(3)
            ? " HAVING " + aggregate(Kind.NUMBER, from.columns()) + comparison() + random.nextInt(4)
            : "";
    return new Select(
        "SELECT "
            + named(items)
            + " FROM "
            + from.text()
            + where
            + (keys.isEmpty() ? "" : " GROUP BY " + names)
            + having,
        kinds);
  }

  private static String named(List<String> items) {
    List<String> named = new ArrayList<>();
    for (int i = 0; i < items.size(); i++) {
      named.add(items.get(i) + " AS c" + i);
    }
    return String.join(", ", named);
  }

  private Source source(int depth) {
    Source first = one(depth);
    if (depth == 0 || random.nextBoolean()) {
      return first;
    }
    if (oneIn(6)) {
      return lateral(first);
    }
    Source joined = join(first, one(depth - 1));
    return oneIn(4) ? join(joined, one(0)) : joined;
  }

  /** The source with an aggregate over the rows of a table that go with each of its rows. */
  private Source lateral(Source left) {
    String alias = "t" + aliases++;
    String inner = "t" + aliases++;
    String text =
        left.text()
            + pick(" CROSS JOIN", " LEFT JOIN")
            + " LATERAL (SELECT "
            + pick("MAX", "MIN", "COUNT", "SUM")
            + "("
            + inner
            + ".k) AS x FROM "
            + pick(TABLES)
            + " AS "
            + inner
            + " WHERE "
            + inner
            + pick(".k", ".g")
            + pick(" = ", " < ")
            + numeric(left.columns())
            + ") AS "
            + alias;
    List<Column> columns = new ArrayList<>(left.columns());
    columns.add(new Column(alias + ".x", Kind.NUMBER));
    return new Source(text + (text.contains("LEFT JOIN LATERAL") ? " ON TRUE" : ""), columns);
  }

  private Source join(Source left, Source right) {
    List<Column> columns = new ArrayList<>(left.columns());
    columns.addAll(right.columns());
    String kind = pick("JOIN", "LEFT JOIN", "RIGHT JOIN", "FULL JOIN", "JOIN", "LEFT JOIN");
    List<String> conditions = new ArrayList<>();
    Column l = pick(left.columns());
    List<Column> same = right.columns().stream().filter(c -> c.kind() == l.kind()).toList();
    boolean equal = !kind.startsWith("FULL") && oneIn(6) || same.isEmpty();
    conditions.add(
        equal && !same.isEmpty()
            ? l.name() + comparison() + pick(same).name()
            : same.isEmpty()
                ? left.columns().getFirst().name() + " = " + right.columns().getFirst().name()
                : l.name() + " = " + pick(same).name());
    if (oneIn(3) && !kind.startsWith("FULL")) {
      conditions.add(plain(columns));
    }
    return new Source(
        left.text() + " " + kind + " " + right.text() + " ON " + String.join(" AND ", conditions),
        columns);
  }

  private Source one(int depth) {
    String alias = "t" + aliases++;
    if (depth > 0 && oneIn(4)) {
      Select inner = select(depth - 1, List.of(Kind.NUMBER, Kind.TEXT, Kind.NUMBER));
      return new Source(
          "(" + inner.text() + ") AS " + alias,
          List.of(
              new Column(alias + ".c0", Kind.NUMBER),
              new Column(alias + ".c1", Kind.TEXT),
              new Column(alias + ".c2", Kind.NUMBER)));
    }
    if (!with.isEmpty() && oneIn(2)) {
      List<Column> columns = new ArrayList<>();
      for (int i = 0; i < COLUMNS.size(); i++) {
        columns.add(new Column(alias + ".c" + i, COLUMNS.get(i).kind()));
      }
      return new Source("w AS " + alias, columns);
    }
    return new Source(
        pick(TABLES) + " AS " + alias, COLUMNS.stream().map(c -> c.of(alias)).toList());
  }

  private String condition(int depth, List<Column> columns) {
    String condition = depth > 0 && oneIn(3) ? subquery(columns) : plain(columns);
    return switch (random.nextInt(6)) {
      case 0 -> "(" + condition + " OR " + plain(columns) + ")";
      case 1 -> condition + " AND " + plain(columns);
      case 2 -> "NOT (" + condition + ")";
      default -> condition;
    };
  }

  /** EXISTS, IN or a comparison with a scalar, correlated or not. */
  private String subquery(List<Column> columns) {
    String alias = "t" + aliases++;
    List<Column> inner = COLUMNS.stream().map(c -> c.of(alias)).toList();
    String from = pick(TABLES) + " AS " + alias;
    Column outer = pick(columns);
    Column correlated = pick(inner.stream().filter(c -> c.kind() == outer.kind()).toList());
    String where =
        switch (random.nextInt(6)) {
          case 0 -> " WHERE " + plain(inner);
          case 4 -> " WHERE " + correlated.name() + comparison() + outer.name();
          case 5 -> oneIn(2) ? " WHERE " + subquery(inner) : " WHERE " + plain(inner);
          case 1 -> " WHERE " + correlated.name() + " = " + outer.name();
          case 2 -> " WHERE " + correlated.name() + " = " + outer.name() + " AND " + plain(inner);
          default -> "";
        };
    Column tested = pick(columns);
    Column found = pick(inner.stream().filter(c -> c.kind() == tested.kind()).toList());
    String not = random.nextBoolean() ? "NOT " : "";
    return switch (random.nextInt(6)) {
      case 3 ->
          tested.name()
              + comparison()
              + pick("ANY", "ALL")
              + " (SELECT "
              + found.name()
              + " FROM "
              + from
              + where
              + ")";
      case 4 ->
          "("
              + tested.name()
              + ", "
              + numeric(columns)
              + ") "
              + not
              + "IN (SELECT "
              + found.name()
              + ", "
              + pick(inner.get(0), inner.get(1)).name()
              + " FROM "
              + from
              + where
              + ")";
      case 0 -> not + "EXISTS (SELECT 1 FROM " + from + where + ")";
      case 1 ->
          tested.name() + " " + not + "IN (SELECT " + found.name() + " FROM " + from + where + ")";
      default ->
          numeric(columns)
              + comparison()
              + "(SELECT "
              + pick("MAX", "MIN", "COUNT")
              + "("
              + inner.get(0).name()
              + ") FROM "
              + from
              + where
              + ")";
    };
  }

  private String scalar(List<Column> columns) {
    String alias = "t" + aliases++;
    String correlation = random.nextBoolean() ? " WHERE " + alias + ".g = " + numeric(columns) : "";
    return "(SELECT "
        + pick("MAX", "MIN", "COUNT", "SUM")
        + "("
        + alias
        + ".k) FROM "
        + pick(TABLES)
        + " AS "
        + alias
        + correlation
        + ")";
  }

  private String numeric(List<Column> columns) {
    List<Column> numbers = columns.stream().filter(c -> c.kind() == Kind.NUMBER).toList();
    return numbers.isEmpty() ? literal(Kind.NUMBER, false) : pick(numbers).name();
  }

  /** A condition without a subquery. */
  private String plain(List<Column> columns) {
    Column column = pick(columns);
    return switch (random.nextInt(column.kind() == Kind.TEXT ? 10 : 8)) {
      case 8 ->
          column.name() + pick(" LIKE ", " NOT LIKE ") + pick("'x%'", "'%y'", "'_'", "''", "'%'");
      case 9 -> value(Kind.TEXT, columns, 1) + " LIKE " + pick("'%x%'", "'x_'", "'__%'");
      case 0 -> column.name() + " IS NULL";
      case 1 -> column.name() + " IS NOT NULL";
      case 2 -> in(column, " IN ", literal(column.kind(), oneIn(3)));
      case 3 -> in(column, " NOT IN ", literal(column.kind(), false));
      case 4 -> column.name() + " IS DISTINCT FROM " + value(column.kind(), columns, 0);
      case 5 ->
          numeric(columns)
              + " BETWEEN "
              + literal(Kind.NUMBER, false)
              + " AND "
              + value(Kind.NUMBER, columns, 1);
      case 6 -> column.name() + comparison() + literal(column.kind(), false);
      default -> column.name() + comparison() + value(column.kind(), columns, 1);
    };
  }

  private String in(Column column, String in, String last) {
    return column.name() + in + "(" + literal(column.kind(), false) + ", " + last + ")";
  }

  private String value(Kind kind, List<Column> columns, int depth) {
    List<Column> same = columns.stream().filter(c -> c.kind() == kind).toList();
    if (depth > 0 && oneIn(3)) {
      String x = value(kind, columns, depth - 1);
      String y = value(kind, columns, depth - 1);
      String chosen =
          "CASE WHEN "
              + plain(columns)
              + " THEN "
              + x
              + (random.nextBoolean() ? " ELSE " + y : "")
              + " END";
      return switch (kind) {
        case NUMBER ->
            pick(
                x + " + " + y,
                x + " - " + y,
                x + " * " + y,
                "COALESCE(" + x + ", " + y + ")",
                chosen,
                "ABS(" + x + ")",
                "NULLIF(" + x + ", " + y + ")",
                "(" + x + ") % 3",
                "CHAR_LENGTH(" + value(Kind.TEXT, columns, 0) + ")",
                "POSITION('x' IN " + value(Kind.TEXT, columns, 0) + ")",
                "EXTRACT("
                    + pick("YEAR", "MONTH", "DAY", "QUARTER", "DOY")
                    + " FROM "
                    + value(Kind.DATE, columns, 0)
                    + ")");
        case TEXT ->
            pick(
                x + " || " + y,
                "UPPER(" + x + ")",
                "SUBSTRING(" + x + ", " + (1 + random.nextInt(2)) + ", 1)",
                "REPLACE(" + x + ", 'x', 'yz')",
                "TRIM(" + x + ")",
                "CONCAT(" + x + ", " + y + ")",
                "REVERSE(" + x + ")",
                "CAST(" + numeric(columns) + " AS VARCHAR)",
                "COALESCE(" + x + ", " + y + ")",
                chosen,
                "NULLIF(" + x + ", " + y + ")");
        case DECIMAL ->
            pick(x + " + " + y, x + " - " + y, "COALESCE(" + x + ", " + y + ")", chosen);
        case DATE -> pick("COALESCE(" + x + ", " + y + ")", chosen, "NULLIF(" + x + ", " + y + ")");
        case TRUTH ->
            pick(
                "(" + x + " AND " + y + ")",
                "(" + x + " OR " + y + ")",
                "NOT " + x,
                "(" + plain(columns) + ")");
      };
    }
    return same.isEmpty() ? literal(kind, false) : pick(same).name();
  }

  private String aggregate(Kind kind, List<Column> columns) {
    String argument = value(kind, columns, 1);
    return switch (kind) {
      case NUMBER ->
          pick(
              "COUNT(*)",
              "COUNT(" + pick(columns).name() + ")",
              "COUNT(DISTINCT " + pick(columns).name() + ")",
              "SUM(" + argument + ")",
              "MIN(" + argument + ")",
              "MAX(" + argument + ")",
              "SUM(DISTINCT " + argument + ")",
              "SUM(" + argument + ") FILTER (WHERE " + plain(columns) + ")");
      case TEXT, DATE -> pick("MIN(", "MAX(") + argument + ")";
      case DECIMAL -> pick("MIN(", "MAX(", "SUM(") + argument + ")";
      case TRUTH -> pick("BOOL_AND(", "BOOL_OR(") + argument + ")";
    };
  }

  /** A window function whose result does not depend on how ties are broken. */
  private String window(List<Column> columns) {
    String partition = random.nextBoolean() ? "PARTITION BY " + pick(columns).name() + " " : "";
    String order =
        "ORDER BY "
            + pick(columns).name()
            + pick(" NULLS FIRST", " NULLS LAST", " DESC NULLS LAST");
    String all =
        columns.stream()
            .map(c -> c.name() + " NULLS LAST")
            .collect(Collectors.joining(", ", "ORDER BY ", ""));
    String frame =
        pick(
            "ROWS BETWEEN 1 PRECEDING AND 1 FOLLOWING",
            "ROWS BETWEEN UNBOUNDED PRECEDING AND CURRENT ROW",
            "ROWS BETWEEN 2 PRECEDING AND 1 PRECEDING",
            "ROWS BETWEEN 1 FOLLOWING AND 2 FOLLOWING",
            "ROWS BETWEEN UNBOUNDED PRECEDING AND CURRENT ROW EXCLUDE CURRENT ROW",
            "ROWS BETWEEN CURRENT ROW AND UNBOUNDED FOLLOWING");
    String number = numeric(columns);
    String range =
        " ORDER BY "
            + number
            + pick(" NULLS FIRST", " NULLS LAST", " DESC NULLS LAST")
            + " RANGE BETWEEN "
            + pick(
                "1 PRECEDING AND 1 FOLLOWING",
                "UNBOUNDED PRECEDING AND 1 PRECEDING",
                "CURRENT ROW AND 2 FOLLOWING",
                "1 FOLLOWING AND UNBOUNDED FOLLOWING",
                "CURRENT ROW AND CURRENT ROW")
            + pick("", "", " EXCLUDE CURRENT ROW", " EXCLUDE GROUP", " EXCLUDE TIES");
    return switch (random.nextInt(8)) {
      case 5 -> pick("SUM(", "COUNT(", "MAX(") + number + ") OVER (" + partition + range + ")";
      case 6 ->
          pick("LAG(", "LEAD(", "FIRST_VALUE(", "LAST_VALUE(")
              + number
              + ") OVER ("
              + partition
              + all
              + ")";
      case 7 -> pick("PERCENT_RANK()", "CUME_DIST()") + " OVER (" + partition + order + ")";
      case 0 -> pick("RANK()", "DENSE_RANK()") + " OVER (" + partition + order + ")";
      case 1 ->
          pick("SUM(", "COUNT(", "MAX(") + numeric(columns) + ") OVER (" + partition + order + ")";
      case 2 -> pick("SUM(", "COUNT(", "MIN(") + numeric(columns) + ") OVER (" + partition + ")";
      case 3 ->
          pick("SUM(", "COUNT(", "MIN(")
              + numeric(columns)
              + ") OVER ("
              + partition
              + all
              + " "
              + frame
              + ")";
      default -> pick("ROW_NUMBER()", "NTILE(3)") + " OVER (" + partition + all + ")";
    };
  }

  private String literal(Kind kind, boolean nullable) {
    if (nullable && oneIn(4)) {
      return "NULL";
    }
    return switch (kind) {
      case NUMBER -> String.valueOf(random.nextInt(5));
      case TEXT -> pick("'x'", "'y'", "'z'", "''");
      case DECIMAL -> pick("0.50", "1.00", "2.25");
      case TRUTH -> pick("TRUE", "FALSE");
      case DATE ->
          "DATE "
              + pick(
                  "'2024-02-29'", "'2023-12-31'", "'1970-01-01'", "'1969-06-15'", "'2000-01-31'");
    };
  }

  private String comparison() {
    return pick(" = ", " <> ", " < ", " <= ", " > ", " >= ");
  }

  private List<Kind> someKinds() {
    List<Kind> kinds = new ArrayList<>();
    int count = 1 + random.nextInt(3);
    for (int i = 0; i < count; i++) {
      kinds.add(pick(List.of(Kind.values())));
    }
    return kinds;
  }

  private boolean oneIn(int n) {
    return random.nextInt(n) == 0;
  }

  private Column pick(Column left, Column right) {
    return random.nextBoolean() ? left : right;
  }

  private <T> T pick(List<T> choices) {
    return choices.get(random.nextInt(choices.size()));
  }

  private String pick(String... choices) {
    return pick(List.of(choices));
  }
}
