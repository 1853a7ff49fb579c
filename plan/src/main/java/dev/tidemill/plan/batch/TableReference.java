package dev.tidemill.plan.batch;

import java.util.List;
import java.util.stream.Collectors;

/**
 * The name of a table in the catalog, resolved when the plan runs: {@code [catalog, schema,
 * table]}, or {@code [$files, PATH]} for files in place, with options between them where there are
 * any.
 */
public record TableReference(List<String> path) {
  /** First part of the path of files in place. */
  public static final String FILES = "$files";

  public TableReference {
    path = List.copyOf(path);
    if (path.isEmpty()) {
      throw new IllegalArgumentException("empty path");
    }
  }

  public static TableReference of(String... path) {
    return new TableReference(List.of(path));
  }

  /** As it stands in messages: the last part, or the path of files in quotes. */
  @Override
  public String toString() {
    return path.get(0).equals(FILES)
        ? "'" + path.get(path.size() - 1) + "'"
        : path.stream().collect(Collectors.joining("."));
  }
}
