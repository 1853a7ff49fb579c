package dev.tidemill.storage.database;

import dev.tidemill.storage.catalog.Connector;
import dev.tidemill.storage.catalog.ConnectorContext;
import dev.tidemill.storage.catalog.ConnectorOption;
import dev.tidemill.storage.catalog.OptionReader;
import dev.tidemill.storage.catalog.TableDefinition;
import dev.tidemill.storage.catalog.TableSchemas;
import dev.tidemill.storage.files.FileFormats;
import dev.tidemill.storage.files.TableDirectory;
import dev.tidemill.storage.table.InputKind;
import dev.tidemill.storage.table.Table;
import dev.tidemill.storage.versions.VersionedTable;
import java.nio.file.Path;
import java.util.List;
import org.apache.arrow.vector.types.pojo.Schema;

/**
 * {@code 'connector'='database'}: a table that the database directory keeps, and what a table
 * without a connector is where there is one.
 *
 * <pre>
 *   DIR/tables/orders/part-0000000001.parquet      a segment: the rows that a commit added, never changed
 *                     gone-0000000002.parquet      the rows that a commit removed, as they were
 *                     deletes-0000000002.bin       their numbers in their segments
 *                     _tidemill/table.log          the commits; their number is the snapshot, and the offset
 * </pre>
 */
public final class DatabaseConnector implements Connector {
  private static final String SEGMENT_FORMAT = "parquet";

  @Override
  public String name() {
    return "database";
  }

  @Override
  public List<ConnectorOption> options() {
    return List.of(
        new ConnectorOption("bounded", false, "whether no rows will come: false by default"),
        new ConnectorOption(
            "static", false, "whether standing queries read it once: false by default"),
        VersionedTable.APPEND_ONLY,
        VersionedTable.SNAPSHOTS_KEPT);
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
    if (definition.keyEnforced() && !definition.primaryKey().isEmpty()) {
      throw DatabaseErrors.enforcedKey(definition.name());
    }
    Schema schema = TableSchemas.declared(definition, this);
    return new VersionedTable(
        new VersionedTable.Definition(
            definition.name(), schema, kind, appendOnly, snapshotsKept, context.clock()),
        new FileSegments(
            context.files(),
            directory(definition, context),
            FileFormats.named(SEGMENT_FORMAT),
            schema));
  }

  private static String directory(TableDefinition definition, ConnectorContext context) {
    Path database = context.databaseDirectory();
    if (database == null) {
      throw DatabaseErrors.noDatabase(definition.name());
    }
    return database.toAbsolutePath().normalize()
        + "/tables/"
        + TableDirectory.encoded(definition.name());
  }

  /** Deletes what a DROP that a crash cut short has left of a table of that name. */
  @Override
  public void creating(TableDefinition definition, ConnectorContext context) {
    TableDirectory.delete(context.files(), directory(definition, context));
  }

  @Override
  public void dropped(TableDefinition definition, ConnectorContext context) {
    TableDirectory.delete(context.files(), directory(definition, context));
  }
}
