package dev.tidemill.testing.random;

import java.util.List;
import java.util.Map;
import java.util.stream.Collectors;

/**
 * Everything a failure needs.
 *
 * @param tree statements that fill the tables, steps of statements, the query, and the views that
 *     it may read, called v0, v1 …
 * @param settings of the engine
 * @param mode the output mode to stand in
 * @param rowsPerStep most input rows of a step
 * @param restartEvery after so many steps the engine is opened anew; 0 for never
 */
record Example(
    Tree tree,
    RandomQuery query,
    Map<String, String> settings,
    String mode,
    int rowsPerStep,
    int restartEvery) {
  static Example of(
      List<Tree> filled,
      List<List<Tree>> steps,
      List<Tree> views,
      RandomQuery query,
      Map<String, String> settings,
      String mode,
      int rowsPerStep,
      int restartEvery) {
    Tree tree =
        Tree.of(
            "example",
            Tree.list(";\n", 0, filled),
            Tree.list(
                ";\n-- step\n", 0, steps.stream().map(step -> Tree.list(";\n", 1, step)).toList()),
            query.tree(),
            Tree.list(";\n", views.size(), views));
    return new Example(tree, query, settings, mode, rowsPerStep, restartEvery);
  }

  Example with(Tree smaller) {
    return new Example(
        smaller, query.with(smaller.trees().get(2)), settings, mode, rowsPerStep, restartEvery);
  }

  List<Tree> filled() {
    return tree.trees().get(0).trees();
  }

  List<List<Tree>> steps() {
    return tree.trees().get(1).trees().stream().map(Tree::trees).toList();
  }

  List<Tree> views() {
    return tree.trees().get(3).trees();
  }

  /** Whether rows go, too. */
  boolean removes() {
    return steps().stream()
        .flatMap(List::stream)
        .anyMatch(statement -> !statement.ours().startsWith("INSERT"));
  }

  @Override
  public String toString() {
    return "settings %s, OUTPUT MODE %s, at most %d rows a step, opened anew every %d steps%n"
            .formatted(settings, mode, rowsPerStep, restartEvery)
        + Tables.CREATE.stream().map(s -> s + ";\n").collect(Collectors.joining())
        + tree.trees().get(0).ours()
        + ";\n-- step\n"
        + tree.trees().get(1).ours()
        + ";\n-- views v0, v1 …\n"
        + tree.trees().get(3).ours()
        + ";\n-- query\n"
        + query.tree().ours()
        + ";\n-- for DuckDB\n"
        + query.tree().theirs()
        + ";\n";
  }
}
