package dev.tidemill.storage.catalog;

import dev.tidemill.foundation.type.ArrowTypes;
import dev.tidemill.foundation.type.Type;
import java.util.ArrayList;
import java.util.List;
import org.apache.arrow.vector.types.pojo.Field;
import org.apache.arrow.vector.types.pojo.Schema;

/** The Arrow schema of a definition's stored columns. */
public final class TableSchemas {
  private TableSchemas() {}

  /**
   * The stored columns as a schema.
   *
   * @throws dev.tidemill.foundation.error.TidemillException COLUMNS_REQUIRED if the definition
   *     names none
   */
  public static Schema declared(TableDefinition definition, Connector connector) {
    List<Field> fields = new ArrayList<>();
    for (TableDefinition.ColumnDefinition column : definition.storedColumns()) {
      Type type = column.type();
      if (type != null) {
        fields.add(ArrowTypes.field(column.name(), type, column.nullable()));
      }
    }
    if (fields.isEmpty()) {
      throw CatalogErrors.columnsRequired(definition.name(), connector.name());
    }
    return new Schema(fields);
  }
}
