package dev.tidemill.planner.sql;

import dev.tidemill.storage.catalog.Namespace;
import java.util.ArrayList;
import java.util.List;
import java.util.Locale;
import java.util.Objects;
import org.apache.calcite.sql.SqlCall;
import org.apache.calcite.sql.SqlIdentifier;
import org.apache.calcite.sql.SqlKind;
import org.apache.calcite.sql.SqlLiteral;
import org.apache.calcite.sql.SqlNode;
import org.apache.calcite.sql.SqlNodeList;
import org.apache.calcite.sql.SqlSelect;
import org.apache.calcite.sql.SqlUnresolvedFunction;
import org.apache.calcite.sql.SqlWithItem;
import org.apache.calcite.sql.fun.SqlStdOperatorTable;
import org.apache.calcite.sql.util.SqlShuttle;
import org.jspecify.annotations.Nullable;

/**
 * VERSION(), CURRENT_SCHEMA, CURRENT_CATALOG, CURRENT_DATABASE() and CURRENT_USER, which tools ask
 * for, as texts. There are no users; all are called {@code tidemill}.
 */
final class SessionNames extends SqlShuttle {
  private static final String USER = "tidemill";

  private final Namespace namespace;

  private SessionNames(Namespace namespace) {
    this.namespace = namespace;
  }

  /** The query with such texts; the given node stays as it is. */
  static SqlNode opened(SqlNode query, Namespace namespace) {
    SqlNode opened = query.accept(new SessionNames(namespace));
    return opened == null ? query : opened;
  }

  /** Whether a function, in upper case, is one of these. */
  static boolean isOne(String function) {
    return switch (function) {
      case "VERSION", "CURRENT_DATABASE", "CURRENT_SCHEMA", "CURRENT_CATALOG", "CURRENT_USER" ->
          true;
      default -> false;
    };
  }

  private @Nullable String text(SqlNode node) {
    String name;
    if (node instanceof SqlIdentifier id && id.isSimple() && !id.isComponentQuoted(0)) {
      name = id.getSimple().toUpperCase(Locale.ROOT);
      // As a word without parentheses these may be columns.
      name = name.equals("VERSION") || name.equals("CURRENT_DATABASE") ? "" : name;
    } else if (node instanceof SqlCall call
        && call.getOperator() instanceof SqlUnresolvedFunction
        && call.operandCount() == 0) {
      name = call.getOperator().getName().toUpperCase(Locale.ROOT);
    } else {
      return null;
    }
    return switch (name) {
      case "VERSION" -> "tidemill " + version();
      case "CURRENT_CATALOG", "CURRENT_DATABASE" -> namespace.catalog();
      case "CURRENT_SCHEMA" -> namespace.schema();
      case "CURRENT_USER", "SESSION_USER" -> USER;
      default -> null;
    };
  }

  private static String version() {
    String version = SessionNames.class.getPackage().getImplementationVersion();
    return version == null ? "(unpackaged)" : version;
  }

  private @Nullable SqlNode literal(SqlNode node) {
    String text = text(node);
    return text == null ? null : SqlLiteral.createCharString(text, node.getParserPosition());
  }

  @Override
  public @Nullable SqlNode visit(SqlIdentifier id) {
    SqlNode literal = literal(id);
    return literal == null ? id : literal;
  }

  @Override
  public @Nullable SqlNode visit(SqlCall call) {
    SqlNode literal = literal(call);
    if (literal != null) {
      return literal;
    }
    if (call.getKind() == SqlKind.AS) {
      List<SqlNode> operands = new ArrayList<>(call.getOperandList());
      operands.set(0, Objects.requireNonNull(operands.get(0).accept(this)));
      return call.getOperator().createCall(call.getParserPosition(), operands);
    }
    if (call instanceof SqlWithItem item) {
      return new SqlWithItem(
          item.getParserPosition(),
          item.name,
          item.columnList,
          Objects.requireNonNull(item.query.accept(this)),
          item.recursive);
    }
    SqlNode visited = super.visit(call);
    return visited instanceof SqlSelect select && call instanceof SqlSelect written
        ? named(select, written.getSelectList())
        : visited;
  }

  /** Columns are called as they were written. */
  private SqlSelect named(SqlSelect select, SqlNodeList written) {
    SqlNodeList items = select.getSelectList();
    for (int i = 0; i < items.size(); i++) {
      SqlNode before = written.get(i);
      if (before.getKind() != SqlKind.AS && text(before) != null) {
        String name =
            before instanceof SqlCall call
                ? call.getOperator().getName()
                : ((SqlIdentifier) before).getSimple();
        items.set(
            i,
            SqlStdOperatorTable.AS.createCall(
                before.getParserPosition(),
                items.get(i),
                new SqlIdentifier(name.toLowerCase(Locale.ROOT), before.getParserPosition())));
      }
    }
    return select;
  }
}
