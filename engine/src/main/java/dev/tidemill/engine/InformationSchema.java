package dev.tidemill.engine;

import dev.tidemill.foundation.error.TidemillException;
import dev.tidemill.plan.batch.OutputColumn;
import dev.tidemill.storage.catalog.Catalog;
import dev.tidemill.storage.catalog.CatalogEntry;
import dev.tidemill.storage.catalog.FunctionDefinition;
import dev.tidemill.storage.catalog.SchemaProvider;
import dev.tidemill.storage.catalog.TableDefinition;
import dev.tidemill.storage.catalog.ViewDefinition;
import dev.tidemill.storage.table.InputKind;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.Collection;
import java.util.HashMap;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.Set;
import java.util.TreeSet;
import java.util.function.Function;
import java.util.function.Supplier;
import org.jspecify.annotations.Nullable;

/**
 * {@code information_schema}: the catalog as tables, with the standard's columns as far as they
 * mean something here. Of the read-only catalogs the schemas worth listing are in it.
 */
final class InformationSchema implements SchemaProvider {
  private static final String NAME = "information_schema";
  private static final String INSERTABLE = "is_insertable_into";

  private final Catalog catalog;
  private final ViewColumns viewColumns;

  /** The columns of a view, or none where it cannot be compiled any more. */
  @FunctionalInterface
  interface ViewColumns {
    List<OutputColumn> of(ViewDefinition view);
  }

  private record Definition(List<OutputColumn> columns, Supplier<List<SystemTable.Unit>> units) {}

  private final Map<String, Definition> definitions =
      Map.of(
          "schemata",
          new Definition(
              List.of(ResultColumns.text("catalog_name"), ResultColumns.text("schema_name")),
              this::schemata),
          "tables",
          new Definition(
              ofTable(
                  ResultColumns.text("table_type"),
                  ResultColumns.nullableText("connector"),
                  ResultColumns.flag(INSERTABLE)),
              this::tables),
          "columns",
          new Definition(
              ofTable(
                  ResultColumns.text("column_name"),
                  ResultColumns.number("ordinal_position"),
                  ResultColumns.text("data_type"),
                  ResultColumns.text("is_nullable"),
                  ResultColumns.text("is_generated"),
                  ResultColumns.nullableText("generation_expression")),
              this::columns),
          "table_constraints",
          new Definition(
              ofTable(
                  ResultColumns.text("constraint_name"),
                  ResultColumns.text("constraint_type"),
                  ResultColumns.text("enforced")),
              this::constraints),
          "key_column_usage",
          new Definition(
              ofTable(
                  ResultColumns.text("constraint_name"),
                  ResultColumns.text("column_name"),
                  ResultColumns.number("ordinal_position")),
              this::keyColumns),
          "views",
          new Definition(ofTable(ResultColumns.text("view_definition")), this::views),
          "routines",
          new Definition(
              List.of(
                  ResultColumns.text("routine_catalog"),
                  ResultColumns.text("routine_schema"),
                  ResultColumns.text("routine_name"),
                  ResultColumns.text("routine_body"),
                  ResultColumns.text("function_kind"),
                  ResultColumns.nullableText("external_name")),
              this::routines));

  /** The columns of something that belongs to a table: which, and then its own. */
  private static List<OutputColumn> ofTable(OutputColumn... own) {
    List<OutputColumn> columns = new ArrayList<>();
    columns.add(ResultColumns.text("table_catalog"));
    columns.add(ResultColumns.text("table_schema"));
    columns.add(ResultColumns.text("table_name"));
    columns.addAll(List.of(own));
    return columns;
  }

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
        new SystemTable(definition.columns(), definition.units()));
  }

  private List<SystemTable.Unit> schemata() {
    List<List<@Nullable Object>> rows = new ArrayList<>();
    for (String name : catalog.schemaNames()) {
      int dot = name.indexOf('.');
      rows.add(List.of(name.substring(0, dot), name.substring(dot + 1)));
    }
    return List.of(new SystemTable.Unit(List.of(), wanted -> rows));
  }

  private List<SystemTable.Unit> tables() {
    List<SystemTable.Unit> units = new ArrayList<>();
    for (TableDefinition table : catalog.tableDefinitions()) {
      units.add(
          unit(
              own(table.name()),
              wanted ->
                  Arrays.asList(
                      "BASE TABLE",
                      table.connector(),
                      wanted.contains(INSERTABLE) && isInsertable(table))));
    }
    for (ViewDefinition view : catalog.viewDefinitions()) {
      units.add(unit(own(view.name()), wanted -> Arrays.asList("VIEW", null, false)));
    }
    for (SchemaProvider provider : catalog.providers()) {
      String type = provider == this ? "SYSTEM TABLE" : "BASE TABLE";
      for (String schema : provider.schemas()) {
        for (String table : provider.tables(schema)) {
          List<String> path = List.of(provider.catalog(), schema, table);
          units.add(unit(path, wanted -> Arrays.asList(type, null, false)));
        }
      }
    }
    return units;
  }

  /** One row. */
  private static SystemTable.Unit unit(
      List<String> path, Function<Set<String>, List<@Nullable Object>> others) {
    return new SystemTable.Unit(
        path,
        wanted -> {
          List<@Nullable Object> row = new ArrayList<>(path);
          row.addAll(others.apply(wanted));
          return List.of(row);
        });
  }

  private boolean isInsertable(TableDefinition table) {
    CatalogEntry.TableEntry entry = open(List.of(Catalog.DATABASE, Catalog.MAIN, table.name()));
    return entry != null
        && entry.table().inputKind() == InputKind.GROWING
        && !entry.table().sinkModes().isEmpty();
  }

  private List<SystemTable.Unit> columns() {
    List<SystemTable.Unit> units = new ArrayList<>();
    for (TableDefinition table : catalog.tableDefinitions()) {
      List<String> path = own(table.name());
      units.add(new SystemTable.Unit(path, wanted -> columns(path, open(path))));
    }
    for (ViewDefinition view : catalog.viewDefinitions()) {
      units.add(new SystemTable.Unit(own(view.name()), wanted -> columns(view)));
    }
    for (SchemaProvider provider : catalog.providers()) {
      for (String schema : provider.schemas()) {
        for (String table : provider.tables(schema)) {
          List<String> path = List.of(provider.catalog(), schema, table);
          units.add(
              new SystemTable.Unit(path, wanted -> columns(path, provider.find(schema, table))));
        }
      }
    }
    return units;
  }

  private List<List<@Nullable Object>> columns(ViewDefinition view) {
    List<List<@Nullable Object>> rows = new ArrayList<>();
    for (OutputColumn column : viewColumns.of(view)) {
      rows.add(column(own(view.name()), rows.size() + 1, column, null));
    }
    return rows;
  }

  /** None where the table cannot be opened. */
  private static List<List<@Nullable Object>> columns(
      List<String> path, CatalogEntry.@Nullable TableEntry entry) {
    List<List<@Nullable Object>> rows = new ArrayList<>();
    if (entry == null) {
      return rows;
    }
    Map<String, String> computed = new HashMap<>();
    for (TableDefinition.ColumnDefinition column : entry.definition().columns()) {
      if (column.computed() != null) {
        computed.put(column.name(), column.computed());
      }
    }
    for (OutputColumn column : visible(entry, !computed.isEmpty())) {
      rows.add(column(path, rows.size() + 1, column, computed.get(column.name())));
    }
    return rows;
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

  /** The functions that are built in, and those of users. */
  private List<SystemTable.Unit> routines() {
    List<List<@Nullable Object>> rows = new ArrayList<>();
    for (String name : Planning.functions()) {
      rows.add(routine(name, "SQL", "built in", null));
    }
    for (FunctionDefinition function : catalog.functionDefinitions()) {
      rows.add(routine(function.name(), "EXTERNAL", function.kind(), function.className()));
    }
    return List.of(new SystemTable.Unit(List.of(), wanted -> rows));
  }

  private static List<@Nullable Object> routine(
      String name, String body, String kind, @Nullable String className) {
    List<@Nullable Object> row = new ArrayList<>(own(name));
    row.add(body);
    row.add(kind);
    row.add(className);
    return row;
  }

  private List<SystemTable.Unit> constraints() {
    List<SystemTable.Unit> units = new ArrayList<>();
    for (TableDefinition table : catalog.tableDefinitions()) {
      if (!table.primaryKey().isEmpty()) {
        String enforced = table.keyEnforced() ? "YES" : "NO";
        units.add(
            unit(own(table.name()), wanted -> List.of(keyName(table), "PRIMARY KEY", enforced)));
      }
    }
    return units;
  }

  private List<SystemTable.Unit> keyColumns() {
    List<SystemTable.Unit> units = new ArrayList<>();
    for (TableDefinition table : catalog.tableDefinitions()) {
      long position = 0;
      for (String column : table.primaryKey()) {
        long place = ++position;
        units.add(unit(own(table.name()), wanted -> List.of(keyName(table), column, place)));
      }
    }
    return units;
  }

  /** Keys have no names of their own. */
  private static String keyName(TableDefinition table) {
    return table.name() + "_pkey";
  }

  private List<SystemTable.Unit> views() {
    return catalog.viewDefinitions().stream()
        .map(view -> unit(own(view.name()), wanted -> List.of(view.query())))
        .toList();
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
