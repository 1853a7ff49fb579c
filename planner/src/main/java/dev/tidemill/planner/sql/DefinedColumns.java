package dev.tidemill.planner.sql;

import java.util.LinkedHashSet;
import java.util.List;
import java.util.Set;
import org.apache.calcite.sql.SqlCall;
import org.apache.calcite.sql.SqlIdentifier;
import org.apache.calcite.sql.SqlKind;
import org.apache.calcite.sql.SqlNode;
import org.apache.calcite.sql.SqlNodeList;
import org.apache.calcite.sql.SqlSelect;
import org.apache.calcite.sql.SqlWithItem;
import org.apache.calcite.sql.util.SqlBasicVisitor;
import org.jspecify.annotations.Nullable;

/**
 * The names that a query itself gives to columns of its subqueries: by {@code AS} in their select
 * lists, by {@code AS t(a, b)} and by {@code WITH t(a, b)}.
 */
final class DefinedColumns extends SqlBasicVisitor<@Nullable Void> {
  private final Set<String> names = new LinkedHashSet<>();
  private final SqlNode query;

  private DefinedColumns(SqlNode query) {
    this.query = query;
  }

  static Set<String> of(SqlNode query) {
    DefinedColumns defined = new DefinedColumns(query);
    query.accept(defined);
    return defined.names;
  }

  @Override
  public @Nullable Void visit(SqlCall call) {
    if (call instanceof SqlSelect select && select != query) {
      select.getSelectList().forEach(this::addAlias);
    } else if (call instanceof SqlWithItem item && item.columnList != null) {
      addAll(item.columnList);
    } else if (call.getKind() == SqlKind.AS) {
      addAll(call.getOperandList().subList(2, call.operandCount()));
    }
    return super.visit(call);
  }

  private void addAlias(SqlNode item) {
    if (item.getKind() == SqlKind.AS) {
      addAll(List.of(((SqlCall) item).operand(1)));
    }
  }

  private void addAll(SqlNodeList columns) {
    addAll(columns.getList());
  }

  private void addAll(List<? extends @Nullable SqlNode> columns) {
    for (SqlNode column : columns) {
      if (column instanceof SqlIdentifier name && name.isSimple()) {
        names.add(name.getSimple());
      }
    }
  }
}
