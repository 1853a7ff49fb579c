package dev.tidemill.exec.join;

import dev.tidemill.foundation.batch.Batch;
import dev.tidemill.foundation.batch.Column;
import dev.tidemill.foundation.type.Type;
import java.util.ArrayList;
import java.util.List;

/**
 * The keys of one side of a join.
 *
 * @param indexes the key columns
 * @param types what both sides are compared as
 * @param nullsMatch by key whether NULL equals NULL
 */
record JoinKeys(List<Integer> indexes, List<Type> types, List<Boolean> nullsMatch) {
  /** The type that both sides' values are keys of: of decimals the wider. */
  static Type common(Type left, Type right) {
    return left instanceof Type.Decimal a
            && right instanceof Type.Decimal b
            && b.precision() > a.precision()
        ? right
        : left;
  }

  List<Column> columns(Batch batch) {
    List<Column> columns = new ArrayList<>(indexes.size());
    for (int index : indexes) {
      columns.add(batch.column(index));
    }
    return columns;
  }

  int[] indexArray() {
    return indexes.stream().mapToInt(Integer::intValue).toArray();
  }

  /** Whether some row may have a NULL that matches nothing. */
  boolean mayMiss(List<Column> columns) {
    boolean may = false;
    for (int i = 0; i < columns.size(); i++) {
      may |= !nullsMatch.get(i) && columns.get(i).mayHaveNulls();
    }
    return may;
  }

  /** Whether the row has no NULL that matches nothing. */
  boolean canMatch(List<Column> columns, int row) {
    for (int i = 0; i < columns.size(); i++) {
      if (columns.get(i).isNull(row) && !nullsMatch.get(i)) {
        return false;
      }
    }
    return true;
  }
}
