package dev.tidemill.exec.expression;

import dev.tidemill.foundation.batch.Column;
import dev.tidemill.foundation.batch.ColumnBuilder;
import dev.tidemill.foundation.batch.Columns;
import dev.tidemill.foundation.batch.ListColumn;
import dev.tidemill.foundation.batch.RowColumn;
import dev.tidemill.foundation.format.ValueFormat;
import dev.tidemill.foundation.type.Type;
import dev.tidemill.plan.function.ScalarFunction;
import java.util.ArrayList;
import java.util.List;
import org.jspecify.annotations.Nullable;

/** Functions that make MAPs, or arrays of what is in them. */
final class MapFunctions {
  private MapFunctions() {}

  /** {@code MAP(key, value, …)}. */
  static Kernel map(Type.MapType type) {
    return (evaluation, rows, values) -> {
      ListAssembly assembly = new ListAssembly(evaluation);
      if (values.length == 0) {
        try (Column none = Columns.nulls(type.entries(), 0, evaluation.memory)) {
          return assembly.done(type, none, null);
        }
      }
      RowArguments arguments = new RowArguments(evaluation, values);
      int entries = values.length / 2;
      int[] keyBases = new int[entries];
      int[] valueBases = new int[entries];
      List<Column> keys = new ArrayList<>();
      List<Column> mapped = new ArrayList<>();
      for (int k = 0; k < entries; k++) {
        keyBases[k] = bases(keys);
        valueBases[k] = bases(mapped);
        keys.add(arguments.column(2 * k));
        mapped.add(arguments.column(2 * k + 1));
      }
      Numbers second = new Numbers();
      for (int i = 0; i < rows.count; i++) {
        int row = rows.row(i);
        arguments.moveTo(row);
        for (int k = 0; k < entries; k++) {
          assembly.add(keyBases[k] + arguments.row(2 * k));
          second.add(valueBases[k] + arguments.row(2 * k + 1));
        }
        assembly.end(row);
      }
      Column allKeys = evaluation.own(Columns.concat(keys, type.key(), evaluation.memory));
      Column allValues = evaluation.own(Columns.concat(mapped, type.value(), evaluation.memory));
      Column entryKeys = evaluation.own(assembly.gather(allKeys));
      Column entryValues = evaluation.own(second.gather(allValues, evaluation.memory));
      Column made = entries(evaluation, type, entryKeys, entryValues);
      for (int i = 0; i < rows.count; i++) {
        check(ScalarFunction.MAP, entryKeys, i * entries, (i + 1) * entries);
      }
      return assembly.of(type, made.retain(), null);
    };
  }

  private static Column entries(
      Evaluation evaluation, Type.MapType type, Column keys, Column values) {
    return evaluation.own(
        new RowColumn(
            type.entries(), keys.length(), List.of(keys.retain(), values.retain()), null));
  }

  private static int bases(List<Column> columns) {
    int base = 0;
    for (Column column : columns) {
      base = Math.addExact(base, column.length());
    }
    return base;
  }

  /** {@code MAP_FROM_ARRAYS(keys, values)}. */
  static Kernel fromArrays(Type.MapType type) {
    return (evaluation, rows, values) -> {
      RowArguments arguments = new RowArguments(evaluation, values);
      ListColumn keys = (ListColumn) arguments.column(0);
      ListColumn mapped = (ListColumn) arguments.column(1);
      ListAssembly assembly = new ListAssembly(evaluation);
      Numbers second = new Numbers();
      for (int i = 0; i < rows.count; i++) {
        int row = rows.row(i);
        arguments.moveTo(row);
        if (arguments.anyNull()) {
          continue;
        }
        int a = arguments.row(0);
        int b = arguments.row(1);
        int count = keys.endAt(a) - keys.startAt(a);
        int others = mapped.endAt(b) - mapped.startAt(b);
        if (count != others) {
          throw ExpressionErrors.invalidArgument(
              ScalarFunction.MAP_FROM_ARRAYS, count + " keys and " + others + " values");
        }
        check(ScalarFunction.MAP_FROM_ARRAYS, keys.elements(), keys.startAt(a), keys.endAt(a));
        assembly.addAll(keys.startAt(a), keys.endAt(a));
        second.addAll(mapped.startAt(b), mapped.endAt(b));
        assembly.end(row);
      }
      Column entryKeys = evaluation.own(assembly.gather(keys.elements()));
      Column entryValues = evaluation.own(second.gather(mapped.elements(), evaluation.memory));
      Column made = entries(evaluation, type, entryKeys, entryValues);
      return assembly.of(type, made.retain(), evaluation.validity(values));
    };
  }

  /** {@code MAP_FROM_ENTRIES(rows of two fields)}. */
  static Kernel fromEntries(Type.MapType type) {
    return (evaluation, rows, values) -> {
      ListColumn lists = (ListColumn) evaluation.fullColumn(values[0]);
      RowColumn entries = (RowColumn) lists.elements();
      ListAssembly assembly = new ListAssembly(evaluation);
      for (int i = 0; i < rows.count; i++) {
        int row = rows.row(i);
        if (lists.isNull(row)) {
          continue;
        }
        for (int k = lists.startAt(row); k < lists.endAt(row); k++) {
          if (entries.isNull(k)) {
            throw ExpressionErrors.invalidArgument(
                ScalarFunction.MAP_FROM_ENTRIES, "an entry is NULL");
          }
        }
        check(
            ScalarFunction.MAP_FROM_ENTRIES,
            entries.field(0),
            lists.startAt(row),
            lists.endAt(row));
        assembly.addAll(lists.startAt(row), lists.endAt(row));
        assembly.end(row);
      }
      Column made =
          evaluation.own(
              new RowColumn(
                  type.entries(),
                  entries.length(),
                  List.of(entries.field(0).retain(), entries.field(1).retain()),
                  null));
      return assembly.done(type, made, evaluation.validity(lists));
    };
  }

  /** {@code ARRAY_HISTOGRAM(array)} */
  static Kernel histogram(Type.MapType type) {
    return (evaluation, rows, values) -> {
      RowArguments arguments = new RowArguments(evaluation, values);
      ListColumn lists = (ListColumn) arguments.column(0);
      Column elements = lists.elements();
      ListAssembly assembly = new ListAssembly(evaluation);
      try (ColumnBuilder counts = ColumnBuilder.of(Type.BIGINT, evaluation.memory, 16)) {
        for (int i = 0; i < rows.count; i++) {
          int row = rows.row(i);
          arguments.moveTo(row);
          if (arguments.isNull(0)) {
            continue;
          }
          int list = arguments.row(0);
          int[] sorted = ArrayFunctions.sorted(elements, lists.startAt(list), lists.endAt(list));
          int from = 0;
          for (int k = 0; k < sorted.length && !elements.isNull(sorted[k]); k++) {
            boolean isLast =
                k + 1 == sorted.length
                    || NestedOrder.compare(elements, sorted[k], elements, sorted[k + 1]) != 0;
            if (isLast) {
              assembly.add(sorted[from]);
              counts.appendValue((long) (k + 1 - from));
              from = k + 1;
            }
          }
          assembly.end(row);
        }
        Column keys = evaluation.own(assembly.gather(elements));
        Column made = entries(evaluation, type, keys, evaluation.own(counts.build()));
        return assembly.of(type, made.retain(), evaluation.validity(values));
      }
    };
  }

  /** Refuses keys that are NULL or there twice. */
  static void check(ScalarFunction function, Column keys, int start, int end) {
    int[] sorted = end - start < 2 ? new int[0] : ArrayFunctions.sorted(keys, start, end);
    for (int i = start; i < end; i++) {
      if (keys.isNull(i)) {
        throw ExpressionErrors.invalidArgument(function, "a key is NULL");
      }
    }
    for (int i = 1; i < sorted.length; i++) {
      if (NestedOrder.compare(keys, sorted[i - 1], keys, sorted[i]) == 0) {
        throw ExpressionErrors.invalidArgument(
            function, "the key " + ValueFormat.format(keys, sorted[i]) + " is there twice");
      }
    }
  }

  /** MAP_KEYS (0), MAP_VALUES (1) or, without a field, MAP_ENTRIES: the map's own buffers. */
  static Kernel parts(Type type, @Nullable Integer field) {
    return (evaluation, rows, values) -> {
      ListColumn maps = (ListColumn) evaluation.fullColumn(values[0]);
      RowColumn entries = (RowColumn) maps.elements();
      Column elements = field == null ? entries : entries.field(field);
      return evaluation.done(
          new ListColumn(
              type,
              maps.length(),
              evaluation.share(maps.offsetsBuffer()),
              elements.retain(),
              evaluation.validity(maps)));
    };
  }
}
