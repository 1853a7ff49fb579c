package dev.tidemill.planner;

import dev.tidemill.foundation.type.Type;
import dev.tidemill.plan.batch.BatchPlan;
import dev.tidemill.plan.batch.OutputColumn;
import dev.tidemill.storage.catalog.CatalogEntry;
import dev.tidemill.storage.catalog.FunctionDefinition;
import java.util.List;
import java.util.stream.Stream;
import org.jspecify.annotations.Nullable;

/**
 * A query, planned.
 *
 * @param plan its columns are the result's, names and all
 * @param parameterTypes what each question mark is, in order
 * @param tables the tables it reaches, through views too, in the order they were named
 * @param views the views it reaches
 * @param functions the functions of users that it calls
 * @param ordered whether it has an ORDER BY at the top
 * @param timeZone the session's time zone where the plan depends on it and it is not UTC, else null
 */
public record PlannedQuery(
    BatchPlan plan,
    List<Type> parameterTypes,
    List<CatalogEntry.TableEntry> tables,
    List<CatalogEntry.ViewEntry> views,
    List<FunctionDefinition> functions,
    boolean ordered,
    @Nullable String timeZone) {
  public PlannedQuery {
    parameterTypes = List.copyOf(parameterTypes);
    tables = List.copyOf(tables);
    views = List.copyOf(views);
    functions = List.copyOf(functions);
  }

  /** The result's columns. */
  public List<OutputColumn> columns() {
    return plan.columns();
  }

  /**
   * The canonical texts of all that the query depends on, each with its path before it, sorted:
   * together with the query's own text this is what <em>unchanged</em> means.
   */
  public List<String> dependencies() {
    return Stream.of(
            tables.stream().map(t -> String.join(".", t.path()) + ": " + t.definition().sql()),
            views.stream().map(v -> String.join(".", v.path()) + ": " + v.definition().sql()),
            functions.stream().map(f -> String.join(".", f.path()) + ": " + f.sql()))
        .flatMap(texts -> texts)
        .sorted()
        .toList();
  }
}
