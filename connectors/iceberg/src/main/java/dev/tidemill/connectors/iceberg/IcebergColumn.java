package dev.tidemill.connectors.iceberg;

import dev.tidemill.foundation.type.ArrowTypes;
import dev.tidemill.foundation.type.Type;
import dev.tidemill.storage.catalog.TableDefinition;
import dev.tidemill.storage.catalog.TableDefinition.ColumnDefinition;
import dev.tidemill.storage.parquet.ParquetWriter;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.HashSet;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.Set;
import org.apache.arrow.vector.types.pojo.ArrowType;
import org.apache.arrow.vector.types.pojo.Field;
import org.apache.arrow.vector.types.pojo.FieldType;
import org.apache.arrow.vector.types.pojo.Schema;
import org.apache.iceberg.types.Types;

/**
 * A column of the table as it was declared, and the field that it is there. By the field's number
 * it stays that column whatever becomes of its name.
 */
record IcebergColumn(String name, Type type, boolean nullable, Types.NestedField field) {
  /**
   * The columns of a definition, or all of the table's where it names none.
   *
   * @throws dev.tidemill.foundation.error.TidemillException if the table has no such column, or one
   *     of another type
   */
  static List<IcebergColumn> of(
      TableDefinition definition, org.apache.iceberg.Schema there, String path) {
    List<ColumnDefinition> declared = definition.storedColumns();
    return declared.isEmpty() ? all(there, path) : declared(declared, there, path);
  }

  private static List<IcebergColumn> all(org.apache.iceberg.Schema there, String path) {
    List<IcebergColumn> columns = new ArrayList<>();
    Set<String> names = new HashSet<>();
    for (Types.NestedField field : there.columns()) {
      Type type = IcebergTypes.read(field.type());
      if (type == null) {
        throw IcebergErrors.unreadableType(path, field.name(), field.type().toString());
      }
      if (!names.add(field.name().toLowerCase(Locale.ROOT))) {
        throw IcebergErrors.sameNames(path, field.name());
      }
      columns.add(new IcebergColumn(field.name(), type, field.isOptional(), field));
    }
    return columns;
  }

  private static List<IcebergColumn> declared(
      List<ColumnDefinition> declared, org.apache.iceberg.Schema there, String path) {
    List<IcebergColumn> columns = new ArrayList<>();
    for (ColumnDefinition column : declared) {
      Types.NestedField field = IcebergTypes.field(there.asStruct(), column.name());
      if (field == null) {
        throw IcebergErrors.columnNotFound(
            path, column.name(), there.columns().stream().map(Types.NestedField::name).toList());
      }
      if (columns.stream().anyMatch(other -> other.field.fieldId() == field.fieldId())) {
        throw IcebergErrors.sameNames(path, column.name());
      }
      Type type = column.type();
      if (type == null || !IcebergTypes.reads(field.type(), type)) {
        throw IcebergErrors.typeMismatch(column.name(), type, field.type().toString());
      }
      columns.add(new IcebergColumn(column.name(), type, column.nullable(), field));
    }
    return columns;
  }

  static Schema schema(List<IcebergColumn> columns) {
    return new Schema(columns.stream().map(IcebergColumn::arrow).toList());
  }

  /** As queries see it. */
  Field arrow() {
    return ArrowTypes.field(name, type, nullable);
  }

  /**
   * As it is written: with the name and the numbers that the table has, times in a unit that
   * Iceberg has.
   */
  Field written() {
    Type written =
        switch (type) {
          case Type.Timestamp t when IcebergTypes.isCoarse(t) -> new Type.Timestamp(6);
          case Type.ZonedTimestamp t when IcebergTypes.isCoarse(t) -> new Type.ZonedTimestamp(6);
          default -> type;
        };
    return numbered(
        ArrowTypes.field(field.name(), written, field.isOptional()), field.fieldId(), field.type());
  }

  private static Field numbered(Field plain, int id, org.apache.iceberg.types.Type type) {
    Map<String, String> metadata = new HashMap<>(plain.getMetadata());
    metadata.put(ParquetWriter.FIELD_ID, Integer.toString(id));
    List<Field> children = new ArrayList<>();
    List<Field> below = plain.getChildren();
    switch (plain.getType()) {
      case ArrowType.List t ->
          children.add(
              numbered(
                  below.getFirst(),
                  type.asListType().elementId(),
                  type.asListType().elementType()));
      case ArrowType.Map t -> {
        Field entries = below.getFirst();
        Types.MapType map = type.asMapType();
        children.add(
            new Field(
                entries.getName(),
                entries.getFieldType(),
                List.of(
                    numbered(entries.getChildren().get(0), map.keyId(), map.keyType()),
                    numbered(entries.getChildren().get(1), map.valueId(), map.valueType()))));
      }
      default -> {
        for (Field child : below) {
          Types.NestedField field = IcebergTypes.field(type.asStructType(), child.getName());
          if (field == null) {
            throw new IllegalStateException("no field " + child.getName());
          }
          Field renamed = new Field(field.name(), child.getFieldType(), child.getChildren());
          children.add(numbered(renamed, field.fieldId(), field.type()));
        }
      }
    }
    return new Field(
        plain.getName(),
        new FieldType(plain.isNullable(), plain.getType(), null, metadata),
        children);
  }
}
