package dev.tidemill.testing.random;

import java.util.ArrayList;
import java.util.List;

/** What can stand in FROM by its name, with its columns. */
record Relation(String name, List<Column> columns) {
  Relation {
    columns = List.copyOf(columns);
  }

  /** One whose columns are called c0, c1 …, as those of every query made here. */
  static Relation of(String name, List<Kind> kinds) {
    List<Column> columns = new ArrayList<>();
    for (int i = 0; i < kinds.size(); i++) {
      columns.add(new Column("c" + i, kinds.get(i)));
    }
    return new Relation(name, columns);
  }

  /** Its columns where it is called {@code alias}. */
  List<Column> as(String alias) {
    return columns.stream().map(column -> column.of(alias)).toList();
  }
}
