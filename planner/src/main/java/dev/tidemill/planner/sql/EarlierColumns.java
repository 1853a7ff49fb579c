package dev.tidemill.planner.sql;

import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.Set;
import org.apache.calcite.sql.SqlCall;
import org.apache.calcite.sql.SqlIdentifier;
import org.apache.calcite.sql.SqlKind;
import org.apache.calcite.sql.SqlNode;
import org.apache.calcite.sql.SqlNodeList;
import org.apache.calcite.sql.SqlSelect;
import org.apache.calcite.sql.SqlWindow;
import org.apache.calcite.sql.fun.SqlStdOperatorTable;
import org.apache.calcite.sql.parser.SqlParserPos;
import org.apache.calcite.sql.util.SqlShuttle;
import org.jspecify.annotations.Nullable;

/**
 * Columns of SELECT that later ones, and WHERE, call by their names:
 *
 * <pre>
 *   SELECT a + 1 AS b, b * 2 AS c FROM t WHERE b &gt; 3
 *   SELECT a + 1 AS b, (a + 1) * 2 AS c FROM t WHERE a + 1 &gt; 3
 * </pre>
 *
 * A column of FROM with that name comes first. What gives something else each time, as RAND, cannot
 * be called so, nor can anything be from within a subquery.
 */
final class EarlierColumns extends SqlShuttle {
  private static final Set<String> VARYING = Set.of("RAND", "RAND_INTEGER", "RANDOM", "UUID");

  private final FromColumns columns;
  private final @Nullable SqlNode from;
  private final Map<String, SqlNode> meanings = new LinkedHashMap<>();

  private EarlierColumns(FromColumns columns, @Nullable SqlNode from) {
    this.columns = columns;
    this.from = from;
  }

  /** Puts what they mean in the place of such names. */
  static void open(SqlSelect select, FromColumns columns) {
    EarlierColumns earlier = new EarlierColumns(columns, select.getFrom());
    SqlNodeList items = select.getSelectList();
    for (int i = 0; i < items.size(); i++) {
      SqlNode item = items.get(i);
      if (item.getKind() == SqlKind.AS && ((SqlCall) item).operand(1) instanceof SqlIdentifier id) {
        SqlCall as = (SqlCall) item;
        SqlNode value = earlier.in(as.operand(0));
        items.set(i, as.getOperator().createCall(as.getParserPosition(), value, id));
        earlier.add(id.getSimple(), value);
      } else if (item instanceof SqlIdentifier id && !id.isStar()) {
        SqlNode value = earlier.in(id);
        if (value != id) {
          SqlParserPos position = id.getParserPosition();
          items.set(i, SqlStdOperatorTable.AS.createCall(position, value, id));
        }
      }
    }
    SqlNode where = select.getWhere();
    if (where != null) {
      select.setWhere(earlier.in(where));
    }
  }

  private SqlNode in(SqlNode node) {
    if (meanings.isEmpty()) {
      return node;
    }
    SqlNode opened = node.accept(this);
    return opened == null ? node : opened;
  }

  private void add(String name, SqlNode value) {
    if (!isVarying(value)
        && (from == null
            || columns.isKnown(from)
                && !columns.has(from, new SqlIdentifier(name, SqlParserPos.ZERO)))) {
      meanings.putIfAbsent(name.toLowerCase(Locale.ROOT), value);
    }
  }

  private static boolean isVarying(@Nullable SqlNode node) {
    return switch (node) {
      case SqlNodeList list -> list.stream().anyMatch(EarlierColumns::isVarying);
      case SqlCall call ->
          call.isA(SqlKind.QUERY)
              || VARYING.contains(call.getOperator().getName().toUpperCase(Locale.ROOT))
              || call.getOperandList().stream().anyMatch(EarlierColumns::isVarying);
      case null, default -> false;
    };
  }

  @Override
  public @Nullable SqlNode visit(SqlIdentifier id) {
    SqlNode meaning = id.isSimple() ? meanings.get(id.getSimple().toLowerCase(Locale.ROOT)) : null;
    return meaning == null ? id : SqlCompiler.copy(meaning);
  }

  @Override
  public @Nullable SqlNode visit(SqlCall call) {
    if (call.isA(SqlKind.QUERY) || call instanceof SqlWindow) {
      return call;
    }
    return switch (call.getKind()) {
      case OVER, AS, DOT -> {
        List<SqlNode> operands = new ArrayList<>(call.getOperandList());
        operands.set(0, in(operands.get(0)));
        yield call.getOperator().createCall(call.getParserPosition(), operands);
      }
      default -> super.visit(call);
    };
  }
}
