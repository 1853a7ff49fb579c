package dev.tidemill.storage.memory;

import dev.tidemill.storage.catalog.Connector;
import dev.tidemill.storage.catalog.ConnectorContext;
import dev.tidemill.storage.catalog.ConnectorOption;
import dev.tidemill.storage.catalog.OptionReader;
import dev.tidemill.storage.catalog.TableDefinition;
import dev.tidemill.storage.catalog.TableSchemas;
import dev.tidemill.storage.table.InputKind;
import dev.tidemill.storage.table.Table;
import dev.tidemill.storage.versions.VersionedTable;
import java.util.List;

/** {@code 'connector'='memory'}: gone with the process. */
public final class MemoryConnector implements Connector {
  @Override
  public String name() {
    return "memory";
  }

  @Override
  public List<ConnectorOption> options() {
    return List.of(VersionedTable.APPEND_ONLY, VersionedTable.SNAPSHOTS_KEPT);
  }

  @Override
  public Table open(TableDefinition definition, ConnectorContext context) {
    OptionReader options = new OptionReader(this, definition);
    InputKind kind =
        options.flag("static", false)
            ? InputKind.STATIC
            : options.flag("bounded", false) ? InputKind.BOUNDED : InputKind.GROWING;
    Boolean appendOnly = VersionedTable.appendOnly(options);
    long snapshotsKept = VersionedTable.snapshotsKept(options);
    options.checkAllKnown();
    return new MemoryTable(
        new VersionedTable.Definition(
            definition.name(),
            TableSchemas.declared(definition, this),
            kind,
            appendOnly,
            snapshotsKept,
            context.clock()),
        context.memory().child(definition.name()));
  }
}
