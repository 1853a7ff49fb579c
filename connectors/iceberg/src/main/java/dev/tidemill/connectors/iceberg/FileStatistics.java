package dev.tidemill.connectors.iceberg;

import dev.tidemill.foundation.type.Type;
import dev.tidemill.storage.table.Pruning;
import dev.tidemill.storage.table.TableStatistics;
import dev.tidemill.storage.table.TableStatistics.ColumnStatistics;
import java.nio.ByteBuffer;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import org.apache.iceberg.DataFile;
import org.apache.iceberg.types.Conversions;
import org.apache.iceberg.types.Types;
import org.jspecify.annotations.Nullable;

/** What manifests know of the rows of some files. */
final class FileStatistics {
  private FileStatistics() {}

  static TableStatistics of(List<TableFile> files, List<IcebergColumn> columns) {
    double rows = 0;
    double bytes = 0;
    for (TableFile file : files) {
      rows += file.file().recordCount();
      bytes += file.file().fileSizeInBytes();
    }
    Map<String, ColumnStatistics> known = new HashMap<>();
    for (IcebergColumn column : columns) {
      if (!column.field().type().isNestedType()) {
        known.put(column.name(), of(files, column, rows));
      }
    }
    return new TableStatistics(rows, bytes, known);
  }

  private static ColumnStatistics of(List<TableFile> files, IcebergColumn column, double rows) {
    int id = column.field().fieldId();
    Object min = null;
    Object max = null;
    // NaN is in no bounds.
    boolean minKnown = true;
    boolean maxKnown =
        !(column.type() instanceof Type.Real || column.type() instanceof Type.DoubleType);
    double nulls = 0;
    double bytes = 0;
    for (TableFile of : files) {
      DataFile file = of.file();
      Long fileNulls = value(file.nullValueCounts(), id);
      nulls = nulls < 0 || fileNulls == null ? -1 : nulls + fileNulls;
      Long size = value(file.columnSizes(), id);
      bytes = bytes < 0 || size == null ? -1 : bytes + size;
      if (fileNulls == null || fileNulls != file.recordCount()) {
        Object low = bound(file.lowerBounds(), column);
        Object high = bound(file.upperBounds(), column);
        minKnown &= low != null;
        maxKnown &= high != null;
        min = min == null || (low != null && Pruning.compareValues(low, min) < 0) ? low : min;
        max = max == null || (high != null && Pruning.compareValues(high, max) > 0) ? high : max;
      }
    }
    return new ColumnStatistics(
        minKnown ? min : null,
        maxKnown ? max : null,
        nulls,
        -1,
        bytes < 0 || rows == 0 ? -1 : bytes / rows);
  }

  private static @Nullable Long value(@Nullable Map<Integer, Long> values, int id) {
    return values == null ? null : values.get(id);
  }

  private static @Nullable Object bound(
      @Nullable Map<Integer, ByteBuffer> bounds, IcebergColumn column) {
    Types.NestedField field = column.field();
    ByteBuffer bound = bounds == null ? null : bounds.get(field.fieldId());
    if (bound == null) {
      return null;
    }
    boolean isUuid = field.type().typeId() == org.apache.iceberg.types.Type.TypeID.UUID;
    return isUuid
        ? null
        : IcebergValues.read(
            field.type(), Conversions.fromByteBuffer(field.type(), bound), column.type());
  }
}
