package dev.tidemill.exec.expression;

import dev.tidemill.foundation.batch.Bits;
import dev.tidemill.foundation.batch.BytesColumn;
import dev.tidemill.foundation.batch.Column;
import dev.tidemill.foundation.batch.Columns;
import dev.tidemill.foundation.batch.FixedColumn;
import dev.tidemill.foundation.batch.ListColumn;
import dev.tidemill.foundation.batch.RowColumn;
import dev.tidemill.foundation.memory.Buffer;
import dev.tidemill.foundation.memory.Memory;
import dev.tidemill.foundation.type.Type;
import dev.tidemill.plan.function.ScalarFunction;
import java.io.ByteArrayOutputStream;
import java.math.BigDecimal;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import org.jspecify.annotations.Nullable;

/**
 * Functions of ARRAYs. Those that give arrays only choose: they write the numbers of the elements
 * they take, and one gather makes the column; no element becomes an object.
 */
final class ArrayFunctions {
  private ArrayFunctions() {}

  /** Chooses the elements of one row's list. */
  private interface Choice {
    void choose(RowArguments arguments, ListColumn lists, int row, ListAssembly assembly);
  }

  private static Kernel choosing(Type type, Choice choice) {
    return (evaluation, rows, values) -> {
      RowArguments arguments = new RowArguments(evaluation, values);
      ListColumn lists = (ListColumn) arguments.column(0);
      ListAssembly assembly = new ListAssembly(evaluation);
      for (int i = 0; i < rows.count; i++) {
        int row = rows.row(i);
        arguments.moveTo(row);
        if (!arguments.anyNull()) {
          choice.choose(arguments, lists, arguments.row(0), assembly);
          assembly.end(row);
        }
      }
      return assembly.done(type, lists.elements(), evaluation.validity(values));
    };
  }

  /** {@code ARRAY(element, …)}. */
  static Kernel array(Type type) {
    return (evaluation, rows, values) -> {
      ListAssembly assembly = new ListAssembly(evaluation);
      if (values.length == 0) {
        try (Column none = Columns.nulls(((Type.Array) type).element(), 0, evaluation.memory)) {
          return assembly.done(type, none, null);
        }
      }
      RowArguments arguments = new RowArguments(evaluation, values);
      int[] bases = new int[values.length];
      List<Column> columns = new ArrayList<>();
      int base = 0;
      for (int k = 0; k < values.length; k++) {
        bases[k] = base;
        base = Math.addExact(base, arguments.column(k).length());
        columns.add(arguments.column(k));
      }
      for (int i = 0; i < rows.count; i++) {
        int row = rows.row(i);
        arguments.moveTo(row);
        for (int k = 0; k < bases.length; k++) {
          assembly.add(bases[k] + arguments.row(k));
        }
        assembly.end(row);
      }
      Column elements =
          evaluation.own(Columns.concat(columns, ((Type.Array) type).element(), evaluation.memory));
      return assembly.done(type, elements, null);
    };
  }

  /** {@code ARRAY_CONCAT(array, …)}. */
  static Kernel concat(Type type) {
    return (evaluation, rows, values) -> {
      RowArguments arguments = new RowArguments(evaluation, values);
      int[] bases = new int[values.length];
      List<Column> columns = new ArrayList<>();
      int base = 0;
      for (int k = 0; k < values.length; k++) {
        Column elements = ((ListColumn) arguments.column(k)).elements();
        bases[k] = base;
        base = Math.addExact(base, elements.length());
        columns.add(elements);
      }
      ListAssembly assembly = new ListAssembly(evaluation);
      for (int i = 0; i < rows.count; i++) {
        int row = rows.row(i);
        arguments.moveTo(row);
        if (!arguments.anyNull()) {
          for (int k = 0; k < bases.length; k++) {
            ListColumn lists = (ListColumn) arguments.column(k);
            int list = arguments.row(k);
            assembly.addAll(bases[k] + lists.startAt(list), bases[k] + lists.endAt(list));
          }
          assembly.end(row);
        }
      }
      Column elements =
          evaluation.own(Columns.concat(columns, ((Type.Array) type).element(), evaluation.memory));
      return assembly.done(type, elements, evaluation.validity(values));
    };
  }

  /** {@code ARRAY_SELECT(array, indexes)}. */
  static Kernel select(Type type) {
    return choosing(
        type,
        (arguments, lists, list, assembly) -> {
          ListColumn indexes = (ListColumn) arguments.column(1);
          FixedColumn numbers = (FixedColumn) indexes.elements();
          int start = lists.startAt(list);
          int length = lists.endAt(list) - start;
          int last = indexes.endAt(arguments.row(1));
          for (int i = indexes.startAt(arguments.row(1)); i < last; i++) {
            long index = numbers.isNull(i) ? 0 : numbers.longAt(i);
            long place = index < 0 ? length + index : index - 1;
            assembly.add(place >= 0 && place < length ? start + (int) place : -1);
          }
        });
  }

  /** {@code ARRAYS_ZIP(array, …)}. */
  static Kernel zip(Type.Array type) {
    return (evaluation, rows, values) -> {
      RowArguments arguments = new RowArguments(evaluation, values);
      ListAssembly assembly = new ListAssembly(evaluation);
      Numbers[] chosen = new Numbers[values.length];
      Arrays.setAll(chosen, k -> new Numbers());
      for (int i = 0; i < rows.count; i++) {
        int row = rows.row(i);
        arguments.moveTo(row);
        int longest = 0;
        for (int k = 0; k < values.length; k++) {
          longest = Math.max(longest, length(arguments, k));
        }
        for (int k = 0; k < values.length; k++) {
          int length = length(arguments, k);
          int start = ((ListColumn) arguments.column(k)).startAt(arguments.row(k));
          for (int element = 0; element < longest; element++) {
            chosen[k].add(element < length ? start + element : -1);
          }
        }
        for (int element = 0; element < longest; element++) {
          assembly.add(-1);
        }
        assembly.end(row);
      }
      List<Column> fields = new ArrayList<>();
      for (int k = 0; k < values.length; k++) {
        Column elements = ((ListColumn) arguments.column(k)).elements();
        fields.add(evaluation.own(chosen[k].gather(elements, evaluation.memory)).retain());
      }
      Column zipped = new RowColumn(type.element(), chosen[0].count(), fields, null);
      return assembly.of(type, zipped, null);
    };
  }

  private static int length(RowArguments arguments, int argument) {
    ListColumn lists = (ListColumn) arguments.column(argument);
    int list = arguments.row(argument);
    return lists.isNull(list) ? 0 : lists.endAt(list) - lists.startAt(list);
  }

  /** {@code FLATTEN(array of arrays)}. */
  static Kernel flatten(Type type) {
    return (evaluation, rows, values) -> {
      ListColumn lists = (ListColumn) evaluation.fullColumn(values[0]);
      ListColumn inner =
          (ListColumn) evaluation.own(Columns.decode(lists.elements(), evaluation.memory));
      ListAssembly assembly = new ListAssembly(evaluation);
      for (int i = 0; i < rows.count; i++) {
        int row = rows.row(i);
        if (!lists.isNull(row)) {
          for (int list = lists.startAt(row); list < lists.endAt(row); list++) {
            if (!inner.isNull(list)) {
              assembly.addAll(inner.startAt(list), inner.endAt(list));
            }
          }
          assembly.end(row);
        }
      }
      return assembly.done(type, inner.elements(), evaluation.validity(lists));
    };
  }

  /** {@code ARRAY_CONTAINS(array, element)}. */
  static Kernel contains() {
    return RowKernels.truth(arguments -> find(arguments) >= 0);
  }

  /** {@code ARRAY_POSITION(array, element)}. */
  static Value position(Evaluation evaluation, Rows rows, Value[] values) {
    RowArguments arguments = new RowArguments(evaluation, values);
    Buffer positions = evaluation.allocateZeroed(Math.max(1, evaluation.length) * 4L);
    Buffer validity = evaluation.allocateZeroed(Bits.bytes(evaluation.length));
    for (int i = 0; i < rows.count; i++) {
      int row = rows.row(i);
      arguments.moveTo(row);
      int found = arguments.anyNull() ? -1 : find(arguments);
      if (found >= 0) {
        Memory.putInt(positions.address() + ((long) row << 2), found + 1);
        Bits.set(validity.address(), row);
      }
    }
    return evaluation.fixed(Type.INTEGER, 4, positions, validity);
  }

  /** Where in the list of the row at hand the second argument is first, from 0, or -1. */
  private static int find(RowArguments arguments) {
    ListColumn lists = (ListColumn) arguments.column(0);
    int list = arguments.row(0);
    int start = lists.startAt(list);
    int end = lists.endAt(list);
    int found =
        lists.elements() instanceof FixedColumn elements
                && arguments.column(1) instanceof FixedColumn sought
                && isPlain(elements)
                && isPlain(sought)
            ? indexOf(elements, start, end, sought.longAt(arguments.row(1)))
            : indexOf(lists.elements(), start, end, arguments.column(1), arguments.row(1));
    return found < 0 ? -1 : found - start;
  }

  /** Whether equal values are equal 64-bit integers. */
  private static boolean isPlain(FixedColumn column) {
    return column.width() <= 8
        && !(column.type() instanceof Type.Real)
        && !(column.type() instanceof Type.DoubleType);
  }

  private static int indexOf(FixedColumn elements, int start, int end, long sought) {
    for (int i = start; i < end; i++) {
      if (elements.longAt(i) == sought && !elements.isNull(i)) {
        return i;
      }
    }
    return -1;
  }

  private static int indexOf(Column elements, int start, int end, Column sought, int row) {
    for (int i = start; i < end; i++) {
      if (NestedOrder.compare(elements, i, sought, row) == 0) {
        return i;
      }
    }
    return -1;
  }

  /** {@code ARRAY_REMOVE(array, element)}. */
  static Kernel remove(Type type) {
    return choosing(
        type,
        (arguments, lists, list, assembly) -> {
          for (int i = lists.startAt(list); i < lists.endAt(list); i++) {
            if (NestedOrder.compare(lists.elements(), i, arguments.column(1), arguments.row(1))
                != 0) {
              assembly.add(i);
            }
          }
        });
  }

  /** {@code ARRAY_MIN} or {@code ARRAY_MAX}. */
  static Kernel extreme(boolean greatest) {
    return (evaluation, rows, values) -> {
      RowArguments arguments = new RowArguments(evaluation, values);
      ListColumn lists = (ListColumn) arguments.column(0);
      Column elements = lists.elements();
      int[] chosen = new int[evaluation.length];
      Arrays.fill(chosen, -1);
      for (int i = 0; i < rows.count; i++) {
        int row = rows.row(i);
        arguments.moveTo(row);
        if (arguments.isNull(0)) {
          continue;
        }
        int list = arguments.row(0);
        int best = -1;
        for (int k = lists.startAt(list); k < lists.endAt(list); k++) {
          if (!elements.isNull(k)) {
            int order = best < 0 ? 0 : NestedOrder.compare(elements, k, elements, best);
            if (best < 0 || (greatest ? order > 0 : order < 0)) {
              best = k;
            }
          }
        }
        chosen[row] = best;
      }
      return new Vector(
          evaluation.own(Columns.take(elements, chosen, 0, evaluation.length, evaluation.memory)));
    };
  }

  /** {@code ARRAY_SUM}; one that is too large for its type is an error. */
  static Kernel sum(Type type) {
    return (evaluation, rows, values) -> {
      RowArguments arguments = new RowArguments(evaluation, values);
      ListColumn lists = (ListColumn) arguments.column(0);
      return RowByRow.compute(
          evaluation,
          rows,
          type,
          values,
          row -> {
            arguments.moveTo(row);
            return sum(lists, arguments.row(0), type);
          });
    };
  }

  private static @Nullable Object sum(ListColumn lists, int row, Type type) {
    Column elements = lists.elements();
    long integers = 0;
    double reals = 0;
    BigDecimal decimals = BigDecimal.ZERO;
    boolean any = false;
    for (int i = lists.startAt(row); i < lists.endAt(row); i++) {
      if (!elements.isNull(i)) {
        any = true;
        switch (type) {
          case Type.DoubleType t -> reals += ((FixedColumn) elements).doubleAt(i);
          case Type.Decimal t -> decimals = decimals.add((BigDecimal) elements.value(i));
          default -> {
            long value = ((FixedColumn) elements).longAt(i);
            long sum = integers + value;
            if (((integers ^ sum) & (value ^ sum)) < 0) {
              throw ExpressionErrors.invalidArgument(
                  ScalarFunction.ARRAY_SUM, "the sum is too large for a BIGINT");
            }
            integers = sum;
          }
        }
      }
    }
    if (type instanceof Type.Decimal t && decimals.precision() > t.precision()) {
      throw ExpressionErrors.invalidArgument(
          ScalarFunction.ARRAY_SUM, "the sum is too large for " + type);
    }
    return !any
        ? null
        : type instanceof Type.DoubleType
            ? (Object) reals
            : type instanceof Type.Decimal ? decimals : (Object) integers;
  }

  /** {@code ARRAY_COMPACT} */
  static Kernel compact(Type type) {
    return choosing(
        type,
        (arguments, lists, list, assembly) -> {
          for (int i = lists.startAt(list); i < lists.endAt(list); i++) {
            if (!lists.elements().isNull(i)) {
              assembly.add(i);
            }
          }
        });
  }

  static Kernel reverse(Type type) {
    return choosing(
        type,
        (arguments, lists, list, assembly) -> {
          for (int i = lists.endAt(list) - 1; i >= lists.startAt(list); i--) {
            assembly.add(i);
          }
        });
  }

  static Kernel distinct(Type type) {
    return choosing(
        type, (arguments, lists, list, assembly) -> once(lists, list, null, 0, true, assembly));
  }

  /** {@code ARRAY_INTERSECT} ({@code wanted}) or {@code ARRAY_EXCEPT} of two arrays. */
  static Kernel common(Type type, boolean wanted) {
    return choosing(
        type,
        (arguments, lists, list, assembly) ->
            once(
                lists, list, (ListColumn) arguments.column(1), arguments.row(1), wanted, assembly));
  }

  /**
   * Chooses each element once, where it is first; of those that are in another list, or are not.
   */
  private static void once(
      ListColumn lists,
      int list,
      @Nullable ListColumn others,
      int other,
      boolean wanted,
      ListAssembly assembly) {
    Column elements = lists.elements();
    int start = lists.startAt(list);
    int[] sorted = sorted(elements, start, lists.endAt(list));
    int[] sought =
        others == null
            ? new int[0]
            : sorted(others.elements(), others.startAt(other), others.endAt(other));
    boolean[] kept = new boolean[sorted.length];
    int at = 0;
    for (int i = 0; i < sorted.length; i++) {
      boolean isFirst =
          i == 0 || NestedOrder.compare(elements, sorted[i - 1], elements, sorted[i]) != 0;
      if (isFirst && others != null) {
        while (at < sought.length
            && NestedOrder.compare(others.elements(), sought[at], elements, sorted[i]) < 0) {
          at++;
        }
        boolean isThere =
            at < sought.length
                && NestedOrder.compare(others.elements(), sought[at], elements, sorted[i]) == 0;
        isFirst = isThere == wanted;
      }
      kept[sorted[i] - start] = isFirst;
    }
    for (int i = 0; i < kept.length; i++) {
      if (kept[i]) {
        assembly.add(start + i);
      }
    }
  }

  /** {@code ARRAYS_OVERLAP(array, array)}. */
  static Kernel overlap() {
    return RowKernels.truth(
        arguments -> {
          ListColumn lists = (ListColumn) arguments.column(0);
          ListColumn others = (ListColumn) arguments.column(1);
          int list = arguments.row(0);
          int other = arguments.row(1);
          int[] a = sorted(lists.elements(), lists.startAt(list), lists.endAt(list));
          int[] b = sorted(others.elements(), others.startAt(other), others.endAt(other));
          int i = 0;
          int j = 0;
          while (i < a.length && j < b.length) {
            // NULLs come last: there is nothing behind them that could be equal.
            if (lists.elements().isNull(a[i]) || others.elements().isNull(b[j])) {
              return false;
            }
            int order = NestedOrder.compare(lists.elements(), a[i], others.elements(), b[j]);
            if (order == 0) {
              return true;
            }
            i += order < 0 ? 1 : 0;
            j += order > 0 ? 1 : 0;
          }
          return false;
        });
  }

  /** {@code ARRAY_SORT(array, descending, nulls first)}. */
  static Kernel sort(Type type) {
    return choosing(
        type,
        (arguments, lists, list, assembly) -> {
          boolean descending = arguments.truth(1);
          boolean nullsFirst = arguments.truth(2);
          Column elements = lists.elements();
          int[] sorted = sorted(elements, lists.startAt(list), lists.endAt(list));
          int values = sorted.length;
          while (values > 0 && elements.isNull(sorted[values - 1])) {
            values--;
          }
          if (nullsFirst) {
            addNulls(sorted.length - values, assembly);
          }
          for (int i = 0; i < values; i++) {
            assembly.add(sorted[descending ? values - 1 - i : i]);
          }
          if (!nullsFirst) {
            addNulls(sorted.length - values, assembly);
          }
        });
  }

  private static void addNulls(int count, ListAssembly assembly) {
    for (int i = 0; i < count; i++) {
      assembly.add(-1);
    }
  }

  /** The numbers of elements in the order of their values, equal ones in that of the numbers. */
  static int[] sorted(Column elements, int start, int end) {
    int[] numbers = new int[end - start];
    for (int i = 0; i < numbers.length; i++) {
      numbers[i] = start + i;
    }
    sort(elements, numbers, numbers.clone(), 0, numbers.length);
    return numbers;
  }

  /** Merge sort; {@code from} has the same numbers as {@code to} in the range. */
  private static void sort(Column elements, int[] to, int[] from, int start, int end) {
    if (end - start < 2) {
      return;
    }
    int middle = (start + end) >>> 1;
    sort(elements, from, to, start, middle);
    sort(elements, from, to, middle, end);
    int left = start;
    int right = middle;
    for (int i = start; i < end; i++) {
      boolean takesLeft =
          right == end
              || left < middle
                  && NestedOrder.compare(elements, from[left], elements, from[right]) <= 0;
      to[i] = takesLeft ? from[left++] : from[right++];
    }
  }

  /** {@code ARRAY_SLICE(array, from, to)}. */
  static Kernel slice(Type type) {
    return choosing(
        type,
        (arguments, lists, list, assembly) -> {
          int start = lists.startAt(list);
          int count = lists.endAt(list) - start;
          long from = fromStart(arguments.integer(1), count);
          long to = fromStart(arguments.integer(2), count);
          for (long i = Math.max(1, from); i <= Math.min(count, to); i++) {
            assembly.add(start + (int) i - 1);
          }
        });
  }

  /** {@code SLICE(array, from, count)}. */
  static Kernel sliceOfLength(Type type) {
    return choosing(
        type,
        (arguments, lists, list, assembly) -> {
          int start = lists.startAt(list);
          int count = lists.endAt(list) - start;
          long index = arguments.integer(1);
          long length = arguments.integer(2);
          if (index == 0) {
            throw ExpressionErrors.invalidArgument(
                ScalarFunction.SLICE, "elements are counted from 1, or from -1 at the end");
          }
          if (length < 0) {
            throw ExpressionErrors.invalidArgument(
                ScalarFunction.SLICE, "cannot take " + length + " elements");
          }
          long from = fromStart(index, count);
          for (long i = from; from >= 1 && i <= count && i - from < length; i++) {
            assembly.add(start + (int) i - 1);
          }
        });
  }

  /** An index from 1, which is less than 1 where it is before the first element. */
  private static long fromStart(long index, int count) {
    return index >= 0 ? index : Math.max(index, Integer.MIN_VALUE) + count + 1;
  }

  /** {@code ARRAY_JOIN(texts, separator [, text for NULL])}. */
  static Kernel join(Type type) {
    return RowKernels.bytes(
        type,
        arguments -> {
          ListColumn lists = (ListColumn) arguments.column(0);
          BytesColumn texts = (BytesColumn) lists.elements();
          byte[] separator = arguments.bytes(1);
          byte[] ofNull = arguments.count() > 2 ? arguments.bytes(2) : null;
          int list = arguments.row(0);
          ByteArrayOutputStream joined = new ByteArrayOutputStream();
          boolean first = true;
          for (int i = lists.startAt(list); i < lists.endAt(list); i++) {
            byte[] text = texts.isNull(i) ? ofNull : texts.bytesAt(i);
            if (text != null) {
              if (!first) {
                joined.write(separator, 0, separator.length);
              }
              joined.write(text, 0, text.length);
              first = false;
            }
          }
          return joined.toByteArray();
        });
  }

  /** {@code SPLIT(text, separator)}. */
  static Kernel split(Type type) {
    return (evaluation, rows, values) -> {
      RowArguments arguments = new RowArguments(evaluation, values);
      return RowByRow.build(
          evaluation,
          rows,
          type,
          (builder, row) -> {
            arguments.moveTo(row);
            if (arguments.anyNull()) {
              return;
            }
            byte[] text = arguments.bytes(0);
            byte[] separator = arguments.bytes(1);
            int from = 0;
            int at = 0;
            while (at < text.length) {
              int next = separator.length == 0 ? at + characterLength(text[at]) : at;
              boolean ends =
                  separator.length == 0 ? next < text.length : startsWith(text, at, separator);
              if (ends) {
                int end = separator.length == 0 ? next : at;
                builder.child(0).appendBytes(text, from, end - from);
                at = end + separator.length;
                from = at;
              } else {
                at = separator.length == 0 ? text.length : at + 1;
              }
            }
            builder.child(0).appendBytes(text, from, text.length - from);
            builder.endNested();
          });
    };
  }

  private static int characterLength(byte first) {
    return first >= 0 ? 1 : (first & 0xe0) == 0xc0 ? 2 : (first & 0xf0) == 0xe0 ? 3 : 4;
  }

  private static boolean startsWith(byte[] text, int at, byte[] separator) {
    return at + separator.length <= text.length
        && Arrays.equals(text, at, at + separator.length, separator, 0, separator.length);
  }

  /** {@code SEQUENCE} or {@code RANGE}, as an ARRAY. */
  static Kernel series(ScalarFunction function, Type type) {
    return (evaluation, rows, values) -> {
      RowArguments arguments = new RowArguments(evaluation, values);
      Type stepType = stepType(arguments);
      Series series = new Series(function, stepType);
      Buffer offsets = evaluation.allocate((evaluation.length + 1) * 4L);
      long total = 0;
      int ended = 0;
      Memory.putInt(offsets.address(), 0);
      for (int i = 0; i < rows.count; i++) {
        int row = rows.row(i);
        arguments.moveTo(row);
        while (ended <= row) {
          Memory.putInt(offsets.address() + ((long) ended++ << 2), (int) total);
        }
        if (!arguments.anyNull()) {
          long count =
              series.count(arguments.integer(0), arguments.integer(1), step(function, arguments));
          if (count == Series.UNCOUNTABLE || count > Integer.MAX_VALUE - total) {
            throw tooLong(function, Integer.MAX_VALUE);
          }
          total += count;
        }
      }
      while (ended <= evaluation.length) {
        Memory.putInt(offsets.address() + ((long) ended++ << 2), (int) total);
      }
      Buffer elements = evaluation.allocate(Math.max(1, total) * 8);
      long to = elements.address();
      for (int i = 0; i < rows.count; i++) {
        int row = rows.row(i);
        arguments.moveTo(row);
        int start = Memory.getInt(offsets.address() + ((long) row << 2));
        int end = Memory.getInt(offsets.address() + ((long) row << 2) + 4);
        long first = start < end ? arguments.integer(0) : 0;
        long step = start < end ? step(function, arguments) : 0;
        for (int k = start; k < end; k++) {
          Memory.putLong(to + ((long) k << 3), Series.value(first, step, stepType, k - start));
        }
      }
      Column column =
          new FixedColumn(((Type.Array) type).element(), (int) total, 8, elements, null);
      return evaluation.done(
          new ListColumn(type, evaluation.length, offsets, column, evaluation.validity(values)));
    };
  }

  /** {@code SEQUENCE} or {@code RANGE} as ROWs of the first value, their number and the step. */
  static Kernel countedSeries(ScalarFunction function, Type.Row type) {
    return (evaluation, rows, values) -> {
      RowArguments arguments = new RowArguments(evaluation, values);
      Type stepType = type.fields().get(2).type();
      Series series = new Series(function, stepType);
      int stepWidth = stepType instanceof Type.MonthInterval ? 4 : 8;
      Buffer first = evaluation.allocate(Math.max(1, evaluation.length) * 8L);
      Buffer counts = evaluation.allocate(Math.max(1, evaluation.length) * 8L);
      Buffer steps = evaluation.allocate(Math.max(1, evaluation.length) * 8L);
      for (int row = 0; row < evaluation.length; row++) {
        Memory.putLong(counts.address() + ((long) row << 3), 0);
      }
      for (int i = 0; i < rows.count; i++) {
        int row = rows.row(i);
        arguments.moveTo(row);
        if (!arguments.anyNull()) {
          long from = arguments.integer(0);
          long step = step(function, arguments);
          long count = series.count(from, arguments.integer(1), step);
          if (count == Series.UNCOUNTABLE) {
            throw tooLong(function, Long.MAX_VALUE);
          }
          Memory.putLong(first.address() + ((long) row << 3), from);
          Memory.putLong(counts.address() + ((long) row << 3), count);
          if (stepWidth == 4) {
            Memory.putInt(steps.address() + ((long) row << 2), (int) step);
          } else {
            Memory.putLong(steps.address() + ((long) row << 3), step);
          }
        }
      }
      int length = evaluation.length;
      List<Column> fields =
          List.of(
              new FixedColumn(type.fields().get(0).type(), length, 8, first, null),
              new FixedColumn(Type.BIGINT, length, 8, counts, null),
              new FixedColumn(stepType, length, stepWidth, steps, null));
      return evaluation.done(new RowColumn(type, length, fields, evaluation.validity(values)));
    };
  }

  private static RuntimeException tooLong(ScalarFunction function, long most) {
    return ExpressionErrors.invalidArgument(function, "more than " + most + " elements");
  }

  private static Type stepType(RowArguments arguments) {
    return arguments.count() > 2 ? arguments.type(2) : Type.BIGINT;
  }

  /** Without a step a SEQUENCE goes towards its end. */
  private static long step(ScalarFunction function, RowArguments arguments) {
    return arguments.count() > 2
        ? arguments.integer(2)
        : function == ScalarFunction.RANGE || arguments.integer(0) <= arguments.integer(1) ? 1 : -1;
  }
}
