package dev.tidemill.exec.expression;

import static org.junit.jupiter.api.Assertions.assertArrayEquals;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import dev.tidemill.foundation.batch.Batch;
import dev.tidemill.foundation.batch.Column;
import dev.tidemill.foundation.batch.ColumnBuilder;
import dev.tidemill.foundation.batch.DictionaryColumn;
import dev.tidemill.foundation.batch.Selection;
import dev.tidemill.foundation.error.TidemillException;
import dev.tidemill.foundation.memory.Buffer;
import dev.tidemill.foundation.memory.Memory;
import dev.tidemill.foundation.memory.MemoryScope;
import dev.tidemill.foundation.type.Type;
import dev.tidemill.plan.expression.Call;
import dev.tidemill.plan.expression.ColumnReference;
import dev.tidemill.plan.expression.Expression;
import dev.tidemill.plan.expression.Literal;
import dev.tidemill.plan.function.ScalarFunction;
import java.time.Instant;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.Random;
import org.jspecify.annotations.Nullable;

/**
 * Evaluates expressions over rows given as objects, in every way a batch may hold them: all rows or
 * a selection among others, plain or dictionary columns, arguments as columns or as literals. Every
 * way must agree, and nothing may stay allocated.
 */
final class ExpressionTester implements AutoCloseable {
  static final Instant NOW = Instant.parse("2024-02-29T12:34:56.789012Z");

  final MemoryScope memory = MemoryScope.root("test", MemoryScope.UNLIMITED);

  EvaluationContext context(@Nullable Object... parameters) {
    return new EvaluationContext(memory, NOW, Arrays.asList(parameters), new Random(1));
  }

  static ColumnReference column(int index, String type) {
    return new ColumnReference(index, Type.of(type));
  }

  static Literal literal(String type, @Nullable Object value) {
    return new Literal(Type.of(type), value);
  }

  static Call call(ScalarFunction function, String type, Expression... arguments) {
    return new Call(function, List.of(arguments), Type.of(type));
  }

  Column columnOf(Type type, List<? extends @Nullable Object> values) {
    try (ColumnBuilder builder = ColumnBuilder.of(type, memory, values.size())) {
      values.forEach(builder::appendValue);
      return builder.build();
    }
  }

  /** The same values as codes; the dictionary has an entry that no row uses. */
  Column dictionaryOf(Type type, List<? extends @Nullable Object> values, @Nullable Object unused) {
    Map<Object, Integer> codes = new LinkedHashMap<>();
    if (unused != null) {
      codes.put(unused, 0);
    }
    Buffer buffer = memory.allocate(values.size() * 4L + 1);
    boolean nulls = false;
    for (int i = 0; i < values.size(); i++) {
      Object value = values.get(i);
      nulls |= value == null;
      int code = 0;
      if (value != null) {
        codes.putIfAbsent(value, codes.size());
        code = codes.get(value);
      }
      Memory.putInt(buffer.address() + i * 4L, code);
    }
    Column dictionary = columnOf(type, new ArrayList<>(codes.keySet()));
    Buffer validity = null;
    if (nulls) {
      List<Boolean> bits = new ArrayList<>();
      values.forEach(v -> bits.add(v == null ? null : Boolean.TRUE));
      try (Column column = columnOf(Type.BOOLEAN, bits)) {
        Buffer shared = column.validityBuffer();
        validity = shared == null ? null : shared.retain();
      }
    }
    return new DictionaryColumn(values.size(), buffer, dictionary, validity);
  }

  /** Columns of {@code rows}, one object a column. */
  Batch batch(
      List<Type> types,
      List<? extends List<? extends @Nullable Object>> rows,
      @Nullable Selection selection) {
    List<Column> columns = new ArrayList<>();
    for (int c = 0; c < types.size(); c++) {
      columns.add(columnOf(types.get(c), values(rows, c)));
    }
    return new Batch(rows.size(), columns, selection, null);
  }

  private static List<@Nullable Object> values(
      List<? extends List<? extends @Nullable Object>> rows, int column) {
    List<@Nullable Object> values = new ArrayList<>();
    rows.forEach(row -> values.add(row.get(column)));
    return values;
  }

  /** The value of each selected row. */
  List<@Nullable Object> evaluate(Expression expression, Batch batch) {
    List<@Nullable Object> results = new ArrayList<>();
    List<Type> types = new ArrayList<>();
    for (int i = 0; i < batch.columnCount(); i++) {
      types.add(batch.column(i).type());
    }
    try (Column column = ExpressionCompiler.compile(expression, types).evaluate(batch, context())) {
      assertEquals(batch.length(), column.length());
      assertEquals(expression.type(), column.type());
      for (int i = 0; i < batch.rowCount(); i++) {
        results.add(column.value(batch.row(i)));
      }
    }
    if (expression.type().equals(Type.BOOLEAN)) {
      checkPredicate(expression, types, batch, results);
    }
    return results;
  }

  private void checkPredicate(
      Expression expression, List<Type> types, Batch batch, List<@Nullable Object> results) {
    List<Integer> expected = new ArrayList<>();
    for (int i = 0; i < batch.rowCount(); i++) {
      if (Boolean.TRUE.equals(results.get(i))) {
        expected.add(batch.row(i));
      }
    }
    Selection kept =
        ExpressionCompiler.compilePredicate(expression, types).filter(batch, context());
    List<Integer> actual = new ArrayList<>();
    for (int i = 0; i < (kept == null ? batch.length() : kept.count()); i++) {
      actual.add(kept == null ? i : kept.row(i));
    }
    assertEquals(expected, actual, "filter " + expression);
  }

  /** The value of an expression without columns. */
  @Nullable Object value(Expression expression) {
    try (Batch batch = new Batch(3, List.of())) {
      List<@Nullable Object> values = evaluate(expression, batch);
      assertTrue(Objects.deepEquals(values.get(0), values.get(2)));
      return values.get(0);
    }
  }

  /**
   * Checks a call whose arguments are literals: folded, with all arguments as columns, with only
   * the first, plain and as a dictionary, under a selection; and with a NULL in the place of each
   * argument, where {@code nullOfNull} says that this makes NULL.
   */
  void check(@Nullable Object expected, boolean nullOfNull, Call call) {
    check(expected, value(call), call);
    List<Type> types = new ArrayList<>();
    List<@Nullable Object> values = new ArrayList<>();
    List<Expression> allColumns = new ArrayList<>();
    List<Expression> firstColumn = new ArrayList<>();
    boolean first = true;
    for (Expression argument : call.arguments()) {
      Literal literal = (Literal) argument;
      boolean fixed = takesUnit(call.function()) && allColumns.isEmpty();
      if (fixed) {
        allColumns.add(literal);
        firstColumn.add(literal);
        continue;
      }
      ColumnReference reference = new ColumnReference(types.size(), literal.type());
      types.add(literal.type());
      values.add(literal.value());
      allColumns.add(reference);
      firstColumn.add(first ? reference : literal);
      first = false;
    }
    if (types.isEmpty()) {
      return;
    }
    List<List<@Nullable Object>> rows = new ArrayList<>();
    rows.add(values);
    for (int i = 0; i < types.size(); i++) {
      List<@Nullable Object> withNull = new ArrayList<>(values);
      withNull.set(i, null);
      rows.add(withNull);
    }
    rows.add(values);
    checkRows(
        expected, nullOfNull, new Call(call.function(), allColumns, call.type()), types, rows);
    checkRows(
        expected,
        nullOfNull,
        new Call(call.function(), firstColumn, call.type()),
        types,
        List.of(rows.get(0), rows.get(1), rows.get(0)));
    Column dictionary =
        dictionaryOf(types.get(0), asList(values.get(0), null, values.get(0)), null);
    List<Column> columns = new ArrayList<>();
    columns.add(dictionary);
    for (int i = 1; i < types.size(); i++) {
      columns.add(columnOf(types.get(i), asList(values.get(i), values.get(i), values.get(i))));
    }
    try (Batch batch = new Batch(3, columns)) {
      check(
          expected,
          evaluate(new Call(call.function(), allColumns, call.type()), batch).get(2),
          call);
    }
  }

  private static List<@Nullable Object> asList(@Nullable Object... values) {
    return Arrays.asList(values);
  }

  static boolean takesUnit(ScalarFunction function) {
    return function == ScalarFunction.EXTRACT
        || function == ScalarFunction.DATE_TRUNC
        || function == ScalarFunction.DATE_CEIL
        || function == ScalarFunction.DATE_DIFF;
  }

  private void checkRows(
      @Nullable Object expected,
      boolean nullOfNull,
      Call call,
      List<Type> types,
      List<List<@Nullable Object>> rows) {
    int[] odd = new int[rows.size()];
    int n = 0;
    for (int i = 0; i < rows.size(); i++) {
      if (i != 1) {
        odd[n++] = i;
      }
    }
    try (Batch batch = batch(types, rows, null);
        Batch some = batch(types, rows, new Selection(odd, n))) {
      List<@Nullable Object> all = evaluate(call, batch);
      check(expected, all.getFirst(), call);
      check(expected, all.getLast(), call);
      for (int i = 1; i < rows.size() - 1 && nullOfNull; i++) {
        assertEquals(null, all.get(i), () -> call + " of NULL");
      }
      List<@Nullable Object> selected = evaluate(call, some);
      check(expected, selected.getFirst(), call);
      check(expected, selected.getLast(), call);
    }
  }

  private static void check(@Nullable Object expected, @Nullable Object actual, Call call) {
    if (expected instanceof byte[] bytes) {
      assertArrayEquals(bytes, (byte[]) actual, call::toString);
    } else {
      assertEquals(expected, actual, call::toString);
    }
  }

  /** The error of the expression over these rows. */
  String error(
      Expression expression,
      List<Type> types,
      List<? extends List<? extends @Nullable Object>> rows) {
    try (Batch batch = batch(types, rows, null)) {
      TidemillException error =
          assertThrows(TidemillException.class, () -> evaluate(expression, batch));
      assertEquals("USER", error.kind().name());
      return error.code().name() + ": " + error.text();
    }
  }

  @Override
  public void close() {
    assertEquals(0, memory.used(), "bytes still allocated");
  }
}
