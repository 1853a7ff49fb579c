package dev.tidemill.planner.sql;

import dev.tidemill.planner.error.PlannerErrors;
import java.util.ArrayList;
import java.util.List;
import org.apache.calcite.sql.JoinType;
import org.apache.calcite.sql.SqlAggFunction;
import org.apache.calcite.sql.SqlCall;
import org.apache.calcite.sql.SqlIdentifier;
import org.apache.calcite.sql.SqlJoin;
import org.apache.calcite.sql.SqlKind;
import org.apache.calcite.sql.SqlNode;
import org.apache.calcite.sql.SqlNodeList;
import org.apache.calcite.sql.SqlOrderBy;
import org.apache.calcite.sql.SqlSelect;
import org.apache.calcite.sql.SqlSetOperator;
import org.apache.calcite.sql.SqlTableRef;
import org.apache.calcite.sql.SqlUnresolvedFunction;
import org.apache.calcite.sql.SqlWith;
import org.apache.calcite.sql.SqlWithItem;
import org.jspecify.annotations.Nullable;

/**
 * Where a query of WITH RECURSIVE names itself, and whether it may there. A round sees the rows of
 * the round before alone, so all rows have to follow from single ones: nothing may depend on rows
 * that are <em>not</em> there (the other side of an outer join, NOT IN, EXCEPT), on all of them (an
 * aggregate, ORDER BY with LIMIT, OVER), or on two of them.
 */
final class RecursiveReference {
  private final String name;

  RecursiveReference(String name) {
    this.name = name;
  }

  /** The places in FROM where a query names this one, with all of its subqueries. */
  List<SqlIdentifier> in(@Nullable SqlNode query) {
    List<SqlIdentifier> found = new ArrayList<>();
    collect(query, found);
    return found;
  }

  private boolean isIn(@Nullable SqlNode node) {
    return !in(node).isEmpty();
  }

  /** The places in a part of FROM. */
  private List<SqlIdentifier> inFrom(@Nullable SqlNode from) {
    List<SqlIdentifier> found = new ArrayList<>();
    collectFrom(from, found);
    return found;
  }

  private void collect(@Nullable SqlNode node, List<SqlIdentifier> found) {
    switch (node) {
      case null -> {}
      case SqlWith with -> {
        for (SqlNode child : with.withList) {
          SqlWithItem item = (SqlWithItem) child;
          boolean isHidden = item.name.getSimple().equalsIgnoreCase(name);
          if (!isHidden || !item.recursive.booleanValue()) {
            collect(item.query, found);
          }
          if (isHidden) {
            return;
          }
        }
        collect(with.body, found);
      }
      case SqlSelect select -> {
        for (SqlNode operand : select.getOperandList()) {
          if (operand == select.getFrom()) {
            collectFrom(operand, found);
          } else {
            collect(operand, found);
          }
        }
      }
      case SqlNodeList list -> list.forEach(n -> collect(n, found));
      case SqlCall call -> {
        if (call.getKind() == SqlKind.EXPLICIT_TABLE) {
          collectFrom(call.operand(0), found);
        } else {
          call.getOperandList().forEach(n -> collect(n, found));
        }
      }
      default -> {}
    }
  }

  private void collectFrom(@Nullable SqlNode from, List<SqlIdentifier> found) {
    switch (from) {
      case null -> {}
      case SqlIdentifier table -> {
        if (table.isSimple() && table.getSimple().equalsIgnoreCase(name)) {
          found.add(table);
        }
      }
      case SqlTableRef reference -> collectFrom(reference.operand(0), found);
      case SqlJoin join -> {
        collectFrom(join.getLeft(), found);
        collectFrom(join.getRight(), found);
        collect(join.getCondition(), found);
      }
      case SqlCall call -> {
        switch (call.getKind()) {
          case AS, LATERAL, EXPLICIT_TABLE, SNAPSHOT, TABLESAMPLE ->
              collectFrom(call.operand(0), found);
          default -> collect(call, found);
        }
      }
      default -> collect(from, found);
    }
  }

  /** Refuses a part of the query, which names it, where it may not. */
  void check(SqlNode part) {
    List<SqlIdentifier> places = in(part);
    if (places.size() > 1) {
      throw refused("twice in one part of its query", places.get(1));
    }
    query(part);
  }

  private void query(SqlNode query) {
    if (!isIn(query)) {
      return;
    }
    switch (query) {
      case SqlSelect select -> select(select);
      case SqlOrderBy order -> throw refused("below ORDER BY or LIMIT", order);
      case SqlWith with -> {
        for (SqlNode item : with.withList) {
          if (isIn(((SqlWithItem) item).query)) {
            throw refused("in another WITH query", item);
          }
        }
        query(with.body);
      }
      case SqlCall call when call.getOperator() instanceof SqlSetOperator operator -> {
        boolean isUnion = call.getKind() == SqlKind.UNION;
        if (!isUnion && operator.isAll()) {
          throw refused("in " + call.getKind() + " ALL", call);
        }
        if (call.getKind() == SqlKind.EXCEPT && isIn(call.operand(1))) {
          throw refused("behind EXCEPT", call.operand(1));
        }
        call.getOperandList().forEach(this::query);
      }
      case SqlCall call when call.getKind() == SqlKind.EXPLICIT_TABLE -> {}
      default -> throw refused("in " + query.getKind().sql, query);
    }
  }

  private void select(SqlSelect select) {
    for (SqlNode operand : select.getOperandList()) {
      if (operand != select.getFrom() && isIn(operand)) {
        throw refused("in a subquery", in(operand).get(0));
      }
    }
    from(select.getFrom());
    if (inFrom(select.getFrom()).isEmpty()) {
      return;
    }
    if (select.getGroup() != null) {
      throw refused("in a query with GROUP BY", select.getGroup());
    }
    if (select.getHaving() != null) {
      throw refused("in a query with HAVING", select.getHaving());
    }
    if (select.getQualify() != null) {
      throw refused("in a query with QUALIFY", select.getQualify());
    }
    if (select.getFetch() != null || select.getOffset() != null) {
      throw refused("below ORDER BY or LIMIT", select);
    }
    select.getSelectList().forEach(this::value);
  }

  /** A column of a SELECT that reads the query's own rows. */
  private void value(@Nullable SqlNode node) {
    switch (node) {
      case null -> {}
      case SqlCall call when call.isA(SqlKind.QUERY) -> {}
      case SqlCall call -> {
        if (call.getKind() == SqlKind.OVER) {
          throw refused("in a query with OVER", call);
        }
        if (isAggregate(call)) {
          throw refused("in a query with an aggregate", call);
        }
        call.getOperandList().forEach(this::value);
      }
      case SqlNodeList list -> list.forEach(this::value);
      default -> {}
    }
  }

  private static boolean isAggregate(SqlCall call) {
    return call.getOperator() instanceof SqlAggFunction
        || AggregateSpellings.isOne(call)
        || call.getOperator() instanceof SqlUnresolvedFunction function
            && Functions.INSTANCE.isAggregate(function.getName());
  }

  private void from(@Nullable SqlNode from) {
    switch (from) {
      case null -> {}
      case SqlIdentifier table -> {}
      case SqlTableRef reference -> {}
      case SqlJoin join -> {
        JoinType type = join.getJoinType();
        boolean fillsLeft = type == JoinType.RIGHT || type == JoinType.FULL;
        boolean fillsRight =
            type == JoinType.LEFT
                || type == JoinType.FULL
                || type == JoinType.LEFT_ANTI_JOIN
                || type == JoinType.LEFT_ASOF;
        List<SqlIdentifier> left = inFrom(join.getLeft());
        List<SqlIdentifier> right = inFrom(join.getRight());
        if (fillsLeft && !left.isEmpty() || fillsRight && !right.isEmpty()) {
          throw refused(
              "on the side of a " + type + " JOIN that NULLs stand in for",
              fillsLeft && !left.isEmpty() ? left.get(0) : right.get(0));
        }
        if (isIn(join.getCondition())) {
          throw refused("in a subquery", in(join.getCondition()).get(0));
        }
        from(join.getLeft());
        from(join.getRight());
      }
      case SqlCall call -> {
        switch (call.getKind()) {
          case AS, LATERAL, EXPLICIT_TABLE -> from(call.operand(0));
          default -> query(call);
        }
      }
      default -> query(from);
    }
  }

  private RuntimeException refused(String where, SqlNode at) {
    return PlannerErrors.recursiveReference(name, where, Positions.of(at.getParserPosition()));
  }
}
