package dev.tidemill.connectors.iceberg;

import dev.tidemill.foundation.type.Type;
import dev.tidemill.storage.catalog.TableDefinition;
import dev.tidemill.storage.catalog.TableDefinition.ColumnDefinition;
import java.util.ArrayList;
import java.util.List;
import java.util.Locale;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import org.apache.iceberg.PartitionSpec;
import org.apache.iceberg.Schema;
import org.apache.iceberg.TableMetadata;
import org.apache.iceberg.types.Types;

/** Makes tables that are not there. */
final class NewTable {
  private static final Pattern COLUMN = Pattern.compile("\\s*([^(),]+?)\\s*");
  private static final Pattern OF_COLUMN =
      Pattern.compile("\\s*(year|month|day|hour)\\s*\\(\\s*([^(),]+?)\\s*\\)\\s*");
  private static final Pattern OF_NUMBER =
      Pattern.compile("\\s*(bucket|truncate)\\s*\\(\\s*([0-9]{1,9})\\s*,\\s*([^(),]+?)\\s*\\)\\s*");

  private NewTable() {}

  /** Makes the table, unless somebody else does at the same moment. */
  static void create(TableDefinition definition, IcebergOptions options, DirectoryTable directory) {
    if (directory.isOneFile() || options.snapshot() != null) {
      throw IcebergErrors.tableNotFound(directory.path());
    }
    List<ColumnDefinition> columns = definition.storedColumns();
    if (columns.isEmpty()) {
      throw IcebergErrors.columnsToCreate(definition.name());
    }
    Schema schema = schema(columns, options.formatVersion());
    TableMetadata first =
        TableMetadata.newTableMetadata(
            schema,
            spec(options.partitionedBy(), schema),
            directory.path(),
            DirectoryTable.properties(options.formatVersion()));
    directory.create(first);
  }

  private static Schema schema(List<ColumnDefinition> columns, int formatVersion) {
    AtomicInteger ids = new AtomicInteger(columns.size());
    List<Types.NestedField> fields = new ArrayList<>();
    for (ColumnDefinition column : columns) {
      Type type = column.type();
      org.apache.iceberg.types.Type there =
          type == null ? null : IcebergTypes.written(type, ids::incrementAndGet);
      if (type == null || there == null) {
        throw IcebergErrors.unsupportedType(column.name(), type == null ? Type.NULL : type);
      }
      if (formatVersion < 3 && hasNanoseconds(there)) {
        throw IcebergErrors.nanoseconds(column.name(), type);
      }
      int id = fields.size() + 1;
      fields.add(
          column.nullable()
              ? Types.NestedField.optional(id, column.name(), there)
              : Types.NestedField.required(id, column.name(), there));
    }
    return new Schema(fields);
  }

  private static boolean hasNanoseconds(org.apache.iceberg.types.Type type) {
    return type.typeId() == org.apache.iceberg.types.Type.TypeID.TIMESTAMP_NANO
        || type.isNestedType()
            && type.asNestedType().fields().stream()
                .anyMatch(field -> hasNanoseconds(field.type()));
  }

  private static PartitionSpec spec(String text, Schema schema) {
    PartitionSpec.Builder spec = PartitionSpec.builderFor(schema);
    if (text.isBlank()) {
      return spec.build();
    }
    try {
      for (String part : text.split(",(?![^(]*\\))", -1)) {
        add(spec, part, schema, text);
      }
      return spec.build();
    } catch (IllegalArgumentException | org.apache.iceberg.exceptions.ValidationException e) {
      throw IcebergErrors.partitionedBy(text, String.valueOf(e.getMessage()));
    }
  }

  private static void add(PartitionSpec.Builder spec, String part, Schema schema, String text) {
    Matcher number = OF_NUMBER.matcher(part);
    Matcher time = OF_COLUMN.matcher(part.toLowerCase(Locale.ROOT));
    Matcher plain = COLUMN.matcher(part);
    if (number.matches()) {
      String column = column(number.group(3), schema, text);
      int width = Integer.parseInt(number.group(2));
      if (number.group(1).equals("bucket")) {
        spec.bucket(column, width);
      } else {
        spec.truncate(column, width);
      }
    } else if (time.matches()) {
      String column = column(time.group(2), schema, text);
      switch (time.group(1)) {
        case "year" -> spec.year(column);
        case "month" -> spec.month(column);
        case "day" -> spec.day(column);
        default -> spec.hour(column);
      }
    } else if (plain.matches()) {
      spec.identity(column(plain.group(1), schema, text));
    } else {
      throw IcebergErrors.partitionedBy(text, "'" + part.strip() + "' is none of them");
    }
  }

  private static String column(String name, Schema schema, String text) {
    Types.NestedField field = IcebergTypes.field(schema.asStruct(), name);
    if (field == null) {
      throw IcebergErrors.partitionedBy(text, "there is no column " + name);
    }
    return field.name();
  }
}
