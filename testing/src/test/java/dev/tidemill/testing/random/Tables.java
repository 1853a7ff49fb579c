package dev.tidemill.testing.random;

import java.util.ArrayList;
import java.util.List;
import java.util.stream.Collectors;

/** Three tables of the same columns in different types, and what happens to them. */
final class Tables {
  static final List<String> NAMES = List.of("a", "b", "c");
  static final List<Column> COLUMNS =
      List.of(
          new Column("k", Kind.NUMBER),
          new Column("g", Kind.NUMBER),
          new Column("s", Kind.TEXT),
          new Column("d", Kind.DECIMAL),
          new Column("x", Kind.DOUBLE),
          new Column("p", Kind.TRUTH),
          new Column("t", Kind.DATE),
          new Column("ts", Kind.TIME),
          new Column("w", Kind.DECIMAL),
          new Column("r", Kind.DOUBLE),
          new Column("u", Kind.TIME),
          new Column("h", Kind.BYTES),
          new Column("l", Kind.LIST));

  private static final String OTHERS =
      " s VARCHAR, d DECIMAL(%d,2), x DOUBLE, p BOOLEAN, t DATE, ts TIMESTAMP(3), w DECIMAL(30,4),"
          + " r REAL, u TIMESTAMP(6), h VARBINARY, l INTEGER[])";

  /** The statements that make them. */
  static final List<String> CREATE =
      List.of(
          "CREATE TABLE a (k INTEGER, g INTEGER," + OTHERS.formatted(6),
          "CREATE TABLE b (k BIGINT, g INTEGER," + OTHERS.formatted(12),
          "CREATE TABLE c (k INTEGER, g BIGINT," + OTHERS.formatted(25));

  private final Dice dice;
  private final Literals literals;

  Tables(Dice dice, Literals literals) {
    this.dice = dice;
    this.literals = literals;
  }

  /** INSERTs of so many rows at most into each table; now and then one stays empty. */
  List<Tree> filled(int rows) {
    List<Tree> statements = new ArrayList<>();
    for (String table : NAMES) {
      if (!dice.oneIn(8)) {
        statements.add(insert(table, 1 + dice.below(rows)));
      }
    }
    return statements;
  }

  /** What happens to the tables within a step; {@code removing} rows, too. */
  List<Tree> changes(boolean removing) {
    List<Tree> statements = new ArrayList<>();
    int count = 1 + dice.below(3);
    for (int i = 0; i < count; i++) {
      String table = dice.pick(NAMES);
      statements.add(
          switch (dice.below(removing ? 7 : 3)) {
            case 0, 1, 2 -> insert(table, 1 + dice.below(4));
            case 3 -> Tree.of("statement", "DELETE FROM " + table + where());
            case 4 -> Tree.of("statement", "DELETE FROM " + table + where());
            case 5 -> merge(table);
            default -> Tree.of("statement", "UPDATE " + table + " SET " + assignment() + where());
          });
    }
    return statements;
  }

  /** A key of the source comes once, so no row is changed twice. */
  private Tree merge(String table) {
    Column changed = dice.pick(COLUMNS);
    Column column = changed.name().equals("g") ? COLUMNS.getFirst() : changed;
    return Tree.of(
        "statement",
        "MERGE INTO " + table + " USING (SELECT 1 AS v UNION ALL SELECT ",
        dice.pick("2", "3", "4"),
        ") AS n ON " + table + ".g = n.v",
        Tree.optional(
            " WHEN MATCHED"
                + dice.pick("", " AND " + table + ".k > 1", " AND " + table + ".s IS NULL")
                + " THEN "
                + dice.pick(
                    "DELETE", "UPDATE SET " + column.name() + " = " + literals.stored(column))),
        " WHEN NOT MATCHED THEN INSERT (k, g) VALUES (",
        literals.of(Kind.NUMBER),
        ", n.v)");
  }

  private String assignment() {
    Column column = dice.pick(COLUMNS);
    return column.name() + " = " + literals.stored(column);
  }

  private String where() {
    Column column = dice.pick(COLUMNS);
    return switch (dice.below(12)) {
      case 0 -> "";
      case 1, 2 -> " WHERE " + column.name() + " IS NULL";
      case 3 -> " WHERE " + column.name() + " > " + literals.of(column.kind());
      default -> " WHERE " + column.name() + " = " + literals.of(column.kind());
    };
  }

  /** An INSERT of so many rows, and some of them twice. */
  Tree insert(String table, int count) {
    List<Tree> rows = new ArrayList<>();
    for (int i = 0; i < count; i++) {
      rows.add(
          Tree.of(
              "row",
              COLUMNS.stream().map(literals::stored).collect(Collectors.joining(", ", "(", ")"))));
      if (dice.oneIn(6)) {
        rows.add(rows.getLast());
      }
    }
    return Tree.of("statement", "INSERT INTO " + table + " VALUES ", Tree.list(rows));
  }
}
