package dev.tidemill.planner.sql;

import org.apache.calcite.rel.type.RelDataType;
import org.apache.calcite.rel.type.RelDataTypeFactory;
import org.apache.calcite.rex.RexBuilder;
import org.apache.calcite.rex.RexLiteral;
import org.apache.calcite.rex.RexNode;
import org.apache.calcite.sql.parser.SqlParserPos;

/** Builds casts as casts: Calcite's own fold literals, and pad those of CHAR. */
final class PlainRexBuilder extends RexBuilder {
  PlainRexBuilder(RelDataTypeFactory factory) {
    super(factory);
  }

  @Override
  public RexNode makeCast(
      SqlParserPos position,
      RelDataType type,
      RexNode operand,
      boolean matchNullability,
      boolean safe,
      RexLiteral format) {
    if (operand instanceof RexLiteral literal && literal.isNull()) {
      return super.makeCast(position, type, operand, matchNullability, safe, format);
    }
    return operand.getType().equals(type)
        ? operand
        : makeAbstractCast(position, type, operand, safe, format);
  }
}
