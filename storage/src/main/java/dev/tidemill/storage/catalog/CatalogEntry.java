package dev.tidemill.storage.catalog;

import dev.tidemill.storage.table.Table;
import java.util.List;

/** What a name stands for. */
public sealed interface CatalogEntry {
  /** The full name: catalog, schema, name as they are spelled in the catalog. */
  List<String> path();

  /** A table, opened. */
  record TableEntry(List<String> path, TableDefinition definition, Table table)
      implements CatalogEntry {
    public TableEntry {
      path = List.copyOf(path);
    }
  }

  record ViewEntry(List<String> path, ViewDefinition definition) implements CatalogEntry {
    public ViewEntry {
      path = List.copyOf(path);
    }
  }
}
