package dev.tidemill.storage.catalog;

import com.fasterxml.jackson.annotation.JsonInclude;
import java.util.List;
import org.jspecify.annotations.Nullable;

/**
 * What CREATE VIEW said.
 *
 * @param columns names of the columns, or none to take the query's
 * @param query SQL text of the query, with names as its author wrote them
 * @param namespace where those names are looked up
 * @param sql canonical text of the statement
 * @param timeZone by whose clocks the query goes, null for UTC
 */
public record ViewDefinition(
    String name,
    List<String> columns,
    String query,
    Namespace namespace,
    String sql,
    @JsonInclude(JsonInclude.Include.NON_NULL) @Nullable String timeZone) {
  public ViewDefinition {
    columns = List.copyOf(columns);
  }
}
