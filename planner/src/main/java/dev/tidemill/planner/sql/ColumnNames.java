package dev.tidemill.planner.sql;

import dev.tidemill.foundation.error.SourcePosition;
import dev.tidemill.sql.parser.statement.LimitShare;
import java.math.BigDecimal;
import java.util.ArrayList;
import java.util.HashSet;
import java.util.List;
import java.util.Set;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import org.apache.calcite.sql.SqlCall;
import org.apache.calcite.sql.SqlIdentifier;
import org.apache.calcite.sql.SqlJoin;
import org.apache.calcite.sql.SqlKind;
import org.apache.calcite.sql.SqlNode;
import org.apache.calcite.sql.SqlNodeList;
import org.apache.calcite.sql.SqlOrderBy;
import org.apache.calcite.sql.SqlSelect;
import org.apache.calcite.sql.SqlStarExclude;
import org.apache.calcite.sql.SqlStarReplace;
import org.apache.calcite.sql.SqlWith;
import org.apache.calcite.sql.SqlWithItem;
import org.apache.calcite.sql.fun.SqlStdOperatorTable;
import org.apache.calcite.sql.parser.SqlParserPos;
import org.jspecify.annotations.Nullable;

/**
 * Names for columns that have none: an expression of SELECT is called by its text, as {@code
 * COUNT(*)} or {@code a + 1}, and the columns of VALUES are col0, col1 and so on. Nodes are
 * changed.
 */
final class ColumnNames {
  private static final Pattern UNNAMED = Pattern.compile("EXPR\\$(\\d+)");

  /** The sign before an operand, which is written apart. */
  private static final Pattern SIGN = Pattern.compile("(^|\\(|, |[-+*/%=<>] )- ");

  /** How many rows are taken, as LIMIT says. */
  private static final Pattern FETCH =
      Pattern.compile("FETCH NEXT (-?\\d+(?:\\.\\d+)?|\\?) ROWS ONLY");

  private static final Pattern OFFSET = Pattern.compile("OFFSET (\\d+|\\?) ROWS");

  private int tables;

  /**
   * Names the expressions and the VALUES of a SELECT.
   *
   * @param distinct whether two that have one text get two names, as what is read by name needs
   */
  void name(SqlSelect select, boolean distinct) {
    SqlNodeList items = select.getSelectList();
    Set<String> taken = new HashSet<>();
    for (int i = 0; i < items.size(); i++) {
      SqlNode item = items.get(i);
      if (item instanceof SqlCall field && field.getKind() == SqlKind.DOT) {
        items.set(
            i,
            SqlStdOperatorTable.AS.createCall(field.getParserPosition(), field, field.operand(1)));
      } else if (!isNamed(item)) {
        SqlParserPos position = item.getParserPosition();
        String text = text(item);
        String name = text;
        for (int n = 1; !taken.add(name) && distinct; n++) {
          name = text + "_" + n;
        }
        SqlIdentifier alias = new SqlIdentifier(name, position);
        items.set(i, SqlStdOperatorTable.AS.createCall(position, item, alias));
      }
    }
    SqlNode from = select.getFrom();
    if (from != null) {
      select.setFrom(named(from));
    }
  }

  /** Names the columns of {@code WITH name AS (VALUES …)}. */
  void name(SqlWithItem item) {
    if (item.columnList == null && item.query.getKind() == SqlKind.VALUES) {
      item.columnList =
          new SqlNodeList(columns((SqlCall) item.query), item.query.getParserPosition());
    }
  }

  private static boolean isNamed(SqlNode item) {
    return switch (item.getKind()) {
      case AS, IDENTIFIER -> true;
      default ->
          item instanceof SqlStarExclude
              || item instanceof SqlStarReplace
              || StarColumns.isOne(item);
    };
  }

  /** An expression with a name made of its text, in which a column stands by its plain name. */
  static SqlNode named(SqlNode expression, String column, SqlIdentifier qualified) {
    SqlParserPos position = expression.getParserPosition();
    String name = text(expression).replace(String.join(".", qualified.names), column);
    return SqlStdOperatorTable.AS.createCall(
        position, expression, new SqlIdentifier(name, position));
  }

  private SqlNode named(SqlNode from) {
    switch (from) {
      case SqlJoin join -> {
        join.setLeft(named(join.getLeft()));
        join.setRight(named(join.getRight()));
        return join;
      }
      case SqlCall values when values.getKind() == SqlKind.VALUES -> {
        SqlParserPos position = values.getParserPosition();
        return as(values, new SqlIdentifier("$values" + tables++, position));
      }
      case SqlCall query when query.isA(SqlKind.QUERY) -> {
        SqlParserPos position = query.getParserPosition();
        SqlIdentifier alias = new SqlIdentifier("$query" + tables++, position);
        return SqlStdOperatorTable.AS.createCall(position, query, alias);
      }
      case SqlCall as when as.getKind() == SqlKind.AS && as.operandCount() == 2 -> {
        return as.operand(0).getKind() == SqlKind.VALUES
            ? as((SqlCall) as.operand(0), as.operand(1))
            : from;
      }
      default -> {
        return from;
      }
    }
  }

  private static SqlNode as(SqlCall values, SqlNode alias) {
    List<SqlNode> operands = new ArrayList<>(List.of(values, alias));
    operands.addAll(columns(values));
    return SqlStdOperatorTable.AS.createCall(alias.getParserPosition(), operands);
  }

  private static List<SqlNode> columns(SqlCall values) {
    List<SqlNode> names = new ArrayList<>();
    SqlNode row = values.operand(0);
    int count = row.getKind() == SqlKind.ROW ? ((SqlCall) row).operandCount() : 1;
    for (int i = 0; i < count; i++) {
      names.add(new SqlIdentifier("col" + i, values.getParserPosition()));
    }
    return names;
  }

  /** The names of a result's columns: those that Calcite made up are of VALUES. */
  static List<String> ofResult(List<String> names) {
    List<String> result = new ArrayList<>();
    for (String name : names) {
      Matcher unnamed = UNNAMED.matcher(name);
      result.add(unnamed.matches() ? "col" + unnamed.group(1) : name);
    }
    return result;
  }

  /** The SELECT whose columns give a query's result their names, or null if it is VALUES. */
  static @Nullable SqlSelect naming(SqlNode query) {
    return switch (query) {
      case SqlWith with -> naming(with.body);
      case SqlOrderBy order -> naming(order.query);
      case SqlSelect select -> select;
      case SqlCall call when call.isA(SqlKind.SET_QUERY) && call.operandCount() > 0 ->
          naming(call.operand(0));
      default -> null;
    };
  }

  /**
   * Where each column of a validated query comes from, in the text; empty where that is not to be
   * known.
   */
  static List<@Nullable SourcePosition> positions(SqlNode query) {
    List<@Nullable SourcePosition> positions = new ArrayList<>();
    SqlSelect select = naming(query);
    if (select != null) {
      SourcePosition whole = Positions.of(select.getParserPosition());
      for (SqlNode item : select.getSelectList()) {
        SourcePosition position = Positions.of(item.getParserPosition());
        positions.add(position == null ? whole : position);
      }
    }
    return positions;
  }

  /** An expression as its author may have written it. */
  static String text(SqlNode node) {
    String text =
        node.toString()
            .replace("`", "")
            .replaceAll("\\R\\s*", " ")
            .replace(" BETWEEN ASYMMETRIC ", " BETWEEN ")
            .replace("ARRAY (SELECT ", "ARRAY(SELECT ")
            .replace("TRIM(BOTH ' ' FROM ", "TRIM(");
    text = SIGN.matcher(text).replaceAll("$1-");
    if (text.contains(" ROWS")) {
      text = FETCH.matcher(text).replaceAll(fetch -> "LIMIT " + limit(fetch.group(1)));
      text = OFFSET.matcher(text).replaceAll("OFFSET $1");
    }
    return node.isA(SqlKind.QUERY) ? "(" + text + ")" : text;
  }

  private static String limit(String rows) {
    BigDecimal percent = rows.equals("?") ? null : LimitShare.percent(new BigDecimal(rows));
    return percent == null ? rows : percent.toPlainString() + "%";
  }
}
