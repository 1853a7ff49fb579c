package dev.tidemill.planner.sql;

import java.util.ArrayList;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.Set;
import java.util.TreeSet;
import java.util.function.Function;
import org.apache.calcite.sql.JoinConditionType;
import org.apache.calcite.sql.SqlCall;
import org.apache.calcite.sql.SqlIdentifier;
import org.apache.calcite.sql.SqlJoin;
import org.apache.calcite.sql.SqlKind;
import org.apache.calcite.sql.SqlLiteral;
import org.apache.calcite.sql.SqlNode;
import org.apache.calcite.sql.SqlNodeList;
import org.apache.calcite.sql.SqlSelect;
import org.apache.calcite.sql.SqlTableRef;
import org.apache.calcite.sql.SqlWithItem;
import org.apache.calcite.sql.parser.SqlParserPos;
import org.apache.calcite.util.Util;
import org.jspecify.annotations.Nullable;

/**
 * The columns of what stands in FROM, before validation, where that can be told: NATURAL joins
 * become joins USING their common columns, so that those stand without a table everywhere.
 */
final class FromColumns {
  private final Function<List<String>, @Nullable List<String>> tables;
  private final Map<String, SqlWithItem> with;

  /**
   * @param tables the names of a table's columns, or null of one that is not known
   * @param with the queries of WITH that are in sight
   */
  FromColumns(
      Function<List<String>, @Nullable List<String>> tables, Map<String, SqlWithItem> with) {
    this.tables = tables;
    this.with = with;
  }

  /**
   * A column.
   *
   * @param table what it can be qualified with, or null of one that two sides of a join share
   */
  private record Column(@Nullable String table, String name) {}

  /** NATURAL joins as USING, where both sides are known and have columns in common. */
  void resolve(@Nullable SqlNode from) {
    if (!(from instanceof SqlJoin join)) {
      return;
    }
    resolve(join.getLeft());
    resolve(join.getRight());
    List<Column> left = join.isNatural() ? columns(join.getLeft()) : null;
    List<Column> right = join.isNatural() ? columns(join.getRight()) : null;
    if (left == null || right == null) {
      return;
    }
    SqlParserPos position = join.getParserPosition();
    List<SqlNode> common = new ArrayList<>();
    for (Column column : left) {
      if (contains(right, column.name())) {
        common.add(new SqlIdentifier(column.name(), position));
      }
    }
    if (!common.isEmpty()) {
      join.setOperand(1, SqlLiteral.createBoolean(false, position));
      join.setOperand(4, JoinConditionType.USING.symbol(position));
      join.setOperand(5, new SqlNodeList(common, position));
    }
  }

  /**
   * The columns of {@code *} but some, or null where they cannot be told. Those that sides of a
   * join share come without a table.
   */
  @Nullable List<SqlNode> star(SqlNode from, SqlNodeList excluded) {
    List<Column> columns = columns(from);
    if (columns == null) {
      return null;
    }
    List<SqlNode> kept = new ArrayList<>();
    for (Column column : columns) {
      boolean isKept = true;
      for (SqlNode node : excluded) {
        SqlIdentifier name = (SqlIdentifier) node;
        isKept &= !(same(Util.last(name.names), column.name()) && isOf(column, name));
      }
      if (isKept) {
        SqlParserPos position = excluded.getParserPosition();
        kept.add(
            column.table() == null
                ? new SqlIdentifier(column.name(), position)
                : new SqlIdentifier(List.of(column.table(), column.name()), position));
      }
    }
    return kept;
  }

  /**
   * The names that can stand before a point: tables and columns. Null where they cannot be told.
   */
  @Nullable Set<String> qualifiers(SqlNode from) {
    List<Column> columns = columns(from);
    if (columns == null) {
      return null;
    }
    Set<String> names = new TreeSet<>(String.CASE_INSENSITIVE_ORDER);
    for (Column column : columns) {
      names.add(column.name());
      if (column.table() != null) {
        names.add(column.table());
      }
    }
    return names;
  }

  /** Whether the columns can be told. */
  boolean isKnown(SqlNode from) {
    return columns(from) != null;
  }

  /** Whether {@code *} has a column. */
  boolean has(SqlNode from, SqlIdentifier name) {
    List<Column> columns = columns(from);
    return columns != null
        && columns.stream().anyMatch(c -> same(Util.last(name.names), c.name()) && isOf(c, name));
  }

  private static boolean isOf(Column column, SqlIdentifier name) {
    return name.isSimple()
        || column.table() != null && same(name.names.get(name.names.size() - 2), column.table());
  }

  private @Nullable List<Column> columns(SqlNode from) {
    return switch (from) {
      case SqlIdentifier table -> named(Util.last(table.names), names(table));
      case SqlTableRef table ->
          table.tableName instanceof SqlIdentifier name
              ? named(Util.last(name.names), names(name))
              : null;
      case SqlJoin join -> joined(join);
      case SqlCall call when call.getKind() == SqlKind.COLLECTION_TABLE -> {
        List<String> names = names(call);
        yield names == null ? null : names.stream().map(n -> new Column(null, n)).toList();
      }
      case SqlCall as when as.getKind() == SqlKind.AS -> {
        String alias = ((SqlIdentifier) as.operand(1)).getSimple();
        if (as.operandCount() > 2) {
          List<String> names = new ArrayList<>();
          for (SqlNode name : Util.skip(as.getOperandList(), 2)) {
            names.add(((SqlIdentifier) name).getSimple());
          }
          yield named(alias, names);
        }
        yield named(alias, names(as.operand(0)));
      }
      default -> null;
    };
  }

  private @Nullable List<Column> joined(SqlJoin join) {
    List<Column> left = columns(join.getLeft());
    List<Column> right = columns(join.getRight());
    if (left == null || right == null || join.isNatural()) {
      return null;
    }
    List<Column> columns = new ArrayList<>();
    if (join.getConditionType() != JoinConditionType.USING
        || !(join.getCondition() instanceof SqlNodeList common)) {
      columns.addAll(left);
      columns.addAll(right);
      return columns;
    }
    for (Column column : left) {
      columns.add(isAmong(common, column) ? new Column(null, column.name()) : column);
    }
    right.stream().filter(column -> !isAmong(common, column)).forEach(columns::add);
    return columns;
  }

  private static boolean isAmong(SqlNodeList names, Column column) {
    return names.stream().anyMatch(n -> same(((SqlIdentifier) n).getSimple(), column.name()));
  }

  private static @Nullable List<Column> named(String table, @Nullable List<String> names) {
    return names == null ? null : names.stream().map(n -> new Column(table, n)).toList();
  }

  private @Nullable List<String> names(SqlNode node) {
    return switch (node) {
      case SqlIdentifier table -> {
        SqlWithItem item =
            table.isSimple() ? with.get(table.getSimple().toLowerCase(Locale.ROOT)) : null;
        yield item == null ? tables.apply(table.names) : ofItem(item);
      }
      case SqlTableRef table -> names(table.tableName);
      case SqlCall call when call.isA(SqlKind.QUERY) -> ofQuery(call);
      case SqlCall call when call.getKind() == SqlKind.COLLECTION_TABLE ->
          ofWindows(call.operand(0));
      default -> null;
    };
  }

  /** The columns of the table of TUMBLE and its like, and the bounds of the window. */
  private @Nullable List<String> ofWindows(SqlCall function) {
    SqlNode table = function.operandCount() == 0 ? function : function.operand(0);
    while (table instanceof SqlCall call
        && (call.getKind() == SqlKind.EXPLICIT_TABLE
            || call.getKind() == SqlKind.SET_SEMANTICS_TABLE)) {
      table = call.operand(0);
    }
    List<String> of =
        WindowTableFunctions.isOne(function.getOperator().getName().toUpperCase(Locale.ROOT))
                && table instanceof SqlIdentifier
            ? names(table)
            : null;
    if (of == null) {
      return null;
    }
    List<String> names = new ArrayList<>(of);
    names.add("window_start");
    names.add("window_end");
    return names;
  }

  private @Nullable List<String> ofItem(SqlWithItem item) {
    return item.columnList == null
        ? ofQuery(item.query)
        : item.columnList.stream().map(n -> ((SqlIdentifier) n).getSimple()).toList();
  }

  /** The names of a query's columns, or null where they cannot be told. */
  private @Nullable List<String> ofQuery(SqlNode query) {
    List<String> names = written(query);
    return names == null ? null : TidemillValidator.unique(names);
  }

  /** The names that a query itself gives its columns, some perhaps twice; null as above. */
  @Nullable List<String> written(SqlNode query) {
    SqlSelect select = ColumnNames.naming(query);
    if (select == null || query.getKind() == SqlKind.WITH) {
      return null;
    }
    List<String> names = new ArrayList<>();
    for (SqlNode item : select.getSelectList()) {
      if (item instanceof SqlIdentifier id && id.isStar()) {
        List<Column> columns = select.getFrom() == null ? null : columns(select.getFrom());
        if (columns == null || id.names.size() > 1) {
          return null;
        }
        columns.forEach(column -> names.add(column.name()));
      } else if (item instanceof SqlIdentifier id) {
        names.add(Util.last(id.names));
      } else if (item.getKind() == SqlKind.AS
          && ((SqlCall) item).operand(1) instanceof SqlIdentifier alias) {
        names.add(alias.getSimple());
      } else {
        return null;
      }
    }
    return names;
  }

  private static boolean contains(List<Column> columns, String name) {
    return columns.stream().anyMatch(c -> same(c.name(), name));
  }

  private static boolean same(String a, String b) {
    return a.equalsIgnoreCase(b);
  }
}
