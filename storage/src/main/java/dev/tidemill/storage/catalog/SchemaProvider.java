package dev.tidemill.storage.catalog;

import java.util.Collection;
import org.jspecify.annotations.Nullable;

/** A catalog beside the database's own, read-only: {@code tpch}, {@code information_schema}. */
public interface SchemaProvider {
  /** The catalog's name, lower case. */
  String catalog();

  /** Names of the schemas worth listing; {@link #find} may know more. */
  Collection<String> schemas();

  /** Names of the tables of a schema; none where there is no such schema. */
  Collection<String> tables(String schema);

  /** The table, or null where there is none; names in any case. */
  CatalogEntry.@Nullable TableEntry find(String schema, String table);
}
