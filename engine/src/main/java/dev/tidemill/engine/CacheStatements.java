package dev.tidemill.engine;

import dev.tidemill.foundation.error.TidemillException;
import dev.tidemill.sql.parser.statement.Statement;
import dev.tidemill.storage.catalog.CatalogEntry;

/** CACHE TABLE and UNCACHE TABLE. */
final class CacheStatements {
  private final Session session;
  private final Cancellation cancellation;

  CacheStatements(Session session, Cancellation cancellation) {
    this.session = session;
    this.cancellation = cancellation;
  }

  Result cache(Statement.CacheTable cache) {
    CatalogEntry.TableEntry entry = new OwnTables(session).require(cache.table(), "cached");
    try {
      boolean added = session.engine().cache().cache(entry, cancellation::check);
      return added
          ? CountResult.done("CACHE TABLE")
          : CountResult.done(
              "CACHE TABLE", "table " + entry.definition().name() + " is cached already");
    } catch (TidemillException e) {
      throw e.at(cache.table().position());
    }
  }

  Result uncache(Statement.UncacheTable uncache) {
    String name = OwnNames.require(uncache.table(), session.namespace());
    if (session.engine().cache().uncache(name)) {
      return CountResult.done("UNCACHE TABLE");
    }
    new OwnTables(session).require(uncache.table(), "cached");
    return CountResult.done("UNCACHE TABLE", "table " + name + " is not cached");
  }
}
