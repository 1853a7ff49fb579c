package dev.tidemill.connectors.jdbc;

import dev.tidemill.storage.catalog.Connector;
import dev.tidemill.storage.catalog.ConnectorContext;
import dev.tidemill.storage.catalog.ConnectorOption;
import dev.tidemill.storage.catalog.OptionReader;
import dev.tidemill.storage.catalog.TableDefinition;
import dev.tidemill.storage.table.Table;
import java.util.List;

/** {@code 'connector'='jdbc'}: tables of a database. */
public final class JdbcConnector implements Connector {
  @Override
  public String name() {
    return "jdbc";
  }

  @Override
  public List<ConnectorOption> options() {
    return JdbcOptions.KNOWN;
  }

  @Override
  public Table open(TableDefinition definition, ConnectorContext context) {
    JdbcOptions options = JdbcOptions.read(new OptionReader(this, definition));
    if (definition.keyEnforced() && !definition.primaryKey().isEmpty()) {
      throw JdbcErrors.enforcedKey(definition.name());
    }
    Database database = Database.of(options, context.workingDirectory());
    Target target = Target.find(database, options, definition);
    return new JdbcTable(database, options, target);
  }
}
