package dev.tidemill.planner.sql;

import dev.tidemill.planner.error.PlannerErrors;
import java.util.Locale;
import org.apache.calcite.config.NullCollation;
import org.apache.calcite.prepare.Prepare;
import org.apache.calcite.rel.type.RelDataType;
import org.apache.calcite.rel.type.RelDataTypeFactory;
import org.apache.calcite.runtime.CalciteContextException;
import org.apache.calcite.sql.SqlIdentifier;
import org.apache.calcite.sql.SqlNode;
import org.apache.calcite.sql.SqlSelect;
import org.apache.calcite.sql.type.SqlTypeUtil;
import org.apache.calcite.sql.util.SqlShuttle;
import org.apache.calcite.sql.validate.SqlConformanceEnum;
import org.apache.calcite.sql.validate.SqlValidatorImpl;
import org.apache.calcite.sql.validate.SqlValidatorScope;
import org.apache.calcite.util.Util;

/** Calcite's validator with our types, functions and conditions. */
final class TidemillValidator extends SqlValidatorImpl {
  TidemillValidator(Prepare.CatalogReader catalog, RelDataTypeFactory factory) {
    super(
        Functions.INSTANCE.table(),
        catalog,
        factory,
        Config.DEFAULT
            .withConformance(SqlConformanceEnum.LENIENT)
            .withDefaultNullCollation(NullCollation.LAST)
            .withTypeCoercionEnabled(true)
            .withTypeCoercionFactory(Coercion::new));
  }

  @Override
  protected void validateWhereOrOn(SqlValidatorScope scope, SqlNode condition, String clause) {
    try {
      super.validateWhereOrOn(scope, condition, clause);
    } catch (CalciteContextException refused) {
      throw notBoolean(refused, clause, condition);
    }
  }

  @Override
  protected void validateHavingClause(SqlSelect select) {
    try {
      super.validateHavingClause(select);
    } catch (CalciteContextException refused) {
      SqlNode having = select.getHaving();
      throw having == null ? refused : notBoolean(refused, "HAVING", having);
    }
  }

  private RuntimeException notBoolean(
      CalciteContextException refused, String clause, SqlNode condition) {
    RelDataType type = getValidatedNodeTypeIfKnown(condition);
    String message =
        String.valueOf(refused.getCause() == null ? "" : refused.getCause().getMessage());
    if (type == null
        || SqlTypeUtil.inBooleanFamily(type)
        || !message.contains("must be a condition")
            && !message.contains("must be BOOLEAN")
            && !message.toLowerCase(Locale.ROOT).contains("boolean")) {
      return refused;
    }
    return PlannerErrors.conditionNotBoolean(
        clause,
        text(condition),
        RelTypes.display(type),
        Positions.of(condition.getParserPosition()));
  }

  /** An expression as its author may have written it. */
  static String text(SqlNode node) {
    SqlNode plain =
        node.accept(
            new SqlShuttle() {
              @Override
              public SqlNode visit(SqlIdentifier id) {
                return id.isStar()
                    ? id
                    : new SqlIdentifier(Util.last(id.names), id.getParserPosition());
              }
            });
    String text = String.valueOf(plain).replace("`", "").replace("\n", " ").replace("\r", "");
    return text.length() > 80 ? text.substring(0, 77) + "..." : text;
  }
}
