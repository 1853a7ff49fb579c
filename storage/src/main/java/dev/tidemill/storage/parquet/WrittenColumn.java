package dev.tidemill.storage.parquet;

import dev.tidemill.foundation.type.Type;
import org.apache.parquet.format.ConvertedType;
import org.apache.parquet.format.DateType;
import org.apache.parquet.format.DecimalType;
import org.apache.parquet.format.FieldRepetitionType;
import org.apache.parquet.format.IntType;
import org.apache.parquet.format.LogicalType;
import org.apache.parquet.format.MicroSeconds;
import org.apache.parquet.format.MilliSeconds;
import org.apache.parquet.format.NanoSeconds;
import org.apache.parquet.format.SchemaElement;
import org.apache.parquet.format.StringType;
import org.apache.parquet.format.TimeType;
import org.apache.parquet.format.TimeUnit;
import org.apache.parquet.format.TimestampType;

/**
 * How a column is written.
 *
 * @param physical type of its pages
 * @param width bytes of a value there; 0 for BOOLEAN and BYTE_ARRAY
 * @param factor what values are multiplied with: 1000 for TIMESTAMP(0), which Parquet has no unit
 *     for, else 1
 */
record WrittenColumn(
    String name,
    Type type,
    boolean optional,
    org.apache.parquet.format.Type physical,
    int width,
    int factor) {
  private static final int INT32_DIGITS = 9;

  static WrittenColumn of(String name, Type type, boolean optional) {
    return switch (type) {
      case Type.Bool t -> fixed(name, type, optional, org.apache.parquet.format.Type.BOOLEAN, 0);
      case Type.Int t when t.bits() == 64 -> int64(name, type, optional);
      case Type.Int t -> int32(name, type, optional);
      case Type.Real t -> fixed(name, type, optional, org.apache.parquet.format.Type.FLOAT, 4);
      case Type.DoubleType t ->
          fixed(name, type, optional, org.apache.parquet.format.Type.DOUBLE, 8);
      case Type.Decimal t when t.precision() <= INT32_DIGITS -> int32(name, type, optional);
      case Type.Decimal t when t.precision() <= Type.MAX_SHORT_DECIMAL_PRECISION ->
          int64(name, type, optional);
      case Type.Decimal t ->
          fixed(name, type, optional, org.apache.parquet.format.Type.FIXED_LEN_BYTE_ARRAY, 16);
      case Type.Varchar t ->
          fixed(name, type, optional, org.apache.parquet.format.Type.BYTE_ARRAY, 0);
      case Type.Varbinary t ->
          fixed(name, type, optional, org.apache.parquet.format.Type.BYTE_ARRAY, 0);
      case Type.Date t -> int32(name, type, optional);
      case Type.Time t -> int64(name, type, optional);
      case Type.Timestamp t -> timestamp(name, type, optional, t.precision());
      case Type.ZonedTimestamp t -> timestamp(name, type, optional, t.precision());
      case Type.MonthInterval t -> throw ParquetErrors.unsupportedWrite(name, type);
      case Type.TimeInterval t -> throw ParquetErrors.unsupportedWrite(name, type);
      case Type.Array t -> throw ParquetErrors.unsupportedWrite(name, type);
      case Type.MapType t -> throw ParquetErrors.unsupportedWrite(name, type);
      case Type.Row t -> throw ParquetErrors.unsupportedWrite(name, type);
      case Type.Null t -> throw ParquetErrors.unsupportedWrite(name, type);
    };
  }

  private static WrittenColumn fixed(
      String name,
      Type type,
      boolean optional,
      org.apache.parquet.format.Type physical,
      int width) {
    return new WrittenColumn(name, type, optional, physical, width, 1);
  }

  private static WrittenColumn int32(String name, Type type, boolean optional) {
    return fixed(name, type, optional, org.apache.parquet.format.Type.INT32, 4);
  }

  private static WrittenColumn int64(String name, Type type, boolean optional) {
    return fixed(name, type, optional, org.apache.parquet.format.Type.INT64, 8);
  }

  private static WrittenColumn timestamp(String name, Type type, boolean optional, int precision) {
    return new WrittenColumn(
        name, type, optional, org.apache.parquet.format.Type.INT64, 8, precision == 0 ? 1000 : 1);
  }

  /** The column in the file's schema. */
  SchemaElement element() {
    SchemaElement element = new SchemaElement(name);
    element.setType(physical);
    element.setRepetition_type(
        optional ? FieldRepetitionType.OPTIONAL : FieldRepetitionType.REQUIRED);
    switch (type) {
      case Type.Int t -> {
        element.setLogicalType(LogicalType.INTEGER(new IntType((byte) t.bits(), true)));
        element.setConverted_type(
            switch (t.bits()) {
              case 8 -> ConvertedType.INT_8;
              case 16 -> ConvertedType.INT_16;
              case 32 -> ConvertedType.INT_32;
              default -> ConvertedType.INT_64;
            });
      }
      case Type.Decimal t -> {
        element.setLogicalType(LogicalType.DECIMAL(new DecimalType(t.scale(), t.precision())));
        element.setConverted_type(ConvertedType.DECIMAL);
        element.setPrecision(t.precision());
        element.setScale(t.scale());
        if (physical == org.apache.parquet.format.Type.FIXED_LEN_BYTE_ARRAY) {
          element.setType_length(width);
        }
      }
      case Type.Varchar t -> {
        element.setLogicalType(LogicalType.STRING(new StringType()));
        element.setConverted_type(ConvertedType.UTF8);
      }
      case Type.Date t -> {
        element.setLogicalType(LogicalType.DATE(new DateType()));
        element.setConverted_type(ConvertedType.DATE);
      }
      case Type.Time t -> {
        element.setLogicalType(
            LogicalType.TIME(new TimeType(false, unit(Math.max(t.precision(), 4)))));
        if (t.precision() <= 6) {
          element.setConverted_type(ConvertedType.TIME_MICROS);
        }
      }
      case Type.Timestamp t ->
          element.setLogicalType(
              LogicalType.TIMESTAMP(new TimestampType(false, unit(t.precision()))));
      case Type.ZonedTimestamp t ->
          element.setLogicalType(
              LogicalType.TIMESTAMP(new TimestampType(true, unit(t.precision()))));
      default -> {}
    }
    return element;
  }

  private static TimeUnit unit(int precision) {
    return precision <= 3
        ? TimeUnit.MILLIS(new MilliSeconds())
        : precision <= 6 ? TimeUnit.MICROS(new MicroSeconds()) : TimeUnit.NANOS(new NanoSeconds());
  }
}
