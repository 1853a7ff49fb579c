package dev.tidemill.connectors.iceberg;

import dev.tidemill.storage.table.TableStatistics;
import dev.tidemill.storage.table.TableStatistics.ColumnStatistics;
import java.nio.ByteBuffer;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import org.apache.iceberg.Metrics;
import org.apache.iceberg.types.Conversions;
import org.apache.iceberg.types.Types;
import org.apache.iceberg.util.BinaryUtil;
import org.apache.iceberg.util.UnicodeUtil;
import org.jspecify.annotations.Nullable;

/** What a manifest is to know of a file that was written, so that scans may leave it out. */
final class WrittenMetrics {
  /** Longer bounds are cut, as Iceberg's own writers do. */
  private static final int BOUND_LENGTH = 16;

  private WrittenMetrics() {}

  static Metrics of(TableStatistics statistics, long rows, List<IcebergColumn> columns) {
    Map<Integer, Long> sizes = new HashMap<>();
    Map<Integer, Long> values = new HashMap<>();
    Map<Integer, Long> nulls = new HashMap<>();
    Map<Integer, ByteBuffer> lower = new HashMap<>();
    Map<Integer, ByteBuffer> upper = new HashMap<>();
    for (IcebergColumn column : columns) {
      Types.NestedField field = column.field();
      ColumnStatistics known = statistics.columns().get(field.name());
      if (known == null) {
        continue;
      }
      int id = field.fieldId();
      values.put(id, rows);
      if (known.nulls() >= 0) {
        nulls.put(id, (long) known.nulls());
      }
      if (known.averageBytes() >= 0) {
        sizes.put(id, Math.round(known.averageBytes() * rows));
      }
      put(lower, field, lower(field, known.min()));
      put(upper, field, upper(field, known.max()));
    }
    return new Metrics(rows, sizes, values, nulls, null, lower, upper);
  }

  private static void put(
      Map<Integer, ByteBuffer> bounds, Types.NestedField field, @Nullable Object bound) {
    if (bound != null) {
      bounds.put(field.fieldId(), Conversions.toByteBuffer(field.type(), bound));
    }
  }

  private static @Nullable Object lower(Types.NestedField field, @Nullable Object least) {
    return switch (least == null ? null : IcebergValues.written(field.type(), least)) {
      case String text -> UnicodeUtil.truncateString(text, BOUND_LENGTH);
      case ByteBuffer bytes -> BinaryUtil.truncateBinary(bytes, BOUND_LENGTH);
      case null -> null;
      case Object other -> other;
    };
  }

  /** Null where what is cut has no next. */
  private static @Nullable Object upper(Types.NestedField field, @Nullable Object greatest) {
    return switch (greatest == null ? null : IcebergValues.written(field.type(), greatest)) {
      case String text ->
          text.length() <= BOUND_LENGTH ? text : UnicodeUtil.truncateStringMax(text, BOUND_LENGTH);
      case ByteBuffer bytes ->
          bytes.remaining() <= BOUND_LENGTH
              ? bytes
              : BinaryUtil.truncateBinaryMax(bytes, BOUND_LENGTH);
      case null -> null;
      case Object other -> other;
    };
  }
}
