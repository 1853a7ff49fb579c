package dev.tidemill.storage.catalog;

import java.util.List;

/**
 * What CREATE VIEW said.
 *
 * @param columns names of the columns, or none to take the query's
 * @param query SQL text of the query, with names as its author wrote them
 * @param namespace where those names are looked up
 * @param sql canonical text of the statement
 */
public record ViewDefinition(
    String name, List<String> columns, String query, Namespace namespace, String sql) {
  public ViewDefinition {
    columns = List.copyOf(columns);
  }
}
