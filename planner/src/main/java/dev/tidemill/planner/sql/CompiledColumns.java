package dev.tidemill.planner.sql;

import dev.tidemill.foundation.error.TidemillException;
import dev.tidemill.foundation.type.Type;
import dev.tidemill.plan.batch.OutputColumn;
import dev.tidemill.plan.expression.Call;
import dev.tidemill.plan.expression.ColumnReference;
import dev.tidemill.plan.expression.Expression;
import dev.tidemill.plan.function.ScalarFunction;
import dev.tidemill.planner.error.PlannerErrors;
import dev.tidemill.planner.logical.Clocks;
import dev.tidemill.planner.logical.Expressions;
import dev.tidemill.planner.logical.Field;
import dev.tidemill.sql.parser.StatementParser;
import dev.tidemill.storage.catalog.TableDefinition;
import java.util.ArrayList;
import java.util.BitSet;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import org.apache.calcite.sql.SqlNode;

/**
 * All columns of a table, computed ones included, as expressions over its stored columns.
 *
 * @param stored what the table keeps
 * @param row the columns that queries see, in order
 * @param expressions per column of {@code row} what it is, over {@code stored} (by position)
 */
public record CompiledColumns(
    List<OutputColumn> stored, List<OutputColumn> row, List<Expression> expressions) {
  static CompiledColumns compile(
      SqlCompiler compiler, TableDefinition definition, List<OutputColumn> stored) {
    List<OutputColumn> row = new ArrayList<>();
    List<Expression> expressions = new ArrayList<>();
    if (definition.columns().stream().allMatch(c -> c.computed() == null)) {
      for (int i = 0; i < stored.size(); i++) {
        row.add(stored.get(i));
        expressions.add(new ColumnReference(i, stored.get(i).type()));
      }
      return new CompiledColumns(stored, row, expressions);
    }
    Clocks clocks = Clocks.kept(definition.timeZone());
    // A computed column sees the stored columns and the computed ones before it.
    List<OutputColumn> visible = new ArrayList<>(stored);
    Map<Integer, Expression> meaning = new HashMap<>();
    for (TableDefinition.ColumnDefinition column : definition.columns()) {
      String text = column.computed();
      if (text == null) {
        int position = position(stored, column.name());
        row.add(stored.get(position));
        expressions.add(new ColumnReference(position, stored.get(position).type()));
        continue;
      }
      try {
        Expression expression =
            Expressions.substitute(over(compiler, text, visible, clocks), meaning);
        OutputColumn output =
            new OutputColumn(column.name(), expression.type(), nullable(expression, stored));
        row.add(output);
        expressions.add(expression);
        meaning.put(visible.size(), expression);
        visible.add(output);
      } catch (TidemillException failure) {
        throw PlannerErrors.within(
            "in computed column " + column.name() + " of " + definition.name(), failure);
      }
    }
    return new CompiledColumns(stored, row, expressions);
  }

  /**
   * The expression that {@code text} is over the columns that queries see, as one over the stored
   * columns.
   */
  public Expression inline(SqlCompiler compiler, String text, Clocks clocks) {
    Map<Integer, Expression> meaning = new HashMap<>();
    for (int i = 0; i < row.size(); i++) {
      meaning.put(i, expressions.get(i));
    }
    return Expressions.substitute(over(compiler, text, row, clocks), meaning);
  }

  private static Expression over(
      SqlCompiler compiler, String text, List<OutputColumn> columns, Clocks clocks) {
    SqlNode node = StatementParser.parseExpression(text).node();
    if (SqlCompiler.isProctime(node)) {
      return new Call(ScalarFunction.PROCTIME, List.of(), new Type.Timestamp(3));
    }
    List<Field> fields = new ArrayList<>();
    for (int i = 0; i < columns.size(); i++) {
      OutputColumn column = columns.get(i);
      fields.add(new Field(i, column.name(), column.type(), column.nullable()));
    }
    return clocks.settle(RexTranslator.scalar(compiler.scalar(node, columns), fields));
  }

  private static int position(List<OutputColumn> columns, String name) {
    for (int i = 0; i < columns.size(); i++) {
      if (columns.get(i).name().equalsIgnoreCase(name)) {
        return i;
      }
    }
    throw PlannerErrors.columnNotFound(
        name, null, columns.stream().map(OutputColumn::name).toList(), null);
  }

  static boolean nullable(Expression expression, List<OutputColumn> columns) {
    BitSet nullable = new BitSet();
    for (int i = 0; i < columns.size(); i++) {
      nullable.set(i, columns.get(i).nullable());
    }
    return Expressions.nullable(expression, nullable);
  }
}
