package dev.tidemill.exec.expression;

import static dev.tidemill.exec.expression.ExpressionTester.call;
import static dev.tidemill.exec.expression.ExpressionTester.column;
import static dev.tidemill.exec.expression.ExpressionTester.literal;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertSame;

import dev.tidemill.foundation.batch.Batch;
import dev.tidemill.foundation.batch.Column;
import dev.tidemill.foundation.batch.DictionaryColumn;
import dev.tidemill.foundation.type.Type;
import dev.tidemill.plan.expression.Case;
import dev.tidemill.plan.expression.Cast;
import dev.tidemill.plan.expression.Expression;
import dev.tidemill.plan.function.ScalarFunction;
import java.util.ArrayList;
import java.util.List;
import java.util.Random;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.Test;

/** Texts of codes are those of the values, and codes of one dictionary again. */
final class ProjectedExpressionsTest {
  private static final Type TEXT = Type.of("VARCHAR");
  private static final Type INT = Type.of("INTEGER");

  private static final Expression UPPER =
      call(ScalarFunction.UPPER, "VARCHAR", column(1, "VARCHAR"));

  private static final List<Expression> EXPRESSIONS =
      List.of(
          column(0, "INTEGER"),
          UPPER,
          call(ScalarFunction.CONCAT, "VARCHAR", UPPER, literal("VARCHAR", "x")),
          new Case(
              List.of(
                  new Case.When(
                      call(ScalarFunction.EQUAL, "BOOLEAN", UPPER, literal("VARCHAR", "B")),
                      literal("VARCHAR", null))),
              UPPER,
              TEXT),
          new Case(
              List.of(
                  new Case.When(
                      call(ScalarFunction.IS_NOT_NULL, "BOOLEAN", column(1, "VARCHAR")),
                      column(1, "VARCHAR"))),
              literal("VARCHAR", "?"),
              TEXT),
          column(1, "VARCHAR"));

  @Test
  void textsOfCodesAreThoseOfTheValues() {
    long seed = Long.getLong("tidemill.test.seed", System.nanoTime());
    Random random = new Random(seed);
    ProjectedExpressions projected = ProjectedExpressions.compile(EXPRESSIONS, List.of(INT, TEXT));
    CompiledExpressions plain = ExpressionCompiler.compile(EXPRESSIONS, List.of(INT, TEXT));
    try (ExpressionTester tester = new ExpressionTester();
        ProjectedExpressions.Evaluator evaluator = projected.on(tester.context())) {
      for (int round = 0; round < 200; round++) {
        List<@Nullable Object> numbers = new ArrayList<>();
        List<@Nullable Object> texts = new ArrayList<>();
        boolean nulls = random.nextBoolean();
        for (int i = random.nextInt(200); i >= 0; i--) {
          numbers.add(i);
          texts.add(
              nulls && random.nextInt(3) == 0
                  ? null
                  : String.valueOf("aAbBä".charAt(random.nextInt(5)))
                      .repeat(1 + 20 * random.nextInt(2)));
        }
        Object unused = random.nextBoolean() ? "unused" : null;
        try (Column first = tester.columnOf(INT, numbers);
            Column codes =
                random.nextInt(5) == 0
                    ? tester.columnOf(TEXT, texts)
                    : tester.dictionaryOf(TEXT, texts, unused);
            Batch batch = new Batch(texts.size(), List.of(first.retain(), codes.retain()))) {
          if (random.nextBoolean()) {
            evaluator.evaluate(batch).forEach(Column::close);
          }
          List<Column> found = evaluator.evaluate(batch);
          List<Column> wanted = plain.evaluate(batch, tester.context());
          for (int c = 0; c < wanted.size(); c++) {
            for (int row = 0; row < texts.size(); row++) {
              assertEquals(
                  wanted.get(c).value(row),
                  found.get(c).value(row),
                  "column " + c + ", seed " + seed);
            }
          }
          found.forEach(Column::close);
          wanted.forEach(Column::close);
        }
      }
    }
  }

  @Test
  void theDictionaryIsTheSameForBatchesThatShareOne() {
    ProjectedExpressions projected =
        ProjectedExpressions.compile(List.of(UPPER), List.of(INT, TEXT));
    try (ExpressionTester tester = new ExpressionTester();
        ProjectedExpressions.Evaluator evaluator = projected.on(tester.context());
        Column numbers = tester.columnOf(INT, List.of(1, 2, 3, 4));
        Column codes = tester.dictionaryOf(TEXT, List.of("a", "A", "b", "a"), null);
        Batch batch = new Batch(4, List.of(numbers.retain(), codes.retain()));
        Column zeroth = evaluator.evaluate(batch).getFirst();
        Column first = evaluator.evaluate(batch).getFirst();
        Column second = evaluator.evaluate(batch).getFirst()) {
      assertSame(((DictionaryColumn) first).dictionary(), ((DictionaryColumn) second).dictionary());
      assertEquals(2, ((DictionaryColumn) first).dictionary().length());
    }
  }

  /** Evaluation fails of an entry that no row uses; the rows do not. */
  @Test
  void anEntryThatFailsIsNoRow() {
    Expression repeated =
        call(
            ScalarFunction.UPPER,
            "VARCHAR",
            new Cast(new Cast(column(0, "VARCHAR"), INT, false), TEXT, false));
    ProjectedExpressions projected = ProjectedExpressions.compile(List.of(repeated), List.of(TEXT));
    try (ExpressionTester tester = new ExpressionTester();
        ProjectedExpressions.Evaluator evaluator = projected.on(tester.context());
        Column codes = tester.dictionaryOf(TEXT, List.of("1", "02", "1"), "no number");
        Batch batch = new Batch(3, List.of(codes.retain()));
        Column result = evaluator.evaluate(batch).getFirst()) {
      assertEquals("2", result.value(1));
      assertEquals("1", result.value(2));
    }
  }
}
