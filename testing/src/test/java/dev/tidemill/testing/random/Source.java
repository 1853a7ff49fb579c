package dev.tidemill.testing.random;

import java.util.List;

/** What stands in FROM, and what may be named because of it. */
record Source(Tree tree, List<Column> columns) {
  Source {
    columns = List.copyOf(columns);
  }
}
