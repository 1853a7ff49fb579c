package dev.tidemill.exec.expression;

import dev.tidemill.foundation.batch.Batch;
import dev.tidemill.foundation.batch.Bits;
import dev.tidemill.foundation.batch.BooleanColumn;
import dev.tidemill.foundation.batch.Column;
import dev.tidemill.foundation.batch.Columns;
import dev.tidemill.foundation.batch.DictionaryColumn;
import dev.tidemill.foundation.batch.FixedColumn;
import dev.tidemill.foundation.batch.ListColumn;
import dev.tidemill.foundation.memory.Buffer;
import dev.tidemill.foundation.memory.Memory;
import dev.tidemill.foundation.memory.MemoryScope;
import dev.tidemill.foundation.type.Type;
import dev.tidemill.plan.expression.LambdaCall.LambdaFunction;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.function.IntUnaryOperator;

/**
 * A function of an ARRAY and a lambda. The body is an expression over rows of its own, one for each
 * element: the columns of the batch that it names, then the parameters of the lambda. Elements of
 * all lists are put side by side, a batch at a time, and the body is evaluated once for each batch;
 * a REDUCE does so for the first elements of all lists, then for the second ones, and so on.
 */
final class LambdaNode extends Node {
  private final LambdaFunction function;
  private final List<Node> arguments;

  /** The columns that the body names, of the batch. */
  private final List<Node> outer;

  private final CompiledExpressions body;

  /**
   * @param body over rows of {@code outer} and the function's parameters
   */
  LambdaNode(
      int id,
      Type type,
      LambdaFunction function,
      List<Node> arguments,
      List<Node> outer,
      CompiledExpressions body) {
    super(id, type);
    this.function = function;
    this.arguments = arguments;
    this.outer = outer;
    this.body = body;
  }

  @Override
  Value compute(Evaluation evaluation, Rows rows) {
    Value array = arguments.get(0).value(evaluation, rows);
    if (rows.isEmpty() || array instanceof Scalar scalar && scalar.isNull()) {
      return Evaluation.nullOf(type);
    }
    ListColumn lists = (ListColumn) evaluation.fullColumn(array);
    List<Column> columns = new ArrayList<>();
    for (Node node : outer) {
      columns.add(outer(evaluation, node.value(evaluation, rows)));
    }
    return switch (function) {
      case TRANSFORM -> transform(evaluation, rows, lists, columns);
      case FILTER -> filter(evaluation, rows, lists, columns);
      case REDUCE -> reduce(evaluation, rows, lists, columns);
    };
  }

  /** A column that the body names; lists that come as codes stay so. */
  private static Column outer(Evaluation evaluation, Value value) {
    return value instanceof Vector vector
            && vector.column() instanceof DictionaryColumn codes
            && codes.dictionary() instanceof ListColumn
        ? codes
        : evaluation.fullColumn(value);
  }

  /**
   * Rows of a column that the body names, one for each element. Lists become codes, or each would
   * be copied as often as the other list has elements.
   */
  private static Column repeated(Column column, int[] rows, int count, MemoryScope memory) {
    if (!(column instanceof ListColumn)) {
      return Columns.take(column, rows, 0, count, memory);
    }
    Buffer validity = null;
    Buffer codes = memory.allocate(Math.max(1, count) * 4L);
    try {
      if (column.mayHaveNulls()) {
        validity = memory.allocateZeroed(Math.max(8, Bits.bytes(count)));
      }
      for (int i = 0; i < count; i++) {
        boolean isNull = column.isNull(rows[i]);
        Memory.putInt(codes.address() + ((long) i << 2), isNull ? 0 : rows[i]);
        if (validity != null && !isNull) {
          Bits.set(validity.address(), i);
        }
      }
    } catch (Throwable t) {
      codes.close();
      throw t;
    }
    return new DictionaryColumn(count, codes, column.retain(), validity);
  }

  private Value transform(
      Evaluation evaluation, Rows rows, ListColumn lists, List<Column> columns) {
    Elements elements = new Elements(evaluation, lists, columns);
    ListAssembly assembly = new ListAssembly(evaluation);
    for (int i = 0, next = 0; i < rows.count; i++) {
      int row = rows.row(i);
      if (!lists.isNull(row)) {
        int count = lists.endAt(row) - lists.startAt(row);
        elements.add(row);
        assembly.addAll(next, next + count);
        assembly.end(row);
        next += count;
      }
    }
    Type element = ((Type.Array) type).element();
    Column values =
        evaluation.own(Columns.concat(elements.values(), element, evaluation.memory)).retain();
    return assembly.of(type, values, evaluation.validity(lists));
  }

  private Value filter(Evaluation evaluation, Rows rows, ListColumn lists, List<Column> columns) {
    Elements elements = new Elements(evaluation, lists, columns);
    for (int i = 0; i < rows.count; i++) {
      if (!lists.isNull(rows.row(i))) {
        elements.add(rows.row(i));
      }
    }
    List<Column> conditions = elements.values();
    ListAssembly assembly = new ListAssembly(evaluation);
    int part = 0;
    int at = 0;
    for (int i = 0; i < rows.count; i++) {
      int row = rows.row(i);
      if (lists.isNull(row)) {
        continue;
      }
      for (int element = lists.startAt(row); element < lists.endAt(row); element++) {
        while (at == conditions.get(part).length()) {
          part++;
          at = 0;
        }
        BooleanColumn condition = (BooleanColumn) conditions.get(part);
        if (!condition.isNull(at) && condition.booleanAt(at)) {
          assembly.add(element);
        }
        at++;
      }
      assembly.end(row);
    }
    return assembly.done(type, lists.elements(), evaluation.validity(lists));
  }

  /**
   * The lists by length, the longest first: those that have an n-th element are the first ones, and
   * what is reduced of the others is their value.
   */
  private Value reduce(Evaluation evaluation, Rows rows, ListColumn lists, List<Column> columns) {
    boolean fromFirst = arguments.size() == 1;
    Column initial =
        fromFirst ? null : evaluation.fullColumn(arguments.get(1).value(evaluation, rows));
    Integer[] byLength = new Integer[rows.count];
    int n = 0;
    for (int i = 0; i < rows.count; i++) {
      int row = rows.row(i);
      if (!lists.isNull(row) && (!fromFirst || length(lists, row) > 0)) {
        byLength[n++] = row;
      }
    }
    Arrays.sort(byLength, 0, n, (a, b) -> Integer.compare(length(lists, b), length(lists, a)));
    int[] order = new int[n];
    for (int i = 0; i < n; i++) {
      order[i] = byLength[i];
    }
    List<Column> finished = new ArrayList<>();
    Column reduced =
        evaluation.own(
            initial == null
                ? take(lists.elements(), n, i -> lists.startAt(order[i]), evaluation)
                : take(initial, n, i -> order[i], evaluation));
    int left = n;
    for (int element = fromFirst ? 1 : 0; left > 0; element++) {
      int more = left;
      while (more > 0 && length(lists, order[more - 1]) <= element) {
        more--;
      }
      if (more < left) {
        finished.add(evaluation.own(Columns.slice(reduced, more, left - more, evaluation.memory)));
        left = more;
      }
      if (left > 0) {
        reduced = next(evaluation, lists, columns, reduced, order, left, element);
      }
    }
    int[] places = new int[evaluation.length];
    Arrays.fill(places, -1);
    for (int i = 0, end = 0, at = n; i < finished.size(); i++) {
      int count = finished.get(i).length();
      at -= count;
      for (int k = 0; k < count; k++) {
        places[order[at + k]] = end + k;
      }
      end += count;
    }
    Column all = evaluation.own(Columns.concat(finished, type, evaluation.memory));
    return new Vector(
        evaluation.own(Columns.take(all, places, 0, evaluation.length, evaluation.memory)));
  }

  /** The body's values for the elements of this number of the first {@code count} lists. */
  private Column next(
      Evaluation evaluation,
      ListColumn lists,
      List<Column> columns,
      Column reduced,
      int[] order,
      int count,
      int element) {
    List<Column> input = new ArrayList<>();
    try {
      for (Column column : columns) {
        input.add(repeated(column, order, count, evaluation.memory));
      }
      input.add(Columns.slice(reduced, 0, count, evaluation.memory));
      input.add(take(lists.elements(), count, i -> lists.startAt(order[i]) + element, evaluation));
      input.add(numbers(evaluation, count, i -> element + 1));
      return evaluation.own(value(evaluation, input, count));
    } finally {
      input.forEach(Column::close);
    }
  }

  private static int length(ListColumn lists, int row) {
    return lists.endAt(row) - lists.startAt(row);
  }

  private static Column take(
      Column column, int count, IntUnaryOperator rows, Evaluation evaluation) {
    int[] taken = new int[count];
    Arrays.setAll(taken, rows);
    return Columns.take(column, taken, 0, count, evaluation.memory);
  }

  private static Column numbers(Evaluation evaluation, int count, IntUnaryOperator numbers) {
    Buffer buffer = evaluation.memory.allocate(Math.max(1, count) * 8L);
    for (int i = 0; i < count; i++) {
      Memory.putLong(buffer.address() + ((long) i << 3), numbers.applyAsInt(i));
    }
    return new FixedColumn(Type.BIGINT, count, 8, buffer, null);
  }

  /** The body's value without a dictionary, the caller's to close. */
  private Column value(Evaluation evaluation, List<Column> input, int count) {
    try (Column value =
        body.evaluate(input.toArray(Column[]::new), Rows.all(count), evaluation.context).get(0)) {
      return Columns.decode(value, evaluation.memory);
    }
  }

  /** Elements that the body is evaluated for, a batch at a time. */
  private final class Elements {
    private final Evaluation evaluation;
    private final ListColumn lists;
    private final List<Column> columns;
    private final List<Column> values = new ArrayList<>();
    private final int[] outerRows = new int[Batch.MAX_ROWS];
    private final int[] elements = new int[Batch.MAX_ROWS];
    private final int[] numbers = new int[Batch.MAX_ROWS];
    private int count;

    Elements(Evaluation evaluation, ListColumn lists, List<Column> columns) {
      this.evaluation = evaluation;
      this.lists = lists;
      this.columns = columns;
    }

    /** Adds those of a list. */
    void add(int row) {
      int start = lists.startAt(row);
      for (int element = start; element < lists.endAt(row); element++) {
        if (count == elements.length) {
          evaluate();
        }
        outerRows[count] = row;
        elements[count] = element;
        numbers[count++] = element - start + 1;
      }
    }

    /** The body's values for the elements added, in their order. */
    List<Column> values() {
      if (count > 0) {
        evaluate();
      }
      return values;
    }

    private void evaluate() {
      List<Column> input = new ArrayList<>();
      try {
        for (Column column : columns) {
          input.add(repeated(column, outerRows, count, evaluation.memory));
        }
        input.add(Columns.take(lists.elements(), elements, 0, count, evaluation.memory));
        input.add(LambdaNode.numbers(evaluation, count, i -> numbers[i]));
        values.add(evaluation.own(value(evaluation, input, count)));
      } finally {
        input.forEach(Column::close);
      }
      count = 0;
    }
  }

  @Override
  boolean isCheap() {
    return false;
  }
}
