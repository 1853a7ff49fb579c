package dev.tidemill.engine;

import dev.tidemill.foundation.error.SourcePosition;
import dev.tidemill.foundation.error.TidemillException;
import dev.tidemill.sql.parser.statement.QualifiedName;
import dev.tidemill.storage.catalog.Catalog;
import dev.tidemill.storage.catalog.CatalogEntry;
import dev.tidemill.storage.catalog.TableDefinition;

/** Finds tables of the database itself, for statements that look at or keep what is in one. */
final class OwnTables {
  private final Session session;

  OwnTables(Session session) {
    this.session = session;
  }

  /**
   * The table, opened.
   *
   * @param verb what it shall be, as in "q cannot be analyzed"
   * @throws TidemillException NOT_IN_DATABASE, TABLE_NOT_FOUND, NOT_A_TABLE
   */
  CatalogEntry.TableEntry require(QualifiedName table, String verb) {
    SourcePosition position = table.position();
    String name = OwnNames.require(table, session.namespace());
    if (session.engine().standing().keepsResult(name)) {
      throw EngineErrors.notATable(
          name, "the result of a standing query, which cannot be " + verb, position);
    }
    Catalog catalog = session.engine().catalog();
    try {
      return switch (catalog.find(OwnNames.path(name), session.namespace())) {
        case CatalogEntry.TableEntry entry -> entry;
        case CatalogEntry.ViewEntry view ->
            throw EngineErrors.notATable(name, "a view, which cannot be " + verb, position);
        case null ->
            throw EngineErrors.notFound(
                "table",
                name,
                catalog.tableDefinitions().stream().map(TableDefinition::name).toList(),
                position);
      };
    } catch (TidemillException e) {
      throw e.at(position);
    }
  }
}
