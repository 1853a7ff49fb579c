package dev.tidemill.planner;

import dev.tidemill.plan.batch.OutputColumn;
import dev.tidemill.planner.error.PlannerErrors;
import dev.tidemill.planner.sql.Positions;
import dev.tidemill.sql.parser.StatementParser;
import dev.tidemill.storage.catalog.TableVersions;
import dev.tidemill.storage.table.Changeable;
import java.util.ArrayList;
import java.util.List;
import org.apache.calcite.sql.JoinConditionType;
import org.apache.calcite.sql.JoinType;
import org.apache.calcite.sql.SqlBasicCall;
import org.apache.calcite.sql.SqlCall;
import org.apache.calcite.sql.SqlDynamicParam;
import org.apache.calcite.sql.SqlIdentifier;
import org.apache.calcite.sql.SqlInsert;
import org.apache.calcite.sql.SqlJoin;
import org.apache.calcite.sql.SqlKind;
import org.apache.calcite.sql.SqlLiteral;
import org.apache.calcite.sql.SqlNode;
import org.apache.calcite.sql.SqlNodeList;
import org.apache.calcite.sql.SqlOperator;
import org.apache.calcite.sql.SqlSelect;
import org.apache.calcite.sql.SqlUpdate;
import org.apache.calcite.sql.fun.SqlCase;
import org.apache.calcite.sql.fun.SqlStdOperatorTable;
import org.apache.calcite.sql.parser.SqlParserPos;
import org.jspecify.annotations.Nullable;

/**
 * UPDATE, DELETE and MERGE as queries over the table with its row numbers.
 *
 * <pre>
 *   UPDATE t SET b = b + 1 WHERE a = 1       SELECT t."$row", t.a, t.b, t.a, b + 1 FROM t$rows AS t WHERE a = 1
 *   MERGE INTO t USING s ON t.a = s.a        SELECT t."$row", t.a, t.b,
 *     WHEN MATCHED THEN UPDATE SET b = s.b     CASE WHEN t."$row" IS NOT NULL THEN t.a END, CASE … THEN s.b END,
 *     WHEN NOT MATCHED THEN INSERT             CASE WHEN t."$row" IS NULL THEN s.a END, CASE … THEN s.b END
 *     VALUES (s.a, s.b)                      FROM s LEFT JOIN t$rows AS t ON t.a = s.a
 * </pre>
 */
final class ChangeQueries {
  private final SqlIdentifier target;
  private final String alias;
  private final List<OutputColumn> stored;
  private final SqlParserPos position;

  /**
   * @param target the table's name as it is written
   * @param alias what its rows are called, or null for its name
   */
  ChangeQueries(SqlIdentifier target, @Nullable SqlIdentifier alias, List<OutputColumn> stored) {
    this.target = target;
    this.alias = alias == null ? target.names.getLast() : alias.getSimple();
    this.stored = stored;
    this.position = target.getParserPosition();
  }

  SqlSelect delete(@Nullable SqlNode condition) {
    return select(old(), rows(), condition);
  }

  SqlSelect update(List<Integer> places, SqlNodeList sources, @Nullable SqlNode condition) {
    SqlNodeList items = old();
    for (int i = 0; i < stored.size(); i++) {
      int from = places.indexOf(i);
      items.add(from < 0 ? column(stored.get(i).name()) : value(sources.get(from), stored.get(i)));
    }
    return select(items, rows(), condition);
  }

  /**
   * @param update what becomes of rows that match, or null
   * @param places of its columns
   * @param insert what comes where none matches, or null
   * @param insertPlaces of its columns
   */
  SqlSelect merge(
      SqlNode source,
      SqlNode condition,
      @Nullable SqlUpdate update,
      List<Integer> places,
      @Nullable SqlInsert insert,
      List<Integer> insertPlaces) {
    SqlNodeList items = old();
    if (update != null) {
      for (int i = 0; i < stored.size(); i++) {
        int from = places.indexOf(i);
        SqlNode value =
            from < 0
                ? column(stored.get(i).name())
                : value(update.getSourceExpressionList().get(from), stored.get(i));
        items.add(from < 0 ? value : only(SqlStdOperatorTable.IS_NOT_NULL, value));
      }
    }
    if (insert != null) {
      List<SqlNode> values = values(insert);
      if (values.size() != insertPlaces.size()) {
        throw PlannerErrors.columnCount(
            target.names.getLast(),
            insertPlaces.size(),
            values.size(),
            Positions.of(insert.getParserPosition()));
      }
      for (int i = 0; i < stored.size(); i++) {
        int from = insertPlaces.indexOf(i);
        if (from < 0) {
          items.add(nullOf(stored.get(i)));
        } else {
          items.add(only(SqlStdOperatorTable.IS_NULL, value(values.get(from), stored.get(i))));
        }
      }
    }
    SqlNode unmatched =
        insert != null && update == null ? isRow(SqlStdOperatorTable.IS_NULL) : null;
    SqlNode join =
        new SqlJoin(
            position,
            source,
            SqlLiteral.createBoolean(false, position),
            (insert == null ? JoinType.INNER : JoinType.LEFT).symbol(position),
            rows(),
            JoinConditionType.ON.symbol(position),
            condition);
    return select(items, join, unmatched);
  }

  /** The row of values that is inserted. */
  private static List<SqlNode> values(SqlInsert insert) {
    SqlNode source = insert.getSource();
    if (source instanceof SqlCall values
        && values.getKind() == SqlKind.VALUES
        && values.operandCount() == 1
        && values.operand(0) instanceof SqlCall row) {
      return row.getOperandList();
    }
    throw PlannerErrors.unsupported(
        "INSERT of other than one row of VALUES in MERGE",
        Positions.of(source.getParserPosition()));
  }

  /** A value where the row is there, or is not, else NULL. */
  private SqlNode only(SqlOperator there, SqlNode value) {
    return new SqlCase(
        value.getParserPosition(),
        null,
        SqlNodeList.of(isRow(there)),
        SqlNodeList.of(value),
        SqlLiteral.createNull(position));
  }

  private SqlNode isRow(SqlOperator there) {
    return there.createCall(position, column(Changeable.ROW));
  }

  private SqlNode nullOf(OutputColumn column) {
    return cast(SqlLiteral.createNull(position), column);
  }

  private SqlNode value(SqlNode value, OutputColumn column) {
    return value instanceof SqlDynamicParam ? cast(value, column) : value;
  }

  private static SqlNode cast(SqlNode value, OutputColumn column) {
    return SqlStdOperatorTable.CAST.createCall(
        value.getParserPosition(),
        value,
        StatementParser.parseType(column.type().toString()).node());
  }

  private SqlNodeList old() {
    SqlNodeList items = new SqlNodeList(position);
    items.add(column(Changeable.ROW));
    stored.forEach(column -> items.add(column(column.name())));
    return items;
  }

  private SqlIdentifier column(String name) {
    return new SqlIdentifier(List.of(alias, name), position);
  }

  private SqlNode rows() {
    List<String> names = new ArrayList<>(target.names);
    names.set(names.size() - 1, TableVersions.rows(names.getLast()));
    return new SqlBasicCall(
        SqlStdOperatorTable.AS,
        List.of(new SqlIdentifier(names, position), new SqlIdentifier(alias, position)),
        position);
  }

  private SqlSelect select(SqlNodeList items, SqlNode from, @Nullable SqlNode where) {
    return new SqlSelect(
        position, null, items, from, where, null, null, null, null, null, null, null, null);
  }
}
