package dev.tidemill.planner.sql;

import dev.tidemill.planner.error.PlannerErrors;
import java.util.HashSet;
import java.util.List;
import java.util.Locale;
import java.util.Set;
import org.apache.calcite.sql.SqlCall;
import org.apache.calcite.sql.SqlIdentifier;
import org.apache.calcite.sql.SqlKind;
import org.apache.calcite.sql.SqlNode;
import org.apache.calcite.sql.SqlNodeList;
import org.apache.calcite.sql.SqlOrderBy;
import org.apache.calcite.sql.SqlSelect;
import org.apache.calcite.sql.SqlWindow;
import org.apache.calcite.sql.util.SqlShuttle;
import org.jspecify.annotations.Nullable;

/**
 * The names of WINDOW where Calcite does not look for them, in ORDER BY behind the query, or for
 * what they stand for, queries in it: that is written out there.
 *
 * <pre>
 *   SELECT … FROM t WINDOW w AS (PARTITION BY k) ORDER BY SUM(x) OVER w
 *   SELECT … FROM t WINDOW w AS (PARTITION BY k) ORDER BY SUM(x) OVER (PARTITION BY k)
 * </pre>
 */
final class NamedWindows extends SqlShuttle {
  private static final Set<String> WITHOUT_FRAME =
      Set.of(
          "ROW_NUMBER", "RANK", "DENSE_RANK", "PERCENT_RANK", "CUME_DIST", "NTILE", "LAG", "LEAD");

  /** Where a SELECT has its WINDOW among its operands. */
  private static final int WINDOWS = 6;

  private NamedWindows() {}

  /**
   * The query with such windows; the given node stays as it is.
   *
   * @throws dev.tidemill.foundation.error.TidemillException if a window refers to itself
   */
  static SqlNode opened(SqlNode query) {
    SqlNode opened = query.accept(new NamedWindows());
    return opened == null ? query : opened;
  }

  @Override
  public @Nullable SqlNode visit(SqlCall call) {
    if (call instanceof SqlSelect select) {
      check(select.getWindowList());
    }
    SqlNode visited = super.visit(call);
    if (visited instanceof SqlSelect select) {
      return withoutQueries(select);
    }
    if (!(visited instanceof SqlOrderBy ordered)
        || !(((SqlOrderBy) call).query instanceof SqlSelect written)
        || written.getWindowList().isEmpty()) {
      return visited;
    }
    SqlNode keys = ordered.orderList.accept(new WrittenOut(written.getWindowList()));
    return keys instanceof SqlNodeList list && list != ordered.orderList
        ? new SqlOrderBy(
            ordered.getParserPosition(), ordered.query, list, ordered.offset, ordered.fetch)
        : visited;
  }

  /** Calcite finds no queries in WINDOW: such definitions stand in the place of their names. */
  private static SqlSelect withoutQueries(SqlSelect select) {
    SqlNodeList windows = select.getWindowList();
    if (windows.stream().noneMatch(NamedWindows::hasQuery)) {
      return select;
    }
    SqlSelect opened = (SqlSelect) select.clone(select.getParserPosition());
    WrittenOut writtenOut = new WrittenOut(windows);
    opened.setSelectList((SqlNodeList) select.getSelectList().accept(writtenOut));
    SqlNode qualify = select.getQualify();
    opened.setQualify(qualify == null ? null : qualify.accept(writtenOut));
    opened.setOperand(WINDOWS, SqlNodeList.EMPTY);
    return opened;
  }

  private static boolean hasQuery(@Nullable SqlNode node) {
    return switch (node) {
      case SqlNodeList list -> list.stream().anyMatch(NamedWindows::hasQuery);
      case SqlCall call ->
          call.isA(SqlKind.QUERY)
              || call.getOperandList().stream().anyMatch(NamedWindows::hasQuery);
      case null, default -> false;
    };
  }

  private static void check(SqlNodeList windows) {
    for (SqlNode node : windows) {
      SqlWindow window = (SqlWindow) node;
      Set<String> names = new HashSet<>();
      for (SqlWindow next = window; next != null; next = find(windows, next.getRefName())) {
        SqlIdentifier name = next.getDeclName();
        if (name != null && !names.add(name.getSimple().toLowerCase(Locale.ROOT))) {
          throw PlannerErrors.invalid(
              "the window " + name.getSimple() + " is defined by itself",
              Positions.of(name.getParserPosition()));
        }
      }
    }
  }

  /** The definition of a name, which matches in any case, or null. */
  static @Nullable SqlWindow find(SqlNodeList windows, @Nullable SqlIdentifier name) {
    if (name == null || !name.isSimple()) {
      return null;
    }
    for (SqlNode node : windows) {
      SqlIdentifier declared = ((SqlWindow) node).getDeclName();
      if (declared != null && declared.getSimple().equalsIgnoreCase(name.getSimple())) {
        return (SqlWindow) node;
      }
    }
    return null;
  }

  /** Puts definitions in the place of names. */
  private static final class WrittenOut extends SqlShuttle {
    private final SqlNodeList windows;

    WrittenOut(SqlNodeList windows) {
      this.windows = windows;
    }

    @Override
    public @Nullable SqlNode visit(SqlCall call) {
      if (call.isA(SqlKind.QUERY)) {
        return call;
      }
      if (call.getKind() != SqlKind.OVER) {
        return super.visit(call);
      }
      SqlNode function = call.operand(0);
      SqlNode window = call.operand(1);
      SqlWindow meant =
          window instanceof SqlIdentifier name
              ? find(windows, name)
              : window instanceof SqlWindow written && written.getRefName() != null
                  ? written
                  : null;
      if (meant == null) {
        return call;
      }
      SqlWindow whole = whole(meant);
      if (window instanceof SqlIdentifier && WITHOUT_FRAME.contains(name(function))) {
        whole.setLowerBound(null);
        whole.setUpperBound(null);
      }
      return call.getOperator().createCall(call.getParserPosition(), List.of(function, whole));
    }

    /** A copy with what it takes from those that it names. */
    private SqlWindow whole(SqlWindow window) {
      SqlWindow copy = (SqlWindow) SqlCompiler.copy(window);
      copy.setOperand(0, null);
      SqlWindow base = find(windows, window.getRefName());
      if (base != null) {
        SqlWindow below = whole(base);
        if (copy.getPartitionList().isEmpty()) {
          copy.setOperand(2, below.getPartitionList());
        }
        if (copy.getOrderList().isEmpty()) {
          copy.setOperand(3, below.getOrderList());
        }
        copy.setOperand(1, null);
      }
      return copy;
    }

    private static String name(SqlNode function) {
      SqlNode plain = function;
      while (plain instanceof SqlCall call
          && (call.getKind() == SqlKind.IGNORE_NULLS
              || call.getKind() == SqlKind.RESPECT_NULLS
              || call.getKind() == SqlKind.FILTER)) {
        plain = call.operand(0);
      }
      return plain instanceof SqlCall call
          ? call.getOperator().getName().toUpperCase(Locale.ROOT)
          : "";
    }
  }
}
