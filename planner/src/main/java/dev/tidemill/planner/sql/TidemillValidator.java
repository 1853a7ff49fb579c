package dev.tidemill.planner.sql;

import dev.tidemill.planner.error.PlannerErrors;
import java.util.ArrayList;
import java.util.HashSet;
import java.util.IdentityHashMap;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.Set;
import org.apache.calcite.config.NullCollation;
import org.apache.calcite.prepare.Prepare;
import org.apache.calcite.rel.type.RelDataType;
import org.apache.calcite.rel.type.RelDataTypeFactory;
import org.apache.calcite.rel.type.RelDataTypeField;
import org.apache.calcite.runtime.CalciteContextException;
import org.apache.calcite.sql.SqlCall;
import org.apache.calcite.sql.SqlIdentifier;
import org.apache.calcite.sql.SqlKind;
import org.apache.calcite.sql.SqlNode;
import org.apache.calcite.sql.SqlNodeList;
import org.apache.calcite.sql.SqlOperatorTable;
import org.apache.calcite.sql.SqlOrderBy;
import org.apache.calcite.sql.SqlSelect;
import org.apache.calcite.sql.SqlWith;
import org.apache.calcite.sql.type.SqlTypeUtil;
import org.apache.calcite.sql.util.SqlShuttle;
import org.apache.calcite.sql.validate.SqlConformanceEnum;
import org.apache.calcite.sql.validate.SqlValidatorImpl;
import org.apache.calcite.sql.validate.SqlValidatorScope;
import org.apache.calcite.util.Util;

/** Calcite's validator with our types, functions and conditions. */
final class TidemillValidator extends SqlValidatorImpl {
  private final Map<SqlSelect, List<String>> written = new IdentityHashMap<>();

  TidemillValidator(
      SqlOperatorTable functions, Prepare.CatalogReader catalog, RelDataTypeFactory factory) {
    super(
        functions,
        catalog,
        factory,
        Config.DEFAULT
            .withConformance(SqlConformanceEnum.LENIENT)
            .withDefaultNullCollation(NullCollation.LAST)
            .withTypeCoercionEnabled(true)
            .withTypeCoercionFactory(Coercion::new));
  }

  /**
   * A row with each name once: of columns that share one, the later are called name_1 and so on, so
   * that {@code *} over them means all.
   */
  @Override
  protected RelDataType validateSelectList(
      SqlNodeList items, SqlSelect select, RelDataType target) {
    RelDataType row = super.validateSelectList(items, select, target);
    List<String> names = row.getFieldNames();
    List<String> unique = unique(names);
    if (unique.equals(names)) {
      return row;
    }
    written.put(select, names);
    return typeFactory.createStructType(
        row.getFieldList().stream().map(RelDataTypeField::getType).toList(), unique);
  }

  /** The names of a query's columns as they were written. */
  List<String> names(SqlNode query, List<String> unique) {
    return switch (query) {
      case SqlSelect select -> written.getOrDefault(select, unique);
      case SqlOrderBy order -> names(order.query, unique);
      case SqlWith with -> names(with.body, unique);
      case SqlCall call when call.isA(SqlKind.SET_QUERY) -> names(call.operand(0), unique);
      default -> unique;
    };
  }

  private static List<String> unique(List<String> names) {
    Set<String> used = new HashSet<>();
    List<String> unique = new ArrayList<>();
    for (String name : names) {
      String free = name;
      for (int i = 1; !used.add(free.toLowerCase(Locale.ROOT)); i++) {
        free = name + "_" + i;
      }
      unique.add(free);
    }
    return unique;
  }

  @Override
  public RelDataType deriveType(SqlValidatorScope scope, SqlNode expression) {
    RelDataType type = super.deriveType(scope, expression);
    RelDataType own = NestedValues.type(typeFactory, expression, type);
    if (own != type) {
      setValidatedNodeType(expression, own);
    }
    return own;
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
