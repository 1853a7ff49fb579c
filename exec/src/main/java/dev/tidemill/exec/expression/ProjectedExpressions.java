package dev.tidemill.exec.expression;

import dev.tidemill.foundation.batch.Batch;
import dev.tidemill.foundation.batch.Column;
import dev.tidemill.foundation.batch.DictionaryColumn;
import dev.tidemill.foundation.type.Type;
import dev.tidemill.plan.expression.Call;
import dev.tidemill.plan.expression.ColumnReference;
import dev.tidemill.plan.expression.Expression;
import dev.tidemill.plan.expression.LambdaCall;
import dev.tidemill.plan.expression.UserCall;
import java.util.ArrayList;
import java.util.List;

/**
 * The expressions of a projection. Those that make texts of one column of texts are computed once
 * per entry where that column comes as codes, see {@link DictionaryTexts}; all others share their
 * common parts. Immutable; any thread.
 */
public final class ProjectedExpressions {
  private final CompiledExpressions all;

  /** Those that are not mapped. */
  private final CompiledExpressions others;

  private final List<Mapped> mapped;

  /**
   * An expression that may be mapped.
   *
   * @param position among all
   * @param expression over its column alone
   */
  private record Mapped(int position, int column, CompiledExpressions expression) {}

  private ProjectedExpressions(
      CompiledExpressions all, CompiledExpressions others, List<Mapped> mapped) {
    this.all = all;
    this.others = others;
    this.mapped = mapped;
  }

  public static ProjectedExpressions compile(List<Expression> expressions, List<Type> inputTypes) {
    CompiledExpressions all = ExpressionCompiler.compile(expressions, inputTypes);
    List<Mapped> mapped = new ArrayList<>();
    List<Expression> others = new ArrayList<>();
    for (int i = 0; i < expressions.size(); i++) {
      Expression expression = expressions.get(i);
      int column = isText(expression) ? onlyColumn(expression, -1) : -1;
      if (column >= 0
          && !(expression instanceof ColumnReference)
          && inputTypes.get(column) instanceof Type.Varchar) {
        mapped.add(
            new Mapped(i, column, ExpressionCompiler.compile(List.of(expression), inputTypes)));
      } else {
        others.add(expression);
      }
    }
    return new ProjectedExpressions(
        all,
        mapped.isEmpty() ? all : ExpressionCompiler.compile(others, inputTypes),
        List.copyOf(mapped));
  }

  private static boolean isText(Expression expression) {
    return expression.type() instanceof Type.Varchar;
  }

  /**
   * The only column of an expression that has the same value for the same text.
   *
   * @param known the column found so far, or -1
   * @return the column, -1 where there is none, -2 where there are others or it may not be mapped
   */
  private static int onlyColumn(Expression expression, int known) {
    if (expression instanceof ColumnReference reference) {
      return known == -1 || known == reference.index() ? reference.index() : -2;
    }
    boolean varies =
        switch (expression) {
          case Call call -> call.function().isVolatile();
          case UserCall call -> true;
          case LambdaCall call -> true;
          default -> false;
        };
    if (varies) {
      return -2;
    }
    int found = known;
    for (Expression operand : expression.operands()) {
      found = found == -2 ? -2 : onlyColumn(operand, found);
    }
    return found;
  }

  /** For the batches of one worker of a run. */
  public Evaluator on(EvaluationContext context) {
    return new Evaluator(context);
  }

  /** Computes the expressions of one batch after the other. One thread; close it. */
  public final class Evaluator implements AutoCloseable {
    private final EvaluationContext context;
    private final List<DictionaryTexts> texts = new ArrayList<>();

    private Evaluator(EvaluationContext context) {
      this.context = context;
      mapped.forEach(m -> texts.add(new DictionaryTexts(m.column(), m.expression())));
    }

    /** As {@link CompiledExpressions#evaluate}. */
    public List<Column> evaluate(Batch batch) {
      boolean anyCodes = false;
      for (Mapped one : mapped) {
        anyCodes |= batch.column(one.column()) instanceof DictionaryColumn;
      }
      return anyCodes ? mapped(batch) : all.evaluate(batch, context);
    }

    private List<Column> mapped(Batch batch) {
      Column[] columns = CompiledExpressions.columns(batch);
      List<Column> results = new ArrayList<>();
      try {
        for (DictionaryTexts one : texts) {
          Column result = one.map(columns, batch.rowCount(), context);
          if (result == null) {
            results.forEach(Column::close);
            results.clear();
            return all.evaluate(batch, context);
          }
          results.add(result);
        }
        List<Column> rest = others.evaluate(batch, context);
        List<Column> merged = new ArrayList<>(rest);
        for (int i = 0; i < results.size(); i++) {
          merged.add(mapped.get(i).position(), results.get(i));
        }
        return merged;
      } catch (RuntimeException e) {
        results.forEach(Column::close);
        throw e;
      }
    }

    @Override
    public void close() {
      texts.forEach(DictionaryTexts::close);
    }
  }
}
