package dev.tidemill.planner;

import dev.tidemill.foundation.type.Type;
import dev.tidemill.plan.batch.OutputColumn;
import dev.tidemill.planner.error.PlannerErrors;
import dev.tidemill.planner.sql.Positions;
import dev.tidemill.sql.parser.StatementParser;
import dev.tidemill.sql.parser.statement.MergeNode;
import dev.tidemill.sql.parser.statement.Selects;
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
import org.apache.calcite.sql.SqlJoin;
import org.apache.calcite.sql.SqlKind;
import org.apache.calcite.sql.SqlLiteral;
import org.apache.calcite.sql.SqlNode;
import org.apache.calcite.sql.SqlNodeList;
import org.apache.calcite.sql.SqlOperator;
import org.apache.calcite.sql.SqlSelect;
import org.apache.calcite.sql.fun.SqlCase;
import org.apache.calcite.sql.fun.SqlStdOperatorTable;
import org.apache.calcite.sql.parser.SqlParserPos;
import org.apache.calcite.sql.util.SqlBasicVisitor;
import org.jspecify.annotations.Nullable;

/**
 * UPDATE, DELETE and MERGE as queries over the table with its row numbers: the row as it is, the
 * number of the clause that it goes with, and what each clause makes of it.
 *
 * <pre>
 *   UPDATE t SET b = b + 1 WHERE a = 1     SELECT t."$row", t.a, t.b, 1, t.a, b + 1 FROM t$rows AS t WHERE a = 1
 *   MERGE INTO t USING s ON t.a = s.a      SELECT t."$row", t.a, t.b,
 *     WHEN MATCHED AND s.b = 0 THEN          CASE WHEN t."$row" IS NOT NULL
 *       DELETE                                 THEN CASE WHEN s.b = 0 THEN 1 ELSE 2 END ELSE 3 END AS n,
 *     WHEN MATCHED THEN                      t.a, CASE WHEN n = 2 THEN s.b END,
 *       UPDATE SET b = s.b                   CASE WHEN t."$row" IS NULL THEN s.a END,
 *     WHEN NOT MATCHED THEN                  CASE WHEN t."$row" IS NULL THEN s.b END
 *       INSERT VALUES (s.a, s.b)           FROM s LEFT JOIN t$rows AS t ON t.a = s.a
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
    SqlNodeList items = old();
    items.add(integer(1));
    return select(items, rows(), condition);
  }

  SqlSelect update(List<Integer> places, SqlNodeList sources, @Nullable SqlNode condition) {
    SqlNodeList items = old();
    items.add(integer(1));
    for (int i = 0; i < stored.size(); i++) {
      int from = places.indexOf(i);
      items.add(from < 0 ? column(stored.get(i).name()) : value(sources.get(from), stored.get(i)));
    }
    return select(items, rows(), condition);
  }

  /**
   * @param places of the columns of each clause
   */
  SqlSelect merge(MergeNode merge, List<List<Integer>> places) {
    List<MergeNode.Clause> clauses = merge.clauses();
    SqlNodeList items = old();
    items.add(number(clauses));
    for (int k = 0; k < clauses.size(); k++) {
      MergeNode.Clause clause = clauses.get(k);
      boolean known = check(clauses, k);
      switch (clause.action()) {
        case UPDATE -> {
          for (int i = 0; i < stored.size(); i++) {
            int from = places.get(k).indexOf(i);
            items.add(
                from < 0
                    ? column(stored.get(i).name())
                    : only(clauses, k, known, value(clause.values().get(from), stored.get(i))));
          }
        }
        case INSERT -> {
          if (clause.values().size() != places.get(k).size()) {
            throw PlannerErrors.columnCount(
                target.names.getLast(),
                places.get(k).size(),
                clause.values().size(),
                Positions.of(clause.position()));
          }
          for (int i = 0; i < stored.size(); i++) {
            int from = places.get(k).indexOf(i);
            items.add(
                from < 0
                    ? nullOf(stored.get(i))
                    : only(clauses, k, known, value(clause.values().get(from), stored.get(i))));
          }
        }
        case DELETE, NOTHING -> {}
      }
    }
    boolean matched = clauses.stream().anyMatch(MergeNode.Clause::matched);
    boolean unmatched = clauses.stream().anyMatch(clause -> !clause.matched());
    SqlNode join =
        new SqlJoin(
            position,
            merge.source(),
            SqlLiteral.createBoolean(false, position),
            (unmatched ? JoinType.LEFT : JoinType.INNER).symbol(position),
            rows(),
            JoinConditionType.ON.symbol(position),
            merge.condition());
    SqlSelect select = select(items, join, matched ? null : isRow(SqlStdOperatorTable.IS_NULL));
    select.accept(new ParameterOrder());
    return select;
  }

  /** Checks a clause; true where each row that matches (or does not) goes with it. */
  private boolean check(List<MergeNode.Clause> clauses, int k) {
    MergeNode.Clause clause = clauses.get(k);
    boolean first = true;
    for (MergeNode.Clause before : clauses.subList(0, k)) {
      if (before.matched() == clause.matched()) {
        first = false;
        if (before.condition() == null) {
          throw PlannerErrors.clauseNotReached(Positions.of(clause.position()));
        }
      }
    }
    if (!clause.matched()) {
      SourceOnly check = new SourceOnly();
      if (clause.condition() != null) {
        clause.condition().accept(check);
      }
      clause.values().forEach(value -> value.accept(check));
    }
    return first && clause.condition() == null;
  }

  /** Refuses parameters that the query has twice, or not in the order of the statement. */
  private static final class ParameterOrder extends SqlBasicVisitor<@Nullable Void> {
    private int next;

    @Override
    public @Nullable Void visit(SqlDynamicParam parameter) {
      if (parameter.getIndex() != next) {
        throw PlannerErrors.unsupported(
            "a parameter in a condition of MERGE, or in USING and behind it too,",
            Positions.of(parameter.getParserPosition()));
      }
      next++;
      return null;
    }
  }

  /** Of what says that a row of the source is in no row of the target: refuses the target's. */
  private final class SourceOnly extends SqlBasicVisitor<@Nullable Void> {
    private int queries;

    @Override
    public @Nullable Void visit(SqlCall call) {
      boolean query = call.isA(SqlKind.QUERY);
      queries += query ? 1 : 0;
      super.visit(call);
      queries -= query ? 1 : 0;
      return null;
    }

    @Override
    public @Nullable Void visit(SqlIdentifier name) {
      List<String> names = name.names;
      boolean qualified = names.size() > 1 && names.get(names.size() - 2).equalsIgnoreCase(alias);
      boolean plain =
          names.size() == 1
              && queries == 0
              && stored.stream().anyMatch(c -> c.name().equalsIgnoreCase(names.getFirst()));
      if (qualified || plain) {
        throw PlannerErrors.columnOfNoRow(
            names.getLast(), alias, Positions.of(name.getParserPosition()));
      }
      return null;
    }
  }

  /** The number of the clause that a row goes with, from 1; NULL where it goes with none. */
  private SqlNode number(List<MergeNode.Clause> clauses) {
    return new SqlCase(
        position,
        null,
        SqlNodeList.of(isRow(SqlStdOperatorTable.IS_NOT_NULL)),
        SqlNodeList.of(number(clauses, true)),
        number(clauses, false));
  }

  private SqlNode number(List<MergeNode.Clause> clauses, boolean matched) {
    SqlNodeList conditions = new SqlNodeList(position);
    SqlNodeList numbers = new SqlNodeList(position);
    SqlNode last = nullOf(Type.INTEGER);
    for (int k = 0; k < clauses.size(); k++) {
      MergeNode.Clause clause = clauses.get(k);
      if (clause.matched() == matched) {
        SqlNode number = integer(k + 1);
        if (clause.condition() == null) {
          last = number;
        } else {
          conditions.add(clause.condition());
          numbers.add(number);
        }
      }
    }
    return conditions.isEmpty() ? last : new SqlCase(position, null, conditions, numbers, last);
  }

  private SqlNode integer(int value) {
    return SqlLiteral.createExactNumeric(Integer.toString(value), position);
  }

  /**
   * A value where the row goes with clause {@code k}, else NULL.
   *
   * @param known whether it does where it matches, or where it does not
   */
  private SqlNode only(List<MergeNode.Clause> clauses, int k, boolean known, SqlNode value) {
    SqlOperator there =
        clauses.get(k).matched() ? SqlStdOperatorTable.IS_NOT_NULL : SqlStdOperatorTable.IS_NULL;
    SqlNode goes =
        known
            ? isRow(there)
            : SqlStdOperatorTable.EQUALS.createCall(position, number(clauses), integer(k + 1));
    return new SqlCase(
        value.getParserPosition(),
        null,
        SqlNodeList.of(goes),
        SqlNodeList.of(value),
        SqlLiteral.createNull(position));
  }

  private SqlNode isRow(SqlOperator there) {
    return there.createCall(position, column(Changeable.ROW));
  }

  private SqlNode nullOf(OutputColumn column) {
    return nullOf(column.type());
  }

  private SqlNode nullOf(Type type) {
    return cast(SqlLiteral.createNull(position), type);
  }

  private SqlNode value(SqlNode value, OutputColumn column) {
    return value instanceof SqlDynamicParam ? cast(value, column.type()) : value;
  }

  private static SqlNode cast(SqlNode value, Type type) {
    return SqlStdOperatorTable.CAST.createCall(
        value.getParserPosition(), value, StatementParser.parseType(type.toString()).node());
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
    return Selects.of(items, from, where, position);
  }
}
