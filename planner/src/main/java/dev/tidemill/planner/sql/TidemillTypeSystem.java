package dev.tidemill.planner.sql;

import dev.tidemill.foundation.type.TimeUnits;
import dev.tidemill.foundation.type.Type;
import dev.tidemill.planner.logical.DecimalRules;
import java.math.RoundingMode;
import org.apache.calcite.rel.type.RelDataType;
import org.apache.calcite.rel.type.RelDataTypeFactory;
import org.apache.calcite.rel.type.RelDataTypeSystemImpl;
import org.apache.calcite.sql.type.SqlTypeName;
import org.apache.calcite.sql.type.SqlTypeUtil;

/** Widths, defaults and result types of Tidemill's SQL, as Calcite asks for them. */
final class TidemillTypeSystem extends RelDataTypeSystemImpl {
  static final TidemillTypeSystem INSTANCE = new TidemillTypeSystem();

  private TidemillTypeSystem() {}

  @Override
  public int getMaxPrecision(SqlTypeName name) {
    return switch (name) {
      case DECIMAL -> Type.MAX_DECIMAL_PRECISION;
      case TIME,
          TIMESTAMP,
          TIMESTAMP_WITH_LOCAL_TIME_ZONE,
          TIME_WITH_LOCAL_TIME_ZONE,
          TIMESTAMP_TZ,
          TIME_TZ ->
          TimeUnits.MAX_PRECISION;
      case CHAR, VARCHAR, BINARY, VARBINARY -> Integer.MAX_VALUE;
      default -> super.getMaxPrecision(name);
    };
  }

  @Override
  public int getMaxScale(SqlTypeName name) {
    return name == SqlTypeName.DECIMAL ? Type.MAX_DECIMAL_PRECISION : super.getMaxScale(name);
  }

  @Override
  public int getDefaultPrecision(SqlTypeName name) {
    return switch (name) {
      case DECIMAL -> Type.MAX_DECIMAL_PRECISION;
      case TIME, TIMESTAMP, TIMESTAMP_WITH_LOCAL_TIME_ZONE -> 6;
      default -> super.getDefaultPrecision(name);
    };
  }

  @Override
  public RoundingMode roundingMode() {
    return RoundingMode.HALF_UP;
  }

  /** CHAR(1) beside CHAR(3) is VARCHAR(3): nothing is ever padded. */
  @Override
  public boolean shouldConvertRaggedUnionTypesToVarying() {
    return true;
  }

  @Override
  public RelDataType deriveSumType(RelDataTypeFactory factory, RelDataType argument) {
    return switch (argument.getSqlTypeName()) {
      case TINYINT, SMALLINT, INTEGER, BIGINT ->
          like(factory, factory.createSqlType(SqlTypeName.BIGINT), argument);
      case REAL, FLOAT, DOUBLE ->
          like(factory, factory.createSqlType(SqlTypeName.DOUBLE), argument);
      case DECIMAL ->
          like(factory, RelTypes.toRel(factory, DecimalRules.total(decimal(argument))), argument);
      default -> argument;
    };
  }

  @Override
  public RelDataType deriveAvgAggType(RelDataTypeFactory factory, RelDataType argument) {
    if (argument.getSqlTypeName() == SqlTypeName.DECIMAL) {
      return like(
          factory, RelTypes.toRel(factory, DecimalRules.average(decimal(argument))), argument);
    }
    return SqlTypeUtil.isNumeric(argument)
        ? like(factory, factory.createSqlType(SqlTypeName.DOUBLE), argument)
        : argument;
  }

  private static Type.Decimal decimal(RelDataType type) {
    return new Type.Decimal(type.getPrecision(), type.getScale());
  }

  private static RelDataType like(
      RelDataTypeFactory factory, RelDataType type, RelDataType nullability) {
    return factory.createTypeWithNullability(type, nullability.isNullable());
  }
}
