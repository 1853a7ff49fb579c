package dev.tidemill.planner.sql;

import dev.tidemill.foundation.type.Type;
import dev.tidemill.planner.logical.CommonType;
import java.nio.charset.Charset;
import java.nio.charset.StandardCharsets;
import java.util.List;
import org.apache.calcite.rel.type.RelDataType;
import org.apache.calcite.sql.SqlIntervalQualifier;
import org.apache.calcite.sql.parser.SqlParserPos;
import org.apache.calcite.sql.type.SqlTypeFactoryImpl;
import org.apache.calcite.sql.type.SqlTypeMappingRule;
import org.apache.calcite.sql.type.SqlTypeName;
import org.apache.calcite.sql.type.SqlTypeUtil;
import org.jspecify.annotations.Nullable;

/** Calcite's type factory with Tidemill's common types. */
final class TidemillTypeFactory extends SqlTypeFactoryImpl {
  TidemillTypeFactory() {
    super(TidemillTypeSystem.INSTANCE);
  }

  @Override
  public Charset getDefaultCharset() {
    return StandardCharsets.UTF_8;
  }

  /** Also intervals, as which Calcite's own casts ask for them. */
  @Override
  public RelDataType createSqlType(SqlTypeName name) {
    return isInterval(name) ? interval(name) : super.createSqlType(name);
  }

  @Override
  public RelDataType createSqlType(SqlTypeName name, int precision) {
    return isInterval(name) ? interval(name) : super.createSqlType(name, precision);
  }

  @Override
  public RelDataType createSqlType(SqlTypeName name, int precision, int scale) {
    return isInterval(name) ? interval(name) : super.createSqlType(name, precision, scale);
  }

  private static boolean isInterval(SqlTypeName name) {
    return SqlTypeName.INTERVAL_TYPES.contains(name);
  }

  private RelDataType interval(SqlTypeName name) {
    return createSqlIntervalType(
        new SqlIntervalQualifier(name.getStartUnit(), name.getEndUnit(), SqlParserPos.ZERO));
  }

  @Override
  public @Nullable RelDataType leastRestrictive(List<RelDataType> types, SqlTypeMappingRule rule) {
    Type common = Type.NULL;
    boolean nullable = false;
    for (RelDataType type : types) {
      Type own = RelTypes.isRelation(type) ? null : RelTypes.fromRel(type);
      if (own == null) {
        return super.leastRestrictive(types, rule);
      }
      nullable |= type.isNullable() || own instanceof Type.Null;
      Type wider = CommonType.of(common, own);
      if (wider == null) {
        return null;
      }
      common = wider;
    }
    RelDataType first = types.get(0);
    // Calcite's literals are CHAR(n), and what it unites by itself must stay what it was.
    boolean isSame =
        first.getSqlTypeName() == SqlTypeName.CHAR
            && types.stream().allMatch(type -> SqlTypeUtil.equalSansNullability(this, type, first));
    return types.size() == 1 || isSame
        ? createTypeWithNullability(first, nullable)
        : RelTypes.toRel(this, common, nullable);
  }
}
