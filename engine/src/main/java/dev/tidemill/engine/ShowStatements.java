package dev.tidemill.engine;

import dev.tidemill.foundation.setting.Quantities;
import dev.tidemill.plan.batch.OutputColumn;
import dev.tidemill.storage.catalog.Catalog;
import dev.tidemill.storage.catalog.FunctionDefinition;
import dev.tidemill.storage.catalog.Namespace;
import dev.tidemill.storage.catalog.SchemaProvider;
import dev.tidemill.storage.catalog.TableDefinition;
import dev.tidemill.storage.catalog.ViewDefinition;
import java.util.ArrayList;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.TreeMap;
import java.util.TreeSet;

/** SHOW of what the catalog and the planner know. */
final class ShowStatements {
  private final Session session;
  private final Catalog catalog;

  ShowStatements(Session session) {
    this.session = session;
    this.catalog = session.engine().catalog();
  }

  /** Tables and views of the session's namespace. */
  Result tables() {
    List<List<String>> rows = new ArrayList<>();
    Namespace namespace = session.namespace();
    if (namespace.equals(Namespace.DEFAULT)) {
      for (TableDefinition table : catalog.tableDefinitions()) {
        rows.add(List.of(table.name(), kind(table)));
      }
      for (ViewDefinition view : catalog.viewDefinitions()) {
        rows.add(List.of(view.name(), "view"));
      }
    } else {
      for (SchemaProvider provider : catalog.providers()) {
        if (provider.catalog().equalsIgnoreCase(namespace.catalog())) {
          for (String name : new TreeSet<>(provider.tables(namespace.schema()))) {
            rows.add(List.of(name, "table"));
          }
        }
      }
    }
    return result(
        "SHOW TABLES", List.of(ResultColumns.text("name"), ResultColumns.text("kind")), rows);
  }

  private String kind(TableDefinition table) {
    if (session.engine().standing().keepsResult(table.name())) {
      return "standing query";
    }
    String connector = table.connector();
    String kind = connector == null ? "table" : "table (" + connector + ")";
    long cached = session.engine().cache().bytes(table.name());
    if (cached < 0) {
      return kind;
    }
    return cached == 0
        ? kind + ", cached"
        : kind + ", cached (" + Quantities.roughBytes(cached) + ")";
  }

  Result views() {
    List<List<String>> rows =
        catalog.viewDefinitions().stream().map(view -> List.of(view.name(), view.query())).toList();
    return result(
        "SHOW VIEWS", List.of(ResultColumns.text("name"), ResultColumns.text("query")), rows);
  }

  Result schemas() {
    List<List<String>> rows = catalog.schemaNames().stream().map(List::of).toList();
    return result("SHOW SCHEMAS", List.of(ResultColumns.text("name")), rows);
  }

  Result functions() {
    Map<String, List<String>> rows = new TreeMap<>();
    for (String name : Planning.functions()) {
      rows.put(name, List.of(name, "built in", ""));
    }
    for (FunctionDefinition function : catalog.functionDefinitions()) {
      rows.put(
          function.name().toUpperCase(Locale.ROOT),
          List.of(function.name(), function.kind(), function.className()));
    }
    return result(
        "SHOW FUNCTIONS",
        List.of(
            ResultColumns.text("name"), ResultColumns.text("kind"), ResultColumns.text("class")),
        List.copyOf(rows.values()));
  }

  private Result result(String tag, List<OutputColumn> columns, List<List<String>> rows) {
    return new RowsResult(tag, columns, rows, session.memory());
  }
}
