package dev.tidemill.exec.expression;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertThrows;

import dev.tidemill.foundation.batch.Batch;
import dev.tidemill.foundation.batch.Selection;
import dev.tidemill.foundation.error.TidemillException;
import dev.tidemill.foundation.type.Type;
import dev.tidemill.plan.expression.Call;
import dev.tidemill.plan.expression.ColumnReference;
import dev.tidemill.plan.expression.Expression;
import dev.tidemill.plan.expression.Literal;
import dev.tidemill.plan.function.ScalarFunction;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.Collections;
import java.util.Comparator;
import java.util.LinkedHashMap;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.Random;
import java.util.Set;
import java.util.function.Function;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;

/**
 * The functions of ARRAYs and MAPs over random columns, with NULLs at every level and under a
 * selection, beside what they are defined to be, written over lists.
 */
final class CollectionFunctionsTest {
  private static final Type NUMBERS = Type.of("BIGINT ARRAY");
  private static final Type TEXTS = Type.of("VARCHAR ARRAY");
  private static final Type MAP = Type.of("MAP<VARCHAR, BIGINT>");
  private static final List<Type> TYPES =
      List.of(
          NUMBERS,
          NUMBERS,
          Type.BIGINT,
          Type.BIGINT,
          Type.BIGINT,
          TEXTS,
          MAP,
          Type.of("BIGINT ARRAY ARRAY"),
          Type.VARCHAR);
  private static final Expression A = column(0);
  private static final Expression B = column(1);
  private static final Expression X = column(2);
  private static final Expression I = column(3);
  private static final Expression J = column(4);
  private static final Expression S = column(5);
  private static final Expression M = column(6);
  private static final Expression AA = column(7);
  private static final Expression T = column(8);
  private static final Comparator<@Nullable Object> ORDER =
      (a, b) ->
          a == null || b == null
              ? Boolean.compare(a == null, b == null)
              : Long.compare((Long) a, (Long) b);

  private final ExpressionTester tester = new ExpressionTester();

  @AfterEach
  void close() {
    tester.close();
  }

  /** What a call gives for a row, which has no NULL unless it takes them. */
  private interface Definition extends Function<List<@Nullable Object>, @Nullable Object> {}

  /** A call and its definition. */
  private record Case(Call call, boolean takesNulls, Definition definition) {}

  private static ColumnReference column(int index) {
    return new ColumnReference(index, TYPES.get(index));
  }

  private static Case strict(
      ScalarFunction function, Type type, Definition definition, Expression... arguments) {
    return new Case(new Call(function, List.of(arguments), type), false, definition);
  }

  private static List<Case> cases() {
    Type row = Type.of("ROW(\"f1\" BIGINT, \"f2\" BIGINT ARRAY)");
    Expression yes = new Literal(Type.BOOLEAN, true);
    Expression no = new Literal(Type.BOOLEAN, false);
    return List.of(
        new Case(
            new Call(ScalarFunction.ARRAY, List.of(X, I, X), NUMBERS),
            true,
            r -> Arrays.asList(r.get(2), r.get(3), r.get(2))),
        new Case(
            new Call(ScalarFunction.ROW, List.of(X, A), row),
            true,
            r -> Arrays.asList(r.get(2), r.get(0))),
        strict(ScalarFunction.ITEM, Type.BIGINT, r -> item(list(r, 0), number(r, 3)), A, I),
        strict(ScalarFunction.ITEM, Type.BIGINT, r -> map(r).get(r.get(8)), M, T),
        strict(ScalarFunction.CARDINALITY, Type.INTEGER, r -> list(r, 0).size(), A),
        strict(
            ScalarFunction.ARRAY_CONTAINS, Type.BOOLEAN, r -> list(r, 0).contains(r.get(2)), A, X),
        strict(
            ScalarFunction.ARRAY_POSITION,
            Type.INTEGER,
            r -> list(r, 0).contains(r.get(2)) ? list(r, 0).indexOf(r.get(2)) + 1 : null,
            A,
            X),
        strict(
            ScalarFunction.ARRAY_REMOVE,
            NUMBERS,
            r -> list(r, 0).stream().filter(e -> !Objects.equals(e, r.get(2))).toList(),
            A,
            X),
        strict(
            ScalarFunction.ARRAY_SUM,
            Type.BIGINT,
            r ->
                list(r, 0).stream()
                    .filter(Objects::nonNull)
                    .map(e -> (Long) e)
                    .reduce(Long::sum)
                    .orElse(null),
            A),
        strict(
            ScalarFunction.ARRAY_COMPACT,
            NUMBERS,
            r -> list(r, 0).stream().filter(Objects::nonNull).toList(),
            A),
        strict(
            ScalarFunction.ARRAY_MIN,
            Type.BIGINT,
            r -> list(r, 0).stream().filter(Objects::nonNull).min(ORDER).orElse(null),
            A),
        strict(
            ScalarFunction.ARRAY_MAX,
            Type.BIGINT,
            r -> list(r, 0).stream().filter(Objects::nonNull).max(ORDER).orElse(null),
            A),
        strict(
            ScalarFunction.ARRAY_CONCAT,
            NUMBERS,
            r -> {
              List<@Nullable Object> all = new ArrayList<>(list(r, 0));
              all.addAll(list(r, 1));
              return all;
            },
            A,
            B),
        strict(
            ScalarFunction.ARRAY_INTERSECT,
            NUMBERS,
            r -> once(list(r, 0).stream().filter(list(r, 1)::contains).toList()),
            A,
            B),
        strict(
            ScalarFunction.ARRAY_EXCEPT,
            NUMBERS,
            r -> once(list(r, 0).stream().filter(e -> !list(r, 1).contains(e)).toList()),
            A,
            B),
        strict(
            ScalarFunction.ARRAYS_OVERLAP,
            Type.BOOLEAN,
            r -> list(r, 0).stream().anyMatch(e -> e != null && list(r, 1).contains(e)),
            A,
            B),
        strict(
            ScalarFunction.ARRAY_JOIN,
            Type.VARCHAR,
            r ->
                String.join(
                    (String) r.get(8),
                    list(r, 5).stream().filter(Objects::nonNull).map(String::valueOf).toList()),
            S,
            T),
        strict(
            ScalarFunction.ARRAY_JOIN,
            Type.VARCHAR,
            r ->
                String.join(
                    (String) r.get(8),
                    list(r, 5).stream().map(e -> e == null ? "?" : (String) e).toList()),
            S,
            T,
            new Literal(Type.VARCHAR, "?")),
        strict(
            ScalarFunction.FLATTEN,
            NUMBERS,
            r -> {
              List<@Nullable Object> all = new ArrayList<>();
              list(r, 7).stream()
                  .filter(Objects::nonNull)
                  .forEach(inner -> all.addAll((List<?>) inner));
              return all;
            },
            AA),
        strict(
            ScalarFunction.ARRAY_HISTOGRAM,
            Type.of("MAP<BIGINT, BIGINT>"),
            r -> {
              Map<Object, Long> counts = new LinkedHashMap<>();
              for (Object element : sorted(list(r, 0), 1, false)) {
                if (element != null) {
                  counts.merge(element, 1L, Long::sum);
                }
              }
              return counts;
            },
            A),
        strict(ScalarFunction.ARRAY_DISTINCT, NUMBERS, r -> once(list(r, 0)), A),
        strict(
            ScalarFunction.ARRAY_REVERSE, NUMBERS, r -> new ArrayList<>(list(r, 0)).reversed(), A),
        strict(ScalarFunction.ARRAY_SORT, NUMBERS, r -> sorted(list(r, 0), 1, false), A, no, no),
        strict(ScalarFunction.ARRAY_SORT, NUMBERS, r -> sorted(list(r, 0), -1, true), A, yes, yes),
        strict(ScalarFunction.ARRAY_SORT, NUMBERS, r -> sorted(list(r, 0), -1, false), A, yes, no),
        strict(
            ScalarFunction.ARRAY_SLICE,
            NUMBERS,
            r -> slice(list(r, 0), number(r, 3), number(r, 4)),
            A,
            I,
            J),
        strict(
            ScalarFunction.ARRAY_SELECT,
            NUMBERS,
            r -> list(r, 1).stream().map(i -> at(list(r, 0), (Long) i)).toList(),
            A,
            B),
        new Case(
            new Call(
                ScalarFunction.ARRAYS_ZIP,
                List.of(A, S),
                new Type.Array(
                    new Type.Row(
                        List.of(
                            new Type.RowField("a", Type.BIGINT),
                            new Type.RowField("s", Type.VARCHAR))))),
            true,
            r -> {
              List<@Nullable Object> numbers = r.get(0) == null ? List.of() : list(r, 0);
              List<@Nullable Object> texts = r.get(5) == null ? List.of() : list(r, 5);
              List<@Nullable Object> zipped = new ArrayList<>();
              for (int i = 0; i < Math.max(numbers.size(), texts.size()); i++) {
                zipped.add(
                    Arrays.asList(
                        i < numbers.size() ? numbers.get(i) : null,
                        i < texts.size() ? texts.get(i) : null));
              }
              return zipped;
            }),
        strict(ScalarFunction.MAP_KEYS, TEXTS, r -> new ArrayList<Object>(map(r).keySet()), M),
        strict(
            ScalarFunction.MAP_VALUES,
            NUMBERS,
            r -> new ArrayList<@Nullable Object>(map(r).values()),
            M),
        strict(
            ScalarFunction.MAP_FROM_ENTRIES,
            MAP,
            CollectionFunctionsTest::map,
            new Call(
                ScalarFunction.MAP_ENTRIES,
                List.of(M),
                new Type.Array(((Type.MapType) MAP).entries()))),
        strict(
            ScalarFunction.MAP_FROM_ARRAYS,
            MAP,
            CollectionFunctionsTest::map,
            new Call(ScalarFunction.MAP_KEYS, List.of(M), TEXTS),
            new Call(ScalarFunction.MAP_VALUES, List.of(M), NUMBERS)),
        new Case(
            new Call(
                ScalarFunction.MAP,
                List.of(new Literal(Type.VARCHAR, "k"), X, new Literal(Type.VARCHAR, "l"), I),
                MAP),
            true,
            r -> {
              Map<String, @Nullable Object> made = new LinkedHashMap<>();
              made.put("k", r.get(2));
              made.put("l", r.get(3));
              return made;
            }),
        strict(
            ScalarFunction.SPLIT,
            TEXTS,
            r -> Arrays.asList(((String) r.get(8)).split("b", -1)),
            T,
            new Literal(Type.VARCHAR, "b")),
        strict(
            ScalarFunction.SEQUENCE, NUMBERS, r -> series(number(r, 3), number(r, 4), true), I, J),
        strict(
            ScalarFunction.RANGE, NUMBERS, r -> series(number(r, 3), number(r, 4), false), I, J));
  }

  @Test
  void areWhatTheyAreDefinedToBe() {
    long seed = Long.getLong("tidemill.test.seed", System.nanoTime());
    Random random = new Random(seed);
    List<List<@Nullable Object>> rows = new ArrayList<>();
    for (int i = 0; i < 300; i++) {
      rows.add(row(random));
    }
    int[] some = random.ints(0, rows.size()).distinct().limit(100).sorted().toArray();
    for (Selection selection :
        Arrays.asList(null, new Selection(some, some.length), new Selection(new int[0], 0))) {
      try (Batch batch = tester.batch(TYPES, rows, selection)) {
        for (Case example : cases()) {
          List<@Nullable Object> expected = new ArrayList<>();
          for (int i = 0; i < batch.rowCount(); i++) {
            expected.add(expected(example, rows.get(batch.row(i))));
          }
          assertEquals(
              expected,
              tester.evaluate(example.call, batch),
              () -> "seed " + seed + ": " + example.call);
        }
      }
    }
  }

  @Test
  void whatCannotBeMadeIsAnError() {
    List<@Nullable Object> row = row(new Random(1));
    row.set(0, List.of(1L, 1L));
    row.set(1, List.of(2L));
    row.set(5, Arrays.asList("a", null));
    Type map = Type.of("MAP<BIGINT, BIGINT>");
    try (Batch batch = tester.batch(TYPES, List.of(row), null)) {
      fails("the key 1 is there twice", batch, ScalarFunction.MAP_FROM_ARRAYS, map, A, A);
      fails("2 keys and 1 values", batch, ScalarFunction.MAP_FROM_ARRAYS, map, A, B);
      fails("a key is NULL", batch, ScalarFunction.MAP_FROM_ARRAYS, MAP, S, A);
      fails("is there twice", batch, ScalarFunction.MAP, map, number(7), X, number(7), X);
      fails("counted from 1", batch, ScalarFunction.SLICE, NUMBERS, A, number(0), number(1));
      fails("cannot take -1", batch, ScalarFunction.SLICE, NUMBERS, A, number(1), number(-1));
      fails("never arrives", batch, ScalarFunction.RANGE, NUMBERS, number(1), number(9), number(0));
      fails(
          "more than 2147483647",
          batch,
          ScalarFunction.SEQUENCE,
          NUMBERS,
          number(Long.MIN_VALUE),
          number(Long.MAX_VALUE));
    }
  }

  private void fails(
      String text, Batch batch, ScalarFunction function, Type type, Expression... arguments) {
    Call call = new Call(function, List.of(arguments), type);
    TidemillException error =
        assertThrows(TidemillException.class, () -> tester.evaluate(call, batch));
    assertEquals(true, error.text().contains(text), error.text());
  }

  private static Expression number(long value) {
    return new Literal(Type.BIGINT, value);
  }

  private static @Nullable Object expected(Case example, List<@Nullable Object> row) {
    boolean anyNull =
        !example.takesNulls && columns(example.call).stream().anyMatch(c -> row.get(c) == null);
    return anyNull ? null : example.definition.apply(row);
  }

  private static Set<Integer> columns(Expression expression) {
    Set<Integer> columns = new LinkedHashSet<>();
    if (expression instanceof ColumnReference column) {
      columns.add(column.index());
    }
    expression.operands().forEach(o -> columns.addAll(columns(o)));
    return columns;
  }

  // Random rows.

  private static List<@Nullable Object> row(Random random) {
    return new ArrayList<>(
        Arrays.asList(
            numbers(random),
            numbers(random),
            number(random, 4),
            number(random, 6),
            number(random, 6),
            random.nextInt(6) == 0 ? null : texts(random),
            random.nextInt(6) == 0 ? null : map(random),
            random.nextInt(6) == 0 ? null : arrays(random),
            random.nextInt(6) == 0 ? null : text(random)));
  }

  private static @Nullable Object number(Random random, int most) {
    return random.nextInt(6) == 0 ? null : (Long) random.nextLong(-most, most);
  }

  private static @Nullable List<@Nullable Object> numbers(Random random) {
    if (random.nextInt(6) == 0) {
      return null;
    }
    List<@Nullable Object> numbers = new ArrayList<>();
    for (int i = random.nextInt(8); i > 0; i--) {
      numbers.add(number(random, 4));
    }
    return numbers;
  }

  private static List<@Nullable Object> arrays(Random random) {
    List<@Nullable Object> arrays = new ArrayList<>();
    for (int i = random.nextInt(4); i > 0; i--) {
      arrays.add(numbers(random));
    }
    return arrays;
  }

  private static String text(Random random) {
    StringBuilder text = new StringBuilder();
    for (int i = random.nextInt(20); i > 0; i--) {
      text.append("abä".charAt(random.nextInt(3)));
    }
    return text.toString();
  }

  private static List<@Nullable Object> texts(Random random) {
    List<@Nullable Object> texts = new ArrayList<>();
    for (int i = random.nextInt(4); i > 0; i--) {
      texts.add(random.nextInt(4) == 0 ? null : text(random));
    }
    return texts;
  }

  private static Map<Object, @Nullable Object> map(Random random) {
    Map<Object, @Nullable Object> map = new LinkedHashMap<>();
    for (int i = random.nextInt(4); i > 0; i--) {
      map.put(text(random), number(random, 4));
    }
    return map;
  }

  // Definitions.

  @SuppressWarnings("unchecked")
  private static List<@Nullable Object> list(List<@Nullable Object> row, int column) {
    return (List<@Nullable Object>) Objects.requireNonNull(row.get(column));
  }

  @SuppressWarnings("unchecked")
  private static Map<Object, @Nullable Object> map(List<@Nullable Object> row) {
    return (Map<Object, @Nullable Object>) Objects.requireNonNull(row.get(6));
  }

  private static long number(List<@Nullable Object> row, int column) {
    return (Long) Objects.requireNonNull(row.get(column));
  }

  private static @Nullable Object item(List<@Nullable Object> list, long index) {
    long at = index < 0 ? list.size() + index : index - 1;
    return index == 0 || at < 0 || at >= list.size() ? null : list.get((int) at);
  }

  private static List<@Nullable Object> once(List<@Nullable Object> list) {
    return new ArrayList<>(new LinkedHashSet<>(list));
  }

  private static List<@Nullable Object> sorted(
      List<@Nullable Object> list, int sign, boolean nullsFirst) {
    List<@Nullable Object> values = new ArrayList<>(list);
    values.removeIf(Objects::isNull);
    values.sort(sign > 0 ? ORDER : ORDER.reversed());
    List<@Nullable Object> nulls = Collections.nCopies(list.size() - values.size(), (Object) null);
    values.addAll(nullsFirst ? 0 : values.size(), nulls);
    return values;
  }

  private static List<@Nullable Object> slice(List<@Nullable Object> list, long from, long to) {
    long first = from < 0 ? list.size() + from + 1 : from;
    long last = to < 0 ? list.size() + to + 1 : to;
    List<@Nullable Object> slice = new ArrayList<>();
    for (int i = 1; i <= list.size(); i++) {
      if (i >= first && i <= last) {
        slice.add(list.get(i - 1));
      }
    }
    return slice;
  }

  private static @Nullable Object at(List<@Nullable Object> list, @Nullable Long index) {
    long place = index == null ? -1 : index < 0 ? list.size() + index : index - 1;
    return place >= 0 && place < list.size() ? list.get((int) place) : null;
  }

  private static List<Long> series(long from, long to, boolean closed) {
    List<Long> series = new ArrayList<>();
    if (closed) {
      long step = from <= to ? 1 : -1;
      for (long i = from; i != to + step; i += step) {
        series.add(i);
      }
    } else {
      for (long i = from; i < to; i++) {
        series.add(i);
      }
    }
    return series;
  }

  /** The functions that are tested here, SLICE by its errors and in the scripts. */
  static Set<ScalarFunction> functions() {
    Set<ScalarFunction> functions = new LinkedHashSet<>(List.of(ScalarFunction.SLICE));
    cases().forEach(c -> add(c.call, functions));
    return functions;
  }

  private static void add(Expression expression, Set<ScalarFunction> functions) {
    if (expression instanceof Call call) {
      functions.add(call.function());
    }
    expression.operands().forEach(o -> add(o, functions));
  }
}
