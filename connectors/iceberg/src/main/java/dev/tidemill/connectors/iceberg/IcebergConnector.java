package dev.tidemill.connectors.iceberg;

import dev.tidemill.storage.catalog.Connector;
import dev.tidemill.storage.catalog.ConnectorContext;
import dev.tidemill.storage.catalog.ConnectorOption;
import dev.tidemill.storage.catalog.OptionReader;
import dev.tidemill.storage.catalog.TableDefinition;
import dev.tidemill.storage.table.Table;
import java.nio.file.InvalidPathException;
import java.nio.file.Path;
import java.util.List;

/**
 * {@code 'connector'='iceberg'}: Apache Iceberg tables. Loads no class of Iceberg's until one is
 * opened.
 */
public final class IcebergConnector implements Connector {
  @Override
  public String name() {
    return "iceberg";
  }

  @Override
  public List<ConnectorOption> options() {
    return IcebergOptions.KNOWN;
  }

  @Override
  public Table open(TableDefinition definition, ConnectorContext context) {
    IcebergOptions options = IcebergOptions.read(new OptionReader(this, definition));
    if (definition.keyEnforced() && !definition.primaryKey().isEmpty()) {
      throw IcebergErrors.enforcedKey(definition.name());
    }
    return IcebergTable.open(
        definition, options, context, path(options.path(), context.workingDirectory()));
  }

  private static String path(String location, Path workingDirectory) {
    String path = location.startsWith("file:") ? LocalFiles.path(location) : location;
    if (path.contains("://")) {
      throw IcebergErrors.notLocal(path);
    }
    try {
      return workingDirectory.toAbsolutePath().resolve(path).normalize().toString();
    } catch (InvalidPathException e) {
      throw IcebergErrors.tableNotFound(path);
    }
  }
}
