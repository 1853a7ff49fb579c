package dev.tidemill.storage.parquet;

import dev.tidemill.foundation.error.TidemillException;
import dev.tidemill.foundation.type.Type;
import java.util.List;
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
 * How the values of a column, or of a leaf of a nested one, are written.
 *
 * @param path the names down to it in the file's schema
 * @param optional whether a value itself may be NULL
 * @param definition the definition level of values that are not NULL
 * @param repetition the number of lists around it
 * @param physical type of its pages
 * @param width bytes of a value there; 0 for BOOLEAN and BYTE_ARRAY
 * @param factor what values are multiplied with: 1000 for TIMESTAMP(0), which Parquet has no unit
 *     for, else 1
 */
record WrittenColumn(
    List<String> path,
    Type type,
    boolean optional,
    int definition,
    int repetition,
    org.apache.parquet.format.Type physical,
    int width,
    int factor) {
  private static final int INT32_DIGITS = 9;

  static WrittenColumn of(
      List<String> path, Type type, boolean optional, int definition, int repetition) {
    Stored stored = stored(type, path);
    return new WrittenColumn(
        path, type, optional, definition, repetition, stored.physical, stored.width, stored.factor);
  }

  /** How values of a type are stored. */
  private record Stored(org.apache.parquet.format.Type physical, int width, int factor) {
    Stored(org.apache.parquet.format.Type physical, int width) {
      this(physical, width, 1);
    }
  }

  private static Stored stored(Type type, List<String> path) {
    return switch (type) {
      case Type.Bool t -> new Stored(org.apache.parquet.format.Type.BOOLEAN, 0);
      case Type.Int t when t.bits() == 64 -> int64(1);
      case Type.Int t -> int32();
      case Type.Real t -> new Stored(org.apache.parquet.format.Type.FLOAT, 4);
      case Type.DoubleType t -> new Stored(org.apache.parquet.format.Type.DOUBLE, 8);
      case Type.Decimal t when t.precision() <= INT32_DIGITS -> int32();
      case Type.Decimal t when t.precision() <= Type.MAX_SHORT_DECIMAL_PRECISION -> int64(1);
      case Type.Decimal t -> new Stored(org.apache.parquet.format.Type.FIXED_LEN_BYTE_ARRAY, 16);
      case Type.Varchar t -> new Stored(org.apache.parquet.format.Type.BYTE_ARRAY, 0);
      case Type.Varbinary t -> new Stored(org.apache.parquet.format.Type.BYTE_ARRAY, 0);
      case Type.Date t -> int32();
      case Type.Time t -> int64(1);
      case Type.Timestamp t -> int64(t.precision() == 0 ? 1000 : 1);
      case Type.ZonedTimestamp t -> int64(t.precision() == 0 ? 1000 : 1);
      case Type.MonthInterval t -> int32();
      case Type.TimeInterval t -> int64(1);
      case Type.Null t -> throw unsupported(path, type);
      case Type.Array t -> throw new IllegalArgumentException(type.sql());
      case Type.MapType t -> throw new IllegalArgumentException(type.sql());
      case Type.Row t -> throw new IllegalArgumentException(type.sql());
    };
  }

  private static TidemillException unsupported(List<String> path, Type type) {
    return ParquetErrors.unsupportedWrite(path.getFirst(), type);
  }

  private static Stored int32() {
    return new Stored(org.apache.parquet.format.Type.INT32, 4);
  }

  private static Stored int64(int factor) {
    return new Stored(org.apache.parquet.format.Type.INT64, 8, factor);
  }

  /** The leaf in the file's schema. */
  SchemaElement element() {
    SchemaElement element = new SchemaElement(path.getLast());
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
