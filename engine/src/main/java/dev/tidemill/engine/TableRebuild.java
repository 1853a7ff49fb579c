package dev.tidemill.engine;

import dev.tidemill.foundation.batch.Batch;
import dev.tidemill.foundation.batch.Column;
import dev.tidemill.foundation.batch.Columns;
import dev.tidemill.foundation.error.SourcePosition;
import dev.tidemill.foundation.memory.MemoryScope;
import dev.tidemill.foundation.type.ArrowTypes;
import dev.tidemill.foundation.type.Type;
import dev.tidemill.storage.catalog.Catalog;
import dev.tidemill.storage.catalog.CatalogEntry;
import dev.tidemill.storage.catalog.TableDefinition;
import dev.tidemill.storage.table.BatchReader;
import dev.tidemill.storage.table.RowOperation;
import dev.tidemill.storage.table.ScanRequest;
import dev.tidemill.storage.table.SinkMode;
import dev.tidemill.storage.table.Split;
import dev.tidemill.storage.table.Table;
import dev.tidemill.storage.table.TableSink;
import java.util.ArrayList;
import java.util.List;
import org.apache.arrow.vector.types.pojo.Field;
import org.apache.arrow.vector.types.pojo.Schema;

/** A table gets one more column. Nobody may stand on it meanwhile. */
final class TableRebuild {
  private final Session session;
  private final Catalog catalog;

  TableRebuild(Session session) {
    this.session = session;
    this.catalog = session.engine().catalog();
  }

  /** The stored columns of a definition that names its columns. */
  static Schema schema(TableDefinition definition) {
    List<Field> fields = new ArrayList<>();
    for (TableDefinition.ColumnDefinition column : definition.storedColumns()) {
      Type type = column.type();
      if (type != null) {
        fields.add(ArrowTypes.field(column.name(), type, column.nullable()));
      }
    }
    return new Schema(fields);
  }

  /**
   * Files, and the segments of the database directory, are read by the columns declared, so the new
   * declaration is all: what they do not have is NULL. Rows in memory are copied, with NULL in a
   * new stored column.
   */
  void alter(CatalogEntry.TableEntry before, TableDefinition after, SourcePosition position) {
    String connector = before.definition().connector();
    boolean inDirectory =
        connector == null
            ? session.engine().directory() != null
            : connector.equals("database") || connector.equals("files");
    boolean inMemory = connector == null ? !inDirectory : connector.equals("memory");
    boolean storesMore = after.storedColumns().size() > before.table().schema().getFields().size();
    if (storesMore && !inDirectory && !inMemory) {
      throw EngineErrors.cannotAddColumn(after.name(), String.valueOf(connector), position);
    }
    session.engine().cache().uncache(after.name());
    catalog.alterTable(after);
    if (inMemory) {
      copy(before.table(), catalog.table(before.path()).table());
    }
  }

  private void copy(Table from, Table to) {
    List<String> names = from.schema().getFields().stream().map(Field::getName).toList();
    List<Type> types = ArrowTypes.types(to.schema());
    ScanRequest all = new ScanRequest(names, from.start(), from.end(), List.of(), -1);
    try (MemoryScope memory = session.statementMemory("alter table");
        TableSink sink = to.sink(TableSink.INSERT);
        TableSink.StepWriter writer = sink.begin(sink.lastStep() + 1, SinkMode.APPEND, memory)) {
      for (Split split : from.splits(all)) {
        try (BatchReader reader = from.open(split, all, memory)) {
          for (Batch batch = reader.next(); batch != null; batch = reader.next()) {
            try (Batch current = batch;
                Batch wider = widened(current, types, memory)) {
              writer.write(wider, RowOperation.INSERT);
            }
          }
        }
      }
      writer.commit();
    }
  }

  private static Batch widened(Batch batch, List<Type> types, MemoryScope memory) {
    List<Column> columns = new ArrayList<>();
    for (int i = 0; i < types.size(); i++) {
      columns.add(
          i < batch.columnCount()
              ? batch.column(i).retain()
              : Columns.constant(types.get(i), null, batch.length(), memory));
    }
    return batch.withColumns(columns);
  }
}
