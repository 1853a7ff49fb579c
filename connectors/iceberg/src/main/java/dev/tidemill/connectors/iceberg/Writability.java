package dev.tidemill.connectors.iceberg;

import dev.tidemill.storage.table.SinkMode;
import java.util.List;
import org.apache.iceberg.PartitionField;
import org.apache.iceberg.PartitionSpec;
import org.apache.iceberg.TableMetadata;
import org.apache.iceberg.types.Types;

/**
 * Whether a table can be written as it is now: asked when a query is made, and before each step,
 * since others may change the table.
 *
 * @param path of the table
 * @param columns that rows have
 * @param key by which UPDATE removes rows
 */
record Writability(String path, List<IcebergColumn> columns, List<IcebergColumn> key) {
  void require(TableMetadata metadata, SinkMode mode) {
    requireColumns(metadata);
    if (mode == SinkMode.UPDATE) {
      requirePartitionsOfKeys(metadata);
      if (metadata.formatVersion() < 2) {
        throw IcebergErrors.formatVersionForKeys(path);
      }
    }
    requireKnown(metadata.spec());
  }

  /** Checks that the table keeps each value as it is, and has no column that rows would lack. */
  void requireColumns(TableMetadata metadata) {
    for (IcebergColumn column : columns) {
      if (!IcebergTypes.writes(column.field().type(), column.type())) {
        throw IcebergErrors.notWritable(
            column.name(), column.type(), column.field().type().toString());
      }
    }
    for (Types.NestedField field : metadata.schema().columns()) {
      boolean given =
          columns.stream().anyMatch(column -> column.field().fieldId() == field.fieldId());
      if (!given && (field.isRequired() || field.writeDefault() != null)) {
        throw IcebergErrors.columnNotWritten(path, field.name());
      }
    }
  }

  /**
   * What is removed by key is removed from the partition that the delete file is of: all rows of a
   * key have to be in one, now and always.
   */
  private void requirePartitionsOfKeys(TableMetadata metadata) {
    if (metadata.spec().isPartitioned() || metadata.specs().size() > 1) {
      for (PartitionField field : metadata.spec().fields()) {
        boolean isOfKey =
            field.transform().isVoid()
                || key.stream().anyMatch(c -> c.field().fieldId() == field.sourceId());
        if (!isOfKey) {
          throw IcebergErrors.partitionedKey(
              path, metadata.schema().findColumnName(field.sourceId()));
        }
      }
    }
    if (metadata.specs().size() > 1) {
      throw IcebergErrors.repartitioned(path);
    }
  }

  /** Checks that the partition of a row can be told. */
  void requireKnown(PartitionSpec spec) {
    for (PartitionField part : spec.fields()) {
      boolean found = part.transform().isVoid();
      for (IcebergColumn column : columns) {
        found |= column.field().fieldId() == part.sourceId();
      }
      if (!found || part.transform().toString().startsWith("unknown")) {
        throw IcebergErrors.transform(path, part.name());
      }
    }
  }
}
