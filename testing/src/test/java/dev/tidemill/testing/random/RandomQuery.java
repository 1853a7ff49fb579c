package dev.tidemill.testing.random;

/**
 * A query.
 *
 * @param letters of its columns, as in a script
 * @param ordered whether it fixes the order of its rows
 * @param comparable whether DuckDB gives the same
 */
record RandomQuery(Tree tree, String letters, boolean ordered, boolean comparable) {
  RandomQuery with(Tree smaller) {
    return new RandomQuery(smaller, letters, ordered, comparable);
  }
}
