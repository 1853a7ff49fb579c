package dev.tidemill.planner.sql;

import dev.tidemill.planner.error.PlannerErrors;
import dev.tidemill.sql.parser.statement.Selects;
import java.util.ArrayList;
import java.util.List;
import java.util.Locale;
import java.util.Set;
import java.util.TreeSet;
import org.apache.calcite.sql.SqlCall;
import org.apache.calcite.sql.SqlIdentifier;
import org.apache.calcite.sql.SqlLiteral;
import org.apache.calcite.sql.SqlNode;
import org.apache.calcite.sql.SqlNodeList;
import org.apache.calcite.sql.fun.SqlStdOperatorTable;
import org.apache.calcite.sql.parser.SqlParserPos;
import org.jspecify.annotations.Nullable;

/**
 * {@code UNION BY NAME} as a UNION of queries with all columns of both, in the order in which they
 * come first:
 *
 * <pre>
 *   SELECT a, b … UNION BY NAME SELECT c, a …
 *   SELECT a, b, NULL AS c FROM (…) AS u(a, b) UNION SELECT a, NULL AS b, c FROM (…) AS u(c, a)
 * </pre>
 */
final class UnionsByName {
  private UnionsByName() {}

  /** Puts such queries in the place of the operands. */
  static void open(SqlCall union, FromColumns columns) {
    List<List<String>> named = new ArrayList<>();
    Set<String> seen = new TreeSet<>();
    List<String> all = new ArrayList<>();
    for (SqlNode query : union.getOperandList()) {
      List<String> names = columns.written(query);
      if (names == null) {
        throw PlannerErrors.unsupported(
            "UNION_BY_NAME",
            "UNION BY NAME of a query whose columns are not told by name (AS gives a name)",
            Positions.of(query.getParserPosition()));
      }
      named.add(names);
      Set<String> own = new TreeSet<>();
      for (String name : names) {
        String folded = name.toLowerCase(Locale.ROOT);
        if (!own.add(folded)) {
          throw PlannerErrors.duplicateColumn(
              name, "a query of UNION BY NAME", Positions.of(query.getParserPosition()));
        }
        if (seen.add(folded)) {
          all.add(name);
        }
      }
    }
    for (int i = 0; i < union.operandCount(); i++) {
      union.setOperand(i, widened(union.operand(i), named.get(i), all));
    }
  }

  private static SqlNode widened(SqlNode query, List<String> names, List<String> all) {
    if (names.equals(all)) {
      return query;
    }
    SqlParserPos position = query.getParserPosition();
    List<SqlNode> source = new ArrayList<>();
    source.add(query);
    source.add(new SqlIdentifier("$u", position));
    for (String name : names) {
      source.add(new SqlIdentifier(name, position));
    }
    List<SqlNode> items = new ArrayList<>();
    for (String name : all) {
      String own = own(name, names);
      SqlNode value =
          own == null ? SqlLiteral.createNull(position) : new SqlIdentifier(own, position);
      items.add(
          SqlStdOperatorTable.AS.createCall(position, value, new SqlIdentifier(name, position)));
    }
    return Selects.of(
        new SqlNodeList(items, position),
        SqlStdOperatorTable.AS.createCall(position, source),
        null,
        position);
  }

  private static @Nullable String own(String name, List<String> names) {
    return names.stream().filter(name::equalsIgnoreCase).findFirst().orElse(null);
  }
}
