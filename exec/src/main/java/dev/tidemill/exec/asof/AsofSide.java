package dev.tidemill.exec.asof;

import dev.tidemill.foundation.batch.Batch;
import dev.tidemill.foundation.batch.Column;
import dev.tidemill.foundation.type.Type;
import java.util.ArrayList;
import java.util.List;

/**
 * What a side of an ASOF join is joined by.
 *
 * @param keys its key columns
 * @param keyTypes what the keys of both sides are compared as
 * @param nullsMatch by key whether NULL equals NULL
 * @param time its time column
 */
public record AsofSide(
    List<Integer> keys, List<Type> keyTypes, List<Boolean> nullsMatch, int time) {
  /** What the keys of two sides are compared as: of decimals the wider. */
  public static List<Type> keyTypes(
      List<Type> left, List<Integer> leftKeys, List<Type> right, List<Integer> rightKeys) {
    List<Type> types = new ArrayList<>();
    for (int i = 0; i < leftKeys.size(); i++) {
      Type a = left.get(leftKeys.get(i));
      Type b = right.get(rightKeys.get(i));
      types.add(
          a instanceof Type.Decimal x
                  && b instanceof Type.Decimal y
                  && y.precision() > x.precision()
              ? b
              : a);
    }
    return types;
  }

  public List<Column> keyColumns(Batch batch) {
    return keys.stream().map(batch::column).toList();
  }

  /** Whether some row may have a NULL for which it matches nothing. */
  public boolean mayMiss(Batch batch) {
    boolean may = batch.column(time).mayHaveNulls();
    for (int i = 0; i < keys.size(); i++) {
      may |= !nullsMatch.get(i) && batch.column(keys.get(i)).mayHaveNulls();
    }
    return may;
  }

  /** Whether a row has no NULL for which it matches nothing. */
  public boolean canMatch(Batch batch, int row) {
    if (batch.column(time).isNull(row)) {
      return false;
    }
    for (int i = 0; i < keys.size(); i++) {
      if (!nullsMatch.get(i) && batch.column(keys.get(i)).isNull(row)) {
        return false;
      }
    }
    return true;
  }
}
