package dev.tidemill.foundation.type;

import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import org.apache.arrow.vector.types.DateUnit;
import org.apache.arrow.vector.types.FloatingPointPrecision;
import org.apache.arrow.vector.types.IntervalUnit;
import org.apache.arrow.vector.types.TimeUnit;
import org.apache.arrow.vector.types.pojo.ArrowType;
import org.apache.arrow.vector.types.pojo.Field;
import org.apache.arrow.vector.types.pojo.FieldType;
import org.apache.arrow.vector.types.pojo.Schema;

/**
 * Between {@link Type} and Arrow's {@code Field}. What Arrow cannot say (the length of a VARCHAR, a
 * precision between Arrow's units) rides in the field's metadata under {@value #TYPE_KEY}.
 */
public final class ArrowTypes {
  /** Metadata key whose value is the SQL spelling of the type. */
  public static final String TYPE_KEY = "tidemill:type";

  private ArrowTypes() {}

  public static Field field(String name, Type type, boolean nullable) {
    ArrowType arrow = arrowType(type);
    Map<String, String> metadata = Map.of();
    FieldType plain = new FieldType(nullable, arrow, null);
    List<Field> children =
        switch (type) {
          case Type.Array array -> List.of(field("item", array.element(), true));
          case Type.MapType map ->
              List.of(
                  new Field(
                      "entries",
                      new FieldType(false, ArrowType.Struct.INSTANCE, null),
                      List.of(field("key", map.key(), false), field("value", map.value(), true))));
          case Type.Row row -> {
            List<Field> fields = new ArrayList<>();
            for (Type.RowField f : row.fields()) {
              fields.add(field(f.name(), f.type(), true));
            }
            yield fields;
          }
          default -> List.of();
        };
    if (children.isEmpty() && !type.equals(type(new Field(name, plain, null)))) {
      metadata = Map.of(TYPE_KEY, type.sql());
    }
    return new Field(name, new FieldType(nullable, arrow, null, metadata), children);
  }

  private static ArrowType arrowType(Type type) {
    return switch (type) {
      case Type.Bool t -> ArrowType.Bool.INSTANCE;
      case Type.Int t -> new ArrowType.Int(t.bits(), true);
      case Type.Real t -> new ArrowType.FloatingPoint(FloatingPointPrecision.SINGLE);
      case Type.DoubleType t -> new ArrowType.FloatingPoint(FloatingPointPrecision.DOUBLE);
      case Type.Decimal t -> new ArrowType.Decimal(t.precision(), t.scale(), 128);
      case Type.Varchar t -> ArrowType.Utf8View.INSTANCE;
      case Type.Varbinary t -> ArrowType.BinaryView.INSTANCE;
      case Type.Date t -> new ArrowType.Date(DateUnit.DAY);
      case Type.Time t ->
          new ArrowType.Time(t.precision() <= 6 ? TimeUnit.MICROSECOND : TimeUnit.NANOSECOND, 64);
      case Type.Timestamp t -> new ArrowType.Timestamp(TimeUnits.unit(t.precision()), null);
      case Type.ZonedTimestamp t -> new ArrowType.Timestamp(TimeUnits.unit(t.precision()), "UTC");
      case Type.MonthInterval t -> new ArrowType.Interval(IntervalUnit.YEAR_MONTH);
      case Type.TimeInterval t -> new ArrowType.Duration(TimeUnit.MICROSECOND);
      case Type.Array t -> ArrowType.List.INSTANCE;
      case Type.MapType t -> new ArrowType.Map(false);
      case Type.Row t -> ArrowType.Struct.INSTANCE;
      case Type.Null t -> ArrowType.Null.INSTANCE;
    };
  }

  /**
   * The SQL type of {@code field}.
   *
   * @throws IllegalArgumentException if Arrow's type has no counterpart
   */
  public static Type type(Field field) {
    String spelled = field.getMetadata().get(TYPE_KEY);
    if (spelled != null) {
      return Types.parse(spelled);
    }
    return switch (field.getType()) {
      case ArrowType.Bool t -> Type.BOOLEAN;
      case ArrowType.Int t when t.getIsSigned() -> new Type.Int(t.getBitWidth());
      case ArrowType.FloatingPoint t when t.getPrecision() == FloatingPointPrecision.SINGLE ->
          Type.REAL;
      case ArrowType.FloatingPoint t when t.getPrecision() == FloatingPointPrecision.DOUBLE ->
          Type.DOUBLE;
      case ArrowType.Decimal t -> new Type.Decimal(t.getPrecision(), t.getScale());
      case ArrowType.Utf8View t -> Type.VARCHAR;
      case ArrowType.Utf8 t -> Type.VARCHAR;
      case ArrowType.BinaryView t -> Type.VARBINARY;
      case ArrowType.Binary t -> Type.VARBINARY;
      case ArrowType.Date t -> Type.DATE;
      case ArrowType.Time t -> new Type.Time(precision(t.getUnit()) <= 6 ? 6 : 9);
      case ArrowType.Timestamp t ->
          t.getTimezone() == null
              ? new Type.Timestamp(precision(t.getUnit()))
              : new Type.ZonedTimestamp(precision(t.getUnit()));
      case ArrowType.Interval t when t.getUnit() == IntervalUnit.YEAR_MONTH ->
          new Type.MonthInterval();
      case ArrowType.Duration t -> new Type.TimeInterval();
      case ArrowType.List t -> new Type.Array(type(field.getChildren().get(0)));
      case ArrowType.Map t -> {
        List<Field> entry = field.getChildren().get(0).getChildren();
        yield new Type.MapType(type(entry.get(0)), type(entry.get(1)));
      }
      case ArrowType.Struct t -> {
        List<Type.RowField> fields = new ArrayList<>();
        for (Field child : field.getChildren()) {
          fields.add(new Type.RowField(child.getName(), type(child)));
        }
        yield new Type.Row(fields);
      }
      case ArrowType.Null t -> Type.NULL;
      default -> throw new IllegalArgumentException("no SQL type for Arrow's " + field.getType());
    };
  }

  /** The SQL types of a schema's fields, in order. */
  public static List<Type> types(Schema schema) {
    List<Type> types = new ArrayList<>(schema.getFields().size());
    for (Field field : schema.getFields()) {
      types.add(type(field));
    }
    return types;
  }

  private static int precision(TimeUnit unit) {
    return switch (unit) {
      case SECOND -> 0;
      case MILLISECOND -> 3;
      case MICROSECOND -> 6;
      case NANOSECOND -> 9;
    };
  }
}
