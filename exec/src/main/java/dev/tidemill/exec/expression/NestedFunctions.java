package dev.tidemill.exec.expression;

import dev.tidemill.foundation.batch.Column;
import dev.tidemill.foundation.batch.Columns;
import dev.tidemill.foundation.batch.ListColumn;
import dev.tidemill.foundation.batch.RowColumn;
import dev.tidemill.foundation.memory.Buffer;
import dev.tidemill.foundation.memory.Memory;
import dev.tidemill.foundation.type.Type;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;

/** ITEM, CARDINALITY and ROW. */
final class NestedFunctions {
  private NestedFunctions() {}

  /** {@code ITEM(array, index)} or {@code ITEM(map, key)}; NULL where there is none. */
  static Value item(Evaluation evaluation, Rows rows, Value[] values) {
    RowArguments arguments = new RowArguments(evaluation, values);
    ListColumn lists = (ListColumn) arguments.column(0);
    boolean isMap = lists.type() instanceof Type.MapType;
    Column elements = isMap ? ((RowColumn) lists.elements()).field(1) : lists.elements();
    int[] chosen = new int[evaluation.length];
    Arrays.fill(chosen, -1);
    for (int i = 0; i < rows.count; i++) {
      int row = rows.row(i);
      arguments.moveTo(row);
      if (!arguments.anyNull()) {
        int list = arguments.row(0);
        chosen[row] = isMap ? entry(arguments, lists, list) : element(arguments, lists, list);
      }
    }
    return new Vector(
        evaluation.own(Columns.take(elements, chosen, 0, evaluation.length, evaluation.memory)));
  }

  private static int element(RowArguments arguments, ListColumn lists, int row) {
    long index = arguments.integer(1);
    int start = lists.startAt(row);
    int count = lists.endAt(row) - start;
    if (index == 0 || index > count || index < -count) {
      return -1;
    }
    return index > 0 ? start + (int) index - 1 : start + count + (int) index;
  }

  private static int entry(RowArguments arguments, ListColumn maps, int row) {
    Column keys = ((RowColumn) maps.elements()).field(0);
    for (int i = maps.startAt(row); i < maps.endAt(row); i++) {
      if (NestedOrder.compare(keys, i, arguments.column(1), arguments.row(1)) == 0) {
        return i;
      }
    }
    return -1;
  }

  /** {@code ROW(value, …)}: the columns of the values. */
  static Kernel row(Type type) {
    return (evaluation, rows, values) -> {
      List<Column> columns = new ArrayList<>();
      for (Value value : values) {
        columns.add(evaluation.fullColumn(value));
      }
      List<Column> fields = new ArrayList<>();
      columns.forEach(c -> fields.add(c.retain()));
      return evaluation.done(new RowColumn(type, evaluation.length, fields, null));
    };
  }

  static Value cardinality(Evaluation evaluation, Rows rows, Value[] values) {
    RowArguments arguments = new RowArguments(evaluation, values);
    ListColumn lists = (ListColumn) arguments.column(0);
    Buffer counts = evaluation.allocateZeroed(Math.max(1, evaluation.length) * 4L);
    for (int i = 0; i < rows.count; i++) {
      int row = rows.row(i);
      arguments.moveTo(row);
      int list = arguments.row(0);
      Memory.putInt(counts.address() + ((long) row << 2), lists.endAt(list) - lists.startAt(list));
    }
    return evaluation.fixed(Type.INTEGER, 4, counts, evaluation.validity(values));
  }
}
