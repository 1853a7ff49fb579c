package dev.tidemill.exec.expression;

import static dev.tidemill.exec.expression.ExpressionTester.call;
import static dev.tidemill.exec.expression.ExpressionTester.column;
import static dev.tidemill.exec.expression.ExpressionTester.literal;
import static java.util.Arrays.asList;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertNull;
import static org.junit.jupiter.api.Assertions.assertThrows;

import dev.tidemill.foundation.batch.Batch;
import dev.tidemill.foundation.batch.Column;
import dev.tidemill.foundation.batch.Selection;
import dev.tidemill.foundation.error.TidemillException;
import dev.tidemill.foundation.type.Type;
import dev.tidemill.plan.expression.And;
import dev.tidemill.plan.expression.Case;
import dev.tidemill.plan.expression.Expression;
import dev.tidemill.plan.expression.FieldAccess;
import dev.tidemill.plan.expression.InList;
import dev.tidemill.plan.expression.Literal;
import dev.tidemill.plan.expression.Or;
import dev.tidemill.plan.expression.Parameter;
import dev.tidemill.plan.function.ScalarFunction;
import java.math.BigDecimal;
import java.util.List;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;

/**
 * What is common to all expressions: NULLs, who is asked for which rows, constants, dictionaries,
 * memory.
 */
final class CoreExpressionTest {
  private final ExpressionTester tester = new ExpressionTester();
  private final List<Type> twoLongs = List.of(Type.BIGINT, Type.BIGINT);
  private final Expression x = column(0, "BIGINT");
  private final Expression y = column(1, "BIGINT");
  private final Expression xByY = call(ScalarFunction.DIVIDE, "BIGINT", x, y);
  private final Expression yIsNotZero =
      call(ScalarFunction.NOT_EQUAL, "BOOLEAN", y, literal("BIGINT", 0L));
  private final List<List<Long>> rows =
      List.of(asList(6L, 3L), asList(5L, 0L), asList(null, 2L), asList(8L, null));

  @AfterEach
  void nothingStaysAllocated() {
    tester.close();
  }

  @Test
  void divisionByZeroIsAnErrorOnlyWhereTheRowCounts() {
    assertEquals("DIVISION_BY_ZERO: division by zero: 5 / 0", tester.error(xByY, twoLongs, rows));
    try (Batch batch = tester.batch(twoLongs, rows, new Selection(new int[] {0, 2, 3}, 3))) {
      assertEquals(asList(2L, null, null), tester.evaluate(xByY, batch));
    }
  }

  @Test
  void logicAsksOnlyForUndecidedRows() {
    Expression quotientIsTwo = call(ScalarFunction.EQUAL, "BOOLEAN", xByY, literal("BIGINT", 2L));
    Expression yIsZero = call(ScalarFunction.NOT, "BOOLEAN", yIsNotZero);
    try (Batch batch = tester.batch(twoLongs, rows, null)) {
      assertEquals(
          asList(true, false, null, null),
          tester.evaluate(new And(List.of(yIsNotZero, quotientIsTwo)), batch));
      assertEquals(
          asList(true, true, null, null),
          tester.evaluate(new Or(List.of(yIsZero, quotientIsTwo)), batch));
      Expression safe =
          new Case(List.of(new Case.When(yIsNotZero, xByY)), literal("BIGINT", -1L), Type.BIGINT);
      assertEquals(asList(2L, -1L, null, -1L), tester.evaluate(safe, batch));
      assertThrows(
          TidemillException.class,
          () -> tester.evaluate(new And(List.of(quotientIsTwo, yIsNotZero)), batch));
    }
  }

  @Test
  void commonPartsAreReusedForFewerRowsButNotForMore() {
    Expression sum = call(ScalarFunction.ADD, "BIGINT", xByY, xByY);
    Expression guarded = new Case(List.of(new Case.When(yIsNotZero, sum)), xByY, Type.BIGINT);
    List<List<Long>> fine = List.of(asList(6L, 3L), asList(9L, 2L));
    try (Batch batch = tester.batch(twoLongs, fine, null);
        Batch failing = tester.batch(twoLongs, rows, null)) {
      List<Column> columns =
          ExpressionCompiler.compile(List.of(guarded, xByY, sum), twoLongs)
              .evaluate(batch, tester.context());
      assertEquals(4L, columns.get(0).value(0));
      assertEquals(4L, columns.get(1).value(1));
      assertEquals(8L, columns.get(2).value(1));
      columns.forEach(Column::close);
      assertThrows(TidemillException.class, () -> tester.evaluate(guarded, failing));
    }
  }

  @Test
  void constantsAreFoldedAndFailOnlyWhenARowNeedsThem() {
    Expression bad =
        call(ScalarFunction.DIVIDE, "BIGINT", literal("BIGINT", 1L), literal("BIGINT", 0L));
    Expression guarded =
        new Case(
            List.of(new Case.When(call(ScalarFunction.IS_NULL, "BOOLEAN", x), bad)),
            literal("BIGINT", 7L),
            Type.BIGINT);
    try (Batch batch = tester.batch(twoLongs, List.of(asList(1L, 1L)), null);
        Batch empty = tester.batch(twoLongs, List.of(), null);
        Batch noneSelected =
            tester.batch(twoLongs, List.of(asList(1L, 1L)), new Selection(new int[0], 0))) {
      assertEquals(List.of(7L), tester.evaluate(guarded, batch));
      assertThrows(TidemillException.class, () -> tester.evaluate(bad, batch));
      assertEquals(List.of(), tester.evaluate(bad, empty));
      assertEquals(List.of(), tester.evaluate(bad, noneSelected));
    }
    assertEquals(
        5L,
        tester.value(
            call(ScalarFunction.ADD, "BIGINT", literal("BIGINT", 2L), literal("BIGINT", 3L))));
    assertNull(
        tester.value(
            call(ScalarFunction.ADD, "BIGINT", literal("BIGINT", null), literal("BIGINT", 3L))));
  }

  @Test
  void predicatesOverDictionariesAreAskedOncePerEntry() {
    Expression text = column(0, "VARCHAR");
    Expression isB = call(ScalarFunction.EQUAL, "BOOLEAN", text, literal("VARCHAR", "bb"));
    Expression number =
        call(
            ScalarFunction.GREATER,
            "BOOLEAN",
            new dev.tidemill.plan.expression.Cast(text, Type.INTEGER, false),
            literal("INTEGER", 5));
    try (Batch batch = dictionaryBatch(asList("a", null, "bb", "a", "bb"), null)) {
      assertEquals(asList(false, null, true, false, true), tester.evaluate(isB, batch));
    }
    // The entry that no row uses is no number.
    try (Batch batch = dictionaryBatch(asList("7", null, "3"), "none")) {
      assertEquals(asList(true, null, false), tester.evaluate(number, batch));
    }
    Expression isNullOrB = new Or(List.of(call(ScalarFunction.IS_NULL, "BOOLEAN", text), isB));
    try (Batch batch = dictionaryBatch(asList("a", null, "bb"), "unused")) {
      assertEquals(asList(false, true, true), tester.evaluate(isNullOrB, batch));
      Column same =
          ExpressionCompiler.compile(text, List.of(Type.VARCHAR)).evaluate(batch, tester.context());
      assertEquals(batch.column(0), same);
      same.close();
    }
  }

  private Batch dictionaryBatch(List<String> values, String unused) {
    return new Batch(values.size(), List.of(tester.dictionaryOf(Type.VARCHAR, values, unused)));
  }

  @Test
  void parametersComeFromTheContext() {
    Expression sum = call(ScalarFunction.ADD, "BIGINT", x, new Parameter(0, Type.BIGINT));
    try (Batch batch = tester.batch(twoLongs, List.of(asList(1L, 1L)), null)) {
      CompiledExpression compiled = ExpressionCompiler.compile(sum, twoLongs);
      try (Column column = compiled.evaluate(batch, tester.context(41L))) {
        assertEquals(42L, column.value(0));
      }
      try (Column column = compiled.evaluate(batch, tester.context((Object) null))) {
        assertNull(column.value(0));
      }
      TidemillException error =
          assertThrows(TidemillException.class, () -> compiled.evaluate(batch, tester.context()));
      assertEquals("parameter 1 has no value", error.text());
    }
  }

  @Test
  void inLists() {
    Expression in = new InList(x, List.of(literal("BIGINT", 6L), literal("BIGINT", 5L)));
    try (Batch batch = tester.batch(twoLongs, rows, null)) {
      assertEquals(asList(true, true, null, false), tester.evaluate(in, batch));
    }
    List<Literal> many = new java.util.ArrayList<>();
    for (long i = 0; i < 40; i++) {
      many.add(literal("BIGINT", i % 2 == 0 ? i : i * 1_000_000_007L));
    }
    try (Batch batch =
        tester.batch(
            twoLongs, List.of(asList(4L, 0L), asList(3L, 0L), asList(3_000_000_021L, 0L)), null)) {
      assertEquals(asList(true, false, true), tester.evaluate(new InList(x, many), batch));
    }
    Expression text = column(0, "VARCHAR");
    Expression inText =
        new InList(
            text, List.of(literal("VARCHAR", "ein"), literal("VARCHAR", "a text of many bytes")));
    try (Batch batch =
        tester.batch(
            List.of(Type.VARCHAR),
            List.of(asList("ein"), asList("a text of many bytes"), asList("zwei")),
            null)) {
      assertEquals(asList(true, true, false), tester.evaluate(inText, batch));
    }
    Type decimal = Type.of("DECIMAL(38,2)");
    Expression inDecimal =
        new InList(
            column(0, "DECIMAL(38,2)"),
            List.of(literal("DECIMAL(38,2)", new BigDecimal("123456789012345678901234567890.25"))));
    try (Batch batch =
        tester.batch(
            List.of(decimal),
            List.of(
                asList(new BigDecimal("123456789012345678901234567890.25")),
                asList(new BigDecimal("1.00"))),
            null)) {
      assertEquals(asList(true, false), tester.evaluate(inDecimal, batch));
    }
  }

  @Test
  void fieldsOfRows() {
    Type row = Type.of("ROW(\"a\" BIGINT, \"b\" VARCHAR)");
    Expression b = new FieldAccess(column(0, row.toString()), 1, Type.VARCHAR);
    try (Batch batch =
        tester.batch(
            List.of(row),
            List.of(asList(asList(1L, "x")), asList((Object) null), asList(asList(2L, null))),
            null)) {
      assertEquals(asList("x", null, null), tester.evaluate(b, batch));
    }
  }
}
