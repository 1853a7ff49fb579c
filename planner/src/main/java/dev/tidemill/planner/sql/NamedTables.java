package dev.tidemill.planner.sql;

import java.util.HashMap;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.Properties;
import org.apache.calcite.config.CalciteConnectionConfigImpl;
import org.apache.calcite.config.CalciteConnectionProperty;
import org.apache.calcite.jdbc.CalciteSchema;
import org.apache.calcite.prepare.CalciteCatalogReader;
import org.apache.calcite.prepare.Prepare;
import org.apache.calcite.rel.type.RelDataTypeFactory;
import org.apache.calcite.schema.Schema;
import org.apache.calcite.schema.Table;
import org.apache.calcite.schema.impl.AbstractSchema;
import org.jspecify.annotations.Nullable;

/**
 * The tables that a query names, found in the catalog before Calcite looks for them, as Calcite's
 * schemas: exactly the names the query uses, each under the qualifiers it was written with.
 */
final class NamedTables {
  private final Map<String, NamedTables> schemas = new HashMap<>();
  private final Map<String, Table> tables = new HashMap<>();
  private final Map<String, List<String>> columns = new HashMap<>();

  /** Adds a table under the name that a query has for it and under its own. */
  void add(List<String> name, CatalogTable table) {
    put(name, table);
    put(table.getQualifiedName(), table);
  }

  private void put(List<String> name, CatalogTable table) {
    if (name.size() == 1) {
      tables.put(name.get(0).toLowerCase(Locale.ROOT), table.asTable());
      columns.put(name.get(0).toLowerCase(Locale.ROOT), table.getRowType().getFieldNames());
    } else {
      schemas
          .computeIfAbsent(name.get(0).toLowerCase(Locale.ROOT), n -> new NamedTables())
          .put(name.subList(1, name.size()), table);
    }
  }

  boolean contains(List<String> name) {
    String first = name.get(0).toLowerCase(Locale.ROOT);
    if (name.size() == 1) {
      return tables.containsKey(first);
    }
    NamedTables schema = schemas.get(first);
    return schema != null && schema.contains(name.subList(1, name.size()));
  }

  /** The names of a table's columns, or null if there is none. */
  @Nullable List<String> columns(List<String> name) {
    String first = name.get(0).toLowerCase(Locale.ROOT);
    if (name.size() == 1) {
      return columns.get(first);
    }
    NamedTables schema = schemas.get(first);
    return schema == null ? null : schema.columns(name.subList(1, name.size()));
  }

  Prepare.CatalogReader reader(RelDataTypeFactory factory) {
    Properties properties = new Properties();
    properties.setProperty(CalciteConnectionProperty.CASE_SENSITIVE.camelName(), "false");
    return new CalciteCatalogReader(
        CalciteSchema.createRootSchema(false, false, "", schema()),
        List.of(),
        factory,
        new CalciteConnectionConfigImpl(properties));
  }

  private Schema schema() {
    return new AbstractSchema() {
      @Override
      protected Map<String, Table> getTableMap() {
        return tables;
      }

      @Override
      protected Map<String, Schema> getSubSchemaMap() {
        Map<String, Schema> map = new HashMap<>();
        schemas.forEach((name, tables) -> map.put(name, tables.schema()));
        return map;
      }
    };
  }
}
