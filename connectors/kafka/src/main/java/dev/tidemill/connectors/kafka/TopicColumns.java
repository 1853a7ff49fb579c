package dev.tidemill.connectors.kafka;

import dev.tidemill.foundation.type.ArrowTypes;
import dev.tidemill.foundation.type.Type;
import dev.tidemill.storage.catalog.CatalogErrors;
import dev.tidemill.storage.catalog.OptionReader;
import dev.tidemill.storage.catalog.TableDefinition;
import dev.tidemill.storage.catalog.TableDefinition.ColumnDefinition;
import dev.tidemill.storage.files.ColumnNames;
import java.util.ArrayList;
import java.util.EnumMap;
import java.util.List;
import java.util.Map;
import org.apache.arrow.vector.types.pojo.Field;
import org.apache.arrow.vector.types.pojo.Schema;
import org.jspecify.annotations.Nullable;

/**
 * The columns of a table over a topic.
 *
 * @param schema all of them
 * @param values those that records' values give
 * @param metadata places in the schema of the others
 * @param key the primary key's columns, as the schema spells them
 */
record TopicColumns(
    Schema schema, Schema values, Map<MetadataColumn, Integer> metadata, List<String> key) {
  TopicColumns {
    metadata = Map.copyOf(metadata);
    key = List.copyOf(key);
  }

  static TopicColumns of(TableDefinition definition, OptionReader options) {
    List<Field> fields = new ArrayList<>();
    for (ColumnDefinition column : definition.storedColumns()) {
      Type type = column.type();
      if (type != null) {
        boolean isKey =
            definition.keyEnforced()
                && ColumnNames.indexOf(definition.primaryKey(), column.name()) >= 0;
        fields.add(ArrowTypes.field(column.name(), type, column.nullable() && !isKey));
      }
    }
    if (fields.isEmpty()) {
      throw CatalogErrors.columnsRequired(definition.name(), "kafka");
    }
    Schema schema = new Schema(fields);
    Map<MetadataColumn, Integer> metadata = new EnumMap<>(MetadataColumn.class);
    for (MetadataColumn column : MetadataColumn.values()) {
      String name = options.text(column.option());
      if (name != null) {
        metadata.put(column, place(column, name, schema, metadata));
      }
    }
    List<Field> values = new ArrayList<>();
    for (int i = 0; i < fields.size(); i++) {
      if (!metadata.containsValue(i)) {
        values.add(fields.get(i));
      }
    }
    if (values.isEmpty()) {
      throw KafkaErrors.noValueColumns(definition.name());
    }
    Schema inValues = new Schema(values);
    List<String> key = new ArrayList<>();
    for (String column : definition.primaryKey()) {
      int place = ColumnNames.indexOf(ColumnNames.names(inValues), column);
      if (place < 0) {
        throw KafkaErrors.unknownKeyColumn(definition.name(), column);
      }
      key.add(values.get(place).getName());
    }
    return new TopicColumns(schema, inValues, metadata, key);
  }

  private static int place(
      MetadataColumn column, String name, Schema schema, Map<MetadataColumn, Integer> taken) {
    int place = ColumnNames.indexOf(ColumnNames.names(schema), name);
    if (place < 0) {
      throw KafkaErrors.metadataColumn(column.option(), name, "which the table does not declare");
    }
    if (taken.containsValue(place)) {
      throw KafkaErrors.metadataColumn(column.option(), name, "which another option names too");
    }
    Field field = schema.getFields().get(place);
    Type type = ArrowTypes.type(field);
    if (!column.fits(type)) {
      throw KafkaErrors.metadataColumn(
          column.option(),
          name,
          "which must be %s but is %s".formatted(column.typeText(), type.sql()));
    }
    if (!field.isNullable() && !column.isAlwaysThere()) {
      throw KafkaErrors.metadataColumn(
          column.option(), name, "which not every record has: leave out NOT NULL");
    }
    return place;
  }

  /** What a column is besides the value's, or null. */
  @Nullable MetadataColumn metadata(String column) {
    int place = ColumnNames.indexOf(ColumnNames.names(schema), column);
    for (Map.Entry<MetadataColumn, Integer> entry : metadata.entrySet()) {
      if (entry.getValue() == place) {
        return entry.getKey();
      }
    }
    return null;
  }
}
