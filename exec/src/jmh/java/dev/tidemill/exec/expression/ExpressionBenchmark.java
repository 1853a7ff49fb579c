package dev.tidemill.exec.expression;

import dev.tidemill.foundation.batch.Batch;
import dev.tidemill.foundation.batch.BytesColumn;
import dev.tidemill.foundation.batch.Column;
import dev.tidemill.foundation.batch.ColumnBuilder;
import dev.tidemill.foundation.batch.FixedColumn;
import dev.tidemill.foundation.batch.Selection;
import dev.tidemill.foundation.memory.Memory;
import dev.tidemill.foundation.memory.MemoryScope;
import dev.tidemill.foundation.type.Type;
import dev.tidemill.plan.expression.Call;
import dev.tidemill.plan.expression.ColumnReference;
import dev.tidemill.plan.expression.Expression;
import dev.tidemill.plan.expression.Literal;
import dev.tidemill.plan.function.ScalarFunction;
import java.math.BigDecimal;
import java.nio.charset.StandardCharsets;
import java.time.Instant;
import java.util.Arrays;
import java.util.List;
import java.util.Random;
import java.util.concurrent.TimeUnit;
import org.openjdk.jmh.annotations.Benchmark;
import org.openjdk.jmh.annotations.BenchmarkMode;
import org.openjdk.jmh.annotations.Mode;
import org.openjdk.jmh.annotations.OperationsPerInvocation;
import org.openjdk.jmh.annotations.OutputTimeUnit;
import org.openjdk.jmh.annotations.Scope;
import org.openjdk.jmh.annotations.Setup;
import org.openjdk.jmh.annotations.State;
import org.openjdk.jmh.annotations.TearDown;

/** Filters, decimal arithmetic and LIKE as they are compiled, each beside a plain loop. */
@State(Scope.Thread)
@BenchmarkMode(Mode.AverageTime)
@OutputTimeUnit(TimeUnit.NANOSECONDS)
public class ExpressionBenchmark {
  private static final Type PRICE = new Type.Decimal(12, 2);
  private static final int HALF = 50_000;

  private final MemoryScope memory = MemoryScope.root("benchmark", MemoryScope.UNLIMITED);
  private final EvaluationContext context =
      new EvaluationContext(memory, Instant.EPOCH, List.of(), new Random(1));

  /** More than a branch predictor learns by heart. */
  private final Batch[] batches = new Batch[64];

  private int next;
  private Predicate less;
  private CompiledExpression product;
  private Predicate like;
  private final byte[] word = "special".getBytes(StandardCharsets.UTF_8);

  @Setup
  public void setUp() {
    Random random = new Random(1);
    Arrays.setAll(batches, i -> batch(random));
    compile();
  }

  private Batch batch(Random random) {
    try (ColumnBuilder numbers = ColumnBuilder.of(Type.BIGINT, memory, Batch.MAX_ROWS);
        ColumnBuilder prices = ColumnBuilder.of(PRICE, memory, Batch.MAX_ROWS);
        ColumnBuilder discounts = ColumnBuilder.of(PRICE, memory, Batch.MAX_ROWS);
        ColumnBuilder texts = ColumnBuilder.of(Type.VARCHAR, memory, Batch.MAX_ROWS)) {
      for (int i = 0; i < Batch.MAX_ROWS; i++) {
        numbers.appendLong(random.nextInt(2 * HALF));
        prices.appendLong(90_000 + random.nextInt(10_000_000));
        discounts.appendLong(random.nextInt(11));
        byte[] text =
            ("carefully final deposits "
                    + (random.nextInt(50) == 0 ? "special" : "spec")
                    + " requests haggle")
                .getBytes(StandardCharsets.UTF_8);
        texts.appendBytes(text, 0, text.length);
      }
      List<Column> columns =
          List.of(numbers.build(), prices.build(), discounts.build(), texts.build());
      return new Batch(Batch.MAX_ROWS, columns);
    }
  }

  private void compile() {
    List<Type> types = List.of(Type.BIGINT, PRICE, PRICE, Type.VARCHAR);
    less =
        ExpressionCompiler.compilePredicate(
            call(
                ScalarFunction.LESS,
                Type.BOOLEAN,
                new ColumnReference(0, Type.BIGINT),
                new Literal(Type.BIGINT, (long) HALF)),
            types);
    product =
        ExpressionCompiler.compile(
            call(
                ScalarFunction.MULTIPLY,
                new Type.Decimal(25, 4),
                new ColumnReference(1, PRICE),
                call(
                    ScalarFunction.SUBTRACT,
                    new Type.Decimal(13, 2),
                    new Literal(PRICE, new BigDecimal("1.00")),
                    new ColumnReference(2, PRICE))),
            types);
    like =
        ExpressionCompiler.compilePredicate(
            call(
                ScalarFunction.LIKE,
                Type.BOOLEAN,
                new ColumnReference(3, Type.VARCHAR),
                new Literal(Type.VARCHAR, "%special%")),
            types);
  }

  private static Call call(ScalarFunction function, Type type, Expression... arguments) {
    return new Call(function, List.of(arguments), type);
  }

  @TearDown
  public void tearDown() {
    List.of(batches).forEach(Batch::close);
  }

  private Batch next() {
    return batches[next++ & batches.length - 1];
  }

  @Benchmark
  @OperationsPerInvocation(Batch.MAX_ROWS)
  public Selection filter() {
    return less.filter(next(), context);
  }

  @Benchmark
  @OperationsPerInvocation(Batch.MAX_ROWS)
  public Selection filterPlain() {
    FixedColumn numbers = (FixedColumn) next().column(0);
    int[] kept = new int[Batch.MAX_ROWS];
    int count = 0;
    for (int row = 0; row < Batch.MAX_ROWS; row++) {
      if (numbers.longAt(row) < HALF) {
        kept[count++] = row;
      }
    }
    return new Selection(kept, count);
  }

  @Benchmark
  @OperationsPerInvocation(Batch.MAX_ROWS)
  public int decimalProduct() {
    try (Column column = product.evaluate(next(), context)) {
      return column.length();
    }
  }

  @Benchmark
  @OperationsPerInvocation(Batch.MAX_ROWS)
  public long[] decimalProductPlain() {
    Batch batch = next();
    FixedColumn prices = (FixedColumn) batch.column(1);
    FixedColumn discounts = (FixedColumn) batch.column(2);
    long[] result = new long[Batch.MAX_ROWS];
    for (int row = 0; row < Batch.MAX_ROWS; row++) {
      result[row] =
          Math.multiplyExact(prices.longAt(row), Math.subtractExact(100L, discounts.longAt(row)));
    }
    return result;
  }

  @Benchmark
  @OperationsPerInvocation(Batch.MAX_ROWS)
  public Selection like() {
    return like.filter(next(), context);
  }

  @Benchmark
  @OperationsPerInvocation(Batch.MAX_ROWS)
  public Selection likePlain() {
    BytesColumn texts = (BytesColumn) next().column(3);
    int[] kept = new int[Batch.MAX_ROWS];
    int count = 0;
    for (int row = 0; row < Batch.MAX_ROWS; row++) {
      if (contains(texts.addressAt(row), texts.lengthAt(row))) {
        kept[count++] = row;
      }
    }
    return new Selection(kept, count);
  }

  private boolean contains(long address, int length) {
    for (int from = 0; from + word.length <= length; from++) {
      int matched = 0;
      while (matched < word.length && Memory.getByte(address + from + matched) == word[matched]) {
        matched++;
      }
      if (matched == word.length) {
        return true;
      }
    }
    return false;
  }
}
