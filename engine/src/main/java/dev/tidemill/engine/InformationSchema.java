package dev.tidemill.engine;

import dev.tidemill.foundation.error.TidemillException;
import dev.tidemill.plan.batch.OutputColumn;
import dev.tidemill.storage.catalog.Catalog;
import dev.tidemill.storage.catalog.CatalogEntry;
import dev.tidemill.storage.catalog.SchemaProvider;
import dev.tidemill.storage.catalog.TableDefinition;
import dev.tidemill.storage.catalog.ViewDefinition;
import dev.tidemill.storage.table.InputKind;
import java.util.ArrayList;
import java.util.Collection;
import java.util.HashMap;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.TreeSet;
import java.util.function.Supplier;
import org.jspecify.annotations.Nullable;

/**
 * {@code information_schema}: the catalog as tables, with the standard's columns as far as they
 * mean something here. Of the read-only catalogs the schemas worth listing are in it.
 */
final class InformationSchema implements SchemaProvider {
  private static final String NAME = "information_schema";

  private final Catalog catalog;
  private final ViewColumns viewColumns;

  /** The columns of a view, or none where it cannot be compiled any more. */
  @FunctionalInterface
  interface ViewColumns {
    List<OutputColumn> of(ViewDefinition view);
  }

  private record Definition(
      List<OutputColumn> columns, Supplier<List<List<@Nullable Object>>> rows) {}

  private final Map<String, Definition> definitions =
      Map.of(
          "schemata",
          new Definition(
              List.of(ResultColumns.text("catalog_name"), ResultColumns.text("schema_name")),
              this::schemata),
          "tables",
          new Definition(
              List.of(
                  ResultColumns.text("table_catalog"),
                  ResultColumns.text("table_schema"),
                  ResultColumns.text("table_name"),
                  ResultColumns.text("table_type"),
                  ResultColumns.nullableText("connector"),
                  ResultColumns.flag("is_insertable_into")),
              this::tables),
          "columns",
          new Definition(
              List.of(
                  ResultColumns.text("table_catalog"),
                  ResultColumns.text("table_schema"),
                  ResultColumns.text("table_name"),
                  ResultColumns.text("column_name"),
                  ResultColumns.number("ordinal_position"),
                  ResultColumns.text("data_type"),
                  ResultColumns.text("is_nullable"),
                  ResultColumns.text("is_generated"),
                  ResultColumns.nullableText("generation_expression")),
              this::columns),
          "views",
          new Definition(
              List.of(
                  ResultColumns.text("table_catalog"),
                  ResultColumns.text("table_schema"),
                  ResultColumns.text("table_name"),
                  ResultColumns.text("view_definition")),
              this::views));

  InformationSchema(Catalog catalog, ViewColumns viewColumns) {
    this.catalog = catalog;
    this.viewColumns = viewColumns;
  }

  @Override
  public String catalog() {
    return NAME;
  }

  @Override
  public Collection<String> schemas() {
    return List.of(NAME);
  }

  @Override
  public Collection<String> tables(String schema) {
    return schema.equalsIgnoreCase(NAME) ? new TreeSet<>(definitions.keySet()) : List.of();
  }

  @Override
  public CatalogEntry.@Nullable TableEntry find(String schema, String table) {
    String name = table.toLowerCase(Locale.ROOT);
    Definition definition = schema.equalsIgnoreCase(NAME) ? definitions.get(name) : null;
    if (definition == null) {
      return null;
    }
    return new CatalogEntry.TableEntry(
        List.of(NAME, NAME, name),
        new TableDefinition(name, List.of(), null, List.of(), false, Map.of(), NAME + "." + name),
        new SystemTable(definition.columns(), definition.rows()));
  }

  private List<List<@Nullable Object>> schemata() {
    List<List<@Nullable Object>> rows = new ArrayList<>();
    for (String name : catalog.schemaNames()) {
      int dot = name.indexOf('.');
      rows.add(List.of(name.substring(0, dot), name.substring(dot + 1)));
    }
    return rows;
  }

  private List<List<@Nullable Object>> tables() {
    List<List<@Nullable Object>> rows = new ArrayList<>();
    for (TableDefinition table : catalog.tableDefinitions()) {
      List<@Nullable Object> row = new ArrayList<>(own(table.name()));
      row.add("BASE TABLE");
      row.add(table.connector());
      row.add(isInsertable(table));
      rows.add(row);
    }
    for (ViewDefinition view : catalog.viewDefinitions()) {
      List<@Nullable Object> row = new ArrayList<>(own(view.name()));
      row.add("VIEW");
      row.add(null);
      row.add(false);
      rows.add(row);
    }
    for (SchemaProvider provider : catalog.providers()) {
      for (String schema : provider.schemas()) {
        for (String table : provider.tables(schema)) {
          List<@Nullable Object> row = new ArrayList<>(List.of(provider.catalog(), schema, table));
          row.add(provider == this ? "SYSTEM TABLE" : "BASE TABLE");
          row.add(null);
          row.add(false);
          rows.add(row);
        }
      }
    }
    return rows;
  }

  private boolean isInsertable(TableDefinition table) {
    CatalogEntry.TableEntry entry = open(List.of(Catalog.DATABASE, Catalog.MAIN, table.name()));
    return entry != null
        && entry.table().inputKind() == InputKind.GROWING
        && !entry.table().sinkModes().isEmpty();
  }

  private List<List<@Nullable Object>> columns() {
    List<List<@Nullable Object>> rows = new ArrayList<>();
    for (TableDefinition table : catalog.tableDefinitions()) {
      CatalogEntry.TableEntry entry = open(List.of(Catalog.DATABASE, Catalog.MAIN, table.name()));
      if (entry != null) {
        addColumns(own(table.name()), entry, rows);
      }
    }
    for (ViewDefinition view : catalog.viewDefinitions()) {
      int position = 0;
      for (OutputColumn column : viewColumns.of(view)) {
        rows.add(column(own(view.name()), ++position, column, null));
      }
    }
    for (SchemaProvider provider : catalog.providers()) {
      for (String schema : provider.schemas()) {
        for (String table : provider.tables(schema)) {
          CatalogEntry.TableEntry entry = provider.find(schema, table);
          if (entry != null) {
            addColumns(List.of(provider.catalog(), schema, table), entry, rows);
          }
        }
      }
    }
    return rows;
  }

  private static void addColumns(
      List<String> path, CatalogEntry.TableEntry entry, List<List<@Nullable Object>> rows) {
    Map<String, String> computed = new HashMap<>();
    for (TableDefinition.ColumnDefinition column : entry.definition().columns()) {
      if (column.computed() != null) {
        computed.put(column.name(), column.computed());
      }
    }
    int position = 0;
    for (OutputColumn column : visible(entry, !computed.isEmpty())) {
      rows.add(column(path, ++position, column, computed.get(column.name())));
    }
  }

  /** Of a table whose computed columns do not compile any more, the stored ones. */
  private static List<OutputColumn> visible(CatalogEntry.TableEntry entry, boolean computed) {
    List<OutputColumn> stored = ResultColumns.of(entry.table().schema());
    try {
      return computed
          ? Planning.compile(entry.definition(), entry.table().schema()).columns()
          : stored;
    } catch (TidemillException broken) {
      return stored;
    }
  }

  private static List<@Nullable Object> column(
      List<String> path, long position, OutputColumn column, @Nullable String expression) {
    List<@Nullable Object> row = new ArrayList<>(path);
    row.add(column.name());
    row.add(position);
    row.add(column.type().sql());
    row.add(column.nullable() ? "YES" : "NO");
    row.add(expression == null ? "NEVER" : "ALWAYS");
    row.add(expression);
    return row;
  }

  private List<List<@Nullable Object>> views() {
    List<List<@Nullable Object>> rows = new ArrayList<>();
    for (ViewDefinition view : catalog.viewDefinitions()) {
      List<@Nullable Object> row = new ArrayList<>(own(view.name()));
      row.add(view.query());
      rows.add(row);
    }
    return rows;
  }

  /** Null for a table that cannot be opened now: it is in the catalog all the same. */
  private CatalogEntry.@Nullable TableEntry open(List<String> path) {
    try {
      return catalog.table(path);
    } catch (TidemillException unreachable) {
      return null;
    }
  }

  private static List<String> own(String name) {
    return List.of(Catalog.DATABASE, Catalog.MAIN, name);
  }
}
