package dev.tidemill.exec.expression;

import dev.tidemill.foundation.batch.Column;
import dev.tidemill.foundation.batch.ListColumn;
import dev.tidemill.foundation.batch.RowColumn;
import dev.tidemill.foundation.memory.Buffer;
import dev.tidemill.foundation.memory.Memory;
import dev.tidemill.foundation.type.Type;

/** ITEM, CARDINALITY, and GREATEST and LEAST, which take what they choose as it is. */
final class NestedFunctions {
  private NestedFunctions() {}

  /** {@code ITEM(array, index from 1)} or {@code ITEM(map, key)}; NULL where there is none. */
  static Kernel item(Type type) {
    return (evaluation, rows, values) -> {
      RowArguments arguments = new RowArguments(evaluation, values);
      ListColumn lists = (ListColumn) arguments.column(0);
      return RowByRow.build(
          evaluation,
          rows,
          type,
          (builder, row) -> {
            arguments.moveTo(row);
            if (arguments.anyNull()) {
              return;
            }
            int list = arguments.row(0);
            int found =
                lists.type() instanceof Type.MapType
                    ? entry(arguments, lists, list)
                    : element(arguments, lists, list);
            if (found >= 0) {
              Column elements = lists.elements();
              builder.appendFrom(
                  elements instanceof RowColumn entries && lists.type() instanceof Type.MapType
                      ? entries.field(1)
                      : elements,
                  found);
            }
          });
    };
  }

  private static int element(RowArguments arguments, ListColumn lists, int row) {
    long index = arguments.integer(1);
    int start = lists.startAt(row);
    return index >= 1 && index <= lists.endAt(row) - start ? start + (int) index - 1 : -1;
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

  static Value cardinality(Evaluation evaluation, Rows rows, Value[] values) {
    ListColumn lists = (ListColumn) evaluation.fullColumn(values[0]);
    Buffer counts = evaluation.allocateZeroed(Math.max(1, evaluation.length) * 4L);
    for (int i = 0; i < rows.count; i++) {
      int row = rows.row(i);
      Memory.putInt(counts.address() + ((long) row << 2), lists.endAt(row) - lists.startAt(row));
    }
    return evaluation.fixed(Type.INTEGER, 4, counts, evaluation.validity(lists));
  }

  /** GREATEST or LEAST of what is not NULL. */
  static Kernel extreme(Type type, boolean greatest) {
    return (evaluation, rows, values) -> {
      RowArguments arguments = new RowArguments(evaluation, values);
      return RowByRow.build(
          evaluation,
          rows,
          type,
          (builder, row) -> {
            arguments.moveTo(row);
            int best = -1;
            for (int i = 0; i < arguments.count(); i++) {
              if (arguments.isNull(i)) {
                continue;
              }
              if (best < 0) {
                best = i;
                continue;
              }
              int order =
                  NestedOrder.compare(
                      arguments.column(i),
                      arguments.row(i),
                      arguments.column(best),
                      arguments.row(best));
              if (greatest ? order > 0 : order < 0) {
                best = i;
              }
            }
            if (best >= 0) {
              builder.appendFrom(arguments.column(best), arguments.row(best));
            }
          });
    };
  }
}
