package dev.tidemill.planner.sql;

import dev.tidemill.foundation.type.Type;
import java.util.ArrayList;
import java.util.List;
import org.apache.calcite.avatica.util.TimeUnit;
import org.apache.calcite.rel.type.RelDataType;
import org.apache.calcite.rel.type.RelDataTypeFactory;
import org.apache.calcite.rel.type.RelDataTypeField;
import org.apache.calcite.rel.type.StructKind;
import org.apache.calcite.sql.SqlIntervalQualifier;
import org.apache.calcite.sql.parser.SqlParserPos;
import org.apache.calcite.sql.type.SqlTypeName;

/** Calcite's types and ours. */
public final class RelTypes {
  private RelTypes() {}

  static RelDataType toRel(RelDataTypeFactory factory, Type type, boolean nullable) {
    return factory.createTypeWithNullability(toRel(factory, type), nullable);
  }

  static RelDataType toRel(RelDataTypeFactory factory, Type type) {
    return switch (type) {
      case Type.Bool t -> factory.createSqlType(SqlTypeName.BOOLEAN);
      case Type.Int t ->
          factory.createSqlType(
              switch (t.bits()) {
                case 8 -> SqlTypeName.TINYINT;
                case 16 -> SqlTypeName.SMALLINT;
                case 32 -> SqlTypeName.INTEGER;
                default -> SqlTypeName.BIGINT;
              });
      case Type.Real t -> factory.createSqlType(SqlTypeName.REAL);
      case Type.DoubleType t -> factory.createSqlType(SqlTypeName.DOUBLE);
      case Type.Decimal t -> factory.createSqlType(SqlTypeName.DECIMAL, t.precision(), t.scale());
      case Type.Varchar t ->
          t.maxLength() == Type.Varchar.UNBOUNDED
              ? factory.createSqlType(SqlTypeName.VARCHAR)
              : factory.createSqlType(SqlTypeName.VARCHAR, t.maxLength());
      case Type.Varbinary t -> factory.createSqlType(SqlTypeName.VARBINARY);
      case Type.Date t -> factory.createSqlType(SqlTypeName.DATE);
      case Type.Time t -> factory.createSqlType(SqlTypeName.TIME, t.precision());
      case Type.Timestamp t -> factory.createSqlType(SqlTypeName.TIMESTAMP, t.precision());
      case Type.ZonedTimestamp t ->
          factory.createSqlType(SqlTypeName.TIMESTAMP_WITH_LOCAL_TIME_ZONE, t.precision());
      case Type.MonthInterval t ->
          factory.createSqlIntervalType(
              new SqlIntervalQualifier(TimeUnit.YEAR, TimeUnit.MONTH, SqlParserPos.ZERO));
      case Type.TimeInterval t ->
          factory.createSqlIntervalType(
              new SqlIntervalQualifier(TimeUnit.DAY, TimeUnit.SECOND, SqlParserPos.ZERO));
      case Type.Array t -> factory.createArrayType(toRel(factory, t.element(), true), -1);
      case Type.MapType t ->
          factory.createMapType(toRel(factory, t.key(), false), toRel(factory, t.value(), true));
      case Type.Row t -> {
        List<RelDataType> types = new ArrayList<>();
        List<String> names = new ArrayList<>();
        for (Type.RowField field : t.fields()) {
          types.add(toRel(factory, field.type(), true));
          names.add(field.name());
        }
        // So that a field of column a can be called a.x beside t.a.x.
        yield factory.createStructType(StructKind.PEEK_FIELDS_NO_EXPAND, types, names);
      }
      case Type.Null t -> factory.createSqlType(SqlTypeName.NULL);
    };
  }

  /** Ours, or null where we have none. */
  public static @org.jspecify.annotations.Nullable Type fromRel(RelDataType type) {
    return switch (type.getSqlTypeName()) {
      case BOOLEAN -> Type.BOOLEAN;
      case TINYINT -> Type.TINYINT;
      case SMALLINT -> Type.SMALLINT;
      case INTEGER -> Type.INTEGER;
      case BIGINT -> Type.BIGINT;
      case REAL -> Type.REAL;
      case FLOAT, DOUBLE -> Type.DOUBLE;
      case DECIMAL -> {
        int scale = type.getScale();
        int precision = type.getPrecision();
        yield scale < 0
                || scale > precision
                || precision > Type.MAX_DECIMAL_PRECISION
                || precision < 1
            ? null
            : new Type.Decimal(precision, scale);
      }
      case CHAR, VARCHAR ->
          type.getPrecision() < 0 ? Type.VARCHAR : new Type.Varchar(type.getPrecision());
      case BINARY, VARBINARY -> Type.VARBINARY;
      case DATE -> Type.DATE;
      case TIME -> new Type.Time(type.getPrecision());
      case TIMESTAMP -> new Type.Timestamp(type.getPrecision());
      case TIMESTAMP_WITH_LOCAL_TIME_ZONE -> new Type.ZonedTimestamp(type.getPrecision());
      case INTERVAL_YEAR, INTERVAL_MONTH, INTERVAL_YEAR_MONTH -> new Type.MonthInterval();
      case INTERVAL_DAY,
          INTERVAL_DAY_HOUR,
          INTERVAL_DAY_MINUTE,
          INTERVAL_DAY_SECOND,
          INTERVAL_HOUR,
          INTERVAL_HOUR_MINUTE,
          INTERVAL_HOUR_SECOND,
          INTERVAL_MINUTE,
          INTERVAL_MINUTE_SECOND,
          INTERVAL_SECOND ->
          new Type.TimeInterval();
      case NULL, UNKNOWN -> Type.NULL;
      case ARRAY -> {
        Type element = type.getComponentType() == null ? null : fromRel(type.getComponentType());
        yield element == null ? null : new Type.Array(element);
      }
      case MAP -> {
        Type key = type.getKeyType() == null ? null : fromRel(type.getKeyType());
        Type value = type.getValueType() == null ? null : fromRel(type.getValueType());
        yield key == null || value == null ? null : new Type.MapType(key, value);
      }
      case ROW -> {
        List<Type.RowField> fields = new ArrayList<>();
        for (RelDataTypeField field : type.getFieldList()) {
          Type own = fromRel(field.getType());
          if (own == null) {
            yield null;
          }
          fields.add(new Type.RowField(field.getName(), own));
        }
        yield new Type.Row(fields);
      }
      default -> null;
    };
  }

  /** Whether this is the type of a relation's rows, and not of a value that is a ROW. */
  static boolean isRelation(RelDataType type) {
    return type.isStruct() && type.getStructKind() != StructKind.PEEK_FIELDS_NO_EXPAND;
  }

  /** What SQL calls a type that we do not have. */
  static String name(RelDataType type) {
    return switch (type.getSqlTypeName()) {
      case TIMESTAMP_TZ ->
          "TIMESTAMP WITH TIME ZONE, which keeps the zone (TIMESTAMP WITH LOCAL TIME ZONE keeps the instant),";
      case TIME_TZ -> "TIME WITH TIME ZONE";
      case TIME_WITH_LOCAL_TIME_ZONE -> "TIME WITH LOCAL TIME ZONE";
      default -> type.toString();
    };
  }

  /** The type for messages. */
  public static String display(RelDataType type) {
    if (type.isStruct() && type.getFieldCount() == 1) {
      return display(type.getFieldList().get(0).getType());
    }
    Type own = fromRel(type);
    return own == null ? type.toString() : own.toString();
  }
}
