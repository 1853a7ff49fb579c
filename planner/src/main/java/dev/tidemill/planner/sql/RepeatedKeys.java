package dev.tidemill.planner.sql;

import java.util.ArrayList;
import java.util.HashSet;
import java.util.List;
import java.util.Locale;
import java.util.Set;
import org.apache.calcite.sql.SqlCall;
import org.apache.calcite.sql.SqlIdentifier;
import org.apache.calcite.sql.SqlKind;
import org.apache.calcite.sql.SqlNode;
import org.apache.calcite.sql.SqlNodeList;
import org.apache.calcite.sql.SqlSelect;
import org.apache.calcite.sql.fun.SqlStdOperatorTable;
import org.apache.calcite.sql.parser.SqlParserPos;

/**
 * ROLLUP and CUBE that name a key twice, as the grouping sets they stand for: {@code ROLLUP (a, a)}
 * groups by a twice, while the validator keeps each set of theirs once.
 */
final class RepeatedKeys {
  private RepeatedKeys() {}

  /** Such items of GROUP BY. */
  static void writeOut(SqlSelect select) {
    SqlNodeList group = select.getGroup();
    for (int i = 0; group != null && i < group.size(); i++) {
      if (group.get(i) instanceof SqlCall call
          && (call.getKind() == SqlKind.ROLLUP || call.getKind() == SqlKind.CUBE)
          && repeats(call.getOperandList())) {
        group.set(i, sets(call));
      }
    }
  }

  /** Whether two are the same, or may be: {@code t.a} and {@code a}. */
  private static boolean repeats(List<SqlNode> keys) {
    Set<String> seen = new HashSet<>();
    for (SqlNode key : flat(keys)) {
      SqlNode named = key instanceof SqlIdentifier id ? id.getComponent(id.names.size() - 1) : key;
      if (!seen.add(named.toString().toLowerCase(Locale.ROOT))) {
        return true;
      }
    }
    return false;
  }

  private static SqlNode sets(SqlCall call) {
    SqlParserPos position = call.getParserPosition();
    List<SqlNode> keys = call.getOperandList();
    List<SqlNode> sets = new ArrayList<>();
    if (call.getKind() == SqlKind.ROLLUP) {
      for (int length = keys.size(); length >= 0; length--) {
        sets.add(set(keys.subList(0, length), position));
      }
    } else {
      for (long mask = (1L << keys.size()) - 1; mask >= 0; mask--) {
        List<SqlNode> chosen = new ArrayList<>();
        for (int i = 0; i < keys.size(); i++) {
          if ((mask >> (keys.size() - 1 - i) & 1) == 1) {
            chosen.add(keys.get(i));
          }
        }
        sets.add(set(chosen, position));
      }
    }
    return SqlStdOperatorTable.GROUPING_SETS.createCall(position, sets);
  }

  /** A set of keys, as the parser makes it. */
  private static SqlNode set(List<SqlNode> keys, SqlParserPos position) {
    List<SqlNode> flat = flat(keys).stream().map(SqlCompiler::copy).toList();
    return switch (flat.size()) {
      case 0 -> new SqlNodeList(position);
      case 1 -> flat.getFirst();
      default -> SqlStdOperatorTable.ROW.createCall(position, flat);
    };
  }

  /** Keys, of which some may be sets in parentheses. */
  private static List<SqlNode> flat(List<SqlNode> keys) {
    List<SqlNode> flat = new ArrayList<>();
    for (SqlNode key : keys) {
      flat.addAll(key.getKind() == SqlKind.ROW ? ((SqlCall) key).getOperandList() : List.of(key));
    }
    return flat;
  }
}
