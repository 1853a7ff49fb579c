package dev.tidemill.exec;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertThrows;

import dev.tidemill.exec.context.ExecutionContext;
import dev.tidemill.exec.context.RunInput;
import dev.tidemill.foundation.batch.Batch;
import dev.tidemill.foundation.batch.Batches;
import dev.tidemill.foundation.batch.Column;
import dev.tidemill.foundation.batch.ColumnBuilder;
import dev.tidemill.foundation.batch.DictionaryColumn;
import dev.tidemill.foundation.batch.FixedColumn;
import dev.tidemill.foundation.batch.Selection;
import dev.tidemill.foundation.error.TidemillException;
import dev.tidemill.foundation.memory.Buffer;
import dev.tidemill.foundation.memory.Memory;
import dev.tidemill.foundation.memory.MemoryScope;
import dev.tidemill.foundation.type.Type;
import dev.tidemill.plan.batch.BatchPlan;
import dev.tidemill.plan.batch.InputPlan;
import dev.tidemill.plan.batch.OutputColumn;
import java.math.BigDecimal;
import java.math.MathContext;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.HashMap;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Random;
import java.util.function.Consumer;
import org.jspecify.annotations.Nullable;

/**
 * Drives a plan over given rows in every way the engine may, and compares with the expected result
 * each time: all rows in one batch, one row a batch, random batches; with selections over rows that
 * do not count, with dictionaries; on the caller's thread, on one and on two threads; through JSON
 * and Arrow IPC; with so little memory that it hardly suffices. After each run the memory is at
 * zero, also when the query is closed or cancelled midway, and when memory runs out.
 *
 * <p>The plan's leaves are {@link InputPlan}s. Values are objects of the classes that {@link Type}
 * names. Floating point is compared to 10 significant digits.
 */
public final class OperatorTester {
  private final BatchPlan plan;
  private final Map<Integer, List<List<@Nullable Object>>> inputs = new HashMap<>();
  private final long seed;

  private OperatorTester(BatchPlan plan, long seed) {
    this.plan = plan;
    this.seed = seed;
  }

  /** {@code seed} decides about batches, selections and dictionaries. */
  public static OperatorTester of(BatchPlan plan, long seed) {
    return new OperatorTester(plan, seed);
  }

  /** The rows of an input. */
  public OperatorTester input(int number, List<? extends List<? extends @Nullable Object>> rows) {
    List<List<@Nullable Object>> copies = new ArrayList<>();
    rows.forEach(row -> copies.add(new ArrayList<>(row)));
    inputs.put(number, copies);
    return this;
  }

  /** The result is these rows in any order. */
  public void gives(List<? extends List<? extends @Nullable Object>> expected) {
    inEveryWay(actual -> assertEquals(sorted(expected), sorted(actual)));
  }

  /** The result is these rows in this order. */
  public void givesInOrder(List<? extends List<? extends @Nullable Object>> expected) {
    inEveryWay(actual -> assertEquals(texts(expected), texts(actual)));
  }

  /** What {@code check} asserts of the rows holds each time. */
  public void holds(Consumer<List<List<@Nullable Object>>> check) {
    inEveryWay(check);
  }

  /** Every run fails with this error code. */
  public TidemillException fails(String code) {
    TidemillException[] last = new TidemillException[1];
    for (Way way : ways()) {
      try (Harness harness = new Harness(way)) {
        TidemillException thrown =
            assertThrows(TidemillException.class, harness::rows, way::toString);
        assertEquals(code, thrown.code().name(), way + ": " + thrown.getMessage());
        last[0] = thrown;
      }
    }
    return last[0];
  }

  private void inEveryWay(Consumer<List<List<@Nullable Object>>> check) {
    for (Way way : ways()) {
      try (Harness harness = new Harness(way)) {
        List<List<@Nullable Object>> rows = harness.rows();
        try {
          check.accept(rows);
        } catch (AssertionError e) {
          throw new AssertionError(way + ": " + e.getMessage(), e);
        }
      } catch (TidemillException e) {
        throw new AssertionError(way + ": " + e, e);
      }
    }
    Way abandoned = new Way(Cut.RANDOM, true, true, 2, false, seed + 100);
    try (Harness harness = new Harness(abandoned)) {
      harness.closeEarly();
      harness.cancelMidway();
      harness.runShortOfMemory(check);
    }
  }

  private List<Way> ways() {
    return List.of(
        new Way(Cut.WHOLE, false, false, 0, true, seed),
        new Way(Cut.WHOLE, true, true, 2, false, seed + 1),
        new Way(Cut.ROWS, false, false, 1, false, seed + 2),
        new Way(Cut.ROWS, true, false, 2, false, seed + 3),
        new Way(Cut.RANDOM, false, true, 0, false, seed + 4),
        new Way(Cut.RANDOM, true, false, 1, true, seed + 5),
        new Way(Cut.RANDOM, true, true, 2, true, seed + 6));
  }

  private enum Cut {
    WHOLE,
    ROWS,
    RANDOM
  }

  /**
   * One way to run.
   *
   * @param threads 0 for the caller's own
   */
  private record Way(
      Cut cut,
      boolean selections,
      boolean dictionaries,
      int threads,
      boolean throughBytes,
      long seed) {}

  /** One run, with everything it needs. */
  private final class Harness implements AutoCloseable {
    private final Way way;
    private final Random random;
    private final MemoryScope root = MemoryScope.root("test", MemoryScope.UNLIMITED);
    private final MemoryScope given = root.child("inputs");
    private final Map<Integer, List<Batch>> batches = new LinkedHashMap<>();

    Harness(Way way) {
      this.way = way;
      this.random = new Random(way.seed);
      collectInputs(plan);
    }

    private void collectInputs(BatchPlan node) {
      if (node instanceof InputPlan input && !batches.containsKey(input.number())) {
        List<Type> types = input.columns().stream().map(OutputColumn::type).toList();
        batches.put(input.number(), cut(types, inputs.getOrDefault(input.number(), List.of())));
      }
      node.inputs().forEach(this::collectInputs);
    }

    private List<Batch> cut(List<Type> types, List<List<@Nullable Object>> rows) {
      List<Batch> result = new ArrayList<>();
      int at = 0;
      while (at < rows.size()) {
        int count =
            switch (way.cut) {
              case WHOLE -> Math.min(rows.size(), Batch.MAX_ROWS / 2);
              case ROWS -> 1;
              case RANDOM -> 1 + random.nextInt(Math.min(rows.size(), 700));
            };
        int end = Math.min(rows.size(), at + count);
        result.add(batch(types, rows.subList(at, end), rows));
        at = end;
      }
      return result;
    }

    /** The rows, possibly among others that do not count. */
    private Batch batch(
        List<Type> types, List<List<@Nullable Object>> rows, List<List<@Nullable Object>> others) {
      List<List<@Nullable Object>> standing = new ArrayList<>();
      List<Integer> selected = new ArrayList<>();
      for (List<@Nullable Object> row : rows) {
        while (way.selections
            && random.nextInt(4) == 0
            && standing.size() < Batch.MAX_ROWS - rows.size()) {
          standing.add(others.get(random.nextInt(others.size())));
        }
        selected.add(standing.size());
        standing.add(row);
      }
      List<Column> columns = new ArrayList<>();
      for (int i = 0; i < types.size(); i++) {
        columns.add(column(types.get(i), i, standing));
      }
      Selection selection =
          way.selections
              ? new Selection(
                  selected.stream().mapToInt(Integer::intValue).toArray(), selected.size())
              : null;
      return new Batch(standing.size(), columns, selection, null);
    }

    private Column column(Type type, int index, List<List<@Nullable Object>> rows) {
      List<@Nullable Object> values = new ArrayList<>();
      rows.forEach(row -> values.add(row.get(index)));
      boolean nested =
          type instanceof Type.Array || type instanceof Type.MapType || type instanceof Type.Row;
      if (way.dictionaries && !nested && !(type instanceof Type.Null) && random.nextBoolean()) {
        return dictionary(type, values);
      }
      try (ColumnBuilder builder = ColumnBuilder.of(type, given, random.nextInt(16) + 1)) {
        values.forEach(builder::appendValue);
        return builder.build();
      }
    }

    private Column dictionary(Type type, List<@Nullable Object> values) {
      Map<Object, Integer> codes = new LinkedHashMap<>();
      List<Object> distinct = new ArrayList<>();
      Buffer buffer = given.allocate(values.size() * 4L);
      try (ColumnBuilder validity = ColumnBuilder.of(Type.BIGINT, given, 1);
          ColumnBuilder entries = ColumnBuilder.of(type, given, 1)) {
        for (int row = 0; row < values.size(); row++) {
          Object value = values.get(row);
          int code = 0;
          if (value == null) {
            validity.appendNull();
          } else {
            validity.appendLong(0);
            Object key = value instanceof byte[] bytes ? Arrays.toString(bytes) : value;
            Integer known = codes.putIfAbsent(key, distinct.size());
            if (known == null) {
              distinct.add(value);
              entries.appendValue(value);
            }
            code = codes.get(key);
          }
          Memory.putInt(buffer.address() + row * 4L, code);
        }
        if (distinct.isEmpty()) {
          try (ColumnBuilder builder = ColumnBuilder.of(type, given, 1)) {
            values.forEach(builder::appendValue);
            buffer.close();
            return builder.build();
          }
        }
        try (FixedColumn nulls = (FixedColumn) validity.build()) {
          Buffer bits = nulls.validityBuffer();
          return new DictionaryColumn(
              values.size(), buffer, entries.build(), bits == null ? null : bits.retain());
        }
      }
    }

    private ExecutionContext context(MemoryScope query) {
      ExecutionContext.Builder builder =
          ExecutionContext.builder(query)
              .threads(Math.max(1, way.threads))
              .planThroughJson(way.throughBytes)
              .exchangeThroughIpc(way.throughBytes);
      batches.forEach((number, list) -> builder.input(number, RunInput.of(list)));
      return builder.build();
    }

    List<List<@Nullable Object>> rows() {
      List<List<@Nullable Object>> rows = new ArrayList<>();
      try (MemoryScope query = root.child("query")) {
        run(query, rows::addAll);
      }
      return rows;
    }

    /** Reads a batch and closes. */
    void closeEarly() {
      try (MemoryScope query = root.child("query");
          Executor executor = new Executor(2)) {
        Batch first;
        try (BatchQuery batchQuery = executor.start(plan, context(query))) {
          first = batchQuery.next();
        }
        if (first != null) {
          Batches.toRows(first);
          first.close();
        }
      }
    }

    /**
     * Cancels, then reads on: the query may have ended already, else it says that it was cancelled.
     */
    void cancelMidway() {
      try (MemoryScope query = root.child("query");
          Executor executor = new Executor(2);
          BatchQuery batchQuery = executor.start(plan, context(query))) {
        batchQuery.cancel();
        try {
          for (Batch batch = batchQuery.next(); batch != null; batch = batchQuery.next()) {
            batch.close();
          }
        } catch (TidemillException e) {
          assertEquals("QUERY_CANCELLED", e.code().name());
        }
      }
    }

    /**
     * Tries with too little memory, more each time, until it is enough, and then some: what does
     * not fit goes through files, and the result is the same.
     */
    void runShortOfMemory(Consumer<List<List<@Nullable Object>>> check) {
      int succeeded = 0;
      for (long limit = 1 << 10; succeeded < 4 && limit < 1 << 30; limit = limit * 7 / 4) {
        List<List<@Nullable Object>> rows = new ArrayList<>();
        try (MemoryScope query = MemoryScope.root("query", limit)) {
          run(query, rows::addAll);
        } catch (TidemillException e) {
          assertEquals("MEMORY_LIMIT_EXCEEDED", e.code().name(), e.toString());
          continue;
        }
        succeeded++;
        try {
          check.accept(rows);
        } catch (AssertionError e) {
          throw new AssertionError(limit + " bytes of memory: " + e.getMessage(), e);
        }
      }
    }

    private void run(MemoryScope query, Consumer<List<List<@Nullable Object>>> taker) {
      if (way.threads == 0) {
        for (Batch batch : Executor.run(plan, context(query))) {
          try (batch) {
            taker.accept(Batches.toRows(batch));
          }
        }
      } else {
        try (Executor executor = new Executor(way.threads);
            BatchQuery batchQuery = executor.start(plan, context(query))) {
          Batch next = batchQuery.next();
          while (next != null) {
            try (Batch batch = next) {
              taker.accept(Batches.toRows(batch));
            }
            next = batchQuery.next();
          }
        }
      }
    }

    @Override
    public void close() {
      batches.values().forEach(list -> list.forEach(Batch::close));
      given.close();
      assertEquals(0, root.used(), way + ": memory is left");
    }
  }

  private static List<String> sorted(List<? extends List<? extends @Nullable Object>> rows) {
    return texts(rows).stream().sorted().toList();
  }

  private static List<String> texts(List<? extends List<? extends @Nullable Object>> rows) {
    return rows.stream().map(OperatorTester::text).toList();
  }

  /** A row as text, equal for equal rows. */
  static String text(List<? extends @Nullable Object> row) {
    StringBuilder text = new StringBuilder();
    for (Object value : row) {
      text.append(text.isEmpty() ? "" : " | ").append(text(value));
    }
    return text.toString();
  }

  private static String text(@Nullable Object value) {
    return switch (value) {
      case null -> "NULL";
      case Double number when number.isNaN() || number.isInfinite() -> number.toString();
      case Double number -> rounded(number);
      case Float number when number.isNaN() || number.isInfinite() -> number.toString();
      case Float number -> rounded(number.doubleValue());
      case byte[] bytes -> Arrays.toString(bytes);
      default -> value.toString();
    };
  }

  /** To ten digits, shifted a little before: binary fractions often lie in the middle of two. */
  private static String rounded(double number) {
    BigDecimal shifted = new BigDecimal(number).multiply(new BigDecimal("1.00000000003"));
    BigDecimal rounded = shifted.round(new MathContext(10)).stripTrailingZeros();
    return rounded.signum() == 0 || rounded.abs().doubleValue() < 1e-9 ? "0" : rounded.toString();
  }
}
