package dev.tidemill.storage.print;

import dev.tidemill.storage.catalog.Connector;
import dev.tidemill.storage.catalog.ConnectorContext;
import dev.tidemill.storage.catalog.ConnectorOption;
import dev.tidemill.storage.catalog.OptionReader;
import dev.tidemill.storage.catalog.TableDefinition;
import dev.tidemill.storage.catalog.TableSchemas;
import dev.tidemill.storage.table.Table;
import java.util.List;

/** {@code 'connector'='blackhole'}: takes rows and forgets them. */
public final class BlackholeConnector implements Connector {
  @Override
  public String name() {
    return "blackhole";
  }

  @Override
  public List<ConnectorOption> options() {
    return List.of();
  }

  @Override
  public Table open(TableDefinition definition, ConnectorContext context) {
    new OptionReader(this, definition).checkAllKnown();
    return new WriteOnlyTable(
        TableSchemas.declared(definition, this), (rows, operation, mode) -> {});
  }
}
